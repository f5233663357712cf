"""GeoJSON (RFC 7946), read strictly: what other readers take as NULL is named here."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import shapely

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding
from safeground.ground.crs import parse_crs
from safeground.intake.outlines import OutlineFault, geojson_geometry, salvage
from safeground.intake.table import RawTable, refusal, row_error

_TWICE = "\x00twice"
_CRS_NAME = re.compile(r"(urn:ogc:def:crs:(OGC:(1\.3|)?:CRS84|EPSG:[^:]*:\d+)|EPSG:\d+|OGC:CRS84)", re.IGNORECASE)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        made[_TWICE] = next(name for name in names if names.count(name) > 1)
    return made


def _constant(text: str) -> float:
    raise ValueError(f"{text} is no number in JSON")


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text} is too large")
    return value


def _given_twice(value: Any) -> str:
    """Return the first member that an object in `value` holds twice, "" = none."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if _TWICE in item:
                return str(item[_TWICE])
            stack.extend(v for v in item.values() if isinstance(v, dict | list))
        elif isinstance(item, list) and item and isinstance(item[0], dict | list):
            stack.extend(item if isinstance(item[0], dict) else ())
    return ""


def read_geojson(file: str, content: bytes) -> tuple[tuple[RawTable, ...], list[Finding]]:
    """Return the table of a FeatureCollection."""
    try:
        text = content.decode("utf-8-sig")
        root = json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_number)
    except UnicodeDecodeError as error:
        return (), [refusal(file, "SG-INTAKE-007", f"is not UTF-8: byte {error.start} cannot be read.",
                            "Save it as UTF-8, as RFC 7946 asks.")]
    except json.JSONDecodeError as error:
        return (), [refusal(file, "SG-INTAKE-005", f"line {error.lineno}, column {error.colno}: {error.msg}.",
                            "The file is cut or was edited by hand; export it again.")]
    except RecursionError:
        return (), [refusal(file, "SG-INTAKE-004", "nests brackets too deep.", "Export it again.")]
    except ValueError as error:
        return (), [refusal(file, "SG-INTAKE-005", f"{error}.", "Export it again with finite numbers.")]
    if not isinstance(root, dict) or root.get("type") != "FeatureCollection" or not isinstance(
            root.get("features"), list):
        return (), [refusal(file, "SG-INTAKE-003", "is no FeatureCollection with a list of features.",
                            "Export it as GeoJSON (RFC 7946).")]
    if _TWICE in root:
        return (), [refusal(file, "SG-INTAKE-005", f"gives {root[_TWICE]!r} twice.", "Keep one of them.")]
    crs, refused = _crs(file, root)
    if refused is not None:
        return (), [refused]
    return (_table(file, root["features"], crs),), []


def _crs(file: str, root: dict[str, Any]) -> tuple[str | None, Finding | None]:
    """Return the collection's coordinate system: WGS 84, or the one that an older file names."""
    if "crs" not in root:
        return "EPSG:4326", None
    member = root["crs"]
    name = member.get("properties", {}).get("name") if isinstance(member, dict) and isinstance(
        member.get("properties"), dict) and member.get("type") == "name" else None
    if isinstance(name, str) and _CRS_NAME.fullmatch(name):
        if "CRS84" in name.upper():
            return "EPSG:4326", None
        code = f"EPSG:{name.rsplit(':', 1)[1]}"
        try:
            parse_crs(code)
            return code, None
        except RequestError as error:
            return None, refusal(file, "SG-INTAKE-010", error.message, error.remedy)
    return None, refusal(file, "SG-INTAKE-010", f"names no usable coordinate system: {json.dumps(member)[:80]}.",
                         "Name it by its EPSG code, or export the file in WGS 84 without the member 'crs'.")


def _plain(value: Any) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _table(file: str, features: list[Any], crs: str | None) -> RawTable:
    count = len(features)
    geometry = np.full(count, None, dtype=object)
    names: dict[str, None] = {}
    rows: list[dict[str, Any]] = []
    texts, salvaged, faults = {}, {}, {}
    for index, feature in enumerate(features):
        properties, shape, fault = _feature(feature)
        rows.append(properties)
        names.update(dict.fromkeys(properties))
        if fault:
            named = isinstance(feature, dict) and feature.get("type") == "Feature"
            code = "SG-INTAKE-021" if named else "SG-INTAKE-023"
            faults[index] = (row_error(file, "", index + 1, "geometry", code, f"{fault}.",
                                       "Correct the feature and send it again."),)
            raw = feature.get("geometry") if isinstance(feature, dict) else feature
            texts[index] = json.dumps(raw, ensure_ascii=False)[:100_000].replace(_TWICE, "(twice)")
            hull = salvage(raw)
            if hull is not None:
                salvaged[index] = hull
        geometry[index] = shape
    names.pop(_TWICE, None)
    return RawTable(
        file=file, layer="", columns=tuple(names),
        values={name: [_plain(row.get(name)) for row in rows] for name in names}, geometry=geometry,
        row_numbers=tuple(range(1, count + 1)), crs_text=crs, crs_origin="format" if crs == "EPSG:4326" else "file",
        geometry_text=texts, salvaged=salvaged, row_findings=faults, typed=True)


def _feature(feature: Any) -> tuple[dict[str, Any], shapely.Geometry | None, str]:
    """Return a feature's values, its geometry, and what is wrong with it ("" = nothing)."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return {}, None, "is no Feature"
    properties = feature.get("properties")
    if properties is not None and not isinstance(properties, dict):
        return {}, None, "has properties that are no object"
    values = dict(properties or {})
    if "id" in feature and "id" not in values:
        values["feature_id"] = feature["id"]
    twice = _given_twice(feature)
    if twice:
        return values, None, f"gives {twice!r} twice"
    if "geometry" not in feature:
        return values, None, "has no member 'geometry'"
    try:
        return values, geojson_geometry(feature["geometry"]), ""
    except OutlineFault as error:
        return values, None, str(error)
    except RecursionError:
        return values, None, "nests collections too deep"
