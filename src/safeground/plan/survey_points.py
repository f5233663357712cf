"""Survey points of an area: how its perimeter is found again on the ground, point by point.

The words and rules are those of the IMSMA wiki (Point Types) and IMAS 08.30: a reference point leads to a benchmark
just outside the area; the start point is the first turning point; a turning point stands where the perimeter changes
direction; an intermediate point between two that are more than 50 m apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

#: Turning points further apart than this have intermediate points between them, m.
MOST_LEG_M = 50.0
#: A perimeter that turns by less does not change direction, degrees.
LEAST_TURN_DEG = 0.01


@dataclass(frozen=True, slots=True)
class SurveyPoint:
    """A point of the chain RP → BM → SP → TP … → SP.

    Attributes
    ----------
    kind : ``reference_point, benchmark, start_point, turning_point, intermediate_point``.
    name : short name such as ``TP3``; obstacles and further parts carry their ring, such as ``TP2.3``.
    x, y : m.
    ring : 0 for the first perimeter; obstacles and further parts follow.
    bearing_deg, distance_m : leg to the next point, grid bearing clockwise from grid north; None at the end of a chain.
    next_name : where the leg leads.
    proposed : the point was worked out, and a person must choose or confirm it on the ground.
    """

    kind: str
    name: str
    x: float
    y: float
    ring: int
    bearing_deg: float | None
    distance_m: float | None
    next_name: str | None
    proposed: bool = False


def survey_points(
    parts: Sequence[Polygon], *, benchmark: tuple[float, float] | None = None,
    reference_point: tuple[float, float] | None = None, start_line: LineString | None = None,
) -> tuple[SurveyPoint, ...]:
    """Return the chain of points of all perimeters, in metres of the outline.

    Parameters
    ----------
    parts : polygons of the area; their exteriors and then their obstacles are numbered as rings.
    benchmark, reference_point : known points outside the area.  Without a benchmark the middle of the start line is
        proposed; without a start line there is none, as nothing says where the ground is cleared.
    start_line : on cleared ground.

    Notes
    -----
    The start point is the turning point nearest to the benchmark, else the first of the outline.  Points are taken in
    the outline's own order; bearings are grid bearings, neither true nor magnetic.
    """
    proposed = benchmark is None and start_line is not None
    if proposed and start_line is not None:
        middle = shapely.get_coordinates(shapely.line_interpolate_point(start_line, 0.5, normalized=True))[0]
        benchmark = (float(middle[0]), float(middle[1]))
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    chains = [_chain(shapely.get_coordinates(ring)[:-1], number, benchmark if number == 0 else None)
              for number, ring in enumerate(rings)]
    lead: list[tuple[str, str, float, float, bool]] = []
    if reference_point is not None:
        lead.append(("reference_point", "RP", *reference_point, False))
    if benchmark is not None:
        lead.append(("benchmark", "BM", *benchmark, proposed))
    first = chains[0][0]
    points: list[SurveyPoint] = []
    for i, (kind, name, x, y, guess) in enumerate(lead):
        following = lead[i + 1][1:4] if i + 1 < len(lead) else (first.name, first.x, first.y)
        points.append(SurveyPoint(kind, name, x, y, 0, *_leg((x, y), following[1:]), following[0], guess))
    return (*points, *(point for chain in chains for point in chain))


def _leg(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    east, north = b[0] - a[0], b[1] - a[1]
    return float(np.round(np.degrees(np.arctan2(east, north)), 9) % 360.0), float(np.hypot(east, north))


def _chain(xy: NDArray[np.float64], ring: int, near: tuple[float, float] | None) -> list[SurveyPoint]:
    """Return the points of one perimeter from its start point round."""
    xy = xy[(xy != np.roll(xy, 1, axis=0)).any(axis=1)]
    before, after = xy - np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0) - xy
    turn = np.degrees(np.arctan2(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0], (before * after).sum(axis=1)))
    turns = np.abs(turn) >= LEAST_TURN_DEG
    corners = np.flatnonzero(turns)
    first = int(corners[0] if near is None else corners[np.argmin(np.hypot(*(xy[corners] - near).T))])
    xy, turns = np.roll(xy, -first, axis=0), np.roll(turns, -first)
    suffix = f"{ring + 1}." if ring else ""
    named: list[tuple[str, str, float, float]] = []
    corner, between = 0, 0
    for i, (x, y) in enumerate(xy.tolist()):
        if turns[i]:
            corner += 1
            named.append(("turning_point", f"TP{suffix}{corner}", x, y) if i else
                         ("start_point", f"SP{ring + 1}" if ring else "SP", x, y))
        else:
            between += 1
            named.append(("intermediate_point", f"IP{suffix}{between}", x, y))
        step = xy[(i + 1) % len(xy)] - xy[i]
        count = int(np.ceil(np.hypot(*step) / MOST_LEG_M - 1e-9)) - 1
        for j in range(1, count + 1):
            between += 1
            at = xy[i] + step * (j / (count + 1))
            named.append(("intermediate_point", f"IP{suffix}{between}", float(at[0]), float(at[1])))
    return [SurveyPoint(kind, name, x, y, ring, *_leg((x, y), nxt[2:]), nxt[1])
            for (kind, name, x, y), nxt in zip(named, [*named[1:], named[0]], strict=True)]
