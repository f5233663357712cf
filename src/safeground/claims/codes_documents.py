"""Codes of the messages about documents that cannot be read."""

CODES_DOCUMENTS = {
    "SG-CLAIMS-120": "A document is larger than its kind may be; it was not opened.",
    "SG-CLAIMS-121": "A document's kind is not known or not read here.",
    "SG-CLAIMS-122": "A document breaks the rules of its own kind, is cut, or is locked.",
    "SG-CLAIMS-123": "A document unfolds to too much, nests too deeply, or names things outside itself.",
    "SG-CLAIMS-124": "A document holds no text that can be read.",
}
