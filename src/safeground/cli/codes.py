"""Error codes of the command line."""

CODES: dict[str, str] = {
    "SG-CLI-001": "An option's value cannot be understood.",
    "SG-CLI-002": "An unforeseen fault in our code; a report file was written.",
    "SG-CLI-003": "Interrupted; what was not yet saved is rolled back.",
}
