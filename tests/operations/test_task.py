"""Task orders on a real project file: drafted from the plan, issued by two, started with every paper, printed."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
import shapely

from safeground.cli.main import main
from safeground.foundation.clock import fixed_clock
from safeground.foundation.errors import RefusedError, RequestError
from safeground.ground.area import geodesic_area_m2
from safeground.operations.context import Caller, standard_text
from safeground.operations.plan import PlanRequest, run_plan
from safeground.operations.report import export_layers
from safeground.operations.task import (
    WorkRequest,
    add_order_paper,
    amend_order,
    issue_order,
    list_orders,
    move_order,
    start_work,
    write_sheet,
)
from safeground.operations.task_book import task_json
from safeground.operations.task_draft import DraftRequest, draft_orders
from safeground.records.nouns import TaskOrder, Team
from safeground.records.standard import standard_from_toml
from safeground.records.task_rules import NeededFrom, RequiredDocument
from safeground.records.tasking import OrderState, Paper
from safeground.store.project import open_project
from safeground.store.verify import verify_journal
from support.projects import TEAMS, area, caller, new_project, opening

TERMS = """
[default]
release_method = "cleared"
depth_cm = 20
land_use = "fields"

[default.medical]
ambulance = "vehicle 7"
hospital = "district hospital"
casevac_minutes = 45
route_note = "bridge closed after rain"
blood_groups_held = true

[default.medical.medics]
M1 = "medic one"
Q1 = "medic two"

[area."SHA-1"]
depth_cm = 30
"""
RULES = standard_from_toml(standard_text("imas")).task
assert RULES is not None
BEFORE_ISSUE = RULES.needed(NeededFrom.ISSUE, NeededFrom.FIRST_DAY)
EACH_DAY = RULES.needed(NeededFrom.EACH_DAY)
START = date(2026, 4, 6)
OFFICER = caller("planning officer")


def paper(document: RequiredDocument, dated: date = date(2026, 2, 20), **changed: Any) -> Paper:
    return Paper(**{"document_id": document.id, "reference": f"REF-{document.id}", "dated": dated,
                    "signed_as": document.signed_by} | changed)


def make(folder: Path, *, override: str = "[task]\ncasevac_minutes_max = 60.0\n", hide: int = -1) -> Path:
    """A project with three open areas, its teams on record, and a plan."""
    path = folder / "valley.gpkg"
    (folder / "teams.toml").write_text(TEAMS, encoding="utf-8")
    (folder / "terms.toml").write_text(TERMS, encoding="utf-8")
    areas = [area(k, size=0.001, name=f"Field {k}", admin_unit="North", geo_safe=k != hide) for k in range(3)]
    teams = [Team(id=f"team-{name}", local_id=name, name=name, asset_type=kind, accreditation_until=date(2026, 12, 31))
             for name, kind in (("M1", "manual"), ("Q1", "qc"))]
    with new_project(path) as held, held.write(caller().info("intake")) as writer:
        writer.set_setting("standard_override_toml", override)
        writer.put([*areas, *teams])
        writer.add_entries([opening(a) for a in areas])
    run_plan(str(path), PlanRequest(teams=folder / "teams.toml", start=START, days=200, moves=200), caller())
    return path


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders with the project planned, with orders drafted, with all papers of one order, and with it issued."""
    top = tmp_path_factory.mktemp("stages")
    folders = {name: top / name for name in ("planned", "drafted", "papers", "issued")}
    folders["planned"].mkdir()
    make(folders["planned"])
    shutil.copytree(folders["planned"], folders["drafted"])
    project = str(folders["drafted"] / "valley.gpkg")
    draft_orders(project, DraftRequest(terms=folders["drafted"] / "terms.toml", lane_width_m=2.0), OFFICER)
    shutil.copytree(folders["drafted"], folders["papers"])
    project = str(folders["papers"] / "valley.gpkg")
    for document in BEFORE_ISSUE:
        add_order_paper(project, "TO-SHA-0", paper(document), OFFICER)
    shutil.copytree(folders["papers"], folders["issued"])
    issue_order(str(folders["issued"] / "valley.gpkg"), "TO-SHA-0", "operations manager", OFFICER)
    return folders


