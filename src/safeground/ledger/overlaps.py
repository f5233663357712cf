"""Ground that two parcels share: found once, counted once, shown always."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Geometry

from safeground.ground.overlay import overlapping_pairs
from safeground.ground.partition import Part, partition
from safeground.ground.shapes import polygonal
from safeground.ledger.accounts import beats, claim
from safeground.records.land import Overlap, Parcel
from safeground.records.vocabulary import LandStatus


def winners_of(parcels: Sequence[Parcel], among: Sequence[Parcel] | None = None) -> dict[int, list[Parcel]]:
    """Return, for the index of each parcel that loses ground, the parcels that count it, first claim first.

    Parameters
    ----------
    among : parcels that may win; None = `parcels` themselves.
    """
    shapes = np.empty(len(parcels), dtype=object)
    shapes[:] = [parcel.geometry for parcel in parcels]
    found: dict[int, list[Parcel]] = {}
    if among is None:
        for left, right in overlapping_pairs(shapes).tolist():
            first, second = parcels[left], parcels[right]
            loser, winner = (right, first) if beats(first, second) else (left, second)
            found.setdefault(loser, []).append(winner)
    else:
        others = np.empty(len(among), dtype=object)
        others[:] = [parcel.geometry for parcel in among]
        for left, right in overlapping_pairs(shapes, others).tolist():
            if beats(among[right], parcels[left]):
                found.setdefault(left, []).append(among[right])
    return {index: sorted(winners, key=claim) for index, winners in sorted(found.items())}


def counted_outline(winner: Parcel) -> Geometry:
    """Return the ground that a parcel may count: its outline without what a released area counts of it."""
    return winner.geometry if winner.yielded is None else polygonal(shapely.difference(winner.geometry, winner.yielded))


def standing_of(parcel: Parcel) -> LandStatus:
    """Return a parcel's status; of a released area that in which most of its ground is."""
    sums: Counter[LandStatus] = Counter()
    for _, area_cm2, status in parcel.pieces:
        sums[status] += area_cm2
    return max(sums, key=lambda status: sums[status]) if sums else parcel.status


def shared_parts(loser: Parcel, winners: Sequence[Parcel]) -> tuple[tuple[Overlap, ...], int]:
    """Return what a parcel shares with those that count it, and what is left to it, cm².

    Conserves: the overlaps' areas and the rest sum to the parcel's booked area; ground that several parcels claim goes
    to the first claim alone.
    """
    parts: tuple[Part, ...] = partition(loser.geometry, loser.area_cm2, [counted_outline(w) for w in winners])
    overlaps = tuple(
        Overlap(counted_in=winners[part.cutter_index].id, other=loser.id,
                counted_status=standing_of(winners[part.cutter_index]), other_status=standing_of(loser),
                area_cm2=part.area_cm2,
                geometry=part.geometry)
        for part in parts if part.cutter_index is not None and part.area_cm2 > 0)
    return overlaps, loser.area_cm2 - sum(overlap.area_cm2 for overlap in overlaps)


def overlaps_of(parcels: Sequence[Parcel]) -> tuple[Overlap, ...]:
    """Return every piece of ground that two parcels share, with the one that counts it, in booking order."""
    found: list[Overlap] = []
    for index, winners in winners_of(parcels).items():
        found.extend(shared_parts(parcels[index], winners)[0])
    return tuple(found)
