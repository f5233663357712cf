"""The book's entries as moves, posting by posting, for reports that sum them by period, place and method."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from safeground.foundation.invariant import invariant
from safeground.records.land import EntryKind, EntryState, LandEntry
from safeground.records.moves import LandFlow, LandMove, WaitingMove
from safeground.records.vocabulary import LandStatus

_FLOW = {
    EntryKind.OPENING: LandFlow.OPENING, EntryKind.LEGACY: LandFlow.LEGACY, EntryKind.OVERLAP: LandFlow.OVERLAP,
    EntryKind.SPLIT: LandFlow.REDRAWN, EntryKind.MERGE: LandFlow.REDRAWN, EntryKind.RESURVEY: LandFlow.RESURVEY,
    EntryKind.CONFIRMATION: LandFlow.CONFIRMATION, EntryKind.CANCELLATION: LandFlow.CANCELLED,
    EntryKind.REDUCTION: LandFlow.REDUCED, EntryKind.CLEARANCE: LandFlow.CLEARED, EntryKind.ASSERTION_GAP: LandFlow.GAP,
}


def land_moves(entries: Sequence[LandEntry]) -> tuple[LandMove, ...]:
    """Return every posting of every posted entry, in the order of the book.  Conserves: the amounts sum to 0.

    A reversal takes the flow of what it reverses, so that a clearance and its reversal cancel in the same figure; it
    counts for its own day, not for the day of what it reverses.
    """
    posted = {entry.id: entry for entry in entries if entry.state is EntryState.POSTED}
    moves: list[LandMove] = []
    for entry in posted.values():
        root = entry
        while root.reverses:
            root = posted[root.reverses]
        for posting in entry.postings:
            moves.append(LandMove(
                entry_id=entry.id, area_id=posting.account.hazardous_area_id, status=posting.account.status,
                amount_cm2=posting.amount_cm2, on=entry.effective_date, flow=_FLOW[root.kind],
                ground_id=root.decides or root.id, reversal=bool(entry.reverses)))
    invariant(sum(move.amount_cm2 for move in moves) == 0, "the moves do not sum to 0", code="SG-LAND-004")
    return tuple(moves)


def waiting_moves(entries: Iterable[LandEntry], on: date) -> tuple[WaitingMove, ...]:
    """Return what waits for inspection at the end of a day: reported by then, and not decided by then."""
    held = list(entries)
    decided = {entry.decides for entry in held if entry.decides and entry.effective_date <= on}
    return tuple(
        WaitingMove(entry_id=entry.id, area_id=posting.account.hazardous_area_id, target=posting.account.status,
                    amount_cm2=posting.amount_cm2, on=entry.effective_date)
        for entry in held
        if entry.state is EntryState.PENDING and entry.effective_date <= on and entry.id not in decided
        for posting in entry.postings if posting.amount_cm2 > 0 and posting.account.status is not LandStatus.OUTSIDE)
