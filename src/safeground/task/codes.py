"""Codes of the task room's messages."""

CODES = {
    "SG-TASK-001": "A plan does not fit the problem that it is said to solve.",
    "SG-TASK-002": "A part of a task order or of a request to work makes no sense.",
    "SG-TASK-003": "An order cannot go from its state to the one asked for.",
    "SG-TASK-004": "The author and the approver of an order are one person, or one of them is not named.",
    "SG-TASK-005": "An order has no stage, no release method, or no depth although land is to be cleared.",
    "SG-TASK-006": "A required paper is missing, is not valid on that day, or is signed in another role.",
    "SG-TASK-007": "Nobody may work under an order that is not issued.",
    "SG-TASK-008": "The day lies outside the dates of the order or of the team's stage.",
    "SG-TASK-009": "The team is not named in the order.",
    "SG-TASK-010": "The team's accreditation has ended, is not on record, or does not cover the method.",
    "SG-TASK-011": "The medical plan lacks something that the national rules ask for.",
    "SG-TASK-012": "The evacuation of a casualty takes longer than the national rules allow.",
    "SG-TASK-013": "The programme has not entered a figure that the national rules leave to it.",
    "SG-TASK-014": "There is more than one reason to refuse; the message names each with its own code and clause.",
    "SG-TASK-015": "A coordinate of a task's sketch is no number, or an outline has fewer than three corners.",
}
