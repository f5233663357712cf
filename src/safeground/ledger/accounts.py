"""Accounts: in which one an area is opened, and which of two areas counts the ground they share."""

from __future__ import annotations

from safeground.foundation.invariant import invariant
from safeground.records.land import Parcel
from safeground.records.nouns import Activity, HazardousArea
from safeground.records.vocabulary import RELEASED_STATUSES, AreaType, LandStatus, ReleaseMethod

_OF_RELEASE = {ReleaseMethod.CANCELLED: LandStatus.CANCELLED, ReleaseMethod.REDUCED: LandStatus.REDUCED,
               ReleaseMethod.CLEARED: LandStatus.CLEARED}
#: Statuses whose ground is counted, in the order of their claim on shared ground.
COUNTED = (LandStatus.CONFIRMED, LandStatus.SUSPECTED, LandStatus.CANCELLED, LandStatus.REDUCED, LandStatus.CLEARED)


def opening_status(record: HazardousArea | Activity) -> LandStatus:
    """Return the status in which a record's area enters the book (IMAS 07.11).

    An indication counts as suspected until survey says more; an activity enters as what it released.
    """
    if isinstance(record, HazardousArea):
        confirmed = record.area_type is AreaType.CONFIRMED_HAZARDOUS_AREA
        return LandStatus.CONFIRMED if confirmed else LandStatus.SUSPECTED
    invariant(record.release_method is not None, f"activity {record.id} releases nothing", subject=record.id)
    return _OF_RELEASE[record.release_method or ReleaseMethod.CLEARED]


def beats(winner: Parcel, loser: Parcel) -> bool:
    """Return whether one of two parcels that share ground counts it.

    By :func:`claim`; but an area that was released before the other, hazardous one was booked gives way to it: new
    suspicion on released ground counts as hazardous.
    """
    if _over_released(winner, loser):
        return True
    return not _over_released(loser, winner) and claim(winner) < claim(loser)


def _over_released(newer: Parcel, older: Parcel) -> bool:
    return bool(older.released_at) and newer.sequence > older.released_at and newer.status not in RELEASED_STATUSES


def claim(parcel: Parcel) -> tuple[int, int, tuple[int, ...]]:
    """Return a parcel's rank: of two that share ground the lower one counts it.

    Confirmed before suspected before released: a claim of release never takes ground out of a hazardous area.
    Among equals the one booked earlier; parts of one area take its place, in their order.
    """
    rank = 0 if parcel.status is LandStatus.CONFIRMED else 2 if parcel.status in RELEASED_STATUSES else 1
    return rank, parcel.sequence, parcel.branch
