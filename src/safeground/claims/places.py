"""Which place a text means, at which level, and how far off it may be; never finer than the text says.

``Russia's Kursk region`` is an oblast and has no point; ``in Kursk`` is the town, with the oblast kept among the other
readings.  A kind of place (region, village) or a country's possessive decides the level; people, the countries and the
other places spoken of decide between towns of one name.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace

from safeground.claims.gazetteer import Gazetteer, Place, name_key
from safeground.claims.place_mentions import Mention, mention_at, mentions
from safeground.claims.place_words import AWAY, NEAR, OF_AREA, OF_TOWN, STATE_CODES, TYPES, level_of_type
from safeground.records.claims import PlaceLevel, PlaceRef, Span

_AREAS = (PlaceLevel.COUNTRY, PlaceLevel.ADMIN_1, PlaceLevel.ADMIN_2)
#: Radius of a settlement by the people in it, km: (at most so many, radius).
_RADII = ((2_000, 2.0), (20_000, 4.0), (200_000, 8.0), (2_000_000, 15.0), (10**12, 30.0))
#: What ``near`` and ``outside`` add, km.
NEAR_KM = 20.0
_MILE_KM = 1.609344
_CLOSE_KM = 400.0


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance of two (latitude, longitude) points in degrees, km, on a sphere of 6,371 km."""
    lat1, lat2 = math.radians(a[0]), math.radians(b[0])
    across = math.sin(math.radians(b[1] - a[1]) / 2)
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * across ** 2
    return 12_742.0 * math.asin(min(1.0, math.sqrt(half)))


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the whole text speaks of: countries and US states with how often, and points of places that are certain."""

    countries: Counter[str]
    states: Counter[str]
    points: tuple[tuple[float, float], ...]


def _beside(text: str, mention: Mention, found: list[Mention], number: int) -> tuple[str, str]:
    """Return the country and the US state that stand right after a name (``Paris, Texas``), "" = none."""
    if any(place.level is PlaceLevel.COUNTRY for place in mention.readings) and mention.name not in STATE_CODES:
        return "", ""  # ``Lithuania, Latvia and Estonia`` is a list
    after = text[mention.stop:mention.stop + 24]
    short = re.match(r",\s+((?:[A-Z]\.){2}|[A-Z][a-z]+\.|[A-Z]{2}\b)", after)
    if short and short[1] in STATE_CODES:
        return "US", STATE_CODES[short[1]]
    following = found[number + 1] if number + 1 < len(found) else None
    if following is None or not re.fullmatch(r"(?:\s+(?:region|oblast|province|governorate|district"
                                             r"|county))?,\s+(?:in\s+)?(?:the\s+)?"
                                             r"(?:(?:north|south|east|west|central)\w*\s+)?|\s+in\s+(?:the\s+)?",
                                             text[mention.end:following.start]):
        return "", ""
    if following.name in STATE_CODES:
        return "US", STATE_CODES[following.name]
    areas = [place for place in following.readings if place.level in _AREAS]
    countries = {place.country for place in areas}
    return (countries.pop(), "") if len(countries) == 1 else ("", "")


def _scene(text: str, found: list[Mention], gazetteer: Gazetteer) -> _Scene:
    countries: Counter[str] = Counter()
    states: Counter[str] = Counter()
    points = []
    for word in re.finditer(r"[A-Z][a-z]+(?:\s[A-Z][a-z]+)?", text):
        code = gazetteer.country_of_demonym(word[0]) or gazetteer.country_of_demonym(word[0].split()[0])
        countries[code] += bool(code)
    for number, mention in enumerate(found):
        areas = {place.country for place in mention.readings if place.level is not PlaceLevel.SETTLEMENT}
        if len(areas) == 1 and not (STATE_CODES.get(mention.name) and "US" not in areas):
            countries[next(iter(areas))] += 1
        if mention.name in STATE_CODES:
            states[STATE_CODES[mention.name]] += 1
        country, state = _beside(text, mention, found, number)
        countries[country] += bool(country)
        states[state] += bool(state)
        sure = {(place.latitude, place.longitude) for place in mention.readings
                if place.latitude is not None and (place.capital or len(mention.readings) == 1
                                                   or place.population > 2_000_000 or _outweighs(place, mention))}
        points += [(lat, lon) for lat, lon in sure if lat is not None and lon is not None]
    del countries[""], states[""]
    return _Scene(countries, states, tuple(points[:40]))


def _outweighs(place: Place, mention: Mention) -> bool:
    """Whether a town has ten times the people of every other town of its name, so that it points where the text is."""
    others = [other.population for other in mention.readings if other.country != place.country]
    return place.population >= 100_000 and all(place.population >= 10 * other for other in others)


def _score(place: Place, scene: _Scene) -> float:
    total = math.log10(place.population + 10) + {0: 4.0, 1: 0.6, 2: 0.0}[place.source]
    votes = sum(scene.countries.values())
    if votes:
        total += 2.5 * scene.countries[place.country] / votes
    if place.country == "US" and scene.states:
        total += 3.0 * scene.states[place.admin] / sum(scene.states.values())
    if place.latitude is not None and place.longitude is not None and scene.points:
        near = min(distance_km((place.latitude, place.longitude), point) for point in scene.points)
        total += 1.5 * math.exp(-near / _CLOSE_KM)
    return total


def _fitting(mention: Mention, country: str, state: str) -> list[Place]:
    """Return the readings that a country or state beside the name leaves; all of them if none fits."""
    owner = mention.owner or country
    left = [place for place in mention.readings if not owner or place.country == owner]
    if country and not mention.owner and not left:
        return []  # a Paris in Texas that no list knows is not the one in France
    if state:
        fits = [place for place in left if place.admin == state or place.level is not PlaceLevel.SETTLEMENT]
        if not fits:
            return []
        left = fits
    return left or list(mention.readings)


def _level(mention: Mention, readings: list[Place], scene: _Scene) -> PlaceLevel:
    """Return the level that the text gives a name."""
    votes = scene.countries.most_common(1)
    country = mention.owner or (readings[0].country if len({place.country for place in readings}) == 1 and readings
                                else votes[0][0] if votes else "")
    levels = {place.level for place in readings}
    if mention.name.endswith(".") and mention.name in STATE_CODES:
        return PlaceLevel.ADMIN_1  # N.H., Calif.
    if mention.type:
        given = level_of_type(mention.type, country)
        if given is PlaceLevel.FEATURE and mention.stop > mention.end and mention.begin == mention.start and (
                mention.name in STATE_CODES or (PlaceLevel.ADMIN_1 in levels and (
                    mention.type.lower() in OF_AREA or PlaceLevel.SETTLEMENT not in levels))):
            return PlaceLevel.ADMIN_1  # the coast of a state
        if given is PlaceLevel.FEATURE and mention.type.lower() in OF_TOWN and PlaceLevel.SETTLEMENT in levels:
            return PlaceLevel.SETTLEMENT  # the airport of a town: the name is the town's
        if given in (PlaceLevel.SETTLEMENT, PlaceLevel.FEATURE) and PlaceLevel.COUNTRY in levels:
            return PlaceLevel.COUNTRY  # the coast of a country
        if mention.type == "port" and mention.begin < mention.start:
            return PlaceLevel.SETTLEMENT
        if given is PlaceLevel.ADMIN_1 and PlaceLevel.COUNTRY in levels and mention.type in ("republic", "state",
                                                                                             "nation") \
                and PlaceLevel.ADMIN_1 not in levels:
            return PlaceLevel.COUNTRY
        if given in (PlaceLevel.ADMIN_1, PlaceLevel.ADMIN_2) and levels == {PlaceLevel.COUNTRY}:
            return PlaceLevel.COUNTRY
        if given is PlaceLevel.ADMIN_1 and PlaceLevel.ADMIN_2 in levels and PlaceLevel.ADMIN_1 not in levels:
            return PlaceLevel.ADMIN_2
        return given
    own = [place for place in readings if place.source == 0]
    if own:
        return own[0].level
    if PlaceLevel.COUNTRY in levels and not _is_state(mention, scene):
        return PlaceLevel.COUNTRY
    areas = [place for place in readings if place.level in (PlaceLevel.ADMIN_1, PlaceLevel.ADMIN_2)]
    towns = [place for place in readings if place.level is PlaceLevel.SETTLEMENT]
    if areas and (mention.owner or not any(place.source == 1 for place in towns)):
        same = [place for place in areas if not mention.owner or place.country == mention.owner]
        big = any(town.population > 1_500_000 and town.country != area.country for town in towns for area in areas)
        if same and not (big and not mention.owner):
            return same[0].level
    if not readings and mention.readings:
        return PlaceLevel.SETTLEMENT
    return areas[0].level if areas and not towns else PlaceLevel.SETTLEMENT


def _is_state(mention: Mention, scene: _Scene) -> bool:
    """Return whether a country's name stands for a US state (Georgia): the United States are spoken of, it is not."""
    if mention.name not in STATE_CODES:
        return False
    others = scene.countries["US"] + sum(count for code, count in scene.states.items()
                                         if code != STATE_CODES[mention.name])
    caucasus = sum(scene.countries[code] for code in ("RU", "AM", "AZ", "GE", "TR"))
    return others > 0 and others >= caucasus


