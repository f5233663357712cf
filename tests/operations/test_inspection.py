"""The inspection stage on a project: lots, sealed draws, visits, verdicts that move land, cases that block."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from safeground.cli.main import main
from safeground.foundation.canonical import sha256_hex
from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.seeds import stable_id
from safeground.ground.crs import utm_crs
from safeground.ground.grid import Grid
from safeground.hazard.maps import HazardMaps
from safeground.inspection.draw import to_plane, verify_draw
from safeground.ledger.book import LandBook
from safeground.ledger.post import void_pending
from safeground.operations import ledger
from safeground.operations.inspection import (
    DrawResult,
    Visit,
    VisitFind,
    act_on_case,
    cases_of_find,
    close_case,
    decide_lot,
    draw_sample,
    form_lots,
    open_case,
    read_visit,
    record_visit,
    reseal_lot,
    verify_case,
    withdraw_lot,
)
from safeground.operations.inspection_show import sample_json, show, write_draw_files
from safeground.operations.rasters import write_cog
from safeground.records.nouns import Accident, HazardousArea, OrdnanceItem, ReleaseDecision
from safeground.records.quality import LotState
from safeground.records.vocabulary import ContaminationCategory, LandStatus, Severity, WorkflowStatus
from safeground.store.project import Project, create_project, open_project
from safeground.store.writer import Writer
from support.inspections import FIRST, SIZE, at, cleared_project, work
from support.projects import area, caller, new_project, opening

SMALL = 0.0002
VISIT_DAY = date(2026, 3, 2)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """One area of about 310 m², cleared in four days by team T1."""
    return cleared_project(tmp_path / "valley.gpkg", [area(0, size=SMALL)])


def visit(units: Sequence[str], **values: Any) -> Visit:
    """A visit of an independent inspector."""
    given: dict[str, Any] = {"visit_date": VISIT_DAY, "inspector": "Inspector One", "units": tuple(units)}
    return Visit(**(given | values))


def inspected(project: Project, number: str = "L001", **values: Any) -> DrawResult:
    """Draw a lot and record a visit to every drawn unit."""
    drawn = draw_sample(project, number, at())
    record_visit(project, number, at(1), visit=visit(drawn.draw.units, **values))
    return drawn


def held(project: Project, area_id: str) -> dict[LandStatus, int]:
    """What an area's accounts hold."""
    with project.read() as reader:
        return LandBook.from_entries(reader.entries()).held(area_id)


def lot_states(project: Project) -> dict[str, str]:
    """State of each lot."""
    with project.read() as reader:
        return {lot.local_id: lot.state.value for lot in reader.records("inspection_lot")}


# lots and seals


def test_lots_are_formed_of_pending_parts_once_and_their_seeds_are_sealed(project: Project, tmp_path: Path) -> None:
    result = form_lots(project, at())
    (lot,) = result.lots
    assert (lot.local_id, lot.state, len(lot.part_ids), lot.team_ids) == ("L001", LotState.FORMED, 4, ("T1",))
    assert (lot.first_date, lot.last_date) == (FIRST, date(2026, 2, 5))
    assert lot.area_cm2 == area(0, size=SMALL).area_cm2
    seed = tmp_path / "valley.seeds" / f"{lot.id}.seed"
    assert stat.S_IMODE(seed.stat().st_mode) == 0o600
    assert stat.S_IMODE(seed.parent.stat().st_mode) == 0o700
    text = seed.read_text(encoding="ascii").strip()
    assert sha256_hex(text.encode()) == lot.seed_sha256
    project.close()
    assert text.encode() not in (tmp_path / "valley.gpkg").read_bytes()
    again = form_lots(str(tmp_path / "valley.gpkg"), at())
    assert (again.lots, [f.code for f in again.findings]) == ((), ["SG-OPS-124"])


def test_a_dry_run_of_lots_writes_neither_seed_nor_lot(project: Project, tmp_path: Path) -> None:
    assert len(form_lots(project, at(), dry_run=True).lots) == 1
    assert not (tmp_path / "valley.seeds").exists()
    assert lot_states(project) == {}


def test_an_authority_can_keep_one_secret_of_its_own(project: Project, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"0123456789abcdef0123456789abcdef\n")
    (lot,) = form_lots(project, at(), seed_file=secret).lots
    assert not (tmp_path / "valley.seeds").exists()
    drawn = draw_sample(project, "L001", at(), seed_file=secret)
    assert sha256_hex(drawn.draw.seed.encode()) == lot.seed_sha256
    assert b"0123456789abcdef" not in drawn.draw.seed.encode()
    short = tmp_path / "short"
    short.write_text("short", encoding="ascii")
    fresh = cleared_project(tmp_path / "fresh.gpkg", [area(0, size=SMALL)], count=1)
    for file in (short, tmp_path / "none"):
        with pytest.raises(RequestError, match="SG-OPS-122"):
            form_lots(fresh, at(), seed_file=file)
    assert lot_states(fresh) == {}


