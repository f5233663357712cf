"""Figures are checked when they are made; moves, periods and deadlines are those of the book and the treaties."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from safeground.foundation.errors import InvariantBroken, RequestError
from safeground.ledger.moves import land_moves, waiting_moves
from safeground.operations.context import Caller
from safeground.operations.treaty import ReportChoice, chosen_period
from safeground.records.land import Account, EntryKind, EntryState, LandEntry, Posting
from safeground.records.moves import LandFlow
from safeground.records.vocabulary import LandStatus
from safeground.report.deadlines import deadlines, months_earlier, years_later
from safeground.report.document import Maker, Traced, check_book
from safeground.report.settings import ReportSettings
from safeground.report.source import years


def entry(name: str, source: LandStatus, target: LandStatus, cm2: int, on: date, **values: object) -> LandEntry:
    given: dict[str, object] = {
        "id": name, "kind": EntryKind.CLEARANCE, "state": EntryState.POSTED, "effective_date": on,
        "postings": (Posting(Account("a", source), -cm2), Posting(Account("a", target), cm2))}
    return LandEntry(**(given | values))  # type: ignore[arg-type]


def test_a_figure_that_its_records_do_not_sum_to_stops_the_report():
    with pytest.raises(InvariantBroken) as error:
        Traced("x", "m²", 5, ("a",), (4,))
    assert error.value.code == "SG-REPORT-001"
    with pytest.raises(InvariantBroken):
        Maker("k").num("x", "m²", [("a", 4)], expected=5)
    with pytest.raises(InvariantBroken):
        check_book({LandStatus.CLEARED: 1}, {})


def test_a_total_holds_the_records_of_its_parts_and_two_figures_never_share_a_name():
    make = Maker("k")
    one, two = make.num("one", "m²", [("a", 4), ("b", -1)]), make.num("one", "m²", [("a", 2), ("c", 0)])
    assert [one.figure.name, two.figure.name] == ["k/one", "k/one~"]
    total = make.total("all", [one, two]).figure
    assert (total.amount, total.records, total.shares) == (5, ("a", "b"), (6, -1))
    with pytest.raises(InvariantBroken):
        make.total("mixed", [one, make.count("n", "areas", ["a"])])


def test_a_reversal_counts_under_what_it_reverses_and_for_its_own_day():
    opened = entry("o", LandStatus.OUTSIDE, LandStatus.CONFIRMED, 100, date(2024, 1, 1), kind=EntryKind.OPENING)
    told = entry("p", LandStatus.CONFIRMED, LandStatus.CLEARED, 30, date(2024, 2, 1), state=EntryState.PENDING)
    posted = entry("d", LandStatus.CONFIRMED, LandStatus.CLEARED, 30, date(2024, 3, 1), decides="p")
    undone = entry("r", LandStatus.CLEARED, LandStatus.CONFIRMED, 30, date(2025, 1, 1), kind=EntryKind.REVERSAL,
                   reverses="d")
    moves = land_moves([opened, told, posted, undone])
    cleared = [(m.entry_id, m.amount_cm2, m.flow, m.on.year, m.ground_id) for m in moves
               if m.status is LandStatus.CLEARED]
    assert cleared == [("d", 30, LandFlow.CLEARED, 2024, "p"), ("r", -30, LandFlow.CLEARED, 2025, "p")]
    assert [w.amount_cm2 for w in waiting_moves([opened, told, posted], date(2024, 2, 29))] == [30]
    assert waiting_moves([opened, told, posted], date(2024, 3, 1)) == ()
    assert waiting_moves([opened, told], date(2024, 1, 31)) == ()


def test_a_land_entry_of_every_kind_has_a_flow():
    for kind in EntryKind:
        if kind is not EntryKind.REVERSAL:
            land_moves([entry("e", LandStatus.OUTSIDE, LandStatus.CONFIRMED, 1, date(2024, 1, 1), kind=kind)])


@pytest.mark.parametrize(("day", "months", "earlier"), [
    (date(2030, 5, 31), 9, date(2029, 8, 31)), (date(2024, 3, 31), 1, date(2024, 2, 29)),
    (date(2025, 1, 15), 13, date(2023, 12, 15))])
def test_months_before_a_meeting(day, months, earlier):
    assert months_earlier(day, months) == earlier


def test_deadlines_follow_the_dates_that_are_set():
    held = dict(deadlines(ReportSettings(), date(2025, 12, 31)))
    assert held["apmbc_annual"] == date(2026, 4, 30)
    assert held["apmbc_first"] is held["ccm_extension"] is None
    held = dict(deadlines(ReportSettings(
        apmbc_entry_into_force=date(2024, 2, 29), ccm_extension_meeting=date(2030, 5, 31),
        ccm_entry_into_force=date(2020, 8, 1), ccm_clearance_deadline=date(2033, 8, 1)), date(2025, 12, 31)))
    assert held["apmbc_first"] == date(2024, 8, 27)
    assert held["apmbc_clearance"] == years_later(date(2024, 2, 29), 10) == date(2034, 2, 28)
    assert held["ccm_extension"] == date(2029, 8, 31)
    assert held["ccm_clearance"] == date(2033, 8, 1)


@pytest.mark.parametrize(("kind", "public", "period"), [
    ("article7", False, (date(2025, 1, 1), date(2025, 12, 31))),
    ("monthly", False, (date(2026, 2, 1), date(2026, 2, 28))),
    ("monthly", True, (date(2025, 10, 1), date(2025, 12, 31))),
    ("completion", False, (date.min, date(2026, 3, 10))), ("completion", True, (date.min, date(2025, 12, 31)))])
def test_a_kind_has_its_own_period(kind, public, period):
    today = Caller(actor="a", clock=lambda: datetime(2026, 3, 10, tzinfo=UTC)).clock().date()
    assert chosen_period(ReportChoice(kind=kind, public=public), today) == period


@pytest.mark.parametrize(("start", "end"), [(date(2025, 1, 1), None), (None, date(2025, 1, 1)),
                                            (date(2025, 2, 1), date(2025, 1, 1))])
def test_half_a_period_or_a_turned_one_is_refused(start, end):
    with pytest.raises(RequestError):
        chosen_period(ReportChoice(kind="article5", start=start, end=end), date(2026, 3, 10))


def test_a_period_is_cut_at_the_turn_of_the_year():
    assert years(date(2023, 5, 1), date(2025, 2, 1)) == (
        (date(2023, 5, 1), date(2023, 12, 31)), (date(2024, 1, 1), date(2024, 12, 31)),
        (date(2025, 1, 1), date(2025, 2, 1)))


def test_a_return_that_a_later_one_corrects_is_not_counted_twice():
    from safeground.records.nouns import ProgressReturn
    from safeground.report.monthly import standing_returns

    first, second = (ProgressReturn(id=n, submission_id=n, task_order_id="o", team_id="t", work_date=date(2025, 1, 1),
                                    corrects=before) for n, before in (("s1", ""), ("s2", "s1")))
    assert standing_returns([first, second]) == [second]
