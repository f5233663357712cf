"""From expressions to days: lengths, parts of periods, and events bound by several expressions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeground.claims.intervals import event_times, length_days, narrowed, resolve, resolved
from safeground.claims.time_tagger import tag_times
from safeground.claims.time_values import days_of, easter
from safeground.records.claims import Span, TimeExpression, TimeRef

ANCHOR = date(2025, 12, 13)


def ref(text: str, anchor: date = ANCHOR) -> TimeRef:
    expressions = tag_times(text, anchor)
    assert len(expressions) == 1, expressions
    return resolve(expressions, anchor)[0]


def four(time: TimeRef) -> tuple[date | None, ...]:
    return time.earliest_start, time.latest_start, time.earliest_end, time.latest_end


@pytest.mark.parametrize(("value", "mod", "days"), [
    ("P120D", "", (120, 120)), ("P3M", "", (89, 92)), ("P3M", "LESS_THAN", (0, 91)), ("P4Y", "", (1460, 1461)),
    ("P2W", "", (14, 14)), ("PT12H", "", (0.5, 0.5)), ("PT30M", "", (1 / 48, 1 / 48)), ("P1DE", "", (3652, 3653)),
    ("P1Y", "", (365, 366)), ("P4M/P5M", "", (120, 153)), ("PXY", "", (None, None)), ("P2Y", "MORE_THAN", (730, None)),
    ("P10D", "EQUAL_OR_LESS", (0, 10)), ("P10D", "EQUAL_OR_MORE", (10, None)), ("P10D", "APPROX", (9, 11)),
    ("2025-08", "", (None, None)), ("P", "", (None, None)), ("P2Y3M", "", (819, 823)),
])
def test_a_length_is_so_many_days(value: str, mod: str, days: tuple[float | None, float | None]) -> None:
    found = length_days(value, mod)
    assert (found[0] is None) == (days[0] is None)
    if days[0] is not None:
        assert found[0] == pytest.approx(days[0], abs=1)
    if days[1] is None:
        assert found[1] is None
    else:
        assert found[1] == pytest.approx(days[1], abs=1)


@pytest.mark.parametrize(("value", "days"), [
    ("2025-08", ((2025, 8, 1), (2025, 8, 31))), ("2024-02", ((2024, 2, 1), (2024, 2, 29))), ("2025", ((2025, 1, 1),
                                                                                                      (2025, 12, 31))),
    ("2025-W01", ((2024, 12, 30), (2025, 1, 5))), ("2025-W01-WE", ((2025, 1, 4), (2025, 1, 5))), ("2025-Q3", ((2025, 7,
                                                                                                               1),
                                                                                                              (2025, 9,
                                                                                                               30))),
    ("2025-H2", ((2025, 7, 1), (2025, 12, 31))), ("199", ((1990, 1, 1), (1999, 12, 31))), ("19", ((1900, 1, 1), (1999,
                                                                                                                 12,
                                                                                                                 31))),
    ("2025-WI", ((2025, 12, 1), (2026, 2, 28))), ("2025-08-15T21:00", ((2025, 8, 15), (2025, 8, 15)))])
def test_a_value_covers_these_days(value: str, days: tuple) -> None:
    assert days_of(value) == tuple(date(*day) for day in days)


@pytest.mark.parametrize("value", ["2025-13", "XXXX-08", "PAST_REF", "2025-W60", "P3M", "", "2025-02-30"])
def test_a_value_that_fixes_no_day_gives_none(value: str) -> None:
    assert days_of(value) is None


def test_early_in_a_month_is_its_first_ten_days() -> None:
    assert four(ref("He left early in August.")) == (date(2025, 8, 1), date(2025, 8, 10)) * 2
    assert narrowed((date(2025, 8, 1), date(2025, 8, 31)), "END")[0] == date(2025, 8, 21)
    assert narrowed((date(2025, 8, 3), date(2025, 8, 3)), "END") == (date(2025, 8, 3),) * 2


def test_earlier_this_month_ends_at_the_anchor() -> None:
    assert ref("It rained earlier this month.").latest_end == ANCHOR
    assert ref("It will rain later this month.").earliest_start == ANCHOR


def test_now_is_the_anchor_and_recently_is_not_after_it() -> None:
    assert four(ref("It rains now.")) == (ANCHOR,) * 4
    assert four(ref("It rained recently.")) == (None, ANCHOR, None, ANCHOR)


def test_a_set_has_a_length_and_no_place_in_time() -> None:
    assert four(ref("They meet every Sunday.")) == (None,) * 4


def test_an_event_is_bound_by_its_start_its_length_and_what_came_after() -> None:
    found = event_times(start=ref("It began in August."), length=ref("A 120-day tour."), not_after=date(2025, 12, 12))
    assert found.consistent
    assert found.time.inclusive == (date(2025, 8, 1), date(2025, 8, 15), date(2025, 11, 28), date(2025, 12, 12))
    assert found.time.exclusive == (date(2025, 8, 1), date(2025, 8, 14), date(2025, 11, 29), date(2025, 12, 12))
    assert four(found.time) == found.time.inclusive
    assert len(found.time.spans) == 2


def test_an_event_that_only_one_way_of_counting_allows_takes_it() -> None:
    day = TimeRef(text="a", earliest_start=date(2025, 8, 1), latest_end=date(2025, 8, 1))
    end = TimeRef(text="b", earliest_start=date(2025, 8, 11), latest_end=date(2025, 8, 11))
    found = event_times(start=day, end=end, length=ref("A 10-day tour."))
    assert found.consistent
    assert found.time.inclusive == ()
    assert four(found.time) == found.time.exclusive == (date(2025, 8, 1), date(2025, 8, 1), date(2025, 8, 11),
                                                        date(2025, 8, 11))


def test_an_event_whose_times_contradict_tells_which() -> None:
    found = event_times(start=ref("It began in August."), length=ref("A 120-day tour."), not_after=date(2025, 10, 1))
    assert not found.consistent
    assert any("120-day" in label for label in found.cycle)
    assert four(found.time) == (None,) * 4


def test_without_a_length_no_way_of_counting_is_kept() -> None:
    found = event_times(start=ref("It began in August."))
    assert (found.time.inclusive, found.time.exclusive) == ((), ())
    assert four(found.time) == (date(2025, 8, 1), date(2025, 8, 31), date(2025, 8, 1), None)


@pytest.mark.parametrize(("year", "month", "day"), [(2013, 3, 31), (2016, 3, 27), (2025, 4, 20), (2000, 4, 23), (2038,
                                                                                                                 4,
                                                                                                                 25)])
def test_easter_is_this_sunday(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


@given(st.sampled_from(["", "LESS_THAN", "MORE_THAN", "APPROX", "START", "END", "BEFORE", "AFTER"]),
       st.text(max_size=12), st.dates())
def test_any_value_gives_bounds_in_order_or_none(mod: str, value: str, anchor: date) -> None:
    for kind in ("DATE", "DURATION"):
        time = resolved(TimeExpression(span=Span(0, 1), text="x", type=kind, value=value, mod=mod), anchor)
        assert time.earliest_start is None or time.latest_start is None or time.earliest_start <= time.latest_start
        low, high = time.duration_days_min, time.duration_days_max
        assert low is None or high is None or low <= high
