"""Texts from DOCX, spreadsheets and CSV: every stretch knows the paragraph or the cell that it came from."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable
from importlib.metadata import version

import docx
import openpyxl
from docx.opc.exceptions import OpcError
from docx.table import Table
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from safeground.claims.letters import decode, strange_letters
from safeground.claims.reading import LETTERS_MAX, Reading, open_archive, refuse
from safeground.records.claims import Block, Span

ROWS_MAX, CELLS_MAX = 100_000, 1_000_000
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, EOFError, zipfile.BadZipFile,
           RecursionError,
           SyntaxError, zlib.error, ArithmeticError, NotImplementedError)


class _Text:
    """Text that is put together piece by piece, each with where it came from."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.parts: list[Block] = []
        self.length = 0

    def put(self, text: str, address: str, after: str) -> None:
        if text:
            self.parts.append(Block(span=Span(self.length, self.length + len(text)), kind=address))
        self.pieces.append(text + after)
        self.length += len(text) + len(after)


def read_docx(content: bytes, file: str) -> Reading:
    """Read a DOCX: paragraphs, and tables row by row.

    Raises
    ------
    SourceError : it is broken, locked, unfolds to too much or holds no text.
    """
    open_archive(content, file)
    text = _Text()
    try:
        document = docx.Document(io.BytesIO(content))
        for number, block in enumerate(document.iter_inner_content(), 1):
            if isinstance(block, Table):
                for row_number, row in enumerate(block.rows, 1):
                    for column, cell in enumerate(row.cells, 1):
                        text.put(" ".join(cell.text.split()), f"table at {number} row {row_number} column {column}",
                                 " | ")
                    text.put("", "", "\n")
            else:
                text.put(block.text, f"paragraph {number}", "\n\n")
            if text.length > LETTERS_MAX:
                raise refuse("SG-CLAIMS-123", file, f"more than {LETTERS_MAX:,} letters.", "Split it.")
        title, author = document.core_properties.title or "", document.core_properties.author or ""
    except (OpcError, *_BROKEN) as error:
        raise refuse("SG-CLAIMS-122", file, f"the document is broken: {str(error)[:120]}.", "Save it again.") from error
    whole = "".join(text.pieces)
    if not whole.strip():
        raise refuse("SG-CLAIMS-124", file, "it holds no text.", "If it is a picture of text, give the text.")
    return Reading(text=whole, media_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                   extractor=f"python-docx {version('python-docx')}", title=title, byline=author,
                   parts=tuple(text.parts),
                   notes=strange_letters(whole))


def _table(rows: Iterable[tuple[str, list[tuple[str, str, bool]]]], file: str) -> tuple[str, tuple[Block, ...],
                                                                                        list[str]]:
    """Return text, parts and the addresses of formulas; a row is a line, its cells are parted by `` | ``."""
    text, formulas, cells = _Text(), [], 0
    for number, (_, row) in enumerate(rows):
        cells += len(row)
        if number >= ROWS_MAX or cells > CELLS_MAX or text.length > LETTERS_MAX:
            raise refuse("SG-CLAIMS-123", file, f"more than {ROWS_MAX:,} rows, {CELLS_MAX:,} cells "
                                                f"or {LETTERS_MAX:,} letters.",
                         "Split it.")
        for place, (address, value, is_formula) in enumerate(row):
            if is_formula:
                formulas.append(address)
            text.put(" ".join(value.split()), address + (" formula" if is_formula else ""), " | "
                     if place < len(row) - 1 else "")
        text.put("", "", "\n")
    return "".join(text.pieces), tuple(text.parts), formulas


def _formula_note(formulas: list[str]) -> tuple[str, ...]:
    if not formulas:
        return ()
    return (f"{len(formulas)} cells are formulas, told as written and not computed: {', '.join(formulas[:8])}"
            f"{' …' if len(formulas) > 8 else ''}.",)


def read_xlsx(content: bytes, file: str) -> Reading:
    """Read a workbook: each row is an item, each cell knows its address; formulas are told as written.

    Raises
    ------
    SourceError : it is broken, locked, unfolds to too much or holds no value.
    """
    open_archive(content, file)
    rows: list[tuple[str, list[tuple[str, str, bool]]]] = []
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        for sheet in book.worksheets:
            for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = [(f"{sheet.title}!{get_column_letter(column)}{number}", str(value), str(value).startswith("="))
                         for column, value in enumerate(row, 1) if value is not None]
                if cells:
                    rows.append((sheet.title, cells))
                if len(rows) > ROWS_MAX or number > 4 * ROWS_MAX:
                    raise refuse("SG-CLAIMS-123", file, f"more than {ROWS_MAX:,} rows.", "Split it.")
        book.close()
    except (InvalidFileException, *_BROKEN) as error:
        raise refuse("SG-CLAIMS-122", file, f"the workbook is broken: {str(error)[:120]}.", "Save it again.") from error
    text, parts, formulas = _table(rows, file)
    if not parts:
        raise refuse("SG-CLAIMS-124", file, "no cell holds a value.", "Give the sheet with the values.")
    return Reading(text=text, media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                   extractor=f"openpyxl {version('openpyxl')}", parts=parts, notes=(*_formula_note(formulas),
                                                                                    *strange_letters(text)))


def read_csv(content: bytes, file: str) -> Reading:
    """Read a CSV: each row is an item, each cell is told by row and column; what a spreadsheet would compute is
    flagged.

    Raises
    ------
    SourceError : its quoting is broken, a cell is too long, or it holds no value.
    """
    decoded = decode(content)
    sample = decoded.text[:8192]
    delimiter = max(",;\t|", key=lambda mark: sample.count(mark))
    rows = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(decoded.text), delimiter=delimiter, strict=True), 1):
            rows.append((file, [(f"row {number} column {column}", value, value[:1] in ("=", "@"))
                                for column, value in enumerate(row, 1) if value.strip()]))
    except csv.Error as error:
        raise refuse("SG-CLAIMS-122", file, f"row {len(rows) + 1}: {error}.", "Save it again as CSV.") from error
    text, parts, formulas = _table([row for row in rows if row[1]], file)
    if not parts:
        raise refuse("SG-CLAIMS-124", file, "no cell holds a value.", "Give the file with the values.")
    return Reading(text=text, media_type="text/csv", extractor="safeground csv", parts=parts,
                   notes=(*decoded.notes, *_formula_note(formulas)))
