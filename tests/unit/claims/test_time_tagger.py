"""Time expressions: values by the words around them, the own set within its bounds, and texts that mean harm."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import pytest
from benchmarks.claims import score_time
from hypothesis import given, settings
from hypothesis import strategies as st

from safeground.claims.time_tagger import tag_times
from support.needs import ROOT

SETS = ROOT / "tests" / "claims_sets"
ANCHOR = date(2013, 3, 20)  # a Wednesday


def values(text: str, anchor: date | None = ANCHOR) -> list[tuple[str, str]]:
    return [(item.text, item.value) for item in tag_times(text, anchor)]


@pytest.mark.parametrize(("text", "value"), [
    ("The court rejected it on Tuesday.", "2013-03-19"),
    ("The court will hear it on Tuesday.", "2013-03-26"),
    ("A hearing is set for Friday.", "2013-03-22"),
    ("He said he would leave on Saturday.", "2013-03-23"),
    ("Talks will resume Monday, he said.", "2013-03-25"),
    ("The banks remain closed until Tuesday.", "2013-03-26"),
    ("Parliament postponed the vote until Thursday.", "2013-03-21"),
    ("Twelve bodies have been found since Sunday.", "2013-03-17"),
    ("Stocks fell on Wednesday.", "2013-03-20"),
    ("It happened last Wednesday.", "2013-03-13"),
    ("The war ended in April.", "2012-04"),
    ("Elections are due in September.", "2013-09"),
    ("A new law comes into force in January.", "2014-01"),
    ("The satellite was launched last August.", "2012-08"),
    ("He is to be sentenced in August.", "2013-08"),
    ("She resigned in early February.", "2013-02"),
    ("He died on 5 March 1948.", "1948-03-05"),
    ("It opens April 20.", "2013-04-20"),
    ("It was built in the 1970s.", "197"),
    ("It stood since the 19th century.", "18"),
    ("Output fell in the fourth quarter.", "2012-Q4"),
    ("Output fell in the third quarter of 2010.", "2010-Q3"),
    ("They met over the weekend.", "2013-W11-WE"),
    ("He left last week.", "2013-W11"),
    ("She comes next month.", "2013-04"),
    ("He is now free.", "PRESENT_REF"),
    ("He recently left.", "PAST_REF"),
    ("It fell two years ago.", "2011"),
    ("It fell two months ago.", "2013-01"),
    ("It fell three days ago.", "2013-03-17"),
    ("It has rained for the past two weeks.", "P2W"),
    ("In the past year it rained.", "P1Y"),
    ("It rained last year.", "2012"),
    ("A 120-day tour.", "P120D"),
    ("It took two and a half years.", "P2.5Y"),
    ("It took an hour and a half.", "PT1.5H"),
    ("It took four to five months.", "P4M/P5M"),
    ("It takes years.", "PXY"),
    ("Over a decade of work.", "P1DE"),
    ("They meet every Sunday.", "XXXX-WXX-7"),
    ("They meet every three months.", "P3M"),
    ("The office closes on Good Friday.", "2013-03-29"),
    ("It ended at 9 p.m. on Friday.", "2013-03-15T21:00"),
    ("He called last night.", "2013-03-19TNI"),
    ("The report of 2013-02-28 is out.", "2013-02-28"),
    ("The report of 28.02.2013 is out.", "2013-02-28"),
])
def test_an_expression_has_this_value(text: str, value: str) -> None:
    assert [found for _, found in values(text)] == [value]


@pytest.mark.parametrize("text", [
    "They may march again.", "She may come.",
    "About 2000 people fled.", "It cost $2000.", "Resolution 1325 was read.", "He spoke in a second speech.",
    "April Jones spoke.", "The mine lay in a field.",
])
def test_names_and_counts_are_no_times(text: str) -> None:
    assert values(text) == []


def test_what_hangs_on_the_day_before_is_taken_from_there() -> None:
    assert [value for _, value in values("The dam broke on 6 June 2012; the following day the water came.")] == [
        "2012-06-06", "2012-06-07"]
    assert [value for _, value in values("Profit fell in the first quarter of 2010 from a year earlier.")] == [
        "2010-Q1", "2009-Q1"]


def test_a_month_takes_the_year_of_its_partner() -> None:
    assert [value for _, value in values("From January to March 2011 nobody came.")] == ["2011-01", "2011-03"]


@pytest.mark.parametrize(("text", "expected"), [
    ("A 12-year-old boy found it.", [("12-year-old", "P12Y")]),
    ("Sales fell from the same quarter of 2008.", [("the same quarter of 2008", "2008")]),
    ("It earned $2 million in the second quarter of 2012; in the year-earlier period it lost $1 million.",
     [("the second quarter of 2012", "2012-Q2"), ("the year-earlier period", "2011-Q2")]),
    ("Net in the quarter ended Dec. 31 was flat.", [("the quarter", "2012-Q4"), ("Dec. 31", "2012-12-31")]),
    ("The ship sank on the night of Jan. 14.", [("the night of Jan. 14", "2013-01-14TNI")]),
    ("Ten years ago this week, troops crossed.", [("Ten years ago this week", "2003-W12")]),
    ("They pay $12 a year.", [("a year", "P1Y")]),
    ("It meets twice a month.", [("twice a month", "P1M")]),
    ("It was signed in March of last year.", [("March of last year", "2012-03")]),
    ("Talks ran from Feb. 3-5, 2012.", [("Feb. 3", "2012-02-03"), ("5, 2012", "2012-02-05")]),
    ("He served from 2001-2004.", [("2001", "2001"), ("2004", "2004")]),
    ("It was built to last three months.", [("three months", "P3M")]),
    ("It takes effect on the first of June.", [("the first of June", "2013-06-01")]),
    ("Voters decide in four weeks' time.", [("four weeks' time", "2013-04-17")]),
    ("A bill that funds the office through the end of September was passed.", [("the end of September", "2013-09")]),
    ("It was seen on Sunday.", [("Sunday", "2013-03-17")]),
    ("The year-end meeting is near.", [("The year-end", "2013")]),
])
def test_what_business_and_wire_news_say(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(("text", "mod"), [
    ("nearly four years", "LESS_THAN"), ("less than three months", "LESS_THAN"), ("more than two weeks", "MORE_THAN"),
    ("at least 18 months", "EQUAL_OR_MORE"), ("up to four hours", "EQUAL_OR_LESS"), ("about 40 minutes", "APPROX"),
    ("early in August", "START"), ("late 2012", "END"), ("mid-June", "MID"),
])
def test_a_modifier_is_kept(text: str, mod: str) -> None:
    assert [item.mod for item in tag_times(f"It was {text}.", ANCHOR)] == [mod]


def test_about_the_days_of_waiting_is_no_approximation() -> None:
    assert [(item.text, item.mod) for item in tag_times("He spoke about the 120 days of waiting.",
                                                        ANCHOR)] == [("120 days", "")]


def test_without_a_publication_date_nothing_is_guessed() -> None:
    assert values("He came on Friday and left in August.", None) == [("Friday", "XXXX-WXX-5"), ("August", "XXXX-08")]
    assert values("He left two years ago.", None) == [("two years ago", "PAST_REF")]


def test_a_date_with_two_readings_is_left_open() -> None:
    assert values("The report of 03/04/2012 is out.") == [("03/04/2012", "2012-XX-XX")]
    assert values("The report of 13/04/2012 is out.") == [("13/04/2012", "2012-04-13")]


def test_the_own_set_is_large_enough_and_within_its_bounds() -> None:
    rows = [json.loads(line) for line in (SETS / "time.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 100
    assert sum(len(row["timex"]) for row in rows) >= 200
    held_out = score_time(SETS / "time.jsonl", "held_out")
    assert held_out["value"]["f1"] >= 0.93
    assert held_out["relaxed"]["f1"] >= 0.97
    news = score_time(SETS / "time.jsonl", "news")
    assert news["documents"] >= 100
    assert news["value"]["f1"] >= 0.93
    every = score_time(SETS / "time.jsonl")
    assert every["slices"]["weekday"]["right"] >= 0.97


def test_two_thousand_times_the_text_takes_no_more_than_its_share() -> None:
    text = "The team left on Tuesday after nearly four years and will come back in August 2014. " * 400
    started = time.perf_counter()
    found = tag_times(text, ANCHOR)
    assert len(found) == 1200
    assert time.perf_counter() - started < 12  # about 1 s on an idle core


@pytest.mark.parametrize("text", [
    "years " * 20_000, "the " * 30_000, "1" * 100_000, "January " * 10_000, "-" * 50_000, "2013-" * 20_000,
    "more than " * 10_000, "a" * 200_000, "“" * 20_000, ". " * 40_000,
])
def test_a_text_made_to_stall_does_not(text: str) -> None:
    started = time.perf_counter()
    tag_times(text, ANCHOR)
    assert time.perf_counter() - started < 12


@settings(max_examples=60)
@given(st.text(max_size=120), st.one_of(st.none(), st.dates()))
def test_any_text_and_any_anchor_give_spans_of_the_text(text: str, anchor: date | None) -> None:
    for item in tag_times(text, anchor):
        assert text[item.span.start:item.span.end] == item.text


@given(st.lists(st.sampled_from([
    "on", "Friday", "in", "August", "2013", "two", "years", "ago", "the", "next", "day", "last", "week", "nearly",
    "and", "of",
    "31", "February", "00:00", "24:61", "9 p.m.", "every", "this", "century", "99th", "Easter", "decade", "later",
    ","]),
    max_size=14), st.one_of(st.just(date.min), st.just(date.max), st.dates()))
def test_any_order_of_time_words_breaks_nothing(words: list[str], anchor: date) -> None:
    tag_times(" ".join(words) + ".", anchor)


SEED = Path("/work" + "/shared/data/articles/ncTV-2025-12-13.txt")


@pytest.mark.skipif(not SEED.is_file(), reason="the seed article is not on this machine")
def test_the_seed_has_these_values() -> None:
    text = SEED.read_text(encoding="utf-8")
    found = {(item.span.start, item.span.end): (item.value, item.mod) for item in tag_times(text, date(2025, 12, 13))}
    assert found == {
        (405, 413): ("2025-12-13", ""), (516, 522): ("2025-12-12", ""), (576, 583): ("P120D", ""), (609,
                                                                                                    615): ("2025-08",
                                                                                                           ""),
        (913, 929): ("P4Y", "LESS_THAN"), (1582, 1604): ("P3M", "LESS_THAN"), (1823, 1831): ("P120D", ""),
        (2343, 2348): ("2025-04", ""), (2461, 2465): ("2025-07", ""), (2894, 2907): ("P1DE", "MORE_THAN")}
