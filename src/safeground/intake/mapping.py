"""The mapping: how a person says that a file's columns are to be read.  TOML, proposed by the program."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import Any

from safeground.foundation.errors import RequestError
from safeground.intake.fields import ALIASES, FIELDS

SCHEMA = "safeground/mapping/1"
#: How a position stands in a file.
POSITIONS = ("geometry", "wkt", "lonlat", "xy", "utm", "mgrs", "trace", "none")
CALENDARS = ("gregorian", "persian", "islamic", "buddhist", "ethiopian")
ORDERS = ("", "dmy", "mdy", "ymd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """How to read one table.

    Attributes
    ----------
    noun : what the rows are, a noun's own word.
    crs : coordinate system of the positions, "" = not stated.
    position : one of :data:`POSITIONS`; `position_columns` are its columns: (longitude, latitude), (east, north),
        (east, north, zone), or one.
    fields : (field, column) pairs.
    constants : (field, text) pairs said of every row that has no column for it.
    words : (field, word in the file, member's value) triples.
    date_order : ``dmy``, ``mdy``, ``ymd`` or "" = every date says it itself.
    calendar : of every date in the file.
    area_unit : unit of stated areas that carry none, "" = not stated.
    decimal : ``.`` or ``,``.
    """

    noun: str
    crs: str = ""
    position: str = "geometry"
    position_columns: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    words: tuple[tuple[str, str, str], ...] = ()
    date_order: str = ""
    calendar: str = "gregorian"
    area_unit: str = ""
    decimal: str = "."

    def column(self, field: str) -> str | None:
        """Return the column of a field, None = it has none."""
        return dict(self.fields).get(field)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def dump_mapping(mapping: Mapping) -> str:
    """Return a mapping as TOML, the form that a person reads, corrects and confirms."""
    lines = [f"schema = {_quoted(SCHEMA)}"]
    for name in ("noun", "crs", "position", "date_order", "calendar", "area_unit", "decimal"):
        lines.append(f"{name} = {_quoted(getattr(mapping, name))}")
    lines.append(f"position_columns = [{', '.join(map(_quoted, mapping.position_columns))}]")
    for title, pairs in (("fields", mapping.fields), ("constants", mapping.constants)):
        if pairs:
            lines += ["", f"[{title}]", *(f"{key} = {_quoted(value)}" for key, value in pairs)]
    for field in sorted({field for field, _, _ in mapping.words}):
        lines += ["", f"[words.{field}]",
                  *(f"{_quoted(word)} = {_quoted(value)}" for own, word, value in mapping.words if own == field)]
    return "\n".join(lines) + "\n"


def _wrong(what: str, why: str) -> RequestError:
    return RequestError("SG-INTAKE-200", f"mapping: {what}", why, "Let 'safeground intake … --propose' write one, and "
                                                                  "correct it.")


def _texts(table: Any, what: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise _wrong(what, "is no table of texts.")
    return tuple(table.items())


def load_mapping(text: str) -> Mapping:
    """Return the mapping of a TOML text.

    Raises
    ------
    RequestError : not TOML, or a key, a field or a value that is not known (``SG-INTAKE-200``).
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong("text", f"is not TOML: {error}.") from error
    plain = ("noun", "crs", "position", "date_order", "calendar", "area_unit", "decimal")
    unknown = sorted(set(data) - {"schema", "position_columns", "fields", "constants", "words", *plain})
    if unknown or data.get("schema", SCHEMA) != SCHEMA:
        raise _wrong("keys", f"unknown keys {unknown}, or another schema than {SCHEMA}.")
    wrong = [name for name in plain if not isinstance(data.get(name, ""), str)]
    columns = data.get("position_columns", [])
    if wrong or not isinstance(columns, list) or not all(isinstance(item, str) for item in columns):
        raise _wrong(", ".join(wrong) or "position_columns", "is no text, or no list of texts.")
    noun, constants = ALIASES.get(data.get("noun", ""), ("", ()))
    if not noun:
        raise _wrong("noun", f"is {data.get('noun', '')!r}; known: {', '.join(sorted(ALIASES))}.")
    words = data.get("words", {})
    if not isinstance(words, dict):
        raise _wrong("words", "is no table of tables.")
    mapping = Mapping(
        noun=noun, position_columns=tuple(columns), fields=_texts(data.get("fields", {}), "fields"),
        constants=tuple((dict(constants) | dict(_texts(data.get("constants", {}), "constants"))).items()),
        words=tuple((field, word, value) for field, table in words.items()
                    for word, value in _texts(table, f"words.{field}")),
        **{name: data[name] for name in plain if name != "noun" and name in data})
    _check(mapping)
    return mapping


def _check(mapping: Mapping) -> None:
    known = {spec.name for spec in FIELDS[mapping.noun]}
    named = {*dict(mapping.fields), *dict(mapping.constants), *(field for field, _, _ in mapping.words)}
    if named - known:
        raise _wrong("fields", f"{sorted(named - known)} are none of {mapping.noun}: {', '.join(sorted(known))}.")
    for name, allowed in (("position", POSITIONS), ("calendar", CALENDARS), ("date_order", ORDERS),
                          ("decimal", (".", ","))):
        if getattr(mapping, name) not in allowed:
            raise _wrong(name, f"is {getattr(mapping, name)!r}; known: {', '.join(filter(None, allowed))}.")
    needed = {"wkt": 1, "lonlat": 2, "xy": 2, "utm": 3, "mgrs": 1, "trace": 1}.get(mapping.position, 0)
    if len(mapping.position_columns) != needed:
        raise _wrong("position_columns", f"has {len(mapping.position_columns)} columns; {mapping.position} needs "
                                         f"{needed}.")
