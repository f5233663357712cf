"""Ground that was released and is claimed anew: who counts it, from which account, and that nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from safeground.ground.area import geodesic_area_cm2
from safeground.ground.partition import partition
from safeground.ledger.accounts import beats
from safeground.ledger.audit import audit_book
from safeground.ledger.book import LandBook
from safeground.ledger.overlaps import overlaps_of
from safeground.ledger.post import open_parcels, pending_transfer, post_pending, reverse_entry
from safeground.ledger.standing import entry_standings
from safeground.operations.land import as_they_stand
from safeground.records.fieldwork import LandPart
from safeground.records.land import LandEntry, Parcel
from safeground.records.vocabulary import LandStatus, ReleaseMethod

DAY = date(2026, 1, 1)
S = 0.001


def parcel(name: str, x: float, sequence: int, wide: float = S, status: LandStatus = LandStatus.CONFIRMED) -> Parcel:
    shape = shapely.box(-30 + x, 51, -30 + x + wide, 51 + S)
    return Parcel(id=name, geometry=shape, area_cm2=int(geodesic_area_cm2([shape])[0]), status=status,
                  sequence=sequence)


class Book:
    """Parcels, entries and parts, as a project would hold them."""

    def __init__(self) -> None:
        self.parcels: list[Parcel] = []
        self.entries: list[LandEntry] = []
        self.parts: list[LandPart] = []

    @property
    def book(self) -> LandBook:
        return LandBook.from_entries(self.entries)

    def standing(self) -> list[Parcel]:
        return as_they_stand(self.parcels, self.entries, self.parts)

    def open(self, new: Parcel) -> None:
        self.entries += open_parcels([new], self.standing(), self.book, on=DAY, reason="r")[0]
        self.parcels.append(new)

    def release(self, name: str, methods: str = "c") -> None:
        """Release what an area holds as confirmed, in strips of methods."""
        own = next(p for p in self.parcels if p.id == name)
        lost = shapely.union_all([o.geometry for o in overlaps_of(self.standing()) if o.other == name])
        ground = shapely.difference(own.geometry, lost)
        held = self.book.held(name)[LandStatus.CONFIRMED]
        west, south, east, north = ground.bounds
        step = (east - west) / len(methods)
        cuts = [shapely.box(west + k * step, south - 1, west + (k + 1) * step, north + 1) for k in range(len(methods))]
        for k, piece in enumerate(partition(ground, held, cuts)):
            method = ReleaseMethod.CLEARED if methods[piece.cutter_index or 0] == "c" else ReleaseMethod.REDUCED
            entry = pending_transfer(self.book, name, LandStatus.CONFIRMED, LandStatus(method.value), piece.area_cm2,
                                     entry_id=f"{name}-{k}", on=DAY, reason="r", evidence_ids=("e",))
            self.entries.append(entry)
            self.entries.append(post_pending(self.book, entry.id, on=DAY, reason="r"))
            self.parts.append(LandPart(id=f"part {name}-{k}", entry_id=entry.id, hazardous_area_id=name,
                                       geometry=piece.geometry, area_cm2=piece.area_cm2, release_method=method))

    def check(self) -> None:
        assert self.book.total() == 0
        assert audit_book(self.entries, self.parcels).findings == ()


def test_a_new_area_over_released_ground_counts_it_and_names_it_as_contested() -> None:
    book = Book()
    book.open(parcel("old", 0, 1))
    book.release("old")
    book.open(parcel("new", S / 2, 2))
    held = book.book.held("old")
    assert abs(held[LandStatus.OVERLAP] - held[LandStatus.CLEARED]) <= 2
    assert LandStatus.OVERLAP not in book.book.held("new")
    (overlap,) = overlaps_of(book.standing())
    assert (overlap.counted_in, overlap.other_status) == ("new", LandStatus.CLEARED)
    book.check()


def test_before_release_and_after_a_reversal_the_older_area_counts_as_ever() -> None:
    for reversed_again in (False, True):
        book = Book()
        book.open(parcel("old", 0, 1))
        if reversed_again:
            book.release("old")
            book.entries.append(reverse_entry(book.book, book.entries[-1].id, on=DAY, reason="r"))
        book.open(parcel("new", S / 2, 2))
        assert LandStatus.OVERLAP in book.book.held("new")
        assert LandStatus.OVERLAP not in book.book.held("old")
        book.check()


def test_ground_lost_before_the_release_stays_lost_and_a_third_area_counts_it() -> None:
    book = Book()
    book.open(parcel("old", 0, 1))
    book.open(parcel("middle", S / 2, 2))
    book.release("old", "cr")
    before = book.book.held("middle")
    book.open(parcel("new", S / 4, 3))
    assert book.book.held("middle") == before
    held = book.book.held("old")
    assert held[LandStatus.OVERLAP] == book.parcels[0].area_cm2 - held[LandStatus.CLEARED] - held.get(
        LandStatus.REDUCED, 0)
    book.check()


def test_each_status_gives_up_the_ground_that_it_really_has() -> None:
    book = Book()
    book.open(parcel("old", 0, 1))
    book.release("old", "cr")
    book.open(parcel("new", S * 0.75, 2, wide=S))
    held, parts = book.book.held("old"), {p.release_method: p.area_cm2 for p in book.parts}
    assert held[LandStatus.CLEARED] == parts[ReleaseMethod.CLEARED]
    assert abs(held[LandStatus.REDUCED] - parts[ReleaseMethod.REDUCED] / 2) <= 2
    book.check()


def test_a_record_that_says_released_changes_no_claim_without_the_book() -> None:
    old, new = parcel("old", 0, 1), parcel("new", S / 2, 2)
    assert beats(old, new)
    assert as_they_stand([old, new], [], []) == [old, new]
    gone = replace(old, released_at=1)
    assert beats(new, gone)
    assert not beats(gone, new)
    assert beats(gone, replace(new, status=LandStatus.CLEARED))
    assert beats(replace(old, released_at=2), new)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 2 * S), st.floats(S / 4, 2 * S), st.booleans()), min_size=2, max_size=6))
def test_whatever_is_opened_and_released_in_any_order_balances(steps: list[tuple[float, float, bool]]) -> None:
    book = Book()
    for k, (x, wide, released) in enumerate(steps, 1):
        book.open(parcel(f"area {k}", x, k, wide))
        if released and book.book.held(f"area {k}").get(LandStatus.CONFIRMED, 0) > 10_000:
            book.release(f"area {k}", "cr")
        book.check()


def test_standings_follow_decisions_and_reversals() -> None:
    book = Book()
    book.open(parcel("old", 0, 1))
    book.release("old")
    pending, posted = book.entries[-2:]
    assert entry_standings(book.entries)[pending.id] == ("posted", posted.id)
    assert entry_standings(book.entries[:-1])[pending.id] == ("pending", "")
    back = reverse_entry(book.book, posted.id, on=DAY, reason="r")
    assert entry_standings([*book.entries, back])[pending.id] == ("reversed", back.id)
