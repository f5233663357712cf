"""Codes of the land book's messages."""

CODES = {
    "SG-LEDGER-001": "An entry, area or pending entry of this id is not in the book, or is there already.",
    "SG-LEDGER-002": "An account does not hold what an entry would take from it.",
    "SG-LEDGER-003": "A pending entry was decided before, or an entry was reversed before.",
    "SG-LEDGER-004": "A part is not more than 0 and at most the whole.",
    "SG-LEDGER-005": "An area cannot be split or merged as asked.",
    "SG-LEDGER-010": "A published figure differs from the book.",
    "SG-LEDGER-011": "A published figure differs from the book, and the gap is booked as unexplained.",
    "SG-LEDGER-020": "An area's booked opening differs from its outline measured anew.",
    "SG-LEDGER-021": "The ground counted for a group of areas differs from their union measured anew.",
    "SG-LEDGER-022": "An entry does not sum to zero, or an account is below zero.",
    "SG-LEDGER-023": "An area with an outline has no account, or an account has no area.",
}
