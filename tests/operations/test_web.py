"""The web face on a real project: same figures, own tiles, and no answer to strangers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient

from safeground.foundation.errors import RequestError
from safeground.records.vocabulary import AreaType
from safeground.web import tiles
from safeground.web.app import create_app
from safeground.web.mvt import to_tile_units
from safeground.web.server import serve
from support.projects import accident, area, aside, caller, new_project, opening

WHO = caller()
ROUTES = ("/api/project", "/api/ledger", "/api/figures", "/api/sources", "/api/findings", "/api/quarantine",
          "/api/records/hazardous_area/" + area(1).id, "/ogc", "/conformance", "/collections",
          "/collections/hazardous_area", "/collections/hazardous_area/items", "/collections/hazardous_area/tiles",
          "/collections/hazardous_area/items/" + area(1).id, "/tiles/hazardous_area/5/13/10.mvt", "/openapi.json")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with new_project(tmp_path_factory.mktemp("web") / "district.gpkg") as project:
        records = [area(number, name=f"Hill {number}") for number in range(12)]
        with project.write(WHO.info("intake")) as writer:
            writer.put([*records, accident(1)])
            writer.add_entries(opening(record) for record in records)
            writer.add_quarantine([aside(1)])
        with TestClient(create_app(project, WHO), base_url="http://127.0.0.1:8000") as made:
            yield made


def test_every_route_answers_this_page(client: TestClient) -> None:
    assert {route: client.get(route).status_code for route in ROUTES} == dict.fromkeys(ROUTES, 200)


@pytest.mark.parametrize("headers", [
    {"host": "attacker.example"}, {"host": "127.0.0.1.attacker.example:8000"}, {"origin": "https://attacker.example"},
    {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"host": ""}])
def test_no_route_answers_a_foreign_host_or_page(client: TestClient, headers: dict[str, str]) -> None:
    for route in ROUTES:
        answer = client.get(route, headers=headers)
        assert answer.status_code == 403, route
        assert answer.json()["error"]["code"] == "SG-WEB-002"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_can_be_changed(client: TestClient, method: str) -> None:
    for route in ROUTES:
        assert getattr(client, method)(route).status_code in (403, 405)


def test_every_answer_says_what_the_page_may_load(client: TestClient) -> None:
    for route in (*ROUTES, "/api/no-such-route"):
        headers = client.get(route).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_the_project_says_what_it_holds(client: TestClient) -> None:
    body = client.get("/api/project").json()
    layers = {layer["name"]: layer for layer in body["layers"]}
    assert (body["name"], layers["hazardous_area"]["count"], layers["accident"]["count"]) == ("Test district", 12, 1)
    assert body["counts"] == {"sources": 0, "findings": 0, "quarantined": 1}
    assert body["bounds"][0] == pytest.approx(-30, abs=1e-4)


def test_the_ledger_is_the_books(client: TestClient) -> None:
    body = client.get("/api/ledger").json()
    assert body["balanced"] is True
    assert body["totals"]["suspected"] == sum(area(number).area_cm2 for number in range(12))


def test_a_record_shows_its_account_and_who_wrote_it(client: TestClient) -> None:
    body = client.get("/api/records/hazardous_area/" + area(3).id).json()
    assert body["account"]["suspected"] == area(3).area_cm2
    assert [(event["kind"], event["actor"]) for event in body["history"]] == [("put", "information manager")]
    missing = client.get("/api/records/hazardous_area/none")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "SG-OPS-012")
    assert client.get("/api/records/victim/none").json() == client.get("/api/records/victim/none").json()
    assert client.get("/api/records/person/none").status_code == 404


@pytest.mark.parametrize(("path", "status"), [
    ("/api/findings?limit=0", 422), ("/api/findings?offset=-1", 422), ("/collections/sg_journal/items", 404),
    ("/collections/hazardous_area/items?bbox=1,2,3", 422), ("/collections/hazardous_area/items?bbox=9,9,1,1", 422),
    ("/tiles/hazardous_area/1/5/0.mvt", 422), ("/tiles/none/1/0/0.mvt", 404), ("/nowhere", 404)])
def test_faulty_requests_get_one_shape_of_error(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "subject", "message", "remedy"}


def test_features_come_in_pages_and_within_a_box(client: TestClient) -> None:
    body = client.get("/collections/hazardous_area/items?limit=5").json()
    assert (body["numberMatched"], body["numberReturned"]) == (12, 5)
    following = next(link["href"] for link in body["links"] if link["rel"] == "next")
    more = client.get(following).json()
    assert {f["id"] for f in body["features"]}.isdisjoint(f["id"] for f in more["features"])
    boxed = client.get("/collections/hazardous_area/items?limit=100&bbox=-29.981,51,-29.959,51.001").json()
    assert boxed["numberMatched"] == 3


def test_a_tile_is_read_by_another_decoder(client: TestClient) -> None:
    answer = client.get("/tiles/hazardous_area/9/213/171.mvt")
    tile = mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True})
    features = tile["hazardous_area"]["features"]
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert {f["properties"]["id"] for f in features} <= {area(n).id for n in range(12)}
    assert all(f["geometry"]["type"] == "Polygon" for f in features)
    assert client.get("/tiles/hazardous_area/9/0/0.mvt").content == b""


def test_zoomed_out_no_hazard_vanishes(client: TestClient) -> None:
    tile = mapbox_vector_tile.decode(client.get("/tiles/hazardous_area/0/0/0.mvt").content)
    assert len(tile["hazardous_area"]["features"]) == 12


def test_where_features_are_many_one_stands_for_its_neighbours_of_the_same_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "FEATURES_MAX", 20)
    kinds = (AreaType.SUSPECTED_HAZARDOUS_AREA, AreaType.CONFIRMED_HAZARDOUS_AREA)
    with new_project(tmp_path / "many.gpkg") as project:
        with project.write(WHO.info("intake")) as writer:
            writer.put([area(number, area_type=kinds[number % 2]) for number in range(300)])
        address = "/tiles/hazardous_area/5/13/10.mvt"
        with TestClient(create_app(project, WHO), base_url="http://127.0.0.1:8000") as made, project.read() as reader:
            drawn = mapbox_vector_tile.decode(made.get(address).content, default_options={"y_coord_down": True})
            held = reader.features("hazardous_area", columns=["area_type"])
    features = drawn["hazardous_area"]["features"]
    assert 2 < len(features) < 100
    assert {f["properties"]["thinned"] for f in features} == {1}
    middles = shapely.get_coordinates(shapely.centroid(to_tile_units(held.geometry, 5, 13, 10)))
    for middle, kind in zip(middles, held.columns["area_type"].tolist(), strict=True):
        near = [f for f in features if f["properties"]["area_type"] == kind
                and np.abs(np.mean(f["geometry"]["coordinates"][0][:4], axis=0) - middle).max() <= 70]
        assert near, "a hazard has no mark of its class within a cell"


def test_only_loopback_is_served_without_accounts(tmp_path: Path) -> None:
    new_project(tmp_path / "a.gpkg").close()
    with pytest.raises(RequestError, match="SG-WEB-005"):
        serve(str(tmp_path / "a.gpkg"), host="0.0.0.0")