def test_a_seed_changed_after_sealing_is_refused_and_a_lost_one_is_named(project: Project, tmp_path: Path) -> None:
    (lot,) = form_lots(project, at()).lots
    seed = tmp_path / "valley.seeds" / f"{lot.id}.seed"
    kept = seed.read_text(encoding="ascii")
    seed.write_text("ab" * 32, encoding="ascii")
    with pytest.raises(RefusedError, match="SG-INSPECTION-004"):
        draw_sample(project, "L001", at())
    seed.unlink()
    with pytest.raises(RequestError, match="SG-OPS-122"):
        draw_sample(project, "L001", at())
    assert lot_states(project) == {"L001": "formed"}
    seed.write_text(kept, encoding="ascii")
    assert draw_sample(project, "L001", at()).lot.state is LotState.DRAWN


def test_a_lost_seed_is_sealed_anew_openly_before_the_draw_and_never_after(project: Project, tmp_path: Path) -> None:
    (lot,) = form_lots(project, at()).lots
    (tmp_path / "valley.seeds" / f"{lot.id}.seed").unlink()
    with pytest.raises(RequestError, match="reason"):
        reseal_lot(project, "L001", at(reason=""))
    (sealed,) = reseal_lot(project, "L001", at(reason="the seed's disk failed")).lots
    assert sealed.seed_sha256 != lot.seed_sha256
    with project.read() as reader:
        assert len([e for e in reader.history(lot.id)]) == 2
    draw_sample(project, "L001", at())
    with pytest.raises(RefusedError, match="SG-INSPECTION-009"):
        reseal_lot(project, "L001", at())


def test_a_pack_without_a_sampling_plan_refuses_the_stage_by_name(tmp_path: Path) -> None:
    with new_project(tmp_path / "full.gpkg") as full, full.read() as reader:
        text = str(reader.setting("standard_toml"))
    begin, end = text.index("[inspection]"), text.index("[release]")
    who = caller()
    with create_project(str(tmp_path / "old.gpkg"), name="old", standard_toml=text[:begin] + text[end:], crs="",
                        clock=who.clock, info=who.info("new")) as old:
        for step in (lambda: form_lots(old, at()), lambda: show(old, at())):
            with pytest.raises(RefusedError, match=r"SG-OPS-120.*\[inspection\]"):
                step()


def test_lots_of_one_area_alone_are_formed_when_asked(tmp_path: Path) -> None:
    areas = [area(0, size=SMALL), area(1, size=SMALL)]
    project = cleared_project(tmp_path / "two.gpkg", areas, teams=("T1", "T2"))
    assert [lot.hazardous_area_id for lot in form_lots(project, at(), area="SHA-1").lots] == [areas[1].id]
    assert [lot.local_id for lot in form_lots(project, at()).lots] == ["L002"]
    with pytest.raises(RequestError, match="SG-OPS-012"):
        form_lots(project, at(), area="nowhere")


# draws


def test_a_draw_is_recorded_before_the_visit_and_anyone_can_draw_it_again(project: Project) -> None:
    form_lots(project, at())
    result = draw_sample(project, "L001", at())
    draw = result.draw
    assert draw.sample_count == len(draw.units) == result.plan.taken
    assert (result.risk, [f.code for f in result.findings]) == (None, ["SG-OPS-126"])
    with project.read() as reader:
        lot = reader.get("inspection_lot", draw.lot_id)
        (kept,) = reader.records("sampling_draw")
        parts = [p for p in reader.records("land_part") if p.id in lot.part_ids]  # type: ignore[union-attr]
    assert replace(kept, geometry=draw.geometry) == draw
    assert kept.geometry.equals_exact(draw.geometry)
    assert shapely.is_valid(kept.geometry)
    assert verify_draw(lot, kept, sorted(parts, key=lambda p: p.work_date)).names == result.units.names  # type: ignore[arg-type]
    with pytest.raises(RefusedError, match="SG-INSPECTION-009"):
        draw_sample(project, "L001", at())


def test_the_grounds_near_finds_of_the_work_is_a_stratum(project: Project) -> None:
    spot = area(0, size=SMALL).geometry.centroid
    with project.write(caller().info("intake")) as writer:
        writer.put([OrdnanceItem(id="item", category=ContaminationCategory.ANTI_PERSONNEL_MINE, geometry=spot)])
    form_lots(project, at())
    strata = {name: (units, drawn) for name, units, drawn in draw_sample(project, "L001", at()).draw.strata}
    assert strata["near_finds"][0] > 50
    assert strata["near_finds"][1] >= 1


# visits


