"""The information manager's desk of a campaign: one open project, a clock that repeats, a log of what commands said."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import shapely
from shapely import Geometry

from safeground.foundation.errors import SafegroundError
from safeground.foundation.finding import Finding
from safeground.ground.shapes import polygonal, settled
from safeground.operations.context import Caller, no_progress
from safeground.operations.intake import IntakeRequest, take_files
from safeground.operations.new import create
from safeground.operations.progress import ProgressRequest, progress_json, take_returns
from safeground.simulation.campaign_books import OwnBooks
from safeground.simulation.campaign_field import Field
from safeground.simulation.campaign_jobs import BOUNDARY_M, OUTSIDE_TAKEN, outside_share
from safeground.simulation.campaign_judge import OUTSIDE
from safeground.simulation.campaign_papers import degrees, metres, write_finds, write_returns, write_start
from safeground.simulation.campaign_world import DEPTH_REQUIRED_CM, START, CampaignWorld
from safeground.store.project import Project, open_project

#: What the simulated nation sets; every figure is its own.
NATIONAL = """name = "Simulated nation"
edition = "1"
[clearance]
depth_cm = {depth}
[progress]
overlap_report_m2 = 5.0
[release]
residual_p_any_max = {residual}
"""
#: Largest stated probability with which the simulated nation releases.
RESIDUAL_MAX = 0.25
#: How far from a narrow strip a team walks at most when it works it again, m.
FARTHEST_M = 9.0


class DayClock:
    """A clock that is set to a day's morning and advances a second at each look, so that a run repeats to the byte."""

    def __init__(self) -> None:
        self.now = datetime.combine(START, time(6), UTC)

    def start(self, day: date) -> None:
        """Set the clock to six in the morning of a day."""
        self.now = datetime.combine(day, time(6), UTC)

    def __call__(self) -> datetime:
        """Return the time, a second later than the last."""
        self.now += timedelta(seconds=1)
        return self.now


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step that a rule must refuse: what was tried, on what, when, and what came of it.

    Attributes
    ----------
    refused : whether it was refused and the journal did not grow.  code : of the error, "" = none came.
    """

    kind: str
    subject: str
    day: date
    refused: bool
    code: str


@dataclass(slots=True, eq=False)
class Desk:
    """What the staff at the desk share.

    Attributes
    ----------
    area_ids : id of each area of the world, in its order.
    books : the map of what is done, as replayed from the journal; the desk reads from it what ground is left.
    said : what each command printed, as JSON, in order.  findings : all findings said.
    came : submission ids of the papers that came in.  rows : (file, row) -> submission id.
    """

    world: CampaignWorld
    field: Field
    project: Project
    folder: Path
    clock: DayClock
    area_ids: list[str] = dataclasses.field(default_factory=list)
    books: OwnBooks = dataclasses.field(default_factory=OwnBooks)
    said: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    findings: list[Finding] = dataclasses.field(default_factory=list)
    attempts: list[Attempt] = dataclasses.field(default_factory=list)
    came: set[str] = dataclasses.field(default_factory=set)
    rows: dict[tuple[str, int], str] = dataclasses.field(default_factory=dict)

    def caller(self, actor: str = "information manager", reason: str = "simulated campaign") -> Caller:
        """Return who runs the next operation."""
        return Caller(actor=actor, reason=reason, clock=self.clock, progress=no_progress)

    def say(self, stage: str, **figures: Any) -> None:
        """Keep what a command said."""
        self.said.append({"stage": stage, "day": self.clock.now.date().isoformat(), **figures})

    def refuse(self, kind: str, subject: str, call: Callable[[], object]) -> bool:
        """Try a step that must be refused, and note whether it was, with nothing written.

        Returns
        -------
        Whether it was refused; a step that went through stays done.
        """
        before = self.head()
        try:
            call()
            code, refused = "", False
        except SafegroundError as error:
            code, refused = error.code, True
        self.attempts.append(Attempt(kind, subject, self.clock.now.date(), refused and self.head() == before, code))
        return refused

    def head(self) -> tuple[int, str]:
        """Return the journal's last event and its hash."""
        with self.project.read() as reader:
            return reader.head()

    def refresh(self) -> None:
        """Bring the map of what is done up to the journal."""
        with self.project.read() as reader:
            while events := reader.changes_since(self.books.seq, 2000):
                self.books.replay(events)

    def left_over(self, k: int) -> Geometry:
        """Return ground of an area that no part covers, UTM, m, shreds below 1 cm² left out."""
        area = self.area_ids[k]
        outline = self.books.shape("hazardous_area", area)
        done = [self.books.shape("land_part", part["id"]) for part, _ in self.books.parts(area)]
        rest = shapely.difference(outline, shapely.union_all([s for s in done if s is not None]))
        pieces = [p for p in shapely.get_parts(metres(rest)) if p.area > 1e-4]
        return shapely.MultiPolygon([p for p in pieces if isinstance(p, shapely.Polygon)])

    def grown(self, k: int, ground: Geometry, by: float) -> Geometry:
        """Return ground in UTM grown by so many metres but not beyond the area's outline, where no return may lie."""
        return polygonal(shapely.intersection(ground.buffer(by, join_style="mitre"), self.outline(k)))

    def outline(self, k: int) -> Geometry:
        """Return an area's outline as it is now, UTM, m."""
        return settled(metres(self.books.shape("hazardous_area", self.area_ids[k])))

    def strip(self, k: int, ground: Geometry, by: float) -> Geometry:
        """Return ground as a team walks it again: each piece grown by so many metres, narrow ones by more.

        Outlines reach a little beyond the boundary.  Of a narrow strip at an area's edge that is a larger share than a
        desk takes, so that a team walks into the area far enough for half of that share.
        """
        outline, pieces = self.outline(k), []
        for piece in shapely.get_parts(ground):
            reach = by
            grown = self.grown(k, piece, reach)
            while reach < FARTHEST_M and outside_share(
                    grown.buffer(BOUNDARY_M, join_style="mitre"), outline) > OUTSIDE_TAKEN / 2:
                reach += 0.3
                grown = self.grown(k, piece, reach)
            pieces.append(grown)
        return polygonal(shapely.union_all(pieces))


