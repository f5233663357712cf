"""Positions as XLSForm writes them: ``latitude longitude altitude accuracy``, one for each turning point."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import shapely
from shapely import Geometry

from safeground.intake.values import ValueFault

_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_POINT = rf"\s*{_NUMBER}(?:\s+{_NUMBER}){{1,3}}\s*"
_TRACE = re.compile(rf"{_POINT}(?:;{_POINT})*;?\s*")


def is_trace(values: Sequence[object]) -> bool:
    """Return whether every value reads as a geopoint, geotrace or geoshape of XLSForm; none at all is no trace."""
    return bool(values) and all(isinstance(v, str) and _TRACE.fullmatch(v) is not None for v in values)


def read_trace(text: str) -> Geometry:
    """Return the geometry of a geopoint, geotrace or geoshape; latitude comes first, height and accuracy are left out.

    A trace that ends where it began is an outline; one that does not stays a line: nobody closes it but its team.

    Raises
    ------
    ValueFault : another form, or a coordinate out of range (``SG-INTAKE-221``, ``-224``).
    """
    if not _TRACE.fullmatch(text):
        raise ValueFault("SG-INTAKE-221", f"is {text[:60]!r}, expected 'latitude longitude altitude accuracy;' for "
                                          "each "
                                          "point")
    points = []
    for part in text.split(";"):
        if part.strip():
            latitude, longitude = (float(number) for number in part.split()[:2])
            if not (math.isfinite(latitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
                raise ValueFault("SG-INTAKE-224", f"has the point {part.strip()[:40]!r}: latitude comes first and "
                                                  "ends at "
                                                  "±90, longitude at ±180")
            points.append((longitude, latitude))
    if len(points) == 1:
        return shapely.Point(points[0])
    if len(points) >= 4 and points[0] == points[-1]:
        return shapely.Polygon(points)
    return shapely.LineString(points)
