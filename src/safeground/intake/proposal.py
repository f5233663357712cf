"""A proposal for reading a table, made from its columns and values; what it cannot know it asks."""

from __future__ import annotations

import re

import numpy as np
import shapely

from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.intake.coordinates import looks_sexagesimal
from safeground.intake.dates import is_open, vote
from safeground.intake.fields import ALIASES, FIELDS, PLACELESS, FieldSpec, squeezed
from safeground.intake.mapping import Mapping
from safeground.intake.table import RawTable, refusal
from safeground.intake.traces import is_trace
from safeground.intake.values import is_blank
from safeground.records.standard import NationalStandard

_LONGITUDE = ("longitude", "lon", "long", "lng", "xlongitude", "longitudex")
_LATITUDE = ("latitude", "lat", "ylatitude", "latitudey")
_EAST = ("easting", "east", "x", "xcoord", "coordx", "utme")
_NORTH = ("northing", "north", "y", "ycoord", "coordy", "utmn")
_ZONE = ("zone", "utmzone")
_WKT, _MGRS = ("wkt", "geometry", "geom", "thegeom", "shape", "polygon"), ("mgrs", "grid", "gridreference", "utmgrid")
_TRACED = ("geo", "trace", "shape", "outline", "polygon", "boundary", "perimeter", "location", "gps", "position",
           "ground", "worked")
_UNITS = {"ha": ("areaha", "hectares"), "km2": ("areakm2",), "m2": ("aream2", "areasqm")}
_WKT_START = re.compile(r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|LINESTRING|POLYGON)|\s*GEOMETRYCOLLECTION", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?\d+,\d+")


def _question(table: RawTable, code: str, words: str, remedy: str) -> Finding:
    return refusal(table.file, code, words, remedy, table.layer)


def _column(table: RawTable, names: tuple[str, ...], taken: set[str]) -> str | None:
    """Return the free column that goes by the first of `names` that any column has."""
    by_name = {squeezed(column.rsplit("/", 1)[-1]): column for column in reversed(table.columns) if "/" in column}
    by_name |= {squeezed(column): column for column in reversed(table.columns)}
    return next((by_name[name] for name in names if name in by_name and by_name[name] not in taken), None)


def _position(table: RawTable) -> tuple[str, tuple[str, ...]]:
    """Return how positions stand in the table, and in which columns."""
    if table.geometry is not None:
        return "geometry", ()
    none: set[str] = set()
    for name in table.columns:
        values = [v for v in table.values[name][:50] if not is_blank(v)]
        if squeezed(name) in _WKT or (values and all(isinstance(v, str) and _WKT_START.match(v) for v in values)):
            return "wkt", (name,)
    traced = _trace_column(table)
    if traced:
        return "trace", (traced,)
    mgrs = _column(table, _MGRS, none)
    if mgrs:
        return "mgrs", (mgrs,)
    longitude, latitude = _column(table, _LONGITUDE, none), _column(table, _LATITUDE, none)
    if longitude and latitude:
        return "lonlat", (longitude, latitude)
    east, north, zone = (_column(table, names, none) for names in (_EAST, _NORTH, _ZONE))
    if east and north:
        return ("utm", (east, north, zone)) if zone and table.crs_text is None else ("xy", (east, north))
    return "none", ()


def _trace_column(table: RawTable) -> str:
    """Return the column of an XLSForm position, outlines before points; "" = none.

    Its name has to speak of a place too: two numbers with a blank between them are also a telephone number.
    """
    found: dict[str, bool] = {}
    for name in table.columns:
        values = [v for v in table.values[name] if not is_blank(v)][:50]
        if any(word in squeezed(name) for word in _TRACED) and is_trace(values):
            found[name] = any(";" in str(v) for v in values)
    return next((name for name, outline in found.items() if outline), next(iter(found), ""))


def _crs(table: RawTable, position: str, columns: tuple[str, ...]) -> tuple[str, list[Finding]]:
    """Return the coordinate system that the file or the user states; what the columns' names say is told."""
    if table.crs_text:
        return table.crs_text, []
    if position in ("mgrs", "utm", "trace", "none"):
        return "EPSG:4326" if position != "none" else "", []
    told = Finding(Severity.WARNING, "SG-INTAKE-209", table.file, "states no coordinate system; the positions were "
                                                                  "read as "
                   "degrees in WGS 84 (EPSG:4326) because of {why}.", "If the sender used another datum, state it "
                       "with --crs.",
                   SourceRef(table.file, table.layer))
    if position == "lonlat":
        return "EPSG:4326", [_because(told, f"the columns' names {' and '.join(columns)}")]
    if position == "wkt":
        texts = [str(v) for v in table.values[columns[0]] if not is_blank(v)]
        with np.errstate(invalid="ignore", over="ignore"):
            bounds = shapely.bounds(shapely.from_wkt(np.array(texts, dtype=object), on_invalid="ignore"))
        seen = bounds[np.isfinite(bounds).all(axis=1)]
        degrees = (np.abs(seen[:, [0, 2]]) <= 180).all(axis=1) & (np.abs(seen[:, [1, 3]]) <= 90).all(axis=1)
        if len(seen) and degrees.mean() >= 0.5:
            return "EPSG:4326", [_because(told, "their range")]
    return "", [_question(table, "SG-INTAKE-203", "does not state the coordinate system of its positions.",
                          "State it with --crs, e.g. --crs EPSG:32633, after asking the sender.")]


def _because(told: Finding, why: str) -> Finding:
    return Finding(told.severity, told.code, told.subject, told.message.format(why=why), told.remedy, told.source)


