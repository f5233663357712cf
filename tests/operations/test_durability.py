"""What was acknowledged as saved survives a power cut and a kill; a weaker store is found out by the same harness."""

from __future__ import annotations

import os

import pytest
from benchmarks.durability import kills, power_cuts

from safeground.store import engine


@pytest.mark.parametrize("log_ahead", [True, False], ids=["write-ahead log", "rollback journal"])
def test_no_power_cut_takes_back_what_was_saved(log_ahead: bool) -> None:
    found = power_cuts(150, engine.SYNCHRONOUS, log_ahead=log_ahead)
    assert (found["lost"], found["corrupt"], found["ok"]) == (0, 0, 150)


@pytest.mark.parametrize(("level", "log_ahead"), [("NORMAL", True), ("OFF", True), ("OFF", False), ("FULL", False)])
def test_a_weaker_store_is_found_out(level: str, log_ahead: bool) -> None:
    found = power_cuts(40, level, log_ahead=log_ahead)
    assert found["lost"] + found["corrupt"] > 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_no_kill_takes_back_what_was_saved() -> None:
    found = kills(15)
    assert (found["lost"], found["corrupt"]) == (0, 0)
