"""Error codes of the inspection stage."""

CODES_INSPECTION: dict[str, str] = {
    "SG-OPS-120": "The rule pack has no part for this stage.",
    "SG-OPS-121": "No inspection lot of this id or number is in the project.",
    "SG-OPS-122": "A sealed seed is not where it was kept, or its file cannot be read.",
    "SG-OPS-123": "A row or value of a visit does not fit.",
    "SG-OPS-124": "No cleared ground waits for a lot.",
    "SG-OPS-125": "A land part is larger than a lot may be, and is a lot by itself.",
    "SG-OPS-126": "No current result of the hazard stage covers a lot; no risk-aware sample is laid beside the plan's.",
    "SG-OPS-127": "An item lies in cleared ground, and nothing says whether it was found during the work or after it.",
    "SG-OPS-128": "No case of this id is in the project, or what it needs is missing.",
    "SG-OPS-129": "A position that must not leave the project was not written to a file.",
    "SG-OPS-130": "Nobody knows which organisation did the work that is inspected.",
    "SG-OPS-131": "A critical case is open: what it names blocks lots.",
    "SG-OPS-132": "A corrective action is overdue.",
    "SG-OPS-133": "A registered person does not hold the role of inspector on the day.",
    "SG-OPS-134": "An item or accident lies in accepted ground; the ground is accepted no longer.",
    "SG-OPS-135": "An item or accident lies in released or accepted ground that a person has to open again.",
    "SG-OPS-136": "A sampling sheet is asked for before the lot's sample is drawn.",
}
