"""Codes of the hazard room's messages."""

CODES = {
    "SG-HAZARD-003": "A region asked about is not of the grid's shape, or holds no ground of the site.",
    "SG-HAZARD-005": "A posterior cannot be updated with evidence that takes something back.",
    "SG-HAZARD-010": "A covariate became known after the window of the outcomes ended.",
    "SG-HAZARD-011": "Too few blocks hold both outcomes, in all or outside a block and its buffer.",
}
