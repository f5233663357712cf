"""Field work of a campaign: fronts cover the ground, one seed gives the same papers, every fault is planted."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.affinity import translate

from safeground.foundation.errors import RequestError
from safeground.simulation.campaign_field import PAPER_FAULTS, Field
from safeground.simulation.campaign_jobs import Job
from safeground.simulation.campaign_papers import degrees, metres, write_finds, write_returns, write_start
from safeground.simulation.campaign_world import PLANS, START, campaign_named, make_campaign_world


def _whole(name: str, seed: int, folder: Path | None = None) -> Field:
    world = make_campaign_world(name, seed)
    field = Field(world)
    if folder is not None:
        write_start(world, folder)
    for k, area in enumerate(world.areas):
        if area.fate != "cancel":
            field.open_ground(k, area.outline if area.part is None else area.outline.difference(area.part))
    for d in range(world.plan.days + 14):
        day = START + timedelta(days=d)
        field.work_day(day)
        arrived = field.deliver(day)
        if folder is not None:
            write_returns(world, arrived, day, folder)
            write_finds(world, arrived, day, folder)
    return field


@pytest.mark.parametrize("name", [plan.name for plan in PLANS])
def test_every_fault_is_planted_and_every_item_is_found_or_still_there(name: str) -> None:
    field = _whole(name, 5)
    plan = campaign_named(name)
    planted = Counter(p.kind for p in field.planted)
    possible = {kind: n for kind, n in PAPER_FAULTS if kind != "far too much ground" or name == "campaign-60"}
    assert {kind: planted[kind] for kind in possible} == {kind: n * plan.planted for kind, n in possible.items()}
    found = [find.item for paper in field.diary for find in paper.finds]
    assert len(found) == len(set(found))
    assert len(found) + int(field.there.sum()) == len(field.world.x)
    assert len(field.world.areas) == plan.areas


def test_one_seed_gives_the_same_papers_and_another_seed_others(tmp_path: Path) -> None:
    digests = []
    for run, seed in (("a", 3), ("b", 3), ("c", 4)):
        _whole("campaign-8", seed, tmp_path / run)
        digests.append(hashlib.sha256(b"".join(
            p.name.encode() + p.read_bytes() for p in sorted((tmp_path / run).iterdir()))).hexdigest())
    assert digests[0] == digests[1] != digests[2]


def test_fronts_from_both_sides_cover_the_ground_once() -> None:
    ground = make_campaign_world("campaign-60", 2).areas[0].outline
    job = Job(0, "manual", ground, 37.0, teams=["T1", "T2"])
    bands = []
    while not job.done:
        for team in job.teams:
            if not job.done:
                bands.append(job.band(*job.advance(team, 150.0)))
    assert len(bands) >= 2
    assert abs(sum(b.area for b in bands) - ground.area) < 1e-3
    assert ground.difference(shapely.union_all(bands)).area < 1e-3


def test_reported_outlines_leave_no_gap_after_rounding_to_seven_decimals() -> None:
    field = _whole("campaign-8", 1)
    area = next(k for k, a in enumerate(field.world.areas) if a.fate == "clear")
    outline = degrees(field.world.areas[area].outline)
    done = [degrees(p.reported) for p in field.diary if p.area == area and p.final and not p.fault]
    swapped = [degrees(p.reported) for p in field.diary if p.area == area and p.fault and not p.swapped]
    assert metres(outline.difference(shapely.union_all(done + swapped))).area < 1e-3


def test_the_team_that_over_reports_leaves_ground_unsearched() -> None:
    field = _whole("campaign-60", 6)
    liar = next(t for t in field.world.teams if t.truly < 1)
    papers = [p for p in field.diary if p.team == liar.local_id and not p.corrects]
    share = np.median([p.searched.area / p.reported.area for p in papers if not p.fault])
    assert 0.5 < share < 0.9
    assert {p.subject for p in field.planted if p.kind == "over-reporting"} == {p.submission for p in papers}


def _strip(field: Field, wide: float) -> tuple[int, shapely.Geometry]:
    """Return an area and a strip of it along its longest side, so many metres wide."""
    area = next(k for k, a in enumerate(field.world.areas) if a.fate == "clear")
    outline = field.world.areas[area].outline
    corners = shapely.get_coordinates(outline)
    side = max((shapely.LineString(corners[k : k + 2]) for k in range(len(corners) - 1)), key=lambda s: s.length)
    return area, side.buffer(wide, cap_style="flat").intersection(outline)


@pytest.mark.parametrize(("wide", "fault"), [(0.8, ""), (3.0, "late")])
def test_an_error_is_planted_in_a_return_alone_that_the_desk_would_take_without_it(wide: float, fault: str) -> None:
    field = Field(make_campaign_world("campaign-8", 2))
    field._faults = {1: "late"}
    field.rework(*_strip(field, wide))
    papers = [p for p in field.work_day(START) if p.method == "manual"]
    assert [p.fault for p in papers] == [fault]
    assert [p.kind for p in field.planted if p.kind == "late"] == [fault] * bool(fault)
    assert list(field._faults.values()) == ["late"] * (not fault)


def test_a_refused_return_comes_once_more_cut_at_its_areas_boundary() -> None:
    field = Field(make_campaign_world("campaign-8", 2))
    field._faults = {}
    area, ground = _strip(field, 0.8)
    outline = field.world.areas[area].outline
    field.rework(area, ground)
    (paper,) = [p for p in field.work_day(START) if p.area == area and p.method == "manual"]
    field.deliver(START + timedelta(days=1))
    assert field.send_again(paper, START + timedelta(days=1), outline)
    (again,) = [p for p in field.deliver(START + timedelta(days=2)) if p.area == area]
    assert again.submission == paper.submission
    assert paper.reported.difference(outline).area > 0.1 > 1e-6 > again.reported.difference(outline).area
    assert not field.send_again(again, START + timedelta(days=2), outline)


def test_a_planted_outline_is_not_drawn_again_beside_its_correction() -> None:
    field = Field(make_campaign_world("campaign-8", 2))
    field._faults = {1: "outside"}
    field.rework(*_strip(field, 3.0))
    (paper,) = [p for p in field.work_day(START) if p.fault == "outside"]
    outline = field.world.areas[paper.area].outline
    assert not field.send_again(paper, START, translate(outline, 0.0, 2_500.0))


def test_a_campaign_that_is_not_there_is_refused() -> None:
    with pytest.raises(RequestError, match="SG-SIM-003"):
        campaign_named("atlantis")