def test_the_verdict_waits_until_every_drawn_unit_was_inspected(project: Project) -> None:
    form_lots(project, at())
    draw = draw_sample(project, "L001", at()).draw
    with pytest.raises(RefusedError, match="SG-INSPECTION-010"):
        decide_lot(project, "L001", at(1))
    first = record_visit(project, "L001", at(1), visit=visit(draw.units[:-2]))
    assert first.missing == draw.units[-2:]
    with pytest.raises(RefusedError, match=f"2 of {len(draw.units)} drawn units.*{draw.units[-1]}"):
        decide_lot(project, "L001", at(1))
    assert lot_states(project) == {"L001": "drawn"}
    assert record_visit(project, "L001", at(1), visit=visit(draw.units[-2:])).missing == ()
    assert decide_lot(project, "L001", at(1)).lot.state is LotState.ACCEPTED


def test_an_accepted_lot_posts_every_entry_and_the_book_balances(project: Project) -> None:
    form_lots(project, at())
    inspected(project)
    result = decide_lot(project, "L001", at(2))
    record = area(0, size=SMALL)
    assert len(result.entries) == 4
    assert held(project, record.id) == {LandStatus.CLEARED: record.area_cm2}
    with project.read() as reader:
        (seen,) = reader.records("inspection")
        assert LandBook.from_entries(reader.entries()).pending() == ()
    assert (seen.passed, seen.version, seen.units_failed) == (True, 2, 0)
    checked = ledger.verify(project, at(3))
    assert checked.sheet.balanced
    assert checked.chain_ok
    assert checked.findings == ()
    with pytest.raises(RefusedError, match="SG-INSPECTION-009"):
        decide_lot(project, "L001", at(3))


def test_a_rejected_lot_returns_its_area_and_recleared_ground_comes_in_a_lot_of_its_own(project: Project) -> None:
    (first,) = form_lots(project, at()).lots
    drawn = inspected(project, failed=None or ())
    record_visit(project, "L001", at(1), visit=visit((), failed=drawn.draw.units[:1],
                                                     outlines=(first.geometry,)))
    result = decide_lot(project, "L001", at(2))
    record = area(0, size=SMALL)
    assert result.lot.state is LotState.REJECTED
    assert held(project, record.id) == {LandStatus.SUSPECTED: record.area_cm2}
    assert result.case is not None
    assert (result.case.severity, result.case.lot_ids) == (Severity.MAJOR, (first.id,))
    assert form_lots(project, at(3)).lots == ()
    with project.read() as reader:
        book = LandBook.from_entries(reader.entries())
    parts, entries = work(record, first=date(2026, 3, 6), mark="again", only=(1, 2), book=book)
    with project.write(caller().info("progress")) as writer:
        writer.put(parts)
        writer.add_entries(entries)
    (second,) = form_lots(project, at(9)).lots
    assert (second.local_id, len(second.part_ids)) == ("L002", 2)
    with project.read() as reader:
        lots = list(reader.records("inspection_lot"))
    live = [p for lot in lots if lot.state is not LotState.REJECTED for p in lot.part_ids]
    assert len(live) == len(set(live)) == 2
    again = draw_sample(project, "L002", at(9))
    assert again.plan.factor == 2.0
    record_visit(project, "L002", at(9), visit=visit((), visit_date=date(2026, 3, 11), outlines=(second.geometry,)))
    assert decide_lot(project, "L002", at(9)).lot.state is LotState.ACCEPTED
    assert held(project, record.id)[LandStatus.CLEARED] == sum(p.area_cm2 for p in parts)
    assert ledger.verify(project, at(10)).findings == ()


def test_an_item_found_rejects_the_lot_whatever_else_and_opens_a_critical_case(tmp_path: Path) -> None:
    areas = [area(0, size=SMALL), area(1, size=SMALL), area(2, size=SMALL)]
    project = cleared_project(tmp_path / "three.gpkg", areas, teams=("T1", "T1", "T2"))
    lots = {lot.hazardous_area_id: lot for lot in form_lots(project, at()).lots}
    hit, same_team, other_team = (lots[a.id] for a in areas)
    draw_sample(project, hit.id, at())
    spot = hit.geometry.centroid
    seen = record_visit(project, hit.id, at(1), visit=visit(
        (), finds=(VisitFind(lon=spot.x, lat=spot.y, category=ContaminationCategory.ANTI_PERSONNEL_MINE),)))
    assert len(seen.missing) > 0
    result = decide_lot(project, hit.id, at(1))
    assert result.lot.state is LotState.REJECTED
    case = result.case
    assert case is not None
    assert (case.severity, case.due_date) == (Severity.CRITICAL, date(2026, 4, 1))
    assert set(case.lot_ids) == {hit.id, same_team.id}
    inspected(project, same_team.local_id)
    with pytest.raises(RefusedError, match="SG-INSPECTION-014"):
        decide_lot(project, same_team.id, at(1))
    inspected(project, other_team.local_id)
    assert decide_lot(project, other_team.id, at(1)).lot.state is LotState.ACCEPTED
    act_on_case(project, case.local_id, at(2), owner="Otto", action="team retrained", evidence="TR-1")
    with pytest.raises(RefusedError, match="SG-INSPECTION-008"):
        verify_case(project, case.local_id, at(2), by="otto")
    verify_case(project, case.local_id, at(3), by="Vera")
    with pytest.raises(RefusedError, match="SG-INSPECTION-014"):
        decide_lot(project, same_team.id, at(3))
    close_case(project, case.local_id, at(3))
    assert decide_lot(project, same_team.id, at(3)).lot.state is LotState.ACCEPTED


