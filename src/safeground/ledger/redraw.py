"""Areas that survey states anew: a stronger status, another outline, a part of their own; nothing is edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import shapely
from shapely import Geometry

from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.seeds import stable_id
from safeground.ground.area import plane_area_m2
from safeground.ground.partition import BOOKED_M2, BOOKED_SHARE, partition
from safeground.ground.shapes import polygonal
from safeground.ledger.accounts import claim
from safeground.ledger.book import LandBook
from safeground.ledger.overlaps import shared_parts
from safeground.records.land import Account, EntryKind, EntryState, LandEntry, Parcel, Posting
from safeground.records.vocabulary import LandStatus

#: Shared ground that changes by less is the same ground, m².
_SAME_M2 = 1e-4


def _postings(area_id: str, amounts: dict[LandStatus, int]) -> list[Posting]:
    return [Posting(Account(area_id, status), amount) for status, amount in amounts.items() if amount]


def _shared_cm2(parcel: Parcel, stronger: Sequence[Parcel]) -> int:
    near = sorted((p for p in stronger if shapely.intersects(p.geometry, parcel.geometry)), key=claim)
    return sum(overlap.area_cm2 for overlap in shared_parts(parcel, near)[0]) if near else 0


def _require_free(book: LandBook, area_id: str, status: LandStatus, amount: int) -> None:
    if amount < 0 and book.available(Account(area_id, status)) + amount < 0:
        raise RefusedError(
            "SG-LEDGER-002", area_id, f"{status} has {book.available(Account(area_id, status)):,} cm² free, "
            f"{-amount:,} cm² would leave it.", "Decide what waits for inspection first, or draw the outline around "
                                                "it.",
            criterion="no account falls below zero", clause="land book, rule 2")


def restate_parcel(
    book: LandBook, old: Parcel, new: Parcel, others: Sequence[Parcel], *, kind: EntryKind, entry_id: str, on: date,
    reason: str, evidence_ids: tuple[str, ...],
) -> LandEntry | None:
    """Return the entry by which an area takes another status or outline, None if nothing moves.

    What is new or gone comes from and goes to the outside; ground shared with other areas is counted by the strongest
    claim as it is now, so that a confirmed area takes over what a suspected neighbour counted.  Ground that waits for a
    decision stays where it is.

    Parameters
    ----------
    old, new : the area before and after, of one id.
    others : the other parcels of the book that may share ground with either.

    Raises
    ------
    RefusedError : an account would fall below zero: part of the ground was moved meanwhile (``SG-LEDGER-002``).
    """
    amounts = {LandStatus.OUTSIDE: old.area_cm2 - new.area_cm2,
               LandStatus.OVERLAP: _shared_cm2(new, [p for p in others if claim(p) < claim(new)])
               - book.balance(Account(old.id, LandStatus.OVERLAP))}
    if new.status is not old.status:
        amounts[old.status] = -max(book.available(Account(old.id, old.status)), 0)
    amounts[new.status] = amounts.get(new.status, 0) - sum(amounts.values())
    _require_free(book, new.id, new.status, amounts[new.status])
    postings = _postings(new.id, amounts)
    for other in sorted(others, key=claim):
        if not _changes(other, old, new):
            continue
        stronger = [p for p in (*(o for o in others if o.id != other.id), new) if claim(p) < claim(other)]
        more = _shared_cm2(other, stronger) - book.balance(Account(other.id, LandStatus.OVERLAP))
        _require_free(book, other.id, other.status, -more)
        postings += _postings(other.id, {other.status: -more, LandStatus.OVERLAP: more})
    if not postings:
        return None
    return LandEntry(id=entry_id, kind=kind, state=EntryState.POSTED, effective_date=on, reason=reason,
                     evidence_ids=evidence_ids, postings=tuple(postings))


def _changes(other: Parcel, old: Parcel, new: Parcel) -> bool:
    """Whether an area's restatement changes which ground another one counts, be it of the same size."""
    before, after = (polygonal(shapely.intersection(other.geometry, p.geometry)) if claim(p) < claim(other)
                     else shapely.Polygon() for p in (old, new))
    return bool(plane_area_m2([polygonal(shapely.symmetric_difference(before, after))])[0] > _SAME_M2)


def carve_parcel(
    book: LandBook, parcel: Parcel, piece_id: str, piece: Geometry, winners: Sequence[Parcel], *, on: date, reason: str
) -> tuple[LandEntry, Parcel, Parcel]:
    """Return the entry by which a piece of an area's open ground becomes an area of its own, the rest and the piece.

    Unlike a split of the whole it leaves what was cleared and what waits with the rest; the piece must hold none of it.

    Parameters
    ----------
    winners : the parcels that count ground of this one.

    Notes
    -----
    A piece that is all of the open ground takes what the account holds, to the square centimetre: what was counted
    before it was allotted by other cuts, and the difference is rounding.

    Raises
    ------
    RequestError : the piece takes nothing or all of the area (``SG-LEDGER-005``).
    RefusedError : the area has less open ground than the piece (``SG-LEDGER-002``).
    """
    parts = partition(parcel.geometry, parcel.area_cm2, [piece])
    if len(parts) != 2 or parts[0].cutter_index is None:
        raise RequestError("SG-LEDGER-005", parcel.id, "the piece takes none of the area, or all of it.",
                           "Draw a piece of the area.")
    child = replace(parcel, id=piece_id, geometry=parts[0].geometry, area_cm2=parts[0].area_cm2,
                    branch=(*parcel.branch, 1))
    lost = min(_shared_cm2(child, winners), book.balance(Account(parcel.id, LandStatus.OVERLAP)))
    open_cm2 = book.available(Account(parcel.id, parcel.status)) + lost
    if open_cm2 > 0 and abs(open_cm2 - child.area_cm2) <= (BOOKED_M2 + BOOKED_SHARE * parcel.area_cm2 / 1e4) * 1e4:
        child = replace(child, area_cm2=open_cm2)
    rest = replace(parcel, geometry=parts[1].geometry, area_cm2=parcel.area_cm2 - child.area_cm2)
    amounts = {parcel.status: child.area_cm2 - lost, LandStatus.OVERLAP: lost, LandStatus.OUTSIDE: -child.area_cm2}
    _require_free(book, parcel.id, parcel.status, -amounts[parcel.status])
    entry = LandEntry(
        id=stable_id("split", parcel.id, piece_id), kind=EntryKind.SPLIT, state=EntryState.POSTED, effective_date=on,
        reason=reason, evidence_ids=(parcel.id,), postings=(
            *_postings(parcel.id, {status: -amount for status, amount in amounts.items()}),
            *_postings(piece_id, amounts)))
    return entry, rest, child

