"""Codes of scenario runs."""

CODES = {
    "SG-SIM-001": "The scenario is not there.",
    "SG-SIM-002": "The scenario file is faulty.",
    "SG-SIM-003": "No simulated world of this name is known.",
}
