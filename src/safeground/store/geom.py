"""Geometries on both backends: GeoPackage blobs in the file, EWKB in PostGIS; always 2D and EPSG:4326."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.types import UserDefinedType

SRS_ID = 4326
_ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEAD = struct.Struct("<2sBBi4d")

Objects = npt.NDArray[np.object_]


class Geom(UserDefinedType[Any]):
    """A geometry column; values are passed in the backend's own form, made by :func:`encode`."""

    cache_ok = True

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def get_col_spec(self, **_: Any) -> str:
        """Return the GeoPackage type name (OGC 12-128r18, annex G)."""
        return self.kind

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[Any], Any] | None:
        """Leave values as they are; :func:`decode` reads whole columns at once."""
        return None


@compiles(Geom, "postgresql")
def _postgis_type(element: Geom, compiler: Any, **_: Any) -> str:
    return f"geometry({element.kind}, {SRS_ID})"


def encode(geometries: Sequence[Any] | Objects, backend: str) -> list[Any]:
    """Return geometries as the backend stores them, in order; None stays None."""
    array = np.asarray(geometries, dtype=object)
    if backend == "postgis":
        wkb = shapely.to_wkb(shapely.set_srid(array, SRS_ID), hex=True, output_dimension=2, byte_order=1,
                             include_srid=True)
        return [item if item is not None else None for item in wkb]
    wkb = shapely.to_wkb(array, output_dimension=2, byte_order=1)
    bounds = shapely.bounds(array).tolist()
    out: list[Any] = []
    for item, (min_x, min_y, max_x, max_y) in zip(wkb, bounds, strict=True):
        out.append(None if item is None else _HEAD.pack(b"GP", 0, 3, SRS_ID, min_x, max_x, min_y, max_y) + item)
    return out


def decode(values: Sequence[Any], backend: str) -> Objects:
    """Return the geometries of a column, shape (n,), dtype object; None where there is none."""
    if backend == "postgis":
        wkb = [None if value is None else bytes.fromhex(value) if isinstance(value, str) else bytes(value)
               for value in values]
        return np.asarray(shapely.set_srid(shapely.from_wkb(np.asarray(wkb, dtype=object)), 0), dtype=object)
    wkb = [None if v is None else v[8 + _ENVELOPE_BYTES[(v[3] >> 1) & 7]:] for v in values]
    return np.asarray(shapely.from_wkb(np.asarray(wkb, dtype=object)), dtype=object)