@pytest.mark.parametrize(("values", "code"), [
    ({"visit_date": date(2026, 2, 28)}, "SG-INSPECTION-011"),
    ({"inspector": "Own Inspector"}, "SG-INSPECTION-012"),
    ({"inspector": "Team Member"}, "SG-INSPECTION-012"),
    ({"inspector": "Guest", "inspecting_organisation": "operator"}, "SG-INSPECTION-012"),
    ({"inspector": "Author One"}, "SG-OPS-133"),
    ({"inspector": "Guest"}, "SG-OPS-123"),
    ({"units": ("C999R999",)}, "SG-INSPECTION-013"),
    ({"units": ()}, "SG-OPS-123"),
    ({"finds": (VisitFind(lon=51.0, lat=-30.0),)}, "SG-OPS-123"),
])
def test_a_visit_that_cannot_count_is_refused_and_nothing_is_written(
    project: Project, values: dict[str, Any], code: str
) -> None:
    form_lots(project, at())
    draw = draw_sample(project, "L001", at()).draw
    with pytest.raises((RefusedError, RequestError), match=code):
        record_visit(project, "L001", at(1), visit=visit(**({"units": draw.units} | values)))
    with project.read() as reader:
        assert reader.count("inspection") == reader.count("ordnance") == 0
    record_visit(project, "L001", at(1), visit=visit(draw.units))


def test_a_visit_sent_twice_is_one_visit(project: Project) -> None:
    form_lots(project, at())
    draw = draw_sample(project, "L001", at()).draw
    record_visit(project, "L001", at(1), visit=visit(draw.units))
    with pytest.raises(RequestError, match="recorded already"):
        record_visit(project, "L001", at(2), visit=visit(draw.units))


def test_teams_that_nobody_registered_need_the_inspected_organisation_stated(tmp_path: Path) -> None:
    project = cleared_project(tmp_path / "p.gpkg", [area(0, size=SMALL)], teams=("T1",))
    record = area(1, size=SMALL)
    with project.write(caller().info("intake")) as writer:
        parts, entries = work(record, team="T7")
        writer.put([record, *parts])
        writer.add_entries([opening(record), *entries])
    numbers = {lot.hazardous_area_id: lot.local_id for lot in form_lots(project, at()).lots}
    draw = draw_sample(project, numbers[record.id], at()).draw
    with pytest.raises(RequestError, match="SG-OPS-130"):
        record_visit(project, numbers[record.id], at(1), visit=visit(draw.units))
    record_visit(project, numbers[record.id], at(1), visit=visit(draw.units, inspected_organisation="Operator"))


def _void_one(project: Project, entry_id: str) -> None:
    """Somebody else decides one entry of a lot, as a corrected return does."""
    with project.read() as reader:
        book = LandBook.from_entries(reader.entries())
    with project.write(caller().info("progress")) as writer:
        writer.add_entries([void_pending(book, entry_id, on=VISIT_DAY, reason="return corrected")])


def test_a_lot_with_ground_decided_otherwise_is_withdrawn_and_no_other_is(project: Project) -> None:
    (lot,) = form_lots(project, at()).lots
    with pytest.raises(RefusedError, match="SG-INSPECTION-015"):
        withdraw_lot(project, "L001", at())
    inspected(project)
    _void_one(project, lot.entry_ids[0])
    with pytest.raises(RefusedError, match="SG-INSPECTION-015"):
        decide_lot(project, "L001", at(1))
    assert withdraw_lot(project, "L001", at(1)).lots[0].state is LotState.WITHDRAWN
    (again,) = form_lots(project, at(1)).lots
    assert again.part_ids == lot.part_ids[1:]
    with pytest.raises(RefusedError, match="SG-INSPECTION-009"):
        withdraw_lot(project, "L001", at(1))


def test_a_lot_in_which_a_unit_failed_is_rejected_and_never_withdrawn(project: Project) -> None:
    (lot,) = form_lots(project, at()).lots
    drawn = draw_sample(project, "L001", at())
    record_visit(project, "L001", at(1), visit=visit(drawn.draw.units, failed=drawn.draw.units[:1]))
    _void_one(project, lot.entry_ids[0])
    with pytest.raises(RefusedError, match="SG-INSPECTION-015"):
        withdraw_lot(project, "L001", at(1))
    result = decide_lot(project, "L001", at(1))
    assert (result.lot.state, len(result.entries)) == (LotState.REJECTED, 3)
    record = area(0, size=SMALL)
    assert held(project, record.id) == {LandStatus.SUSPECTED: record.area_cm2}


