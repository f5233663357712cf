"""What submissions become beside what a project holds: new, sent again, a correction, or kept aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import shapely

from safeground.foundation.canonical import canonical_json, sha256_hex
from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.foundation.seeds import stable_id
from safeground.foundation.units import cm2_to_m2
from safeground.ground.area import plane_area_m2
from safeground.ground.shapes import polygonal
from safeground.operations.land import has_account
from safeground.operations.progress_files import TakenTable
from safeground.progress.judge import outside_share, told
from safeground.progress.returns import ReturnSet, families, has_ground, same_content, sort_out
from safeground.progress.standing import EntryStand, Stand, stands_of
from safeground.records.base import Record
from safeground.records.fieldwork import LandPart
from safeground.records.land import LandEntry
from safeground.records.nouns import HazardousArea, OrdnanceItem, ProgressReturn, TaskOrder
from safeground.records.payload import to_plain
from safeground.records.quality import InspectionLot, LotState
from safeground.records.quality_rules import ProgressRules
from safeground.records.quarantine import QuarantinedRow
from safeground.records.standard import NationalStandard
from safeground.records.vocabulary import WorkflowStatus
from safeground.store.project import Reader

_ORIGIN = ("id", "version", "source_id", "source_row", "original", "received_date", "hazardous_area_id")
_NOT_OPEN = (WorkflowStatus.CLOSED, WorkflowStatus.RELEASED)


@dataclass(slots=True)
class Held:
    """What a project holds that daily returns bear on."""

    returns: dict[str, ProgressReturn]
    finds: dict[str, OrdnanceItem]
    areas: dict[str, HazardousArea]
    orders: dict[str, TaskOrder]
    parts: list[LandPart]
    entries: tuple[LandEntry, ...]
    stands: dict[str, EntryStand]
    in_lots: dict[str, str]
    aside: dict[str, QuarantinedRow]


def orders_of(reader: Reader) -> dict[str, TaskOrder]:
    """Return a project's task orders by id and by local id."""
    orders: dict[str, TaskOrder] = {}
    for order in reader.records("task_order"):
        orders |= {name: order for name in (order.id, order.local_id) if name}
    return orders


def required_depth_cm(item: ProgressReturn, orders: Mapping[str, TaskOrder], standard: NationalStandard
                      ) -> float | None:
    """Return the depth that a return's task order requires, else the rule pack's, cm; None = neither says."""
    order = orders.get(item.task_order_id)
    if order is not None and order.clearance_depth_cm is not None:
        return order.clearance_depth_cm
    return standard.clearance_depth_cm


def held_of(reader: Reader) -> Held:
    """Return a project's returns, items found, areas, orders, land parts and book."""
    entries = reader.entries()
    lots: dict[str, str] = {}
    for lot in reader.records("inspection_lot"):
        if isinstance(lot, InspectionLot) and lot.state in (LotState.FORMED, LotState.DRAWN):
            lots |= dict.fromkeys(lot.entry_ids, lot.local_id or lot.id)
    return Held(
        returns={r.id: r for r in reader.records("progress_return")},
        finds={r.id: r for r in reader.records("ordnance")},
        areas={r.id: r for r in reader.records("hazardous_area")}, orders=orders_of(reader),
        parts=list(reader.records("land_part")), entries=entries, stands=stands_of(entries), in_lots=lots,
        aside={row.id: row for row in reader.quarantine()})


@dataclass(slots=True)
class Settled:
    """What is to be written, and what was counted on the way.

    Attributes
    ----------
    new, finds : records to write.  aside : rows to keep aside or to mark as taken in.
    origin : record id -> the table it came in.
    tally : table -> how many of its rows were new, repeated, kept aside here, and corrections.
    before, after : the returns that hold without and with the new ones.
    """

    new: dict[str, ProgressReturn] = field(default_factory=dict)
    finds: dict[str, OrdnanceItem] = field(default_factory=dict)
    aside: dict[str, QuarantinedRow] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    origin: dict[str, TakenTable] = field(default_factory=dict)
    tally: dict[TakenTable, dict[str, int]] = field(default_factory=dict)
    before: ReturnSet | None = None
    after: ReturnSet | None = None


