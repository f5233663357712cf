"""Finds and accidents in cleared ground: critical cases, and accepted ground that is accepted no longer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import shapely
from shapely import Geometry

from safeground.foundation.finding import Finding, Severity
from safeground.foundation.seeds import stable_id
from safeground.foundation.units import cm2_to_m2
from safeground.ground.crs import utm_crs
from safeground.inspection.cases import due_date, reach
from safeground.inspection.draw import to_plane
from safeground.ledger.book import LandBook
from safeground.ledger.post import reverse_entry
from safeground.operations.context import Caller
from safeground.operations.inspection_cases import CaseResult, case_number, critical_finding
from safeground.operations.inspection_state import InspectionState, at_work
from safeground.operations.project import opened
from safeground.operations.rules import project_standard
from safeground.progress.returns import families
from safeground.progress.standing import EntryStand, Stand, stands_of
from safeground.records.base import Record
from safeground.records.land import EntryKind, EntryState, LandEntry
from safeground.records.nouns import (
    Accident,
    Activity,
    HazardousArea,
    Nonconformity,
    OrdnanceItem,
    ReleaseDecision,
)
from safeground.records.quality import InspectionLot, LotState
from safeground.records.vocabulary import RELEASED_STATUSES, WorkflowStatus
from safeground.records.vocabulary import Severity as CaseSeverity
from safeground.store.project import Project, Reader
from safeground.store.writer import Writer

#: Error of a find's position where none is stated, m: an item on the seam of two days' work belongs to either.
OWN_WORK_M = 2.0
#: Where a position is less accurate, nobody knows in which ground it lies, m: a case opens, but no ground moves.
PLACE_UNKNOWN_M = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FindOutcome:
    """What finds and accidents in cleared ground bring about; nothing of it is written yet.

    Attributes
    ----------
    cases : critical non-conformities that are opened.
    lots : lots that are accepted no longer, as new versions.
    entries : the reversals by which accepted ground is hazardous again.  Conserves: each area's accounts.
    """

    cases: tuple[Nonconformity, ...] = ()
    lots: tuple[InspectionLot, ...] = ()
    entries: tuple[LandEntry, ...] = ()
    findings: tuple[Finding, ...] = ()

    def keep(self, writer: Writer) -> None:
        """Write all of it, in the transaction in which it was found."""
        if self.cases or self.lots:
            writer.put([*self.cases, *self.lots])
        if self.entries:
            writer.add_entries(self.entries)
        if self.findings:
            writer.add_findings(self.findings)


def cases_of_find(project: Project | str, caller: Caller, *, record_ids: Sequence[str] | None = None,
                  dry_run: bool = False) -> CaseResult:
    """Open a critical case for each item or accident in ground that counts as cleared or released; take that back.

    Ground that was accepted in an area not yet released is accepted no longer.  Intake, daily returns and visits do
    the same by themselves; this looks at all that a project holds.

    Parameters
    ----------
    record_ids : ordnance and accident records to look at; None = all that the project holds.

    Returns
    -------
    The cases that were opened, each with every lot of the same team, asset and days.  A closed case is left alone.
    """
    with opened(project, caller) as held, at_work(held, caller, "finds", dry_run) as (reader, writer):
        found = outcome_of_finds(reader, caller.clock().date(), record_ids)
        if writer is not None:
            found.keep(writer)
    return CaseResult(project=held.name, cases=found.cases, findings=found.findings, lots=found.lots,
                      entries=found.entries, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class _Ground:
    """Ground that counts as cleared or released: since when, by which records of work, in which part.

    Attributes
    ----------
    posted_id : entry that accepted it, where it was accepted in an area that is not released; "" = it cannot move back.
    """

    geometry: Geometry
    since: date | None
    area_id: str
    part_id: str = ""
    posted_id: str = ""
    record_ids: frozenset[str] = frozenset()
    released: bool = False


def _since(stand: EntryStand, work_date: date | None) -> date:
    return work_date or (stand.decision or stand.entry).effective_date


def _cleared_ground(reader: Reader, state: InspectionState, stands: dict[str, EntryStand]) -> list[_Ground]:
    """Return parts that are pending or posted, areas that are released, and areas recorded as released by others."""
    areas: dict[str, HazardousArea] = {a.id: a for a in reader.records("hazardous_area")}
    released = {a.id for a in areas.values() if a.workflow_status is WorkflowStatus.RELEASED}
    out = []
    for part in state.parts.values():
        stand = stands.get(part.entry_id)
        if stand is None or not stand.counts:
            continue
        posted = (stand.decision or stand.entry).id if stand.stand is Stand.POSTED else ""
        away = part.hazardous_area_id in released
        out.append(_Ground(part.geometry, _since(stand, part.work_date), part.hazardous_area_id, part.id,
                           "" if away else posted, frozenset(part.record_ids), away))
    decided: dict[str, date] = {}
    decision: ReleaseDecision
    for decision in reader.records("release_decision"):
        if decision.decided_at is not None:
            decided[decision.hazardous_area_id] = decision.decided_at.date()
    out += [_Ground(areas[name].geometry, decided.get(name, areas[name].date_of_information), name, released=True)
            for name in sorted(released) if areas[name].geometry.geom_type.endswith("Polygon")]
    work: Activity
    for work in reader.records("activity"):
        if work.release_method is not None and getattr(work.geometry, "geom_type", "").endswith("Polygon"):
            out.append(_Ground(work.geometry, work.end_date or work.date_of_information, work.hazardous_area_id,
                               record_ids=frozenset({work.id}), released=True))
    return out


def _day(record: OrdnanceItem | Accident) -> date | None:
    return (record.found_date if isinstance(record, OrdnanceItem) else record.accident_date
            ) or record.date_of_information


def finds_near(reader: Reader, grounds: Iterable[Geometry]) -> list[str]:
    """Return the ids of the items and accidents within the bounds of some ground."""
    shapes = [g for g in grounds if not g.is_empty]
    if not shapes:
        return []
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    return [r.id for noun in ("ordnance", "accident") for r in reader.records(noun, bbox=(west, south, east, north))]


def outcome_of_finds(reader: Reader, today: date, record_ids: Iterable[str] | None = None) -> FindOutcome:
    """Return the cases that finds and accidents in cleared ground open, and the accepted ground that moves back.

    For other operations that write in their own transaction.  An item that the clearance itself found there (it names
    the work and lies in or beside its ground, or its day is not after the last work) is no case; one without a day is
    told, not decided.  A released area's book stays as it is: it is opened again by a person.
    """
    wanted = None if record_ids is None else set(record_ids)
    if wanted is not None and not wanted:
        return FindOutcome()
    if project_standard(reader).inspection is None:
        return FindOutcome(findings=(Finding(
            Severity.WARNING, "SG-OPS-120", "finds", "nobody looks whether finds lie in cleared ground: the project's "
            "rule pack has no [inspection].", "Start the project with a rule pack that has one."),))
    return _Looking(reader, today).at(wanted)


@dataclass(slots=True)
class _Looking:
    """One look at finds and accidents, each seeing what those before it moved."""

    reader: Reader
    today: date
    state: InspectionState = field(init=False)
    stands: dict[str, EntryStand] = field(init=False)
    book: LandBook = field(init=False)
    ground: list[_Ground] = field(init=False)
    cases: list[Nonconformity] = field(default_factory=list)
    lots: dict[str, InspectionLot] = field(default_factory=dict)
    entries: list[LandEntry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _roots: dict[str, str] | None = None

    def __post_init__(self) -> None:
        entries = self.reader.entries()
        self.state, self.stands = InspectionState.read(self.reader), stands_of(entries)
        self.book = LandBook.from_entries(entries)
        self.ground = _cleared_ground(self.reader, self.state, self.stands)

    def at(self, wanted: set[str] | None) -> FindOutcome:
        """Look at records, None = all of the project."""
        known = {i: c for c in self.state.cases for i in (c.ordnance_id, c.accident_id) if i}
        records: list[OrdnanceItem | Accident] = [*self.reader.records("ordnance"), *self.reader.records("accident")]
        if self.ground and records:
            tree = shapely.STRtree([g.geometry for g in self.ground])
            for record in records:
                if (wanted is not None and record.id not in wanted) or record.geometry is None:
                    continue
                case = known.get(record.id)
                if case is not None and case.closed_date is not None:
                    continue
                hits = [self.ground[int(k)] for k in sorted(tree.query(record.geometry, predicate="intersects"))]
                if hits and not self._own(record):
                    self._one(record, hits, case)
        return FindOutcome(cases=tuple(self.cases), lots=tuple(self.lots.values()), entries=tuple(self.entries),
                           findings=tuple(self.findings))

    def _own(self, record: OrdnanceItem | Accident) -> bool:
        """Whether the work or visit that an item names found it there, or within its position's error.

        Ground of that work is told also where it counts no longer, such as of a rejected lot.
        """
        work, place = getattr(record, "activity_id", ""), record.geometry
        if not work or place is None:
            return False
        visits = {v.id: v.lot_id for v in self.state.visits}
        if work in visits:
            own = [lot.geometry for lot in self.state.lots if lot.id == visits[work]]
        else:
            names = self._family(work)
            own = [p.geometry for p in self.state.parts.values() if names & set(p.record_ids)]
            own += [g.geometry for g in self.ground if not g.part_id and names & g.record_ids]
        middle = shapely.centroid(place)
        plane = utm_crs(middle.x, middle.y)
        error_m = max(record.position_accuracy_m or 0.0, OWN_WORK_M)
        return any(shapely.dwithin(to_plane(g, plane), to_plane(place, plane), error_m) for g in own)

    def _family(self, work: str) -> frozenset[str]:
        """Return a return's id with those of the returns that correct it or are corrected by it."""
        if self._roots is None:
            self._roots = families(list(self.reader.records("progress_return")))
        root = self._roots.get(work)
        return frozenset({work, *(name for name, other in self._roots.items() if root is not None and other == root)})

    def _one(self, record: OrdnanceItem | Accident, hits: Sequence[_Ground], case: Nonconformity | None) -> None:
        day = _day(record)
        after = [g for g in hits if g.since is not None and day is not None and day > g.since]
        if after:
            if case is None:
                case = case_of_find(record, after[0].area_id or next((g.area_id for g in after if g.area_id), ""),
                                    {g.part_id for g in after if g.part_id}, self.state, self.today, len(self.cases))
                self.cases.append(case)
                self.findings.append(critical_finding(case, self.state.lots))
            self._take_back(record, case, after)
        elif any(g.since is None or day is None for g in hits):
            self.findings.append(Finding(
                Severity.WARNING, "SG-OPS-127", record.local_id or record.id, "lies in cleared ground; the day of the "
                "find or of the work is not known.", "Enter the days; after the work, a find is a critical case."))

    def _take_back(self, record: OrdnanceItem | Accident, case: Nonconformity, after: Sequence[_Ground]) -> None:
        """Reverse the acceptance of the ground in which a record lies, whole lots and whole survey outcomes."""
        subject = record.local_id or record.id
        if any(g.released for g in after):
            self.findings.append(Finding(
                Severity.WARNING, "SG-OPS-135", subject, "lies in released land; its records stay as they are and its "
                "ground still counts as released.", f"Open the ground again: 'safeground release PROJECT reopen AREA "
                f"--because {subject}', or take a new hazardous area in. Close it to people until then."))
        struck = [g for g in after if g.posted_id]
        if not struck:
            return
        if (record.position_accuracy_m or 0.0) > PLACE_UNKNOWN_M:
            self._stays(subject, f"its position is known to {record.position_accuracy_m:,.0f} m only",
                        "State where it lay, then run 'safeground inspection PROJECT finds'.")
            return
        parts = {g.part_id for g in struck}
        lots = [lot for lot in self.state.lots if lot.state is LotState.ACCEPTED and parts & set(lot.part_ids)]
        parts |= {part for lot in lots for part in lot.part_ids}
        posted = [(self.state.parts[name].hazardous_area_id, (stand.decision or stand.entry).id)
                  for name in sorted(parts) if name in self.state.parts
                  and (stand := self.stands[self.state.parts[name].entry_id]).stand is Stand.POSTED]
        done = {e.reverses for e in self.entries}
        self._reverse(record, case, lots, [(area, entry) for area, entry in posted if entry not in done])

    def _reverse(self, record: OrdnanceItem | Accident, case: Nonconformity, lots: Sequence[InspectionLot],
                 posted: Sequence[tuple[str, str]]) -> None:
        subject = record.local_id or record.id
        for area in sorted({area for area, _ in posted}):
            if passed_on(self.reader.entries(), area):
                self._stays(subject, "a hazardous area booked later counts part of that area's ground",
                            "Draw the rest of the ground as a hazardous area, or redraw the later one over it.")
                return
        names = ", ".join(lot.local_id or lot.id for lot in lots)
        why = f"{subject} lies in ground that was accepted" + (f" (lot {names})" if names else "")
        moved = 0
        for _, entry_id in posted:
            entry = reverse_entry(self.book, entry_id, on=self.today, reason=why)
            entry = replace(entry, evidence_ids=(*entry.evidence_ids, record.id, case.id))
            self.book.add(entry)
            self.entries.append(entry)
            moved += -sum(p.amount_cm2 for p in entry.postings if p.account.status in RELEASED_STATUSES)
        for lot in lots:
            self.lots.setdefault(lot.id, replace(lot, version=lot.version + 1, state=LotState.REVOKED))
        if moved:
            what = f"lot {names} is" if len(lots) == 1 else f"lots {names} are" if lots else "the survey's outcome is"
            self.findings.append(Finding(
                Severity.WARNING, "SG-OPS-134", subject, f"lies in ground that was accepted: {what} accepted no "
                f"longer, and {cm2_to_m2(moved):,.2f} m² are hazardous again.",
                "Work the ground again; a return of a later day counts."))

    def _stays(self, subject: str, why: str, remedy: str) -> None:
        self.findings.append(Finding(
            Severity.WARNING, "SG-OPS-135", subject, f"lies in accepted ground, which still counts as accepted: {why}. "
            "Its area is not released while the case is open.", remedy))


