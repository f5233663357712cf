"""Non-conformities: from opening through action and verification by another person to closure, and what they reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from safeground.foundation.errors import RefusedError, RequestError
from safeground.inspection.verdict import same_words
from safeground.records.nouns import Nonconformity
from safeground.records.quality import InspectionLot
from safeground.records.vocabulary import Severity

_CLAUSE = "IMAS 07.40"


def case_state(case: Nonconformity) -> str:
    """Return where a case stands: ``open``, ``acted``, ``verified`` or ``closed``."""
    if case.closed_date is not None:
        return "closed"
    if case.verified_date is not None:
        return "verified"
    return "acted" if case.action_evidence else "open"


def due_date(opened: date, corrective_days: float) -> date:
    """Return the day on which the corrective action is due: so many days after the case was opened."""
    return opened + timedelta(days=int(corrective_days))


def overdue(cases: Iterable[Nonconformity], today: date) -> tuple[Nonconformity, ...]:
    """Return the cases whose corrective action is due and not yet shown, the oldest first."""
    late = [c for c in cases if case_state(c) == "open" and c.due_date is not None and c.due_date < today]
    return tuple(sorted(late, key=lambda c: (c.due_date or today, c.id)))


def _step(case: Nonconformity, allowed: Sequence[str], step: str) -> None:
    state = case_state(case)
    if state not in allowed:
        raise RefusedError("SG-INSPECTION-007", case.local_id or case.id, f"is {state}; it cannot be {step}.",
                           "A case is acted on, then verified by another person, then closed.",
                           criterion="action, verification, closure, in this order", clause=_CLAUSE)


def acted(case: Nonconformity, *, owner: str, action: str, evidence: str) -> Nonconformity:
    """Return the case with its corrective action; a verification of an earlier action no longer counts.

    Raises
    ------
    RequestError : no owner, action or evidence (``SG-INSPECTION-007``).  RefusedError : it is closed.
    """
    _step(case, ("open", "acted", "verified"), "acted on")
    for name, value in (("owner", owner), ("action", action), ("evidence", evidence)):
        if not value.strip():
            raise RequestError("SG-INSPECTION-007", case.local_id or case.id, f"no {name} is given.",
                               "Name who acted, what was done, and the paper that shows it.")
    return replace(case, version=case.version + 1, owner=owner, corrective_action=action, action_evidence=evidence,
                   verified_by="", verified_date=None)


def verified(case: Nonconformity, *, by: str, on: date) -> Nonconformity:
    """Return the case verified by another person than its owner.

    Raises
    ------
    RefusedError : nothing was done yet, or the same person (``SG-INSPECTION-007``, ``-008``).
    """
    _step(case, ("acted",), "verified")
    if not by.strip() or same_words(by, case.owner):
        raise RefusedError("SG-INSPECTION-008", case.local_id or case.id, f"{by or 'nobody'} acted on it, and cannot "
                           "verify it.", "Have another person verify.",
                           criterion="another person verifies a corrective action", clause=_CLAUSE)
    return replace(case, version=case.version + 1, verified_by=by, verified_date=on)


def closed(case: Nonconformity, *, on: date) -> Nonconformity:
    """Return the case closed.

    Raises
    ------
    RefusedError : it is not verified (``SG-INSPECTION-007``).
    """
    _step(case, ("verified",), "closed")
    return replace(case, version=case.version + 1, closed_date=on)


def _meet(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether two lists of teams or assets share one; a list that names none may mean any."""
    return not first or not second or bool(set(first) & set(second))


def _days_apart(one: InspectionLot, other: InspectionLot) -> int:
    """Return the days between two lots' work, 0 where they overlap or a day is not known."""
    if one.first_date is None or one.last_date is None or other.first_date is None or other.last_date is None:
        return 0
    return max(0, (one.first_date - other.last_date).days, (other.first_date - one.last_date).days)


def reach(case: Nonconformity, lots: Iterable[InspectionLot], *, window_days: int = 0) -> tuple[str, ...]:
    """Return the ids of the lots that a case reaches, in the order of the lots.

    Parameters
    ----------
    window_days : lots whose days lie at most so far from those of an origin are of the same day window; 0 = overlap.

    Returns
    -------
    The lots in whose ground it was found, those named in it, and every lot that shares a team and an asset with an
    origin and lies in its day window.  A case without a lot reaches every lot of its area.
    """
    every = list(lots)
    origins = [lot for lot in every if lot.id in case.origin_lot_ids]
    out = []
    for lot in every:
        hit = lot.id in case.origin_lot_ids or lot.id in case.lot_ids
        hit = hit or any(_meet(lot.team_ids, o.team_ids) and _meet(lot.assets, o.assets)
                         and _days_apart(lot, o) <= window_days for o in origins)
        if not case.origin_lot_ids and not case.lot_ids:
            hit = bool(case.hazardous_area_id) and lot.hazardous_area_id == case.hazardous_area_id
        if hit:
            out.append(lot.id)
    return tuple(out)


def blocking(lot: InspectionLot, cases: Iterable[Nonconformity], lots: Sequence[InspectionLot], *, window_days: int = 0
             ) -> tuple[Nonconformity, ...]:
    """Return the open critical cases that keep a lot from being accepted."""
    return tuple(c for c in cases if c.severity is Severity.CRITICAL and c.closed_date is None
                 and lot.id in reach(c, lots, window_days=window_days))
