"""Ground that the simulated teams work again grows inside its area alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import shapely

from safeground.simulation.campaign_desk import Desk
from safeground.simulation.campaign_papers import degrees, metres


def test_ground_to_work_again_grows_but_not_beyond_the_areas_outline() -> None:
    outline = degrees(shapely.box(300_000, 5_657_000, 300_100, 5_657_050))
    desk = cast(Any, SimpleNamespace(area_ids=["A"], books=SimpleNamespace(shape=lambda noun, name: outline)))
    edge = shapely.box(300_000, 5_657_010, 300_001, 5_657_020)
    grown = Desk.grown(desk, 0, edge, 0.3)
    assert abs(grown.area - 1.3 * 10.6) < 0.3
    assert shapely.difference(grown, metres(outline)).area < 1e-6
    assert shapely.difference(edge, grown).area < 0.2
