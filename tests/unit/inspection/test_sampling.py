"""Sampling formulas against the published tables, against brute force, and against each other."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeground.foundation.errors import RequestError
from safeground.inspection.compliance import (
    compliance_units,
    compliance_units_approximate,
    expected_left,
    first_passage_threat,
    koopman_effort,
    left_count_probability,
    transect_confidence,
    transect_share,
)
from safeground.inspection.sampling import (
    CODE_LETTERS,
    acceptance_number,
    code_letter,
    defective_limit,
    fraction_needed,
    left_after_passed,
    oc_curve,
    p_accept,
    p_accept_density,
    p_accept_items,
    sample_size,
    sample_size_unlimited,
)

PLANS = ((0.996, 0.90), (0.996, 0.95), (0.99, 0.90), (0.99, 0.95), (0.98, 0.95))
TABLE = {
    250: (225, 238, 134, 158, 112), 500: (342, 388, 184, 225, 129), 1_000: (438, 527, 205, 258, 138),
    2_500: (514, 646, 219, 281, 144), 5_000: (543, 695, 224, 290, 147), 10_000: (559, 721, 227, 294, 148),
    50_000: (572, 742, 229, 298, 149), None: (575, 748, 230, 299, 149)}
PACC = {1: (".991", ".955", ".910", ".775", ".550"), 3: (".973", ".871", ".754", ".465", ".166"),
        5: (".956", ".794", ".624", ".280", ".050"), 10: (".914", ".631", ".389", ".078", ".003")}


@pytest.mark.parametrize(("units", "column"), [(units, k) for units in TABLE for k in range(5)])
def test_each_cell_of_the_published_table_of_sample_sizes_comes_out(units: int | None, column: int) -> None:
    quality, confidence = PLANS[column]
    found = (sample_size_unlimited(quality, confidence) if units is None
             else sample_size(units, quality, confidence))
    assert found == TABLE[units][column]


@pytest.mark.parametrize("items", PACC)
def test_each_cell_of_the_published_table_of_acceptance_comes_out(items: int) -> None:
    found = [f"{float(p_accept_items(share, 0.9, items)):.3f}".removeprefix("0") for share in (.01, .05, .1, .25, .5)]
    assert tuple(found) == PACC[items]


def test_one_unit_fewer_than_the_sample_size_breaks_the_promise() -> None:
    for units in (250, 1_000, 10_000):
        for quality, confidence in PLANS:
            n, limit = sample_size(units, quality, confidence), defective_limit(units, quality)
            assert n is not None
            assert float(p_accept(units, limit, n)) <= 1 - confidence + 1e-12 < float(p_accept(units, limit, n - 1))


def test_the_limit_of_defective_units_forgives_binary_rounding() -> None:
    assert [defective_limit(n, 0.99) for n in (100, 1_000, 50_000)] == [1, 10, 500]
    assert defective_limit(250, 0.99) == 3
    assert defective_limit(1, 0.999) == 1


def test_acceptance_is_that_of_counting_all_samples() -> None:
    units, sample, detection = 8, 3, 0.6
    for defective in range(units + 1):
        for acceptance in (0, 1):
            total = 0.0
            for drawn in combinations(range(units), sample):
                k = sum(u < defective for u in drawn)
                total += sum(math.comb(k, j) * detection**j * (1 - detection) ** (k - j)
                             for j in range(min(acceptance, k) + 1))
            exact = total / math.comb(units, sample)
            found = float(p_accept(units, defective, sample, acceptance=acceptance, detection=detection))
            assert found == pytest.approx(exact, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(units=st.integers(2, 400), data=st.data(), detection=st.sampled_from([1.0, 0.95, 0.5]),
       acceptance=st.integers(0, 3))
def test_acceptance_lies_within_0_and_1_and_falls_with_sample_and_defects(
    units: int, data: st.DataObject, detection: float, acceptance: int
) -> None:
    sample = data.draw(st.integers(1, units))
    acceptance = min(acceptance, units)
    defective = np.arange(units + 1)
    here = p_accept(units, defective, sample, acceptance=acceptance, detection=detection)
    fewer = p_accept(units, defective, sample - 1, acceptance=acceptance, detection=detection)
    assert (here >= 0).all()
    assert (here <= 1).all()
    assert (np.diff(here) <= 1e-9).all()
    assert (here <= fewer + 1e-9).all()
    assert here[0] == pytest.approx(1.0)


def test_imperfect_detection_of_1_is_the_hypergeometric_law() -> None:
    number = np.arange(0, 60)
    assert np.allclose(p_accept(600, number, 80), p_accept(600, number, 80, detection=1 - 1e-13), atol=1e-9)


def test_where_no_sample_serves_it_says_so_instead_of_a_number() -> None:
    assert sample_size(100, 0.99, 0.95, detection=0.9) is None
    assert sample_size(100, 0.99, 0.95, detection=0.96) == 99
    assert fraction_needed(0.05, 1, 0.9).words == "impossible: search everything again"
    assert not fraction_needed(0.05, 1, 0.9).possible
    f = fraction_needed(0.2, 3, 0.9)
    assert f.possible
    assert float(p_accept_items(f.fraction, 0.9, 3)) == pytest.approx(0.2)


def test_the_acceptance_number_is_the_largest_that_keeps_the_promise() -> None:
    assert acceptance_number(5_000, 290, 0.99, 0.95) == 0
    assert acceptance_number(5_000, 289, 0.99, 0.95) is None
    number = acceptance_number(5_000, 600, 0.99, 0.95)
    assert number is not None
    assert number > 0
    limit = defective_limit(5_000, 0.99)
    assert float(p_accept(5_000, limit, 600, acceptance=number)) <= 0.05 < float(
        p_accept(5_000, limit, 600, acceptance=number + 1))
    assert sample_size(5_000, 0.99, 0.95, acceptance=number) is not None


def test_the_operating_characteristic_starts_at_1_and_passes_through_the_plans_point() -> None:
    curve = oc_curve(5_000, 290, share_max=0.02, points=101)
    assert curve.p_accept[0] == 1.0
    at = int(np.flatnonzero(curve.defective == 50)[0])
    assert curve.p_accept[at] == pytest.approx(float(p_accept(5_000, 50, 290)))
    assert (np.diff(curve.p_accept) <= 0).all()
    assert oc_curve(5_000, 290).p_accept[-1] <= 1e-3


def test_poisson_forms_agree_with_the_mean_over_their_counts() -> None:
    density, area, f, q = 2e-3, 1_500.0, 0.3, 0.9
    k = np.arange(60)
    weight = np.exp(-density * area + k * np.log(density * area) - np.array([math.lgamma(i + 1) for i in k]))
    assert p_accept_density(density, area, f, q) == pytest.approx(float((weight * p_accept_items(f, q, k)).sum()))
    left = left_after_passed(3.0, 0.9, f, q)
    assert left.expected_items == pytest.approx(3.0 * 0.1 * (1 - f * q))
    assert left.p_any == pytest.approx(1 - math.exp(-left.expected_items))


def test_the_code_letters_are_those_of_level_ii() -> None:
    ends = {"A": (8, 2), "B": (15, 3), "C": (25, 5), "D": (50, 8), "E": (90, 13), "F": (150, 20), "G": (280, 32),
            "H": (500, 50), "J": (1_200, 80), "K": (3_200, 125), "L": (10_000, 200), "M": (35_000, 315),
            "N": (150_000, 500), "P": (500_000, 800), "Q": (math.inf, 1_250)}
    assert {letter: (most, n) for most, letter, n in CODE_LETTERS} == ends
    for letter, (most, n) in ends.items():
        if most < math.inf:
            assert code_letter(int(most)) == (letter, n)
    assert code_letter(501) == ("J", 80)
    assert code_letter(500_001) == ("Q", 1_250)


def test_a_figure_outside_its_range_is_refused_by_name() -> None:
    for call in (lambda: p_accept(10, 11, 3), lambda: p_accept(10, 1, 11), lambda: sample_size(10, 1.5, 0.9),
                 lambda: p_accept(10, 1, 3, detection=1.1), lambda: transect_share(0.95, 5, detection=0.0),
                 lambda: koopman_effort([1.0], [0.0], 5.0), lambda: code_letter(1)):
        with pytest.raises(RequestError, match="SG-INSPECTION-001"):
            call()


def test_vsp_asks_for_258_of_1000_units_by_the_exact_law_and_by_its_closed_form() -> None:
    assert compliance_units(1_000, 0.99, 0.95) == 258
    assert compliance_units_approximate(1_000, 0.99, 0.95) == 258
    assert compliance_units(1_000, 0.99, 0.95, detection=0.9) == 287


def test_transects_give_the_confidence_they_were_laid_for() -> None:
    share = transect_share(0.95, 10)
    assert share == pytest.approx(1 - 0.05 ** 0.1)
    assert transect_confidence(share, 10) == pytest.approx(0.95)
    assert transect_confidence(transect_share(0.9, 7, detection=0.8), 7, detection=0.8) == pytest.approx(0.9)


def test_naval_clearance_counts_sum_to_1_with_the_stated_mean_and_threat() -> None:
    for found, clearance, damage in ((0, 0.8, 0.5), (4, 0.7, 1.0), (12, 0.95, 0.1)):
        r = np.arange(400)
        p = left_count_probability(found, clearance, r)
        assert p.sum() == pytest.approx(1.0, abs=1e-9)
        assert float((r * p).sum()) == pytest.approx(expected_left(found, clearance), rel=1e-9)
        survives = float((p * (1 - damage) ** r).sum())
        assert first_passage_threat(found, clearance, damage) == pytest.approx(1 - survives, abs=1e-9)
    assert left_count_probability(3, 1.0, [0, 1]).tolist() == [1.0, 0.0]


def test_koopmans_effort_is_spent_whole_and_no_shift_of_it_finds_more() -> None:
    items, area = np.array([5.0, 1.0, 0.1, 0.0, 2.0]), np.array([100.0, 50.0, 400.0, 10.0, 300.0])
    phi = koopman_effort(items, area, 350.0)
    assert float((phi * area).sum()) == pytest.approx(350.0)
    found = float((items * (1 - np.exp(-phi))).sum())
    for one in range(5):
        for other in range(5):
            moved = phi.copy()
            step = min(1.0, moved[one] * area[one])
            moved[one] -= step / area[one]
            moved[other] += step / area[other]
            assert float((items * (1 - np.exp(-moved))).sum()) <= found + 1e-9