def _copy(stages: dict[str, Path], name: str, tmp_path: Path) -> str:
    shutil.copytree(stages[name], tmp_path, dirs_exist_ok=True)
    return str(tmp_path / "valley.gpkg")


@pytest.fixture
def project(stages: dict[str, Path], tmp_path: Path) -> str:
    return _copy(stages, "planned", tmp_path)


@pytest.fixture
def drafted(stages: dict[str, Path], tmp_path: Path) -> str:
    return _copy(stages, "drafted", tmp_path)


@pytest.fixture
def with_papers(stages: dict[str, Path], tmp_path: Path) -> str:
    return _copy(stages, "papers", tmp_path)


@pytest.fixture
def issued(stages: dict[str, Path], tmp_path: Path) -> str:
    return _copy(stages, "issued", tmp_path)


def head(project: str) -> tuple[int, str]:
    with open_project(project, clock=caller().clock) as held, held.read() as reader:
        return reader.head()


def orders(project: str) -> dict[str, dict[str, Any]]:
    return {order["id"]: order for order in task_json(list_orders(project, caller()))["orders"]}


def test_each_planned_area_gets_one_draft_with_lanes_beside_the_project(project: str) -> None:
    result = draft_orders(project, DraftRequest(terms=Path(project).with_name("terms.toml"), lane_width_m=2.0), OFFICER)
    said = task_json(result)
    assert said["ids"] == ["TO-SHA-0", "TO-SHA-1", "TO-SHA-2"] or set(said["ids"]) == {f"TO-SHA-{k}" for k in range(3)}
    assert {c["to"] for c in said["state_changes"]} == {"draft"}
    held = orders(project)
    assert held["TO-SHA-1"]["objective"]["depth_cm"] == 30
    assert held["TO-SHA-0"]["objective"] == {"release_method": "cleared", "depth_cm": 20, "land_use": "fields"}
    assert len(held["TO-SHA-0"]["missing_papers"]) == len(BEFORE_ISSUE)
    assert held["TO-SHA-0"]["first_date"] >= START.isoformat()
    folder = Path(project).with_suffix(".task")
    assert sorted(p.name for p in folder.iterdir()) == sorted(n for o in held.values() for n in o["lanes"]["files"])
    lanes = json.loads((folder / "TO-SHA-0.geojson").read_text(encoding="utf-8"))
    ground = [shapely.from_geojson(json.dumps(f["geometry"])) for f in lanes["features"]
              if f["properties"]["kind"] == "lane"]
    assert len(ground) == held["TO-SHA-0"]["lanes"]["lane_count"]
    whole = float(geodesic_area_m2([area(0, size=0.001).geometry])[0])
    assert sum(geodesic_area_m2(ground)) == pytest.approx(whole, rel=2e-3)
    with open_project(project, clock=caller().clock) as opened, opened.read() as reader:
        record = reader.get("task_order", "TO-SHA-0")
        assert isinstance(record, TaskOrder)
        assert (record.state, record.geometry) == ("draft", area(0, size=0.001).geometry)
        files = dict(reader.setting("task/TO-SHA-0")["lanes"]["sha256"])
        assert reader.features_count("task_order") == 3
    assert files["TO-SHA-0.gpx"] == hashlib.sha256((folder / "TO-SHA-0.gpx").read_bytes()).hexdigest()
    with open_project(project, clock=caller().clock) as opened:
        assert verify_journal(opened).chain_ok


