"""Boundaries that a programme loads: GeoJSON of named areas from the authority or from OCHA.  None is shipped."""

from __future__ import annotations

import json
import math
from typing import Any

from shapely import is_valid_reason
from shapely.errors import ShapelyError
from shapely.geometry import shape

from safeground.claims.codes_text import CODES_TEXT
from safeground.claims.gazetteer import name_key
from safeground.foundation.errors import SourceError

BYTES_MAX, FEATURES_MAX = 256 << 20, 20_000
_NAMES = ("name", "NAME", "Name", "ADM1_EN", "ADM2_EN", "adm1_name", "shapeName", "NAME_1", "name_en")


def _fault(subject: str, message: str) -> SourceError:
    return SourceError("SG-CLAIMS-111", subject, f"{message} {CODES_TEXT['SG-CLAIMS-111']}",
                       "Give a FeatureCollection in WGS 84 whose features have a name and a polygon.")


def read_boundaries(content: bytes, file: str, *, field: str = "") -> dict[str, str]:
    """Return key of the name -> WKT of each area.

    Parameters
    ----------
    content : GeoJSON in WGS 84.  file : its name, for messages.
    field : the property that holds the name; "" = the first known one.

    Raises
    ------
    SourceError : no GeoJSON, a feature without a name or a valid polygon, coordinates that are not degrees.
    """
    if len(content) > BYTES_MAX:
        raise _fault(file, f"{len(content):,} bytes, at most {BYTES_MAX:,}.")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _fault(file, f"no JSON: {str(error)[:120]}.") from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list) or not features or len(features) > FEATURES_MAX:
        raise _fault(file, f"no list of 1 to {FEATURES_MAX:,} features.")
    found: dict[str, str] = {}
    for number, feature in enumerate(features, 1):
        name, wkt = _feature(f"{file} feature {number}", feature, field)
        if found.setdefault(name_key(name), wkt) != wkt:
            raise _fault(f"{file} feature {number}", f"{name!r} is there twice.")
    return found


def _feature(where: str, feature: Any, field: str) -> tuple[str, str]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise _fault(where, "it has no properties.")
    name = next((str(properties[key]) for key in ((field,) if field else _NAMES) if properties.get(key)), "")
    if not name:
        raise _fault(where, f"no name in {field or ', '.join(_NAMES)}.")
    try:
        area = shape(feature.get("geometry") or {})
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise _fault(where, f"{name}: {str(error)[:120]}.") from error
    if area.geom_type not in ("Polygon", "MultiPolygon") or area.is_empty:
        raise _fault(where, f"{name} is a {area.geom_type}, expected a polygon.")
    bounds = area.bounds
    if not all(math.isfinite(value) for value in bounds) or max(abs(bounds[0]), abs(bounds[2])) > 180 \
            or max(abs(bounds[1]), abs(bounds[3])) > 90:
        raise _fault(where, f"{name}: coordinates are not degrees.")
    if not area.is_valid:
        raise _fault(where, f"{name}: {is_valid_reason(area)}.")
    return name, str(area.wkt)
