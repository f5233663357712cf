"""Criteria about quality: every cleared part inspected by a sealed draw, every non-conformity followed to its end."""

from __future__ import annotations

from collections.abc import Sequence

import shapely

from safeground.foundation.canonical import sha256_hex
from safeground.ground.shapes import settled
from safeground.records.nouns import Inspection, Nonconformity
from safeground.records.quality import InspectionLot, LotState, SamplingDraw
from safeground.records.vocabulary import ReleaseMethod, Severity
from safeground.release.case import Criterion, ReleaseCase, same_words

_QUALITY = "IMAS 07.40"
#: Share of drawn ground that the rounding of coordinates may leave outside the visits.
UNSEEN_SHARE = 1e-3


def inspections_passed(case: ReleaseCase) -> Criterion:
    """Every cleared part lies in an accepted lot whose sample was drawn before the visit and passed it."""
    cleared = [p.part for p in case.posted if p.part.release_method is ReleaseMethod.CLEARED]
    lots = {lot.id: lot for lot in case.lots if lot.state is LotState.ACCEPTED}
    lot_of = {part_id: lot for lot in lots.values() for part_id in lot.part_ids}
    faults = [f"part {part.id} lies in no accepted lot" for part in cleared if part.id not in lot_of]
    used = {lot_of[part.id].id for part in cleared if part.id in lot_of}
    source: list[str] = []
    for lot_id in sorted(used):
        found, why = _lot(case, lots[lot_id])
        source += [lot_id, *found]
        faults += [why] if why else []
    return Criterion(id="inspections", met=not faults, clause=_QUALITY, source=tuple(source),
                     reason="; ".join(faults) or (
                         f"{len(cleared)} cleared parts lie in {len(used)} accepted lots, drawn before the visit"
                         if cleared else "no ground was cleared"),
                     remedy="Inspect the lots named by a sample drawn and recorded before the visit." if faults else "")


def _lot(case: ReleaseCase, lot: InspectionLot) -> tuple[tuple[str, ...], str]:
    """Return the draw and visit that carry a lot, or why none do."""
    draws = [d for d in case.draws if d.lot_id == lot.id and not d.risk_aware]
    if not draws:
        return (), f"lot {lot.id} has no draw"
    why = ""
    for draw in draws:
        if sha256_hex(draw.seed.encode()) != lot.seed_sha256:
            why = f"the seed of draw {draw.id} is not the one sealed with lot {lot.id}"
            continue
        visits = [i for i in case.inspections if i.lot_id == lot.id and i.draw_id in ("", draw.id)]
        closed = [i for i in visits if i.passed]
        why = _visits(case, draw, closed) if closed else f"lot {lot.id} has no passed visit"
        if not why:
            return (draw.id, *(visit.id for visit in closed)), ""
    return (), why


def _visits(case: ReleaseCase, draw: SamplingDraw, visits: Sequence[Inspection]) -> str:
    """Return why the visits to a draw do not carry its lot, "" = they do: several visits may cover one sample."""
    for visit in visits:
        if draw.drawn_at.date() > visit.visit_date or case.recorded.get(draw.id, 0) >= case.recorded.get(visit.id, 0):
            return f"draw {draw.id} was not recorded before visit {visit.id}"
    failed = sum(visit.units_failed for visit in visits)
    names = ", ".join(visit.id for visit in visits)
    if failed > draw.acceptance_number:
        return f"visit {names} found {failed} failed units, more than {draw.acceptance_number}"
    most = max(visit.units_checked for visit in visits)
    if most < draw.sample_count and not _seen(draw, visits):
        return f"visit {names} checked {most:,} of {draw.sample_count:,} drawn units"
    return ""


def _seen(draw: SamplingDraw, visits: Sequence[Inspection]) -> bool:
    """Whether the ground of several visits together covers all drawn ground; one visit alone states its own count."""
    grounds = [visit.geometry for visit in visits if visit.geometry is not None]
    if len(grounds) < 2 or sum(visit.units_checked for visit in visits) < draw.sample_count:
        return False
    drawn = settled(draw.geometry, degrees=True)  # outlines of older draws may touch themselves
    left = shapely.difference(drawn, shapely.union_all(grounds))
    return bool(left.area <= UNSEEN_SHARE * drawn.area)


def actions_closed(case: ReleaseCase) -> Criterion:
    """No critical or major case is open, none is overdue, and each closed one was verified by another person."""
    faults = [why for item in case.cases if (why := _case_fault(case, item))]
    return Criterion(id="actions", met=not faults, clause=f"{_QUALITY}; IMAS 08.30",
                     source=tuple(item.id for item in case.cases),
                     reason="; ".join(faults) or f"{len(case.cases)} non-conformities reach the area, none blocks it",
                     remedy="Act, let another person verify, and close the cases named." if faults else "")


def _case_fault(case: ReleaseCase, item: Nonconformity) -> str:
    if item.closed_date is None:
        if item.severity is not Severity.MINOR:
            return f"{item.severity} case {item.local_id or item.id} is open"
        overdue = item.due_date is not None and item.due_date < case.day
        return f"{item.severity} case {item.local_id or item.id} was due on {item.due_date}" if overdue else ""
    if not item.verified_by.strip() or item.verified_date is None:
        return f"case {item.local_id or item.id} was closed without verification"
    if same_words(item.verified_by, item.owner):
        return f"case {item.local_id or item.id} was verified by its owner"
    return ""
