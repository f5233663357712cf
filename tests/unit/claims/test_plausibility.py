"""A story's totals as rates: exact arithmetic, verdicts by range, and never the word that a claim is untrue."""

from __future__ import annotations

import math
from importlib.resources import files

import pytest

from safeground.claims.plausibility import StoryFigures, check_story, read_ranges, summary
from safeground.foundation.errors import RequestError

RANGES = read_ranges(files("safeground").joinpath("standards", "plausibility.toml").read_text(encoding="utf-8"))
#: 42,400 ha and 1.5 million devices by about 1,000 people in 90 days, nine killed: totals of public reports.
STORY = StoryFigures(area_m2=(424e6, 424e6), devices=(1.5e6, 1.5e6), people=(1000, 1000), days=(90, 90), deaths=(9, 9))


def rates(story):
    return {c.id: c for c in check_story(story, RANGES)}


def test_the_rates_of_a_story_are_its_totals_divided():
    found = rates(STORY)
    assert found["m2_per_person_day"].low == pytest.approx(4711.11, abs=0.01)
    assert found["devices_per_day"].low == pytest.approx(16666.67, abs=0.01)
    assert found["devices_per_ha"].low == pytest.approx(35.377, abs=0.001)
    assert found["deaths_per_km2"].low == pytest.approx(9 / 424)
    assert found["deaths_per_1000_devices"].low == pytest.approx(0.006)
    assert found["deaths_per_million_person_days"].low == pytest.approx(100.0)


def test_each_verdict_names_what_would_have_to_be_true():
    found = rates(STORY)
    assert found["m2_per_person_day"].verdict == "above"
    assert "94,222 people" in found["m2_per_person_day"].needed
    assert "4,907 people" in found["m2_per_person_day_machines"].needed
    assert found["devices_per_day"].verdict == "no range"
    assert found["deaths_per_km2"].verdict == "below"
    assert all(c.needed for c in found.values() if c.verdict in ("above", "below"))
    assert "false" not in summary(tuple(found.values())).lower()
    assert summary(tuple(found.values())).endswith("methods and inspection unknown.")


def test_an_open_bound_stays_open():
    found = rates(StoryFigures(area_m2=(1e6, 1e6), people=(2000, math.inf), days=(10, 20)))
    assert found["m2_per_person_day"].low == 0.0
    assert found["m2_per_person_day"].high == pytest.approx(50.0)
    assert found["m2_per_person_day"].verdict == "across"


def test_a_rate_whose_totals_are_not_claimed_is_left_out():
    assert rates(StoryFigures(deaths=(9, 9))) == {}
    assert "too few totals" in summary(())


def test_derived_ranges_show_their_arithmetic_and_it_holds():
    assert all(r.arithmetic for r in RANGES.values() if r.basis == "derived")
    assert RANGES["devices_per_ha"].high == pytest.approx(217_000 / 14_000)
    assert RANGES["deaths_per_km2"].low == pytest.approx(112 / 17 / 200, abs=5e-4)
    assert RANGES["deaths_per_km2"].high == pytest.approx(112 / 17 / 140, abs=5e-4)
    assert RANGES["m2_per_person_day_machines"].low == pytest.approx(4_870_000 / (78 * 75), abs=3)


def test_bounds_that_cross_are_refused():
    with pytest.raises(RequestError, match="area_m2"):
        StoryFigures(area_m2=(2.0, 1.0))
