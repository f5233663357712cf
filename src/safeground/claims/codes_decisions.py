"""Codes of the claims room: code -> what it means."""

from __future__ import annotations

CODES_DECISIONS: dict[str, str] = {
    "SG-CLAIMS-001": "A claim's event does not follow the one before it: the log was changed, cut or reordered.",
    "SG-CLAIMS-002": "A claim, origin or document that a decision names is not in the log.",
    "SG-CLAIMS-003": "A decision that the rules of claims do not allow, such as one without a reason.",
    "SG-CLAIMS-004": "A letter or a count that grading cannot use.",
}
