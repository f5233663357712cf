"""Mapbox Vector Tiles 2.1, written with numpy: geometries in tile units, values by dictionary.

Source: github.com/mapbox/vector-tile-spec, version 2.1 (the wire format of protocol buffers).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

EXTENT = 4096
#: Drawn beyond the tile's edge, tile units, so that outlines and symbols meet their neighbours.
BUFFER = 64
#: A part of an outline that shrinks to nothing is drawn as a square of this side: no hazard vanishes by zooming out.
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


def project(points: npt.NDArray[np.float64], z: int, x: int, y: int) -> npt.NDArray[np.float64]:
    """Return points (n, 2) in degrees in the units of a tile, y down."""
    scale = 2**z * EXTENT
    latitude = np.radians(np.clip(points[:, 1], -_LATITUDE_MAX, _LATITUDE_MAX))
    out = np.empty_like(points)
    out[:, 0] = (points[:, 0] + 180) / 360 * scale - x * EXTENT
    out[:, 1] = (1 - np.arcsinh(np.tan(latitude)) / math.pi) / 2 * scale - y * EXTENT
    return out


def to_tile_units(shapes: Objects, z: int, x: int, y: int) -> Objects:
    """Return geometries in EPSG:4326 in the units of a tile, y down; unclipped, not rounded."""
    return np.asarray(shapely.transform(shapes, lambda points: project(points, z, x, y)))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _varints(values: npt.NDArray[np.uint32]) -> tuple[bytes, npt.NDArray[np.int64]]:
    """Return unsigned integers as protocol buffer varints, and at which byte each one ends."""
    wide = values.astype(np.uint64)
    length = np.ones(len(wide), dtype=np.int64)
    for shift in (7, 14, 21, 28):
        length += wide >= (1 << shift)
    table = np.zeros((len(wide), 5), dtype=np.uint8)
    for place in range(5):
        more = (place + 1 < length).astype(np.uint64) << np.uint64(7)
        table[:, place] = ((wide >> np.uint64(7 * place)) & np.uint64(0x7F)) | more
    return table[np.arange(5) < length[:, None]].tobytes(), np.cumsum(length)


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


@dataclass(frozen=True, slots=True)
class _Paths:
    """Rings, lines or points of many features: `counts` points each, of the feature `owner`, in ascending order."""

    points: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]

    def select(self, keep: npt.NDArray[np.bool_]) -> _Paths:
        return _Paths(self.points[np.repeat(keep, self.counts)], self.counts[keep], self.owner[keep])

    def starts(self) -> npt.NDArray[np.int64]:
        return np.cumsum(self.counts) - self.counts


def _rounded(shapes: Objects, owner: npt.NDArray[np.int64], *, closed: bool) -> _Paths:
    """Return rings (closing point left out) or lines in whole units, points repeated one after the other left out."""
    coords, path = shapely.get_coordinates(shapes, return_index=True)
    whole = np.rint(coords).astype(np.int64)
    keep = np.ones(len(whole), dtype=bool)
    keep[1:] = (whole[1:] != whole[:-1]).any(axis=1) | (path[1:] != path[:-1])
    whole, path = whole[keep], path[keep]
    if closed:
        open_ended = np.append(path[1:] == path[:-1], False)
        whole, path = whole[open_ended], path[open_ended]
    return _Paths(whole, np.bincount(path, minlength=len(shapes)).astype(np.int64), owner)


def _doubled_areas(paths: _Paths) -> npt.NDArray[np.int64]:
    """Return twice the signed area of each ring (shoelace), in tile units²; positive = clockwise on screen."""
    following = np.arange(1, len(paths.points) + 1)
    ends = np.cumsum(paths.counts)
    filled = paths.counts > 0
    following[ends[filled] - 1] = paths.starts()[filled]
    x, y = paths.points[:, 0], paths.points[:, 1]
    sums = np.concatenate([[0], np.cumsum(x * y[following] - x[following] * y)])
    return np.asarray(sums[ends] - sums[paths.starts()])


def _areas(shapes: Objects, numbers: npt.NDArray[np.int64]) -> _Paths:
    """Return the rings of polygons, outer ones clockwise on screen, holes not; a part shrunk to nothing is a mark."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    polygons = shapely.get_type_id(parts) == 3
    parts, of = parts[polygons], of[polygons]
    rings, part = shapely.get_rings(parts, return_index=True)
    paths = _rounded(rings, numbers[of[part]], closed=True)
    area = _doubled_areas(paths)
    outer = np.ones(len(rings), dtype=bool)
    outer[1:] = part[1:] != part[:-1]
    there = (paths.counts >= 3) & (area != 0)
    drawn = there[outer]
    there &= drawn[part]
    turned = np.repeat((area > 0) != outer, paths.counts)
    place = np.arange(len(paths.points))
    mirror = np.repeat(2 * paths.starts() + paths.counts - 1, paths.counts) - place
    paths = _Paths(paths.points[np.where(turned, mirror, place)], paths.counts, paths.owner).select(there)
    if drawn.all():
        return paths
    bounds = shapely.bounds(parts[~drawn])
    middle = np.rint((bounds[:, :2] + bounds[:, 2:]) / 2).astype(np.int64)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (MARK // 2)
    marks = (middle[:, None, :] + corners).reshape(-1, 2)
    owner = np.concatenate([paths.owner, numbers[of[~drawn]]])
    counts = np.concatenate([paths.counts, np.full(len(middle), 4)])
    order = np.argsort(owner, kind="stable")
    starts = np.cumsum(counts) - counts
    take = np.concatenate([np.arange(starts[i], starts[i] + counts[i]) for i in order])
    return _Paths(np.vstack([paths.points, marks])[take], counts[order], owner[order])


def _commands(paths: _Paths, kind: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Return the commands of all paths, and how many belong to each path (MoveTo, LineTo, ClosePath)."""
    starts, first = paths.starts(), np.zeros(len(paths.points), dtype=bool)
    first[starts] = True
    steps = np.diff(paths.points, axis=0, prepend=0)
    new = np.ones(len(paths.owner), dtype=bool)
    new[1:] = paths.owner[1:] != paths.owner[:-1]
    steps[starts[new]] = paths.points[starts[new]]  # each feature's cursor starts at 0, 0
    size = 2 * paths.counts + (0, 1, 2, 3)[kind]
    at = np.cumsum(size) - size
    out = np.zeros(int(size.sum()), dtype=np.uint32)
    out[at] = (paths.counts if kind == 1 else np.ones_like(paths.counts)) << 3 | 1
    if kind != 1:
        out[at + 3] = (paths.counts - 1) << 3 | 2
    if kind == 3:
        out[at + size - 1] = 1 << 3 | 7
    rank = np.arange(len(paths.points)) - np.repeat(starts, paths.counts)
    place = np.repeat(at, paths.counts) + 1 + 2 * rank + (0 if kind == 1 else ~first)
    codes = _zigzag(steps)
    out[place], out[place + 1] = codes[:, 0], codes[:, 1]
    return out, size


def encode_geometries(shapes: Objects) -> tuple[npt.NDArray[np.int64], list[bytes]]:
    """Return each geometry's type in the tile (1 point, 2 line, 3 area) and its commands; b"" = nothing to draw."""
    of_type = np.array([0, 1, 2, 2, 3, 1, 2, 3, 3])  # None, then by GEOS type: a collection left by clipping has areas
    kinds = np.where(shapely.is_empty(shapes), 0, of_type[shapely.get_type_id(shapes) + 1])
    encoded = [b""] * len(shapes)
    for kind in (1, 2, 3):
        numbers = np.flatnonzero(kinds == kind)
        if not len(numbers):
            continue
        if kind == 3:
            paths = _areas(shapes[numbers], numbers)
        elif kind == 2:
            parts, of = shapely.get_parts(shapes[numbers], return_index=True)
            paths = _rounded(parts, numbers[of], closed=False)
            paths = paths.select(paths.counts >= 2)
        else:
            coords, of = shapely.get_coordinates(shapes[numbers], return_index=True)
            paths = _Paths(np.rint(coords).astype(np.int64), np.bincount(of, minlength=len(numbers)), numbers)
            paths = paths.select(paths.counts > 0)
        if not len(paths.counts):
            continue
        commands, sizes = _commands(paths, kind)
        content, ends = _varints(commands)
        last = np.append(paths.owner[1:] != paths.owner[:-1], True)
        stop = ends[np.cumsum(sizes) - 1][last].tolist()
        for number, begin, end in zip(paths.owner[last].tolist(), [0, *stop], stop, strict=False):
            encoded[number] = content[begin:end]
    return kinds, encoded


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
    keys: dict[str, int] = {}
    values: dict[tuple[type, Any], int] = {}
    features: list[bytes] = []
    kinds, encoded = encode_geometries(shapely.clip_by_rect(shapes, -BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER))
    for kind, commands, given in zip(kinds.tolist(), encoded, properties, strict=True):
        if not commands:
            continue
        tags = b"".join(
            _varint(keys.setdefault(key, len(keys))) + _varint(values.setdefault((type(value), value), len(values)))
            for key, value in given.items() if value is not None)
        features.append(_field(2, _field(2, tags) + b"\x18" + _varint(kind) + _field(4, commands)))
    if not features:
        return b""
    body = (_field(1, name.encode()) + b"".join(features) + b"".join(_field(3, key.encode()) for key in keys)
            + b"".join(_field(4, _value(value)) for _, value in values) + b"\x28" + _varint(EXTENT) + b"\x78\x02")
    return _field(3, body)
