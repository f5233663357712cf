"""Error codes of the records."""

CODES: dict[str, str] = {
    "SG-SITE-001": "A number of a site's evidence (area, coverage, detection, prior) is outside its range.",
    "SG-SITE-002": "Arrays of one site do not have one shape.",
    "SG-SITE-003": "A find lies where no search can have found it.",
    "SG-LAND-004": "The postings of a land entry do not sum to zero, or one of them is zero; a fault in our code.",
    "SG-RECORD-002": "A rule pack (national standard) is not TOML, or a key or value of it does not fit.",
    "SG-RECORD-001": "A stored record does not fit its type.",
    "SG-PLAN-001": "A stage's work, crew, lag or need is no number that fits.",
    "SG-PLAN-002": "A task's place, benefit or score does not fit, or it has no stage.",
    "SG-PLAN-003": "A planning request names something that is not given, or twice, or a window that makes no sense.",
    "SG-PLAN-004": "A calendar has no working day in the window.",
}