def open_desk(world: CampaignWorld, folder: Path) -> Desk:
    """Start the campaign's project: rule pack, areas, teams; an earlier one of the same name must be gone."""
    clock = DayClock()
    pack = folder / "national.toml"
    pack.write_text(NATIONAL.format(depth=DEPTH_REQUIRED_CM, residual=RESIDUAL_MAX), encoding="utf-8", newline="\n")
    location = folder / f"{world.plan.name}-{world.seed}.gpkg"
    caller = Caller(actor="information manager", reason="simulated campaign", clock=clock)
    create(str(location), caller, name=f"Simulated {world.plan.name}", standard="imas", override=str(pack),
           crs="EPSG:32626", region=(-30.5, 50.8, -29.5, 51.3))
    project = open_project(str(location), clock=clock)
    desk = Desk(world, Field(world), project, folder, clock)
    papers = folder / "papers"
    for file, noun in write_start(world, papers).items():
        taken = take_files(project, [papers / file], desk.caller(), IntakeRequest(as_noun=noun))
        desk.findings += taken.findings
        desk.say("intake", file=file, accepted=taken.accepted, quarantined=taken.quarantined)
    desk.refresh()
    desk.area_ids = [desk.books.area_named(a.local_id) for a in world.areas]
    return desk


def take_day(desk: Desk, day: date) -> None:
    """Take in the returns and finds that arrive on a day."""
    arrived = desk.field.deliver(day)
    if not arrived:
        return
    papers = desk.folder / "papers"
    returns = write_returns(desk.world, arrived, day, papers)
    for organisation in sorted({p.organisation for p in arrived}):
        mine = [p for p in arrived if p.organisation == organisation]
        name = next(p.name for p in returns if p.stem.endswith(f"-{organisation[-1]}"))
        desk.rows |= {(name, row): p.submission for row, p in enumerate(mine, 1)}
    desk.came |= {p.submission for p in arrived}
    files = [*returns, *write_finds(desk.world, arrived, day, papers)]
    taken = take_returns(desk.project, files, desk.caller(), ProgressRequest(received=day, page=False))
    desk.findings += taken.findings
    refused = {f.subject for f in taken.findings if f.code == OUTSIDE}
    for paper in arrived:
        if paper.submission in refused and desk.field.send_again(paper, day, desk.outline(paper.area)):
            desk.say("sent again", submission=paper.submission)
    said = progress_json(taken)
    for place in ("project", "page", "hazard_page"):
        said.pop(place, None)
    desk.say("progress", **said)


def degrees_of(ground: Geometry) -> Geometry:
    """Return ground in degrees, as papers carry it."""
    return degrees(ground)
