"""Lots: pending cleared parts of one area, of one team and asset, within so many days and square metres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import shapely

from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.seeds import stable_id
from safeground.foundation.units import m2_to_cm2
from safeground.ground.shapes import polygonal
from safeground.records.fieldwork import LandPart
from safeground.records.quality import InspectionLot, LotState
from safeground.records.quality_rules import InspectionRules
from safeground.records.vocabulary import ReleaseMethod


def _key(part: LandPart) -> tuple[str, str, str, bool]:
    return part.hazardous_area_id, part.team_id, part.asset, part.work_date is None


def _order(part: LandPart) -> tuple[tuple[str, str, str, bool], date, str]:
    return _key(part), part.work_date or date.min, part.id


def group_parts(parts: Iterable[LandPart], rules: InspectionRules) -> tuple[tuple[LandPart, ...], ...]:
    """Return the parts of each lot, the same for the same parts in any order.

    Parameters
    ----------
    parts : pending cleared parts that are in no lot yet.

    Returns
    -------
    Parts of one area, team and asset in the order of their days; a new lot begins where the next part would make it
    span more than ``lot_days_max`` days or hold more than ``lot_area_m2_max``.  A part larger than that is a lot by
    itself: what one entry moves is accepted or rejected whole.  Parts without a day come in lots of their own.
    """
    most_cm2 = m2_to_cm2(rules.lot_area_m2_max)
    lots: list[list[LandPart]] = []
    for part in sorted(parts, key=_order):
        lot = lots[-1] if lots and _key(lots[-1][0]) == _key(part) else None
        if lot is not None and part.work_date is not None and lot[0].work_date is not None:
            days = (part.work_date - lot[0].work_date).days + 1
            if days > rules.lot_days_max:
                lot = None
        if lot is not None and sum(p.area_cm2 for p in lot) + part.area_cm2 > most_cm2:
            lot = None
        if lot is None:
            lots.append([part])
        else:
            lot.append(part)
    return tuple(tuple(lot) for lot in lots)


def lot_id(parts: Sequence[LandPart]) -> str:
    """Return the id of the lot that parts make: the same parts, the same id."""
    return stable_id("inspection lot", *sorted(part.id for part in parts))


def live_parts(lots: Iterable[InspectionLot]) -> dict[str, str]:
    """Return part id -> id of the lot that counts; parts of rejected, withdrawn and revoked lots are free again."""
    over = (LotState.REJECTED, LotState.WITHDRAWN, LotState.REVOKED)
    return {part: lot.id for lot in lots if lot.state not in over for part in lot.part_ids}


def make_lot(
    parts: Sequence[LandPart], lots: Iterable[InspectionLot], *, number: int, plan_version: str, seed_sha256: str,
    formed_at: datetime,
) -> InspectionLot:
    """Return the lot of some parts.

    Parameters
    ----------
    parts : pending cleared parts of one area, at least one.
    lots : every lot of the project: no part may be in one that counts.
    number : running number, printed as ``L001``.
    seed_sha256 : SHA-256 of the seed from which its sample will be drawn.

    Raises
    ------
    RequestError : no part, parts of several areas, or a part that is not cleared ground (``SG-INSPECTION-002``).
    RefusedError : a part is in a lot that counts (``SG-INSPECTION-003``).
    """
    areas = {part.hazardous_area_id for part in parts}
    if len(areas) != 1 or any(part.release_method is not ReleaseMethod.CLEARED for part in parts):
        raise RequestError("SG-INSPECTION-002", "lot", f"would hold {len(parts)} parts of {len(areas)} areas, or "
                           "ground that was not cleared.", "Form lots of pending cleared parts of one area.")
    taken = live_parts(lots)
    for part in parts:
        if part.id in taken:
            raise RefusedError("SG-INSPECTION-003", part.id, f"is in lot {taken[part.id]} already.",
                               "Decide that lot first.", criterion="one part lies in at most one lot that counts",
                               clause="sampling plan, lots")
    ranked = sorted(parts, key=_order)
    days = [part.work_date for part in ranked if part.work_date is not None]
    return InspectionLot(
        id=lot_id(parts), local_id=f"L{number:03d}", hazardous_area_id=ranked[0].hazardous_area_id,
        part_ids=tuple(p.id for p in ranked), entry_ids=tuple(p.entry_id for p in ranked),
        geometry=polygonal(shapely.union_all([p.geometry for p in ranked])),
        area_cm2=sum(p.area_cm2 for p in ranked), team_ids=tuple(sorted({p.team_id for p in ranked if p.team_id})),
        assets=tuple(sorted({p.asset for p in ranked if p.asset})), first_date=min(days, default=None),
        last_date=max(days, default=None), plan_version=plan_version, seed_sha256=seed_sha256, formed_at=formed_at)
