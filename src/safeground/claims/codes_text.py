"""Codes of the messages about times, places and figures in texts."""

CODES_TEXT = {
    "SG-CLAIMS-101": "A bound on days has its smaller number last.",
    "SG-CLAIMS-102": "A kind of constraint on times is not known.",
    "SG-CLAIMS-110": "A gazetteer file lacks a column, or a row's value is not what the column holds.",
    "SG-CLAIMS-111": "A boundary file is no GeoJSON of named polygons.",
    "SG-CLAIMS-112": "The large gazetteer is not installed or not built.",
}