def test_drafting_again_leaves_orders_under_way_alone_and_tells_where_the_plan_differs(drafted: str) -> None:
    before = orders(drafted)
    again = draft_orders(drafted, DraftRequest(), OFFICER)
    assert (task_json(again)["ids"], set(again.kept), again.findings) == ([], set(before), ())
    later = PlanRequest(teams=Path(drafted).with_name("teams.toml"), start=date(2026, 5, 4), days=200, moves=200)
    run_plan(drafted, later, caller())
    told = draft_orders(drafted, DraftRequest(), OFFICER)
    assert {f.code for f in told.findings} == {"SG-OPS-054"}
    assert orders(drafted) == before
    move_order(drafted, "TO-SHA-1", OrderState.CANCELLED, "replanned", OFFICER)
    anew = task_json(draft_orders(drafted, DraftRequest(), OFFICER))
    assert anew["ids"] == ["TO-SHA-1-2"]
    assert anew["orders"][0]["first_date"] >= "2026-05-04"
    assert orders(drafted)["TO-SHA-1"]["state"] == "cancelled"


def test_an_order_is_issued_by_two_people_with_every_paper(with_papers: str) -> None:
    drafted = with_papers
    with pytest.raises(RefusedError) as caught:
        issue_order(drafted, "TO-SHA-1", "operations manager", OFFICER)
    assert all(d.title in caught.value.message for d in RULES.needed(NeededFrom.ISSUE))
    before = head(drafted)
    for same in ("planning officer", "Planning  Officer", ""):
        with pytest.raises(RefusedError) as caught:
            issue_order(drafted, "TO-SHA-0", same, caller("somebody else"))
        assert caught.value.code == "SG-TASK-004"
    with pytest.raises(RequestError, match="after 2026-01-01"):
        issue_order(drafted, "TO-SHA-0", "operations manager", OFFICER, day=date(2026, 1, 1))
    assert head(drafted) == before
    said = task_json(issue_order(drafted, "TO-SHA-0", "operations manager", OFFICER))
    assert [(c["from"], c["to"], c["author"], c["approver"]) for c in said["state_changes"]] == [
        ("draft", "issued", "planning officer", "operations manager")]
    with pytest.raises(RefusedError, match="only a draft is issued"):
        issue_order(drafted, "TO-SHA-0", "operations manager", OFFICER)


def test_the_history_only_grows_and_a_final_state_takes_nothing_more(issued: str) -> None:
    drafted = issued
    move_order(drafted, "TO-SHA-0", OrderState.SUSPENDED, "flood", OFFICER)
    move_order(drafted, "TO-SHA-0", OrderState.ISSUED, "water is gone", OFFICER)
    before = orders(drafted)["TO-SHA-0"]["history"]
    move_order(drafted, "TO-SHA-0", OrderState.COMPLETED, "done", OFFICER)
    history = orders(drafted)["TO-SHA-0"]["history"]
    assert history[:-1] == before
    assert [line["state"] for line in history] == ["draft", "issued", "suspended", "issued", "completed"]
    seq = head(drafted)
    with pytest.raises(RefusedError, match="nothing is added"):
        add_order_paper(drafted, "TO-SHA-0", paper(BEFORE_ISSUE[0]), OFFICER)
    with pytest.raises(RefusedError, match="SG-TASK-003"):
        move_order(drafted, "TO-SHA-0", OrderState.ISSUED, "again", OFFICER)
    with pytest.raises(RefusedError, match="only a draft takes new terms"):
        amend_order(drafted, "TO-SHA-0", Path(drafted).with_name("terms.toml"), OFFICER)
    assert head(drafted) == seq
    with open_project(drafted, clock=caller().clock) as held, held.read() as reader:
        record = reader.get("task_order", "TO-SHA-0")
        assert isinstance(record, TaskOrder)
        assert record.state == "completed"
        assert record.version > 4


