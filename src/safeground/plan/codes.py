"""Codes of the plan room's messages."""

CODES: dict[str, str] = {
    "SG-PLAN-020": "A lane width, spacing, box side or rate is not a positive number.",
    "SG-PLAN-021": "An outline for lanes is empty, or is not a polygon.",
    "SG-PLAN-022": "An outline for lanes is not valid; it is not repaired in passing.",
    "SG-PLAN-023": "An area, or a part of it, is narrower than one lane.",
    "SG-PLAN-024": "A start line does not touch the area that it should open.",
    "SG-PLAN-025": "A start line runs through ground that is not cleared yet.",
    "SG-PLAN-026": "An area would need more lanes than one plan can hold.",
    "SG-PLAN-027": "A position cannot be given as longitude and latitude.",
}
