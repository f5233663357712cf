"""A simple temporal network: time points, bounds on the days between two of them, and what follows for all.

Each constraint is ``low <= b - a <= high`` in whole days; the shortest-path closure over all pairs gives the tightest
bounds (Dechter, Meiri, Pearl 1991), and a cycle of negative length is a contradiction.  A cycle is reported as the
constraints that make it, so that a person sees which two reports cannot both be right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from safeground.claims.codes_text import CODES_TEXT
from safeground.foundation.errors import RequestError

_FAR = 10**9
#: The point from which calendar days are counted: day number 0.
ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class Constraint:
    """``low <= b - a <= high`` days; None = open.

    Attributes
    ----------
    label : where it comes from, in words; what a contradiction is told with.
    """

    a: str
    b: str
    low: int | None
    high: int | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Solution:
    """What follows from the constraints.

    Attributes
    ----------
    consistent : False = they contradict each other; ``bounds`` is then empty.
    bounds : point -> (earliest, latest) day, None = open.
    cycle : labels of the constraints that contradict each other, in the order of the cycle.
    """

    consistent: bool
    bounds: dict[str, tuple[date | None, date | None]]
    cycle: tuple[str, ...] = ()
    distances: dict[tuple[str, str], int] = field(default_factory=dict)

    def between(self, a: str, b: str) -> tuple[int | None, int | None]:
        """Return the fewest and the most days from one point to another, None = open."""
        high, low = self.distances.get((a, b), _FAR), self.distances.get((b, a), _FAR)
        return (None if low >= _FAR else -low), (None if high >= _FAR else high)


@dataclass(slots=True)
class Network:
    """Time points and what is known about the days between them.

    Attributes
    ----------
    inclusive : whether ``a 120-day deployment`` counts its first and its last day (119 days apart) or not (120).
    """

    inclusive: bool = True
    points: list[str] = field(default_factory=lambda: [ORIGIN])
    constraints: list[Constraint] = field(default_factory=list)

    def _point(self, name: str) -> str:
        if name not in self.points:
            self.points.append(name)
        return name

    def between(self, a: str, b: str, low: int | None, high: int | None, label: str = "") -> None:
        """Say that from `a` to `b` it is at least `low` and at most `high` days.

        Raises
        ------
        RequestError : `low` is above `high`.
        """
        if low is not None and high is not None and low > high:
            raise RequestError("SG-CLAIMS-101", label or f"{a} to {b}",
                               f"at least {low} and at most {high} days: {CODES_TEXT['SG-CLAIMS-101']}",
                               "Give the smaller number first.")
        self.constraints.append(Constraint(self._point(a), self._point(b), low, high, label or f"{a} to {b}"))

    def dated(self, point: str, earliest: date | None, latest: date | None, label: str = "") -> None:
        """Say that a point lies between two days, both included."""
        self.between(ORIGIN, point, earliest.toordinal() if earliest else None, latest.toordinal() if latest else None,
                     label or f"{point} dated")

    def before(self, a: str, b: str, label: str = "", gap: int = 0) -> None:
        """Say that `a` is not after `b`, and at least `gap` days before it."""
        self.between(a, b, gap, None, label or f"{a} before {b}")

    def lasts(self, start: str, end: str, low: float | None, high: float | None, label: str = "") -> None:
        """Say that it lasts so many days from `start` to `end`, counted as the network counts.

        Counted inclusively, N days end N - 1 days after they began; a length of less than a day ends on its day.
        """
        less = 1 if self.inclusive else 0
        floor = None if low is None else max(0, int(-(-low // 1)) - less)
        ceiling = None if high is None else max(floor or 0, int(high // 1) - less)
        self.between(start, end, floor or 0, ceiling, label or f"{start} to {end}")

    def add(self, kind: str, a: str, b: str = "", *, low: int | None = None, high: int | None = None,
            earliest: date | None = None, latest: date | None = None, label: str = "") -> None:
        """Add a constraint by its name: ``between``, ``dated``, ``before``, ``lasts``, ``during`` or ``same``.

        ``during`` puts the span a.start – a.end within b.start – b.end.

        Raises
        ------
        RequestError : another name.
        """
        match kind:
            case "between":
                self.between(a, b, low, high, label)
            case "dated":
                self.dated(a, earliest, latest, label)
            case "before":
                self.before(a, b, label, low or 0)
            case "lasts":
                self.lasts(a, b, low, high, label)
            case "same":
                self.between(a, b, 0, 0, label or f"{a} is {b}")
            case "during":
                self.before(f"{b}.start", f"{a}.start", label or f"{a} within {b}")
                self.before(f"{a}.start", f"{a}.end", label or f"{a} within {b}")
                self.before(f"{a}.end", f"{b}.end", label or f"{a} within {b}")
            case _:
                raise RequestError("SG-CLAIMS-102", kind, CODES_TEXT["SG-CLAIMS-102"],
                                   "Use between, dated, before, lasts, during or same.")

    def _edges(self) -> list[tuple[str, str, int, str]]:
        """Return (from, to, most days from one to the other, label)."""
        found = []
        for item in self.constraints:
            if item.high is not None:
                found.append((item.a, item.b, item.high, item.label))
            if item.low is not None:
                found.append((item.b, item.a, -item.low, item.label))
        return found

    def _cycle(self) -> tuple[str, ...]:
        """Return the labels of a negative cycle, () = there is none (Bellman and Ford)."""
        edges = self._edges()
        far = dict.fromkeys(self.points, 0)
        back: dict[str, tuple[str, str]] = {}
        last = ""
        for _ in self.points:
            last = ""
            for a, b, days, label in edges:
                if far[a] + days < far[b]:
                    far[b], back[b], last = far[a] + days, (a, label), b
            if not last:
                return ()
        for _ in self.points:  # go back far enough to stand within the cycle
            last = back[last][0]
        labels: list[str] = []
        at = last
        while not labels or at != last:
            at, label = back[at]
            labels.append(label)
        return tuple(dict.fromkeys(reversed(labels)))

    def solve(self) -> Solution:
        """Return the tightest bounds that follow, or the contradiction."""
        if cycle := self._cycle():
            return Solution(False, {}, cycle)
        far = {(a, b): 0 if a == b else _FAR for a in self.points for b in self.points}
        for a, b, days, _ in self._edges():
            far[a, b] = min(far[a, b], days)
        for middle in self.points:
            for a in self.points:
                if far[a, middle] < _FAR:
                    for b in self.points:
                        if far[middle, b] < _FAR:
                            far[a, b] = min(far[a, b], far[a, middle] + far[middle, b])
        bounds = {point: (_day(-far[point, ORIGIN]), _day(far[ORIGIN, point])) for point in self.points[1:]}
        return Solution(True, bounds, (), far)


def _day(number: int) -> date | None:
    return date.fromordinal(number) if 1 <= number <= date.max.toordinal() else None
