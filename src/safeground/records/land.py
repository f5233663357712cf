"""Land as bookkeeping: entries that move area between accounts, and the sheet that sums them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from safeground.foundation.invariant import invariant
from safeground.records.vocabulary import LandStatus


class EntryState(StrEnum):
    """``PENDING`` until inspection posts it; ``VOID`` when inspection rejects it."""

    PENDING = "pending"
    POSTED = "posted"
    VOID = "void"


class EntryKind(StrEnum):
    """Why land moved."""

    OPENING = "opening"
    OVERLAP = "overlap"
    SPLIT = "split"
    MERGE = "merge"
    RESURVEY = "resurvey"
    CONFIRMATION = "confirmation"
    CANCELLATION = "cancellation"
    REDUCTION = "reduction"
    CLEARANCE = "clearance"
    LEGACY = "legacy"
    REVERSAL = "reversal"
    ASSERTION_GAP = "assertion_gap"


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the land book: what of one hazardous area is in one status."""

    hazardous_area_id: str
    status: LandStatus


@dataclass(frozen=True, slots=True)
class Posting:
    """A signed amount on one account, cm²: positive = area arrives."""

    account: Account
    amount_cm2: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LandEntry:
    """A movement of area between accounts whose postings sum to zero.

    Attributes
    ----------
    id : UUID as text.
    kind : why land moved.
    state : pending entries change no balance; a later decision names them in `decides`.
    postings : at least two, none zero, summing to zero.  Conserves: total area.
    effective_date : the day for which it counts in a period's balance sheet.
    reason : in words, for the balance sheet's reader.
    evidence_ids : ids of the records it rests on.
    reverses : id of the posted entry that this one reverses ("" = none).
    decides : id of the pending entry that this one posts or voids ("" = none).
    """

    id: str
    kind: EntryKind
    state: EntryState
    postings: tuple[Posting, ...]
    effective_date: date
    reason: str = ""
    evidence_ids: tuple[str, ...] = ()
    reverses: str = ""
    decides: str = ""

    def __post_init__(self) -> None:
        total = sum(posting.amount_cm2 for posting in self.postings)
        invariant(total == 0, f"postings of entry {self.id} sum to {total} cm², not 0", code="SG-LAND-004",
                  subject=self.id)
        invariant(all(p.amount_cm2 != 0 for p in self.postings), "a posting of 0 cm² moves nothing",
                  code="SG-LAND-004", subject=self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceAssertion:
    """A figure published elsewhere, pinned to the book; a gap is shown, never absorbed.

    `area_cm2` is the published figure for the sum of `status` over `hazardous_area_ids` (empty = the whole book)
    at the end of `as_of`.
    """

    id: str
    publisher: str
    as_of: date
    status: LandStatus
    area_cm2: int
    hazardous_area_ids: tuple[str, ...] = ()
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """One hazardous area's line: opening plus what moved equals what is there now, to the cm²."""

    hazardous_area_id: str
    name: str
    contamination: str
    admin_unit: str
    opening_cm2: int
    by_status_cm2: tuple[tuple[LandStatus, int], ...]
    pending_cm2: int
    entry_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceSheet:
    """All areas' lines and their totals; `balanced` says that every line and the whole conserve area exactly."""

    rows: tuple[BalanceRow, ...]
    totals_cm2: tuple[tuple[LandStatus, int], ...]
    opening_cm2: int
    pending_cm2: int
    balanced: bool
    period_start: date | None = None
    period_end: date | None = None
