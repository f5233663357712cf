"""A part of an area cannot be finished: it becomes an area of its own, and the finished rest is released."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import shapely

from safeground.cli.main import main
from safeground.foundation.errors import RefusedError
from safeground.foundation.seeds import stable_id
from safeground.ledger.book import LandBook
from safeground.operations.hazard import HazardRequest, run_hazard
from safeground.operations.ledger import verify as verify_book
from safeground.operations.release import check_release, prepare, sign_release, verify_release
from safeground.records.nouns import HazardousArea, ProgressReturn
from safeground.records.vocabulary import LandStatus, WorkflowStatus
from safeground.release.verify_dossier import faults_of
from safeground.store.project import open_project
from support.releases import NOW, Ready, build, handover, markers, papers, who

NINE, TEN = (NOW.replace(hour=h) for h in (9, 10))


@pytest.fixture
def ready(tmp_path: Path) -> Ready:
    """Two thirds of a hill are cleared and accepted; the east is rock."""
    return build(tmp_path / "hill.gpkg", methods="cco", hazard=False, marked=False)


def put(path: Path, *records: object) -> None:
    with open_project(str(path), clock=who().clock) as project, project.write(who().info("test")) as out:
        out.put(records)  # type: ignore[arg-type]


def held(path: Path) -> dict[str, tuple[HazardousArea, dict[LandStatus, int]]]:
    with open_project(str(path), clock=who().clock) as project, project.read() as reader:
        book = LandBook.from_entries(reader.entries())
        return {a.local_id: (a, book.held(a.id)) for a in reader.records("hazardous_area")}


def test_the_finished_part_is_released_and_the_unfinished_one_stays_open(
    ready: Ready, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(ready.path)
    unmet = {c.id for c in check_release(path, "CHA-1", who()).criteria if not c.met}
    assert "coverage" in unmet
    code = main(["survey", path, "split", "CHA-1", "--unfinished", "--reason", "the east is rock", "--actor",
                 "authority", "--json"])
    assert code == 0
    said = json.loads(capsys.readouterr().out)
    assert [a["local_id"] for a in said["areas"]] == ["CHA-1", "CHA-1-1"]
    areas = held(ready.path)
    rest, piece = areas["CHA-1"][0], areas["CHA-1-1"][0]
    assert rest.area_cm2 + piece.area_cm2 == ready.area.area_cm2
    assert areas["CHA-1"][1] == {LandStatus.CLEARED: rest.area_cm2}
    assert areas["CHA-1-1"][1] == {LandStatus.CONFIRMED: piece.area_cm2}
    assert shapely.intersection(rest.geometry, piece.geometry).area < 1e-15
    put(ready.path, *markers(rest), *papers(rest), handover(rest))
    run_hazard(path, HazardRequest(seed=1, samples=200), who())
    assert [c.reason for c in check_release(path, "CHA-1", who()).criteria if not c.met] == []
    prepare(path, "CHA-1", ready.signers["author"], who())
    verify_release(path, "CHA-1", ready.signers["verifier"], who(NINE))
    step = sign_release(path, "CHA-1", ready.signers["signatory"], who(TEN))
    assert step.dossier_file is not None
    assert faults_of(step.dossier_file.read_bytes()) == ()
    content = json.loads(step.dossier.content)
    assert sum(p["area_cm2"] for p in content["parts"]) == rest.area_cm2
    areas = held(ready.path)
    assert areas["CHA-1"][0].workflow_status is WorkflowStatus.RELEASED
    assert areas["CHA-1-1"][0].workflow_status is WorkflowStatus.OPEN
    with pytest.raises(RefusedError):
        prepare(path, "CHA-1-1", ready.signers["author"], who(TEN))
    result = verify_book(path, who(TEN))
    assert (result.sheet.balanced, result.findings) == (True, ())


def test_a_piece_that_nothing_counts_is_found_only_where_something_is_finished_and_something_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, methods, why in (("none", "oo", "nothing of it is finished"), ("all", "cc", "all of it counts")):
        path = tmp_path / f"{name}.gpkg"
        build(path, methods=methods, hazard=False, marked=False)
        before = held(path)
        assert main(["survey", str(path), "split", "CHA-1", "--unfinished", "--json"]) != 0
        assert why in capsys.readouterr().out
        assert held(path) == before


def test_returns_that_still_wait_stay_with_the_finished_part(tmp_path: Path) -> None:
    ready = build(tmp_path / "wait.gpkg", methods="cco", hazard=False, marked=False, decided=False)
    assert main(["survey", str(ready.path), "split", "CHA-1", "--unfinished", "--reason", "rock"]) == 0
    with open_project(str(ready.path), clock=who().clock) as project, project.read() as reader:
        book = LandBook.from_entries(reader.entries())
    pending = [p.account.hazardous_area_id for e in book.pending() for p in e.postings]
    assert set(pending) == {ready.area.id}
    assert held(ready.path)["CHA-1"][1] == {LandStatus.CONFIRMED: held(ready.path)["CHA-1"][0].area_cm2}
    put(ready.path, ProgressReturn(id=stable_id("late"), submission_id="late", task_order_id="", team_id="Team 1",
                                   work_date=date(2026, 8, 1)))
    assert verify_book(str(ready.path), who()).findings == ()