def _fields(table: RawTable, noun: str, taken: set[str]) -> list[tuple[str, str]]:
    """Return the column of each field that has one; a column serves one field."""
    found: list[tuple[str, str]] = []
    for spec in FIELDS[noun]:
        column = _column(table, spec.columns, taken)
        if column is not None:
            taken.add(column)
            found.append((spec.name, column))
    return found


def _dates(
    table: RawTable, noun: str, fields: list[tuple[str, str]], standard: NationalStandard
) -> tuple[str, list[Finding]]:
    """Return the date order that the file proves or the programme declares; else the question."""
    kinds = {spec.name: spec.kind for spec in FIELDS[noun]}
    texts = [v for name, column in fields if kinds[name] == "date" for v in table.values[column] if isinstance(v, str)]
    order = vote(texts)
    if order == "both":
        return "", [_question(table, "SG-INTAKE-205", "has dates that can only be day first and dates that can only "
                                                      "be month "
                              "first.", "Ask the sender; send the rows in two files.")]
    if order or not any(is_open(text) for text in texts):
        return order, []
    if standard.programme.date_order:
        return standard.programme.date_order, []
    shown = next(text for text in texts if is_open(text))
    return "", [_question(table, "SG-INTAKE-205", f"has dates such as {shown!r} that can be read as day first or "
                                                  "month first, "
                          "and no date that decides it.", 'Write date_order = "dmy" or "mdy" into the mapping after '
                                                          'asking '
                          "the sender.")]


def open_questions(table: RawTable, mapping: Mapping, standard: NationalStandard) -> list[Finding]:
    """Return what must be answered before a table can be taken in with this mapping."""
    asked: list[Finding] = []
    if mapping.position in ("geometry", "wkt", "xy") and not mapping.crs:
        asked.append(_question(table, "SG-INTAKE-203", "does not state the coordinate system of its positions.",
                               "State it with --crs, e.g. --crs EPSG:32633, after asking the sender."))
    if mapping.position == "none" and mapping.noun not in PLACELESS:
        asked.append(_question(table, "SG-INTAKE-202", f"has no column that holds a position; its columns are "
                               f"{', '.join(table.columns)[:200]}.", "Name the columns in a mapping (--propose writes "
                                                                     "one)."))
    missing = [column for _, column in mapping.fields if column not in table.columns]
    if missing:
        asked.append(_question(table, "SG-INTAKE-200", f"has no column "
                                                       f"{', '.join(map(repr, missing))}.", "Correct the mapping."))
    elif not mapping.date_order and mapping.calendar == "gregorian":
        asked += _dates(table, mapping.noun, list(mapping.fields), standard)[1]
    known = {*dict(mapping.fields), *dict(mapping.constants)}
    if mapping.noun == "hazardous_area" and "area_type" not in known:
        asked.append(_question(table, "SG-INTAKE-207", "does not say whether its areas are suspected or confirmed.",
                               "Take it in with --as sha or --as cha."))
    if mapping.noun == "activity" and "activity_type" not in known:
        asked.append(_question(table, "SG-INTAKE-207", "does not say what was done.",
                               "Take it in with --as cleared_area, reduced_area, cancelled_area or lifted_minefield."))
    if looks_sexagesimal(table, mapping):
        asked.append(_question(table, "SG-INTAKE-206", "has degrees whose decimals are never above 59 in any row: "
                                                       "they look like "
                               "degrees, minutes and seconds typed as decimals.", "Ask the sender, and send true "
                                   "decimals."))
    return asked


def propose_mapping(table: RawTable, noun: str, standard: NationalStandard) -> tuple[Mapping, tuple[Finding, ...]]:
    """Return a mapping and the questions it leaves open, which a person must answer before rows are accepted.

    Parameters
    ----------
    noun : a noun's word or an alias such as ``sha`` or ``incident``; "" or unknown is itself a question.
    """
    if noun not in ALIASES:
        said = "Nobody said what the rows are" if not noun else f"{noun!r} is no kind of row"
        known = ", ".join(sorted(ALIASES))
        return Mapping(noun="evidence", position="none"), (_question(
            table, "SG-INTAKE-201", f"{said}.", f"Say it with --as; known: {known}."),)
    word, constants = ALIASES[noun]
    position, columns = _position(table)
    crs, told = _crs(table, position, columns)
    fields = _fields(table, word, {name for name in columns})
    order, _ = _dates(table, word, fields, standard)
    mapping = Mapping(
        noun=word, crs=crs, position=position, position_columns=columns, fields=tuple(fields),
        constants=tuple(pair for pair in constants), date_order=order, calendar=standard.programme.calendar,
        area_unit=_area_unit(fields), decimal=_decimal(table, word, fields, columns))
    notes = [finding for finding in told if finding.severity is not Severity.REFUSAL]
    return mapping, (*notes, *open_questions(table, mapping, standard))


def _area_unit(fields: list[tuple[str, str]]) -> str:
    column = squeezed(dict(fields).get("stated_area_m2", ""))
    return next((unit for unit, names in _UNITS.items() if column in names), "")


def _decimal(table: RawTable, noun: str, fields: list[tuple[str, str]], columns: tuple[str, ...]) -> str:
    """Return a comma if every fraction in the table's columns of numbers is written with one."""
    kinds: dict[str, FieldSpec] = {spec.name: spec for spec in FIELDS[noun]}
    names = [column for name, column in fields if kinds[name].kind in ("number", "area")] + [
        column for column in columns if squeezed(column) in (*_LONGITUDE, *_LATITUDE, *_EAST, *_NORTH)]
    texts = [v.strip() for name in names for v in table.values[name] if isinstance(v, str)]
    commas = sum(_COMMA.fullmatch(text) is not None for text in texts)
    return "," if commas and not any("." in text for text in texts) else "."
