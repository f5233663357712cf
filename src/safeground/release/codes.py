"""Codes of the release room's messages."""

CODES = {
    "SG-RELEASE-001": "One or more criteria of release are not met.",
    "SG-RELEASE-002": "A person may not sign in this role: no such role, role ended, no key, or a role that excludes "
                      "signing.",
    "SG-RELEASE-003": "One person, one key or one name would hold two of the three signatures of a dossier.",
    "SG-RELEASE-004": "A key file cannot be read, its passphrase does not open it, or it is not the key on record.",
    "SG-RELEASE-005": "A dossier is not in the state that the step needs.",
    "SG-RELEASE-006": "Facts changed since the dossier was prepared.",
    "SG-RELEASE-007": "A dossier or one of its signatures does not hold.",
    "SG-RELEASE-008": "An outline has no turning points that could be tabled.",
    "SG-RELEASE-009": "The certificate cannot be typeset.",
    "SG-RELEASE-010": "A public key is on record for another person already, or is no usable key.",
    "SG-RELEASE-011": "The area is no area that could be re-opened as asked.",
}
