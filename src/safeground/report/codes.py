"""Error codes of the reports."""

CODES: dict[str, str] = {
    "SG-REPORT-001": "A figure of the report does not equal its records or the land book's total; a fault in our code.",
    "SG-REPORT-002": "The PDF could not be typeset.",
    "SG-REPORT-003": "A map was asked for in a size that cannot be drawn.",
    "SG-REPORT-004": "The project kept changing while the report was read.",
    "SG-REPORT-005": "A setting for reports is unknown or faulty.",
    "SG-REPORT-006": "The donors' shares of a rule do not sum to exactly 1.",
    "SG-REPORT-007": "A language's catalogue lacks a word that a report prints; a fault in our code.",
    "SG-REPORT-008": "A report was asked for in a language that it is not written in.",
    "SG-REPORT-009": "A report's period is incomplete, ends before it begins, or is finer than a quarter in public.",
    "SG-REPORT-010": "The area of a completion report or handover certificate is missing, unknown or not the only one.",
    "SG-REPORT-011": "The situation report takes no language, period, area or public edition.",
}
