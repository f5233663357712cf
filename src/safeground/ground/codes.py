"""Error codes of the ground floor."""

CODES: dict[str, str] = {
    "SG-GROUND-001": "A coordinate system is not known.",
    "SG-GROUND-002": "No transformation of known accuracy exists between two coordinate systems here.",
    "SG-GROUND-003": "Two coordinate systems met that should be one.",
    "SG-GROUND-004": "Metres were asked of coordinates that are degrees, or the other way round.",
    "SG-GROUND-005": "A position is outside the range of its coordinate system.",
    "SG-GROUND-010": "A military grid reference cannot be read.",
}
