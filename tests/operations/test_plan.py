"""The plan stage on a project: a checked plan, its reasons and page, and every refusal with file and field."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from safeground.cli.main import main
from safeground.foundation.errors import RequestError
from safeground.operations.plan import PlanRequest, _stop, plan_json, run_plan, stored_plan
from safeground.plan.check import check_plan
from safeground.plan.stops import Progress
from safeground.records.vocabulary import AreaType, WorkflowStatus
from safeground.store.project import open_project
from support.projects import area, caller, new_project, opening

TEAMS = """
[[team]]
id = "M1"
methods = ["manual"]
calendar = "A"
lon = -30.0
lat = 51.0
size = 10

[[team]]
id = "M2"
methods = ["manual"]
calendar = "B"
lon = -30.0
lat = 51.0
last_day = 2030-06-01

[[team]]
id = "Q1"
methods = ["qc"]
calendar = "A"
lon = -30.0
lat = 51.0

[calendar.A]
weekly_off = ["fri"]
holidays = [2030-03-20]

[calendar.B]
shift = 12
"""
TASKS = """area,lives,score,gates,earliest,terrain
SHA-0,3,10,,,
SHA-1,5,90,,2030-03-10,
SHA-2,2,40,owner has not agreed;road is mined,,
Field 3,4,70,,,clear
SHA-4,1,5,,,slope_15
"""
START, KEYS = date(2030, 3, 1), {
    "schema", "project", "objective", "value", "bound", "gap", "feasible", "violations", "assignments", "unplanned",
    "authority_score", "practice", "prices", "casualties", "seconds", "moves", "seed", "checker", "page", "findings"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Six open areas, one that is released, one without an outline."""
    path = tmp_path / "valley.gpkg"
    areas = [area(k, size=0.001 + 0.0002 * (k % 5), name=f"Field {k}", admin_unit="North") for k in range(6)]
    closed = area(7, size=0.001, workflow_status=WorkflowStatus.RELEASED)
    point = area(8, geometry=areas[0].geometry.centroid, area_cm2=0, area_type=AreaType.INDICATION)
    with new_project(path) as held, held.write(caller().info("intake")) as writer:
        writer.put([*areas, closed, point])
        writer.add_entries([opening(a) for a in [*areas, closed]])
    return path


def request(folder: Path, teams: str = TEAMS, tasks: str = "", **values: Any) -> PlanRequest:
    """A request with its files written beside the project."""
    file = folder / "teams.toml"
    file.write_text(teams, encoding="utf-8")
    rows = folder / "tasks.csv"
    if tasks:
        rows.write_text(tasks, encoding="utf-8")
    given = {"start": START, "days": 120, "moves": 500} | values
    return PlanRequest(teams=file, tasks=rows if tasks else None, **given)


def head(path: Path) -> tuple[int, str]:
    """The journal's length and hash."""
    with open_project(str(path), clock=caller().clock) as held, held.read() as reader:
        return reader.head()


