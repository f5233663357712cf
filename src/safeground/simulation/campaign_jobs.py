"""Passes over ground: a front that moves across an area, day by day, from one side or from both."""

from __future__ import annotations

from dataclasses import dataclass, field

import shapely
from shapely import Geometry, Polygon
from shapely.affinity import rotate

#: A team works a little beyond the boundary and into yesterday's ground, m: more than positions are rounded by.
MARGIN_M = 0.02
BOUNDARY_M = 0.05
#: Largest share of an outline outside its area with which a team takes a desk to take it; the rule pack allows 5 %.
OUTSIDE_TAKEN = 0.04


def outside_share(outline: Geometry, area: Geometry) -> float:
    """Return the share of an outline that lies outside an area, both UTM, m; 0 for an outline without ground."""
    return float(outline.difference(area).area / outline.area) if outline.area else 0.0


@dataclass(slots=True, eq=False)
class Job:
    """One pass over ground of one area; the front advances in a frame turned by `angle_deg`.

    Attributes
    ----------
    ground : what is to be processed, UTM 26 N, m.
    turned : the same, turned about `pivot`.
    low, high : fronts from the south and from the north of the turned frame, m.
    teams : at most two, the first from the south, the second from the north.
    final : whether its returns count as the last pass; None = a manual one does.
    """

    area: int
    method: str
    ground: Geometry
    angle_deg: float
    pivot: tuple[float, float] = (0.0, 0.0)
    turned: Geometry = field(default_factory=Polygon)
    low: float = 0.0
    high: float = 0.0
    teams: list[str] = field(default_factory=list)
    final: bool | None = None

    def __post_init__(self) -> None:
        middle = self.ground.centroid
        self.pivot = (middle.x, middle.y)
        self.turned = rotate(self.ground, -self.angle_deg, origin=self.pivot)
        _, self.low, _, self.high = self.turned.bounds

    @property
    def done(self) -> bool:
        """Whether both fronts have met."""
        return self.high - self.low < 1e-6

    def left_m2(self) -> float:
        """Return the ground between the fronts, m²."""
        return 0.0 if self.done else float(self._between(self.low, self.high, 0.0).area)

    def _between(self, low: float, high: float, beyond_m: float) -> Geometry:
        west, _, east, _ = self.turned.bounds
        whole = self.turned.buffer(beyond_m, join_style="mitre") if beyond_m else self.turned
        return whole.intersection(shapely.box(west - 9, low, east + 9, high))

    def band(self, low: float, high: float, *, beyond_m: float = 0.0) -> Geometry:
        """Return the ground between two fronts in UTM; lines and points that the cut leaves are dropped."""
        pieces = [p for p in shapely.get_parts(self._between(low, high, beyond_m)) if isinstance(p, Polygon)]
        shape = pieces[0] if len(pieces) == 1 else shapely.MultiPolygon(pieces)
        return rotate(shape, self.angle_deg, origin=self.pivot)

    def advance(self, team: str, want_m2: float) -> tuple[float, float]:
        """Move a team's front by so many square metres and return the fronts between which it worked.

        A remainder below a tenth of the day's ground is finished along with it.
        """
        from_south = self.teams[0] == team
        low, high = self.low, self.high
        if self.left_m2() > 1.1 * want_m2:
            near, far = (low, high) if from_south else (high, low)
            at = far
            for _ in range(50):
                middle = (near + at) / 2 if abs(at - near) > 1e-9 else near
                done = self._between(min(middle, low if from_south else high),
                                     max(middle, low if from_south else high), 0.0).area
                near, at = (middle, at) if done < want_m2 else (near, middle)
            low, high = (low, at) if from_south else (at, high)
        if from_south:
            self.low = high
        else:
            self.high = low
        return low, high
