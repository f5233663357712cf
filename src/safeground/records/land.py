"""Land as bookkeeping: entries that move area between accounts, and the sheet that sums them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shapely import Geometry

from safeground.foundation.finding import Finding
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A polygon as the land book sees it: a hazardous area, or an area that a record claims as released.

    Attributes
    ----------
    id : id of the hazardous area or activity record.
    geometry : valid Polygon or MultiPolygon, EPSG:4326.
    area_cm2 : booked geodesic area of the whole polygon, cm²; the account's opening.
    status : account the area belongs to when no other parcel covers it.
    sequence : order of booking, 1, 2, 3 …; of two parcels with one status the earlier one counts shared ground.
    branch : place among the parts of the area of this `sequence` that was split, and so on; () = never split.
    stated_area_m2 : what the sender claims, None = nothing; used for no total.
    since : day from which it counts in the book, None = the day of booking.
    pieces : of an area that holds nothing hazardous any more, the ground of each posted entry: outline, cm², status.
        A later hazardous area takes shared ground from the status that the ground really has.
    released_at : how many areas were in the book when it ceased to hold anything hazardous; 0 = it holds some.
    yielded : ground of its outline that such a released area counts, though it was booked as this one's overlap.
    """

    id: str
    geometry: Geometry
    area_cm2: int
    status: LandStatus
    sequence: int
    branch: tuple[int, ...] = ()
    name: str = ""
    contamination: str = ""
    admin_unit: str = ""
    stated_area_m2: float | None = None
    since: date | None = None
    pieces: tuple[tuple[Geometry, int, LandStatus], ...] = ()
    released_at: int = 0
    yielded: Geometry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Ground that two parcels share: counted in `counted_in`, booked as OVERLAP in `other`."""

    counted_in: str
    other: str
    counted_status: LandStatus
    other_status: LandStatus
    area_cm2: int
    geometry: Geometry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """What an independent path found about the book.

    Attributes
    ----------
    areas_checked, entries_checked : how much was looked at.
    book_cm2, measured_cm2 : ground counted by the book, and by a union measured anew, cm².
    findings : every difference over tolerance, with the parcel named.
    """

    areas_checked: int
    entries_checked: int
    book_cm2: int
    measured_cm2: int
    findings: tuple[Finding, ...] = ()
