"""The main job from end to end: the bundled demo, and a map sheet of real trouble."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from safeground.cli.main import main
from safeground.foundation.clock import fixed_clock
from safeground.foundation.errors import RequestError
from safeground.operations.context import Caller
from safeground.simulation.deployment import teams_toml
from safeground.simulation.scenario import bundled, read_scenario, run_scenario
from support.needs import ROOT, needs_shared_data


def caller() -> Caller:
    return Caller(actor="newcomer", clock=fixed_clock(datetime(2026, 11, 1, tzinfo=UTC)))


def brief(folder: Path, *, deploys: bool = False, hazard: bool = False) -> Path:
    """The bundled scenario without its deployment, or with a tenth of its teams and few draws."""
    text = bundled("kursk-2025").read_text(encoding="utf-8")
    if deploys:
        for was, now in (("resolution_m = 40.0", "resolution_m = 80.0"), ("samples = 60", "samples = 20"),
                         ("pictures = 1", "pictures = 0"), ("count = 90", "count = 9"), ("count = 10", "count = 2"),
                         ("moves = 500", "moves = 100"), ("draws = 500", "draws = 60")):
            assert was in text
            text = text.replace(was, now)
        text = text.replace('formats = ["html", "pdf", "png"]', 'formats = ["html"]')
        if not hazard:
            text = text[: text.index("[hazard]")] + text[text.index("# \"About 120 days"):]
    else:
        text = text[: text.index("# Expected items left")] + text[text.index("# A figure published elsewhere"):]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("hazard", [False, pytest.param(True, marks=pytest.mark.long)])
def test_the_demo_carries_the_district_to_task_orders(tmp_path: Path, hazard: bool) -> None:
    shares: list[float] = []
    who = Caller(actor="newcomer", clock=fixed_clock(datetime(2026, 11, 1, tzinfo=UTC)),
                 progress=lambda message, share: shares.append(share) if share is not None else None)
    result = run_scenario(brief(tmp_path / "s", deploys=True, hazard=hazard), tmp_path / "out", who)
    assert [stage.name for stage in result.stages] == [
        "claims", "world", "new", "intake", *(["hazard"] if hazard else []), "plan", "forecast", "task", "ledger",
        "report"]
    assert all(stage.summary for stage in result.stages)
    said = result.figures_of
    assert said["plan"]["tasks"] == 113
    if hazard:
        assert len(said["hazard"]["areas"]) == 113
        assert all(a["interval"][0] <= a["interval"][1] for a in said["hazard"]["areas"])
        assert said["forecast"]["items"]["p90"] > 0
    assert said["plan"]["feasible"]
    assert 0 < said["plan"]["released"] == len(said["task"]["orders"])
    assert {order["task_id"] for order in said["task"]["orders"]} == {a["task_id"] for a in said["plan"]["assignments"]}
    assert {order["state"] for order in said["task"]["orders"]} == {"draft"}
    assert said["forecast"]["cleared_m2"]["released"]["p10"] <= said["forecast"]["cleared_m2"]["released"]["p90"]
    assert result.ledger is not None
    assert result.ledger.sheet.balanced
    assert result.ledger.chain_ok
    assert shares == sorted(shares)
    assert max(shares) <= 1.0
    assert all(Path(name).exists() for name in result.files)
    assert {Path(name).name for name in result.files} >= {"plan.html", "forecast.html"}


def test_the_scenarios_crews_are_the_thousand_engineers_of_its_source() -> None:
    data = read_scenario(bundled("kursk-2025"))
    assert sum(crew["count"] * crew["size"] for crew in data["crew"]) == 1000
    assert teams_toml(data["plan"], data["crew"]).count("[[team]]") == 105


def test_the_demo_catches_every_planted_error_and_balances(tmp_path: Path) -> None:
    result = run_scenario(brief(tmp_path / "s"), tmp_path, caller())
    assert [(p.file, p.row, p.defect) for p, caught in result.planted if not caught] == []
    assert len(result.planted) >= 20
    rows = sum(i.rows_in for i in result.intakes)
    assert rows == sum(i.accepted + i.quarantined + i.refused for i in result.intakes) > 300
    assert result.ledger is not None
    assert result.ledger.sheet.balanced
    assert result.ledger.chain_ok
    assert {Path(name).suffix for name in result.files} == {".html", ".pdf", ".png"}
    assert all(Path(name).stat().st_size > 1000 for name in result.files)
    assert [stage.name for stage in result.stages] == ["claims", "world", "new", "intake", "ledger", "report"]


def test_one_seed_gives_one_journal(tmp_path: Path) -> None:
    heads = []
    for name in ("one", "two"):
        result = run_scenario(brief(tmp_path / "s"), tmp_path / name, caller())
        assert result.ledger is not None
        heads.append([(file.file, file.accepted) for i in result.intakes for file in i.files
                      if not file.file.endswith(".xlsx")])
    assert heads[0] == heads[1]


def test_a_second_run_into_the_same_folder_is_refused(tmp_path: Path) -> None:
    run_scenario(brief(tmp_path / "s"), tmp_path, caller())
    with pytest.raises(RequestError, match="SG-STORE-002"):
        run_scenario(brief(tmp_path / "s"), tmp_path, caller())


@pytest.mark.parametrize(("text", "code"), [
    ("not toml", "SG-SIM-002"), ("[scenario]\nname='x'\n", "SG-SIM-002"),
    ("[scenario]\nname='x'\ncolour='red'\n[[intake]]\nfiles=['a']\n", "SG-SIM-002"),
    ("[scenario]\nname='x'\n[[intake]]\nfiles=['a']\n[surprise]\na=1\n", "SG-SIM-002")])
def test_a_faulty_scenario_is_refused_with_its_fault(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "s.toml").write_text(text)
    with pytest.raises(RequestError, match=code):
        read_scenario(tmp_path / "s.toml")
    with pytest.raises(RequestError, match="SG-SIM-001"):
        bundled("no-such")


@needs_shared_data
def test_a_real_map_sheet_is_accounted_for_row_by_row(tmp_path: Path) -> None:
    result = run_scenario(ROOT / "tests/operations/bosnia.toml", tmp_path, caller())
    rows = {file.file: (file.rows_in, file.accepted, file.quarantined) for i in result.intakes for file in i.files}
    assert rows == {"suspected_areas.geojson": (393, 274, 119), "cleared_areas.geojson": (689, 618, 71),
                    "incidents.geojson": (63, 62, 1), "lifted_minefields.geojson": (23, 23, 0)}
    assert result.ledger is not None
    assert result.ledger.sheet.balanced
    assert result.ledger.chain_ok
    assert sum(o.area_cm2 for o in result.ledger.overlaps) == dict(result.ledger.sheet.totals_cm2)["overlap"] > 0
    assert result.ledger.contested_cm2 > 0
    assert [f for f in result.ledger.findings if f.code.startswith("SG-LEDGER-02")] == []


def test_the_commands_speak_json_and_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = str(tmp_path / "p.gpkg")
    assert main(["new", project, "--name", "P", "--region", "-30.5,50.8,-29.5,51.3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "safeground/new/1"
    assert main(["new", project, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "SG-STORE-002"
    (tmp_path / "bad.csv").write_text("id,x\n1,2\n")
    assert main(["intake", project, str(tmp_path / "bad.csv"), "--as", "sha", "--json"]) == 2
    body = json.loads(capsys.readouterr().out)
    assert (body["rows_in"], body["refused"], body["accepted"]) == (1, 1, 0)
    assert main(["ledger", project, "verify", "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["balanced"], body["chain_ok"], body["audited"]) == (True, True, True)
    assert main(["backup", project, str(tmp_path / "b.sgz"), "--json"]) == 0
    assert main(["restore", str(tmp_path / "b.sgz"), str(tmp_path / "r.gpkg"), "--json"]) == 0
    assert main(["no-such-command"]) == 2
    assert main(["run", str(tmp_path / "none.toml")]) == 2


def test_help_starts_without_the_heavy_libraries() -> None:
    code = ("import sys; from safeground.cli.main import main; main(['--help']); "
            "heavy = {'geopandas', 'pandas', 'shapely', 'numpy', 'sqlalchemy', 'matplotlib'} & set(sys.modules); "
            "sys.exit(','.join(sorted(heavy)) or 0)")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
