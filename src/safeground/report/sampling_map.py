"""The map of a sampling sheet as SVG in black and white: the lot, its drawn units by number, blocks, markers, grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import shapely
from shapely import Geometry

from safeground.report.frame import length_label, scale_bar_m

WIDE, HIGH = 640.0, 560.0
_LEFT, _RIGHT, _TOP, _FOOT = 34.0, 16.0, 22.0, 50.0
_FONT = "DejaVu Sans"
#: Smallest and largest height of a unit's number, and width of a bold digit as a share of it.
_SIZES, _DIGIT = (5.6, 8.6), 0.7
#: More blocks than this are drawn without their names.
_BLOCKS_NAMED = 80

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class MapUnit:
    """A drawn unit: its number in the order of the walk and its ground, m of the map's coordinate system."""

    number: int
    outline: Geometry


@dataclass(frozen=True, slots=True)
class MapMarker:
    """A survey marker: its name and place, m."""

    name: str
    east_m: float
    north_m: float


class _Frame:
    """From metres to points of the picture: one scale for both axes, grid north up."""

    def __init__(self, bounds: Box) -> None:
        self.west, self.south, self.east, self.north = bounds
        wide, high = max(self.east - self.west, 1e-6), max(self.north - self.south, 1e-6)
        room_x, room_y = WIDE - _LEFT - _RIGHT, HIGH - _TOP - _FOOT
        self.per_m = min(room_x / wide, room_y / high)
        self.x0 = _LEFT + (room_x - wide * self.per_m) / 2
        self.y0 = _TOP + (room_y + high * self.per_m) / 2

    def at(self, east: float, north: float) -> tuple[float, float]:
        return self.x0 + (east - self.west) * self.per_m, self.y0 - (north - self.south) * self.per_m

    def path(self, geometry: Geometry) -> str:
        rings = shapely.get_rings(shapely.get_parts(geometry))
        drawn = []
        for ring in rings:
            points = " L".join(f"{x:.1f} {y:.1f}" for x, y in (self.at(*p) for p in shapely.get_coordinates(ring)))
            drawn.append(f"M{points} Z")
        return " ".join(drawn)


def _text(x: float, y: float, said: str, size: float, anchor: str = "middle", *, bold: bool = False,
          halo: bool = False, turn: bool = False) -> str:
    more = ' font-weight="bold"' if bold else ""
    more += f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turn else ""
    where = f'x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" font-family="{_FONT}"{more}'
    under = f'<text {where} stroke="#fff" stroke-width="2.2" fill="#fff">{escape(said)}</text>' if halo else ""
    return f"{under}<text {where}>{escape(said)}</text>"


def _grid(frame: _Frame) -> list[str]:
    """Return lines at round metres with their east and north."""
    step = scale_bar_m(max(frame.east - frame.west, frame.north - frame.south), 0.4)
    places = 0 if step >= 1 else 1
    drawn = []
    low, high = frame.at(frame.west, frame.south), frame.at(frame.east, frame.north)
    for k in range(math.ceil(frame.west / step), math.floor(frame.east / step) + 1):
        x, _ = frame.at(k * step, frame.south)
        drawn.append(f'<path d="M{x:.1f} {high[1]:.1f} V{low[1]:.1f}" stroke="#aaa" stroke-width=".5"/>')
        drawn.append(_text(x, low[1] + 14, f"E {k * step:.{places}f}", 6.6))
    for k in range(math.ceil(frame.south / step), math.floor(frame.north / step) + 1):
        _, y = frame.at(frame.west, k * step)
        drawn.append(f'<path d="M{low[0]:.1f} {y:.1f} H{high[0]:.1f}" stroke="#aaa" stroke-width=".5"/>')
        drawn.append(_text(low[0] - 5, y, f"N {k * step:.{places}f}", 6.6, turn=True))
    return drawn


def _block(origin: tuple[float, float], block_m: float, col: int, row: int) -> Box:
    west, south = origin[0] + col * block_m, origin[1] + row * block_m
    return west, south, west + block_m, south + block_m


def _blocks(frame: _Frame, lot: Geometry, origin: tuple[float, float], block_m: float) -> list[str]:
    """Return the lines between the blocks of the walk and, where they are few, their names."""
    columns = max(1, math.ceil((frame.east - origin[0]) / block_m))
    rows = max(1, math.ceil((frame.north - origin[1]) / block_m))
    if block_m * frame.per_m < 12:
        return []
    drawn = []
    for k in range(1, columns):
        x, low = frame.at(origin[0] + k * block_m, frame.south)
        _, high = frame.at(frame.west, frame.north)
        drawn.append(f'<path d="M{x:.1f} {high:.1f} V{low:.1f}" stroke="#777" stroke-width=".5" '
                     'stroke-dasharray="3 2"/>')
    for k in range(1, rows):
        low, y = frame.at(frame.west, origin[1] + k * block_m)
        high, _ = frame.at(frame.east, frame.north)
        drawn.append(f'<path d="M{low:.1f} {y:.1f} H{high:.1f}" stroke="#777" stroke-width=".5" '
                     'stroke-dasharray="3 2"/>')
    if columns * rows <= _BLOCKS_NAMED:
        for col in range(columns):
            for row in range(rows):
                if lot.intersects(shapely.box(*_block(origin, block_m, col, row))):
                    x, y = frame.at(origin[0] + col * block_m, origin[1] + (row + 1) * block_m)
                    drawn.append(_text(x + 2, y + 7, f"B{col + 1}-{row + 1}", 6, "start"))
    return drawn


