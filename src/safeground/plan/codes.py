"""Codes of the plan room's messages."""

CODES: dict[str, str] = {
    "SG-PLAN-005": "No team is accredited for a method that a task needs.",
    "SG-PLAN-006": "Relocation distances do not rise, or a detour would save days.",
    "SG-PLAN-009": "Windows of a plan are to be made anew exactly, and OR-Tools is not installed.",
    "SG-PLAN-020": "A lane width, spacing, box side or rate is not a positive number.",
    "SG-PLAN-021": "An outline for lanes is empty, or is not a polygon.",
    "SG-PLAN-022": "An outline for lanes is not valid; it is not repaired in passing.",
    "SG-PLAN-023": "An area, or a part of it, is narrower than one lane.",
    "SG-PLAN-024": "A start line does not touch the area that it should open.",
    "SG-PLAN-025": "A start line runs through ground that is not cleared yet.",
    "SG-PLAN-026": "An area would need more lanes than one plan can hold.",
    "SG-PLAN-027": "A position cannot be given as longitude and latitude.",
    "SG-PLAN-030": "The arrays of a scheduling problem do not fit together, or it has no activity.",
    "SG-PLAN-031": "A duration, a demand or a capacity of a scheduling problem is negative.",
    "SG-PLAN-032": "Precedences name an activity that does not exist, or form a circle.",
    "SG-PLAN-033": "An activity needs more of a renewable resource than there ever is, in each of its modes.",
    "SG-PLAN-034": "No choice of modes that keeps within the non-renewable resources exists or was found.",
    "SG-PLAN-040": "Draws, noise or moves of a plan's stability make no sense.",
    "SG-PLAN-035": "Durations or demands of a scheduling problem are larger than the search can hold.",
}
