"""Places: the level that the text gives, no point for an area, and the programme's own lists."""

from __future__ import annotations

import json

import pytest
from benchmarks.claims import lines
from hypothesis import given, settings
from hypothesis import strategies as st

from safeground.claims.boundaries import read_boundaries
from safeground.claims.gazetteer import Gazetteer, NameList, Place, core, name_key, read_gazetteer
from safeground.claims.places import distance_km, find_places, locate
from safeground.foundation.errors import SourceError
from safeground.records.claims import PlaceLevel, PlaceRef, Span
from support.needs import ROOT

OWN = ("name,alternates,level,lat,lon,country,admin\n"
       "Kursk,Kourk,settlement,51.73,36.19,RU,Kursk\n"
       "Tresk,Tresk-na-more|Trèsk,settlement,51.5,-30.2,UA,Nordmark\n"
       "Paris,,settlement,48.86,2.35,FR,\n"
       "Paris,,settlement,33.66,-95.56,US,TX\n"
       "Nordmark,,admin_1,51,30,UA,\n")


def own() -> Gazetteer:
    gazetteer = Gazetteer()
    gazetteer.add(read_gazetteer(OWN.encode(), "own.csv"))
    return gazetteer


def found(text: str, gazetteer: Gazetteer | None = None) -> list[tuple[str, str, str]]:
    return [(place.name, str(place.level), place.country) for place in find_places(text, gazetteer)]


def test_a_region_is_never_drawn_as_its_town() -> None:
    place = find_places("Mines were cleared in Russia's Kursk region.", own())[1]
    assert (place.name, place.level, place.country) == ("Kursk region", PlaceLevel.ADMIN_1, "RU")
    assert place.latitude is place.longitude is place.radius_km is None


def test_a_possessive_country_alone_forces_the_unit() -> None:
    assert found("Mines were cleared in Russia's Kursk.")[1] == ("Kursk", "admin_1", "RU")


def test_the_bare_name_is_the_town_and_keeps_the_region_as_another_reading() -> None:
    place = find_places("Trains to Kursk ran late.", own())[0]
    assert place.level is PlaceLevel.SETTLEMENT
    assert place.latitude == 51.73
    assert any("admin_1" in name for name, _, _ in place.candidates)


def test_without_a_point_in_any_list_a_town_has_none() -> None:
    place = find_places("Trains to Oryol ran late.")[0]
    assert (place.level, place.latitude) == (PlaceLevel.SETTLEMENT, None)


@pytest.mark.parametrize("kind", ["region", "oblast", "province", "governorate", "Oblast", "Region"])
def test_a_kind_after_the_name_is_its_level(kind: str) -> None:
    assert found(f"Mines lie in Kherson {kind}.")[0][1] == "admin_1"


def test_a_shared_kind_reaches_both_names() -> None:
    assert [level for _, level, _ in found("Teams left Kherson and Mykolaiv oblasts.")] == ["admin_1", "admin_1"]


def test_a_village_that_no_list_knows_is_a_settlement_without_a_point() -> None:
    place = find_places("The village of Zubrinka in Russia's Kursk region was shelled.")[0]
    assert (place.name, place.level, place.latitude) == ("Zubrinka", PlaceLevel.SETTLEMENT, None)


def test_a_part_of_a_country_is_no_finer_than_the_country() -> None:
    assert found("Farmers in eastern Ukraine wait.") == [("eastern Ukraine", "country", "UA")]


def test_near_and_a_distance_widen_the_radius() -> None:
    plain = find_places("A mine was found in Tresk.", own())[0].radius_km
    near = find_places("A mine was found near Tresk.", own())[0].radius_km
    away = find_places("A mine was found 40 km north of Tresk.", own())[0].radius_km
    assert plain is not None
    assert near is not None
    assert away is not None
    assert plain < near < away
    assert away >= 40


def test_the_country_beside_a_name_decides() -> None:
    first = find_places("The mayor of Paris, Texas, met the press in Paris, Texas.", own())[0]
    assert (first.country, first.latitude) == ("US", 33.66)


def test_a_name_in_a_state_that_no_list_knows_there_gets_no_point_elsewhere() -> None:
    place = find_places("The mayor of Paris, Texas, spoke.")[0]
    assert (place.country, place.latitude) == ("US", None)


def test_georgia_is_a_state_among_states() -> None:
    assert found("Officials from Georgia and Alabama met.")[0] == ("Georgia", "admin_1", "US")
    assert found("Officials from Georgia and Armenia met.")[0] == ("Georgia", "country", "GE")


@pytest.mark.parametrize("text", ["Jordan Smith spoke.", "President Kabul spoke.", "The Kyiv Post wrote it.",
                                  "Chad Miller won.",
                                  "Ukrainian and Russian troops met.", "In May he left."])
def test_people_papers_and_demonyms_are_no_places(text: str) -> None:
    assert find_places(text, own()) == []


def test_a_feature_is_no_town() -> None:
    assert found("Mines drifted in the Sea of Azov.")[0][:2] == ("Sea of Azov", "feature")


