"""Which returns hold: whatever the order in which they and their corrections come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from safeground.progress.returns import finds_that_hold, same_content, sort_out
from safeground.records.nouns import OrdnanceItem, ProgressReturn
from safeground.records.vocabulary import ContaminationCategory
from support.returns import daily, strip

A, B = daily("a", strip(0, 0.5)), daily("b", strip(0.5, 1), team_id="T2")
FIX = daily("a2", strip(0, 0.3), corrects="a")


def holding(*returns: ProgressReturn) -> list[str]:
    return [item.submission_id for item in sort_out(returns).effective]


def test_a_correction_replaces_what_it_names_whichever_comes_first() -> None:
    assert holding(A, B, FIX) == holding(FIX, B, A) == ["a2", "b"]
    assert sort_out([A, FIX]).replaced == {A.id: FIX.id}


def test_a_correction_without_its_original_holds_and_is_named_as_waiting() -> None:
    found = sort_out([FIX])
    assert found.effective == (FIX,)
    assert found.waiting == (FIX,)


def test_of_rival_corrections_none_holds_until_one_is_withdrawn() -> None:
    rival = daily("a3", strip(0, 0.4), corrects="a")
    assert holding(A, FIX, rival) == []
    assert sort_out([A, FIX, rival]).rivals == (("a2", "a3"),)
    gone = daily("a4", None, corrects="a3")
    assert holding(A, FIX, rival, gone) == ["a2", "a4"]


def test_corrections_in_a_circle_do_not_hold() -> None:
    first, second = daily("x", strip(0, 1), corrects="y"), daily("y", strip(0, 1), corrects="x")
    found = sort_out([first, second])
    assert found.effective == ()
    assert found.circles == (("x", "y"),)
    assert holding(first, second, daily("z", strip(0, 0.2), corrects="y")) == ["z"]


@given(st.permutations([A, B, FIX, daily("a3", strip(0, 0.2), corrects="a2"), daily("c", None), daily(
    "b2", strip(0, 0.2), corrects="b"), daily("b3", strip(0, 0.1), corrects="b")]))
@settings(max_examples=40)
def test_the_order_of_arrival_does_not_matter(returns: list[ProgressReturn]) -> None:
    assert holding(*returns) == ["a3", "c"]


@pytest.mark.parametrize("change", [{"depth_cm": 13.0}, {"hours": 7.0}, {"geometry": strip(0, 0.6)},
                                    {"team_id": "T9"}, {"corrects": "z"}, {"work_date": date(2026, 2, 3)}])
def test_another_value_is_other_content(change: dict[str, object]) -> None:
    assert not same_content(A, replace(A, **change))  # type: ignore[arg-type]


def test_the_day_of_receipt_and_the_first_turning_point_are_no_content() -> None:
    turned = shapely.Polygon([*list(A.geometry.exterior.coords)[2:], *list(A.geometry.exterior.coords)[1:3]])  # type: ignore[union-attr]
    assert same_content(A, replace(A, received_date=date(2026, 3, 1), source_row=9, geometry=turned))


def find(name: str, of: ProgressReturn, x: float = -29.9999) -> OrdnanceItem:
    return OrdnanceItem(id=name, category=ContaminationCategory.ANTI_PERSONNEL_MINE, activity_id=of.id, quantity=1,
                        geometry=shapely.Point(x, 51.0001))


def test_a_find_of_a_replaced_return_stays_under_the_return_that_holds() -> None:
    replaced = sort_out([A, FIX]).replaced
    kept = finds_that_hold([find("f1", A)], replaced)
    assert [(item.id, item.activity_id) for item in kept] == [("f1", FIX.id)]


def test_a_find_that_the_correction_reports_again_counts_once_and_another_one_counts_too() -> None:
    replaced = sort_out([A, FIX]).replaced
    kept = finds_that_hold([find("f1", A), find("f2", A, -29.9998), find("g1", FIX)], replaced)
    assert sorted(item.id for item in kept) == ["f2", "g1"]
