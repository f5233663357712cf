"""Lots, strata, sealed draws that repeat, plans that keep their promise, and samples laid by risk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
import shapely
from benchmarks._inspection_lots import sample_lot, simulate
from hypothesis import given, settings
from hypothesis import strategies as st

from safeground.foundation.canonical import sha256_hex
from safeground.foundation.errors import RefusedError, RequestError
from safeground.ground.crs import WGS84, find_transformation, parse_crs, transform
from safeground.inspection.draw import (
    STRATA,
    LotUnits,
    block_of,
    draw_units,
    lot_units,
    to_earth,
    to_plane,
    verify_draw,
    walk_order,
)
from safeground.inspection.lots import group_parts, live_parts, make_lot
from safeground.inspection.plans import allot, escalation, make_plan, worst_p_accept
from safeground.inspection.risk import allocate_visits, choose_units, expected_found, expected_left, gains
from safeground.inspection.sampling import p_accept
from safeground.inspection.verdict import missing_units
from safeground.operations.context import standard_text
from safeground.records.fieldwork import LandPart
from safeground.records.quality import InspectionLot, LotState, SamplingDraw
from safeground.records.quality_rules import InspectionRules
from safeground.records.standard import standard_from_toml
from safeground.records.vocabulary import ReleaseMethod

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 2, 2)


@lru_cache
def rules() -> InspectionRules:
    found = standard_from_toml(standard_text("imas")).inspection
    assert found is not None
    return found


def part(number: int, *, day: int | None = 0, area_m2: float = 100.0, team: str = "T1", asset: str = "manual",
         area: str = "A") -> LandPart:
    x = -30 + 0.0002 * number
    return LandPart(id=f"p{number}", entry_id=f"e{number}", hazardous_area_id=area, team_id=team, asset=asset,
                    geometry=shapely.box(x, 51, x + 0.0002, 51.0002), area_cm2=round(area_m2 * 1e4),
                    release_method=ReleaseMethod.CLEARED,
                    work_date=None if day is None else DAY + timedelta(days=day))


def lot_of(parts: list[LandPart], seed: str = "ab" * 32) -> InspectionLot:
    return make_lot(parts, [], number=1, plan_version="1", seed_sha256=sha256_hex(seed.encode()), formed_at=NOON)


def drawn(lot: InspectionLot, units: LotUnits, taken: list[int], seed: str = "ab" * 32) -> SamplingDraw:
    at = draw_units(units, taken, seed, lot.id)
    return SamplingDraw(id="d", lot_id=lot.id, seed=seed, unit_m=units.unit_m, unit_count=len(units),
                        sample_count=len(at), geometry=units.on_earth(at), drawn_at=NOON, edge_m=2.0,
                        units=tuple(units.names[i] for i in at),
                        strata=tuple(zip(STRATA, units.sizes, taken, strict=True)))


# lots


def test_lots_end_where_days_or_square_metres_or_teams_do() -> None:
    parts = [part(0), part(1, day=13), part(2, day=14), part(3, team="T2"), part(4, asset="dog"), part(5, area="B")]
    lots = group_parts(parts, rules())
    assert sorted(sorted(p.id for p in lot) for lot in lots) == [["p0", "p1"], ["p2"], ["p3"], ["p4"], ["p5"]]
    large = [part(k, area_m2=20_000.0) for k in range(5)]
    assert [len(lot) for lot in group_parts(large, rules())] == [2, 2, 1]
    assert [len(lot) for lot in group_parts([part(0, area_m2=60_000.0), part(1)], rules())] == [1, 1]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 60)), st.floats(1.0, 6e4), st.sampled_from("XYZ")),
                max_size=25), st.randoms(use_true_random=False))
def test_every_part_is_in_one_lot_whatever_their_order(
    rows: list[tuple[int | None, float, str]], mixer: object
) -> None:
    parts = [part(k, day=day, area_m2=m2, team=team) for k, (day, m2, team) in enumerate(rows)]
    lots = group_parts(parts, rules())
    mixed = list(parts)
    mixer.shuffle(mixed)  # type: ignore[attr-defined]
    assert group_parts(mixed, rules()) == lots
    assert sorted(p.id for lot in lots for p in lot) == sorted(p.id for p in parts)
    for lot in lots:
        days = [p.work_date for p in lot if p.work_date]
        assert not days or (max(days) - min(days)).days < rules().lot_days_max
        assert len(lot) == 1 or sum(p.area_cm2 for p in lot) <= rules().lot_area_m2_max * 1e4
        assert len({(p.team_id, p.asset, p.hazardous_area_id) for p in lot}) == 1


def test_a_part_is_in_at_most_one_lot_that_counts() -> None:
    first = lot_of([part(0), part(1)])
    with pytest.raises(RefusedError, match="SG-INSPECTION-003"):
        make_lot([part(1)], [first], number=2, plan_version="1", seed_sha256="", formed_at=NOON)
    again = make_lot([part(1)], [replace(first, state=LotState.REJECTED)], number=2, plan_version="1", seed_sha256="",
                     formed_at=NOON)
    assert live_parts([again, replace(first, state=LotState.REJECTED)]) == {"p1": again.id}


def test_a_lot_of_two_areas_or_of_ground_that_was_not_cleared_is_refused() -> None:
    for parts in ([part(0), part(1, area="B")], [], [replace(part(0), release_method=ReleaseMethod.REDUCED)]):
        with pytest.raises(RequestError, match="SG-INSPECTION-002"):
            lot_of(parts)


# units and strata


def test_units_cover_the_lot_and_those_on_its_outline_are_cut_and_counted() -> None:
    lot = lot_of([part(0), part(1, day=1)])
    units = lot_units(lot, [part(0), part(1, day=1)], unit_m=1.0, edge_m=2.0)
    plane = to_plane(lot.geometry, units.crs)
    area = shapely.area(units.outline)
    assert area.sum() == pytest.approx(plane.area, abs=1e-3)
    assert area.max() <= 1.0 + 1e-9
    assert ((area > 1e-4) & (area < 0.999)).sum() > 40
    assert len(set(units.names)) == len(units)
    assert sum(units.sizes) == len(units)


def test_strata_are_the_ground_near_finds_the_edge_the_last_day_and_the_rest() -> None:
    parts = [part(0), part(1, day=1)]
    lot = lot_of(parts)
    spot = parts[0].geometry.centroid
    units = lot_units(lot, parts, unit_m=1.0, edge_m=2.0, near=[(spot.x, spot.y, 3.0)])
    plane = to_plane(lot.geometry, units.crs)
    centre = shapely.centroid(units.outline)
    near = shapely.distance(centre, to_plane(spot, units.crs)) <= 3.0
    edge = ~near & (shapely.distance(centre, plane.boundary) <= 2.0)
    last = ~near & ~edge & shapely.intersects(to_plane(parts[1].geometry, units.crs), centre)
    assert near.sum() > 20
    assert (units.stratum == np.select([near, edge, last], [0, 1, 2], 3)).all()
    one_day = lot_units(lot_of([part(0)]), [part(0)], unit_m=1.0, edge_m=0.0)
    assert one_day.sizes == [0, 0, 0, len(one_day)]


#: Units of lots whose parts lie a hair apart, EPSG:32626: valid there, crossing themselves once they are in degrees.
SLIT = (
    "MULTIPOLYGON (((302986 5655135, 302987 5655135, 302987 5655134, 302986.51138329937 5655134, "
    "302986 5655134.080388024, 302986 5655135)), ((302986 5655134, 302986 5655134.080388024, "
    "302986.5113832992 5655134, 302986 5655134)))",
    "MULTIPOLYGON (((303941 5655607, 303940.62037825235 5655607, 303941 5655607.494104484, 303941 5655607)), "
    "((303940 5655607, 303940 5655608, 303941 5655608, 303941 5655607.494104484, 303940.6203782521 5655607, "
    "303940 5655607)))")


@pytest.mark.parametrize("text", SLIT)
def test_the_ground_of_drawn_units_is_valid_also_where_parts_lie_a_hair_apart(text: str) -> None:
    unit = shapely.from_wkt(text)
    zone = parse_crs("EPSG:32626")
    assert unit.is_valid
    assert not transform(np.array([unit], dtype=object), find_transformation(zone, WGS84))[0].is_valid
    units = LotUnits(zone, 1.0, np.array([0]), np.array([0]), np.array([unit], dtype=object), np.array([3]))
    ground = units.on_earth(np.array([0]))
    assert ground.is_valid
    assert to_plane(ground, zone).area == pytest.approx(unit.area, abs=1e-6)
    shapely.union_all([ground, shapely.box(-30, 51, -29, 52)])


def test_a_lot_of_too_many_units_is_refused_before_memory_is_gone() -> None:
    wide = replace(lot_of([part(0)]), geometry=shapely.box(-30, 51, -29, 52))
    with pytest.raises(RequestError, match="SG-INSPECTION-006"):
        lot_units(wide, [], unit_m=1.0, edge_m=0.0)


# draws


def test_the_same_seed_and_lot_give_the_same_units_and_others_do_not() -> None:
    lot = lot_of([part(0)])
    units = lot_units(lot, [], unit_m=1.0, edge_m=2.0)
    taken = allot(units.sizes, 40).tolist()
    first = draw_units(units, taken, "seed", lot.id)
    assert (first == draw_units(units, taken, "seed", lot.id)).all()
    assert set(first) != set(draw_units(units, taken, "other", lot.id))
    assert set(first) != set(draw_units(units, taken, "seed", "other lot"))
    assert len(set(first)) == sum(taken)
    assert np.bincount(units.stratum[first], minlength=4).tolist() == taken


def test_a_draw_is_known_by_its_hashes_alone() -> None:
    lot = lot_of([part(0)])
    units = lot_units(lot, [], unit_m=5.0, edge_m=0.0)
    ranked = sorted(range(len(units)), key=lambda i: sha256_hex(f"s:{lot.id}:{units.col[i]}:{units.row[i]}".encode()))
    assert draw_units(units, [0, 0, 0, 7], "s", lot.id).tolist() == ranked[:7]


def test_each_unit_of_a_stratum_is_drawn_equally_often() -> None:
    lot = lot_of([part(0)])
    units = lot_units(lot, [], unit_m=4.0, edge_m=0.0)
    counts = np.zeros(len(units))
    for k in range(2_000):
        counts[draw_units(units, [0, 0, 0, 6], f"seed {k}", lot.id)] += 1
    expected = 2_000 * 6 / len(units)
    chi2 = float(((counts - expected) ** 2 / (expected * (1 - 6 / len(units)))).sum())
    assert chi2 < len(units) + 5 * np.sqrt(2 * len(units))


def test_a_draw_is_verified_from_seed_and_lot_and_any_change_is_refused() -> None:
    parts = [part(0), part(1, day=1)]
    lot = lot_of(parts)
    units = lot_units(lot, parts, unit_m=1.0, edge_m=2.0)
    draw = drawn(lot, units, allot(units.sizes, 60).tolist())
    assert verify_draw(lot, draw, parts).names == units.names
    other = next(name for name in units.names if name not in draw.units)
    for changed in (replace(draw, units=(other, *draw.units[1:])), replace(draw, units=draw.units[::-1]),
                    replace(draw, edge_m=3.0), replace(draw, strata=((*draw.strata[0],), *draw.strata[2:]))):
        with pytest.raises(RefusedError, match="SG-INSPECTION-005"):
            verify_draw(lot, changed, parts)
    with pytest.raises(RefusedError, match="SG-INSPECTION-004"):
        verify_draw(lot, replace(draw, seed="cd" * 32), parts)
    with pytest.raises(RefusedError, match="SG-INSPECTION-005"):
        verify_draw(lot, draw, [part(0), part(1, day=0)])


def test_the_walk_visits_every_drawn_unit_block_by_block() -> None:
    lot = lot_of([part(0)])
    units = lot_units(lot, [], unit_m=1.0, edge_m=2.0)
    chosen = draw_units(units, allot(units.sizes, 80).tolist(), "s", lot.id)
    walk = walk_order(units, chosen, 5.0)
    assert sorted(walk) == sorted(chosen)
    blocks = block_of(units, walk, 5.0)
    changes = sum(a != b for a, b in pairwise(blocks))
    assert changes == len(set(blocks)) - 1


def test_a_unit_that_was_not_inspected_is_named_and_a_centimetre_of_rounding_is_forgiven() -> None:
    lot = lot_of([part(0)])
    units = lot_units(lot, [], unit_m=1.0, edge_m=2.0)
    chosen = draw_units(units, allot(units.sizes, 50).tolist(), "s", lot.id)
    names = [units.names[i] for i in chosen]
    assert missing_units(units, names, [shapely.set_precision(units.on_earth(chosen), 1e-7)]) == ()
    assert missing_units(units, names, [units.on_earth(chosen[2:])]) == tuple(names[:2])
    assert missing_units(units, names, []) == tuple(names)
    half = shapely.transform(units.outline[chosen[0]], lambda xy: xy + np.array([0.5, 0.0]))
    assert missing_units(units, names[:1], [to_earth(half, units.crs)]) == tuple(names[:1])


# plans


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=4).filter(lambda s: sum(s) > 0), st.data())
def test_an_allotment_takes_its_share_of_every_stratum_and_no_more_than_there_is(sizes: list[int], data: st.DataObject
                                                                              ) -> None:
    sample = data.draw(st.integers(1, sum(sizes)))
    taken = allot(sizes, sample)
    assert sample <= taken.sum() <= sample + len(sizes)
    for size, n in zip(sizes, taken, strict=True):
        assert (1 <= n <= size) if size else n == 0
        assert n * sum(sizes) >= sample * size * (1 - 1e-6) - 1e-6 * sum(sizes)


def test_the_worst_arrangement_is_the_worst_of_all_arrangements() -> None:
    sizes, taken, defective = (6, 9, 14), (2, 2, 3), 4
    for detection in (1.0, 0.8):
        every = [float(np.prod([p_accept(s, d, n, detection=detection) for s, d, n in zip(sizes, laid, taken,
                                                                                          strict=True)]))
                 for laid in [(a, b, defective - a - b) for a in range(5) for b in range(5 - a)]]
        assert worst_p_accept(sizes, taken, defective, detection) == pytest.approx(max(every), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=4).filter(lambda s: sum(s) > 5),
       st.sampled_from([0.98, 0.99, 0.996]), st.sampled_from([0.9, 0.95]), st.sampled_from([1.0, 0.95]))
def test_a_plan_keeps_its_promise_wherever_the_defects_lie(sizes: list[int], quality: float, confidence: float,
                                                          detection: float) -> None:
    plan = make_plan(sizes, replace(rules(), quality=quality, confidence=confidence, detection=detection,
                                    share_min=0.0))
    assert plan.taken == sum(plan.by_stratum) <= sum(sizes)
    if plan.formula is None:
        assert plan.by_stratum == tuple(sizes)
    else:
        assert plan.p_accept_limit <= 1 - confidence + 1e-9
        assert plan.formula <= plan.taken


@pytest.mark.parametrize(("half", "quality", "short", "taken"), [(80, 0.99, 62, 63), (160, 0.99, 84, 85),
                                                               (230, 0.98, 59, 60)])
def test_a_sample_that_strata_would_weaken_is_raised(half: int, quality: float, short: int, taken: int) -> None:
    plain = replace(rules(), quality=quality, detection=1.0, share_min=0.0)
    plan = make_plan([half, half], plain)
    assert plan.formula == 2 * short
    assert worst_p_accept([half, half], [short, short], plan.limit, 1.0) > 0.05
    assert plan.by_stratum == (taken, taken)
    assert plan.p_accept_limit <= 0.05


def test_least_share_and_escalation_raise_the_sample_and_all_is_the_most() -> None:
    base = make_plan([0, 200, 100, 4_700], rules())
    assert make_plan([0, 200, 100, 4_700], replace(rules(), share_min=0.2)).taken >= 1_000
    raised = make_plan([0, 200, 100, 4_700], rules(), factor=2.0)
    assert base.formula is not None
    assert raised.taken >= 2 * base.formula
    assert make_plan([0, 10, 0, 40], rules(), factor=9.0).taken == 50
    assert make_plan([0, 10, 0, 40], replace(rules(), detection=0.9)).formula is None
    assert make_plan([0, 10, 0, 40], replace(rules(), detection=0.9)).taken == 50
    allowing = make_plan([0, 0, 0, 5_000], replace(rules(), acceptance_number=2.0, detection=1.0))
    assert allowing.acceptance == 2
    assert float(p_accept(5_000, 50, allowing.taken, acceptance=2)) <= 0.05 < 1


def test_a_team_is_escalated_after_so_many_rejected_lots_and_others_are_not() -> None:
    mine, other = lot_of([part(0)]), lot_of([part(1, team="T2")])
    rejected = replace(lot_of([part(2)]), state=LotState.REJECTED)
    assert escalation(mine, [mine, other], rules()) == 1.0
    assert escalation(mine, [mine, other, rejected], rules()) == 2.0
    assert escalation(other, [mine, other, rejected], rules()) == 1.0
    assert escalation(mine, [mine, rejected], replace(rules(), escalation_rejected=2.0)) == 1.0
    assert escalation(rejected, [rejected], rules()) == 1.0


# simulated lots


def _within_error(lots: int, limit: float) -> None:
    cells = simulate(lots)
    assert len(cells) == 27
    assert max(abs(c.z) for c in cells) < limit, [(c, c.z) for c in cells if abs(c.z) >= limit]
    assert {c.accepted for c in cells} != {0, lots}


def test_ten_thousand_lots_are_accepted_as_often_as_the_exact_law_says() -> None:
    _within_error(10_000, 4.0)


@pytest.mark.long
def test_a_hundred_thousand_lots_are_accepted_as_often_as_the_exact_law_says() -> None:
    _within_error(100_000, 4.0)


def test_simulated_lots_would_show_a_sample_that_is_a_fourteenth_short() -> None:
    _, units, by_stratum = sample_lot()
    sample, count = sum(by_stratum), max(1, round(0.02 * len(units)))
    own = float(p_accept(len(units), count, sample))
    wrong = float(p_accept(len(units), count, round(0.93 * sample)))
    assert abs(own - wrong) > 4 * np.sqrt(own * (1 - own) / 10_000)
    assert len(units) > 100


# risk


def test_visits_by_risk_are_all_spent_and_no_other_choice_finds_more() -> None:
    rng = np.random.default_rng(5)
    left, weight, q = rng.gamma(0.3, 1.0, (6, 5)), rng.random(6), rng.uniform(0.3, 1.0, 6)
    best = allocate_visits(left, q, 6, weight=weight, most_each=3)
    assert best.sum() == 6
    top = expected_found(left, q, best, weight=weight)
    for passes in np.ndindex(4, 4, 4, 4, 4):
        if sum(passes) == 6:
            assert expected_found(left, q, np.array(passes), weight=weight) <= top + 1e-12
    assert expected_left(left, q, best, weight=weight) + top == pytest.approx(
        float((weight / weight.sum()) @ left.sum(axis=1)))


def test_one_visit_each_takes_the_units_with_most_expected_and_ties_go_to_the_first() -> None:
    assert choose_units([0.1, 0.5, 0.5, 0.2], 3).tolist() == [1, 2, 3]
    assert allocate_visits([0.1, 0.5, 0.5, 0.2], 0.9, 2).tolist() == [0, 1, 1, 0]
    assert allocate_visits([1.0, 0.05], 0.5, 3, most_each=3).tolist() == [3, 0]
    assert allocate_visits([1.0, 1.0], 1.0, 9).tolist() == [1, 1]


def test_gains_never_grow_and_keep_what_detection_and_residual_share() -> None:
    left, q = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.2, 0.9])
    table = gains(left, q, most_each=3)
    assert (np.diff(table, axis=0) <= 1e-12).all()
    assert allocate_visits(left, q, 1).tolist() == [0, 1]
    assert allocate_visits(left, float(q.mean()), 1).tolist() == [1, 0]


def test_a_residual_that_is_no_number_is_refused() -> None:
    for left, q in (([-1.0], 0.5), ([np.nan], 0.5), ([1.0], 1.5)):
        with pytest.raises(RequestError, match="SG-INSPECTION-001"):
            gains(left, q)
