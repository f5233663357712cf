"""Submissions of XLSForms as JSON: Kobo's export, ODK Central's OData, or a plain list; repeats become tables."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from safeground.foundation.finding import Finding
from safeground.intake.outlines import OutlineFault, geojson_geometry, salvage
from safeground.intake.table import RawTable, refusal, row_error

#: Under these names a submission says who it is; the first found counts.
INSTANCE = ("meta/instanceID", "instanceID", "_uuid", "uuid", "__id", "submission_id")
#: Column in which a row of a repeat names its submission.
PARENT = "submission_id"


def _rows_of(root: Any) -> list[Any] | None:
    """Return the list of submissions in a parsed file, None = it is none."""
    rows = root if isinstance(root, list) else None
    if isinstance(root, dict) and root.get("type") != "FeatureCollection":
        rows = next((root[key] for key in ("results", "value", "submissions") if isinstance(root.get(key), list)), None)
    if not rows or not all(isinstance(row, dict) for row in rows):
        return None
    return rows if any(_instance(_flat(row)[0]) for row in rows) else None


def are_submissions(content: bytes) -> bool:
    """Return whether bytes are JSON whose rows say which form submission they are."""
    try:
        return _rows_of(json.loads(content.decode("utf-8-sig"))) is not None
    except (ValueError, RecursionError):
        return False


def _flat(row: dict[str, Any], prefix: str = "") -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Return a submission's values by path, and its repeats; a GeoJSON geometry stays one value."""
    values: dict[str, Any] = {}
    repeats: dict[str, list[dict[str, Any]]] = {}
    for key, value in row.items():
        path = f"{prefix}{key}"
        if isinstance(value, dict) and "coordinates" not in value:
            inner, more = _flat(value, f"{path}/")
            values |= inner
            repeats |= more
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            repeats[path] = value
        else:
            values[path] = value
    return values, repeats


def _instance(values: dict[str, Any]) -> str:
    found = next((values[name] for name in INSTANCE if isinstance(values.get(name), str) and values[name]), "")
    return str(found).removeprefix("uuid:")


def _names(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Return the column of each path: its last word, the whole path where that is taken."""
    paths = dict.fromkeys(path for row in rows for path in row)
    last: dict[str, int] = {}
    for path in paths:
        word = path.rsplit("/", 1)[-1]
        last[word] = last.get(word, 0) + 1
    return {path: path if last[path.rsplit("/", 1)[-1]] > 1 else path.rsplit("/", 1)[-1] for path in paths}


def _table(file: str, layer: str, rows: list[dict[str, Any]], numbers: list[int]) -> RawTable:
    """Return a table of flat rows; the first value that is a GeoJSON geometry is the row's place."""
    names = _names(rows)
    shaped = any(isinstance(value, dict) for row in rows for value in row.values())
    geometry = np.full(len(rows), None, dtype=object)
    texts: dict[int, str] = {}
    hulls, faults = {}, {}
    values: dict[str, list[object]] = {name: [None] * len(rows) for name in names.values()}
    for index, row in enumerate(rows):
        for path, value in row.items():
            if isinstance(value, dict):
                try:
                    shape = geojson_geometry(value)
                    geometry[index] = shape if geometry[index] is None else geometry[index]
                except OutlineFault as error:
                    faults[index] = (row_error(file, layer, numbers[index], names[path], "SG-INTAKE-021", f"{error}.",
                                               "Correct the submission and send it again."),)
                    texts[index] = json.dumps(value, ensure_ascii=False)[:100_000]
                    hull = salvage(value)
                    if hull is not None:
                        hulls[index] = hull
            else:
                plain = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
                values[names[path]][index] = None if value == [] else plain
    columns = tuple(name for name, found in values.items() if any(v is not None for v in found))
    return RawTable(
        file=file, layer=layer, columns=columns, values={name: values[name] for name in columns},
        geometry=geometry if shaped else None, row_numbers=tuple(numbers), crs_text="EPSG:4326" if shaped else None,
        crs_origin="format" if shaped else "", geometry_text=texts, salvaged=hulls, row_findings=faults, typed=True)


def read_submissions(file: str, content: bytes) -> tuple[tuple[RawTable, ...], list[Finding]]:
    """Return the table of submissions, then one for each repeat, whose rows name their submission."""
    rows = _rows_of(json.loads(content.decode("utf-8-sig"))) or []
    if not rows:
        return (), [refusal(file, "SG-INTAKE-006", "holds no submission.", "Export it again.")]
    flat: list[dict[str, Any]] = []
    repeated: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        values, repeats = _flat(row)
        named = _instance(values)
        flat.append({path: v for path, v in values.items() if path not in INSTANCE} | {PARENT: named or None})
        for path, items in repeats.items():
            repeated.setdefault(path.rsplit("/", 1)[-1], []).extend(
                _flat({key.removeprefix(f"{path}/"): value for key, value in item.items()})[0]
                | {PARENT: named, "id": f"{named}/{path}/{number}"} for number, item in enumerate(items, 1))
    tables = [_table(file, "", flat, list(range(1, len(flat) + 1)))]
    tables += [_table(file, layer, items, list(range(1, len(items) + 1))) for layer, items in repeated.items()
               if not layer.startswith("_")]
    return tuple(tables), []