def test_a_day_begins_only_with_every_paper_of_that_day(issued: str) -> None:
    drafted, order = issued, "TO-SHA-0"
    day = date.fromisoformat(orders(drafted)[order]["first_date"])
    asked = WorkRequest(order_id=order, team_id="M1", work_date=day)
    before = head(drafted)
    with pytest.raises(RefusedError) as caught:
        start_work(drafted, asked, caller("supervisor"))
    assert all(d.title in caught.value.message for d in EACH_DAY)
    with pytest.raises(RefusedError) as caught:
        start_work(drafted, replace(asked, team_id="X9", work_date=date(2026, 3, 1)), caller("supervisor"))
    assert caught.value.code == "SG-TASK-014"
    assert all(code in caught.value.message for code in ("SG-TASK-006", "SG-TASK-008", "SG-TASK-009", "SG-TASK-010",
                                                         "SG-TASK-011"))
    assert head(drafted) == before
    papers = tuple(paper(d, day) for d in EACH_DAY)
    done = start_work(drafted, replace(asked, papers=papers), caller("supervisor"))
    assert done.recorded == f"task/{order}/{day}/M1"
    with open_project(drafted, clock=caller().clock) as held, held.read() as reader:
        kept = reader.setting(done.recorded)
        assert kept["actor"] == "supervisor"
        assert len(kept["request"]["papers"]) == len(EACH_DAY)
    assert set(orders(drafted)) == {f"TO-SHA-{k}" for k in range(3)}  # a day kept is no order


def test_accreditation_comes_from_the_book(issued: str) -> None:
    drafted, order = issued, "TO-SHA-0"
    day = date.fromisoformat(orders(drafted)[order]["first_date"])
    asked = WorkRequest(order_id=order, team_id="M1", work_date=day, papers=tuple(paper(d, day) for d in EACH_DAY))
    for changed in ({"accreditation_until": date(2026, 3, 31)}, {"skills": ("dog",)}):
        with open_project(drafted, clock=caller().clock) as held, held.write(caller().info("intake")) as writer:
            team = writer.get("team", "team-M1")
            fresh = {"accreditation_until": date(2026, 12, 31), "skills": (), "version": team.version + 1}
            writer.put([replace(team, **(fresh | changed))])
        with pytest.raises(RefusedError) as caught:
            start_work(drafted, asked, caller())
        assert caught.value.code == "SG-TASK-010"


def test_a_pack_without_a_task_section_is_refused_by_name(project: str) -> None:
    path = project
    text = standard_text("imas")
    cut = text[: text.index("[task]")] + text[text.index("[progress]"):]
    with open_project(str(path), clock=caller().clock) as held, held.write(caller().info("new")) as writer:
        writer.set_setting("standard_toml", cut)
        writer.set_setting("standard_override_toml", "")
    before = head(str(path))
    for ask in (lambda: draft_orders(str(path), DraftRequest(), OFFICER), lambda: list_orders(str(path), OFFICER),
                lambda: issue_order(str(path), "TO-SHA-0", "b", OFFICER)):
        with pytest.raises(RefusedError) as caught:
            ask()
        assert caught.value.code == "SG-OPS-050"
        assert "[task]" in caught.value.message
    assert head(str(path)) == before


def test_a_withheld_position_gets_no_lane_files_no_outline_and_is_not_exported(tmp_path: Path) -> None:
    path = str(make(tmp_path, hide=1))
    result = draft_orders(path, DraftRequest(lane_width_m=2.0), OFFICER)
    assert [f.subject for f in result.findings if f.code == "SG-OPS-055"] == ["TO-SHA-1"]
    assert orders(path)["TO-SHA-1"]["lanes"] is None
    assert not [p for p in (tmp_path / "valley.task").iterdir() if "SHA-1" in p.name]
    sheet = tmp_path / "s.pdf"
    write_sheet(path, "TO-SHA-1", sheet, OFFICER)
    assert "Sketch map" not in pypdf.PdfReader(sheet).pages[0].extract_text()
    export_layers(path, tmp_path / "out.gpkg", caller())
    with open_project(path, clock=caller().clock) as held, held.read() as reader:
        assert reader.features_count("task_order") == 2