def _meets(box: Box, others: Sequence[Box]) -> bool:
    return any(box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in others)


def _numbers(frame: _Frame, units: Sequence[MapUnit], taken: list[Box]) -> list[str]:
    """Return the numbers of units, first and last before all others; one that would lie on another is left out."""
    drawn: dict[int, str] = {}
    digits, side = len(str(len(units))), math.sqrt(max(u.outline.area for u in units)) * frame.per_m
    size = min(_SIZES[1], max(_SIZES[0], 0.92 * side / (_DIGIT * digits)))
    order = [0, len(units) - 1, *range(1, len(units) - 1)] if len(units) > 1 else list(range(len(units)))
    for k in order:
        unit = units[k]
        place = shapely.point_on_surface(unit.outline)
        x, y = frame.at(place.x, place.y)
        half = _DIGIT * size * len(str(unit.number)) / 2
        box = (x - half - 0.4, y - size / 2, x + half + 0.4, y + size / 2)
        if not _meets(box, taken):
            taken.append(box)
            drawn[k] = _text(x, y + size * 0.36, str(unit.number), size, bold=True,
                             halo=2 * half > 1.6 * side)
    return [drawn[k] for k in sorted(drawn)]


def _foot(frame: _Frame) -> list[str]:
    bar = scale_bar_m((WIDE - _LEFT - _RIGHT) / frame.per_m, 0.3)
    long, x, y = bar * frame.per_m, _LEFT, HIGH - 14
    north_x, north_y = WIDE - 16, HIGH - 34
    return [f'<rect x="{x}" y="{y}" width="{long / 2:.1f}" height="4" fill="#000"/>',
            f'<rect x="{x}" y="{y}" width="{long:.1f}" height="4" fill="none" stroke="#000"/>',
            _text(x, y - 3, "0", 8), _text(x + long, y - 3, length_label(bar) if bar >= 1 else f"{bar:g} m", 8),
            f'<path d="M{north_x} {north_y} l5 18 l-5 -4 l-5 4 Z" fill="#000"/>',
            _text(north_x, north_y + 28, "N", 10, bold=True)]


def sampling_svg(outline: Geometry, units: Sequence[MapUnit], markers: Sequence[MapMarker], *,
                 origin: tuple[float, float], block_m: float) -> str:
    """Return the map.

    Parameters
    ----------
    outline : the lot, in a projected coordinate system, m; `units` and `markers` in the same.
    units : in the order of the walk.
    origin : south-west corner of the lot's grid of units; blocks of the walk begin there.
    block_m : side of a block, m.

    Notes
    -----
    Every unit is drawn; a number is left out where it would lie on another one, and the table holds all of them.
    """
    points = shapely.points([(m.east_m, m.north_m) for m in markers]) if markers else []
    bounds = shapely.total_bounds([outline, *points])
    frame = _Frame((float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3])))
    drawn = [*_grid(frame), *_blocks(frame, outline, origin, block_m)]
    drawn += [f'<path class="unit" d="{frame.path(u.outline)}" fill="#bcc6cf" stroke="#000" stroke-width=".5" '
              'fill-rule="evenodd"/>' for u in units]
    drawn.append(f'<path class="lot" d="{frame.path(outline)}" fill="none" stroke="#000" stroke-width="1.8" '
                 'stroke-linejoin="round"/>')
    taken: list[Box] = []
    names = []
    for mark in markers:
        x, y = frame.at(mark.east_m, mark.north_m)
        half = 3.2 * len(mark.name)
        taken.append((x - half, y - 17, x + half, y + 5))
        names += [f'<path class="marker" d="M{x:.1f} {y - 5:.1f} l5 9 h-10 Z" fill="#000"/>',
                  _text(x, y - 8, mark.name, 8, bold=True, halo=True)]
    return "".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE:g}" height="{HIGH:g}" viewBox="0 0 {WIDE:g} {HIGH:g}">'
        '<rect width="100%" height="100%" fill="#fff"/>', *drawn, *_numbers(frame, units, taken), *names, *_foot(frame),
        "</svg>"])
