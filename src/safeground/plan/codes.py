"""Codes of the plan room's messages."""

CODES = {
    "SG-PLAN-030": "The arrays of a scheduling problem do not fit together, or it has no activity.",
    "SG-PLAN-031": "A duration, a demand or a capacity of a scheduling problem is negative.",
    "SG-PLAN-032": "Precedences name an activity that does not exist, or form a circle.",
    "SG-PLAN-033": "An activity needs more of a renewable resource than there ever is, in each of its modes.",
    "SG-PLAN-034": "No choice of modes that keeps within the non-renewable resources exists or was found.",
    "SG-PLAN-035": "Durations or demands of a scheduling problem are larger than the search can hold.",
}
