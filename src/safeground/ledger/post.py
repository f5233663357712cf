"""Entries: open, report, decide, reverse, split, merge.  Nothing here is written; each entry goes to the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import shapely
from shapely import Geometry

from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.invariant import invariant
from safeground.foundation.seeds import stable_id
from safeground.ground.area import geodesic_area_m2
from safeground.ground.partition import partition
from safeground.ground.shapes import polygonal
from safeground.ledger.accounts import claim
from safeground.ledger.book import LandBook
from safeground.ledger.overlaps import counted_outline, shared_parts, winners_of
from safeground.records.land import Account, EntryKind, EntryState, LandEntry, Overlap, Parcel, Posting
from safeground.records.vocabulary import RELEASED_STATUSES, LandStatus

_KIND_OF = {LandStatus.CANCELLED: EntryKind.CANCELLATION, LandStatus.REDUCED: EntryKind.REDUCTION,
            LandStatus.CLEARED: EntryKind.CLEARANCE, LandStatus.CONFIRMED: EntryKind.CONFIRMATION}


def _postings(area_id: str, amounts: dict[LandStatus, int]) -> tuple[Posting, ...]:
    return tuple(Posting(Account(area_id, status), amount) for status, amount in amounts.items() if amount)


def _opening(parcel: Parcel, on: date, reason: str) -> LandEntry:
    legacy = parcel.status in RELEASED_STATUSES
    return LandEntry(
        id=stable_id("opening", parcel.id), kind=EntryKind.LEGACY if legacy else EntryKind.OPENING,
        state=EntryState.POSTED, effective_date=parcel.since or on, reason=reason, evidence_ids=(parcel.id,),
        postings=_postings(parcel.id, {LandStatus.OUTSIDE: -parcel.area_cm2, parcel.status: parcel.area_cm2}))


def _left(parcel: Parcel, amount: int, winners: Sequence[Parcel], on: date, reason: str) -> LandEntry:
    """Return the entry by which a parcel leaves shared ground to those that count it, from the day they do."""
    day = max(p.since or on for p in (parcel, *winners))
    return LandEntry(
        id=stable_id("overlap", parcel.id, *(w.id for w in winners)), kind=EntryKind.OVERLAP, state=EntryState.POSTED,
        effective_date=day, reason=reason, evidence_ids=tuple(w.id for w in winners),
        postings=_postings(parcel.id, {parcel.status: -amount, LandStatus.OVERLAP: amount}))


def open_parcels(
    new: Sequence[Parcel], existing: Sequence[Parcel], book: LandBook, *, on: date, reason: str
) -> tuple[list[LandEntry], list[Overlap]]:
    """Return the entries that open new parcels' accounts, ground shared with others counted once.

    Parameters
    ----------
    new : parcels without an account, areas > 0.
    existing : parcels of the book that may share ground with them.
    book : as it stands; it is not changed.

    Returns
    -------
    For each new parcel its opening, then one entry for each stronger claim that counts ground of it, from the later of
    both days on; then for each existing parcel that now shares ground with a stronger claim (suspected ground that is
    confirmed) an entry that moves it to its overlap account.  And every overlap of a new parcel.  Conserves: each
    parcel's accounts sum to its booked area.

    Raises
    ------
    RequestError : a parcel has an account, or no area (``SG-LEDGER-001``, ``-005``).
    RefusedError : ground that an existing area would give up was moved meanwhile (``SG-LEDGER-002``).
    """
    for parcel in new:
        if book.opening(parcel.id):
            raise RequestError("SG-LEDGER-001", parcel.id, "has an account already.", "Nothing needs to be done.")
        if parcel.area_cm2 <= 0:
            raise RequestError("SG-LEDGER-005", parcel.id, "has no area.", "Correct its outline.")
    everyone = [*existing, *new]
    lost = winners_of(new, everyone)
    entries: list[LandEntry] = []
    overlaps: list[Overlap] = []
    for index, parcel in enumerate(new):
        entries.append(_opening(parcel, on, reason))
        if index in lost:
            winners = {winner.id: winner for winner in lost[index]}
            shared, _ = shared_parts(parcel, lost[index])
            overlaps.extend(shared)
            entries.extend(_left(parcel, o.area_cm2, (winners[o.counted_in],), on, reason) for o in shared)
    given_up = list(winners_of(existing, new).items())
    touched = [existing[index] for index, _ in given_up]
    for at, claims in winners_of(touched, everyone).items():
        parcel, newcomers = touched[at], given_up[at][1]
        shared, rest = shared_parts(parcel, claims)
        overlaps.extend(overlap for overlap in shared if overlap.counted_in in {winner.id for winner in newcomers})
        if parcel.pieces:
            taken = _taken_from_pieces(parcel, claims, newcomers, book)
            entries.extend([_reclaimed(parcel, taken, newcomers, on, reason)] if taken else [])
            continue
        more = parcel.area_cm2 - rest - book.balance(Account(parcel.id, LandStatus.OVERLAP))
        if more:
            _require_left(parcel, more, newcomers, book)
            entries.append(_left(parcel, more, newcomers, on, reason))
    return entries, overlaps


def _taken_from_pieces(
    parcel: Parcel, claims: Sequence[Parcel], newcomers: Sequence[Parcel], book: LandBook
) -> dict[LandStatus, int]:
    """Return what newcomers take of released ground, cm² by the status that the ground has.

    Ground that an earlier claim counts already stays with it.  Never more than the account holds: an allotment may
    differ by a square centimetre from that of an earlier cut of the same piece.
    """
    new, found = {winner.id for winner in newcomers}, dict.fromkeys((status for _, _, status in parcel.pieces), 0)
    for outline, area_cm2, status in parcel.pieces:
        for part in partition(outline, area_cm2, [counted_outline(winner) for winner in claims]):
            if part.cutter_index is not None and claims[part.cutter_index].id in new:
                found[status] += part.area_cm2
    return {status: amount for status, area in found.items()
            if (amount := min(area, book.available(Account(parcel.id, status))))}


def _reclaimed(parcel: Parcel, taken: dict[LandStatus, int], winners: Sequence[Parcel], on: date, reason: str
               ) -> LandEntry:
    """Return the entry by which released ground passes to a hazardous area drawn over it; its history stays."""
    amounts = {status: -amount for status, amount in taken.items()} | {LandStatus.OVERLAP: sum(taken.values())}
    return LandEntry(
        id=stable_id("overlap", parcel.id, *(w.id for w in winners)), kind=EntryKind.OVERLAP, state=EntryState.POSTED,
        effective_date=max(p.since or on for p in winners), reason=reason, evidence_ids=tuple(w.id for w in winners),
        postings=_postings(parcel.id, amounts))


def _require_left(parcel: Parcel, more: int, newcomers: Sequence[Parcel], book: LandBook) -> None:
    """Refuse to take shared ground from a parcel that holds less: part of it was moved since it was opened."""
    if book.available(Account(parcel.id, parcel.status)) < more:
        raise RefusedError(
            "SG-LEDGER-002", parcel.id,
            f"would leave {more:,} cm² to {newcomers[0].id}, but holds less as {parcel.status}.",
            "Survey the area anew; part of it was moved since it was opened.",
            criterion="no account falls below zero", clause="land book, rule 2")


def pending_transfer(
    book: LandBook, area_id: str, source: LandStatus, target: LandStatus, area_cm2: int, *, entry_id: str, on: date,
    reason: str, evidence_ids: tuple[str, ...],
) -> LandEntry:
    """Return a report of work as a pending entry: it moves nothing until inspection decides it.

    Raises
    ------
    RequestError : no area, or no evidence for a move (``SG-LEDGER-004``).
    RefusedError : the account has less (``SG-LEDGER-002``).
    """
    if area_cm2 <= 0 or source is target or target not in _KIND_OF:
        raise RequestError("SG-LEDGER-004", area_id, f"{area_cm2} cm² from {source} to {target} is no move of land.",
                           "Give an area of more than 0 and a status that survey or clearance can reach.")
    if not evidence_ids:
        raise RequestError("SG-LEDGER-004", area_id, "no evidence is named.", "Name the records that the move rests "
                           "on.")
    entry = LandEntry(
        id=entry_id, kind=_KIND_OF[target], state=EntryState.PENDING, effective_date=on, reason=reason,
        evidence_ids=evidence_ids, postings=(Posting(Account(area_id, source), -area_cm2),
                                             Posting(Account(area_id, target), area_cm2)))
    if book.available(Account(area_id, source)) < area_cm2:
        raise RefusedError("SG-LEDGER-002", area_id, f"{source} has {book.available(Account(area_id, source)):,} cm² "
                                                     "free, "
                           f"{area_cm2:,} cm² are reported.", "Correct the report, or decide the pending ones first.",
                           criterion="no account falls below zero", clause="land book, rule 2")
    return entry


def pending_release(
    book: LandBook, area_id: str, target: LandStatus, area_cm2: int, *, entry_id: str, on: date, reason: str,
    evidence_ids: tuple[str, ...],
) -> LandEntry:
    """Return a report that open land becomes `target`, as a pending entry: confirmed land first, then suspected.

    Raises
    ------
    RequestError : no area, or no evidence for a move (``SG-LEDGER-004``).
    RefusedError : both accounts together have less (``SG-LEDGER-002``).
    """
    free = {status: max(book.available(Account(area_id, status)), 0)
            for status in (LandStatus.CONFIRMED, LandStatus.SUSPECTED)}
    source = next((status for status in free if free[status] >= area_cm2), None)
    if source is not None or sum(free.values()) < area_cm2 or area_cm2 <= 0:
        return pending_transfer(book, area_id, source or max(free, key=lambda status: free[status]), target, area_cm2,
                                entry_id=entry_id, on=on, reason=reason, evidence_ids=evidence_ids)
    first = free[LandStatus.CONFIRMED]
    entry = pending_transfer(book, area_id, LandStatus.CONFIRMED, target, first, entry_id=entry_id, on=on,
                             reason=reason, evidence_ids=evidence_ids)
    return replace(entry, postings=(
        Posting(Account(area_id, LandStatus.CONFIRMED), -first),
        Posting(Account(area_id, LandStatus.SUSPECTED), first - area_cm2), Posting(Account(area_id, target), area_cm2)))


def post_pending(
    book: LandBook, pending_id: str, *, on: date, reason: str, part: int | None = None
) -> LandEntry:
    """Return the entry by which accepted inspection posts a report; a `part` in cm² leaves the rest where it was.

    Raises
    ------
    RequestError : no such pending entry; a part that is not within the whole (``SG-LEDGER-001``, ``-004``).
    """
    pending = book.pending_entry(pending_id)
    whole = sum(p.amount_cm2 for p in pending.postings if p.amount_cm2 > 0)
    amount = whole if part is None else part
    if not 0 < amount <= whole or (amount != whole and len(pending.postings) != 2):
        raise RequestError("SG-LEDGER-004", pending_id, f"{amount:,} cm² is no part of {whole:,} cm².",
                           "Give an area of more than 0 and at most the reported one.")
    postings = tuple(Posting(p.account, amount if p.amount_cm2 > 0 else -amount) for p in pending.postings) if (
        amount != whole) else pending.postings
    return replace(pending, id=stable_id("decision", pending_id), state=EntryState.POSTED, postings=postings,
                   effective_date=on, reason=reason, decides=pending_id)


def void_pending(book: LandBook, pending_id: str, *, on: date, reason: str) -> LandEntry:
    """Return the entry by which inspection rejects a report; no land moves.

    Raises
    ------
    RequestError : no such pending entry (``SG-LEDGER-001``).
    """
    return replace(book.pending_entry(pending_id), id=stable_id("decision", pending_id), state=EntryState.VOID,
                   effective_date=on, reason=reason, decides=pending_id)


def reverse_entry(book: LandBook, entry_id: str, *, on: date, reason: str) -> LandEntry:
    """Return the entry that undoes a posted one; both stay in the book.

    Raises
    ------
    RequestError : no such posted entry (``SG-LEDGER-001``).
    """
    entry = book.posted_entry(entry_id)
    return LandEntry(
        id=stable_id("reversal", entry_id), kind=EntryKind.REVERSAL, state=EntryState.POSTED, effective_date=on,
        reason=reason, evidence_ids=entry.evidence_ids, reverses=entry_id,
        postings=tuple(Posting(p.account, -p.amount_cm2) for p in entry.postings))


def split_parcel(
    book: LandBook, parcel: Parcel, pieces: Sequence[tuple[str, Geometry]], *, winners: Sequence[Parcel] = (),
    on: date, reason: str,
) -> tuple[LandEntry, tuple[Parcel, ...]]:
    """Return the entry that divides a parcel among pieces that together cover it, and the pieces as parcels.

    Parameters
    ----------
    pieces : (id, outline); ground that two pieces claim goes to the earlier one.
    winners : the parcels that count ground of this one.

    Raises
    ------
    RequestError : the pieces leave ground out (``SG-LEDGER-005``).
    RefusedError : part of the area was moved since it was opened, so that nobody knows which piece it lies in.
    """
    held = book.held(parcel.id)
    if set(held) - {parcel.status, LandStatus.OVERLAP} or any(
            p.account.hazardous_area_id == parcel.id for entry in book.pending() for p in entry.postings):
        raise RefusedError("SG-LEDGER-005", parcel.id, "holds land in several statuses or waits for a decision.",
                           "Decide the pending entries, and draw the parts by survey.",
                           criterion="a split moves land of one status", clause="land book, rule 3")
    parts = partition(parcel.geometry, parcel.area_cm2, [outline for _, outline in pieces])
    if any(part.cutter_index is None for part in parts) or len(parts) != len(pieces):
        raise RequestError("SG-LEDGER-005", parcel.id, "the pieces do not cover the area, or one takes none of it.",
                           "Draw them so that they cover it.")
    invariant(sum(part.area_cm2 for part in parts) == parcel.area_cm2, "the pieces do not sum to their parent",
              code="SG-LAND-003", subject=parcel.id)
    overlap = held.get(LandStatus.OVERLAP, 0)
    shapes = [part.geometry for part in parts]
    claimed = polygonal(shapely.union_all([w.geometry for w in winners])) if winners else shapely.Polygon()
    shared = geodesic_area_m2([polygonal(shapely.intersection(shape, claimed)) for shape in shapes])
    shares = _within(overlap, shared.tolist(), [part.area_cm2 for part in parts])
    children: list[Parcel] = []
    amounts = list(_postings(parcel.id, {status: -amount for status, amount in held.items()}))
    for part, share, (child_id, _) in zip(parts, shares, pieces, strict=True):
        children.append(replace(parcel, id=child_id, geometry=part.geometry, area_cm2=part.area_cm2,
                                branch=(*parcel.branch, len(children))))
        amounts += _postings(child_id, {parcel.status: part.area_cm2 - share, LandStatus.OVERLAP: share})
        amounts += _postings(child_id, {LandStatus.OUTSIDE: -part.area_cm2})
    amounts += _postings(parcel.id, {LandStatus.OUTSIDE: parcel.area_cm2})
    entry = LandEntry(
        id=stable_id("split", parcel.id, *(child for child, _ in pieces)), kind=EntryKind.SPLIT,
        state=EntryState.POSTED, effective_date=on, reason=reason, evidence_ids=(parcel.id,), postings=tuple(amounts))
    return entry, tuple(children)


def _within(amount: int, weights: list[float], limits: list[int]) -> list[int]:
    """Share out an amount by weights, none above its limit.  Conserves: the shares sum to the amount."""
    total = sum(weights)
    shares = [0] * len(limits) if not total else [min(int(amount * w / total), limit)
                                                  for w, limit in zip(weights, limits, strict=True)]
    for index in sorted(range(len(limits)), key=lambda i: -weights[i]):
        shares[index] += min(amount - sum(shares), limits[index] - shares[index])
    return shares


def merge_parcels(
    book: LandBook, parcels: Sequence[Parcel], merged_id: str, *, others: Sequence[Parcel], on: date, reason: str
) -> tuple[LandEntry, Parcel]:
    """Return the entry that makes one parcel of several of one status, and that parcel.

    Ground that they shared among themselves was opened twice and counted once; its second opening is taken back.  The
    merged parcel has the first claim of its parts, so that ground which another parcel counted before a weaker part
    passes to it.

    Parameters
    ----------
    others : the other parcels of the book that may share ground with them.

    Raises
    ------
    RefusedError : their statuses differ, one waits for a decision, or part of one was moved (``SG-LEDGER-005``); ground
        that another parcel would give up is of another status or was moved (``SG-LEDGER-005``, ``-002``).
    """
    _require_one_status(book, parcels, merged_id)
    ranked = sorted(parcels, key=claim)
    inner = sum(overlap.area_cm2 for index, parcel in enumerate(ranked) if index
                for overlap in shared_parts(parcel, ranked[:index])[0])
    inner = min(inner, sum(book.balance(Account(parcel.id, LandStatus.OVERLAP)) for parcel in ranked))
    postings: list[Posting] = []
    total = {ranked[0].status: 0, LandStatus.OVERLAP: -inner, LandStatus.OUTSIDE: inner}
    for parcel in ranked:
        held = book.held(parcel.id)
        opened = book.opening(parcel.id)
        postings += _postings(parcel.id, {s: -a for s, a in held.items()} | {LandStatus.OUTSIDE: opened})
        total[LandStatus.OUTSIDE] -= opened
        for status, amount in held.items():
            total[status] += amount
    shape = polygonal(shapely.union_all([p.geometry for p in ranked]))
    merged = replace(ranked[0], id=merged_id, geometry=shape, area_cm2=-total[LandStatus.OUTSIDE])
    for other, amount in _given_up(book, ranked, merged, others):
        amount = min(amount, total[LandStatus.OVERLAP])
        postings += _postings(other.id, {other.status: -amount, LandStatus.OVERLAP: amount})
        total[LandStatus.OVERLAP] -= amount
        total[merged.status] += amount
    entry = LandEntry(
        id=stable_id("merge", merged_id, *(p.id for p in ranked)), kind=EntryKind.MERGE, state=EntryState.POSTED,
        effective_date=on, reason=reason, evidence_ids=tuple(p.id for p in ranked),
        postings=(*postings, *_postings(merged_id, total)))
    return entry, merged


def _require_one_status(book: LandBook, parcels: Sequence[Parcel], merged_id: str) -> None:
    waiting = {p.account.hazardous_area_id for entry in book.pending() for p in entry.postings}
    if len(parcels) < 2 or len({p.status for p in parcels}) > 1 or any(
            p.id in waiting or set(book.held(p.id)) - {p.status, LandStatus.OVERLAP} for p in parcels):
        raise RefusedError(
            "SG-LEDGER-005", merged_id, "the areas hold land in several statuses or wait for a decision.",
            "Decide the pending entries, and merge areas of one status.",
            criterion="a merge moves land of one status", clause="land book, rule 3")


def _given_up(
    book: LandBook, ranked: Sequence[Parcel], merged: Parcel, others: Sequence[Parcel]
) -> list[tuple[Parcel, int]]:
    """Return the parcels that count ground before a weaker part of a merge, and what each leaves to the whole, cm²."""
    found: list[tuple[Parcel, int]] = []
    for other in sorted(others, key=claim):
        weaker = [p for p in ranked[1:] if claim(other) < claim(p) and shapely.intersects(p.geometry, other.geometry)]
        if not weaker or claim(other) < claim(merged):
            continue
        stronger = sorted([merged, *(p for p in others if claim(p) < claim(other))], key=claim)
        shared, _ = shared_parts(other, stronger)
        more = sum(o.area_cm2 for o in shared) - book.balance(Account(other.id, LandStatus.OVERLAP))
        if more <= 0:
            continue
        if other.status is not merged.status:
            raise RefusedError(
                "SG-LEDGER-005", merged.id, f"would count ground that {other.id} counts as {other.status}.",
                "Merge areas of one status, the other one too.", criterion="a merge moves land of one status",
                clause="land book, rule 3")
        _require_left(other, more, [merged], book)
        found.append((other, more))
    return found
