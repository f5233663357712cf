"""The land book: openings, shared ground, reports, reversals, sheets and gaps, with figures done by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import shapely

from safeground.foundation.errors import RefusedError, RequestError
from safeground.ground.area import geodesic_area_cm2
from safeground.ledger.audit import audit_book
from safeground.ledger.balance import (
    assertion_gap_cm2,
    balance_sheet,
    book_gap,
    check_assertions,
    group_balance,
)
from safeground.ledger.book import LandBook
from safeground.ledger.overlaps import overlaps_of
from safeground.ledger.post import (
    merge_parcels,
    open_parcels,
    pending_transfer,
    post_pending,
    reverse_entry,
    split_parcel,
    void_pending,
)
from safeground.records.land import Account, BalanceAssertion, EntryKind, LandEntry, Parcel
from safeground.records.vocabulary import LandStatus

DAY = date(2026, 3, 1)
SUSPECTED, CONFIRMED, CLEARED, OVERLAP = (LandStatus.SUSPECTED, LandStatus.CONFIRMED, LandStatus.CLEARED,
                                          LandStatus.OVERLAP)


def parcel(name: str, west: float, east: float, status: LandStatus, sequence: int, **values: object) -> Parcel:
    shape = shapely.box(-30 + west * 1e-3, 51, -30 + east * 1e-3, 51.001)
    given: dict[str, object] = {"id": name, "geometry": shape, "area_cm2": int(geodesic_area_cm2([shape])[0]),
                                "status": status, "sequence": sequence, "name": name}
    return Parcel(**(given | values))  # type: ignore[arg-type]


def opened(*parcels: Parcel) -> tuple[LandBook, list[LandEntry]]:
    entries, _ = open_parcels(parcels, [], LandBook(), on=DAY, reason="taken in")
    return LandBook.from_entries(entries), entries


def held(book: LandBook, name: str) -> dict[LandStatus, int]:
    return book.held(name)


def report(book: LandBook, amount: int, entry_id: str = "r") -> LandEntry:
    return pending_transfer(book, "A", CONFIRMED, CLEARED, amount, entry_id=entry_id, on=DAY, reason="",
                            evidence_ids=("e",))


def test_an_area_opens_with_what_it_measures() -> None:
    area = parcel("A", 0, 1, SUSPECTED, 1)
    book, entries = opened(area)
    assert held(book, "A") == {SUSPECTED: area.area_cm2}
    assert (book.total(), entries[0].kind) == (0, EntryKind.OPENING)


def test_confirmed_ground_inside_a_suspected_area_is_counted_as_confirmed_once() -> None:
    suspected, confirmed = parcel("S", 0, 4, SUSPECTED, 1), parcel("C", 1, 2, CONFIRMED, 2)
    book, _ = opened(suspected, confirmed)
    assert held(book, "C") == {CONFIRMED: confirmed.area_cm2}
    assert held(book, "S")[OVERLAP] == pytest.approx(confirmed.area_cm2, abs=100)
    assert sum(held(book, "S").values()) == suspected.area_cm2


def test_a_claim_of_clearance_takes_nothing_from_a_suspected_area() -> None:
    suspected, cleared = parcel("S", 0, 4, SUSPECTED, 2), parcel("K", 1, 3, CLEARED, 1)
    book, _ = opened(cleared, suspected)
    assert held(book, "S") == {SUSPECTED: suspected.area_cm2}
    assert held(book, "K")[OVERLAP] == cleared.area_cm2


def test_of_two_equal_claims_the_earlier_one_counts_the_ground() -> None:
    first, second = parcel("A", 0, 2, SUSPECTED, 1), parcel("B", 1, 3, SUSPECTED, 2)
    book, _ = opened(first, second)
    assert held(book, "A") == {SUSPECTED: first.area_cm2}
    assert 0 < held(book, "B")[OVERLAP] < second.area_cm2


def test_ground_confirmed_later_leaves_the_suspected_area_from_that_day_on() -> None:
    suspected = parcel("S", 0, 4, SUSPECTED, 1, since=date(2025, 1, 1))
    confirmed = parcel("C", 1, 2, CONFIRMED, 2, since=date(2025, 6, 1))
    book, entries = opened(suspected)
    more, overlaps = open_parcels([confirmed], [suspected], book, on=DAY, reason="survey")
    entries += more
    assert [(o.counted_in, o.other) for o in overlaps] == [("C", "S")]
    before = balance_sheet(entries, [suspected, confirmed], period=(date(2025, 1, 1), date(2025, 3, 1)))
    after = balance_sheet(entries, [suspected, confirmed])
    assert dict(before.totals_cm2)[SUSPECTED] == suspected.area_cm2
    assert dict(before.totals_cm2)[OVERLAP] == 0
    assert dict(after.totals_cm2)[CONFIRMED] == confirmed.area_cm2
    assert after.balanced
    assert before.balanced


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_booking_changes_no_total(order: tuple[int, ...]) -> None:
    areas = [parcel("S", 0, 4, SUSPECTED, 1), parcel("C", 1, 3, CONFIRMED, 2), parcel("K", 2, 5, CLEARED, 3)]
    book, entries = LandBook(), []
    for index in order:
        before = [areas[i] for i in order[: order.index(index)]]
        made, _ = open_parcels([areas[index]], before, book, on=DAY, reason="x")
        for entry in made:
            book.add(entry)
        entries += made
    together, _ = opened(*areas)
    for area in areas:
        for status in (SUSPECTED, CONFIRMED, CLEARED, OVERLAP):
            assert book.balance(Account(area.id, status)) == pytest.approx(
                together.balance(Account(area.id, status)), abs=2)
    assert audit_book(entries, areas).findings == ()


def test_a_report_moves_nothing_until_inspection_decides() -> None:
    area = parcel("A", 0, 1, CONFIRMED, 1)
    book, _ = opened(area)
    book.add(report(book, 5000, "r"))
    assert held(book, "A") == {CONFIRMED: area.area_cm2}
    assert book.available(Account("A", CONFIRMED)) == area.area_cm2 - 5000
    book.add(post_pending(book, "r", on=DAY, reason="accepted", part=3000))
    assert held(book, "A") == {CONFIRMED: area.area_cm2 - 3000, CLEARED: 3000}
    assert book.pending() == ()
    with pytest.raises(RequestError, match="SG-LEDGER-001"):
        void_pending(book, "r", on=DAY, reason="late")


def test_a_rejected_report_leaves_the_land_where_it_was() -> None:
    area = parcel("A", 0, 1, CONFIRMED, 1)
    book, _ = opened(area)
    book.add(report(book, 5000, "r"))
    book.add(void_pending(book, "r", on=DAY, reason="missed items"))
    assert held(book, "A") == {CONFIRMED: area.area_cm2}
    assert book.available(Account("A", CONFIRMED)) == area.area_cm2


def test_more_than_there_is_cannot_be_reported_and_not_twice() -> None:
    area = parcel("A", 0, 1, CONFIRMED, 1)
    book, _ = opened(area)
    with pytest.raises(RefusedError, match="SG-LEDGER-002"):
        report(book, area.area_cm2 + 1, "r")
    book.add(report(book, area.area_cm2, "r"))
    with pytest.raises(RefusedError, match="SG-LEDGER-002"):
        report(book, 1, "s")
    with pytest.raises(RequestError, match="SG-LEDGER-004"):
        pending_transfer(book, "A", CONFIRMED, CLEARED, 1, entry_id="s", on=DAY, reason="", evidence_ids=())
    for part in (0, -5, area.area_cm2 + 1):
        with pytest.raises(RequestError, match="SG-LEDGER-004"):
            post_pending(book, "r", on=DAY, reason="", part=part)


def test_an_error_is_reversed_once_by_an_entry_that_names_it() -> None:
    area = parcel("A", 0, 1, CONFIRMED, 1)
    book, _ = opened(area)
    book.add(report(book, 5000, "r"))
    posted = post_pending(book, "r", on=DAY, reason="accepted")
    book.add(posted)
    back = reverse_entry(book, posted.id, on=DAY, reason="wrong area")
    book.add(back)
    assert held(book, "A") == {CONFIRMED: area.area_cm2}
    with pytest.raises(RequestError, match="SG-LEDGER-003"):
        book.add(replace(back, id="again"))
    with pytest.raises(RequestError, match="SG-LEDGER-001"):
        book.add(posted)


def test_a_split_shares_out_the_parent_to_the_square_centimetre() -> None:
    area = parcel("A", 0, 3, SUSPECTED, 1)
    book, _ = opened(area)
    entry, (left, right) = split_parcel(book, area, [
        ("L", shapely.box(-30, 51, -29.9991, 51.001)), ("R", shapely.box(-29.9991, 51, -29.997, 51.001))],
        on=DAY, reason="survey")
    book.add(entry)
    assert left.area_cm2 + right.area_cm2 == area.area_cm2
    assert (held(book, "A"), held(book, "L")) == ({}, {SUSPECTED: left.area_cm2})
    with pytest.raises(RequestError, match="SG-LEDGER-005"):
        split_parcel(book, left, [("X", shapely.box(-30, 51, -29.9995, 51.001))], on=DAY, reason="")


def test_a_merge_takes_the_second_opening_of_shared_ground_back() -> None:
    first, second = parcel("A", 0, 2, SUSPECTED, 1), parcel("B", 1, 3, SUSPECTED, 2)
    book, _ = opened(first, second)
    shared = held(book, "B")[OVERLAP]
    entry, merged = merge_parcels(book, [first, second], "M", others=[], on=DAY, reason="one area")
    book.add(entry)
    assert merged.area_cm2 == first.area_cm2 + second.area_cm2 - shared
    assert held(book, "M") == {SUSPECTED: merged.area_cm2}
    with pytest.raises(RefusedError, match="SG-LEDGER-005"):
        merge_parcels(book, [merged, parcel("C", 5, 6, CONFIRMED, 3)], "N", others=[], on=DAY, reason="")


def test_a_merged_area_counts_what_another_counted_before_its_weaker_part() -> None:
    areas = [parcel("A", 0, 1.5, SUSPECTED, 1), parcel("T", 1.5, 3, SUSPECTED, 2), parcel("B", 2, 4, SUSPECTED, 3)]
    book, entries = opened(*areas)
    shared = held(book, "B")[OVERLAP]
    entry, merged = merge_parcels(book, [areas[0], areas[2]], "M", others=[areas[1]], on=DAY, reason="one area")
    book.add(entry)
    assert held(book, "M") == {SUSPECTED: merged.area_cm2}
    assert held(book, "T") == {SUSPECTED: areas[1].area_cm2 - shared, OVERLAP: shared}
    assert audit_book([*entries, entry], [merged, areas[1]]).findings == ()
    whole, one = merge_parcels(book, [merged, areas[1]], "N", others=[], on=DAY, reason="one area")
    book.add(whole)
    assert one.area_cm2 == merged.area_cm2 + areas[1].area_cm2 - shared
    assert audit_book([*entries, entry, whole], [one]).findings == ()


def test_a_merge_leaves_ground_of_another_status_and_ground_that_was_moved_alone() -> None:
    reduced = LandStatus.REDUCED
    areas = [parcel("A", 0, 1, CLEARED, 1), parcel("T", 2, 4, reduced, 2), parcel("B", 3, 5, CLEARED, 3)]
    book, _ = opened(*areas)
    with pytest.raises(RefusedError, match="SG-LEDGER-005"):
        merge_parcels(book, [areas[0], areas[2]], "M", others=[areas[1]], on=DAY, reason="")
    areas = [parcel("C", 0, 1, SUSPECTED, 1), parcel("S", 2, 4, SUSPECTED, 2), parcel("D", 3, 5, SUSPECTED, 3)]
    book, _ = opened(*areas)
    book.add(pending_transfer(book, "S", SUSPECTED, LandStatus.CANCELLED, areas[1].area_cm2 - 10, entry_id="r", on=DAY,
                              reason="", evidence_ids=("e",)))
    with pytest.raises(RefusedError, match="SG-LEDGER-002"):
        merge_parcels(book, [areas[0], areas[2]], "M", others=[areas[1]], on=DAY, reason="")


def test_groups_sum_to_the_sheet_and_a_gap_is_shown_and_booked_openly() -> None:
    areas = [parcel("A", 0, 1, SUSPECTED, 1, contamination="apm"), parcel("B", 2, 3, CONFIRMED, 2, contamination="cmr")]
    _, entries = opened(*areas)
    sheet = balance_sheet(entries, areas)
    groups = group_balance(sheet, "contamination")
    assert groups == {"apm": {SUSPECTED: areas[0].area_cm2}, "cmr": {CONFIRMED: areas[1].area_cm2}}
    claim = BalanceAssertion(id="p", publisher="the authority", as_of=DAY, status=SUSPECTED,
                             area_cm2=areas[0].area_cm2 + 70_000)
    assert assertion_gap_cm2(claim, entries) == 70_000
    assert "+7.00 m²" in check_assertions([claim], entries)[0].message
    gap = book_gap(claim, entries, on=DAY, reason="no records")
    assert gap is not None
    after = balance_sheet([*entries, gap], areas)
    assert (dict(after.totals_cm2)[LandStatus.UNEXPLAINED], after.balanced) == (70_000, True)
    assert book_gap(replace(claim, area_cm2=areas[0].area_cm2), entries, on=DAY, reason="") is None
    with pytest.raises(RequestError, match="SG-LEDGER-001"):
        group_balance(sheet, "colour")


def test_three_areas_on_one_ground_count_it_once() -> None:
    areas = [parcel("A", 0, 3, SUSPECTED, 1), parcel("B", 1, 4, SUSPECTED, 2), parcel("C", 2, 5, CONFIRMED, 3)]
    _, entries = opened(*areas)
    sheet = balance_sheet(entries, areas)
    union = int(geodesic_area_cm2([shapely.box(-30, 51, -29.995, 51.001)])[0])
    counted = sum(amount for status, amount in sheet.totals_cm2 if status is not OVERLAP)
    assert counted == pytest.approx(union, abs=300)
    assert sum(o.area_cm2 for o in overlaps_of(areas)) == dict(sheet.totals_cm2)[OVERLAP]
    report = audit_book(entries, areas)
    assert (report.findings, report.areas_checked) == ((), 3)


@pytest.mark.parametrize(("spoil", "code"), [
    (lambda e, a: (e[1:], a), "SG-LEDGER-020"),
    (lambda e, a: (e, a[1:]), "SG-LEDGER-023"),
    (lambda e, a: (e, [replace(a[0], geometry=shapely.box(-30, 51, -29.99, 51.01)), a[1]]), "SG-LEDGER-020"),
    (lambda e, a: ([x for x in e if x.kind is not EntryKind.OVERLAP], a), "SG-LEDGER-021"),
])
def test_the_audit_finds_a_spoilt_book(spoil: object, code: str) -> None:
    areas = [parcel("A", 0, 2, SUSPECTED, 1), parcel("B", 1, 3, SUSPECTED, 2)]
    _, entries = opened(*areas)
    spoilt, shown = spoil(entries, areas)  # type: ignore[operator]
    codes = {finding.code for finding in audit_book(spoilt, shown).findings}
    assert code in codes


def test_an_area_cannot_open_twice_or_empty() -> None:
    area = parcel("A", 0, 1, SUSPECTED, 1)
    book, _ = opened(area)
    with pytest.raises(RequestError, match="SG-LEDGER-001"):
        open_parcels([area], [], book, on=DAY, reason="")
    with pytest.raises(RequestError, match="SG-LEDGER-005"):
        open_parcels([replace(area, id="B", area_cm2=0)], [], book, on=DAY, reason="")


def test_suspected_ground_moved_meanwhile_is_not_given_up_silently() -> None:
    suspected = parcel("S", 0, 4, SUSPECTED, 1)
    book, _ = opened(suspected)
    book.add(pending_transfer(book, "S", SUSPECTED, LandStatus.CANCELLED, suspected.area_cm2 - 10, entry_id="r", on=DAY,
                              reason="", evidence_ids=("e",)))
    book.add(post_pending(book, "r", on=DAY, reason=""))
    with pytest.raises(RefusedError, match="SG-LEDGER-002"):
        open_parcels([parcel("C", 1, 2, CONFIRMED, 2)], [suspected], book, on=DAY, reason="")

