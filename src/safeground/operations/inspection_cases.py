"""Non-conformities of a project: opened by people, by a rejected lot, or by a find or accident in cleared ground."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import shapely

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.foundation.seeds import stable_id
from safeground.ground.crs import utm_crs
from safeground.inspection.cases import acted, closed, due_date, reach, verified
from safeground.inspection.draw import to_plane
from safeground.inspection.verdict import Verdict
from safeground.ledger.book import LandBook
from safeground.operations.context import Caller
from safeground.operations.inspection_state import InspectionState, area_named, at_work, names_of
from safeground.operations.project import opened
from safeground.records.nouns import (
    Accident,
    Activity,
    HazardousArea,
    Inspection,
    Nonconformity,
    OrdnanceItem,
    ReleaseDecision,
)
from safeground.records.quality import InspectionLot
from safeground.records.quality_rules import InspectionRules
from safeground.records.vocabulary import Severity as CaseSeverity
from safeground.records.vocabulary import WorkflowStatus
from safeground.store.project import Project, Reader

#: Error of a find's position where none is stated, m: an item on the seam of two days' work belongs to either.
OWN_WORK_M = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """Cases as they stand after a step, and what is said about them."""

    project: str
    cases: tuple[Nonconformity, ...]
    findings: tuple[Finding, ...] = ()
    dry_run: bool = False


def _critical(case: Nonconformity, lots: Sequence[InspectionLot]) -> Finding:
    return Finding(Severity.WARNING, "SG-OPS-131", case.local_id or case.id, f"a critical case is open; it blocks lots "
                   f"{names_of(lots, case.lot_ids)}: {case.description}",
                   "Act on it, have another person verify, and close it.")


def _number(cases: Sequence[Nonconformity], more: int = 0) -> str:
    return f"NC{len(cases) + more + 1:03d}"


def case_of_rejection(
    lot: InspectionLot, said: Verdict, visits: Sequence[Inspection], items: Sequence[OrdnanceItem],
    lots: Sequence[InspectionLot], rules: InspectionRules, today: date,
) -> Nonconformity:
    """Return the case that a rejected lot opens: critical where ordnance was found, else major."""
    case = Nonconformity(
        id=stable_id("case", "lot", lot.id), local_id=f"NC-{lot.local_id}",
        inspection_id=visits[-1].id if visits else "", severity=CaseSeverity.CRITICAL if items else CaseSeverity.MAJOR,
        description=f"lot {lot.local_id} is rejected: {said.reason}", opened_date=today,
        due_date=due_date(today, rules.corrective_days), hazardous_area_id=lot.hazardous_area_id,
        origin_lot_ids=(lot.id,), ordnance_id=items[0].id if items else "")
    return replace(case, lot_ids=reach(case, lots, window_days=int(rules.lot_days_max)) if items else (lot.id,))


def open_case(
    project: Project | str, caller: Caller, *, severity: CaseSeverity, description: str, lot_ids: Sequence[str] = (),
    inspection_id: str = "", area: str = "", owner: str = "", dry_run: bool = False,
) -> CaseResult:
    """Open a non-conformity; its corrective action is due after the days that the plan allows.

    Parameters
    ----------
    lot_ids : lots, by id or number, in whose work it was seen; a critical one reaches further lots by itself.

    Raises
    ------
    RequestError : no description, or a lot that is none (``SG-OPS-128``, ``-121``).
    """
    if not description.strip():
        raise RequestError("SG-OPS-128", "case", "has no description.", "Say what requirement was not met.")
    with opened(project, caller) as held, at_work(held, caller, "case open", dry_run) as (reader, writer):
        state = InspectionState.read(reader)
        case = _opened(state, caller.clock().date(), severity, description, [state.lot(name) for name in lot_ids],
                       inspection_id, area_named(reader, area).id if area else "", owner)
        if writer is not None:
            writer.put([case])
    findings = (_critical(case, state.lots),) if severity is CaseSeverity.CRITICAL else ()
    return CaseResult(project=held.name, cases=(case,), findings=findings, dry_run=dry_run)


def _opened(state: InspectionState, today: date, severity: CaseSeverity, description: str,
            origins: Sequence[InspectionLot], inspection_id: str, area: str, owner: str) -> Nonconformity:
    origin_ids = tuple(lot.id for lot in origins)
    case = Nonconformity(
        id=stable_id("case", "manual", len(state.cases), description, today.isoformat()),
        local_id=_number(state.cases), inspection_id=inspection_id, severity=severity, description=description,
        opened_date=today, due_date=due_date(today, state.rules.corrective_days), owner=owner,
        origin_lot_ids=origin_ids, hazardous_area_id=area or (origins[0].hazardous_area_id if origins else ""))
    if severity is not CaseSeverity.CRITICAL:
        return replace(case, lot_ids=origin_ids)
    return replace(case, lot_ids=reach(case, state.lots, window_days=int(state.rules.lot_days_max)))


def _step(project: Project | str, name: str, caller: Caller, step: str, dry_run: bool,
          change: Callable[[Nonconformity], Nonconformity]) -> CaseResult:
    with opened(project, caller) as held, at_work(held, caller, f"case {step}", dry_run) as (reader, writer):
        found = [c for c in reader.records("nonconformity") if name in (c.id, c.local_id)]
        if len(found) != 1:
            raise RequestError("SG-OPS-128", name or "case", "is no case of the project.",
                               "List the cases with 'safeground inspection PROJECT show'.")
        case = change(found[0])
        if writer is not None:
            writer.put([case])
    return CaseResult(project=held.name, cases=(case,), dry_run=dry_run)


def act_on_case(project: Project | str, case_id: str, caller: Caller, *, owner: str, action: str, evidence: str,
                dry_run: bool = False) -> CaseResult:
    """Record what was done about a case, by whom, and the paper that shows it.

    Raises
    ------
    RequestError : no such case, or one of the three is missing.  RefusedError : it is closed (``SG-INSPECTION-007``).
    """
    return _step(project, case_id, caller, "act", dry_run,
                 lambda case: acted(case, owner=owner, action=action, evidence=evidence))


def verify_case(project: Project | str, case_id: str, caller: Caller, *, by: str = "", dry_run: bool = False
                ) -> CaseResult:
    """Record that another person has seen the corrective action to be done; `by` "" = the caller.

    Raises
    ------
    RefusedError : nothing was done yet, or the person who acted (``SG-INSPECTION-007``, ``-008``).
    """
    today = caller.clock().date()
    return _step(project, case_id, caller, "verify", dry_run,
                 lambda case: verified(case, by=by or caller.actor, on=today))


def close_case(project: Project | str, case_id: str, caller: Caller, *, dry_run: bool = False) -> CaseResult:
    """Close a verified case; what it blocked can be accepted again.

    Raises
    ------
    RefusedError : it is not verified (``SG-INSPECTION-007``).
    """
    today = caller.clock().date()
    return _step(project, case_id, caller, "close", dry_run, lambda case: closed(case, on=today))


def cases_of_find(project: Project | str, caller: Caller, *, record_ids: Sequence[str] | None = None,
                  dry_run: bool = False) -> CaseResult:
    """Open a critical case for each item or accident that lies in ground counted as cleared or released.

    Parameters
    ----------
    record_ids : ordnance and accident records to look at; None = all that the project holds.

    Returns
    -------
    The cases that were opened, each with every lot of the same team, asset and days.  What has a case is left alone.
    """
    with opened(project, caller) as held, at_work(held, caller, "finds", dry_run) as (reader, writer):
        cases, findings = find_cases(reader, caller.clock().date(), record_ids)
        if writer is not None:
            writer.put(cases)
            writer.add_findings(findings)
    return CaseResult(project=held.name, cases=tuple(cases), findings=tuple(findings), dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class _Ground:
    """Ground that counts as cleared or released: since when, by which records of work, in which part."""

    geometry: shapely.Geometry
    since: date | None
    area_id: str
    part_id: str
    record_ids: frozenset[str]


def _cleared_ground(reader: Reader, state: InspectionState) -> list[_Ground]:
    """Return parts that are pending or posted, areas that are released, and areas recorded as released by others."""
    entries = reader.entries()
    book = LandBook.from_entries(entries)
    pending = {e.id for e in book.pending()}
    posted = {e.decides or e.id: e for e in entries if e.state.value == "posted"}
    undone = {e.reverses for e in entries if e.reverses}
    out = [_Ground(p.geometry, p.work_date or (posted[p.entry_id].effective_date if p.entry_id in posted else None),
                   p.hazardous_area_id, p.id, frozenset(p.record_ids))
           for p in state.parts.values()
           if p.entry_id in pending or (p.entry_id in posted and posted[p.entry_id].id not in undone)]
    decided: dict[str, date] = {}
    decision: ReleaseDecision
    for decision in reader.records("release_decision"):
        if decision.decided_at is not None:
            decided[decision.hazardous_area_id] = decision.decided_at.date()
    area: HazardousArea
    for area in reader.records("hazardous_area"):
        if area.workflow_status is WorkflowStatus.RELEASED and area.geometry.geom_type.endswith("Polygon"):
            out.append(_Ground(area.geometry, decided.get(area.id, area.date_of_information), area.id, "", frozenset()))
    work: Activity
    for work in reader.records("activity"):
        if work.release_method is not None and getattr(work.geometry, "geom_type", "").endswith("Polygon"):
            out.append(_Ground(work.geometry, work.end_date or work.date_of_information, work.hazardous_area_id, "",
                               frozenset({work.id})))
    return out


def find_cases(reader: Reader, today: date, record_ids: Sequence[str] | None = None
               ) -> tuple[list[Nonconformity], list[Finding]]:
    """Return the cases that finds and accidents in cleared ground open, and findings; nothing is written.

    For other operations that write in their own transaction.  An item that the clearance itself found there (it names
    the work and lies in or beside its ground, or its day is not after the last work) is no case; one without a day is
    told, not decided.
    """
    state = InspectionState.read(reader)
    known = {i for c in state.cases for i in (c.ordnance_id, c.accident_id) if i}
    own = {v.id for v in state.visits}
    records: list[OrdnanceItem | Accident] = [*reader.records("ordnance"), *reader.records("accident")]
    wanted = [r for r in records if (record_ids is None or r.id in set(record_ids)) and r.id not in known
              and r.geometry is not None and getattr(r, "activity_id", "") not in own]
    if not wanted:
        return [], []
    ground = _cleared_ground(reader, state)
    tree = shapely.STRtree([g.geometry for g in ground])
    cases: list[Nonconformity] = []
    findings: list[Finding] = []
    for record in wanted:
        hits = [ground[int(k)] for k in sorted(tree.query(record.geometry, predicate="intersects"))]
        if _own_find(record, ground):
            continue
        day = (record.found_date if isinstance(record, OrdnanceItem) else record.accident_date
               ) or record.date_of_information
        after = [g for g in hits if g.since is not None and day is not None and day > g.since]
        if after:
            case = _case_of(record, after, state, today, len(cases))
            cases.append(case)
            findings.append(_critical(case, state.lots))
        elif any(g.since is None or day is None for g in hits):
            findings.append(Finding(
                Severity.WARNING, "SG-OPS-127", record.local_id or record.id, "lies in cleared ground; the day of the "
                "find or of the work is not known.", "Enter the days; after the work, a find is a critical case."))
    return cases, findings


def _own_find(record: OrdnanceItem | Accident, ground: Sequence[_Ground]) -> bool:
    """Whether the work that an item names found it: it lies in that work's ground, or within its position's error."""
    work, place = getattr(record, "activity_id", ""), record.geometry
    own = [g.geometry for g in ground if work and work in g.record_ids]
    if not own or place is None:
        return False
    middle = shapely.centroid(place)
    plane = utm_crs(middle.x, middle.y)
    error_m = max(record.position_accuracy_m or 0.0, OWN_WORK_M)
    return any(shapely.dwithin(to_plane(g, plane), to_plane(place, plane), error_m) for g in own)


def _case_of(record: OrdnanceItem | Accident, ground: Sequence[_Ground], state: InspectionState, today: date, more: int
             ) -> Nonconformity:
    """Return the critical case of a find or accident; it names no position."""
    parts = {g.part_id for g in ground if g.part_id}
    origins = tuple(lot.id for lot in state.lots if parts & set(lot.part_ids))
    is_item = isinstance(record, OrdnanceItem)
    what = "an item of explosive ordnance" if is_item else "an accident"
    area_id = next((g.area_id for g in ground if g.area_id), "")
    case = Nonconformity(
        id=stable_id("case", "find", record.id), local_id=_number(state.cases, more), inspection_id="",
        severity=CaseSeverity.CRITICAL, description=f"{what} ({record.local_id or record.id}) lies in ground that "
        "counts as cleared or released", opened_date=today, due_date=due_date(today, state.rules.corrective_days),
        hazardous_area_id=area_id, ordnance_id=record.id if is_item else "", accident_id="" if is_item else record.id,
        origin_lot_ids=origins)
    return replace(case, lot_ids=reach(case, state.lots, window_days=int(state.rules.lot_days_max)))
