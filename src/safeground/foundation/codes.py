"""Error codes of the foundation: code -> what it means.  Every room has a `codes.py` like this one."""

CODES: dict[str, str] = {
    "SG-CORE-001": "An invariant of the program itself does not hold; a fault in our code.",
    "SG-CORE-002": "A number that should be an area is negative, infinite or not a number.",
    "SG-CORE-003": "A time without a time zone was given.",
    "SG-CORE-004": "A value cannot be written as canonical JSON.",
    "SG-LAND-001": "The parts of a cut do not measure what their parent is booked at.",
    "SG-LAND-002": "Part areas given for an allotment are not areas.",
    "SG-LAND-003": "An allotment did not conserve its parent's area; a fault in our code.",
}