# cases of finds


def _put(project: Project, *records: Any) -> None:
    with project.write(caller().info("intake")) as writer:
        writer.put(records)


def _item(name: str, place: shapely.Point, **values: Any) -> OrdnanceItem:
    return OrdnanceItem(id=name, category=ContaminationCategory.ANTI_PERSONNEL_MINE, geometry=place, **values)


def test_a_find_in_cleared_ground_opens_a_case_with_every_lot_of_team_asset_and_days(tmp_path: Path) -> None:
    areas = [area(0, size=SMALL), area(1, size=SMALL), area(2, size=SMALL)]
    project = cleared_project(tmp_path / "three.gpkg", areas, teams=("T1", "T1", "T2"))
    lots = {lot.hazardous_area_id: lot for lot in form_lots(project, at()).lots}
    numbers = [lots[a.id].local_id for a in areas]
    inspected(project, numbers[0])
    decide_lot(project, numbers[0], at(1))
    _put(project, _item("farmer's find", areas[0].geometry.centroid, found_date=date(2026, 3, 20)))
    result = cases_of_find(project, at(20))
    (case,) = result.cases
    assert (case.severity, case.ordnance_id) == (Severity.CRITICAL, "farmer's find")
    assert case.origin_lot_ids == (lots[areas[0].id].id,)
    assert set(case.lot_ids) == {lots[areas[0].id].id, lots[areas[1].id].id}
    assert [f.code for f in result.findings] == ["SG-OPS-131", "SG-OPS-134"]
    inspected(project, numbers[1])
    with pytest.raises(RefusedError, match="SG-INSPECTION-014"):
        decide_lot(project, numbers[1], at(21))
    assert cases_of_find(project, at(22)).cases == ()


def test_what_the_work_itself_found_is_no_case_and_what_has_no_day_is_told(project: Project) -> None:
    spot = area(0, size=SMALL).geometry.centroid
    own = stable_id("return", area(0).id, 1, "")
    _put(project, _item("during", spot, found_date=FIRST), _item("by work", spot, activity_id=own,
         found_date=date(2026, 3, 20)), _item("no day", spot), _item("outside", shapely.Point(-30.5, 51)))
    result = cases_of_find(project, at(20))
    assert result.cases == ()
    assert [(f.code, f.subject) for f in result.findings] == [("SG-OPS-127", "no day")]
    west, south, east, north = area(0, size=SMALL).geometry.bounds
    elsewhere = shapely.Point(west + 0.06 * (east - west), (south + north) / 2)  # strip 0; the work was in strip 1
    _put(project, _item("behind the team", elsewhere, activity_id=own, found_date=date(2026, 2, 3)))
    assert [c.ordnance_id for c in cases_of_find(project, at(20)).cases] == ["behind the team"]


def test_an_accident_in_released_ground_opens_a_case_that_tells_no_place(tmp_path: Path) -> None:
    released = area(3, size=SMALL, workflow_status=WorkflowStatus.RELEASED)
    project = cleared_project(tmp_path / "r.gpkg", [area(0, size=SMALL)])
    spot = released.geometry.centroid
    _put(project, released, ReleaseDecision(id="rd", hazardous_area_id=released.id, decision="release",
                                            decided_at=datetime(2026, 1, 5, tzinfo=UTC)),
         Accident(id="acc", geometry=spot, accident_date=date(2026, 2, 20), geo_safe=False),
         Accident(id="before", geometry=spot, accident_date=date(2025, 2, 20)))
    result = cases_of_find(project, at(0), record_ids=["acc", "before"])
    (case,) = result.cases
    assert (case.accident_id, case.hazardous_area_id) == ("acc", released.id)
    assert str(round(spot.x, 3)) not in case.description + result.findings[0].message


# kills and faults between steps


def _killed(action: Callable[[], object]) -> None:
    """Run something in a child that is killed on its way; the parent sees what is left."""
    child = os.fork()
    if not child:
        action()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def _die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_a_kill_between_the_steps_leaves_the_old_state_and_the_next_try_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "valley.gpkg"
    cleared_project(path, [area(0, size=SMALL)]).close()

    def dying(method: str, action: Callable[[], object]) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(Writer, method, _die)
            _killed(action)

    dying("put", lambda: form_lots(str(path), at()))
    (seed,) = (tmp_path / "valley.seeds").glob("*.seed")
    kept = seed.read_bytes()
    (lot,) = form_lots(str(path), at()).lots
    assert seed.read_bytes() == kept
    assert sha256_hex(kept.strip()) == lot.seed_sha256
    dying("add_findings", lambda: draw_sample(str(path), "L001", at()))
    draw = draw_sample(str(path), "L001", at()).draw
    record_visit(str(path), "L001", at(1), visit=visit(draw.units))
    dying("add_entries", lambda: decide_lot(str(path), "L001", at(2)))
    with open_project(str(path), clock=at().clock) as project:
        assert lot_states(project) == {"L001": "drawn"}
        with project.read() as reader:
            assert len(LandBook.from_entries(reader.entries()).pending()) == 4
            assert [v.passed for v in reader.records("inspection")] == [None]
        assert decide_lot(project, "L001", at(2)).lot.state is LotState.ACCEPTED
        assert ledger.verify(project, at(3)).findings == ()