def content_id(noun: str, record: Record) -> str:
    """Return the id under which a row is kept aside: the same for the same content, in whatever file it comes."""
    plain = {key: value for key, value in to_plain(record).items() if key not in _ORIGIN}
    return stable_id("quarantine", noun, record.id, sha256_hex(canonical_json(plain)))


class Settling:
    """Compares incoming records with what is held, one after the other."""

    def __init__(self, held: Held, rules: ProgressRules, received: date) -> None:
        self.held, self.rules, self.received = held, rules, received
        self.out = Settled(before=sort_out(held.returns.values()))
        self._names: dict[str, set[str]] = {}
        for area in held.areas.values():
            for name in {area.id, area.local_id, area.name} - {""}:
                self._names.setdefault(name, set()).add(area.id)
        drawn = [area for area in held.areas.values() if has_account(area)]
        self._drawn = drawn
        self._tree = shapely.STRtree(np.array([area.geometry for area in drawn], dtype=object)) if drawn else None

    def take(self, tables: Iterable[TakenTable]) -> Settled:
        """Return what the tables' rows become; every row is new, repeated or kept aside."""
        for table in tables:
            self.out.tally[table] = {"new": 0, "repeated": 0, "aside": 0, "corrected": 0}
            for row in table.taken.quarantined:
                if row.id not in self.held.aside:
                    self.out.aside.setdefault(row.id, row)
            for record in table.taken.records:
                self._one(table, record, self.out.tally[table])
        self._hold_back_fixed()
        self.out.after = sort_out([*self.held.returns.values(), *self.out.new.values()])
        self._tell_chains()
        return self.out

    def _one(self, table: TakenTable, record: Record, tally: dict[str, int]) -> None:
        if isinstance(record, OrdnanceItem):
            known: Record | None = self.held.finds.get(record.id) or self.out.finds.get(record.id)
            fault = self._differs(known, record)
        elif isinstance(record, ProgressReturn):
            known = self.held.returns.get(record.id) or self.out.new.get(record.id)
            record, fault = self._placed(table, record, known)
        else:
            return
        if fault is not None:
            tally["aside"] += 1
            self._keep_aside(table, record, fault)
        elif known is not None:
            tally["repeated"] += 1
        else:
            tally["new"] += 1
            self.out.origin[record.id] = table
            if isinstance(record, OrdnanceItem):
                self.out.finds[record.id] = record
            elif isinstance(record, ProgressReturn):
                self.out.new[record.id] = record
            settled = self.held.aside.get(content_id(table.noun, record))
            if settled is not None and not settled.resolved:
                self.out.aside[settled.id] = replace(settled, resolved="taken in when it was sent again")

    def _differs(self, known: Record | None, record: Record, *, moved: bool = False) -> Finding | None:
        if known is None or (same_content(known, record) and not moved):
            return None
        name = record.local_id or record.id
        return Finding(
            Severity.ERROR, "SG-PROGRESS-001", name, "was taken in before with other content; the first stays and this "
            "one is kept aside.", "If it is a correction, send it as a submission of its own that names the first in "
            "'corrects'.")

    def _placed(self, table: TakenTable, record: ProgressReturn, known: Record | None
                ) -> tuple[ProgressReturn, Finding | None]:
        """Return a return with its area and day of receipt, and what keeps it aside."""
        asked = record.hazardous_area_id
        if not asked and record.task_order_id in self.held.orders:
            asked = self.held.orders[record.task_order_id].hazardous_area_id
        area, fault = self._area_of(record, asked)
        if isinstance(known, ProgressReturn):
            moved = bool(record.hazardous_area_id) and area is not None and area.id != known.hazardous_area_id
            return record, self._differs(known, record, moved=moved)
        if record.corrects == record.submission_id:
            fault = told(record, Severity.ERROR, "SG-PROGRESS-002", "corrects itself.", "Name the submission that it "
                         "replaces.", "corrects")
        record = replace(record, hazardous_area_id=area.id if area is not None else "",
                         received_date=record.received_date or self.received)
        if fault is None and area is not None and has_ground(record):
            fault = self._outside(table, record, area)
        return record, fault

    def _area_of(self, record: ProgressReturn, asked: str) -> tuple[HazardousArea | None, Finding | None]:
        ids = self._names.get(asked, set()) if asked else set()
        if asked and len(ids) != 1:
            return None, told(record, Severity.ERROR, "SG-PROGRESS-010", f"names the area {asked!r}, which "
                              f"{'several areas bear' if ids else 'no area bears'}.",
                              "Give the id, the local id or the name of one area.", "hazardous_area_id")
        area = self.held.areas[next(iter(ids))] if ids else self._under(record)
        if not has_ground(record):
            return area, None
        if area is None:
            return None, told(record, Severity.ERROR, "SG-PROGRESS-010", "names no area, and its outline lies in none.",
                              "Name the area, or take its outline in first.", "hazardous_area_id")
        if not has_account(area):
            return None, told(record, Severity.ERROR, "SG-PROGRESS-010", f"names {asked or area.id!r}, which has no "
                              "outline.", "Survey the area's outline first.", "hazardous_area_id")
        return area, None

    def _under(self, record: ProgressReturn) -> HazardousArea | None:
        """Return the area that most of an outline lies in, open ones first; None = none."""
        if self._tree is None or not has_ground(record):
            return None
        near = [self._drawn[i] for i in self._tree.query(record.geometry, predicate="intersects")]
        shared = plane_area_m2([polygonal(shapely.intersection(record.geometry, a.geometry)) for a in near])
        ranked = sorted(zip(near, shared.tolist(), strict=True),
                        key=lambda pair: (pair[0].workflow_status in _NOT_OPEN, -pair[1], pair[0].id))
        return ranked[0][0] if ranked and ranked[0][1] > 0 else None

    def _outside(self, table: TakenTable, record: ProgressReturn, area: HazardousArea) -> Finding | None:
        share, out_m2 = outside_share(record.geometry, area.geometry)
        name = area.name or area.local_id or area.id
        where = {"file": table.read.file, "layer": table.source.layer}
        words = (f"{out_m2:,.2f} m² of {cm2_to_m2(record.area_cm2):,.2f} m² ({100 * share:.1f} %) lie outside {name}")
        if share > self.rules.outside_share_max:
            return told(record, Severity.ERROR, "SG-PROGRESS-011", f"{words}; {100 * self.rules.outside_share_max:g} % "
                        "are allowed.", "Send one return for each area, or correct the outline.", "geometry", **where)
        if out_m2 >= self.rules.overlap_report_m2:
            self.out.findings.append(told(
                record, Severity.WARNING, "SG-PROGRESS-012", f"{words}; they are counted nowhere.",
                "Have the area surveyed if work beyond it was needed.", "geometry", **where))
        return None

    def _keep_aside(self, table: TakenTable, record: Record, fault: Finding) -> None:
        place = SourceRef(table.read.file, table.source.layer, record.source_row, fault.source.field)
        self.out.findings.append(replace(fault, source=place))
        area_cm2 = getattr(record, "area_cm2", 0)
        row = QuarantinedRow(
            id=content_id(table.noun, record), noun=table.noun, source_id=table.source.id, source_file=table.read.file,
            source_layer=table.source.layer, source_row=record.source_row, original=record.original,
            finding_codes=(fault.code,), provisional_geometry=getattr(record, "geometry", None),
            area_m2=cm2_to_m2(area_cm2) if area_cm2 else None)
        if row.id not in self.held.aside:
            self.out.aside[row.id] = row
        self.out.origin[row.id] = table

    def _hold_back_fixed(self) -> None:
        """Keep corrections aside that would take back ground which inspection has accepted or holds in a lot."""
        while True:
            after = sort_out([*self.held.returns.values(), *self.out.new.values()])
            keep = {item.id for item in after.effective}
            fixed = {name: why for part in self.held.parts for name in part.record_ids
                     if name in self.held.returns and name not in keep and (why := self._fixed(part))}
            roots = families([*self.held.returns.values(), *self.out.new.values()])
            touched = {roots[name] for name in fixed}
            blamed = [item for item in self.out.new.values() if roots[item.id] in touched]
            if not fixed or not blamed:
                return
            for item in blamed:
                del self.out.new[item.id]
                table = self.out.origin.pop(item.id)
                tally = self.out.tally[table]
                tally["new"] -= 1
                tally["aside"] += 1
                why = "; ".join(sorted(set(fixed.values())))
                self._keep_aside(table, item, told(
                    item, Severity.ERROR, "SG-PROGRESS-003", f"would replace {item.corrects or 'a return'}, but {why}.",
                    "Have the lot rejected or the area opened again first; then send the correction again.",
                    "corrects"))

    def _fixed(self, part: LandPart) -> str:
        stand = self.held.stands.get(part.entry_id)
        if stand is not None and stand.stand is Stand.POSTED:
            return f"{cm2_to_m2(part.area_cm2):,.2f} m² of it were accepted on {_day(stand)}"
        if stand is not None and stand.stand is Stand.PENDING and part.entry_id in self.held.in_lots:
            return f"{cm2_to_m2(part.area_cm2):,.2f} m² of it are in lot {self.held.in_lots[part.entry_id]}"
        return ""

    def _tell_chains(self) -> None:
        after = self.out.after
        if after is None:
            return
        by_submission = {r.submission_id: r for r in (*self.held.returns.values(), *self.out.new.values())}
        fresh = {r.submission_id for r in self.out.new.values()}
        for names in after.rivals:
            if fresh & set(names):
                self._tell(by_submission[max(fresh & set(names))], Severity.WARNING, "SG-PROGRESS-004",
                           f"{', '.join(names)} all claim to replace one return; none of them counts.",
                           "Withdraw all but one: correct each of the others by a return without an outline.")
        for names in after.circles:
            if fresh & set(names):
                self._tell(by_submission[max(fresh & set(names))], Severity.WARNING, "SG-PROGRESS-002",
                           f"{', '.join(names)} correct each other in a circle; none of them counts.",
                           "Send one return that corrects one of them.")
        for item in after.waiting:
            if item.submission_id in fresh:
                self._tell(item, Severity.INFO, "SG-PROGRESS-005", f"corrects {item.corrects}, which is not here; it "
                           "counts as it stands, and the other will be replaced when it comes.",
                           "Check the submission's name if the other never comes.")
        for item in self.out.new.values():
            original = by_submission.get(item.corrects)
            if original is not None:
                self._tell(item, Severity.INFO, "SG-PROGRESS-006", f"replaces {item.corrects} of {original.team_id}, "
                           f"{original.work_date}; both stay in the project.", "Nothing needs to be done.")
                table = self.out.origin[item.id]
                self.out.tally[table]["corrected"] += 1

    def _tell(self, item: ProgressReturn, severity: Severity, code: str, message: str, remedy: str) -> None:
        table = self.out.origin.get(item.id)
        where: dict[str, Any] = {} if table is None else {"file": table.read.file, "layer": table.source.layer}
        self.out.findings.append(told(item, severity, code, message, remedy, "corrects", **where))


def _day(stand: EntryStand) -> str:
    return (stand.decision or stand.entry).effective_date.isoformat()


def effective(returns: ReturnSet | None) -> Sequence[ProgressReturn]:
    """Return the returns that hold, none where nothing was sorted out."""
    return returns.effective if returns is not None else ()
