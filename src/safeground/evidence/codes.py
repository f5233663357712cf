"""Codes of the evidence room's messages."""

CODES = {
    "SG-EVIDENCE-001": "A file of cells cannot be read, or has no rows.",
    "SG-EVIDENCE-002": "A column that was named is not in the file.",
    "SG-EVIDENCE-003": "A value of a named column is missing or does not fit.",
    "SG-EVIDENCE-004": "A column holds text and serves as no covariate.",
    "SG-EVIDENCE-005": "A column repeats a coordinate and serves as no covariate.",
    "SG-EVIDENCE-006": "Two cells have the same centre.",
}