def test_sample_files_lost_after_a_draw_are_made_again(project: Project, tmp_path: Path) -> None:
    form_lots(project, at())
    draw_sample(project, "L001", at())
    folder = tmp_path / "valley.inspection"
    assert not folder.exists()
    show(project, at())
    assert {p.name for p in folder.iterdir()} == {"L001-sample.geojson", "L001-sample.gpx", "inspection.html"}


# the risk-aware sample


def _hazard_map(project: Project, folder: Path, record: HazardousArea) -> Path:
    """A registered map as the hazard stage leaves it: cells of 5 m, more expected in the west; none known far away."""
    plane = utm_crs(*record.geometry.centroid.coords[0])
    west, south, east, north = to_plane(record.geometry, plane).bounds
    grid = Grid.covering(plane, (west - 5, south - 5, east + 5, north + 5), 5.0)
    x, _ = grid.centres()
    expected = 0.02 * np.exp(-(x - west) / 4.0)
    flat = np.zeros(grid.shape_yx)
    folder.mkdir()
    path = write_cog(folder / "site-001.tif", grid, HazardMaps(expected, flat, flat, flat, flat, flat.astype(np.int8)))
    with project.write(caller().info("hazard")) as writer:
        writer.set_setting("hazard/latest", {"files": {path.name: sha256_hex(path.read_bytes())}})
    return path


def test_the_risk_aware_sample_lies_beside_the_plans_expects_more_and_decides_nothing(tmp_path: Path) -> None:
    areas = [area(0, size=SMALL), area(1, size=SMALL), area(2, size=SMALL)]
    project = cleared_project(tmp_path / "valley.gpkg", areas)
    raster = _hazard_map(project, tmp_path / "valley.hazard", areas[0])
    numbers = {lot.hazardous_area_id: lot.local_id for lot in form_lots(project, at()).lots}
    result = draw_sample(project, numbers[areas[0].id], at())
    risk, draw, units = result.risk, result.draw, result.units
    assert risk is not None
    assert (risk.risk_aware, len(risk.units), risk.strata) == (True, len(draw.units), ())
    shapes = units.outline[units.find(risk.units)]
    others = units.outline[[k for k, name in enumerate(units.names) if name not in risk.units]]
    assert shapely.get_x(shapely.centroid(shapes)).mean() < shapely.get_x(shapely.centroid(others)).mean() - 3
    assert risk.expected_found is not None
    assert draw.expected_found is not None
    assert risk.expected_found > 1.2 * draw.expected_found
    cells = np.floor(shapely.get_x(shapely.centroid(shapes)) / 5) * 5 + 2.5
    west = to_plane(areas[0].geometry, units.crs).bounds[0]
    own = float((0.95 * 0.02 * np.exp(-(cells - west) / 4.0) / 25 * shapely.area(shapes)).sum())
    assert risk.expected_found == pytest.approx(own, rel=1e-5)
    record_visit(project, result.lot.id, at(1), visit=visit(risk.units))
    with pytest.raises(RefusedError, match="SG-INSPECTION-010"):
        decide_lot(project, result.lot.id, at(1))
    assert verify_draw(result.lot, risk, []).names == units.names
    far = draw_sample(project, numbers[areas[1].id], at())
    assert (far.risk, [f.code for f in far.findings]) == (None, ["SG-OPS-126"])
    raster.write_bytes(raster.read_bytes() + b"x")
    changed = draw_sample(project, numbers[areas[2].id], at())
    assert changed.risk is None
    assert "not the file that was registered" in changed.findings[0].message


# files of a visit


def test_a_visit_comes_from_csv_with_units_failures_and_finds(tmp_path: Path) -> None:
    file = tmp_path / "visit.csv"
    file.write_text("unit,result,category,lon,lat,depth_cm\nC1R1,ok,,,,\nC2R1,failed,,,,\nC3R1,find,apm,-30,51,12\n",
                    encoding="utf-8")
    read = read_visit(file, visit_date=VISIT_DAY, inspector="I", failed=("C1R1",))
    assert (read.units, read.failed) == (("C1R1", "C2R1", "C3R1"), ("C2R1", "C1R1"))
    assert read.finds == (VisitFind(lon=-30.0, lat=51.0, category=ContaminationCategory.ANTI_PERSONNEL_MINE,
                                    depth_cm=12.0, unit="C3R1"),)


