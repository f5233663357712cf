"""Reports as office files: XLSX with typed cells, CSV with one row a figure; and bytes that repeat."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from safeground.report.document import Cell, Day, Document, Num
from safeground.report.exports import guarded
from safeground.report.language import Catalogue
from safeground.report.layout import all_figures
from safeground.report.words import printable

_FORMAT = {"m²": "#,##0.00", "hours": "#,##0.0"}
_BOLD, _HEAD = Font(bold=True), PatternFill("solid", fgColor="F0F0F0")
#: A spreadsheet's cell holds no more letters; longer text is cut with a mark.
_CELL_MAX = 32_000
_MODIFIED = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*(</dcterms:)")


def fixed_zip(data: bytes, made_at: datetime) -> bytes:
    """Return an office file whose members and properties bear the report's time, so that its bytes repeat."""
    out = io.BytesIO()
    stamp = f"{made_at:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            content = given.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(lambda hit: hit[1] + stamp + hit[2], content)
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(member, content)
    return out.getvalue()


def _put(sheet: Any, row: int, column: int, value: Any, *, bold: bool = False, form: str = "") -> None:
    """Write one typed cell: text is text, whatever it begins with; numbers and dates are numbers and dates."""
    cell = sheet.cell(row=row, column=column)
    if isinstance(value, str):
        text = printable(value)
        cell.value = text if len(text) <= _CELL_MAX else text[: _CELL_MAX - 1] + "…"
        cell.data_type = "s"  # never a formula
        cell.quotePrefix = True
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    else:
        cell.value = value
        cell.number_format = form or ("yyyy-mm-dd" if isinstance(value, date) else "#,##0")
        cell.alignment = Alignment(vertical="top")
    if bold:
        cell.font = _BOLD


def _cell(sheet: Any, row: int, column: int, cell: Cell, words: Catalogue, bold: bool) -> None:
    if isinstance(cell, Num) and not cell.mark:
        figure = cell.figure
        _put(sheet, row, column, figure.value(), bold=bold, form=_FORMAT.get(figure.unit, "#,##0"))
    elif isinstance(cell, Day) and cell.day is not None:
        _put(sheet, row, column, cell.day, bold=bold)
    else:
        _put(sheet, row, column, words.say(cell), bold=bold)


def _report_sheet(sheet: Any, document: Document, words: Catalogue) -> None:
    _put(sheet, 1, 1, words.say(document.title), bold=True)
    row = 2
    for notice in document.notices:
        _put(sheet, row, 1, words.say(notice))
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=8)
        sheet.row_dimensions[row].height = 46
        row += 1
    for name, cell in document.about:
        _put(sheet, row, 1, words.say(name))
        _cell(sheet, row, 2, cell, words, False)
        row += 1
    for chapter in document.chapters:
        row += 1
        _put(sheet, row, 1, words.say(chapter.title), bold=True)
        row += 1
        for said in (*chapter.paragraphs, *chapter.points):
            _put(sheet, row, 1, words.say(said))
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=8)
            sheet.row_dimensions[row].height = 15 * (1 + len(words.say(said)) // 120)
            row += 1
        for grid in chapter.grids:
            _put(sheet, row, 1, words.say(grid.caption), bold=True)
            row += 1
            for column, head in enumerate(grid.columns, 1):
                _put(sheet, row, column, words.say(head), bold=True)
                sheet.cell(row=row, column=column).fill = _HEAD
            for number, cells in enumerate(grid.rows, 1):
                last = grid.total and number == len(grid.rows)
                for column, cell in enumerate(cells, 1):
                    _cell(sheet, row + number, column, cell, words, last)
            row += len(grid.rows) + 2


def _figure_sheets(book: Any, document: Document, words: Catalogue) -> None:
    figures = book.create_sheet(words.word("word.sheet_figures"))
    heads = [words.word(f"head.{name}") for name in ("figure", "value", "unit")]
    for column, head in enumerate(heads, 1):
        _put(figures, 1, column, head, bold=True)
    for row, (figure, mark) in enumerate(all_figures(document), 2):
        _put(figures, row, 1, figure.name)
        if mark:
            _put(figures, row, 2, mark)
        else:
            _put(figures, row, 2, figure.value(), form=_FORMAT.get(figure.unit, "#,##0"))
        _put(figures, row, 3, words.unit(figure.unit))
    records = book.create_sheet(words.word("word.sheet_records"))
    if document.public:
        _put(records, 1, 1, words.word("word.no_records"))
        return
    names = dict(document.labels)
    for column, name in enumerate(("figure", "record", "name", "adds", "unit"), 1):
        _put(records, 1, column, words.word(f"head.{name}"), bold=True)
    row = 2
    for figure, _ in all_figures(document):
        for record, share in zip(figure.records, figure.shares, strict=True):
            _put(records, row, 1, figure.name)
            _put(records, row, 2, record)
            _put(records, row, 3, names.get(record, ""))
            _put(records, row, 4, share / figure.scale() if figure.scale() != 1 else share,
                 form=_FORMAT.get(figure.unit, "#,##0"))
            _put(records, row, 5, words.unit(figure.unit))
            row += 1


def xlsx_bytes(document: Document, words: Catalogue, made_at: datetime) -> bytes:
    """Return the report as a workbook: the report, its figures, and the records behind each; no cell is a formula."""
    book = Workbook()
    sheet = book.active
    sheet.title = words.word("word.sheet_report")
    _report_sheet(sheet, document, words)
    _figure_sheets(book, document, words)
    widths = {0: [34, 26, *[18] * 14], 1: [70, 18, 14], 2: [60, 40, 40, 18, 12]}
    for number, page in enumerate(book.worksheets):
        page.sheet_view.rightToLeft = words.direction == "rtl"
        for column, width in enumerate(widths[number], 1):
            page.column_dimensions[get_column_letter(column)].width = width
        if number:
            page.freeze_panes = "A2"
    book.properties.title = words.say(document.title)
    book.properties.creator = "Safeground"
    book.properties.language = words.code
    out = io.BytesIO()
    book.save(out)
    return fixed_zip(out.getvalue(), made_at)


def csv_report(document: Document, words: Catalogue) -> str:
    """Return one row a figure with the records behind it; text that a spreadsheet would run gets an apostrophe."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    heads = ["figure", "value", "unit", *([] if document.public else ["record", "adds"])]
    table.writerow([guarded(words.word(f"head.{name}")) for name in heads])
    for figure, mark in all_figures(document):
        row = [guarded(figure.name), guarded(mark) if mark else str(figure.value()), guarded(words.unit(figure.unit))]
        if not document.public:
            scale = figure.scale()
            row += [guarded(" ".join(figure.records)),
                    guarded(" ".join(str(s if scale == 1 else s / scale) for s in figure.shares))]
        table.writerow(row)
    return out.getvalue()


def write_csv(document: Document, words: Catalogue, path: Path) -> None:
    """Write the figures as CSV in UTF-8 with a byte order mark."""
    path.write_text(csv_report(document, words), encoding="utf-8-sig", newline="")
