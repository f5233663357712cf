"""The tables of a day's file: returns, and the items found that day in a sheet, a repeat or columns of their own."""

from __future__ import annotations

import re
from dataclasses import replace

from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.intake.fields import FIELDS, squeezed
from safeground.intake.table import RawTable, as_text
from safeground.intake.values import is_blank

_FOUND = re.compile(r"(find|item|eo|ordnance)s?_?(\d*)[_/ .-](.+)", re.IGNORECASE)


def _has(table: RawTable, noun: str, field: str) -> str:
    """Return the column that goes by a field's names, "" = none."""
    spec = next(spec for spec in FIELDS[noun] if spec.name == field)
    names = {squeezed(column.rsplit("/", 1)[-1]): column for column in table.columns} | {
        squeezed(column): column for column in table.columns}
    return next((names[name] for name in spec.columns if name in names), "")


def kind_of_day_table(table: RawTable) -> str:
    """Return what a table of a day's file holds: ``progress_return``, ``ordnance``, or "" for neither."""
    if _has(table, "progress_return", "team_id") and _has(table, "progress_return", "work_date"):
        return "progress_return"
    if _has(table, "ordnance", "category") and _has(table, "ordnance", "activity_id"):
        return "ordnance"
    return "" if table.layer else "progress_return"


def not_read(table: RawTable) -> Finding:
    """Return what is said of a sheet or repeat that holds neither returns nor items found."""
    return Finding(
        Severity.WARNING, "SG-INTAKE-032", table.layer or table.file, "holds neither daily returns (team and work "
                                                                      "date) "
        "nor items found (category and submission id); it was not read.",
        "Name its columns so, or send it by another command.", SourceRef(table.file, table.layer))


def without_finds(table: RawTable) -> tuple[RawTable, tuple[RawTable, ...]]:
    """Return a table of returns without its columns of items found, and one table for each such group of columns.

    Columns such as ``find_category``, ``find_lat`` or ``item2_model`` are one item a row; its row names the return by
    ``submission_id`` and bears an identity of its own, so that a return sent again brings no second item.
    """
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for column in table.columns:
        found = _FOUND.fullmatch(column.rsplit("/", 1)[-1])
        if found:
            groups.setdefault((found[1].casefold(), found[2]), {})[found[3]] = column
    sent, day = _has(table, "progress_return", "submission_id"), _has(table, "progress_return", "work_date")
    if not groups or not sent:
        return table, ()
    own = {column for columns in groups.values() for column in columns.values()}
    rest = tuple(column for column in table.columns if column not in own)
    tables = tuple(one for key, columns in sorted(groups.items())
                   if (one := _group(table, "".join(key), columns, sent, day)).row_numbers)
    return replace(table, columns=rest, values={name: table.values[name] for name in rest}), tables


def _group(table: RawTable, name: str, columns: dict[str, str], sent: str, day: str) -> RawTable:
    rows = [i for i in range(len(table.row_numbers)) if not all(is_blank(table.values[c][i]) for c in columns.values())]
    values = {field: [table.values[column][i] for i in rows] for field, column in columns.items()}
    names = [as_text(table.values[sent][i]).strip().removeprefix("uuid:") for i in rows]
    values["submission_id"] = list(names)
    values["id"] = [f"{text}/{name}" for text in names]
    if day and not any(squeezed(field) in ("founddate", "date", "datefound") for field in columns):
        values["found_date"] = [table.values[day][i] for i in rows]
    return RawTable(
        file=table.file, layer=f"{table.layer} {name}".strip(), columns=tuple(values), values=values, geometry=None,
        row_numbers=tuple(table.row_numbers[i] for i in rows), crs_text=None, crs_origin="", typed=table.typed)
