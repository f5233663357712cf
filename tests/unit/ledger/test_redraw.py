"""Areas stated anew: what they gain or lose is booked, what others counted passes to the stronger claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from safeground.foundation.errors import RefusedError, RequestError
from safeground.ground.area import geodesic_area_cm2
from safeground.ledger.audit import audit_book
from safeground.ledger.book import LandBook
from safeground.ledger.post import open_parcels, pending_release
from safeground.ledger.redraw import carve_parcel, restate_parcel
from safeground.records.land import Account, EntryKind, LandEntry, Parcel
from safeground.records.vocabulary import LandStatus
from support.returns import strip

DAY = date(2026, 3, 1)


def parcel(name: str, shape: shapely.Polygon, sequence: int, status: LandStatus = LandStatus.SUSPECTED) -> Parcel:
    return Parcel(id=name, geometry=shape, area_cm2=int(geodesic_area_cm2([shape])[0]), status=status,
                  sequence=sequence)


def opened(*parcels: Parcel) -> tuple[LandBook, list[LandEntry]]:
    book, entries = LandBook(), []
    for at, one in enumerate(parcels):
        for entry in open_parcels([one], parcels[:at], book, on=DAY, reason="test")[0]:
            book.add(entry)
            entries.append(entry)
    return book, entries


def restated(book: LandBook, old: Parcel, new: Parcel, others: list[Parcel]) -> LandEntry | None:
    return restate_parcel(book, old, new, others, kind=EntryKind.RESURVEY, entry_id="e", on=DAY, reason="survey",
                          evidence_ids=("x",))


SPANS = st.tuples(st.integers(0, 12), st.integers(2, 8)).map(lambda s: (s[0] / 10, (s[0] + s[1]) / 10))


@given(spans=st.lists(SPANS, min_size=2, max_size=4), to=SPANS, confirm=st.booleans())
@example(spans=[(0.6, 0.8), (0.0, 0.6), (0.5, 0.7)], to=(0.0, 0.6), confirm=False)  # shares as much, elsewhere
@settings(max_examples=40, deadline=None)
def test_a_restated_book_counts_every_square_metre_once(
        spans: list[tuple[float, float]], to: tuple[float, float], confirm: bool) -> None:
    parcels = [parcel(f"p{k}", strip(*span), k + 1) for k, span in enumerate(spans)]
    book, entries = opened(*parcels)
    new = parcel("p0", strip(*to), 1, LandStatus.CONFIRMED if confirm else LandStatus.SUSPECTED)
    entry = restated(book, parcels[0], new, parcels[1:])
    if entry is not None:
        book.add(entry)
        entries.append(entry)
    report = audit_book(entries, [new, *parcels[1:]])
    assert report.findings == ()
    assert book.total() == 0
    assert book.opening("p0") == new.area_cm2


def test_nothing_is_booked_where_nothing_changes() -> None:
    one = parcel("a", strip(0, 1), 1)
    book, _ = opened(one)
    assert restated(book, one, one, []) is None


def test_an_area_does_not_shrink_under_ground_that_waits() -> None:
    one = parcel("a", strip(0, 1), 1)
    book, _ = opened(one)
    book.add(pending_release(book, "a", LandStatus.CLEARED, one.area_cm2, entry_id="w", on=DAY, reason="r",
                             evidence_ids=("r",)))
    with pytest.raises(RefusedError) as refused:
        restated(book, one, parcel("a", strip(0, 0.5), 1), [])
    assert refused.value.code == "SG-LEDGER-002"


def test_a_carved_piece_takes_open_ground_alone_and_the_sum_stays() -> None:
    one = parcel("a", strip(0, 1), 1)
    book, _ = opened(one)
    book.add(pending_release(book, "a", LandStatus.CLEARED, one.area_cm2 // 2, entry_id="w", on=DAY, reason="r",
                             evidence_ids=("r",)))
    entry, rest, child = carve_parcel(book, one, "b", strip(0.8, 1.2), [], on=DAY, reason="cannot be finished")
    book.add(entry)
    assert rest.area_cm2 + child.area_cm2 == one.area_cm2
    assert (book.opening("a"), book.opening("b")) == (rest.area_cm2, child.area_cm2)
    with pytest.raises(RefusedError):
        carve_parcel(book, rest, "c", strip(0, 0.6), [], on=DAY, reason="too much")
    with pytest.raises(RequestError):
        carve_parcel(book, rest, "c", strip(2, 3), [], on=DAY, reason="elsewhere")


def test_a_release_takes_confirmed_land_first_and_then_suspected() -> None:
    one = parcel("a", strip(0, 1), 1)
    book, _ = opened(one)
    half = one.area_cm2 // 2
    book.add(pending_release(book, "a", LandStatus.CLEARED, half, entry_id="w", on=DAY, reason="r",
                             evidence_ids=("r",)))
    entry = restated(book, one, replace(one, status=LandStatus.CONFIRMED), [])
    assert entry is not None
    book.add(entry)
    assert book.held("a") == {LandStatus.SUSPECTED: half, LandStatus.CONFIRMED: one.area_cm2 - half}
    rest = one.area_cm2 - half
    book.add(pending_release(book, "a", LandStatus.CLEARED, rest, entry_id="v", on=DAY, reason="r",
                             evidence_ids=("r",)))
    assert book.available(Account("a", LandStatus.CONFIRMED)) == 0
    with pytest.raises(RefusedError):
        pending_release(book, "a", LandStatus.CLEARED, 1, entry_id="u", on=DAY, reason="r", evidence_ids=("r",))
