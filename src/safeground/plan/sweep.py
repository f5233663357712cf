"""Fewest lanes of one direction: a line sweeps an outline, and cuts are placed where they are needed, not on one grid.

Seen along the lanes, an outline is a graph of cells that split and merge at the tips of obstacles and notches.  A cut
is a chord across one cell.  With β obstacles, an outline cut by n chords has 1 - β + n pieces, plus one for each
obstacle that lies inside one piece (Euler), so that fewest lanes means fewest chords such that no piece is higher than
a lane is wide.  Any such set of chords can be pushed up until each lies a lane's width above the lowest point of the
piece below it, or right below a split or merge; only those are searched, by a beam over the splits and merges.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

Array = NDArray[np.float64]
#: Lengths that differ by less are the same, m: a field of 10 m has four lanes of 2.5 m whatever the last bits say.
TOLERANCE_M = 1e-7
#: Two arms of a lane that meet at the tip of an obstacle have a neck of at least this height in common, m, but no more
#: than this share of the lane's width.
NECK_M, NECK_SHARE = 0.05, 0.1


class Tangled(Exception):
    """The outline touches itself at this level in a way that the sweep does not follow; another direction will do."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """Vertices of all rings of one polygon, interior on the left hand, without repeats.

    Attributes
    ----------
    xy : shape (n, 2), m.
    after, before : index of the next and the previous vertex of the same ring.
    """

    xy: Array
    after: NDArray[np.int64]
    before: NDArray[np.int64]
    holes: int

    @classmethod
    def of(cls, polygon: Polygon) -> Outline:
        """Return the vertices of a valid polygon; edge i runs from vertex i to vertex ``after[i]``."""
        oriented = shapely.orient_polygons(shapely.force_2d(polygon))
        rings, after, before, start = [], [], [], 0
        for ring in (oriented.exterior, *oriented.interiors):
            xy = shapely.get_coordinates(ring)
            xy = xy[:-1][(xy[1:] != xy[:-1]).any(axis=1)]
            index = np.arange(start, start + len(xy))
            rings.append(xy)
            after.append(np.roll(index, -1))
            before.append(np.roll(index, 1))
            start += len(xy)
        return cls(np.vstack(rings), np.concatenate(after), np.concatenate(before), len(rings) - 1)

    @property
    def edges(self) -> Array:
        """Edge vectors, shape (n, 2), m."""
        return np.asarray(self.xy[self.after] - self.xy)


class Cell:
    """Ground between two walls; each wall is a run of edges with the levels from which they serve."""

    __slots__ = ("edges", "levels")

    def __init__(self, level: float, left: int, right: int) -> None:
        self.levels = ([level], [level])
        self.edges = ([left], [right])

    def wall(self, side: int, level: float) -> int:
        """Return the edge where a cut at a level meets the wall of a side (0 left, 1 right).

        A level edge counts as rising to the right, so that it is a ceiling in a left wall and a floor in a right one; a
        cut at its level starts after the ceiling, and ends before the floor.
        """
        levels = self.levels[side]
        at = bisect_left(levels, level - TOLERANCE_M) if side else bisect_right(levels, level + TOLERANCE_M)
        return self.edges[side][max(at - 1, 0)]


class Event(NamedTuple):
    """What happens to the cells at a level: ``kind`` of ``start, end, split, merge``, at place ``k`` from the left.

    `low` is the level at which a cell that splits began.
    """

    kind: str
    level: float
    k: int
    cells: tuple[int, ...]
    low: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """An outline seen along one direction: `u` along the lanes, `v` across them; cells and what happens to them."""

    outline: Outline
    along: tuple[float, float]
    u: list[float]
    v: list[float]
    cells: list[Cell]
    events: list[Event]


def _levels(v: Array) -> Array:
    """Return the levels with those that differ by less than the tolerance made one."""
    order = np.argsort(v, kind="stable")
    ordered = v[order]
    first = np.concatenate([[True], np.diff(ordered) > TOLERANCE_M])
    out = np.empty_like(v)
    out[order] = ordered[first][np.cumsum(first) - 1]
    return out


class _Sweeper:
    """The state of one sweep: active edges from left to right, two to a cell."""

    def __init__(self, outline: Outline, along: tuple[float, float]) -> None:
        dx, dy = along
        self.u = outline.xy @ np.array([dx, dy])
        self.v = _levels(outline.xy @ np.array([-dy, dx]))
        order = np.lexsort((self.u, self.v))
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        self.order, self.rank = order.tolist(), rank.tolist()
        e, f = outline.edges, outline.edges[outline.before]
        self.turns_left = (f[:, 0] * e[:, 1] - f[:, 1] * e[:, 0] > 0).tolist()
        self.after: list[int] = outline.after.tolist()
        self.before: list[int] = outline.before.tolist()
        self.us: list[float] = self.u.tolist()
        self.vs: list[float] = self.v.tolist()
        self.active: list[int] = []
        self.here: list[int] = []
        self.cells: list[Cell] = []
        self.events: list[Event] = []

    def run(self) -> None:
        rank, active = self.rank, self.active
        for p in self.order:
            q, r = self.after[p], self.before[p]
            up_after, up_before = rank[q] > rank[p], rank[r] > rank[p]
            if up_after and up_before:
                self._open(p, r)
            elif not up_after and not up_before:
                self._close(p, r)
            else:
                old, new = (r, p) if up_after else (p, r)
                at = active.index(old)
                active[at] = new
                cell, side = self.cells[self.here[at // 2]], at % 2
                cell.levels[side].append(self.vs[p])
                cell.edges[side].append(new)

    def _edge_u(self, edge: int, level: float) -> float:
        p, q = edge, self.after[edge]
        rise = self.vs[q] - self.vs[p]
        if rise == 0.0:
            return min(self.us[p], self.us[q])
        u: float = self.us[p] + (level - self.vs[p]) / rise * (self.us[q] - self.us[p])
        return u

    def _new(self, level: float, left: int, right: int) -> int:
        self.cells.append(Cell(level, left, right))
        return len(self.cells) - 1

    def _open(self, p: int, r: int) -> None:
        """Two edges go up from a vertex: a new cell, or one that splits."""
        level, u, active = self.vs[p], self.us[p], self.active
        at = sum(1 for edge in active if self._edge_u(edge, level) < u)
        k = at // 2
        if self.turns_left[p]:
            if at % 2:
                raise Tangled
            cell = self._new(level, r, p)
            active[at:at] = [r, p]
            self.here.insert(k, cell)
            self.events.append(Event("start", level, k, (cell,)))
            return
        if not at % 2:
            raise Tangled
        left, right = self._new(level, active[at - 1], p), self._new(level, r, active[at])
        active[at:at] = [p, r]
        low = self.cells[self.here[k]].levels[0][0]
        self.events.append(Event("split", level, k, (self.here[k], left, right), low))
        self.here[k:k + 1] = [left, right]

    def _close(self, p: int, r: int) -> None:
        """Two edges end at a vertex: a cell ends, or two merge."""
        level, active = self.vs[p], self.active
        a, b = sorted((active.index(p), active.index(r)))
        k = a // 2
        if b != a + 1 or (a % 2 == 0) != self.turns_left[p]:
            raise Tangled
        if self.turns_left[p]:
            self.events.append(Event("end", level, k, (self.here.pop(k),)))
        else:
            cell = self._new(level, active[a - 1], active[b + 1])
            self.events.append(Event("merge", level, k, (self.here[k], self.here[k + 1], cell)))
            self.here[k:k + 2] = [cell]
        del active[a:b + 1]


def sweep(outline: Outline, angle: float) -> Sweep:
    """Return the cells of an outline for lanes of an angle (radians from the x axis).

    Raises
    ------
    Tangled : rings touch each other in a way that the sweep does not follow.
    """
    along = (float(np.cos(angle)), float(np.sin(angle)))
    state = _Sweeper(outline, along)
    try:
        state.run()
    except (ValueError, IndexError) as error:
        raise Tangled from error
    return Sweep(outline, along, state.us, state.vs, state.cells, state.events)


class Chords(NamedTuple):
    """A linked list of cuts: `number` cuts of a cell, the first at `level`, each a lane's width above the other."""

    rest: Chords | None
    cell: int
    level: float
    number: int


