"""The stages' pages as served: they show what the project holds, in the commands' own figures, and change nothing."""

from __future__ import annotations

import hashlib
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from fastapi.testclient import TestClient

from safeground.cli.main import main
from safeground.operations import inspection_show
from safeground.operations.context import Caller
from safeground.operations.hazard import HazardRequest, run_hazard
from safeground.operations.inspection import draw_sample, form_lots, open_case
from safeground.operations.progress import ProgressRequest, take_returns
from safeground.records.nouns import HazardousArea
from safeground.records.vocabulary import Severity
from safeground.store.project import open_project
from safeground.web.app import create_app
from safeground.web.links import PAGES
from safeground.web.pages import Kept
from support.inspections import SIZE, at, cleared_project
from support.projects import accident, area, new_project, opening
from support.returns import SIDE, row, strip, write

BASE = "http://127.0.0.1:8000"
STAGES = ("/progress", "/inspection", "/release", "/hazard", "/plan", "/forecast", "/claims")
SECRET = "SECRET HILL"


def client(path: Path, caller: Caller | None = None) -> TestClient:
    who = caller or at(3)
    return TestClient(create_app(open_project(str(path), clock=who.clock), who), base_url=BASE)


def record(number: int, **values: Any) -> HazardousArea:
    return area(number, **values)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "p.gpkg"
    new_project(path).close()
    return path


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns that wait, a drawn lot, one whose position must not be shown, a case, and a hazard page."""
    path = tmp_path_factory.mktemp("busy") / "p.gpkg"
    areas = [record(1, size=SIZE, name="Open <b>hill</b>"), record(2, size=SIZE, name=SECRET, geo_safe=False)]
    with cleared_project(path, areas) as project:
        field = record(0, size=SIDE)
        with project.write(at().info("intake")) as writer:
            writer.put([field, accident(1)])
            writer.add_entries([opening(field)])
        take_returns(project, [write(path.parent / "day.csv", [
            row("one", strip(0.0, 0.5), area_id=field.id), row("two", strip(0.4, 0.8), 3, area_id=field.id)])],
            at(0), ProgressRequest(received=date(2026, 2, 4)))
        for lot in form_lots(project, at(1)).lots:
            draw_sample(project, lot.local_id, at(2))
        open_case(project, at(2), severity=Severity.MAJOR, description="no <i>marking</i>", area=areas[0].id)
        run_hazard(project, HazardRequest(samples=200, pictures=1, areas=None), at(2))
    return path


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main([*words, "--json"]) in (0, 1, 3)
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_an_empty_project_is_told_in_a_sentence_and_what_comes_next(empty: Path) -> None:
    made = client(empty)
    for route in STAGES:
        page = made.get(route)
        assert page.status_code == 200, route
        assert page.headers["content-type"].startswith("text/html")
        assert 'class="empty"' in page.text, route
        assert "<code>safeground " in page.text, route
        assert "<table" not in page.text, route


def test_a_project_at_work_shows_its_figures_on_each_page(busy: Path) -> None:
    made = client(busy)
    pages = {route: made.get(route) for route in STAGES}
    assert {route: page.status_code for route, page in pages.items()} == dict.fromkeys(STAGES, 200)
    assert "Ground by week and team" in pages["/progress"].text
    assert "drawn, to be inspected" in pages["/inspection"].text
    assert "no &lt;i&gt;marking&lt;/i&gt;" in pages["/inspection"].text
    assert "of it waits for inspection" in pages["/release"].text
    assert "What is left by area" in pages["/hazard"].text
    assert 'class="empty"' in pages["/plan"].text
    assert "<b>hill" not in "".join(page.text for page in pages.values())


def test_every_page_leads_to_all_others_and_marks_itself(busy: Path) -> None:
    made = client(busy)
    for route in STAGES:
        text = made.get(route).text
        assert [link for link, _ in PAGES if f'<a href="{link}"' not in text] == [], route
        assert re.findall(r'<a href="([^"]+)" aria-current="page"', text) == [route]


def test_every_area_has_its_release_page_and_unknown_ones_are_a_page_too(busy: Path) -> None:
    made = client(busy)
    links = re.findall(r'href="(/release/[^"]+)"', made.get("/release").text)
    assert len(links) == 3
    for link in links:
        page = made.get(link)
        assert page.status_code == 200
        assert "Not released:" in page.text
        assert 'href="/release" aria-current="true"' in page.text
    missing = made.get("/release/none")
    assert (missing.status_code, missing.headers["content-type"][:9]) == (404, "text/html")
    assert "is no hazardous_area of the project" in missing.text
    assert made.get("/api/release/none").json()["error"]["code"] == "SG-OPS-012"


def test_json_is_what_the_commands_print(busy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, today = str(busy), Caller(actor="browser")
    made = client(busy, today)
    assert made.get("/api/progress").json() == printed(capsys, "progress", path, "--dry-run")
    assert made.get("/api/inspection").json() == printed(capsys, "inspection", path, "show", "--dry-run")
    assert made.get("/api/release").json() == printed(capsys, "release", path, "list")
    one = area(1).id
    assert made.get(f"/api/release/{one}").json() == printed(capsys, "release", path, one)
    held = made.get("/api/progress").json()
    assert held["held"]["returns"] == 2
    assert sum(week["pending_m2"] for week in held["held"]["weeks"]) == pytest.approx(
        sum(a["pending_cm2"] for a in held["areas"]) / 10_000)
    assert len(held["areas"]) == 3


def test_a_position_that_must_not_be_shown_is_in_no_picture(busy: Path) -> None:
    made = client(busy)
    lots = {lot["area_name"]: lot["id"] for lot in made.get("/api/inspection").json()["lots"]}
    pictures = re.findall(r'src="(/inspection/[^"]+)"', made.get("/inspection").text)
    hidden, shown = lots[SECRET], next(lot for name, lot in lots.items() if name != SECRET)
    assert f"/inspection/{hidden}/oc.png" in pictures
    assert f"/inspection/{hidden}/map.png" not in pictures
    assert f"/inspection/{shown}/map.png" in pictures
    for address in pictures:
        answer = made.get(address)
        assert (answer.status_code, answer.content[:4]) == (200, b"\x89PNG")
    for address in (f"/inspection/{hidden}/map.png", "/inspection/none/map.png", f"/inspection/{shown}/other.png"):
        answer = made.get(address)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "SG-OPS-012")
    west = str(area(2).geometry.bounds[0])[:7]
    assert not any(west in made.get(route).text for route in STAGES)


def test_the_map_gets_the_plans_samples_and_no_position_that_must_not_be_shown(busy: Path) -> None:
    made = client(busy)
    answer = made.get("/api/inspection/samples")
    assert answer.headers["content-type"].startswith("application/geo+json")
    lots = {lot["number"]: lot for lot in made.get("/api/inspection").json()["lots"]}
    shown = {number: lot for number, lot in lots.items() if lot["area_name"] != SECRET}
    features = {f["properties"]["lot"]: f for f in answer.json()["features"]}
    assert len(shown) < len(lots)
    assert set(features) == set(shown)
    for number, feature in features.items():
        assert feature["id"] == shown[number]["draw"]["id"]
        assert feature["properties"]["state"] == "drawn"
        ground = shapely.from_geojson(json.dumps(feature["geometry"]))
        own = {a.id: a for a in (area(0, size=SIDE), area(1, size=SIZE))}[shown[number]["area_id"]]
        assert shapely.covers(shapely.buffer(own.geometry, 1e-8), ground)
        assert feature["properties"]["sample_count"] == shown[number]["draw"]["sample_count"]


def test_nothing_is_written_and_nothing_can_be_changed(busy: Path) -> None:
    before = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in busy.parent.rglob("*")
              if p.is_file() and not p.name.startswith(busy.name)}
    made = client(busy)
    head = made.get("/api/project").json()["journal"]
    for route in (*STAGES, "/api/progress", "/api/inspection", "/api/release", f"/release/{area(1).id}"):
        assert made.get(route).status_code == 200
        assert made.get(route, headers={"host": "attacker.example"}).status_code == 403
        assert "script-src" not in made.get(route).headers["content-security-policy"]
        assert made.post(route, json={}, headers={"origin": BASE}).status_code in (403, 405)
    after = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in busy.parent.rglob("*")
             if p.is_file() and not p.name.startswith(busy.name)}
    assert after == before
    assert made.get("/api/project").json()["journal"] == head


def test_a_page_is_made_anew_when_the_project_grows_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.gpkg"
    cleared_project(path).close()
    made = client(path, replace(at(3), clock=lambda: at(3).clock()))
    asked: list[int] = []
    drawn = inspection_show.inspection_html
    monkeypatch.setattr(inspection_show, "inspection_html", lambda *a: asked.append(1) or drawn(*a))
    assert "4 parts" in made.get("/inspection").text
    assert made.get("/inspection").text == made.get("/inspection").text
    assert len(asked) == 1
    form_lots(str(path), at(1))
    assert "formed, seed sealed" in made.get("/inspection").text
    assert len(asked) == 2


def test_a_page_that_many_ask_for_at_once_is_made_once_and_few_are_kept(empty: Path) -> None:
    with open_project(str(empty), clock=at(3).clock) as project:
        made: list[int] = []

        def make() -> bytes:
            time.sleep(0.05)
            made.append(1)
            return b"page"

        fixed = Caller(actor="browser", clock=lambda: at(3).clock())
        kept = Kept(project, fixed, most=2)
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(lambda _: kept.get("a", make), range(16))) == {b"page"}
        assert len(made) == 1
        for name in ("b", "c", "b", "a"):
            kept.get(name, make)
        assert len(made) == 4  # "a" gave way to "c"


def test_a_stored_page_is_shown_only_as_the_journal_names_it(tmp_path: Path) -> None:
    path = tmp_path / "p.gpkg"
    cleared_project(path).close()
    run_hazard(str(path), HazardRequest(samples=200), at(2))
    file = tmp_path / "p.hazard" / "hazard.html"
    made = client(path)
    assert "As computed on 2026-03-03 " in made.get("/hazard").text
    assert "came in or changed since" not in made.get("/hazard").text
    with open_project(str(path), clock=at(3).clock) as project, project.write(at(3).info("intake")) as writer:
        writer.put([accident(7)])
    assert "1 record of areas, work, finds or accidents came in or changed since" in made.get("/hazard").text
    file.write_text(file.read_text(encoding="utf-8").replace("Hazard:", "No hazard:"), encoding="utf-8")
    changed = client(path).get("/hazard").text
    assert "is not the one that the hazard wrote" in changed
    assert "No hazard:" not in changed
    file.unlink()
    assert "is not beside the project" in client(path).get("/hazard").text


def test_a_rule_pack_without_rules_is_told_as_a_page(tmp_path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
                                                     ) -> None:
    from safeground.operations import inspection_state

    standard = inspection_state.project_standard
    monkeypatch.setattr(inspection_state, "project_standard", lambda r: replace(standard(r), inspection=None))
    page = client(empty).get("/inspection")
    assert (page.status_code, page.headers["content-type"][:9]) == (409, "text/html")
    assert "has no [inspection]" in page.text


def test_the_strip_that_two_teams_worked_counts_once_on_the_page(busy: Path) -> None:
    weeks = client(busy).get("/api/progress").json()["held"]["weeks"]
    own = [week for week in weeks if week["processed_m2"] > 0]
    assert sum(week["processed_m2"] for week in own) == pytest.approx(0.8 * area(0, size=SIDE).area_cm2 / 1e4, rel=1e-3)