def test_an_area_narrower_than_a_lane_is_drafted_without_lanes_and_told(project: str) -> None:
    with pytest.raises(RequestError, match="SG-PLAN-020"):
        draft_orders(project, DraftRequest(lane_width_m=-1.0), OFFICER)
    result = draft_orders(project, DraftRequest(lane_width_m=200.0), OFFICER)
    assert {f.code for f in result.findings} == {"SG-PLAN-023"}
    assert all(order["lanes"] is None for order in orders(project).values())


def test_the_sheet_shows_order_lanes_and_points(drafted: str, tmp_path: Path) -> None:
    output = tmp_path / "order.pdf"
    write_sheet(drafted, "TO-SHA-0", output, OFFICER)
    pdf = pypdf.PdfReader(io.BytesIO(output.read_bytes()))
    words = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    held = orders(drafted)["TO-SHA-0"]
    for said in ("Task order TO-SHA-0: Field 0", "DRAFT", "cleared, to 20 cm", "vehicle 7", "Sketch map",
                 f"{held['lanes']['lane_count']}", "UTM zone", held["first_date"], "MISSING"):
        assert said in words
    with pytest.raises(RequestError, match="SG-OPS-006"):
        write_sheet(drafted, "TO-SHA-0", tmp_path / "order.txt", OFFICER)
    with pytest.raises(RequestError, match="SG-OPS-051"):
        write_sheet(drafted, "TO-SHA-9", output, OFFICER)


@pytest.mark.parametrize(("text", "where", "code"), [
    ("[default]\ndepth = 3\n", "depth", "SG-OPS-031"), ("[default]\ndepth_cm = -3\n", "depth_cm", "SG-OPS-032"),
    ("[default]\nrelease_method = 'gone'\n", "release_method", "SG-OPS-032"),
    ("[default.medical]\nblood_groups_held = 'yes'\n", "blood_groups_held", "SG-OPS-032"),
    ("[default.medical.medics]\nM1 = 3\n", "M1", "SG-OPS-032"), ("[deflaut]\n", "deflaut", "SG-OPS-031"),
    ("depth_cm", "terms.toml", "SG-OPS-030")])
def test_a_faulty_terms_file_is_refused_by_key(project: str, text: str, where: str, code: str) -> None:
    file = Path(project).with_name("terms.toml")
    file.write_text(text, encoding="utf-8")
    before = head(project)
    with pytest.raises(RequestError) as caught:
        draft_orders(project, DraftRequest(terms=file), OFFICER)
    assert (caught.value.code, where in caught.value.subject) == (code, True)
    assert head(project) == before


def test_terms_for_an_area_that_gets_no_draft_are_told(project: str) -> None:
    file = Path(project).with_name("terms.toml")
    file.write_text(TERMS + '[area."SHA-77"]\ndepth_cm = 9\n', encoding="utf-8")
    result = draft_orders(project, DraftRequest(terms=file, lane_width_m=2.0), OFFICER)
    assert [f.subject for f in result.findings if f.code == "SG-OPS-053"] == ["SHA-77"]


