"""The sketch map of a task sheet as SVG in black and white: outline, lanes, start line, numbered turning points."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from safeground.foundation.errors import RequestError

Points = Sequence[tuple[float, float]]
_WIDTH, _HEIGHT, _PAD, _FOOT = 720.0, 460.0, 34.0, 44.0
_FONT = "Libertinus Serif, DejaVu Sans, serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What the sketch draws, in one projected coordinate system, east and north in m.

    Attributes
    ----------
    outline : corners of the area to be worked on; open or closed.
    holes : outlines inside it that are not worked on.
    lanes : each lane as its middle line, or as a closed outline (first point = last point).
    start_line : line from which the lanes are entered; empty = none drawn.
    turning_points : in the order in which they are walked; number 1 is the start point.
    benchmark : fixed point outside the area that leads to the start point; None = none.
    bearing_deg : direction of work, degrees clockwise from grid north; None = no arrow.
    crs : name of the coordinate system, printed under the sketch.
    parts : outlines of further parts of the area, apart from the first.
    lane_step : every how-manieth lane is drawn, where all of them would be one grey patch.
    """

    outline: Points
    turning_points: Points = ()
    lanes: Sequence[Points] = ()
    start_line: Points = ()
    holes: Sequence[Points] = ()
    benchmark: tuple[float, float] | None = None
    bearing_deg: float | None = None
    crs: str = ""
    parts: Sequence[Points] = ()
    lane_step: int = 1

    def __post_init__(self) -> None:
        every = [*self.outline, *self.turning_points, *self.start_line, *(p for line in self.lanes for p in line),
                 *(p for ring in (*self.holes, *self.parts) for p in ring),
                 *([self.benchmark] if self.benchmark else [])]
        if any(len(p) != 2 or not all(map(math.isfinite, p)) for p in every):
            raise RequestError("SG-TASK-015", "sketch", "a coordinate is no pair of finite numbers.",
                               "Give east and north in m.")
        for name, ring in (("outline", self.outline), *(("hole", hole) for hole in self.holes),
                           *(("part", part) for part in self.parts)):
            corners = {tuple(point) for point in ring}
            if len(corners) < 3:
                raise RequestError("SG-TASK-015", f"sketch {name}", f"it has {len(corners)} corners, not 3 or more.",
                                   "Give its corners in order.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """From one turning point to the next.

    Attributes
    ----------
    number : of the turning point, 1 = start point.
    east_m, north_m : its place, m.
    bearing_deg : grid bearing to the next one, degrees clockwise, 0 ≤ bearing < 360.
    length_m : distance to the next one, m; the last leads back to the first.
    """

    number: int
    east_m: float
    north_m: float
    bearing_deg: float
    length_m: float


def legs(points: Points) -> tuple[Leg, ...]:
    """Return each turning point with grid bearing and distance to the next, the last one back to the start point.

    A last point equal to the first is left out: vertices are held open.
    """
    if len(points) > 1 and points[0] == points[-1]:
        points = points[:-1]
    found = []
    for k, (east, north) in enumerate(points):
        to_east, to_north = points[(k + 1) % len(points)]
        bearing = math.degrees(math.atan2(to_east - east, to_north - north)) % 360
        found.append(Leg(number=k + 1, east_m=east, north_m=north, bearing_deg=bearing,
                         length_m=math.hypot(to_east - east, to_north - north)))
    return tuple(found)


def scale_bar(longest_m: float) -> float:
    """Return the longest of 1, 2, 5, 10, 20, … m (or its tenths) that is not longer than given; > 0."""
    power = 10.0 ** math.floor(math.log10(longest_m))
    return max(step * power for step in (1, 2, 5) if step * power <= longest_m * (1 + 1e-9))


class _Frame:
    """From metres to the sketch's points: one scale for both axes, north up."""

    def __init__(self, points: Iterable[tuple[float, float]]) -> None:
        east, north = zip(*points, strict=True)
        self.west, self.south = min(east), min(north)
        wide, high = max(east) - self.west, max(north) - self.south
        room_x, room_y = _WIDTH - 2 * _PAD, _HEIGHT - 2 * _PAD - _FOOT
        self.per_m = min(room_x / max(wide, 1e-6), room_y / max(high, 1e-6))
        self.left = _PAD + (room_x - wide * self.per_m) / 2
        self.base = _PAD + (room_y + high * self.per_m) / 2

    def at(self, point: tuple[float, float]) -> tuple[float, float]:
        return (self.left + (point[0] - self.west) * self.per_m, self.base - (point[1] - self.south) * self.per_m)

    def path(self, points: Points, closed: bool) -> str:
        drawn = " L".join(f"{x:.2f} {y:.2f}" for x, y in map(self.at, points))
        return f"M{drawn}{' Z' if closed else ''}"


def _text(x: float, y: float, said: str, size: float = 11, anchor: str = "middle", bold: bool = False) -> str:
    where = f'x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" text-anchor="{anchor}" font-family="{_FONT}"'
    weight, halo = ' font-weight="bold"' if bold else "", ' stroke="#fff" stroke-width="3" fill="#fff"'
    return f"<text {where}{weight}{halo}>{escape(said)}</text><text {where}{weight}>{escape(said)}</text>"


def _furniture(frame: _Frame, sketch: Sketch) -> list[str]:
    """Return scale bar, north arrow and arrow of the direction of work."""
    bar = scale_bar(0.3 * (_WIDTH - 2 * _PAD) / frame.per_m)
    long, x, y = bar * frame.per_m, _PAD, _HEIGHT - 20
    drawn = [f'<rect x="{x}" y="{y}" width="{long / 2:.2f}" height="5" fill="#000"/>',
             f'<rect x="{x}" y="{y}" width="{long:.2f}" height="5" fill="none" stroke="#000"/>',
             _text(x, y - 4, "0"), _text(x + long, y - 4, f"{bar:g} m")]
    nx, ny = _WIDTH - 18, 14
    drawn += [f'<path d="M{nx} {ny} l7 26 l-7 -6 l-7 6 Z" fill="#000"/>', _text(nx, ny + 40, "N", 13, bold=True)]
    if sketch.bearing_deg is not None:
        turn = f"rotate({sketch.bearing_deg % 360:.2f} {_WIDTH - 150} {_HEIGHT - 20})"
        drawn += [f'<g transform="{turn}"><path d="M{_WIDTH - 150} {_HEIGHT - 6} v-28 m-5 9 l5 -9 l5 9" fill="none" '
                  'stroke="#000" stroke-width="2"/></g>',
                  _text(_WIDTH - 132, _HEIGHT - 15, f"direction of work {sketch.bearing_deg % 360:.0f}°",
                        anchor="start")]
    return drawn


def _outward(points: tuple[Leg, ...], k: int) -> tuple[float, float]:
    """Return the unit vector, east and north, that leads away from the polygon at its k-th point."""
    turn = sum(p.east_m * q.north_m - q.east_m * p.north_m
               for p, q in zip(points, (*points[1:], points[0]), strict=True))
    side = 90 if turn < 0 else -90  # of the way walked: the outside is left of it where the outline runs clockwise
    angles = [math.radians(90 - points[j].bearing_deg + side) for j in (k - 1, k)]
    east, north = sum(map(math.cos, angles)), sum(map(math.sin, angles))
    long = math.hypot(east, north)
    return (east / long, north / long) if long > 1e-9 else (0.0, 1.0)


def _marks(frame: _Frame, sketch: Sketch, points: tuple[Leg, ...]) -> list[str]:
    """Return turning points with their numbers outside the outline, and the benchmark."""
    drawn = []
    for k, p in enumerate(points):
        x, y = frame.at((p.east_m, p.north_m))
        east, north = _outward(points, k)
        shape = (f'<rect x="{x - 5:.2f}" y="{y - 5:.2f}" width="10" height="10"' if p.number == 1
                 else f'<circle cx="{x:.2f}" cy="{y:.2f}" r="4.5"')
        drawn += [f'{shape} fill="#fff" stroke="#000" stroke-width="1.6"/>',
                  _text(x + 17 * east, y - 15 * north + 4, "SP" if p.number == 1 else str(p.number), 12, bold=True)]
    if sketch.benchmark is not None:
        x, y = frame.at(sketch.benchmark)
        drawn += [f'<path d="M{x:.2f} {y - 7:.2f} l6.5 11 h-13 Z" fill="#000"/>', _text(x, y + 16, "BM", 12, bold=True)]
    return drawn


def sketch_svg(sketch: Sketch) -> str:
    """Return the sketch as an SVG of 720 × 460 points, readable without colour; grid north is up.

    Outline thick, holes hatched, lanes thin, start line dashed, turning points numbered with the start point as a
    square, scale bar, north arrow.
    """
    points = legs(sketch.turning_points)
    every = [*sketch.outline, *sketch.turning_points, *sketch.start_line, *(p for line in sketch.lanes for p in line),
             *(p for part in sketch.parts for p in part), *([sketch.benchmark] if sketch.benchmark else [])]
    frame = _Frame(every)
    drawn = [f'<path class="lane" d="{frame.path(line, line[0] == line[-1])}" fill="none" stroke="#555" '
             'stroke-width="0.7"/>' for line in sketch.lanes if len(line) > 1]
    drawn += [f'<path class="hole" d="{frame.path(hole, True)}" fill="{fill}" stroke="#000"/>'
              for hole in sketch.holes for fill in ("#fff", "url(#hatch)")]
    drawn += [f'<path class="outline" d="{frame.path(ring, True)}" fill="none" stroke="#000" stroke-width="2.2" '
              'stroke-linejoin="round"/>' for ring in (sketch.outline, *sketch.parts)]
    if len(sketch.start_line) > 1:
        drawn.append(f'<path class="start" d="{frame.path(sketch.start_line, False)}" fill="none" stroke="#000" '
                     'stroke-width="4" stroke-dasharray="10 5"/>')
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH:g}" height="{_HEIGHT:g}" '
            f'viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}"><defs><pattern id="hatch" width="6" height="6" '
            'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0 V6" stroke="#000"/></pattern>'
            '</defs><rect width="100%" height="100%" fill="#fff"/>')
    return "".join([head, *drawn, *_marks(frame, sketch, points), *_furniture(frame, sketch), "</svg>"])
