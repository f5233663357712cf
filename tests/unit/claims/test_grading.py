"""Relays count once, blocs are discounted, and no number of reports makes a claim truer than its root."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeground.claims.grading import OriginEvidence, combine, origin_log_ratio
from safeground.foundation.errors import RequestError
from safeground.operations.context import standard_text
from safeground.records.standard import standard_from_toml

RULES = standard_from_toml(standard_text("imas")).claims


def origin(name="o", letter="C", agreeing=1, relays=1, **more):
    return OriginEvidence(origin_id=name, letter=letter, agreeing=agreeing, relays=relays, **more)


def test_one_origin_relayed_many_times_stays_below_its_letters_ratio():
    few, many = combine([origin()], RULES), combine([origin(agreeing=20, relays=20)], RULES)
    assert few.probability < many.probability
    assert many.probability == pytest.approx(0.5454, abs=2e-4)
    assert many.counts == "20 reports, 1 origin, 1 bloc"


def test_counting_relays_as_independent_would_reach_certainty():
    for count, expected in ((5, 0.987), (20, 1.000)):
        naive = combine([origin(f"o{i}", agreeing=30, relays=30) for i in range(count)], RULES, prior=0.3)
        assert naive.without_blocs == pytest.approx(expected, abs=1e-3)


def test_the_ratio_is_the_formula_written_out():
    t, f, h, k, m = 0.85, 0.15, 0.985, 3, 4
    said, unsaid = h**k * (1 - h) ** (m - k), (1 - h) ** k * h ** (m - k)
    expected = math.log((t * said + (1 - t) * unsaid) / (f * said + (1 - f) * unsaid))
    assert origin_log_ratio(origin(letter="B", agreeing=3, relays=4), RULES) == pytest.approx(expected, rel=1e-12)


@given(st.sampled_from("ABCDEF"), st.integers(1, 60), st.booleans())
def test_no_number_of_relays_exceeds_the_roots_own_ratio(letter, relays, serving):
    cap = math.log(dict(RULES.said_if_true)[letter] / dict(RULES.said_if_false)[letter])
    ratio = origin_log_ratio(origin(letter=letter, agreeing=relays, relays=relays, self_serving=serving), RULES)
    assert ratio <= cap + 1e-12


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.integers(1, 5), st.sampled_from(["", "x", "y"])), max_size=7))
def test_where_all_agree_the_result_lies_between_one_voice_and_no_blocs(rows):
    def found(denies):
        return combine([origin(f"o{i}", letter, n, n, bloc=bloc, denies=denies)
                        for i, (letter, n, bloc) in enumerate(rows)], RULES)

    agreed, denied = found(False), found(True)
    assert agreed.prior - 1e-12 <= agreed.one_voice <= agreed.probability + 1e-12
    assert agreed.probability <= agreed.without_blocs + 1e-12
    assert denied.probability <= denied.prior + 1e-12


def test_two_voices_of_one_bloc_weigh_less_than_two_of_two_blocs():
    together = combine([origin("a", "B", bloc="state"), origin("b", "B", bloc="state")], RULES)
    apart = combine([origin("a", "B", bloc="state"), origin("b", "B", bloc="press")], RULES)
    assert together.probability < apart.probability
    assert (together.blocs, apart.blocs) == (1, 2)


def test_digit_one_needs_two_blocs():
    one = combine([origin("a", "A", bloc="x"), origin("b", "A", bloc="x")], RULES)
    two = combine([origin("a", "A", bloc="x"), origin("b", "A", bloc="y")], RULES)
    assert (one.digit, two.digit) == (2, 1)
    assert combine([origin("a", "F")], RULES).digit == 6
    assert combine([origin("a", "A", denies=True), origin("b", "A", denies=True)], RULES).digit == 5


def test_a_self_serving_claim_says_little():
    plain, serving = combine([origin()], RULES), combine([origin(self_serving=True)], RULES)
    assert serving.prior < serving.probability < plain.probability


@pytest.mark.parametrize("bad", [{"letter": "G"}, {"agreeing": 2, "relays": 1}, {"agreeing": 0, "relays": 0}])
def test_a_letter_or_count_that_cannot_be_is_refused(bad):
    with pytest.raises(RequestError, match="SG-CLAIMS-004"):
        origin(**bad)


def test_one_origin_given_twice_is_refused():
    with pytest.raises(RequestError, match="twice"):
        combine([origin("a"), origin("a")], RULES)
