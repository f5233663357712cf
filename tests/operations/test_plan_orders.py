"""Lanes and task orders on the plan's page: what a team leader may take away, and what not, in every state."""

from __future__ import annotations

import base64
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from safeground.cli.main import main
from safeground.foundation.errors import RequestError
from safeground.operations.plan import PlanRequest, run_plan
from safeground.operations.plan_orders import plan_orders
from safeground.operations.task import move_order
from safeground.records.tasking import OrderState
from safeground.store.project import open_project
from safeground.web.app import create_app
from support.ordered import HELD, LONG, OFFICER, START, ordered_project, planned_project
from support.projects import caller

BASE = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def ordered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ordered_project(tmp_path_factory.mktemp("ordered") / "p.gpkg")


@pytest.fixture
def own(ordered: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    shutil.copytree(ordered.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / "p.gpkg"


def client(path: Path) -> TestClient:
    return TestClient(create_app(open_project(str(path), clock=caller().clock), caller()), base_url=BASE)


def sketches(page: str) -> dict[str, str]:
    """The decoded sketches by the name that their alternative text gives."""
    found = re.findall(r'alt="Sketch of (.+?): outline.*?base64,([^"]+)"', page)
    return {name: base64.b64decode(data).decode() for name, data in found}


def test_lanes_are_drawn_by_first_day_with_their_figures_and_why_some_are_not(ordered: Path) -> None:
    page = (ordered.with_suffix(".plan") / "plan.html").read_text(encoding="utf-8")
    cards = re.findall(r'<figure><h3 id="lanes-[^"]+">([^<]+), <span class="day">([^<]+)</span>', page)
    assert {name for name, _ in cards} == {"Mill", LONG, "Withheld", "Ditch", "Square"}
    assert [day for _, day in cards] == sorted(day for _, day in cards)
    drawn = sketches(page)
    assert drawn.keys() == {"Mill", LONG, "Ditch", "Square"}
    assert 0 < drawn["Mill"].count('class="lane"') <= 24
    assert drawn["Mill"].count('class="start"') == 1
    assert 'class="hole"' in drawn["Mill"]
    assert 'class="lane"' not in drawn["Ditch"]
    assert "No lanes: part 1 of 1 is 0.491 m wide, but a lane is 1 m." in page
    assert "Not drawn: its position may not be shown." in page
    assert re.search(r"36 lanes of up to 1 m, 1,6\d\d m of lane in all.*?One lane in 2 is drawn", page)
    assert 'id="orders"' not in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_served_page_has_the_orders_and_what_was_issued_may_be_taken(ordered: Path) -> None:
    made = client(ordered)
    page = made.get("/plan").text
    rows = dict(re.findall(r'<tr><th scope="row"><a href="#lanes-[^"]+">([^<]+)</a>(.*?)</tr>',
                           page.partition('id="orders"')[2].partition("</section>")[0]))
    assert rows.keys() == {"Mill", LONG, "Withheld", "Ditch", "Square"}
    links = {name: re.findall(r'href="(/task/[^"]+)"', row) for name, row in rows.items()}
    assert links == {"Mill": [f"/task/TO-SHA-0/{name}" for name in (
        "sheet.pdf", "TO-SHA-0.geojson", "TO-SHA-0.gpx", "TO-SHA-0.kml")], LONG: [], "Ditch": [],
        "Withheld": ["/task/TO-SHA-2/sheet.pdf"], "Square": [f"/task/TO-SHA-4/{name}" for name in (
            "sheet.pdf", "TO-SHA-4.geojson", "TO-SHA-4.gpx", "TO-SHA-4.kml")]}
    assert "draft: no papers yet, no work" in rows[LONG]
    assert "suspended: no work" in rows["Square"]
    assert page.index('id="orders"') < page.index('id="lanes"')
    assert '<a href="#orders">Orders</a>' in page
    for address in (a for several in links.values() for a in several):
        answer = made.get(address)
        assert answer.status_code == 200
        kind = answer.headers["content-type"]
        if address.endswith("sheet.pdf"):
            assert (kind, answer.content[:5]) == ("application/pdf", b"%PDF-")
        else:
            name = address.rpartition("/")[2]
            assert answer.content == (ordered.with_suffix(".task") / name).read_bytes()
            assert kind.startswith({"gpx": "application/gpx+xml", "kml": "application/vnd.google-earth",
                                    "geojson": "application/geo+json"}[name.rpartition(".")[2]])
            assert "attachment" in answer.headers["content-disposition"]


@pytest.mark.parametrize(("address", "code"), [
    ("/task/TO-SHA-1/sheet.pdf", "SG-OPS-057"), ("/task/TO-SHA-1/TO-SHA-1.gpx", "SG-OPS-057"),
    ("/task/TO-SHA-2/TO-SHA-2.gpx", "SG-OPS-057"), ("/task/TO-SHA-0/TO-SHA-4.gpx", "SG-OPS-057"),
    ("/task/TO-SHA-0/..%2Fp.gpkg", "SG-WEB-001"), ("/task/TO-SHA-0/teams.toml", "SG-OPS-057"),
    ("/task/none/sheet.pdf", "SG-OPS-051"), ("/task/none/none.gpx", "SG-OPS-051")])
def test_what_was_not_issued_is_withheld_or_not_there_is_not_handed_out(ordered: Path, address: str, code: str) -> None:
    answer = client(ordered).get(address)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)


def test_a_lane_file_that_is_not_the_one_of_the_order_or_gone_is_not_handed_out(own: Path) -> None:
    made = client(own)
    file = own.with_suffix(".task") / "TO-SHA-0.gpx"
    file.write_bytes(file.read_bytes().replace(b"lat=", b"lat= "))
    answer = made.get("/task/TO-SHA-0/TO-SHA-0.gpx")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "SG-OPS-057")
    assert "another file" in answer.json()["error"]["message"]
    file.unlink()
    assert "no more" in made.get("/task/TO-SHA-0/TO-SHA-0.gpx").json()["error"]["message"]
    assert made.get("/task/TO-SHA-0/TO-SHA-0.kml").status_code == 200