def _radius(text: str, mention: Mention, place: Place) -> float:
    radius = next(km for people, km in _RADII if place.population <= people)
    before = text[max(0, mention.begin - 64):mention.begin]
    if away := AWAY.search(before):
        return radius + float(away["km"]) * (_MILE_KM if away["unit"].lower().startswith("mi") else 1.0)
    return radius + NEAR_KM if NEAR.search(before) else radius


def _place_ref(text: str, mention: Mention, level: PlaceLevel, readings: list[Place], scene: _Scene,
               gazetteer: Gazetteer) -> PlaceRef:
    fits = [place for place in readings if place.level is level]
    pointed = {place.country for place in fits if place.latitude is not None}
    fits = [place for place in fits if place.latitude is not None or place.country not in pointed]
    ranked = sorted(fits or readings, key=lambda place: -_score(place, scene))
    best = ranked[0] if ranked else None
    country = mention.owner or (best.country if best else "")
    whole = text[mention.begin:mention.stop] if mention.direction or mention.stop > mention.end else mention.name
    span = Span(mention.start, mention.end)
    towns = {place.country for place in mention.readings if place.latitude is not None}
    others = sorted((place for place in mention.readings if place is not best and not (
        place.id.endswith(":seat") and place.country in towns)), key=lambda place: -_score(place, scene))
    candidates = tuple((f"{place.name} ({place.level})", place.country, round(_score(place, scene), 3))
                       for place in others[:5])
    ref = PlaceRef(name=" ".join(whole.split()), level=level, span=span, country=country,
                   gazetteer_id=best.id if best and best.level is level else "", candidates=candidates,
                   boundary=gazetteer.boundary(mention.name) if level in _AREAS else "")
    if level in _AREAS or best is None or best.level not in (PlaceLevel.SETTLEMENT, PlaceLevel.FEATURE) \
            or best.latitude is None or level not in (PlaceLevel.SETTLEMENT,
                                                      PlaceLevel.FEATURE) or best.level is not level:
        return ref
    return replace(ref, latitude=best.latitude, longitude=best.longitude, radius_km=_radius(text, mention, best))