def passed_on(entries: Iterable[LandEntry], area_id: str) -> bool:
    """Return whether released ground of an area went to a hazardous area that was booked over it."""
    return any(p.account.hazardous_area_id == area_id and p.account.status in RELEASED_STATUSES and p.amount_cm2 < 0
               for e in entries if e.kind is EntryKind.OVERLAP and e.state is EntryState.POSTED for p in e.postings)


def case_of_find(record: OrdnanceItem | Accident, area_id: str, part_ids: set[str], state: InspectionState, today: date,
                 more: int = 0) -> Nonconformity:
    """Return the critical case of a find or accident, with every lot that it reaches; it names no position.

    Parameters
    ----------
    part_ids : land parts in which it lies.  more : cases opened beside it, for its number.
    """
    origins = tuple(lot.id for lot in state.lots if part_ids & set(lot.part_ids)
                    and lot.state not in (LotState.REJECTED, LotState.WITHDRAWN))
    is_item = isinstance(record, OrdnanceItem)
    what = "an item of explosive ordnance" if is_item else "an accident"
    case = Nonconformity(
        id=stable_id("case", "find", record.id), local_id=case_number(state.cases, more), inspection_id="",
        severity=CaseSeverity.CRITICAL, description=f"{what} ({record.local_id or record.id}) lies in ground that "
        "counts as cleared or released", opened_date=today, due_date=due_date(today, state.rules.corrective_days),
        hazardous_area_id=area_id, ordnance_id=record.id if is_item else "", accident_id="" if is_item else record.id,
        origin_lot_ids=origins)
    return replace(case, lot_ids=reach(case, state.lots, window_days=int(state.rules.lot_days_max)))


def found_after_work(reader: Reader, state: InspectionState, lot: InspectionLot) -> list[OrdnanceItem | Accident]:
    """Return the items and accidents in a lot's ground of a day after the work there; they reject the lot.

    What a visit to the lot found is not among them.
    """
    look = _Looking(reader, date.min)
    parts = [g for g in look.ground if g.part_id in set(lot.part_ids)]
    found: list[OrdnanceItem | Accident] = []
    visits = {v.id for v in state.visits}
    names = set(finds_near(reader, [lot.geometry]))
    records: list[Record] = [*reader.records("ordnance"), *reader.records("accident")]
    for record in records:
        if (not isinstance(record, OrdnanceItem | Accident) or record.id not in names
                or getattr(record, "activity_id", "") in visits or look._own(record)):
            continue
        day = _day(record)
        if day is not None and any(g.since is not None and day > g.since and shapely.intersects(
                g.geometry, record.geometry) for g in parts):
            found.append(record)
    return found