def test_an_order_taken_back_or_of_an_earlier_plan_is_told(own: Path) -> None:
    made = client(own)
    move_order(str(own), "TO-SHA-0", OrderState.CANCELLED, "mine strike elsewhere", OFFICER)
    page = made.get("/plan").text
    assert "cancelled: no work" in page
    assert "/task/TO-SHA-0/" not in page
    assert made.get("/task/TO-SHA-0/sheet.pdf").status_code == 404
    run_plan(str(own), PlanRequest(teams=own.parent / "teams.toml", start=START.replace(day=20), days=200, moves=200),
             caller())
    assert {order.is_older for order in plan_orders(str(own), caller())} == {True}
    assert "drafted from an earlier plan" in made.get("/plan").text


def test_a_plan_without_orders_or_without_work_says_so(tmp_path: Path) -> None:
    path = planned_project(tmp_path / "p.gpkg", lanes=2)
    page = client(path).get("/plan").text
    assert "No order has been drafted yet" in page
    assert len(sketches(page)) <= 2
    assert "Drawn are the first 2 of 5 planned areas; <code>--lanes 5</code> draws all." in page
    asked = PlanRequest(teams=path.parent / "teams.toml", start=START, days=200, moves=200, lanes=0)
    run_plan(str(path), asked, caller())
    assert "No lanes were asked for" in client(path).get("/plan").text
    (path.parent / "teams.toml").write_text(HELD.replace('weekly_off = ["fri"]', 'weekly_off = ["fri"]\nholidays = '
                                                          '[2026-04-07]'), encoding="utf-8")
    run_plan(str(path), replace(asked, days=2, lanes=24), caller())
    page = client(path).get("/plan").text
    assert "No area is planned, so there are no lanes" in page
    assert "nothing to order" in page


def test_lanes_that_make_no_sense_are_refused_before_anything_is_planned(tmp_path: Path) -> None:
    path = planned_project(tmp_path / "p.gpkg", lanes=0)
    words = ["plan", str(path), "--teams", str(path.parent / "teams.toml"), "--start", "2026-04-06", "--days", "200"]
    assert main([*words, "--lanes", "-1"]) != 0
    assert main([*words, "--lane-width", "0"]) != 0
    with pytest.raises(RequestError, match="SG-OPS-034"):
        run_plan(str(path), PlanRequest(teams=path.parent / "teams.toml", start=START, days=9,
                                        lane_width_m=float("nan")), caller())


def test_the_price_of_a_resource_is_told_by_json_table_and_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]
                                                               ) -> None:
    path = planned_project(tmp_path / "p.gpkg", lanes=0)
    teams = tmp_path / "short.toml"
    teams.write_text(HELD.replace('[calendar.A]', HELD.partition("[calendar.A]")[0].replace('"M1"', '"M2"').replace(
        '"Q1"', '"Q2"') + "[calendar.A]"), encoding="utf-8")
    words = ["plan", str(path), "--teams", str(teams), "--start", "2026-04-06", "--days", "40", "--moves", "300"]
    assert main([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    (price,) = said["resource_prices"]
    assert (price["resource"], price["units"]) == ("casevac", 1)
    assert price["price"] > 0.1
    assert price["words"] == f"one more casevac unit-day is worth {price['price']:,.1f}"
    page = Path(said["page"]).read_text(encoding="utf-8")
    assert "What one more unit-day of a resource would be worth" in page
    assert main([*words, "--dry-run"]) == 0
    assert "One more unit-day is worth" in capsys.readouterr().out
