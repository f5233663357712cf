"""A row's values as the mapping reads them: each field typed, or the fault named."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from safeground.foundation.finding import Severity
from safeground.intake.dates import DateFault, read_date
from safeground.intake.fields import FIELDS, REQUIRED, FieldSpec
from safeground.intake.mapping import Mapping
from safeground.intake.table import RawTable, as_text
from safeground.intake.values import (
    ValueFault,
    check_cell,
    is_blank,
    read_area,
    read_count,
    read_positive,
    read_truth,
    read_word,
)
from safeground.records.standard import NationalStandard

Values = dict[str, Any]
Tell = Callable[..., None]
#: Dates of each noun that also are its date of information, first one given.
_INFORMATION = ("end_date", "found_date", "accident_date", "session_date", "start_date", "work_date", "survey_date")


class RowReader:
    """Reads the values of a table's rows."""

    def __init__(self, table: RawTable, mapping: Mapping, standard: NationalStandard, today: date) -> None:
        self._table, self._mapping, self._today = table, mapping, today
        self._units = dict(standard.programme.area_units)
        self._earliest = date.fromisoformat(standard.programme.earliest_date)
        self._order = mapping.date_order or standard.programme.date_order
        self._words: dict[str, dict[str, str]] = {}
        for name, word, value in mapping.words:
            self._words.setdefault(name, {})[word] = value
        self._told_unit = False

    def read(self, tell: Tell) -> list[Values]:
        """Return each row's values by field; faults are told, and their values left out."""
        rows: list[Values] = [{} for _ in self._table.row_numbers]
        constants = dict(self._mapping.constants)
        for spec in FIELDS[self._mapping.noun]:
            column = self._mapping.column(spec.name)
            if column is not None:
                self._column(spec, column, rows, tell)
            if spec.name in constants:
                value = self._value(spec, constants[spec.name])
                for row in rows:
                    row.setdefault(spec.name, value)
        for index, row in enumerate(rows):
            self._across(index, row, tell)
        return rows

    def _column(self, spec: FieldSpec, column: str, rows: list[Values], tell: Tell) -> None:
        cache: dict[object, Any] = {}
        for index, raw in enumerate(self._table.values[column]):
            if is_blank(raw):
                continue
            key = (type(raw), raw)
            try:
                if key not in cache:
                    check_cell(raw)
                    cache[key] = self._value(spec, raw)
                value = cache[key]
            except ValueFault as fault:
                tell(index, fault.args[0], column, fault.args[1] + ".")
                continue
            except DateFault as fault:
                tell(index, "SG-INTAKE-242", column, f"{fault}.")
                continue
            if value is None:
                self._tell_unit(index, column, tell)
                continue
            if spec.kind == "date" and not self._earliest <= value <= self._today:
                tell(index, "SG-INTAKE-243", column, f"is {value.isoformat()}, expected a day from "
                     f"{self._earliest.isoformat()} to today, {self._today.isoformat()}.")
                continue
            rows[index][spec.name] = value

    def _tell_unit(self, index: int, column: str, tell: Tell) -> None:
        if not self._told_unit:
            self._told_unit = True
            tell(index, "SG-INTAKE-247", column, "states areas without a unit; they are kept as written and used for "
                                                 "nothing.",
                 'Write area_unit = "m2" (or ha, km2) into the mapping.', severity=Severity.WARNING)

    def _value(self, spec: FieldSpec, raw: object) -> Any:
        if spec.kind == "date":
            return read_date(raw, self._order, self._mapping.calendar)
        if spec.kind == "count":
            return read_count(raw)
        if spec.kind == "number":
            return read_positive(raw, self._mapping.decimal)
        if spec.kind == "area":
            return read_area(raw, self._mapping.area_unit, self._units, self._mapping.decimal)
        if spec.kind == "truth":
            return read_truth(raw)
        if spec.kind == "word" and spec.words is not None:
            return read_word(raw, spec.words, self._words.get(spec.name, {}), spec.other)
        text = as_text(raw).strip()
        if spec.kind == "names":
            return tuple(part.strip() for part in (re.split("[;,|]", text) if set(";,|") & set(text) else text.split())
                         if part.strip())
        return text.removeprefix("uuid:") if spec.kind == "submission" else text

    def _across(self, index: int, row: Values, tell: Tell) -> None:
        """Check what concerns more than one value of a row."""
        start, end = row.get("start_date"), row.get("end_date")
        if start is not None and end is not None and end < start:
            tell(index, "SG-INTAKE-244", self._mapping.column("end_date") or "end_date",
                 f"ends on {end.isoformat()}, before it starts on {start.isoformat()}.")
        for name in REQUIRED[self._mapping.noun]:
            if name not in row and self._mapping.column(name) is None:
                tell(index, "SG-INTAKE-252", name, f"has no {name.replace('_', ' ')}.")
            elif name not in row and is_blank(self._table.values[self._mapping.column(name) or ""][index]):
                tell(index, "SG-INTAKE-252", self._mapping.column(name) or name, f"has no {name.replace('_', ' ')}.")
        if "date_of_information" not in row:
            known = next((row[name] for name in _INFORMATION if row.get(name) is not None), None)
            if known is not None:
                row["date_of_information"] = known


