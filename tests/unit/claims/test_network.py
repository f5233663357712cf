"""The temporal network on hand-made examples: bounds exact to the day, contradictions with the constraints that "
"make them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeground.claims.network import Network
from safeground.foundation.errors import RequestError

Y = 2025
# (name, inclusive, constraints, expected): a constraint is (kind, a, b, low, high) with days of 2025 as (month, day);
# expected is {point: ((m, d) | None, (m, d) | None)} or the set of labels of the contradiction.
D = "dated"
GOLDEN = [
    ("a dated point keeps its days", True, [(D, "a", (8, 1), (8, 31))], {"a": ((8, 1), (8, 31))}),
    ("two datings of a point meet", True, [(D, "a", (8, 1), (8, 31)), (D, "a", (8, 20), (9, 10))],
     {"a": ((8, 20), (8, 31))}),
    ("two datings that do not meet contradict", True, [(D, "a", (8, 1), (8, 10)), (D, "a", (8, 11), (8, 20))], 2),
    ("open above", True, [(D, "a", (8, 1), None)], {"a": ((8, 1), None)}),
    ("open below", True, [(D, "a", None, (8, 1))], {"a": (None, (8, 1))}),
    ("before passes an upper bound back", True, [("before", "a", "b"), (D, "b", None, (8, 5))], {"a": (None, (8, 5))}),
    ("before passes a lower bound on", True, [("before", "a", "b"), (D, "a", (8, 5), None)], {"b": ((8, 5), None)}),
    ("a chain of three passes bounds", True, [("before", "a", "b"), ("before", "b", "c"), (D, "c", None, (8, 5))],
     {"a": (None, (8, 5))}),
    ("a circle of before makes all the same day", True,
     [("before", "a", "b"), ("before", "b", "a"), (D, "a", (8, 5), (8, 5))], {"b": ((8, 5), (8, 5))}),
    ("a circle with a gap contradicts", True, [("before", "a", "b", 1), ("before", "b", "a")], 2),
    ("ten days inclusive end nine days on", True, [(D, "a", (8, 1), (8, 1)), ("lasts", "a", "b", 10, 10)],
     {"b": ((8, 10), (8, 10))}),
    ("ten days exclusive end ten days on", False, [(D, "a", (8, 1), (8, 1)), ("lasts", "a", "b", 10, 10)],
     {"b": ((8, 11), (8, 11))}),
    ("one day inclusive ends on its day", True, [(D, "a", (8, 1), (8, 1)), ("lasts", "a", "b", 1, 1)],
     {"b": ((8, 1), (8, 1))}),
    ("less than a day ends on its day", True, [(D, "a", (8, 1), (8, 1)), ("lasts", "a", "b", 0.25, 0.25)],
     {"b": ((8, 1), (8, 1))}),
    ("a length bounds the start from the end", True, [(D, "b", (8, 31), (8, 31)), ("lasts", "a", "b", 31, 31)],
     {"a": ((8, 1), (8, 1))}),
    ("a range of lengths widens the end", True, [(D, "a", (8, 1), (8, 1)), ("lasts", "a", "b", 5, 8)],
     {"b": ((8, 5), (8, 8))}),
    ("at least so long leaves the end open", True, [(D, "a", (8, 1), (8, 1)), ("lasts", "a", "b", 5, None)],
     {"b": ((8, 5), None)}),
    ("at most so long begins at nothing", True, [(D, "a", (8, 1), (8, 1)), ("lasts", "a", "b", None, 5)],
     {"b": ((8, 1), (8, 5))}),
    ("too long for its bounds contradicts", True,
     [(D, "a", (8, 1), (8, 31)), (D, "b", (8, 1), (8, 31)), ("lasts", "a", "b", 32, 32)], 3),
    ("just long enough fits", True, [(D, "a", (8, 1), (8, 31)), (D, "b", (8, 1), (8, 31)), ("lasts", "a", "b", 31, 31)],
     {"a": ((8, 1), (8, 1)), "b": ((8, 31), (8, 31))}),
    ("exclusively it is a day too long", False,
     [(D, "a", (8, 1), (8, 31)), (D, "b", (8, 1), (8, 31)), ("lasts", "a", "b", 31, 31)], 3),
    ("the same day passes both bounds", True, [("same", "a", "b"), (D, "a", (8, 2), (8, 9))], {"b": ((8, 2), (8, 9))}),
    ("the same day twice dated contradicts", True,
     [("same", "a", "b"), (D, "a", (8, 2), (8, 2)), (D, "b", (8, 3), (8, 3))], 3),
    ("a span within a span takes its bounds", True,
     [(D, "m.start", (8, 1), (8, 1)), (D, "m.end", (8, 20), (8, 20)), ("during", "w", "m")],
     {"w.start": ((8, 1), (8, 20)), "w.end": ((8, 1), (8, 20))}),
    ("ninety days within a hundred fit", True,
     [(D, "m.start", (8, 1), (8, 1)), ("lasts", "m.start", "m.end", 100, 100), ("during", "w", "m"),
      ("lasts", "w.start", "w.end", 90, 90)], {"w.start": ((8, 1), (8, 11)), "w.end": ((10, 29), (11, 8))}),
    ("a span longer than the one around it contradicts", True,
     [("lasts", "m.start", "m.end", 10, 10), ("during", "w", "m"), ("lasts", "w.start", "w.end", 11, 11)], 3),
    ("between three and five days apart", True, [(D, "a", (8, 1), (8, 2)), ("between", "a", "b", 3, 5)],
     {"b": ((8, 4), (8, 7))}),
    ("between binds backward", True, [(D, "b", (8, 10), (8, 11)), ("between", "a", "b", 3, 5)], {"a": ((8, 5), (8,
                                                                                                                8))}),
    ("two intervals apart add up", True, [(D, "a", (8, 1), (8, 1)), ("between", "a", "b", 2, 3), ("between", "b", "c",
                                                                                                  4, 6)],
     {"c": ((8, 7), (8, 10))}),
    ("a third side tightens a triangle", True,
     [(D, "a", (8, 1), (8, 1)), ("between", "a", "b", 0, 10), ("between", "b", "c", 5, 5), ("between", "a", "c", 7, 7)],
     {"b": ((8, 3), (8, 3))}),
    ("a triangle that cannot close contradicts", True,
     [("between", "a", "b", 1, 1), ("between", "b", "c", 1, 1), ("between", "a", "c", 3, 3)], 3),
    ("no constraints on a named point leave it open", True, [("before", "a", "b")], {"a": (None, None), "b": (None,
                                                                                                              None)}),
    ("a negative gap allows overlap", True, [(D, "a", (8, 10), (8, 10)), ("between", "a", "b", -3, -1)],
     {"b": ((8, 7), (8, 9))}),
    ("a month's end and a month's start", True, [(D, "a", (8, 31), (8, 31)), ("between", "a", "b", 1, 1)],
     {"b": ((9, 1), (9, 1))}),
    ("a year's end is crossed", True, [(D, "a", (12, 31), (12, 31)), ("lasts", "a", "b", 2, 2)], {"b": ((13, 1), (13,
                                                                                                                  1))}),
    ("February of a common year", True, [(D, "a", (2, 28), (2, 28)), ("between", "a", "b", 1, 1)], {"b": ((3, 1), (3,
                                                                                                                   1))}),
    ("two reports of one length meet", True,
     [(D, "a", (8, 1), (8, 1)), ("lasts", "a", "b", 10, 20), ("lasts", "a", "b", 15, 30)], {"b": ((8, 15), (8, 20))}),
    ("two reports of one length contradict", True, [("lasts", "a", "b", 10, 10), ("lasts", "a", "b", 12, 12)], 2),
    ("a third report does not hide the two", True,
     [("lasts", "a", "b", 10, 10), ("lasts", "a", "b", 12, 12), (D, "a", (8, 1), (8, 31))], 2),
    ("a ceremony after the return bounds it", True,
     [(D, "c", (12, 12), (12, 12)), ("before", "e", "c"), ("lasts", "s", "e", 30, 30)], {"s": (None, (11, 13)),
                                                                                         "e": (None, (12, 12))}),
    ("a start before a start", True, [("before", "s1", "s2", 7), (D, "s2", (8, 8), (8, 8))], {"s1": (None, (8, 1))}),
    ("equal gaps carry", True, [("between", "a", "b", 7, 7), ("between", "b", "c", 7, 7), (D, "c", (8, 15), (8, 15))],
     {"a": ((8, 1), (8, 1))}),
    ("a span of exactly its bounds", True, [(D, "s", (8, 1), None), (D, "e", None, (8, 10)), ("lasts", "s", "e", 10,
                                                                                              10)],
     {"s": ((8, 1), (8, 1)), "e": ((8, 10), (8, 10))}),
    ("a span with slack of two days", True, [(D, "s", (8, 1), None), (D, "e", None, (8, 12)), ("lasts", "s", "e", 10,
                                                                                               10)],
     {"s": ((8, 1), (8, 3)), "e": ((8, 10), (8, 12))}),
    ("weeks: two of them inclusive", True, [(D, "s", (8, 4), (8, 4)), ("lasts", "s", "e", 14, 14)], {"e": ((8, 17), (8,
                                                                                                                     17))}),
    ("weeks: two of them exclusive", False, [(D, "s", (8, 4), (8, 4)), ("lasts", "s", "e", 14, 14)], {"e": ((8, 18),
                                                                                                            (8, 18))}),
    ("three months are 89 to 92 days", True, [(D, "s", (8, 1), (8, 1)), ("lasts", "s", "e", 89, 92)], {"e": ((10, 28),
                                                                                                             (10,
                                                                                                              31))}),
    ("an end before its start contradicts", True, [(D, "s", (8, 10), (8, 10)), (D, "e", (8, 1), (8, 1)), ("before",
                                                                                                          "s", "e")],
     3),
    ("two spans that must not touch", True,
     [(D, "e1", (8, 10), (8, 10)), ("before", "e1", "s2", 1), (D, "s2", None, (8, 11))], {"s2": ((8, 11), (8, 11))}),
    ("two spans pressed together contradict", True,
     [(D, "e1", (8, 10), (8, 10)), ("before", "e1", "s2", 2), (D, "s2", None, (8, 11))], 3),
    ("four points in a row", True,
     [(D, "p", (8, 1), (8, 1)), ("between", "p", "q", 1, 2), ("between", "q", "r", 1, 2), ("between", "r", "t", 1, 2)],
     {"t": ((8, 4), (8, 7)), "q": ((8, 2), (8, 3))}),
    ("a late report narrows all before it", True,
     [(D, "p", (8, 1), (8, 10)), ("between", "p", "q", 1, 2), ("between", "q", "r", 1, 2), (D, "r", (8, 12), (8, 20))],
     {"p": ((8, 8), (8, 10)), "q": ((8, 10), (8, 12)), "r": ((8, 12), (8, 14))}),
]


def day(pair: tuple[int, int] | None) -> date | None:
    return None if pair is None else date(Y + (pair[0] > 12), (pair[0] - 1) % 12 + 1, pair[1])


def build(inclusive: bool, constraints: list[tuple]) -> Network:
    net = Network(inclusive)
    for number, (kind, *rest) in enumerate(constraints):
        label = f"c{number}"
        if kind == "dated":
            net.add("dated", rest[0], earliest=day(rest[1]), latest=day(rest[2]), label=label)
        elif kind == "lasts":
            net.lasts(rest[0], rest[1], rest[2], rest[3], label)
        elif kind == "between":
            net.add("between", rest[0], rest[1], low=rest[2], high=rest[3], label=label)
        elif kind == "before":
            net.add("before", rest[0], rest[1], low=rest[2] if len(rest) > 2 else None, label=label)
        else:
            net.add(kind, rest[0], rest[1], label=label)
    return net


@pytest.mark.parametrize(("inclusive", "constraints", "expected"), [row[1:] for row in GOLDEN], ids=[row[0]
                                                                                                     for row in GOLDEN])
def test_a_network_gives_exactly_these_days(inclusive: bool, constraints: list[tuple], expected: dict | int) -> None:
    solution = build(inclusive, constraints).solve()
    if isinstance(expected, int):
        assert not solution.consistent
        assert len(set(solution.cycle)) == expected
        assert solution.bounds == {}
    else:
        assert solution.consistent
        for point, (low, high) in expected.items():
            assert solution.bounds[point] == (day(low), day(high)), point


def test_there_are_fifty_networks() -> None:
    assert len(GOLDEN) >= 50


def mission(inclusive: bool, *, ceremony: date = date(2025, 12, 12), began: tuple[date, date] = (date(2025, 8, 1),
                                                                                               date(2025, 8,
                                                                                                    31))) -> Network:
    net = Network(inclusive)
    net.dated("ceremony", ceremony, ceremony, "ceremony on Friday")
    net.dated("start", *began, "began in August")
    net.lasts("start", "end", 120, 120, "120 days")
    net.before("end", "ceremony", "back before the ceremony")
    net.before("start", "work.start", "work within the mission")
    net.between("work.start", "work.end", 0, 91, "less than three months")
    net.before("work.end", "end", "work within the mission")
    return net


def test_the_mission_counted_inclusively() -> None:
    bounds = mission(True).solve().bounds
    assert bounds["start"] == (date(2025, 8, 1), date(2025, 8, 15))
    assert bounds["end"] == (date(2025, 11, 28), date(2025, 12, 12))


def test_the_mission_counted_exclusively() -> None:
    bounds = mission(False).solve().bounds
    assert bounds["start"] == (date(2025, 8, 1), date(2025, 8, 14))
    assert bounds["end"] == (date(2025, 11, 29), date(2025, 12, 12))


def test_early_in_august_narrows_the_end() -> None:
    net = mission(True)
    net.dated("start", date(2025, 8, 1), date(2025, 8, 10), "early in August")
    assert net.solve().bounds["end"] == (date(2025, 11, 28), date(2025, 12, 7))


def test_a_false_return_is_told_with_what_contradicts_it() -> None:
    net = mission(True)
    net.dated("end", date(2025, 12, 20), date(2025, 12, 20), "returned 20 December")
    solution = net.solve()
    assert not solution.consistent
    assert "returned 20 December" in solution.cycle
    assert "began in August" not in solution.cycle


def test_a_wrong_anchor_stays_consistent() -> None:
    assert mission(True, ceremony=date(2025, 12, 19)).solve().bounds["start"] == (date(2025, 8, 1), date(2025, 8, 22))


def test_three_months_of_work_fit_in_120_days() -> None:
    assert mission(True).solve().consistent


def test_days_between_two_points_are_told() -> None:
    net = Network()
    net.between("a", "b", 3, 5)
    solution = net.solve()
    assert solution.between("a", "b") == (3, 5)
    assert solution.between("b", "a") == (-5, -3)


def test_a_range_the_wrong_way_round_and_an_unknown_kind_are_refused() -> None:
    with pytest.raises(RequestError, match="SG-CLAIMS-101"):
        Network().between("a", "b", 5, 3)
    with pytest.raises(RequestError, match="SG-CLAIMS-102"):
        Network().add("around", "a", "b")


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(-20, 20), st.integers(0, 15)), max_size=12),
       st.lists(st.integers(0, 60), min_size=5, max_size=5))
def test_a_network_made_from_days_is_consistent_and_holds_them(rows: list[tuple[int, int, int, int]],
                                                               days: list[int]) -> None:
    """Constraints that a choice of days satisfies are never called a contradiction, and the bounds hold that choice."""
    base = date(2025, 1, 1).toordinal()
    net = Network()
    net.dated("p0", date.fromordinal(base + days[0]), date.fromordinal(base + days[0]))
    for a, b, _, slack in rows:
        apart = days[b] - days[a]
        net.between(f"p{a}", f"p{b}", apart - slack, apart + slack // 2)
    solution = net.solve()
    assert solution.consistent
    for point, (low, high) in solution.bounds.items():
        own = date.fromordinal(base + days[int(point[1:])])
        assert low is None or low <= own
        assert high is None or own <= high