def test_the_command_speaks_json_with_exit_codes_and_a_dry_run_writes_nothing(
        project: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def told(*words: str) -> tuple[int, dict[str, Any]]:
        code = main(["task", project, *words, "--actor", "planning officer", "--json"])
        return code, json.loads(capsys.readouterr().out)

    terms = str(Path(project).with_name("terms.toml"))
    before = head(project)
    code, said = told("orders", "--terms", terms, "--dry-run")
    assert (code, said["schema"], len(said["ids"])) == (0, "safeground/task/1", 3)
    assert (head(project), said["files"], Path(project).with_suffix(".task").exists()) == (before, [], False)
    assert told("orders", "--lane-width", "2")[0] == 0
    assert told("amend", "TO-SHA-0", "--terms", terms)[1]["orders"][0]["objective"]["depth_cm"] == 20
    signed = tmp_path / "plan.pdf"
    signed.write_bytes(b"signed")
    for document in BEFORE_ISSUE:
        words = ("paper", "TO-SHA-0", "--document", document.id, "--reference", "R-1", "--signed-as",
                 document.signed_by, "--dated", "2026-02-20", "--file", str(signed))
        code, said = told(*words)
        assert code == 0
    assert {p["sha256"] for p in said["orders"][0]["papers"]} == {hashlib.sha256(b"signed").hexdigest()}
    assert told("issue", "TO-SHA-0", "--approver", "planning officer")[0] == 3
    code, said = told("issue", "TO-SHA-0", "--approver", "operations manager")
    assert (code, said["state_changes"][0]["to"]) == (0, "issued")
    day = said["orders"][0]["first_date"]
    code, said = told("start", "TO-SHA-0", "--team", "M1", "--day", day, "--paper", "ppe_check=P-1")
    assert (code, said["error"]["code"]) == (3, "SG-TASK-006")
    assert "'nobody'" in said["error"]["message"]
    papers = [word for d in EACH_DAY for word in ("--paper", f"{d.id}=P-1;{d.signed_by}")]
    assert told("start", "TO-SHA-0", "--team", "M1", "--day", day, *papers)[0] == 0
    assert told("move", "TO-SHA-0", "suspended", "--reason", "flood")[1]["state_changes"][0]["reason"] == "flood"
    assert told("sheet", "TO-SHA-0", "-o", str(tmp_path / "s.pdf"))[1]["files"] == [str(tmp_path / "s.pdf")]
    assert len(told()[1]["orders"]) == 3
    for wrong in (("fold",), ("move", "TO-SHA-0", "gone"), ("start", "TO-SHA-0"), ("paper", "TO-SHA-0"),
                  ("start", "TO-SHA-0", "--team", "M1", "--paper", "x"), ("sheet", "TO-SHA-9", "-o", "x.pdf")):
        assert told(*wrong)[0] == 2
    assert main(["task", project, "list"]) == 0


def test_cut_short_while_drafting_the_project_is_as_it_was_and_can_be_drafted_again(project: str) -> None:
    before = head(project)
    code = ("import os, sys\n"
            "from safeground.operations import task_draft\n"
            "from safeground.operations.context import Caller\n"
            "seen = []\n"
            "real = task_draft.put_order\n"
            "def put(*given):\n"
            "    real(*given)\n"
            "    seen.append(1)\n"
            "    if len(seen) == 2: os.kill(os.getpid(), 9)\n"
            "task_draft.put_order = put\n"
            "task_draft.draft_orders(sys.argv[1], task_draft.DraftRequest(lane_width_m=2.0), Caller(actor='a'))\n")
    done = subprocess.run([sys.executable, "-c", code, project], check=False, env=os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.returncode == -9
    assert head(project) == before
    assert orders(project) == {}
    draft_orders(project, DraftRequest(lane_width_m=2.0), OFFICER)
    assert len(orders(project)) == 3


def test_a_change_of_the_plan_while_drafting_is_refused(project: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from safeground.operations import task_draft

    real = task_draft._with_lanes

    def slow(*given: Any) -> Any:
        with open_project(project, clock=caller().clock) as held, held.write(caller().info("plan")) as writer:
            writer.set_setting("plan/latest", writer.setting("plan/latest") | {"id": "another"})
        return real(*given)

    monkeypatch.setattr(task_draft, "_with_lanes", slow)
    with pytest.raises(RefusedError, match="SG-OPS-052"):
        draft_orders(project, DraftRequest(lane_width_m=2.0), OFFICER)
    assert orders(project) == {}


def test_a_later_clock_counts_papers_that_ran_out(drafted: str) -> None:
    add_order_paper(drafted, "TO-SHA-0", paper(BEFORE_ISSUE[0], valid_until=date(2026, 3, 10)), OFFICER)
    later = Caller(actor="x", clock=fixed_clock(datetime(2026, 3, 20, tzinfo=UTC)))
    counts = [len(task_json(list_orders(drafted, who))["orders"][0]["missing_papers"]) for who in (OFFICER, later)]
    assert counts[1] == counts[0] + 1