class _State(NamedTuple):
    cost: int
    bottoms: tuple[float, ...]
    pieces: tuple[int, ...]
    chords: Chords | None


def fewest_chords(swept: Sweep, width: float, beam: int) -> tuple[int, list[tuple[int, float]]]:
    """Return the fewest lanes found and the chords that make them, as (cell, level).

    Parameters
    ----------
    width : widest that a lane may be, m.
    beam : how many partial solutions are kept at each split or merge.
    """
    states = [_State(0, (), (), None)]
    here: list[int] = []
    for number, event in enumerate(swept.events):
        fresh = (number + 1) * 1_000_000
        after: dict[tuple[tuple[float, ...], tuple[int, ...]], _State] = {}
        for state in states:
            for new in _options(_advance(state, here, event.level, width, fresh), event, width, fresh):
                key = (new.bottoms, new.pieces)
                if key not in after or after[key].cost > new.cost:
                    after[key] = new
        states = list(after.values())
        if len(states) > beam:
            states = sorted(states, key=lambda s: s.cost - sum(s.bottoms) / width)[:beam]
        if event.kind == "start":
            here.insert(event.k, event.cells[0])
        elif event.kind == "end":
            del here[event.k]
        else:
            here[event.k:event.k + (1 if event.kind == "split" else 2)] = event.cells[1:] if event.kind == "split" \
                else event.cells[2:]
    best = min(states, key=lambda s: s.cost)
    return 1 - swept.outline.holes + best.cost, list(_unroll(best.chords, width))


