"""Worlds: one seed, one world; the auditor passes an honest run and catches a doctored one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from safeground.foundation.errors import RequestError
from safeground.operations.context import Caller
from safeground.simulation.auditor import Handed, audit
from safeground.simulation.campaign import simulate
from safeground.simulation.field import work, write_papers
from safeground.simulation.worlds import PLANS, make_world


@pytest.mark.parametrize("name", [p.name for p in PLANS])
def test_one_seed_gives_the_same_bytes_and_every_item_is_accounted_for(name: str, tmp_path: Path) -> None:
    digests = []
    for k in (1, 2):
        world = make_world(name, 7)
        done = work(world)
        write_papers(world, done, tmp_path / str(k))
        papers = sorted((tmp_path / str(k)).iterdir())
        digests.append(hashlib.sha256(b"".join(p.read_bytes() for p in papers)).hexdigest())
        found = sum(len(s.found) for s in done.diary)
        assert found + len(done.accidents) + done.there.sum() == len(world.x)
    assert digests[0] == digests[1]
    assert make_world(name, 8).x.tobytes() != make_world(name, 7).x.tobytes()


def test_a_world_that_is_not_there_is_refused() -> None:
    with pytest.raises(RequestError, match="SG-SIM-003"):
        make_world("atlantis", 1)


@pytest.mark.parametrize(("name", "seed"), [("hectare", 3), ("rows", 5)])
def test_a_world_runs_through_the_stages_and_passes_its_audit(name: str, seed: int, tmp_path: Path) -> None:
    run = simulate(name, seed, tmp_path, Caller(actor="tester"))
    assert [c for c in run.checks if not c.holds] == []
    assert Path(run.page).is_file()
    assert run.truth["left"] == run.truth["left_inside_recorded_areas"] + run.truth["left_outside_every_area"]


def test_the_auditor_catches_doctored_figures() -> None:
    world = make_world("village", 4)
    done = work(world)
    areas = [{"name": f"village {k + 1}", "interval": [900, 900], "model_interval": [900, 900], "p_any": 0.001}
             for k in range(len(world.recorded))]
    rows = {"areas.geojson": len(world.recorded), "returns.geojson": len(done.diary) - 1,
            "finds.csv": sum(len(s.found) for s in done.diary), "accidents.csv": len(done.accidents)}
    handed = Handed({"areas": areas, "sites": [{"finds": 1.0}]}, 1, rows, dict(rows), frozenset())
    failed = {c.name for c in audit(world, done, (), handed) if not c.holds}
    assert failed == {"rows taken in are the rows of the diary", "land opened in the book is the outlines' area, m²",
                      "no find or accident near an area is lost by the engine",
                      "truth lies in the stated 90 % interval often enough",
                      "areas stated at P(any) ≤ 1 % hold something rarely"}
    vanished = replace(done, there=np.zeros(len(world.x), bool))
    assert not audit(world, vanished, (), handed)[0].holds
