"""Error codes of the reports."""

CODES: dict[str, str] = {
    "SG-REPORT-001": "A figure of the report does not equal the land book's total; a fault in our code.",
    "SG-REPORT-002": "The PDF could not be typeset.",
    "SG-REPORT-003": "A map was asked for in a size that cannot be drawn.",
    "SG-REPORT-004": "The project kept changing while the report was read.",
}
