"""Non-conformities of a project: opened by people or by a rejected lot, and taken step by step to their closure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.foundation.seeds import stable_id
from safeground.inspection.cases import acted, closed, due_date, reach, verified
from safeground.inspection.verdict import Verdict
from safeground.operations.context import Caller
from safeground.operations.inspection_state import InspectionState, area_named, at_work, names_of
from safeground.operations.project import opened
from safeground.records.land import LandEntry
from safeground.records.nouns import Accident, Inspection, Nonconformity, OrdnanceItem
from safeground.records.quality import InspectionLot
from safeground.records.vocabulary import Severity as CaseSeverity
from safeground.store.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """Cases as they stand after a step, and what is said about them.

    Attributes
    ----------
    lots, entries : lots that are accepted no longer because of them, and the entries that take their ground back.
    """

    project: str
    cases: tuple[Nonconformity, ...]
    findings: tuple[Finding, ...] = ()
    lots: tuple[InspectionLot, ...] = ()
    entries: tuple[LandEntry, ...] = ()
    dry_run: bool = False


def critical_finding(case: Nonconformity, lots: Sequence[InspectionLot]) -> Finding:
    """Return what is said of a critical case: the lots that it blocks."""
    return Finding(Severity.WARNING, "SG-OPS-131", case.local_id or case.id, f"a critical case is open; it blocks lots "
                   f"{names_of(lots, case.lot_ids)}: {case.description}",
                   "Act on it, have another person verify, and close it.")


def case_number(cases: Sequence[Nonconformity], more: int = 0) -> str:
    """Return the number of the next case; `more` are opened beside it."""
    return f"NC{len(cases) + more + 1:03d}"


def case_of_rejection(
    lot: InspectionLot, said: Verdict, visits: Sequence[Inspection], items: Sequence[OrdnanceItem | Accident],
    lots: Sequence[InspectionLot], state: InspectionState, today: date,
) -> Nonconformity:
    """Return the case that a rejected lot opens: critical where ordnance was found, else major.

    A find or an accident that has a case already keeps it; the lot is named in it.
    """
    rules, names = state.rules, {item.id for item in items}
    known = next((c for c in state.cases if c.closed_date is None and {c.ordnance_id, c.accident_id} & names), None)
    if known is not None:
        case = replace(known, version=known.version + 1, origin_lot_ids=tuple(dict.fromkeys(
            (*known.origin_lot_ids, lot.id))))
        return replace(case, lot_ids=tuple(dict.fromkeys(
            (*case.lot_ids, *reach(case, lots, window_days=int(rules.lot_days_max))))))
    first = items[0] if items else None
    case = Nonconformity(
        id=stable_id("case", "lot", lot.id), local_id=f"NC-{lot.local_id}",
        inspection_id=visits[-1].id if visits else "", severity=CaseSeverity.CRITICAL if items else CaseSeverity.MAJOR,
        description=f"lot {lot.local_id} is rejected: {said.reason}", opened_date=today,
        due_date=due_date(today, rules.corrective_days), hazardous_area_id=lot.hazardous_area_id,
        origin_lot_ids=(lot.id,), ordnance_id=first.id if isinstance(first, OrdnanceItem) else "",
        accident_id=first.id if isinstance(first, Accident) else "")
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
    findings = (critical_finding(case, state.lots),) if severity is CaseSeverity.CRITICAL else ()
    return CaseResult(project=held.name, cases=(case,), findings=findings, dry_run=dry_run)


def _opened(state: InspectionState, today: date, severity: CaseSeverity, description: str,
            origins: Sequence[InspectionLot], inspection_id: str, area: str, owner: str) -> Nonconformity:
    origin_ids = tuple(lot.id for lot in origins)
    case = Nonconformity(
        id=stable_id("case", "manual", len(state.cases), description, today.isoformat()),
        local_id=case_number(state.cases), inspection_id=inspection_id, severity=severity, description=description,
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
