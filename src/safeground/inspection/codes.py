"""Codes of the inspection room's messages."""

CODES: dict[str, str] = {
    "SG-INSPECTION-001": "A figure of a sampling formula lies outside its range.",
    "SG-INSPECTION-002": "A lot would hold no part, parts of several areas, or ground that was not cleared.",
    "SG-INSPECTION-003": "A land part is already in a lot that counts.",
    "SG-INSPECTION-004": "The seed is not the one whose SHA-256 was recorded when the lot was formed.",
    "SG-INSPECTION-005": "A draw is not what its seed and its lot give.",
    "SG-INSPECTION-006": "A lot has too many units to be drawn.",
    "SG-INSPECTION-007": "A case cannot take this step from where it stands.",
    "SG-INSPECTION-008": "A case is verified by the person who acted on it.",
    "SG-INSPECTION-009": "A lot is not in the state that the step needs.",
    "SG-INSPECTION-010": "Drawn units were not inspected; there is no verdict before all of them were.",
    "SG-INSPECTION-011": "A visit is dated before the draw.",
    "SG-INSPECTION-012": "An inspector belongs to the team or the organisation that is inspected.",
    "SG-INSPECTION-013": "A unit that is named is no unit of the draw.",
    "SG-INSPECTION-015": "A lot holds ground that was decided otherwise, or cannot be withdrawn because it does not.",
    "SG-INSPECTION-014": "An open critical case reaches the lot; it is not accepted before the case is closed.",
}