def test_a_plan_keeps_the_rules_is_kept_and_has_a_page(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = request(project.parent)
    words = ["plan", str(project), "--teams", str(asked.teams), "--start", "2030-03-01", "--days", "120",
             "--moves", "500", "--json"]
    assert main(words) == 0
    said = json.loads(capsys.readouterr().out)
    assert said.keys() >= KEYS
    assert said["feasible"]
    assert 0 < said["value"] <= said["bound"]
    assert {"task_id", "name", "stage", "method", "teams", "start", "end"} == said["assignments"][0].keys()
    assert len(said["unplanned"]) + said["released"] == said["tasks"] == 6
    assert all(u["reason"] for u in said["unplanned"])
    assert {p["method"] for p in said["prices"]} == {"manual", "qc"}
    assert {f["code"] for f in said["findings"]} == {"SG-OPS-036", "SG-OPS-037", "SG-OPS-041"}
    page = Path(said["page"]).read_text(encoding="utf-8")
    assert "below the best possible" in page
    assert "http" not in page
    with open_project(str(project), clock=caller().clock) as held, held.read() as reader:
        problem, plan = stored_plan(reader)
    report = check_plan(problem, plan)
    assert report.is_feasible
    assert report.value == said["value"]
    assert main(["ledger", str(project), "verify"]) == 0


def test_the_stored_problem_and_plan_are_those_that_were_made(project: Path) -> None:
    result = run_plan(str(project), request(project.parent, tasks=TASKS), caller())
    with open_project(str(project), clock=caller().clock) as held, held.read() as reader:
        assert stored_plan(reader) == (result.problem, result.solution.plan)


def test_the_same_seed_gives_the_same_plan_and_a_dry_run_writes_nothing(project: Path) -> None:
    before = head(project)
    asked = request(project.parent, tasks=TASKS, dry_run=True, seed=7)
    one, two = (plan_json(run_plan(str(project), asked, caller())) for _ in range(2))
    assert {**one, "seconds": 0} == {**two, "seconds": 0}
    assert one["page"] == ""
    assert head(project) == before
    assert not project.with_suffix(".plan").exists()


def test_the_tasks_file_gives_worth_scores_gates_and_days(project: Path) -> None:
    result = run_plan(str(project), request(project.parent, tasks=TASKS, dry_run=True), caller())
    tasks = {t.name: t for t in result.problem.tasks}
    assert tasks["Field 1"].earliest_day == 9
    assert tasks["Field 5"].benefit_per_day == 0
    assert tasks["Field 3"].stages[0].team_days == pytest.approx(tasks["Field 3"].area_m2 / (20 * 10 * 1.75))
    reasons = {x.task_id: x for x in result.left_out}
    gated = reasons[tasks["Field 2"].id]
    assert gated.kind == "gate"
    assert "road is mined" in gated.reason
    assert "no worth" in reasons[tasks["Field 5"].id].reason
    assert result.solution.report.authority_score <= 175
    assert replace(result.problem, objective="score").objective == "score"


def test_a_position_that_may_not_be_shown_is_not_drawn(project: Path) -> None:
    hidden = area(20, size=0.001, name="Hidden", geo_safe=False)
    with open_project(str(project), clock=caller().clock) as held, held.write(caller().info("intake")) as writer:
        writer.put([hidden])
        writer.add_entries([opening(hidden)])
    result = run_plan(str(project), request(project.parent), caller())
    assert result.hidden == {hidden.id}
    assert "may not be shown: 1." in Path(result.page).read_text(encoding="utf-8")


@pytest.mark.parametrize(("teams", "names", "code"), [
    ("team = 3", ("team", "list of tables"), "SG-OPS-032"),
    ("[[team", ("teams.toml",), "SG-OPS-030"),
    ("[calendar.A]\n", ("team",), "SG-OPS-032"),
    (TEAMS + "[season.x]\nmethod = ['manual']\n", ("[season.x]", "methods"), "SG-OPS-032"),
    (TEAMS + "[relocaton]\nkm = [8]\n", ("relocaton",), "SG-OPS-031"),
    (TEAMS + "[rates]\nmanuel = 3\n", ("[rates]", "manuel"), "SG-OPS-031"),
    (TEAMS + "[rates]\nmanual = -1\n", ("[rates]", "manual"), "SG-OPS-032"),
    (TEAMS + "[relocation]\nkm = [9, 3]\n", ("[relocation]", "km"), "SG-OPS-032"),
    (TEAMS + "[chain]\ndefault = ['dog', 'qc']\n", ("[chain]", "default"), "SG-OPS-033"),
    (TEAMS + "[objective]\nname = 'most'\n", ("[objective]", "name"), "SG-OPS-032"),
    (TEAMS + "[objective]\ndeferral_days = 3\n", ("[objective]", "deferral_days"), "SG-OPS-032"),
    (TEAMS.replace('"M2"', '"M1"'), ("[[team]] 2", "id"), "SG-OPS-032"),
    (TEAMS.replace('calendar = "B"', 'calendar = "C"'), ("[[team]] 2", "calendar"), "SG-OPS-032"),
    (TEAMS.replace("lat = 51.0", "lat = 151.0"), ("[[team]] 1", "lat"), "SG-OPS-032"),
    (TEAMS.replace("2030-06-01", "2029-06-01"), ("[[team]] 2", "last_day"), "SG-OPS-032"),
    (TEAMS.replace("shift = 12", "cycle_start = 2030-02-09\ndays_off = 400"), ("[calendar.B]",), "SG-OPS-032"),
    (TEAMS.replace('["fri"]', '["friday"]'), ("[calendar.A]", "weekly_off"), "SG-OPS-032"),
])
def test_a_faulty_teams_file_is_refused_by_file_and_field(
        project: Path, teams: str, names: tuple[str, ...], code: str) -> None:
    before = head(project)
    with pytest.raises(RequestError) as caught:
        run_plan(str(project), request(project.parent, teams), caller())
    assert caught.value.code == code
    assert "teams.toml" in caught.value.subject
    assert all(name in caught.value.subject + caught.value.message for name in names)
    assert caught.value.remedy
    assert head(project) == before
    assert not project.with_suffix(".plan").exists()


@pytest.mark.parametrize(("tasks", "where"), [
    ("name,lives\nSHA-0,1\n", "row 0, name"),
    ("area,lives\nSHA-99,1\n", "row 1, area"),
    ("area,lives\nSHA-0,1\nField 0,1\n", "row 2, area"),
    ("area,lives\nSHA-0,-1\n", "row 1, lives"),
    ("area,earliest\nSHA-0,soon\n", "row 1, earliest"),
    ("area,terrain\nSHA-0,mud\n", "row 1, terrain"),
    ("area,chain\nSHA-0,dog;qc\n", "row 1, chain"),
    ("area,bonus\nSHA-0,5\n", "row 1, bonus_date"),
    ("area,lives\nSHA-0,1,2\n", "row 1"),
])
def test_a_faulty_tasks_file_is_refused_by_row_and_column(project: Path, tasks: str, where: str) -> None:
    before = head(project)
    with pytest.raises(RequestError) as caught:
        run_plan(str(project), request(project.parent, tasks=tasks), caller())
    assert f"tasks.csv, {where}" in caught.value.subject
    assert head(project) == before


@pytest.mark.parametrize(("values", "subject"), [
    ({"days": 0}, "--days"), ({"seconds": -1.0}, "--seconds"),
    ({"objective": "most"}, "--objective")])
def test_a_window_or_stop_that_makes_no_sense_is_refused(project: Path, values: dict[str, Any], subject: str) -> None:
    with pytest.raises(RequestError) as caught:
        run_plan(str(project), request(project.parent, **values), caller())
    assert (caught.value.code, caught.value.subject) == ("SG-OPS-034", subject)


def test_seconds_are_those_of_the_clock(project: Path) -> None:
    stop = _stop(request(project.parent, seconds=0.05), 6)
    time.sleep(0.06)  # takes next to nothing of the processor
    assert stop(Progress(0, 0.0, float("inf")))


def test_a_window_in_the_past_is_planned_and_told(project: Path) -> None:
    result = run_plan(str(project), request(project.parent, start=date(2020, 1, 1), dry_run=True), caller())
    assert "SG-OPS-042" in [f.code for f in result.findings]


def test_scores_that_nobody_gave_are_told(project: Path) -> None:
    result = run_plan(str(project), request(project.parent, objective="score", dry_run=True), caller())
    assert [f.subject for f in result.findings if f.code == "SG-OPS-036"] == ["score"]


def test_a_project_without_areas_or_plan_says_so(tmp_path: Path) -> None:
    with new_project(tmp_path / "empty.gpkg") as held:
        with pytest.raises(RequestError, match="holds no area"):
            run_plan(held, request(tmp_path), caller())
        with held.read() as reader, pytest.raises(RequestError, match="holds no plan"):
            stored_plan(reader)


def test_expected_items_of_the_hazard_stage_become_casualties(project: Path) -> None:
    with open_project(str(project), clock=caller().clock) as held, held.write(caller().info("hazard")) as writer:
        writer.set_setting("hazard/latest", {"areas": {area(0).id: 40.0}})
    result = run_plan(str(project), request(project.parent, dry_run=True), caller())
    first = next(t for t in result.problem.tasks if t.id == area(0).id)
    assert (first.expected_items, first.casualties) == (40.0, 0.02)
    assert "SG-OPS-041" not in {f.code for f in result.findings}


def test_a_published_plan_is_kept_where_it_holds_and_what_changed_is_listed(project: Path) -> None:
    first = run_plan(str(project), request(project.parent), caller())
    lost = TEAMS.replace("last_day = 2030-06-01", "last_day = 2030-03-05")
    again = run_plan(str(project), request(project.parent, lost, keep=True, today=date(2030, 3, 10)), caller())
    said = plan_json(again)
    kept = said["kept"]
    assert said["feasible"]
    assert 0 < said["value"] <= said["bound"]
    assert kept["today"] == "2030-03-10"
    was = {(a.task_id, a.stage): a for a in first.solution.plan.assignments}
    now = {(a.task_id, a.stage): a for a in again.solution.plan.assignments}
    changed = {c["task_id"] for c in kept["changes"]}
    assert {key[0] for key in was.keys() | now.keys() if was.get(key) != now.get(key)} == changed
    assert changed >= {a.task_id for a in was.values() if "M2" in a.team_ids and a.end_day > 5}
    assert changed
    assert all(c["reason"] for c in kept["changes"])
    begun = {a.task_id for a in was.values() if a.start_day < 9} - set(kept["dropped"])
    assert all(now[key] == a for key, a in was.items() if key[0] in begun)
    page = Path(said["page"]).read_text(encoding="utf-8")
    assert "Against the published plan" in page
    with open_project(str(project), clock=caller().clock) as held, held.read() as reader:
        assert stored_plan(reader)[1] == again.solution.plan
        assert reader.setting("plan/latest")["id"] != kept["plan"]


def test_nothing_changes_where_nothing_may_and_all_still_holds(project: Path) -> None:
    first = run_plan(str(project), request(project.parent), caller())
    again = run_plan(str(project), request(project.parent, keep=True, changes_share=0.0, moves=1500), caller())
    assert {a for a in first.solution.plan.assignments} <= {a for a in again.solution.plan.assignments}
    assert again.kept is not None
    assert (again.kept.share, again.kept.dropped) == (1.0, ())
    assert {c.kind for c in again.kept.changes} <= {"taken in"}


def test_keeping_a_plan_of_another_start_or_none_is_refused(project: Path) -> None:
    with pytest.raises(RequestError, match="SG-OPS-040"):
        run_plan(str(project), request(project.parent, keep=True), caller())
    run_plan(str(project), request(project.parent), caller())
    before = head(project)
    with pytest.raises(RequestError, match="SG-OPS-046"):
        run_plan(str(project), request(project.parent, keep=True, start=date(2030, 3, 2)), caller())
    with pytest.raises(RequestError, match="SG-OPS-034"):
        run_plan(str(project), request(project.parent, keep=True, changes_share=1.5), caller())
    assert head(project) == before


def test_stability_is_told_by_area_in_json_and_on_the_page(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = request(project.parent, tasks=TASKS)
    words = ["plan", str(project), "--teams", str(asked.teams), "--tasks", str(asked.tasks), "--start", "2030-03-01",
             "--days", "40", "--moves", "200", "--stability", "4"]
    assert main([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    found = said["stability"]
    assert (found["draws"], found["noise"], len(found["tasks"])) == (4, 0.3, 6)
    assert all(0 <= t["share"] <= 1 and t["name"].startswith("Field") for t in found["tasks"])
    planned = {a["task_id"] for a in said["assignments"]}
    assert {t["task_id"] for t in found["tasks"] if t["planned"]} == planned
    gated = next(t for t in found["tasks"] if t["name"] == "Field 2")
    assert gated["share"] == 0.0
    assert "If the weights are doubted" in Path(said["page"]).read_text(encoding="utf-8")
    assert main([*words, "--keep", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "Of the published plan" in out
    assert "noise in the weights" in out


def test_windows_are_told_and_refused_with_a_kept_plan(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ortools")
    asked = request(project.parent, tasks=TASKS)
    words = ["plan", str(project), "--teams", str(asked.teams), "--tasks", str(asked.tasks), "--start", "2030-03-01",
             "--days", "40", "--moves", "200", "--polish", "2"]
    assert main([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["polish"]["windows"] == 2
    assert said["feasible"]
    assert said["value"] <= said["bound"]
    assert main(words) == 0
    assert "Of 2 windows made anew" in capsys.readouterr().out
    before = head(project)
    assert main([*words, "--keep"]) != 0
    assert "windows know no published days" in capsys.readouterr().err.replace("\n", " ")
    with pytest.raises(RequestError, match="SG-OPS-034"):
        run_plan(str(project), request(project.parent, polish=-1), caller())
    assert head(project) == before
