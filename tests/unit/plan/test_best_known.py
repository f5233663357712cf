"""The best-knowns of the published set: one row for a problem, no worth above its bound."""

from __future__ import annotations

import csv

import pytest
from benchmarks._plan_instances import SEEDS, SIZES, instance
from benchmarks.plan import BEST_KNOWN, best_known

from safeground.plan.arrays import build
from safeground.plan.solve import first_plan


def rows() -> list[tuple[int, int, int]]:
    with BEST_KNOWN.open(encoding="utf-8", newline="") as file:
        return [(int(r["tasks"]), int(r["teams"]), int(r["seed"])) for r in csv.DictReader(file)]


def test_each_row_is_of_the_set_and_named_once() -> None:
    assert len(rows()) == len(set(rows()))
    assert set(rows()) <= {(n, k, s) for n, k in SIZES for s in SEEDS}
    assert best_known(50, 10, 99) == (None, None)


@pytest.mark.parametrize("key", [k for k in rows() if k[0] <= 200])
def test_the_best_known_lies_between_the_first_plan_and_the_bound(key: tuple[int, int, int]) -> None:
    worth, bound = best_known(*key)
    assert worth is not None
    assert bound is not None
    assert float(first_plan(build(instance(*key))).totals[0]) < worth <= bound
