"""CSV tables of cells and search effort: UTF-8, a header, rows of one width; anything else is refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from safeground.foundation.errors import RequestError


def read_table(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of a CSV file, values stripped.

    Raises
    ------
    RequestError : cannot be read, is not UTF-8, holds no rows, names a column twice, or a row has another width
        (SG-EVIDENCE-001, with the number of the data row, from 1).
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RequestError("SG-EVIDENCE-001", path.name, f"cannot be read: {error.strerror}.",
                           "Check the path.") from error
    except UnicodeDecodeError as error:
        raise RequestError("SG-EVIDENCE-001", path.name, f"is not UTF-8: {error.reason} at byte {error.start}.",
                           "Save the file as CSV in UTF-8.") from error
    rows = [[value.strip() for value in row] for row in csv.reader(io.StringIO(text, newline="")) if row]
    if len(rows) < 2:
        raise RequestError("SG-EVIDENCE-001", path.name, "holds no rows below its header.",
                           "Give one row for each cell, test or search.")
    header, body = rows[0], rows[1:]
    for k, row in enumerate(body, 1):
        if len(row) != len(header):
            raise RequestError("SG-EVIDENCE-001", f"{path.name} row {k}", f"has {len(row)} values, the header "
                               f"{len(header)}.", "Quote values that hold commas.")
    if len(set(header)) != len(header):
        raise RequestError("SG-EVIDENCE-001", path.name, "two columns have one name.", "Rename one of them.")
    return header, body
