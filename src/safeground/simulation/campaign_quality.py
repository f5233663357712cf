"""Quality control in a campaign: lots, sealed draws, visits against the draw, verdicts, cases, re-clearance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import shapely

from safeground.foundation.errors import RefusedError
from safeground.operations.inspection import (
    DrawResult,
    Visit,
    VisitFind,
    act_on_case,
    close_case,
    decide_lot,
    draw_sample,
    form_lots,
    record_visit,
    verify_case,
)
from safeground.records.vocabulary import ContaminationCategory
from safeground.simulation.campaign_desk import Desk
from safeground.simulation.campaign_papers import MODELS, metres, place
from safeground.simulation.campaign_world import AUTHORITY, ORGANISATIONS

#: Probability that an inspector finds what a drawn unit holds.
DETECTION = 0.95
_CATEGORY = (ContaminationCategory.ANTI_PERSONNEL_MINE, ContaminationCategory.ANTI_PERSONNEL_MINE,
             ContaminationCategory.ANTI_VEHICLE_MINE, ContaminationCategory.CLUSTER_MUNITION_REMNANT,
             ContaminationCategory.UNEXPLODED_ORDNANCE)


@dataclass(slots=True, eq=False)
class LotAtWork:
    """A drawn lot: its area, the draw, the day of the visit, and whether the visit is on record."""

    area: int
    drawn: DrawResult
    visit_day: date
    visited: bool = False
    found: tuple[int, ...] = ()


@dataclass(slots=True)
class OpenCase:
    """A case of a rejected lot or of a find; it is acted on when its ground has been cleared again."""

    case_id: str
    area: int
    owner: str
    opened: date


@dataclass(slots=True, eq=False)
class Quality:
    """The quality management body.

    Attributes
    ----------
    secret : file from which every lot's seed is made; only the body has it.
    verdicts : (lot, items truly in its drawn units that the inspector found, accepted).
    """

    desk: Desk
    secret: Path
    lots: list[LotAtWork] = field(default_factory=list)
    cases: list[OpenCase] = field(default_factory=list)
    verdicts: list[tuple[str, int, bool]] = field(default_factory=list)
    tried: dict[str, int] = field(default_factory=dict)
    blocked_days: int = 0
    adopted: set[str] = field(default_factory=set)
    revoked: int = 0

    def day(self, day: date) -> None:
        """Do a work day's quality work: cases, visits, verdicts, then new lots."""
        self._adopt_cases(day)
        self._close_cases(day)
        for lot in list(self.lots):
            if lot.visit_day <= day:
                self._visit(lot, day)
                self._decide(lot, day)
        for k in range(len(self.desk.world.areas)):
            if self.desk.field.idle(k) and not any(lot.area == k for lot in self.lots):
                self._form(k, day)

    def waiting(self, area: int) -> bool:
        """Whether a lot or a case of an area is open."""
        return any(lot.area == area for lot in self.lots) or any(c.area == area for c in self.cases)

    def _once(self, kind: str) -> bool:
        """Whether another error of a kind is to be planted; counts it."""
        if self.tried.get(kind, 0) >= self.desk.world.plan.planted:
            return False
        self.tried[kind] = self.tried.get(kind, 0) + 1
        return True

    def _form(self, k: int, day: date) -> None:
        desk = self.desk
        desk.refresh()
        if not desk.books.pending_of(desk.area_ids[k]):
            return
        formed = form_lots(desk.project, desk.caller(AUTHORITY), area=desk.area_ids[k], seed_file=self.secret)
        desk.findings += formed.findings
        for lot in formed.lots:
            if self._once("draw with a seed that was not sealed"):
                self._draw_unsealed(lot.id, lot.local_id)
            drawn = draw_sample(desk.project, lot.id, desk.caller(AUTHORITY), seed_file=self.secret)
            desk.say("draw", lot=lot.local_id, units=drawn.draw.unit_count, drawn=drawn.draw.sample_count)
            self.lots.append(LotAtWork(k, drawn, day + timedelta(days=1 if day.weekday() < 4 else 3)))

    def _draw_unsealed(self, lot_id: str, name: str) -> None:
        """Try to draw a lot's sample from another seed than the sealed one."""
        desk = self.desk
        other = self.secret.with_name("other-secret.txt")
        other.write_text("another secret of the simulation, 32 bytes", encoding="ascii")
        desk.refuse("draw with a seed that was not sealed", name, lambda: draw_sample(
            desk.project, lot_id, desk.caller(AUTHORITY), seed_file=other))

    def _organisations(self, lot: LotAtWork) -> set[str]:
        teams = set(lot.drawn.lot.team_ids)
        return {t.organisation for t in self.desk.world.teams if t.local_id in teams}

    def _visit(self, lot: LotAtWork, day: date) -> None:
        if lot.visited:
            return
        desk, draw = self.desk, lot.drawn.draw
        lot.visited = True
        inspector = desk.world.person("inspector", int(lot.area) % 2)
        names = draw.units
        self._wrong_visits(lot, day)
        units = lot.drawn.units.outline[lot.drawn.units.find(names)]
        items = desk.field.inspect(metres(draw.geometry), DETECTION)
        finds = []
        for item in items.tolist():
            x, y = desk.world.x[item], desk.world.y[item]
            latitude, longitude = place(x, y)
            inside = np.flatnonzero(shapely.contains_xy(units, x, y))
            kind = int(desk.world.item_class[item])
            finds.append(VisitFind(lon=longitude, lat=latitude, category=_CATEGORY[kind], model=MODELS[kind],
                                   depth_cm=float(round(desk.world.depth_cm[item])),
                                   unit=names[int(inside[0])] if len(inside) else ""))
        lot.found = tuple(items.tolist())
        at = 0
        if not finds and len(names) > 3 and self._once("verdict before every drawn unit was inspected"):
            at = len(names) // 2
            record_visit(desk.project, draw.lot_id, desk.caller(AUTHORITY), visit=Visit(
                visit_date=day, inspector=inspector.name, inspecting_organisation=AUTHORITY, units=names[:at]))
            desk.refuse("verdict before every drawn unit was inspected", lot.drawn.lot.local_id,
                        lambda: decide_lot(desk.project, draw.lot_id, desk.caller(AUTHORITY)))
        record_visit(desk.project, draw.lot_id, desk.caller(AUTHORITY), visit=Visit(
            visit_date=day, inspector=inspector.name, inspecting_organisation=AUTHORITY, units=names[at:],
            finds=tuple(finds)))

    def _wrong_visits(self, lot: LotAtWork, day: date) -> None:
        """Try visits that must be refused: before the draw, and by an inspector of the inspected organisation."""
        desk, draw = self.desk, lot.drawn.draw
        name = lot.drawn.lot.local_id
        if self._once("visit before its draw"):
            early = Visit(visit_date=draw.drawn_at.date() - timedelta(days=1), units=draw.units,
                          inspector=desk.world.person("inspector").name, inspecting_organisation=AUTHORITY)
            desk.refuse("visit before its draw", name, lambda: record_visit(
                desk.project, draw.lot_id, desk.caller(AUTHORITY), visit=early))
        if ORGANISATIONS[0] in self._organisations(lot) and self._once("inspector of the own organisation"):
            own = Visit(visit_date=day, units=draw.units, inspector=desk.world.person("own").name,
                        inspecting_organisation=ORGANISATIONS[0])
            desk.refuse("inspector of the own organisation", name, lambda: record_visit(
                desk.project, draw.lot_id, desk.caller(AUTHORITY), visit=own))

    def _decide(self, lot: LotAtWork, day: date) -> None:
        desk = self.desk
        try:
            done = decide_lot(desk.project, lot.drawn.lot.id, desk.caller(AUTHORITY))
        except RefusedError as error:
            if error.code != "SG-INSPECTION-014":
                raise
            self.blocked_days += 1
            return
        self.lots.remove(lot)
        desk.findings += done.findings
        accepted = done.verdict.accepted
        self.verdicts.append((lot.drawn.lot.local_id, len(lot.found) + self._struck(lot), accepted))
        desk.say("decide", lot=lot.drawn.lot.local_id, accepted=accepted, reason=done.verdict.reason,
                 area_cm2=done.lot.area_cm2, case=done.case.local_id if done.case is not None else "")
        if not accepted:
            desk.field.rework(lot.area, desk.strip(lot.area, metres(lot.drawn.lot.geometry), 0.05))
            if done.case is not None:
                self.follow(OpenCase(done.case.id, lot.area, sorted(self._organisations(lot))[0], day))

    def _struck(self, lot: LotAtWork) -> int:
        """Return how many items were found in a lot's ground after the work there, by the map of what is done."""
        parts = [self.desk.books.records["land_part"][name] for name in lot.drawn.lot.part_ids]
        return len(self.desk.books.struck([(part, "pending") for part in parts]))

    def follow(self, case: OpenCase) -> None:
        """Follow a case to its closure, once."""
        if case.case_id not in self.adopted:
            self.adopted.add(case.case_id)
            self.cases.append(case)

    def _adopt_cases(self, day: date) -> None:
        """Take up the cases that finds in cleared ground have opened; ground that was taken back is cleared again."""
        desk = self.desk
        desk.refresh()
        for k, area in enumerate(desk.area_ids):
            for case in desk.books.open_cases(area):
                if case["id"] in self.adopted:
                    continue
                self.follow(OpenCase(case["id"], k, ORGANISATIONS[0], day))
                desk.say("case of a find", area=desk.world.areas[k].local_id, case=case["local_id"])
                lots = [desk.books.records["inspection_lot"][name] for name in case["origin_lot_ids"]]
                for lot in lots:
                    if lot["state"] == "revoked" and lot["hazardous_area_id"] == area:
                        self.revoked += 1
                        shape = desk.books.shape("inspection_lot", lot["id"])
                        if shape is not None:
                            desk.field.rework(k, desk.strip(k, metres(shape), 0.05))

    def _close_cases(self, day: date) -> None:
        """Act on, verify and close the cases whose ground has been cleared again and reported."""
        desk = self.desk
        for case in list(self.cases):
            origins = desk.books.records["nonconformity"][case.case_id]["origin_lot_ids"]
            if case.opened >= day or not desk.field.idle(case.area) or any(
                    lot.drawn.lot.id in origins for lot in self.lots):
                continue
            act_on_case(desk.project, case.case_id, desk.caller(case.owner), owner=case.owner,
                        action="the ground was cleared again by another pass", evidence=f"returns until {day}")
            if self._once("case verified by its owner"):
                self._verify_own(case)
            verify_case(desk.project, case.case_id, desk.caller(AUTHORITY),
                        by=desk.world.person("inspector", 1).name)
            close_case(desk.project, case.case_id, desk.caller(AUTHORITY))
            self.cases.remove(case)

    def _verify_own(self, case: OpenCase) -> None:
        """Try to have a case verified by the one who acted on it."""
        desk = self.desk
        desk.refuse("case verified by its owner", case.case_id, lambda: verify_case(
            desk.project, case.case_id, desk.caller(case.owner), by=case.owner))
