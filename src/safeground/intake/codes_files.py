"""Codes of what a reader finds in a file."""

CODES_FILES = {
    "SG-INTAKE-001": "The file is not there or cannot be opened.",
    "SG-INTAKE-002": "The file is empty.",
    "SG-INTAKE-003": "The file's kind is not known, or its content is of another kind than its name says.",
    "SG-INTAKE-004": "The file is larger than the limits allow.",
    "SG-INTAKE-005": "The file is damaged or breaks its format's grammar.",
    "SG-INTAKE-006": "The file holds no row.",
    "SG-INTAKE-007": "The letters' encoding is not stated and the bytes are not UTF-8.",
    "SG-INTAKE-008": "The header is missing, or names a column twice.",
    "SG-INTAKE-009": "The file would make the reader fetch or unfold something else.",
    "SG-INTAKE-010": "The coordinate system that the file names cannot be used.",
    "SG-INTAKE-011": "A side file that belongs to the file is missing.",
    "SG-INTAKE-012": "No such layer or sheet.",
    "SG-INTAKE-013": "The reader of a risky format failed or was stopped by its limits.",
    "SG-INTAKE-020": "A row has more or fewer values than the header.",
    "SG-INTAKE-021": "A geometry cannot be read.",
    "SG-INTAKE-022": "A value holds letters that were lost or are of a wrong encoding.",
    "SG-INTAKE-023": "A row breaks its format's grammar.",
    "SG-INTAKE-024": "A value is of another kind than its column declares.",
    "SG-INTAKE-030": "The file links to another file, which was not read.",
    "SG-INTAKE-031": "A sheet that was read is hidden in its workbook.",
}
