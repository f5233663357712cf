"""Error codes of the records."""

CODES: dict[str, str] = {
    "SG-LAND-004": "The postings of a land entry do not sum to zero, or one of them is zero; a fault in our code.",
    "SG-RECORD-002": "A rule pack (national standard) is not TOML, or a key or value of it does not fit.",
    "SG-RECORD-001": "A stored record does not fit its type.",
}
