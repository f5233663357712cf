"""Error codes of the hall."""

CODES: dict[str, str] = {
    "SG-OPS-001": "A rule pack was asked for by a name that is neither shipped nor a file.",
    "SG-OPS-003": "The file would change records that the project holds; nothing is overwritten unasked.",
    "SG-OPS-005": "A report kind or an export format that does not exist.",
    "SG-OPS-006": "A file named for a report or an export is in the way.",
    "SG-OPS-007": "The programme's region is not given as four numbers, west to east and south to north.",
    "SG-OPS-008": "A booked area's outline differs from the one in the book; redrawing is a survey decision.",
    "SG-OPS-009": "Ground that is suspected or confirmed is also recorded as released; it counts as hazardous.",
    "SG-OPS-010": "Two areas share ground; it is counted once.",
    "SG-OPS-011": "A file was given twice in one run.",
    "SG-OPS-012": "The record is not in the project.",
    "SG-OPS-020": "The rule pack has no figures for the hazard stage; those of the shipped pack are used.",
    "SG-OPS-022": "The engine for a cluster of processes is not installed.",
    "SG-OPS-021": "The project holds no hazardous area with an outline.",
}
