"""Figures: units, bounds, and vagueness that is never sharpened."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeground.claims.figures import find_figures

CASES = [
    ("Nine soldiers died.", (9, 9, "people", "=")),
    ("The army sent thousands of troops.", (2000, None, "people", ">=")),
    ("Dozens of children were hurt.", (24, None, "people", ">=")),
    ("Tens of thousands of mines remain.", (20_000, None, "devices", ">=")),
    ("They cleared almost 42,400 hectares.", (None, 424_000_000, "m2", "<")),
    ("More than 1.5 million explosive devices were destroyed.", (1_500_000, None, "devices", ">")),
    ("Some 170 people were killed.", (170, 170, "people", "about")),
    ("At least four civilians died.", (4, None, "people", ">=")),
    ("Up to 40 percent is suspected.", (None, 40, "percent", "<=")),
    ("Between 20 and 30 mines lay there.", (20, 30, "devices", "=")),
    ("They found 10-15 submunitions.", (10, 15, "devices", "=")),
    ("Two to three thousand troops came.", (2000, 3000, "people", "=")),
    ("It measures 4 dunams.", (4000, 4000, "m2", "=")),
    ("It measures 2.5 km².", (2_500_000, 2_500_000, "m2", "=")),
    ("It measures 1,200 square metres.", (1200, 1200, "m2", "=")),
    ("It measures 10 acres.", (40_468.564224, 40_468.564224, "m2", "=")),
    ("The tour took 120 days.", (120, 120, "days", "=")),
    ("A 120-day tour.", (120, 120, "days", "=")),
    ("Three hundred and twenty people fled.", (320, 320, "people", "=")),
    ("Nearly 400 families fled.", (None, 400, "people", "<")),
    ("Fewer than 12 shells were found.", (None, 12, "devices", "<")),
    ("Five anti-tank mines were found.", (5, 5, "devices", "=")),
    ("Several hundred mines were found.", (200, None, "devices", ">=")),
    ("Some had been killed.", (1, None, "people", ">=")),
    ("He walked 3.5 km.", (3500, 3500, "m", "=")),
    ("They cleared 12 villages.", (12, 12, "village", "=")),
    ("A blast killed four.", (4, 4, "people", "=")),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_figure_has_these_bounds(text: str, expected: tuple) -> None:
    found = find_figures(text)
    assert len(found) == 1, found
    figure = found[0]
    assert (figure.unit, figure.relation) == expected[2:]
    for value, bound in ((figure.value_low, expected[0]), (figure.value_high, expected[1])):
        assert value == (bound if bound is None else pytest.approx(bound))


@pytest.mark.parametrize("text", ["A 12-year-old boy ran.", "In 2014 villages burned.", "Resolution 1325 was read.",
                                  "One of the men left.",
                                  "North Korea has won.", "Channel 24\n\nNorth Korea has spoken."])
def test_ages_years_and_names_are_no_figures(text: str) -> None:
    assert find_figures(text) == []


def test_a_vague_word_is_flagged_and_open_above() -> None:
    for text in ("Hundreds of mines.", "Dozens of shells.", "Scores of villages."):
        figure = find_figures(text)[0]
        assert figure.vague
        assert figure.value_high is None


def test_two_figures_are_not_summed() -> None:
    assert [figure.value_low
            for figure in find_figures("A blast killed four and injured at least nine others.")] == [4, 9]


@given(st.text(alphabet="0123456789,.- thousandhundredmines²km%", max_size=60))
def test_any_text_gives_bounds_in_order_and_spans_apart(text: str) -> None:
    found = find_figures(text)
    for figure in found:
        assert figure.value_low is None or figure.value_high is None or figure.value_low <= figure.value_high
    assert all(a.span.end <= b.span.start for a, b in pairwise(found) if a.span and b.span)


@pytest.mark.parametrize("text", ["1," * 20_000, "one " * 20_000, "more than " * 10_000, "two hundred " * 8_000,
                                  "7 a " * 20_000])
def test_a_text_made_to_stall_does_not(text: str) -> None:
    started = time.perf_counter()
    find_figures(text)
    assert time.perf_counter() - started < 12
