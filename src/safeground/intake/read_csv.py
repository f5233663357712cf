"""Comma- and otherwise separated text."""

from __future__ import annotations

import codecs
import csv
import io
import re

from safeground.foundation.finding import Finding
from safeground.intake.limits import TEXT_MAX
from safeground.intake.table import RawTable, refusal, row_error

_NOT_TEXT = ((b"\x89PNG", "a picture"), (b"PK\x03\x04", "an archive"), (b"\xd0\xcf\x11\xe0", "an old office file"),
             (b"SQLite format 3", "a database"), (b"%PDF", "a PDF"), (b"\xff\xd8\xff", "a picture"))
_DATA = re.compile(r"[+-]?\d+([.,]\d+)?|\d{4}-\d\d-\d\d.*|\s*(MULTI)?(POINT|POLYGON|LINESTRING)\b.*",
                   re.IGNORECASE | re.DOTALL)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(file: str, content: bytes, stated: str | None) -> tuple[str, str, list[Finding]]:
    """Return a file's text and its encoding; an undecodable file is refused, never guessed."""
    for magic, kind in _NOT_TEXT:
        if content.startswith(magic):
            return "", "", [refusal(file, "SG-INTAKE-003", f"is {kind}, not text.", "Send the table itself.")]
    encoding = stated or next((name for bom, name in _BOMS if content.startswith(bom)), "utf-8")
    try:
        return content.decode(encoding), encoding, []
    except LookupError:
        message = f"the stated encoding {encoding!r} is not known."
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"is not {encoding}: byte {error.start} (line {line}) cannot be read."
    return "", encoding, [refusal(file, "SG-INTAKE-007", message,
                                  "Save it as UTF-8, or state its encoding with --encoding, e.g. windows-1251.")]


def _delimiter(text: str) -> str:
    """Return the separator that cuts the first line into most columns."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    counts = {mark: len(next(csv.reader([first], delimiter=mark), [])) for mark in (",", ";", "\t", "|")}
    return max(counts, key=lambda mark: counts[mark])


def header_fault(names: list[str]) -> str:
    """Return what is wrong with a header, "" = nothing."""
    if not any(names):
        return "has no header."
    if any(_DATA.fullmatch(name) for name in names):
        seen = next(name for name in names if _DATA.fullmatch(name))
        return f"has data where the header belongs: {seen[:40]!r}."
    empty = [i + 1 for i, name in enumerate(names) if not name]
    if empty:
        return f"has no name for column {empty[0]}."
    lower = [name.casefold() for name in names]
    twice = sorted({name for name in lower if lower.count(name) > 1})
    return f"names a column twice: {', '.join(twice)}." if twice else ""


def read_csv(
    file: str, content: bytes, encoding: str | None, delimiter: str | None
) -> tuple[tuple[RawTable, ...], list[Finding], str]:
    """Return the table of a text file, the file's findings and its encoding."""
    text, used, findings = decode(file, content, encoding)
    if findings:
        return (), findings, used
    if text.lstrip()[:1] in ("<", "{", "["):
        return (), [refusal(file, "SG-INTAKE-003", "is no table: it begins like XML or JSON.",
                            "Give it the ending of its kind.")], used
    csv.field_size_limit(TEXT_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text), strict=True)
    try:
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        return (), [refusal(file, "SG-INTAKE-005", f"line {reader.line_num}: {error}.",
                            "Look for a quotation mark that is not closed.")], used
    if not lines:
        return (), [refusal(file, "SG-INTAKE-002", "holds nothing but blanks.", "Send the table again.")], used
    names = [name.strip().lstrip("\ufeff") for name in lines[0]]
    fault = header_fault(names)
    if fault:
        return (), [refusal(file, "SG-INTAKE-008", fault, "Give each column its own name in the first line.")], used
    return (_table(file, names, lines[1:]),), [], used


def _table(file: str, names: list[str], rows: list[list[str]]) -> RawTable:
    wide, faults = len(names), {}
    for index, row in enumerate(rows):
        if len(row) != wide:
            faults[index] = (row_error(
                file, "", index + 1, "", "SG-INTAKE-020", f"{len(row)} values where the header names {wide} columns: "
                f"{' | '.join(row)[:120]}", "Look for a missing or an extra separator, and send the row again."),)
            rows[index] = ([*row, *[""] * (wide - len(row))] if len(row) < wide
                           else [*row[: wide - 1], " | ".join(row[wide - 1:])])
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return RawTable(
        file=file, layer="", columns=tuple(names), values={n: list(c) for n, c in zip(names, columns, strict=True)},
        geometry=None, row_numbers=tuple(range(1, len(rows) + 1)), crs_text=None, crs_origin="", row_findings=faults)