def test_a_visit_comes_from_geojson_with_ground_and_finds(tmp_path: Path) -> None:
    file = tmp_path / "visit.geojson"
    square = json.loads(shapely.to_geojson(shapely.box(-30, 51, -29.9, 51.1)))
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": square, "properties": {}},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [-30, 51]}, "properties": {"category": "uxo"}},
        {"type": "Feature", "geometry": None, "properties": {"unit": "C1R1", "result": "failed"}}]}), encoding="utf-8")
    read = read_visit(file, visit_date=VISIT_DAY, inspector="I")
    assert read.outlines[0].equals(shapely.box(-30, 51, -29.9, 51.1))
    assert (read.units, read.failed) == (("C1R1",), ("C1R1",))
    assert read.finds[0].category is ContaminationCategory.UNEXPLODED_ORDNANCE


BAD_CSV = [("unit,colour\nC1R1,red\n", "field colour"), ("", "field header"), ("unit,result\nC1R1\n", "row 1"),
           ("unit,result\nC1R1,good\n", "row 1, field result"), ("unit,result\n,failed\n", "row 1, field unit"),
           ("unit,result\nC1R1,find\n", "row 1, field lon"), ("unit,lon,lat\nC1R1,x,51\n", "row 1, field lon"),
           ("unit,lon,lat\nC1R1,-30,510\n", "row 1, field lon"),
           ("unit,lon,lat,category\nC1R1,-30,51,bomb\n", "row 1, field category"),
           ("unit,lon,lat,depth_cm\nC1R1,-30,51,deep\n", "row 1, field depth_cm")]
BAD_GEOJSON = ["{", "[]", '{"type": "FeatureCollection"}', "[" * 100_000,
               '{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[0,0],[1,1],[0,1],[1,0],[0,0]]]}}',
               '{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[500,0],[501,0],[501,1],[500,0]]]'
               '}}',
               '{"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[0,0],[1,1]]}}',
               '{"type": "Feature", "geometry": {"type": "Cube", "coordinates": []}}']


@pytest.mark.parametrize(("text", "where"), BAD_CSV)
def test_a_faulty_row_of_a_visit_is_named_with_file_row_and_field(tmp_path: Path, text: str, where: str) -> None:
    file = tmp_path / "visit.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match=f"SG-OPS-123 visit.csv.*{where}"):
        read_visit(file, visit_date=VISIT_DAY, inspector="I")


@pytest.mark.parametrize("text", BAD_GEOJSON)
def test_a_faulty_geojson_of_a_visit_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "visit.geojson"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match="SG-OPS-123"):
        read_visit(file, visit_date=VISIT_DAY, inspector="I")
    with pytest.raises(RequestError, match="SG-OPS-123"):
        read_visit(tmp_path / "none.geojson", visit_date=VISIT_DAY, inspector="I")


# the command


