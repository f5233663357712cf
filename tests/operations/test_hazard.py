"""The hazard stage on a real project file: maps, samples, page, journal, and what refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from safeground.cli.main import main
from safeground.operations.context import Caller
from safeground.simulation.campaign import simulate
from safeground.simulation.field import work, write_papers
from safeground.simulation.worlds import make_world


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a small world, taken through hazard once."""
    out = tmp_path_factory.mktemp("rows")
    return Path(simulate("rows", 5, out, Caller(actor="tester")).project)


def run_json(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of one command."""
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_hazard_states_each_area_with_interval_account_and_files(
        village: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run_json(capsys, "hazard", str(village), "--seed", "4")
    assert code == 0
    assert said["schema"] == "safeground/hazard/1"
    assert len(said["areas"]) == 2
    for area in said["areas"]:
        assert area["interval"][0] <= area["interval"][1]
        assert 0 <= area["p_any"] <= 1
        assert area["account"][0]["kind"] == "prior"
        assert area["account"][-1]["expected_items"] == pytest.approx(area["expected_items"])
        kinds = [line["kind"] for line in area["account"]]
        assert kinds[-3:] == ["left", "hard", "floor"]
        assert 0 < area["account"][-2]["expected_items"] <= area["account"][-3]["expected_items"]
    sites = [site["held_out"] for site in said["sites"]]
    assert said["log_score_blocks"] == sum(site["blocks"] for site in sites) > 0
    assert said["log_score"] == pytest.approx(sum(site["log_score"] * site["blocks"] for site in sites)
                                              / said["log_score_blocks"])
    assert said["log_score_flat"] < said["log_score"] < 0
    assert said["log_score_note"] == ""
    folder = village.with_suffix(".hazard")
    for k, site in enumerate(said["sites"], 1):
        with rasterio.open(folder / f"site-{k:03d}.tif") as raster:
            assert raster.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == "COG"
            assert raster.descriptions[0] == "expected_items"
            assert raster.crs.to_epsg() == 32626
            assert np.nansum(raster.read(1)) >= site["expected_items"] * 0.999
        with np.load(folder / f"site-{k:03d}.npz") as samples:
            assert samples["log_rate"].shape[0] == 100
    page = (folder / "hazard.html").read_text(encoding="utf-8")
    assert "What reduced it" in page
    assert "http" not in page.replace("http-equiv", "")
    capsys.readouterr()
    assert main(["ledger", str(village), "verify"]) == 0


def test_the_same_seed_gives_the_same_figures_and_dry_run_writes_nothing(
        village: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {p.name: p.stat().st_mtime_ns for p in village.with_suffix(".hazard").iterdir()}
    first, second = (run_json(capsys, "hazard", str(village), "--dry-run", "--seed", "9")[1] for _ in range(2))
    assert [a["expected_items"] for a in first["areas"]] == [a["expected_items"] for a in second["areas"]]
    assert first["page"] == ""
    assert {p.name: p.stat().st_mtime_ns for p in village.with_suffix(".hazard").iterdir()} == before


def test_evidence_shows_searches_with_their_effort_and_grades_with_their_reasons(
        village: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run_json(capsys, "evidence", str(village))
    assert code == 0
    site = said["sites"][0]
    assert {"name", "kind", "detector", "covered_m2", "finds"} == set(site["searches"][0])
    assert site["areas"][0]["steps"][0]["reason"] == "type of area: sha"


def test_ground_that_nothing_searched_has_no_score_and_says_why(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project, areas = tmp_path / "bare.gpkg", tmp_path / "areas.geojson"
    write_papers(make_world("hectare", 1), work(make_world("hectare", 1)), tmp_path / "papers")
    areas.write_bytes((tmp_path / "papers" / "areas.geojson").read_bytes())
    assert main(["new", str(project)]) == 0
    assert main(["intake", str(project), str(areas), "--as", "sha"]) == 0
    capsys.readouterr()
    code, said = run_json(capsys, "hazard", str(project), "--dry-run")
    assert code == 0
    assert said["log_score"] is None
    assert said["log_score_flat"] is None
    assert "nothing was searched" in said["log_score_note"]


def test_effort_of_an_activity_that_is_not_there_is_refused_and_nothing_changes(
        village: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "effort.csv"
    file.write_text("activity,coverage,p_detect\nNOBODY,0.5,\n", encoding="utf-8")
    code, said = run_json(capsys, "hazard", str(village), "--effort", str(file))
    assert code == 2
    assert said["error"]["code"] == "SG-EVIDENCE-003"
    assert "row 1" in said["error"]["subject"]


def test_a_project_without_areas_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tmp_path / "empty.gpkg"
    assert main(["new", str(project)]) == 0
    capsys.readouterr()
    code, said = run_json(capsys, "hazard", str(project))
    assert (code, said["error"]["code"]) == (2, "SG-OPS-021")


def test_better_lane_results_lower_what_is_left(
        village: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = make_world("rows", 5)
    write_papers(world, work(world), tmp_path)
    lines = (tmp_path / "lanes.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.rsplit(",", 2)[0] for line in lines[1:]]
    totals = []
    for found in (400, 200):
        file = tmp_path / f"lanes-{found}.csv"
        file.write_text("\n".join([lines[0], *(f"{row},400,{found}" for row in rows)]) + "\n", encoding="utf-8")
        said = run_json(capsys, "hazard", str(village), "--lanes", str(file), "--dry-run")[1]
        totals.append(sum(a["searched_items"] for a in said["areas"]))
    assert totals[0] < totals[1]


def test_simulate_reports_its_auditor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run_json(capsys, "simulate", "--world", "hectare", "--seed", "3", "--out", str(tmp_path))
    assert code == 0
    assert said["auditor"]["failures"] == []
    assert said["truth"]["items"] == said["truth"]["found"] + said["truth"]["struck"] + said["truth"]["left"]
