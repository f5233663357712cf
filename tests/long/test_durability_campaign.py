"""Twenty thousand power cuts, two thousand kills."""

from __future__ import annotations

import pytest
from benchmarks.durability import kills, power_cuts

from safeground.store import engine


@pytest.mark.long
@pytest.mark.parametrize("log_ahead", [True, False])
def test_ten_thousand_power_cuts_take_back_nothing(log_ahead: bool) -> None:
    found = power_cuts(10_000, engine.SYNCHRONOUS, log_ahead=log_ahead)
    assert (found["lost"], found["corrupt"]) == (0, 0)


@pytest.mark.long
def test_two_thousand_kills_take_back_nothing() -> None:
    found = kills(2000)
    assert (found["lost"], found["corrupt"]) == (0, 0)