def _json(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    code = main([str(word) for word in words] + ["--json"])
    return int(code), json.loads(capsys.readouterr().out)


def test_the_command_goes_from_lots_to_a_posted_lot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "valley.gpkg"
    cleared_project(path, [area(0, size=SMALL)]).close()
    code, lots = _json(capsys, "inspection", path, "lots", "--actor", "officer")
    assert (code, lots["schema"], [x["number"] for x in lots["lots"]]) == (0, "safeground/inspection/1", ["L001"])
    _, dry = _json(capsys, "inspection", path, "draw", "L001", "--dry-run")
    _, draw = _json(capsys, "inspection", path, "draw", "L001")
    assert dry["draw"]["units"] == draw["draw"]["units"]
    assert (dry["draw"]["gpx"], draw["state_changes"][0]["to"]) == ("", "drawn")
    assert len(draw["oc"]["defective_share"]) == len(draw["oc"]["p_accept"]) > 10
    features = json.loads(Path(draw["draw"]["geojson"]).read_text(encoding="utf-8"))["features"]
    assert {f["properties"]["unit"] for f in features} == set(draw["draw"]["units"])
    gpx = ET.parse(draw["draw"]["gpx"]).getroot()
    names = [w.findtext("{*}name", "").split()[1] for w in gpx.findall("{*}wpt")]
    assert sorted(names) == sorted(draw["draw"]["units"])
    visit_file = tmp_path / "visit.csv"
    visit_file.write_text("unit,result\n" + "".join(f"{u},ok\n" for u in draw["draw"]["units"]), encoding="utf-8")
    day = datetime.now(UTC).date().isoformat()
    code, error = _json(capsys, "inspection", path, "record", "L001", "--file", visit_file, "--date", "2020-01-01",
                        "--inspector", "Inspector One")
    assert (code, error["error"]["code"]) == (3, "SG-INSPECTION-011")
    code, seen = _json(capsys, "inspection", path, "record", "L001", "--file", visit_file, "--date", day,
                       "--inspector", "Inspector One")
    assert (code, seen["missing"], seen["visit"]["units_failed"]) == (0, [], 0)
    code, decided = _json(capsys, "inspection", path, "decide", "L001")
    assert (code, decided["accepted"], len(decided["entries"])) == (0, True, 4)
    assert sum(e["area_cm2"] for e in decided["entries"]) == area(0, size=SMALL).area_cm2
    code, shown = _json(capsys, "inspection", path, "show")
    assert (code, shown["lots"][0]["state"], shown["waiting"]["parts"]) == (0, "accepted", 0)
    page = Path(shown["page"]).read_text(encoding="utf-8")
    assert "L001" in page
    assert page.count("data:image/png") == 2


def test_the_command_follows_a_case_to_its_closure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "valley.gpkg"
    cleared_project(path, [area(0, size=SMALL)]).close()
    main(["inspection", str(path), "lots"])
    capsys.readouterr()
    _, opened = _json(capsys, "inspection", path, "case", "open", "--severity", "minor", "--description", "no log",
                      "--lot", "L001")
    number = opened["cases"][0]["number"]
    assert opened["cases"][0]["state"] == "open"
    code, error = _json(capsys, "inspection", path, "case", "close", number)
    assert (code, error["error"]["code"]) == (3, "SG-INSPECTION-007")
    main(["inspection", str(path), "case", "act", number, "--owner", "Otto", "--action", "log kept", "--evidence",
          "LOG"])
    main(["inspection", str(path), "case", "verify", number, "--by", "Vera"])
    assert main(["inspection", str(path), "case", "close", number]) == 0
    assert main(["inspection", str(path), "show"]) == 0
    said = capsys.readouterr().out
    assert "closed" in said
    assert "no log" in said


@pytest.mark.parametrize("words", [["draw"], ["draw", "L1", "L2"], ["lots", "x"], ["fly"], ["case", "open", "x"],
                                   ["case", "fly", "x"], ["case"], ["case", "open", "--severity", "bad"]])
def test_a_wrong_verb_is_refused_with_the_verbs(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
                                                ) -> None:
    path = tmp_path / "valley.gpkg"
    cleared_project(path, [area(0, size=SMALL)], count=1).close()
    code, error = _json(capsys, "inspection", path, *words)
    assert (code, error["error"]["code"]) == (2, "SG-CLI-001")


def test_the_words_of_each_verb_are_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "valley.gpkg"
    cleared_project(path, [area(0, size=SMALL)], count=2).close()
    assert main(["inspection", str(path), "lots"]) == 0
    assert main(["inspection", str(path), "draw", "L001"]) == 0
    with open_project(str(path), clock=at().clock) as project, project.read() as reader:
        (draw,) = reader.records("sampling_draw")
    file = tmp_path / "v.csv"
    file.write_text("unit,result\n" + "".join(f"{u},\n" for u in draw.units), encoding="utf-8")
    day = datetime.now(UTC).date().isoformat()
    assert main(["inspection", str(path), "record", "L001", "--file", str(file), "--date", day, "--inspector",
                 "Inspector One", "--failed", draw.units[0]]) == 0
    assert main(["inspection", str(path), "decide", "L001"]) == 0
    assert main(["inspection", str(path), "finds"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for words in ("The seeds are sealed", "Every drawn unit is inspected", "is REJECTED", "Case NC-L001 (major)"):
        assert words in said


# what must not leave


def test_a_position_that_must_not_leave_is_in_no_file_and_on_no_map(tmp_path: Path) -> None:
    record: HazardousArea = area(0, size=SMALL, geo_safe=False)
    project = cleared_project(tmp_path / "valley.gpkg", [record])
    form_lots(project, at())
    drawn = draw_sample(project, "L001", at())
    files, findings = write_draw_files(project, drawn, at())
    assert (files["plan"], [f.code for f in findings]) == ({}, ["SG-OPS-129"])
    values = show(project, at())
    text = json.dumps([sample_json(drawn, files, findings), values])
    page = Path(values["page"]).read_text(encoding="utf-8")
    x, y = record.geometry.bounds[:2]
    assert not any(f"{number:.3f}" in where for number in (x, y) for where in (text, page))
    assert "must not be shown" in page
    assert {p.suffix for p in (tmp_path / "valley.inspection").iterdir()} == {".html"}


def test_overdue_actions_are_named(project: Project) -> None:
    form_lots(project, at())
    open_case(project, at(), severity=Severity.MAJOR, description="marking missing", lot_ids=["L001"], owner="Otto")
    assert show(project, at(30), page=False)["overdue"] == []
    late = show(project, at(31), page=False)
    assert late["overdue"] == ["NC001"]
    assert [f["code"] for f in late["findings"]] == ["SG-OPS-132"]
    assert SIZE > SMALL
