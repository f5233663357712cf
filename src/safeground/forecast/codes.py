"""Codes of the forecast room's messages."""

CODES = {
    "SG-FORECAST-001": "A weekly return holds a number that no week can have.",
    "SG-FORECAST-002": "The plan or the state of work names a task, stage or team that the problem lacks.",
    "SG-FORECAST-003": "The deadline is before the start of the plan, or before the day of the forecast.",
    "SG-FORECAST-004": "A rate, share or prior is no number of the kind that is needed.",
    "SG-FORECAST-005": "A return or stage has a method and terrain without a planned rate.",
    "SG-FORECAST-006": "An exposure has neither a sourced prior nor one given by the programme.",
}
