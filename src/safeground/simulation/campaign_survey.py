"""Survey in a campaign: evidence, reports with their outcomes, approval by another person, confirmation, a split."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Geometry

from safeground.foundation.errors import SafegroundError
from safeground.operations.intake import IntakeRequest, take_files
from safeground.operations.survey import SurveyRequest, decide_report, report_outcomes
from safeground.operations.survey_land import confirm_area, split_area
from safeground.simulation.campaign_books import HAZARDOUS
from safeground.simulation.campaign_desk import Attempt, Desk
from safeground.simulation.campaign_papers import degrees, place, write_geojson
from safeground.simulation.campaign_world import START

#: Outlines of survey reach a little beyond the boundary that they share with the area, m.
REACH_M = 0.05


@dataclass(slots=True, eq=False)
class Surveys:
    """The survey teams.

    Attributes
    ----------
    days : area -> day of its survey.  waiting : (report, area) to be approved on the next work day.
    """

    desk: Desk
    days: dict[int, date] = field(default_factory=dict)
    waiting: list[tuple[str, int]] = field(default_factory=list)
    split: set[int] = field(default_factory=set)
    tried: dict[str, int] = field(default_factory=dict)
    _evidence: int = 0

    def plan(self, rng: np.random.Generator) -> None:
        """Open the ground that needs no survey, and set the day of each survey in the first half of the campaign."""
        world = self.desk.world
        last = max(world.plan.days // 2, 4)
        for k, area in enumerate(world.areas):
            if area.fate == "clear":
                self.desk.field.open_ground(k, area.outline)
            elif area.fate == "split" and area.part is not None:
                self.desk.field.open_ground(k, area.outline.difference(area.part))
            else:
                day = START + timedelta(days=int(rng.integers(0, last)))
                self.days[k] = day if day.weekday() < 5 else day + timedelta(days=7 - day.weekday())

    def day(self, day: date) -> None:
        """Approve yesterday's reports, survey what is due, split off what cannot be finished."""
        waiting, self.waiting = self.waiting, []
        for report, k in waiting:
            self._approve(report, k)
        for k in [k for k, due in self.days.items() if due <= day]:
            del self.days[k]
            self._survey(k, day)
        for k, area in enumerate(self.desk.world.areas):
            if area.fate == "split" and k not in self.split and self._only_part_left(k):
                self._split(k, day)

    def _once(self, kind: str) -> bool:
        if self.tried.get(kind, 0) >= self.desk.world.plan.planted:
            return False
        self.tried[kind] = self.tried.get(kind, 0) + 1
        return True

    def _observe(self, k: int, day: date, kind: str, sign: str) -> str:
        """Take in one observation at a place in an area, and return its identifier."""
        desk = self.desk
        self._evidence += 1
        name = f"EV-{self._evidence:04d}"
        area = desk.world.areas[k]
        items = desk.field.left_in(area.outline)
        seen = kind == "visual_observation" and len(items)
        point = shapely.Point(desk.world.x[items[0]], desk.world.y[items[0]]) if seen else (
            area.outline.representative_point())
        latitude, longitude = place(point.x, point.y)
        path = desk.folder / "papers" / f"evidence-{day:%Y%m%d}-{name}.csv"
        path.write_text("id,kind,sign,date,hazardous_area_id,latitude,longitude\n"
                        f"{name},{kind},{sign},{day.isoformat()},{desk.area_ids[k]},{latitude},{longitude}\n",
                        encoding="utf-8", newline="\n")
        taken = take_files(desk.project, [path], desk.caller(), IntakeRequest(as_noun="evidence"))
        desk.findings += taken.findings
        return name

    def _survey(self, k: int, day: date) -> None:
        desk, area = self.desk, self.desk.world.areas[k]
        if area.fate == "confirm":
            self._observe(k, day, "visual_observation", "presence")
            changed = confirm_area(desk.project, desk.area_ids[k], desk.caller("Survey team leader"))
            desk.say("confirm", area=area.local_id, areas=[a.local_id for a in changed.areas])
            desk.field.open_ground(k, area.outline)
            return
        cancelled = area.fate == "cancel"
        evidence = [self._observe(k, day, "land_in_use" if cancelled else "old_survey", "absence")
                    for _ in range(2 if cancelled else 1)]
        row: dict[str, Any] = {
            "hazardous_area_id": area.local_id, "survey_type": "nts" if cancelled else "ts",
            "survey_date": day.isoformat(), "outcome": "cancelled" if cancelled else "reduced",
            "criteria": "land_in_use_without_accident" if cancelled else "systematic_ts_no_finds",
            "evidence": " ".join(evidence), "technical_asset": "no" if cancelled else "yes",
            "author": desk.world.person("survey_author").name}
        shape = None if area.part is None else degrees(area.part.buffer(REACH_M, join_style="mitre"))
        self._wrong_reports(k, day, row, shape)
        name = f"SR-{area.local_id}"
        self._report(name, day, {"report_id": name, **row}, shape)
        self.waiting.append((name, k))

    def _wrong_reports(self, k: int, day: date, row: dict[str, Any], shape: Geometry | None) -> None:
        """Send reports that must move nothing: on press alone, and by a criterion that the nation does not know."""
        name = self.desk.world.areas[k].local_id
        if self._once("survey outcome on press alone"):
            press = self._observe(k, day, "press_report", "absence")
            self._must_stay_out("survey outcome on press alone", f"SRP-{name}", day, {**row, "evidence": press}, shape)
        if self._once("survey outcome by an unknown criterion"):
            self._must_stay_out("survey outcome by an unknown criterion", f"SRC-{name}", day,
                                {**row, "criteria": "it_looks_fine"}, shape)

    def _must_stay_out(self, kind: str, name: str, day: date, row: dict[str, Any], shape: Geometry | None) -> None:
        desk = self.desk
        said = self._report(name, day, {"report_id": name, **row}, shape)
        codes = sorted({f["code"] for f in said["findings"] if f["severity"] == "error"})
        kept_out = not said["outcomes"] and said["quarantined"] == 1
        desk.attempts.append(Attempt(kind, name, day, kept_out, " ".join(codes)))

    def _report(self, name: str, day: date, row: dict[str, Any], shape: Geometry | None) -> dict[str, Any]:
        from safeground.operations.survey import survey_json

        desk = self.desk
        path = write_geojson(desk.folder / "papers" / f"survey-{day:%Y%m%d}-{name}.geojson", [(shape, row)])
        result = report_outcomes(desk.project, [path], desk.caller("Survey team leader"), SurveyRequest())
        desk.findings += result.findings
        said = survey_json(result)
        said.pop("project", None)
        desk.say("survey", **said)
        return said

    def _approve(self, report: str, k: int) -> None:
        desk, area = self.desk, self.desk.world.areas[k]
        author, approver = desk.world.person("survey_author").name, desk.world.person("approver").name
        if self._once("survey approved by its author"):
            desk.refuse("survey approved by its author", report, lambda: decide_report(
                desk.project, report, desk.caller(author), approve=True))
        decided = decide_report(desk.project, report, desk.caller(approver), approve=True)
        desk.say("survey approve", report=report, area_cm2=sum(line.area_cm2 for line in decided.outcomes))
        if area.fate == "reduce" and area.part is not None:
            desk.field.open_ground(k, area.outline.difference(area.part))

    def _only_part_left(self, k: int) -> bool:
        """Whether all of an area but the part that nobody can finish is accepted."""
        desk, area = self.desk, self.desk.area_ids[k]
        return (desk.field.idle(k) and desk.books.pending_of(area) == 0 and not desk.books.open_cases(area)
                and desk.books.held(area, "cleared") > 0
                and desk.books.held(area, *HAZARDOUS) > 0)

    def _split(self, k: int, day: date) -> None:
        """Make the ground that is left an area of its own, so that the rest can be released."""
        desk = self.desk
        self.split.add(k)
        path = desk.folder / "papers" / f"split-{day:%Y%m%d}-{desk.world.areas[k].local_id}.geojson"
        write_geojson(path, [(degrees_exactly(desk, k), {"name": f"{desk.world.areas[k].local_id} unfinished"})])
        try:
            changed = split_area(desk.project, desk.area_ids[k], path, desk.caller(
                "National authority", "the ground cannot be finished: rock and slope"))
        except SafegroundError as error:
            desk.say("split", area=desk.world.areas[k].local_id, error=error.code)
            desk.attempts.append(Attempt("split of what cannot be finished", desk.world.areas[k].local_id, day, False,
                                         error.code))
            return
        desk.say("split", area=desk.world.areas[k].local_id, areas=[a.local_id for a in changed.areas])


def degrees_exactly(desk: Desk, k: int) -> Geometry:
    """Return what of an area no part covers, in degrees, as the map of what is done shows it."""
    area = desk.area_ids[k]
    outline = desk.books.shape("hazardous_area", area)
    done = [s for part, _ in desk.books.parts(area) if (s := desk.books.shape("land_part", part["id"])) is not None]
    rest = shapely.difference(outline, shapely.union_all(done))
    pieces = [p for p in shapely.get_parts(rest) if isinstance(p, shapely.Polygon)]
    return max(pieces, key=lambda p: p.area)


def survey_papers(folder: Path) -> list[Path]:
    """Return the survey papers that were written."""
    return sorted(folder.glob("survey-*"))
