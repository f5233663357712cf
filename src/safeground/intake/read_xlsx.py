"""Workbooks: values as typed; formulas and error cells are named, not believed."""

from __future__ import annotations

import io
import zipfile
import zlib

import openpyxl
from lxml import etree

from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.intake.limits import archive_fault, declares_entities
from safeground.intake.read_csv import header_fault
from safeground.intake.table import CellError, Formula, RawTable, refusal, row_error

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
        hidden = [sheet.title for sheet in book.worksheets
                  if layer in (None, sheet.title) and sheet.sheet_state != "visible"]
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
    findings += [_hidden(file, table.layer) for table in tables if table.layer in hidden]
    return tuple(tables), findings


def _hidden(file: str, title: str) -> Finding:
    return Finding(
        Severity.WARNING, "SG-INTAKE-031", f"sheet {title}", "is hidden in the workbook; its rows were read like any "
        "others.", "Look at it in a spreadsheet program; name the sheet that is meant with --layer.",
        SourceRef(file, title))


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
    numbers: list[int] = []
    kept: list[list[object]] = []
    faults: dict[int, tuple[Finding, ...]] = {}
    for number, row in enumerate(rows[first + 1:], 1):
        if all(value is None or value == "" for value in row):
            continue
        cells = (list(row) + [None] * len(names))[: len(names)]
        beyond = [str(value) for value in row[len(names):] if value is not None and value != ""]
        if beyond:
            shown = " | ".join(beyond)
            faults[len(kept)] = (row_error(
                file, title, number, "", "SG-INTAKE-020",
                f"holds {shown[:120]!r} to the right of the {len(names)} columns that the header names.",
                "Give that column a name, or look for cells that were shifted, and send the row again."),)
            cells[-1] = " | ".join([*([] if cells[-1] is None else [str(cells[-1])]), shown])
        numbers.append(number)
        kept.append(cells)
    return RawTable(
        file=file, layer=title, columns=tuple(names),
        values={name: [row[i] for row in kept] for i, name in enumerate(names)}, geometry=None,
        row_numbers=tuple(numbers), crs_text=None, crs_origin="", row_findings=faults,
        typed=True)
