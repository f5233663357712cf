"""The claims page as served: it shows, and decisions are a named person's, from this page, with a reason, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from safeground.operations.claims import ClaimsRequest, read_claims
from safeground.operations.context import Caller
from safeground.operations.new import create
from safeground.store.project import Project, open_project
from safeground.web.app import create_app
from safeground.web.claims import DECIDE

BASE = "http://127.0.0.1:8000"
REPORT = ("Angola said on Monday that its sappers were deployed to clear mines in Bié Province.\n\n"
          "“Three sappers were killed,” the minister said.\n\nIn May, sappers cleared mines from 40 hectares, a "
          "village "
          "elder said.\n<script>alert(1)</script>\n")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    ticks = iter(range(10_000))
    who = Caller(actor="reader", clock=lambda: start + timedelta(seconds=next(ticks)))
    path, report = tmp_path / "p.gpkg", tmp_path / "report.txt"
    create(str(path), who, name="p", standard="imas", override="", crs="", region=None)
    report.write_text(REPORT, encoding="utf-8")
    read_claims(str(path), ClaimsRequest(files=(report,), published=date(2025, 6, 3), outlet="Wire"), who)
    held = open_project(str(path), clock=who.clock)
    yield held
    held.close()


def client(project: Project, person: str) -> TestClient:
    return TestClient(create_app(project, Caller(actor="browser"), person=person), base_url=BASE)


def token_of(made: TestClient) -> str:
    found = re.search(r'data-token="([^"]+)"', made.get("/claims").text)
    return found[1] if found else ""


def post(made: TestClient, body: object, **headers: str) -> tuple[int, dict]:
    answer = made.post(DECIDE, json=body, headers={"origin": BASE, "x-safeground-token": token_of(made), **headers})
    return answer.status_code, answer.json()


def test_the_page_shows_a_graph_a_timeline_and_no_form_where_nobody_is_named(project: Project) -> None:
    page = client(project, "").get("/claims")
    assert page.status_code == 200
    assert 'aria-label="Reports, relays and origins' in page.text
    assert "<form" not in page.text
    assert "decide.js" not in page.text
    assert "<script>alert" not in page.text
    assert post(client(project, ""), {"reason": "seen", "confirm": ["x"]})[0] == 403


def test_a_named_person_confirms_rejects_and_merges(project: Project) -> None:
    with client(project, "Ana Ferreira") as made:
        values = made.get("/api/claims").json()
        first, second = values["claims"][0]["id"], values["claims"][1]["id"]
        assert post(made, {"reason": "record seen", "confirm": [first]})[0] == 200
        assert post(made, {"reason": "another place", "reject": [second]})[0] == 200
        one, other = (o["id"] for o in values["origins"][:2])
        assert post(made, {"reason": "one speech", "merge": [one, other]})[0] == 200
        after = {c["id"]: c for c in made.get("/api/claims").json()["claims"]}
        assert (after[first]["status"], after[second]["status"]) == ("confirmed", "rejected")
        held = {c["origin"] for c in after.values()}
        assert (other in held, one in held) == (True, False)
    with project.read() as reader:
        decided = [e for e in reader.records("claim_event") if e.action in ("claim_confirmed", "claim_rejected",
                                                                           "origins_merged")]
    assert [e.actor for e in decided] == ["Ana Ferreira"] * 3
    assert {e.reason for e in decided} == {"record seen", "another place", "one speech"}


@pytest.mark.parametrize(("body", "headers", "status"), [
    ({"reason": "r", "confirm": ["x"]}, {"x-safeground-token": "wrong"}, 409),
    ({"reason": "r", "confirm": ["x"]}, {"x-safeground-token": ""}, 409),
    ({"reason": "r", "confirm": ["x"]}, {"origin": "https://attacker.example"}, 403),
    ({"reason": "r", "confirm": ["x"]}, {"origin": "null"}, 403),
    ({"reason": "r", "confirm": ["x"]}, {"sec-fetch-site": "cross-site"}, 403),
    ({"reason": "r", "confirm": ["x"]}, {"content-type": "text/plain"}, 403),
    ({"reason": "r", "confirm": ["no such claim"]}, {}, 422),
    ({"reason": "", "confirm": ["x"]}, {}, 422),
    ({"reason": "   ", "confirm": ["x"]}, {}, 422),
    ({"reason": "r"}, {}, 422),
    ({"reason": "r", "confirm": ["x"], "reject": ["y"]}, {}, 422),
    ({"reason": "r", "merge": ["x"]}, {}, 422),
    ({"reason": "r", "confirm": ["x"], "actor": "somebody else"}, {}, 422),
    ({"reason": "r", "confirm": ["x" * 300_000]}, {}, 403),
    ([1, 2], {}, 422)])
def test_anything_else_changes_nothing(project: Project, body: object, headers: dict, status: int) -> None:
    with client(project, "Ana Ferreira") as made:
        before = made.get("/api/claims").json()["events"]
        found, answer = post(made, body, **headers)
        assert (found, set(answer["error"])) == (status, {"code", "subject", "message", "remedy"})
        assert made.get("/api/claims").json()["events"] == before


def test_no_other_path_can_be_changed_by_a_named_person(project: Project) -> None:
    made = client(project, "Ana Ferreira")
    for route in ("/claims", "/api/claims", "/api/project", "/ogc"):
        assert made.post(route, json={}, headers={"origin": BASE}).status_code in (403, 405)
