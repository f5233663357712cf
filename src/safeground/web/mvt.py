"""Mapbox Vector Tiles 2.1, written with numpy: geometries in tile units, values by dictionary.

Source: github.com/mapbox/vector-tile-spec, version 2.1 (the wire format of protocol buffers).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

EXTENT = 4096
#: Drawn beyond the tile's edge, tile units, so that outlines and symbols meet their neighbours.
BUFFER = 64
#: An outline that shrinks to less than this is drawn as a square of this side: no hazard vanishes by zooming out.
MARK = 6
_LATITUDE_MAX = 85.05112877980659
Objects = npt.NDArray[np.object_]


def tile_bounds(z: int, x: int, y: int, *, buffer: float = BUFFER / EXTENT) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a Web Mercator tile with its buffer, degrees."""
    size = 1 / 2**z
    west, east = (x - buffer) * size * 360 - 180, (x + 1 + buffer) * size * 360 - 180
    north, south = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * at * size))))
                    for at in (y - buffer, y + 1 + buffer))
    return max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)


def to_tile_units(shapes: Objects, z: int, x: int, y: int) -> Objects:
    """Return geometries in EPSG:4326 in the units of a tile, y down; unclipped, not rounded."""
    scale = 2**z * EXTENT

    def project(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        latitude = np.radians(np.clip(points[:, 1], -_LATITUDE_MAX, _LATITUDE_MAX))
        out = np.empty_like(points)
        out[:, 0] = (points[:, 0] + 180) / 360 * scale - x * EXTENT
        out[:, 1] = (1 - np.arcsinh(np.tan(latitude)) / math.pi) / 2 * scale - y * EXTENT
        return out

    return np.asarray(shapely.transform(shapes, project))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _varints(values: npt.NDArray[np.uint32]) -> bytes:
    """Return unsigned integers as protocol buffer varints, all at once."""
    wide = values.astype(np.uint64)
    length = np.ones(len(wide), dtype=np.int64)
    for shift in (7, 14, 21, 28):
        length += wide >= (1 << shift)
    table = np.zeros((len(wide), 5), dtype=np.uint8)
    for place in range(5):
        more = (place + 1 < length).astype(np.uint64) << np.uint64(7)
        table[:, place] = ((wide >> np.uint64(7 * place)) & np.uint64(0x7F)) | more
    return table[np.arange(5) < length[:, None]].tobytes()


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _zigzag(values: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    return ((values << 1) ^ (values >> 63)).astype(np.uint32)


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"\x38" + _varint(int(value))
    if isinstance(value, int):
        return (b"\x28" + _varint(value)) if value >= 0 else (b"\x30" + _varint((-value << 1) - 1))
    if isinstance(value, float):
        return b"\x19" + struct.pack("<d", value)
    return _field(1, str(value).encode())


def _commands(lines: Iterable[npt.NDArray[np.int64]], *, closed: bool) -> npt.NDArray[np.uint32]:
    """Return MoveTo, LineTo and ClosePath commands of lines or rings (whose closing point is left out)."""
    parts: list[npt.NDArray[np.uint32]] = []
    cursor = np.zeros(2, dtype=np.int64)
    for points in lines:
        steps = _zigzag(np.diff(np.vstack([cursor, points]), axis=0)).ravel()
        cursor = points[-1]
        parts += [np.array([1 << 3 | 1], dtype=np.uint32), steps[:2],
                  np.array([(len(points) - 1) << 3 | 2], dtype=np.uint32), steps[2:]]
        if closed:
            parts.append(np.array([1 << 3 | 7], dtype=np.uint32))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.uint32)


def _rounded(points: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return points in whole units, repeated ones left out."""
    whole = np.rint(points).astype(np.int64)
    keep = np.ones(len(whole), dtype=bool)
    keep[1:] = (whole[1:] != whole[:-1]).any(axis=1)
    return whole[keep]


def _signed_area(points: npt.NDArray[np.int64]) -> int:
    x, y = points[:, 0], points[:, 1]
    return int((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def _rings(polygon: Any) -> list[npt.NDArray[np.int64]]:
    """Return a polygon's rings in whole units, the outer one clockwise on screen, holes not; [] = too small."""
    rings: list[npt.NDArray[np.int64]] = []
    for index, ring in enumerate(shapely.get_rings(polygon)):
        points = _rounded(shapely.get_coordinates(ring))[:-1]
        area = _signed_area(points) if len(points) >= 3 else 0
        if area == 0:
            if index == 0:
                return []
            continue
        rings.append(points if (area > 0) == (index == 0) else points[::-1])
    return rings


def _mark(shape: Any) -> list[npt.NDArray[np.int64]]:
    """Return a small square where an outline has shrunk to nothing."""
    min_x, min_y, max_x, max_y = shapely.bounds(shape)
    x, y, half = round((min_x + max_x) / 2), round((min_y + max_y) / 2), MARK // 2
    return [np.array([[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]],
                     dtype=np.int64)]


def encode_geometry(shape: Any) -> tuple[int, npt.NDArray[np.uint32]]:
    """Return the tile's geometry type (1 point, 2 line, 3 area) and commands of a geometry in tile units."""
    kind = shapely.get_type_id(shape)
    if kind in (0, 4):
        points = np.rint(shapely.get_coordinates(shape)).astype(np.int64)
        steps = _zigzag(np.diff(np.vstack([np.zeros((1, 2), dtype=np.int64), points]), axis=0)).ravel()
        return 1, np.concatenate([np.array([len(points) << 3 | 1], dtype=np.uint32), steps])
    parts = shapely.get_parts(shape)
    if kind in (1, 2, 5):
        lines = [_rounded(shapely.get_coordinates(part)) for part in parts]
        return 2, _commands([line for line in lines if len(line) >= 2], closed=False)
    rings = [ring for part in parts if shapely.get_type_id(part) == 3 for ring in _rings(part)]
    return 3, _commands(rings or _mark(shape), closed=True)


def encode_layer(name: str, shapes: Objects, properties: Sequence[dict[str, Any]]) -> bytes:
    """Return one layer of a tile.

    Parameters
    ----------
    shapes : shape (n,), geometries in tile units (:func:`to_tile_units`); None and empty ones are left out.
    properties : of each feature; None values are left out.

    Returns
    -------
    Bytes of the tile's layer field; b"" without a feature.
    """
    box = (-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    keys: dict[str, int] = {}
    values: dict[tuple[type, Any], int] = {}
    features: list[bytes] = []
    clipped = shapely.clip_by_rect(shapes, *box)
    for whole, shape, given in zip(shapes, clipped, properties, strict=True):
        if whole is None or whole.is_empty or shape is None or shape.is_empty:
            continue
        kind, commands = encode_geometry(shape)
        if not len(commands):
            continue
        tags: list[int] = []
        for key, value in given.items():
            if value is not None:
                tags += [keys.setdefault(key, len(keys)), values.setdefault((type(value), value), len(values))]
        features.append(_field(2, _field(2, _varints(np.array(tags, dtype=np.uint32))) + b"\x18" + _varint(kind)
                               + _field(4, _varints(commands))))
    if not features:
        return b""
    body = (_field(1, name.encode()) + b"".join(features) + b"".join(_field(3, key.encode()) for key in keys)
            + b"".join(_field(4, _value(value)) for _, value in values) + b"\x28" + _varint(EXTENT) + b"\x78\x02")
    return _field(3, body)
