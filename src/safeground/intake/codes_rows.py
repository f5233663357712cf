"""Codes of what the checks find in rows."""

CODES_ROWS: dict[str, str] = {}
