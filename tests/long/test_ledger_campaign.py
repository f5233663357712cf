"""The land book's long campaign: 100,000 steps and more."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from support.land_machine import LandMachine

STEPS, EXAMPLES = 100, 1400


@pytest.mark.long
def test_a_hundred_thousand_random_steps_keep_every_rule_of_the_book(capsys: pytest.CaptureFixture[str]) -> None:
    taken: list[int] = []

    class Counted(LandMachine):
        def teardown(self) -> None:
            taken.append(self.steps)

    run_state_machine_as_test(Counted, settings=settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, derandomize=True,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate]))
    with capsys.disabled():
        print(f"\nland book: {sum(taken):,} steps in {len(taken):,} walks, no rule broken")
    assert sum(taken) >= 100_000