def _unroll(chords: Chords | None, width: float) -> Iterator[tuple[int, float]]:
    while chords is not None:
        yield from ((chords.cell, chords.level + i * width) for i in range(chords.number))
        chords = chords.rest


def _advance(state: _State, here: list[int], level: float, width: float, fresh: int) -> _State:
    """Place the cuts that cannot wait until a level."""
    limit = level - width - TOLERANCE_M
    if not state.bottoms or min(state.bottoms) >= limit:
        return state
    cost, chords = state.cost, state.chords
    bottoms, pieces = list(state.bottoms), list(state.pieces)
    for i, bottom in enumerate(bottoms):
        if bottom < limit:
            count = int(np.ceil((level - TOLERANCE_M - bottom) / width)) - 1
            chords = Chords(chords, here[i], bottom + width, count)
            cost += count
            bottoms[i] = bottom + count * width
            pieces[i] = fresh + here[i]
    return _State(cost, tuple(bottoms), tuple(pieces), chords)


def _options(state: _State, event: Event, width: float, fresh: int) -> Iterator[_State]:
    cost, bottoms, pieces, chords = state
    k, level = event.k, event.level
    own = fresh + 500_000
    if event.kind == "start":
        yield _State(cost, (*bottoms[:k], level, *bottoms[k:]), (*pieces[:k], own, *pieces[k:]), chords)
        return
    if event.kind == "end":
        yield _State(cost, bottoms[:k] + bottoms[k + 1:], pieces[:k] + pieces[k + 1:], chords)
        return
    neck = min(NECK_M, NECK_SHARE * width) if event.kind == "merge" else TOLERANCE_M
    full = level - width + neck
    if event.kind == "split":
        b, p = bottoms[k], pieces[k]
        if b > full:
            yield _State(cost, (*bottoms[:k], b, b, *bottoms[k + 1:]), (*pieces[:k], p, p, *pieces[k + 1:]), chords)
        cut = max(level - min(NECK_M, NECK_SHARE * width), (event.low + level) / 2)
        if b < cut - TOLERANCE_M and level - cut > TOLERANCE_M:
            yield _State(cost + 1, (*bottoms[:k], cut, cut, *bottoms[k + 1:]),
                         (*pieces[:k], own, own, *pieces[k + 1:]), Chords(chords, event.cells[0], cut, 1))
        return
    yield from _merged(state, event, full, own)


def _merged(state: _State, event: Event, full: float, own: int) -> Iterator[_State]:
    cost, bottoms, pieces, chords = state
    k, level = event.k, event.level
    a, b, p, q = bottoms[k], bottoms[k + 1], pieces[k], pieces[k + 1]
    if a > full and b > full:
        low = min(a, b)
        joined = [(low, p) if piece in (p, q) else (bottom, piece)
                  for bottom, piece in zip(bottoms, pieces, strict=True)]
        del joined[k]
        yield _State(cost + (p == q), tuple([j[0] for j in joined]), tuple([j[1] for j in joined]), chords)
    cut_left = Chords(chords, event.cells[0], level, 1)
    if a <= full and b <= full:
        both = Chords(cut_left, event.cells[1], level, 1)
        yield _State(cost + 2, (*bottoms[:k], level, *bottoms[k + 2:]), (*pieces[:k], own, *pieces[k + 2:]), both)
    elif p != q or a <= full or b <= full:
        if a <= b:
            yield _State(cost + 1, bottoms[:k] + bottoms[k + 1:], pieces[:k] + pieces[k + 1:], cut_left)
        else:
            yield _State(cost + 1, bottoms[:k + 1] + bottoms[k + 2:], pieces[:k + 1] + pieces[k + 2:],
                         Chords(chords, event.cells[1], level, 1))


