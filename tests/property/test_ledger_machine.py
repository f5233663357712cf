"""The land book under random use: a short walk here, the long campaign in tests/long."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from safeground.foundation.errors import SafegroundError
from safeground.ground import partition as cutting
from support.land_machine import LandMachine

SHORT = settings(max_examples=40, stateful_step_count=50, deadline=None, derandomize=True,
                 suppress_health_check=list(HealthCheck))


def test_random_use_keeps_every_rule_of_the_book() -> None:
    run_state_machine_as_test(LandMachine, settings=SHORT)


@pytest.mark.parametrize("leak_cm2", [1, -1])
def test_an_allotment_that_leaks_a_square_centimetre_turns_it_red(
    monkeypatch: pytest.MonkeyPatch, leak_cm2: int
) -> None:
    honest = cutting.allot_area

    def leaky(parent_cm2: int, measured: np.ndarray, **how: float) -> np.ndarray:
        shares = honest(parent_cm2, measured, **how)
        if len(shares) > 1:
            shares[0] -= leak_cm2
        return shares

    monkeypatch.setattr(cutting, "allot_area", leaky)
    with pytest.raises((AssertionError, SafegroundError)):
        run_state_machine_as_test(LandMachine, settings=settings(
            SHORT, max_examples=200, phases=[Phase.generate], report_multiple_bugs=False))
