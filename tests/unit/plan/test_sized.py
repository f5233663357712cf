"""Large problems are searched in smaller and cooler moves; no setting of the user is made larger."""

from __future__ import annotations

from safeground.plan.solve import LARGE, SolveSettings, runs_of, sized


def test_below_the_limit_the_settings_stay() -> None:
    rules = SolveSettings(seed=7, out_most=9)
    assert sized(rules, LARGE - 1) is rules


def test_from_the_limit_on_moves_are_smaller_and_cooler() -> None:
    rules = SolveSettings(seed=7, out_most=3, in_most=8)
    large = sized(rules, LARGE)
    assert (large.out_most, large.in_most, large.seed) == (3, 3, 7)
    assert large.warmth < rules.warmth
    assert large.cold < rules.cold


def test_an_allowance_of_many_moves_for_each_task_holds_several_coolings() -> None:
    rules = SolveSettings()
    assert runs_of(5 * rules.run_moves * 50 * 50, 50, rules) == 5
    assert runs_of(0.3 * rules.run_moves * 50 * 50, 50, rules) == 1
    assert runs_of(5 * rules.run_moves * 50 * 50, 100, rules) == 1
    assert runs_of(1e12, 50, rules) == rules.runs_most