def faces(swept: Sweep, chords: list[tuple[int, float]], polygon: Polygon) -> NDArray[np.object_]:
    """Return the pieces into which chords cut an outline; every vertex of the outline stays where it is."""
    after = swept.outline.after.tolist()
    order = np.argsort(swept.v, kind="stable").tolist()
    levels = [swept.v[p] for p in order]
    ends: list[tuple[int, float]] = []
    for cell, level in chords:
        walls = [swept.cells[cell].wall(side, level) for side in (0, 1)]
        chord = [_end(edge, after[edge], swept.v[edge], swept.v[after[edge]], level) for edge in walls]
        met = order[bisect_left(levels, level - TOLERANCE_M):bisect_right(levels, level + TOLERANCE_M)]
        ends += _past(swept, after, chord, met) if met else chord
    return _pieces(swept.outline, ends, polygon)


def _past(swept: Sweep, after: list[int], chord: list[tuple[int, float]], met: list[int]) -> list[tuple[int, float]]:
    """Return a chord in parts where it passes vertices of its own level, without the edges along which it runs."""
    low, high = (swept.u[p] + share * (swept.u[after[p]] - swept.u[p]) for p, share in chord)
    between = sorted((swept.u[p], p) for p in met if low + TOLERANCE_M < swept.u[p] < high - TOLERANCE_M)
    stops = [chord[0], *((p, 0.0) for _, p in between), chord[1]]
    parts = [(a, b) for a, b in pairwise(stops) if not _is_edge(after, a, b)]
    return [end for part in parts for end in part]


def _is_edge(after: list[int], a: tuple[int, float], b: tuple[int, float]) -> bool:
    return a[1] == b[1] == 0.0 and (after[a[0]] == b[0] or after[b[0]] == a[0])


def cut_along(outline: Outline, angle: float, level: float, polygon: Polygon) -> NDArray[np.object_]:
    """Return the parts of an outline on both sides of a line of an angle at a level across it."""
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    v = (outline.xy @ across).tolist()
    after = outline.after.tolist()
    met = {_end(p, after[p], v[p], v[after[p]], level) for p in range(len(v))
           if min(v[p], v[after[p]]) <= level + TOLERANCE_M and max(v[p], v[after[p]]) >= level - TOLERANCE_M}
    met |= {(p, 0.0) for p in range(len(v)) if abs(v[p] - level) <= TOLERANCE_M}
    points = sorted(met, key=lambda end: float((outline.xy[end[0]] + end[1] * outline.edges[end[0]]) @ along))
    index = np.array([end[0] for end in points], np.int64)
    at = outline.xy[index] + np.array([[end[1]] for end in points]) * outline.edges[index]
    open_ground = shapely.contains_xy(polygon, (at[1:] + at[:-1]) / 2)
    flat = [_is_edge(after, a, b) for a, b in pairwise(points)]
    ends = [end for i in np.flatnonzero(open_ground & ~np.array(flat, bool)) for end in points[i:i + 2]]
    return _pieces(outline, ends, polygon)


def _end(p: int, q: int, low: float, high: float, level: float) -> tuple[int, float]:
    """Return where a level meets an edge from p to q, as (edge, share of it); a vertex is its edge's start."""
    if abs(level - low) <= TOLERANCE_M or high == low:
        return p, 0.0
    if abs(level - high) <= TOLERANCE_M:
        return q, 0.0
    return p, (level - low) / (high - low)


def _pieces(outline: Outline, ends: list[tuple[int, float]], polygon: Polygon) -> NDArray[np.object_]:
    """Return what chords leave of an outline, each given by its two ends in turn."""
    xy, step = outline.xy, outline.edges
    split = np.array(sorted({*ends, *((edge, 0.0) for edge in range(len(xy)))}))
    own = split[:, 0].astype(np.int64)
    points = xy[own] + split[:, 1:] * step[own]
    last = np.append(own[1:] != own[:-1], True)
    following = np.where(last, np.searchsorted(own, outline.after[own]), np.arange(len(own)) + 1)
    walls = np.stack([points, points[following]], axis=1)
    if ends:
        at = np.array(ends)
        index = at[:, 0].astype(np.int64)
        tips = (xy[index] + at[:, 1:] * step[index]).reshape(-1, 2, 2)
        walls = np.concatenate([walls, tips[(tips[:, 0] != tips[:, 1]).any(axis=1)]])
    pieces = shapely.get_parts(shapely.polygonize(shapely.linestrings(walls)))
    if outline.holes:
        inside = shapely.get_coordinates(shapely.point_on_surface(pieces))
        pieces = pieces[shapely.contains_xy(polygon, inside)]
    return np.asarray(pieces)
