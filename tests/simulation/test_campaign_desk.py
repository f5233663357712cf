"""Ground that simulated teams work again grows inside its area alone, and far enough for its outline to be taken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import shapely

from safeground.progress.judge import outside_share
from safeground.simulation.campaign_desk import Desk
from safeground.simulation.campaign_jobs import BOUNDARY_M, MARGIN_M, Job
from safeground.simulation.campaign_papers import degrees, metres

BOX = degrees(shapely.box(300_000, 5_657_000, 300_100, 5_657_050))
#: What the shipped rule pack allows of a return outside its area.
ALLOWED = 0.05


def _desk() -> Any:
    return Desk(*([cast(Any, None)] * 5), area_ids=["A"],
                books=cast(Any, SimpleNamespace(shape=lambda noun, name: BOX)))


def test_ground_to_work_again_grows_but_not_beyond_the_areas_outline() -> None:
    edge = shapely.box(300_000, 5_657_010, 300_001, 5_657_020)
    grown = _desk().grown(0, edge, 0.3)
    assert abs(grown.area - 1.3 * 10.6) < 0.3
    assert shapely.difference(grown, metres(BOX)).area < 1e-6
    assert shapely.difference(edge, grown).area < 0.2


@pytest.mark.parametrize("gap", [
    shapely.box(300_000, 5_657_010, 300_000.5, 5_657_026), shapely.box(300_099.9, 5_657_000, 300_100, 5_657_000.2),
    shapely.MultiPolygon([shapely.box(300_000, 5_657_010, 300_000.2, 5_657_040),
                          shapely.box(300_040, 5_657_010, 300_060, 5_657_030)])])
def test_a_narrow_strip_at_the_edge_is_walked_so_wide_that_its_return_is_taken(gap: shapely.Geometry) -> None:
    strip = _desk().strip(0, gap, 0.3)
    assert shapely.difference(gap.intersection(metres(BOX)), strip).area < 1e-6
    assert shapely.difference(strip, metres(BOX)).area < 1e-6
    for piece in shapely.get_parts(strip):
        job = Job(0, "manual", piece, 40.0)
        paper = degrees(job.band(job.low - MARGIN_M, job.high + MARGIN_M, beyond_m=BOUNDARY_M))
        assert outside_share(paper, BOX)[0] < ALLOWED


def test_wide_ground_is_walked_as_it_is() -> None:
    ground = shapely.box(300_000, 5_657_010, 300_030, 5_657_040)
    assert _desk().strip(0, ground, 0.3).equals(_desk().grown(0, ground, 0.3))