def test_accents_hyphens_and_apostrophes_do_not_part_a_name() -> None:
    assert name_key("Al-Ḥasakah") == name_key("al hasakah")
    assert found("A mine lay in Trèsk.", own())[0][2] == "UA"
    assert name_key("Ryl'sk") == name_key("Rylsk")


def test_a_loaded_boundary_goes_with_the_area_and_makes_no_point() -> None:
    gazetteer = own()
    shape = {"type": "Polygon", "coordinates": [[[-30.5, 51], [-30, 51], [-30, 51.5], [-30.5, 51.5], [-30.5, 51]]]}
    data = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Kursk"},
                                                       "geometry": shape}]}
    gazetteer.boundaries = read_boundaries(json.dumps(data).encode(), "b.geojson")
    place = find_places("Mines lie in Kursk region.", gazetteer)[0]
    assert place.boundary.startswith("POLYGON")
    assert place.latitude is None


@pytest.mark.parametrize("data", [
    b"no json", b"{}", b'{"features": []}', b'{"features": [{"properties": {}, "geometry": null}]}',
    b'{"features": [{"properties": {"name": "A"}, "geometry": {"type": "Point", "coordinates": [1, 2]}}]}',
    b'{"features": [{"properties": {"name": "A"}, "geometry": {"type": "Polygon", "coordinates": '
    b'[[[0,0],[2,2],[2,0],[0,2],[0,0]]]}}]}',
    b'{"features": [{"properties": {"name": "A"}, "geometry": {"type": "Polygon", "coordinates": '
    b'[[[0,0],[900,0],[900,9],[0,0]]]}}]}',
    b"[" * 100_000,
])
def test_a_boundary_file_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="SG-CLAIMS-111"):
        read_boundaries(data, "b.geojson")


@pytest.mark.parametrize(("content", "says"), [
    (b"name,level\nA,settlement\n", "country"), (b"name,level,country\n,settlement,UA\n", "row 2"),
    (b"name,level,country\nA,town,UA\n", "row 2"), (b"name,level,country\nA,settlement,Ukraine\n", "two letters"),
    (b"name,level,country,lat,lon\nA,settlement,UA,x,1\n", "decimal degrees"),
    (b"name,level,country,lat,lon\nA,settlement,UA,91,1\n", "no globe"), (b"name,level,country\nA\xff,settlement,UA\n",
                                                                          "UTF-8")])
def test_a_gazetteer_row_that_cannot_be_is_refused_by_row(content: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read_gazetteer(content, "own.csv")


def test_a_point_that_a_list_gives_to_an_area_is_left_out() -> None:
    place = next(place for place, _ in read_gazetteer(OWN.encode(), "own.csv") if place.name == "Nordmark")
    assert (place.latitude, place.longitude) == (None, None)


def test_the_list_within_the_program_is_whole() -> None:
    lists = core()
    assert len(lists.names) >= 195
    assert lists.demonyms["ukrainian"] == "UA"
    for code in lists.names:
        assert len(code) == 2


def test_the_own_set_is_large_enough_and_its_levels_are_right() -> None:
    total = right = 0
    for _, row in lines(ROOT / "tests" / "claims_sets" / "places.jsonl", {"text": str, "toponyms": list}):
        spans = [Span(item["start"], item["end"]) for item in row["toponyms"]]
        for gold, place in zip(row["toponyms"], locate(row["text"], spans), strict=True):
            total += 1
            right += str(place.level) == gold["level"]
    assert total >= 200
    assert right / total >= 0.98


def test_a_place_record_of_an_area_refuses_a_point() -> None:
    with pytest.raises(Exception, match="SG-RECORD-001"):
        PlaceRef(name="A", level=PlaceLevel.ADMIN_1, latitude=1.0, longitude=2.0)


def test_distances_are_those_of_the_globe() -> None:
    assert distance_km((0, 0), (0, 1)) == pytest.approx(111.19, abs=0.05)
    assert distance_km((51.73, 36.19), (50.45, 30.52)) == pytest.approx(418, abs=6)


NAMES = ["Kursk", "Russia's", "region", "near", "Paris", "Texas", "Georgia", "eastern", "Ukraine", "of", "village",
         "Helmand", "and",
         "oblasts", "The", "Sea", "10 km", "from", ",", "Jordan", "Tresk", "district", "in"]


@settings(max_examples=150)
@given(st.lists(st.sampled_from(NAMES), max_size=12))
def test_no_order_of_words_gives_an_area_a_point(words: list[str]) -> None:
    text = " ".join(words) + "."
    for place in find_places(text, own()):
        if place.level in (PlaceLevel.COUNTRY, PlaceLevel.ADMIN_1, PlaceLevel.ADMIN_2):
            assert place.latitude is place.longitude is place.radius_km is None
        if place.latitude is not None:
            assert place.radius_km
            assert place.radius_km >= 2


def test_a_larger_list_of_towns_does_not_take_a_province_for_one() -> None:
    large = NameList()
    large.put(Place("geonames:1", "Helmand", PlaceLevel.SETTLEMENT, "AF", 33.0, 65.0, population=900, source=2),
              ["Helmand"])
    place = find_places("Mines lie in Helmand.", Gazetteer(large=large))[0]
    assert (place.level, place.latitude) == (PlaceLevel.ADMIN_1, None)
