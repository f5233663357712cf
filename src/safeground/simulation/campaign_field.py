"""Field work of a campaign, day by day: who searched which ground, what was found, what the paper will say of it.

The field knows the truth; operations see its papers alone.  Errors are planted in the papers, each with what must come
of it, on a list that only the auditor reads.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry
from shapely.affinity import translate

from safeground.foundation.seeds import stream
from safeground.ground.shapes import polygonal
from safeground.simulation.campaign_jobs import BOUNDARY_M, MARGIN_M, OUTSIDE_TAKEN, Job, outside_share
from safeground.simulation.campaign_world import (
    DEPTH_REQUIRED_CM,
    RATE_M2,
    START,
    CampaignTeam,
    CampaignWorld,
)

#: Hours of a full work day, and the depth below which a pass rarely reaches, cm.
DAY_HOURS = 6.0
REACH_CM = 25.0
#: Faults of single papers, with how many times ``CampaignPlan.planted`` each is planted.
PAPER_FAULTS = (("late", 3), ("repeat", 1), ("corrected outline", 1), ("corrected figures", 1), ("overlap", 2),
                ("wrong depth", 1), ("outside", 1), ("swapped axes", 1), ("far too much ground", 1))
#: What must come of each planted error.
EXPECTED = {
    "late": "taken in, and named as late",
    "repeat": "recorded once",
    "corrected outline": "the first return moves nothing any more, the second does; both stay on record",
    "corrected figures": "the first return moves nothing any more, the second does; both stay on record",
    "overlap": "named, and the shared ground is counted once",
    "wrong depth": "moves nothing, and is named",
    "outside": "kept aside, and named",
    "swapped axes": "kept aside, and named",
    "far too much ground": "named as far above what a team does in an hour; the correction holds"}
#: An outline claims so many times the day's ground; a day's ground for a person-hour above 4 medians is named.
FAR_TOO_MUCH = 6.0


@dataclass(frozen=True, slots=True)
class FindPaper:
    """One item as the team recorded it; `item` is its index in the world."""

    find_id: str
    item: int
    x: float
    y: float
    depth_cm: float
    disposal: str


@dataclass(frozen=True, slots=True, eq=False)
class ReturnPaper:
    """One team's return for one day and area: what the paper says, and what was truly searched.

    Attributes
    ----------
    due : day on which it reaches the information manager.
    reported : outline on the paper, UTM 26 N, m.  searched : ground truly searched; empty for a correction.
    swapped : the paper has latitude and longitude exchanged.
    corrects : submission that it replaces.  fault : planted error, "" = none.
    """

    submission: str
    team: str
    organisation: str
    area: int
    day: date
    due: date
    method: str
    depth_cm: float
    hours: float
    crew: int
    downtime_hours: float
    downtime_reason: str
    reported: Geometry
    searched: Geometry
    finds: tuple[FindPaper, ...]
    final: bool
    swapped: bool = False
    corrects: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Planted:
    """A planted error: kind, the submission or paper it is in, the day it was made, and what must come of it."""

    kind: str
    subject: str
    day: date
    expected: str


class Field:
    """The ground and the people on it; its state is the hidden truth.

    Attributes
    ----------
    there : shape (items,), whether each item is still in the ground.
    diary : every return written, in the order of writing.  planted : the hidden list of errors.
    """

    def __init__(self, world: CampaignWorld) -> None:
        self.world = world
        self.there: NDArray[np.bool_] = np.ones(len(world.x), bool)
        self.diary: list[ReturnPaper] = []
        self.planted: list[Planted] = []
        self.ready: set[int] = set()
        self._rng = stream(world.seed, "campaign field", world.plan.name)
        self._jobs: list[Job] = []
        self._at: dict[str, Job] = {}
        self._written: Counter[tuple[str, date]] = Counter()
        self._queue: list[ReturnPaper] = []
        self._redrawn: set[str] = set()
        self._faults = self._schedule()
        self._manual_count = 0
        self._find_count = 0

    def _schedule(self) -> dict[int, str]:
        """Return the number of the manual return -> the fault planted in it, evenly spread over the campaign."""
        plan = self.world.plan
        kinds = [kind for kind, times in PAPER_FAULTS for _ in range(times * plan.planted)
                 if kind != "far too much ground" or plan.size_m2[1] > 10 * RATE_M2["manual"]]
        manual = [t for t in self.world.teams if t.method == "manual"]
        ground = sum(a.outline.area for a in self.world.areas if a.fate != "cancel")
        expected = max(int(0.8 * ground / float(np.mean([t.rate_m2 for t in manual]))), len(kinds) + 1)
        at = self._rng.choice(np.arange(1, expected + 1), len(kinds), replace=False)
        return {int(k): kinds[i] for i, k in enumerate(at)}

    def open_ground(self, area: int, ground: Geometry) -> None:
        """Order the passes over ground of an area: from now on teams may work there."""
        self.ready.add(area)
        angle = float(self._rng.uniform(0, 180))
        for method in self.world.areas[area].passes:
            self._jobs.append(Job(area, method, ground, angle + (0 if method == "manual" else 90.0)))

    def rework(self, area: int, ground: Geometry) -> None:
        """Order one more manual pass over ground: after a rejected lot, or where the book still has ground left."""
        self._jobs.insert(0, Job(area, "manual", ground, float(self._rng.uniform(0, 180))))

    def search_again(self, area: int, ground: Geometry) -> None:
        """Order a pass that only searches, by the method with the shortest queue: its returns move no land."""
        self._jobs.append(Job(area, self._least_busy(), ground, float(self._rng.uniform(0, 180)), final=False))

    def _least_busy(self) -> str:
        """Return the method, dog or mechanical, whose open ground its teams work off soonest; manual without either."""
        days: dict[str, float] = {}
        for method in ("dog", "mechanical"):
            rates = [t.rate_m2 for t in self.world.teams if t.method == method]
            if rates:
                days[method] = sum(j.left_m2() for j in self._jobs if j.method == method and not j.done) / sum(rates)
        return min(days, key=lambda method: days[method]) if days else "manual"

    def idle(self, area: int) -> bool:
        """Return whether no pass over an area is open and no paper about it is under way."""
        return not any(j.area == area and not j.done for j in self._jobs) and not any(
            p.area == area for p in self._queue)

    def work_day(self, day: date) -> list[ReturnPaper]:
        """Let all teams work a day and return the returns that they write that evening."""
        if day.weekday() > 4:
            return []
        rain = float(self._rng.uniform(2, 5)) if self._rng.random() < 0.06 else 0.0
        written: list[ReturnPaper] = []
        for team in self.world.teams:
            lost, why = (rain, "rain") if rain else (0.0, "")
            if self._rng.random() < 0.05:
                lost, why = max(lost, float(self._rng.uniform(1, 4))), "equipment failure" if not rain else "rain"
            job = self._job_of(team)
            if job is not None:
                written.append(self._work(team, job, day, round(lost, 1), why))
        self.diary += written
        self._queue += written
        return written

    def deliver(self, day: date) -> list[ReturnPaper]:
        """Return the papers that arrive on a work day, in no particular order, and take them from the queue."""
        if day.weekday() > 4:
            return []
        arriving = [p for p in self._queue if p.due <= day]
        self._queue = [p for p in self._queue if p.due > day]
        return [arriving[i] for i in self._rng.permutation(len(arriving))]

    def send_again(self, paper: ReturnPaper, day: date, area: Geometry) -> bool:
        """Let a team draw a return that was refused again, cut at its area's boundary; it comes in the day after.

        Returns
        -------
        False where nothing comes: the fault was planted and its correction is under way, or it came a second time.
        """
        corrected = any(p.corrects == paper.submission for p in self.diary)
        inside = polygonal(shapely.intersection(paper.reported, area))
        if corrected or paper.submission in self._redrawn or inside.is_empty:
            return False
        self._redrawn.add(paper.submission)
        self._queue.append(replace(paper, reported=inside, due=day + timedelta(days=1)))
        return True

    def under_way(self) -> tuple[ReturnPaper, ...]:
        """Return the papers that have not come in yet."""
        return tuple(self._queue)

    def _job_of(self, team: CampaignTeam) -> Job | None:
        held = self._at.get(team.local_id)
        if held is not None and not held.done:
            return held
        for job in self._jobs:
            if job.done or job.method != team.method or self._earlier_pass_open(job):
                continue
            if not job.teams or (len(job.teams) == 1 and job.left_m2() > 3 * team.rate_m2):
                job.teams.append(team.local_id)
                self._at[team.local_id] = job
                return job
        return None

    def _earlier_pass_open(self, job: Job) -> bool:
        for other in self._jobs:
            if other is job:
                return False
            if other.area == job.area and not other.done and other.ground is job.ground:
                return True
        return False

    def _work(self, team: CampaignTeam, job: Job, day: date, lost: float, why: str) -> ReturnPaper:
        want = team.rate_m2 * (1 - lost / DAY_HOURS) * float(np.exp(self._rng.normal(0, 0.12)))
        low, high = job.advance(team.local_id, want)
        from_south = job.teams[0] == team.local_id
        cut = (high - low) * (1 - team.truly)
        searched = job.band(low, high - cut) if from_south else job.band(low + cut, high)
        found = self._search(team, searched)
        number = self._written[team.local_id, day] = self._written[team.local_id, day] + 1
        paper = ReturnPaper(
            submission=f"{team.local_id}-{day:%Y%m%d}-{number}", team=team.local_id, organisation=team.organisation,
            area=job.area, day=day, due=day + timedelta(days=1), method=team.method, depth_cm=DEPTH_REQUIRED_CM,
            hours=round(DAY_HOURS - lost, 1), crew=team.crew, downtime_hours=lost, downtime_reason=why,
            reported=job.band(low - MARGIN_M, high + MARGIN_M, beyond_m=BOUNDARY_M), searched=searched,
            finds=self._finds(found),
            final=job.final if job.final is not None else team.method == "manual")
        if team.truly < 1:
            self.planted.append(Planted("over-reporting", paper.submission, day,
                                        "ground reported and not searched is found by inspection, or after release"))
        if team.method != "manual" or job.final is not None:
            return paper
        self._manual_count += 1
        fault = self._faults.pop(self._manual_count, "")
        if fault and not self._fits(fault, paper, job, (low, high)):
            self._put_off(fault)
            return paper
        return self._spoil(paper, fault, job, (low, high)) if fault else paper

    def _fits(self, fault: str, paper: ReturnPaper, job: Job, fronts: tuple[float, float]) -> bool:
        """Whether a day's work can bear a fault.

        The desk would take it without the fault; an overlap needs a neighbour, too large an outline needs ground.
        """
        if outside_share(paper.reported, self.world.areas[paper.area].outline) > OUTSIDE_TAKEN:
            return False
        if fault == "overlap":
            low, high = fronts
            return bool(job.band(low - 3.0, high + 3.0).area > paper.searched.area + 20.0)
        if fault == "far too much ground":
            return self._manual_count > 20 and job.left_m2() > FAR_TOO_MUCH * paper.reported.area
        return True

    def _put_off(self, fault: str) -> None:
        """Plant a fault in the next manual return that has none."""
        at = self._manual_count + 1
        while at in self._faults:
            at += 1
        self._faults[at] = fault

    def _search(self, team: CampaignTeam, ground: Geometry) -> NDArray[np.int64]:
        """Take what a team finds out of the ground."""
        world = self.world
        chance = team.skill[world.item_class] * np.where(world.hard, 0.6, 1.0)
        chance = chance * np.where(world.depth_cm > REACH_CM, np.exp(-(world.depth_cm - REACH_CM) / 15), 1.0)
        hit = self.there & shapely.contains_xy(ground, world.x, world.y) & (self._rng.random(len(chance)) < chance)
        self.there &= ~hit
        return np.flatnonzero(hit)

    def _finds(self, items: NDArray[np.int64]) -> tuple[FindPaper, ...]:
        out = []
        for item in items.tolist():
            self._find_count += 1
            x, y = self.world.x[item] + self._rng.normal(0, 0.4), self.world.y[item] + self._rng.normal(0, 0.4)
            disposal = "destroyed_in_situ" if self._rng.random() < 0.8 else "removed"
            out.append(FindPaper(f"F-{self._find_count:05d}", item, float(x), float(y),
                                 float(round(self.world.depth_cm[item])), disposal))
        return tuple(out)

    def _plant(self, kind: str, paper: ReturnPaper) -> None:
        self.planted.append(Planted(kind, paper.submission, paper.day, EXPECTED[kind]))

    def _spoil(self, paper: ReturnPaper, fault: str, job: Job, fronts: tuple[float, float]) -> ReturnPaper:
        """Return the paper with a fault in it; what follows from the fault is queued."""
        self._plant(fault, paper)
        paper = replace(paper, fault=fault)
        later = paper.day + timedelta(days=int(self._rng.integers(4, 7)))
        if fault == "late":
            return replace(paper, due=paper.day + timedelta(days=int(self._rng.integers(5, 11))))
        if fault == "repeat":
            self._queue.append(replace(paper, due=later))
            return paper
        if fault == "overlap":
            low, high = fronts
            return replace(paper, reported=job.band(low - 3.0, high + 3.0, beyond_m=BOUNDARY_M))
        right = replace(paper, submission=f"{paper.submission}c", due=later, fault="", finds=(),
                        searched=shapely.Polygon(), corrects=paper.submission)
        wrong: dict[str, Any] = {"corrected outline": {"reported": self._too_far(paper.reported)},
                 "corrected figures": {"hours": 5.0 if paper.hours > 5.5 else 6.0},
                 "far too much ground": {"reported": self._far_too_much(paper, job, fronts)},
                 "wrong depth": {"depth_cm": 8.0},
                 "outside": {"reported": translate(paper.reported, 0.0, 2_500.0)},
                 "swapped axes": {"swapped": True}}[fault]
        self.diary.append(right)
        self._queue.append(right)
        return replace(paper, **wrong)

    def _far_too_much(self, paper: ReturnPaper, job: Job, fronts: tuple[float, float]) -> Geometry:
        """Return the day's outline with the front drawn far ahead of where the team stopped."""
        low, high = fronts
        deep = FAR_TOO_MUCH * (high - low)
        from_south = job.teams[0] == paper.team
        return job.band(low, low + deep) if from_south else job.band(high - deep, high)

    def _too_far(self, outline: Geometry) -> Geometry:
        """Return an outline drawn a metre and a half too large on all sides."""
        return outline.buffer(1.5, join_style="mitre")

    def inspect(self, ground: Geometry, detection: float) -> NDArray[np.int64]:
        """Take what an inspector finds in units of ground out of it; each item there is found with a probability."""
        world = self.world
        hit = self.there & shapely.contains_xy(ground, world.x, world.y) & (
            self._rng.random(len(world.x)) < detection)
        self.there &= ~hit
        return np.flatnonzero(hit)

    def left_in(self, ground: Geometry) -> NDArray[np.int64]:
        """Return the items that are truly still in ground."""
        inside = shapely.contains_xy(ground, self.world.x, self.world.y)
        return np.flatnonzero(self.there & inside)

    def take_away(self, item: int) -> None:
        """Take one item out of the ground: somebody found it."""
        self.there[item] = False


def last_day(world: CampaignWorld) -> date:
    """Return the campaign's last calendar day."""
    return START + timedelta(days=world.plan.days - 1)
