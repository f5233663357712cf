"""Area as whole square centimetres, and parts that add up."""

from __future__ import annotations

import numpy as np
import pytest

from safeground.foundation.errors import RequestError
from safeground.foundation.units import allot_area, cm2_to_ha, cm2_to_m2, m2_to_cm2


@pytest.mark.parametrize(("area_m2", "area_cm2"), [(0, 0), (1, 10_000), (0.00005, 0), (0.00016, 2),
                                                   (12345.67891, 123456789)])
def test_a_measured_area_is_booked_in_whole_square_centimetres(area_m2: float, area_cm2: int) -> None:
    assert m2_to_cm2(area_m2) == area_cm2


@pytest.mark.parametrize("area_m2", [-1e-9, float("nan"), float("inf"), float("-inf")])
def test_what_is_no_area_is_refused(area_m2: float) -> None:
    with pytest.raises(RequestError, match="SG-CORE-002"):
        m2_to_cm2(area_m2)


def test_a_booked_area_is_shown_in_square_metres_and_hectares() -> None:
    assert cm2_to_m2(123_456_789) == 12345.6789
    assert cm2_to_ha(250_000_000) == 2.5


@pytest.mark.parametrize(("parent", "parts", "shares"), [
    (10_000, [1.0], [10_000]),
    (1, [0.00003, 0.00003, 0.00004], [0, 0, 1]),  # the largest remainder takes the only cm²
    (2, [0.0001 / 3 * 2] * 3, [1, 1, 0]),  # of equal remainders the first ones
    (100_000, [2.5, 0.0, 7.5], [25_000, 0, 75_000]),
    (100_001, [5.0, 5.0], [50_001, 50_000]),
    (0, [0.0, 0.0], [0, 0]),
    (7, [0.0, 0.0], [7, 0]),  # noise without a part that measures anything goes to the first
])
def test_the_parts_share_the_booked_area_by_largest_remainder(
    parent: int, parts: list[float], shares: list[int]
) -> None:
    assert allot_area(parent, np.array(parts)).tolist() == shares


def test_a_part_of_next_to_nothing_does_not_break_the_allotment() -> None:
    assert allot_area(1, np.array([1e-320, 1e-320])).tolist() == [1, 0]


@pytest.mark.parametrize(("parent", "parts"), [(10_000, [0.5, 0.48]), (10_000, [1.0, 0.02]), (10**12, [1e8 - 0.2])])
def test_parts_that_miss_their_parent_are_refused_with_both_figures(parent: int, parts: list[float]) -> None:
    with pytest.raises(RequestError, match="SG-LAND-001") as caught:
        allot_area(parent, np.array(parts))
    assert f"{sum(parts):.4f}" in caught.value.message
    assert f"{parent / 10_000:.4f}" in caught.value.message


def test_a_stated_tolerance_replaces_the_usual_one() -> None:
    assert allot_area(10_000, np.array([0.5, 0.4]), tolerance_m2=0.2).sum() == 10_000
    with pytest.raises(RequestError, match="SG-LAND-001"):
        allot_area(10_000, np.array([0.5, 0.499]), tolerance_m2=0.0001)


@pytest.mark.parametrize("parts", [[], [-1.0, 2.0], [float("nan"), 1.0], [float("inf")], [[1.0]]])
def test_what_are_no_parts_is_refused(parts: list[float]) -> None:
    with pytest.raises(RequestError, match="SG-LAND-002"):
        allot_area(10_000, np.array(parts, dtype=float))
