"""Counting ground: once, exactly, in any order, and never where inspection said no."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from safeground.ground.area import geodesic_area_cm2, geodesic_area_m2, plane_area_m2
from safeground.progress.count import AreaCount, AreaGround, Claim, count_ground
from support.returns import strip

OUTLINE = strip(0, 1)
BOOK = int(geodesic_area_cm2([OUTLINE])[0])
DAY = date(2026, 2, 2)


def ground(**values: object) -> AreaGround:
    given_ = {"area_id": "A", "outline": OUTLINE, "book_cm2": BOOK, "open_cm2": BOOK} | values
    return AreaGround(**given_)  # type: ignore[arg-type]


def claim(name: str, shape: shapely.Geometry, day: date = DAY) -> Claim:
    return Claim(record_id=name, geometry=shape, work_date=day)


def again(count: AreaCount) -> tuple[tuple[str, shapely.Geometry, int], ...]:
    return tuple((i.record_id, i.geometry, i.area_cm2) for i in count.increments)


def test_strips_that_cover_an_area_sum_to_its_book_to_the_square_centimetre() -> None:
    cuts = [0, 0.113, 0.31, 0.5, 0.77, 1]
    found = count_ground(ground(), [claim(f"r{k}", strip(a, b)) for k, (a, b) in enumerate(pairwise(cuts))])
    assert sum(i.area_cm2 for i in found.increments) == BOOK == found.counted_cm2
    assert found.coverage == 1.0
    for increment in found.increments:
        measured = float(geodesic_area_m2([increment.geometry])[0])
        assert increment.area_cm2 / 1e4 == pytest.approx(measured, abs=0.01)


def test_ground_of_two_teams_counts_once_and_is_named() -> None:
    found = count_ground(ground(), [claim("first", strip(0, 0.6)), claim("second", strip(0.5, 1))])
    assert [(s.record_id, s.counted_by) for s in found.shared] == [("second", "first")]
    assert found.shared[0].area_m2 == pytest.approx(float(geodesic_area_m2([strip(0.5, 0.6)])[0]), abs=0.01)
    assert sum(i.area_cm2 for i in found.increments) == BOOK
    first, second = (i.geometry for i in found.increments)
    assert plane_area_m2([first.intersection(second)])[0] < 1e-6


def test_a_return_seen_twice_adds_nothing() -> None:
    found = count_ground(ground(), [claim("a", strip(0, 0.4)), claim("b", strip(0.1, 0.3))])
    assert [i.record_id for i in found.increments] == ["a"]


def test_ground_outside_the_area_is_not_counted() -> None:
    found = count_ground(ground(), [claim("a", strip(-0.5, 2))])
    assert found.increments[0].area_cm2 == BOOK
    assert found.increments[0].geometry.difference(OUTLINE).area < 1e-15


def test_ground_that_another_area_counts_is_left_to_it_and_named() -> None:
    left = int(geodesic_area_cm2([strip(0, 0.7)])[0])
    found = count_ground(ground(elsewhere=(strip(0.7, 1.5),), book_cm2=left), [claim("a", strip(0, 1))])
    assert found.increments[0].area_cm2 == left
    assert found.elsewhere_m2["a"] == pytest.approx(float(geodesic_area_m2([strip(0.7, 1)])[0]), abs=0.01)


def test_rejected_ground_counts_only_for_later_work() -> None:
    bad = ((strip(0, 0.5), date(2026, 2, 5)),)
    early = count_ground(ground(refused=bad), [claim("early", strip(0, 0.5), date(2026, 2, 5))])
    assert early.increments == ()
    assert early.refused_m2["early"] > 3000
    late = count_ground(ground(refused=bad), [claim("late", strip(0, 0.5), date(2026, 2, 6))])
    assert late.increments[0].area_cm2 > 0


def test_a_book_that_disagrees_with_the_ground_counts_nothing() -> None:
    found = count_ground(ground(taken=(("x", strip(0, 0.5), 5),)), [claim("a", strip(0.5, 1))])
    assert found.gap_cm2
    assert found.increments == ()
    assert count_ground(ground(book_cm2=BOOK // 2), [claim("a", strip(0, 1))]).gap_cm2


BOXES = st.tuples(st.integers(-2, 11), st.integers(1, 6), st.integers(-2, 11), st.integers(1, 6)).map(
    lambda b: strip(b[0] / 10, (b[0] + b[1]) / 10, b[2] / 10, (b[2] + b[3]) / 10))


@given(shapes=st.lists(BOXES, min_size=1, max_size=7), data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_order_in_any_batches_counts_the_same_ground(shapes: list[shapely.Polygon], data: st.DataObject) -> None:
    claims = [claim(f"r{k}", shape) for k, shape in enumerate(shapes)]
    whole = count_ground(ground(), claims)
    mixed = data.draw(st.permutations(claims))
    cut = data.draw(st.integers(0, len(mixed)))
    first = count_ground(ground(), mixed[:cut])
    second = count_ground(ground(taken=again(first)), [*mixed[cut:], *mixed[: cut // 2]])
    assert abs(second.counted_cm2 - whole.counted_cm2) <= 1
    pieces = [i.geometry for i in (*first.increments, *second.increments)]
    truth = shapely.intersection(shapely.union_all(shapes), OUTLINE)
    if pieces:
        assert plane_area_m2([shapely.union_all(pieces).symmetric_difference(truth)])[0] < 1e-3
    assert sum(plane_area_m2(pieces)) == pytest.approx(plane_area_m2([truth])[0], abs=1e-3)
    if OUTLINE.difference(truth).is_empty:
        assert second.counted_cm2 == BOOK