def _located(text: str, found: list[Mention], gazetteer: Gazetteer) -> list[PlaceRef]:
    scene = _scene(text, found, gazetteer)
    refs = []
    chosen: dict[tuple[str, PlaceLevel], str] = {}
    for number, mention in enumerate(found):
        country, state = _beside(text, mention, found, number)
        readings = _fitting(mention, country, state)
        earlier = next((code for (key, _), code in chosen.items() if key == name_key(mention.name)), "")
        if earlier and not (country or mention.owner):
            readings = [place for place in readings if place.country == earlier] or readings
        level = _level(mention, readings, scene)
        ref = _place_ref(text, mention, level, readings, scene, gazetteer)
        if not ref.country and mention.name.endswith(".") and mention.name in STATE_CODES:
            ref = replace(ref, country="US")
        if not ref.country and country:
            ref = replace(ref, country=country)
        if not ref.country and scene.countries:
            ref = replace(ref, country=scene.countries.most_common(1)[0][0])
        chosen.setdefault((name_key(mention.name), level), ref.country)
        refs.append(ref)
    return refs


def find_places(text: str, gazetteer: Gazetteer | None = None) -> list[PlaceRef]:
    """Return the places that a text names, in order, each at its level.

    Parameters
    ----------
    gazetteer : names and the programme's boundaries; None = the list within the program.

    Notes
    -----
    Only settlements and features that a gazetteer knows carry a point, with a radius; an area never does.
    """
    lists = gazetteer or Gazetteer()
    return _located(text, mentions(text, lists), lists)


def locate(text: str, spans: list[Span], gazetteer: Gazetteer | None = None) -> list[PlaceRef]:
    """Return which places the given names mean; used where a person marked the names.

    A name that recognition would pass over is read with the same context; one that no list knows is UNNAMED.
    """
    lists = gazetteer or Gazetteer()
    found = mentions(text, lists)
    made: list[Mention] = []
    for span in spans:
        own = next((item for item in found if item.start == span.start and item.end == span.end), None) or next(
            (item for item in found if item.start < span.end and span.start < item.end and item.readings), None)
        name = text[span.start:span.end]
        exact = lists.lookup(name) or lists.lookup(re.sub(r"^[Tt]he\s+|\s+(?:" + "|".join(map(re.escape,
                                                                                              TYPES)) + r")$", "",
                                                          name))
        if own is None or (exact and (own.start, own.end) != (span.start, span.end)):
            own = mention_at(text, span.start, span.end, exact, lists)
        made.append(own)
    others = [item for item in found if all(item.end <= one.start or one.end <= item.start for one in made)]
    together = sorted([*others, *made], key=lambda item: (item.start, item.end))
    by_place = {(item.start, item.end): ref for item, ref in zip(together, _located(text, together, lists),
                                                                 strict=True)}
    return [by_place[item.start, item.end] for item in made]
