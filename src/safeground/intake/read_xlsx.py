"""Workbooks: values as typed; formulas and error cells are named, not believed."""

from __future__ import annotations

import io
import zipfile
import zlib

import openpyxl
from lxml import etree

from safeground.foundation.finding import Finding
from safeground.intake.limits import archive_fault, declares_entities
from safeground.intake.read_csv import header_fault
from safeground.intake.table import CellError, Formula, RawTable, refusal

#: Whatever a parser of foreign bytes may raise; each means that the file is damaged.
FAULTS = (ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, SyntaxError,
          TypeError, ValueError, zipfile.BadZipFile, zlib.error, etree.LxmlError)


def _archive_refusal(file: str, content: bytes) -> Finding | None:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return refusal(file, "SG-INTAKE-003", "is protected by a password or of the old .xls kind.",
                       "Save it as .xlsx without a password.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            fault = archive_fault(archive, len(content))
            if fault:
                return refusal(file, "SG-INTAKE-004", f"{fault}.", "Send the workbook as a spreadsheet program saves "
                                                                   "it.")
            for item in archive.infolist():
                if item.filename.endswith((".xml", ".rels")) and declares_entities(archive.read(item)):
                    return refusal(file, "SG-INTAKE-009", f"declares entities in {item.filename}.",
                                   "Save it again with a spreadsheet program.")
            if archive.testzip() is not None:
                return refusal(file, "SG-INTAKE-005", "has a wrong check sum.", "Send it again.")
            if "xl/workbook.xml" not in archive.namelist():
                return refusal(file, "SG-INTAKE-003", "is an archive without a workbook.", "Send the .xlsx itself.")
    except FAULTS as error:
        return refusal(file, "SG-INTAKE-005", f"is no workbook or damaged: {error}.", "Send it again.")
    return None


def _value(cell: object) -> object:
    value, kind = getattr(cell, "value", None), getattr(cell, "data_type", "")
    if kind == "f":
        return Formula(value if isinstance(value, str) else f"={getattr(value, 'text', value)}")
    if kind == "e":
        return CellError(value)
    return value


def read_xlsx(file: str, content: bytes, layer: str | None) -> tuple[tuple[RawTable, ...], list[Finding]]:
    """Return a table for each sheet that holds rows; formulas as text, dates as dates."""
    refused = _archive_refusal(file, content)
    if refused is not None:
        return (), [refused]
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheets = {sheet.title: [[_value(cell) for cell in row] for row in sheet.iter_rows()]
                  for sheet in book.worksheets if layer in (None, sheet.title)}
        names = book.sheetnames
        book.close()
    except FAULTS as error:
        return (), [refusal(file, "SG-INTAKE-005", f"is damaged: {error}.", "Open and save it again, or send it "
                            "again.")]
    if layer is not None and not sheets:
        return (), [refusal(file, "SG-INTAKE-012", f"has no sheet {layer!r}; it has {', '.join(names)}.",
                            "Name one of them.")]
    tables: list[RawTable] = []
    findings: list[Finding] = []
    for title, rows in sheets.items():
        if any(value is not None for row in rows for value in row):
            made = _sheet(file, title, rows)
            if isinstance(made, RawTable):
                tables.append(made)
            else:
                findings.append(made)
    return tuple(tables), findings


def _sheet(file: str, title: str, rows: list[list[object]]) -> RawTable | Finding:
    first = next(i for i, row in enumerate(rows) if any(value is not None for value in row))
    header = list(rows[first])
    while header and header[-1] is None:
        header.pop()
    names = ["" if value is None else str(value).strip() for value in header]
    fault = header_fault(names)
    if fault:
        return refusal(file, "SG-INTAKE-008", f"sheet {title}: {fault}", "Give each column its own name in one "
                       "row.", title)
    numbers, kept = [], []
    for number, row in enumerate(rows[first + 1:], 1):
        if any(value is not None and value != "" for value in row):
            numbers.append(number)
            kept.append((list(row) + [None] * len(names))[: len(names)])
    return RawTable(
        file=file, layer=title, columns=tuple(names),
        values={name: [row[i] for row in kept] for i, name in enumerate(names)}, geometry=None,
        row_numbers=tuple(numbers), crs_text=None, crs_origin="", typed=True)
