"""Codes of the evidence room's messages."""

CODES = {
    "SG-EVIDENCE-001": "A file of cells or search effort cannot be read, or has no rows.",
    "SG-EVIDENCE-002": "A column that was named or is needed is not in the file.",
    "SG-EVIDENCE-003": "A value of a cells or effort file is missing or does not fit.",
    "SG-EVIDENCE-004": "A column holds text and serves as no covariate.",
    "SG-EVIDENCE-005": "A column repeats a coordinate and serves as no covariate.",
    "SG-EVIDENCE-006": "Two cells have the same centre.",
    "SG-EVIDENCE-010": "A resolution needs more cells than a site may have.",
    "SG-EVIDENCE-011": "Two sweeps of one team on one day overlap.",
    "SG-EVIDENCE-012": "An area without an outline enters no site.",
    "SG-EVIDENCE-014": "A find or accident lies in no area; no figure counts it.",
    "SG-EVIDENCE-015": "A technical survey outcome names no recorded search; it lowers no figure.",
    "SG-EVIDENCE-016": "An item came to light after the work over its place; the searches there had missed it.",
    "SG-EVIDENCE-017": "A final pass was worked to less than the required depth; it lowers no figure.",
    "SG-EVIDENCE-013": "A search does not say by what method it was done.",
}
