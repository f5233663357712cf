"""A land book under random use: every rule of the book is asked after every step, and truth is kept apart."""

from __future__ import annotations

from datetime import date, timedelta

import shapely
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from safeground.foundation.errors import SafegroundError
from safeground.ground.area import geodesic_area_cm2
from safeground.ledger.accounts import claim
from safeground.ledger.audit import audit_book
from safeground.ledger.balance import balance_sheet
from safeground.ledger.book import LandBook
from safeground.ledger.post import (
    merge_parcels,
    open_parcels,
    pending_transfer,
    post_pending,
    reverse_entry,
    split_parcel,
    void_pending,
)
from safeground.records.land import Account, EntryKind, EntryState, LandEntry, Parcel
from safeground.records.vocabulary import RELEASED_STATUSES, LandStatus

DAY = date(2026, 3, 1)
OPENED = (LandStatus.SUSPECTED, LandStatus.CONFIRMED, LandStatus.CLEARED)


class LandMachine(RuleBasedStateMachine):
    """Opens, reports, posts, voids, reverses, splits and merges areas in a small world of overlapping rectangles."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[LandEntry] = []
        self.book = LandBook()
        self.parcels: dict[str, Parcel] = {}
        self.retired: dict[str, Parcel] = {}
        self.number = 0
        #: The machine's own books: ground in all by area, kept by plain addition, never by the ledger's code.
        self.opened: dict[str, int] = {}
        self.steps = 0

    def _write(self, entry: LandEntry) -> None:
        self.book.add(entry)
        self.entries.append(entry)

    def _day(self) -> date:
        return DAY + timedelta(days=len(self.entries) % 300)

    @initialize(count=st.integers(1, 3), data=st.data())
    def start(self, count: int, data: st.DataObject) -> None:
        for _ in range(count):
            self.open_area(data.draw(st.integers(0, 20)), data.draw(st.integers(0, 20)), data.draw(st.integers(2, 12)),
                           data.draw(st.integers(2, 12)), data.draw(st.sampled_from(OPENED)))

    @rule(x=st.integers(0, 20), y=st.integers(0, 20), wide=st.integers(2, 12), high=st.integers(2, 12),
          status=st.sampled_from(OPENED))
    def open_area(self, x: int, y: int, wide: int, high: int, status: LandStatus) -> None:
        self.steps += 1
        if len(self.parcels) > 12:
            return
        self.number += 1
        unit = 1.37e-4
        shape = shapely.box(-30 + x * unit, 51 + y * unit, -30 + (x + wide) * unit, 51 + (y + high) * unit)
        parcel = Parcel(id=f"area-{self.number}", geometry=shape, area_cm2=int(geodesic_area_cm2([shape])[0]),
                        status=status, sequence=self.number)
        try:
            entries, overlaps = open_parcels([parcel], list(self.parcels.values()), self.book, on=self._day(),
                                             reason="taken in")
        except SafegroundError as refused:
            assert refused.code == "SG-LEDGER-002"
            return
        for entry in entries:
            self._write(entry)
        self.parcels[parcel.id] = parcel
        self.opened[parcel.id] = parcel.area_cm2
        assert all(o.area_cm2 > 0 and parcel.id in (o.counted_in, o.other) for o in overlaps)

    @precondition(lambda self: self.parcels)
    @rule(data=st.data(), share=st.floats(0.01, 1.2), reached=st.sampled_from(
        (LandStatus.CANCELLED, LandStatus.REDUCED, LandStatus.CLEARED, LandStatus.CONFIRMED)))
    def report(self, data: st.DataObject, share: float, reached: LandStatus) -> None:
        self.steps += 1
        area_id = data.draw(st.sampled_from(sorted(self.parcels)))
        source = self.parcels[area_id].status
        held = self.book.balance(Account(area_id, source))
        self.number += 1
        try:
            self._write(pending_transfer(
                self.book, area_id, source, reached, int(held * share), entry_id=f"report-{self.number}",
                on=self._day(), reason="cleared", evidence_ids=("return-1",)))
        except SafegroundError as refused:
            assert refused.code in ("SG-LEDGER-002", "SG-LEDGER-004")

    @precondition(lambda self: self.book.pending())
    @rule(data=st.data(), part=st.one_of(st.none(), st.floats(0.0, 1.0)))
    def decide(self, data: st.DataObject, part: float | None) -> None:
        self.steps += 1
        pending = data.draw(st.sampled_from(self.book.pending()))
        whole = max(p.amount_cm2 for p in pending.postings)
        if data.draw(st.booleans()):
            self._write(void_pending(self.book, pending.id, on=self._day(), reason="rejected"))
            return
        amount = None if part is None else int(whole * part)
        try:
            self._write(post_pending(self.book, pending.id, on=self._day(), reason="accepted", part=amount))
        except SafegroundError as refused:
            assert refused.code == "SG-LEDGER-004"
            assert amount == 0

    @precondition(lambda self: any(e.kind not in (EntryKind.REVERSAL,) for e in self.entries))
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        self.steps += 1
        movable = [e for e in self.entries if e.state is EntryState.POSTED and e.kind in (
            EntryKind.CLEARANCE, EntryKind.REDUCTION, EntryKind.CANCELLATION, EntryKind.CONFIRMATION)]
        if not movable:
            return
        entry = data.draw(st.sampled_from(movable))
        try:
            self._write(reverse_entry(self.book, entry.id, on=self._day(), reason="typing error"))
        except SafegroundError as refused:
            assert refused.code in ("SG-LEDGER-001", "SG-LEDGER-002", "SG-LEDGER-003")

    def _winners(self, parcel: Parcel) -> list[Parcel]:
        return [p for p in self.parcels.values() if claim(p) < claim(parcel)]

    @precondition(lambda self: self.parcels)
    @rule(data=st.data(), at=st.floats(0.1, 0.9))
    def split(self, data: st.DataObject, at: float) -> None:
        self.steps += 1
        parcel = self.parcels[data.draw(st.sampled_from(sorted(self.parcels)))]
        west, south, east, north = parcel.geometry.bounds
        middle = west + at * (east - west)
        self.number += 1
        pieces = [(f"{parcel.id}.{self.number}a", shapely.box(west, south, middle, north)),
                  (f"{parcel.id}.{self.number}b", shapely.box(middle, south, east, north))]
        try:
            entry, children = split_parcel(self.book, parcel, pieces, winners=self._winners(parcel), on=self._day(),
                                           reason="survey")
            self._write(entry)
        except SafegroundError as refused:
            assert refused.code in ("SG-LEDGER-005", "SG-LAND-001")
            return
        assert sum(child.area_cm2 for child in children) == parcel.area_cm2
        self.retired[parcel.id] = self.parcels.pop(parcel.id)
        self.opened[parcel.id] = 0
        for child in children:
            self.parcels[child.id] = child
            self.opened[child.id] = child.area_cm2

    @precondition(lambda self: len(self.parcels) > 1)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        self.steps += 1
        names = sorted(self.parcels)
        first = self.parcels[data.draw(st.sampled_from(names))]
        second = self.parcels[data.draw(st.sampled_from(names))]
        if first.id == second.id:
            return
        self.number += 1
        try:
            entry, merged = merge_parcels(self.book, [first, second], f"merged-{self.number}", on=self._day(),
                                          others=[p for p in self.parcels.values() if p not in (first, second)],
                                          reason="one area")
            self._write(entry)
        except SafegroundError as refused:
            assert refused.code in ("SG-LEDGER-002", "SG-LEDGER-005")
            return
        for parcel in (first, second):
            self.retired[parcel.id] = self.parcels.pop(parcel.id)
            self.opened[parcel.id] = 0
        self.parcels[merged.id] = merged
        self.opened[merged.id] = merged.area_cm2

    @invariant()
    def every_square_centimetre_is_accounted_for(self) -> None:
        assert self.book.total() == 0
        for area_id, opened in self.opened.items():
            assert sum(self.book.held(area_id).values()) == opened, area_id
            assert self.book.opening(area_id) == opened, area_id

    @invariant()
    def no_account_is_below_zero_and_pending_work_moves_nothing(self) -> None:
        for area_id in self.opened:
            for status, amount in self.book.held(area_id).items():
                assert amount >= 0, (area_id, status)
        waiting = {e.id for e in self.book.pending()}
        decided = {e.decides for e in self.entries if e.decides}
        assert waiting == {e.id for e in self.entries if e.state is EntryState.PENDING} - decided

    @invariant()
    def the_sheet_balances_and_an_audit_by_another_path_finds_no_fault(self) -> None:
        if self.steps % 5:
            return
        parcels = sorted(self.parcels.values(), key=claim)
        sheet = balance_sheet(self.entries, parcels)
        assert sheet.balanced
        assert sheet.opening_cm2 == sum(self.opened.values())
        assert audit_book(self.entries, parcels).findings == ()

    @invariant()
    def hazard_is_never_lowered_by_a_claim_alone(self) -> None:
        for entry in self.entries:
            if entry.kind is EntryKind.LEGACY:
                assert {p.account.status for p in entry.postings} <= {LandStatus.OUTSIDE, *RELEASED_STATUSES}
