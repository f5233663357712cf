"""Codes of the plan room's messages."""

CODES = {
    "SG-PLAN-005": "No team is accredited for a method that a task needs.",
}
