"""The program's own list of towns, and names of works and stretches that are called by a town or unit."""

from __future__ import annotations

import json

import pytest
from benchmarks._claims_scores import PlaceScore

from safeground.claims.gazetteer import Gazetteer, NameList, Place, core, name_key
from safeground.claims.places import distance_km, find_places, locate
from safeground.records.claims import PlaceLevel, Span
from support.needs import ROOT


def town(name, country):
    return next(p for p in core().places.lookup(name_key(name)) if p.country == country and p.latitude is not None)


def test_the_list_holds_some_hundred_towns_on_the_globe():
    towns = [p for found in core().places.by_key.values() for p in found if p.id.endswith(":city")]
    assert len({p.id for p in towns}) >= 480
    assert all(abs(p.latitude) <= 90 and abs(p.longitude) <= 180 and p.population >= 200 for p in towns)


@pytest.mark.parametrize(("one", "other", "km"), [
    (("Sydney", "AU"), ("Melbourne", "AU"), 713), (("Los Angeles", "US"), ("Boston", "US"), 4170),
    (("Kursk", "RU"), ("Sudzha", "RU"), 88), (("Sao Paulo", "BR"), ("Rio de Janeiro", "BR"), 360),
    (("Lagos", "NG"), ("Kano", "NG"), 840)])
def test_distances_of_towns_are_as_in_the_atlas(one, other, km):
    a, b = (town(*item) for item in (one, other))
    assert distance_km((a.latitude, a.longitude), (b.latitude, b.longitude)) == pytest.approx(km, rel=0.03)


def test_news_places_without_the_large_gazetteer():
    score = PlaceScore()
    rows = [json.loads(line) for line in (ROOT / "tests/claims_sets/places.jsonl").read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["split"] == "news"]
    for row in rows:
        score.add(row["toponyms"], locate(row["text"], [Span(t["start"], t["end"]) for t in row["toponyms"]]), ())
    assert score.total >= 100
    assert score.right / score.total >= 0.93
    assert score.level_right / score.level_total >= 0.97


@pytest.mark.parametrize(("text", "name", "level", "country"), [
    ("Voters in Concord, N.H., were asked.", "N.H.", PlaceLevel.ADMIN_1, "US"),
    ("A mine exploded at Kandahar airfield.", "Kandahar", PlaceLevel.SETTLEMENT, "AF"),
    ("The Queensland coast was hit.", "Queensland", PlaceLevel.ADMIN_1, "AU"),
    ("Russia's Kursk region was shelled.", "Kursk", PlaceLevel.ADMIN_1, "RU")])
def test_a_name_has_its_level(text, name, level, country):
    (place,) = locate(text, [Span(text.index(name), text.index(name) + len(name))])
    assert (place.level, place.country) == (level, country)
    if level is PlaceLevel.ADMIN_1:
        assert place.latitude is None


def test_a_town_that_the_large_gazetteer_knows_is_asked_there_alone():
    large = NameList()
    large.put(Place("geonames:1", "Kursk", PlaceLevel.SETTLEMENT, "RU", 51.737, 36.187, population=400_000, source=2),
              ["Kursk"])
    found = [p.id for p in Gazetteer(large=large).lookup("Kursk") if p.latitude is not None]
    assert found == ["geonames:1"]
    (place,) = find_places("A shell fell in Kursk.", Gazetteer(large=large))
    assert place.gazetteer_id == "geonames:1"
