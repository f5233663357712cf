"""Codes of the store's messages."""

CODES = {
    "SG-STORE-001": "No project is there, or the location is neither a GeoPackage path nor a PostgreSQL URL.",
    "SG-STORE-002": "A project or another file is there already.",
    "SG-STORE-003": "The file or database is not a Safeground project.",
    "SG-STORE-004": "The project was written by a newer Safeground.",
    "SG-STORE-005": "Another program is writing to the project.",
    "SG-STORE-006": "The disk is full, read-only or failing; nothing was saved.",
    "SG-STORE-007": "The database server cannot be reached or does not offer PostGIS.",
    "SG-STORE-008": "The project file is damaged.",
    "SG-STORE-009": "A record, entry or source with this key is in the project already.",
    "SG-STORE-010": "The file changed while it was being taken in.",
    "SG-STORE-011": "A record's version does not follow the one that is held.",
    "SG-STORE-012": "A geometry's kind has no layer, so that the map would not show it.",
    "SG-STORE-013": "There is no layer of this name.",
    "SG-STORE-020": "The journal's chain is broken: an event was changed, removed, added or reordered.",
    "SG-STORE-021": "The journal ends before its recorded head or before a checkpoint.",
    "SG-STORE-022": "A table differs from what the journal says.",
    "SG-STORE-023": "The bytes kept for a source do not have the hash that was recorded.",
    "SG-STORE-030": "The backup is damaged or is not a backup.",
}
