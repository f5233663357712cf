"""A synthetic border district: areas along a front line, released land, accidents and finds, from one seed.

Nothing here lies where people live: the district floats on the Atlantic, at 51° N 30° W.  One seed gives the same
numbers on every machine with the same numpy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import shapely
from shapely import Polygon

from safeground.foundation.seeds import stream

#: West, south, east, north of the district, degrees (WGS 84): open ocean.
REGION = (-30.5, 50.8, -29.5, 51.3)
MUNICIPALITIES = ("Nordhavn", "Vesterlund", "Midtvang", "Osterholt")
CONTAMINATIONS = ("anti-personnel mine", "anti-vehicle mine", "cluster munition remnant", "unexploded ordnance")
_FRONT_LAT = 51.05
_SURVEY_START = date(2025, 3, 3)
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the district as its survey or clearance papers describe it; outline in EPSG:4326."""

    local_id: str
    name: str
    kind: str
    outline: Polygon
    contamination: str
    municipality: str
    reported: date


@dataclass(frozen=True, slots=True)
class Point:
    """An accident or a find; longitude and latitude in degrees, WGS 84."""

    local_id: str
    longitude: float
    latitude: float
    happened: date
    category: str
    killed: int = 0
    injured: int = 0
    depth_cm: int = 0


@dataclass(frozen=True, slots=True)
class District:
    """The district's papers, before anything went wrong with them."""

    suspected: tuple[Area, ...]
    confirmed: tuple[Area, ...]
    cleared: tuple[Area, ...]
    accidents: tuple[Point, ...]
    finds: tuple[Point, ...]
    observations: tuple[Point, ...]


def outline(rng: np.random.Generator, longitude: float, latitude: float, length_m: float, width_m: float) -> Polygon:
    """Return an irregular, valid outline around a centre: a strip of the given size, turned and roughened.

    Notes
    -----
    Star-shaped by construction (radius over sorted angles), hence never self-crossing.
    """
    count = int(rng.integers(8, 18))
    angle = np.sort((np.arange(count) + rng.uniform(0.1, 0.9, count)) * (2 * math.pi / count))
    radius = rng.uniform(0.75, 1.0, count)
    along, across = radius * np.cos(angle) * length_m / 2, radius * np.sin(angle) * width_m / 2
    turn = rng.normal(0.0, 0.25)
    east = along * math.cos(turn) - across * math.sin(turn)
    north = along * math.sin(turn) + across * math.cos(turn)
    ring = np.column_stack([longitude + east / (_METRES_PER_DEGREE * math.cos(math.radians(latitude))),
                            latitude + north / _METRES_PER_DEGREE]).round(7)
    return Polygon(ring)


def _areas(
    rng: np.random.Generator, count: int, prefix: str, kind: str, spread_deg: float, taken: list[Polygon]
) -> tuple[Area, ...]:
    """Return areas along the front line that keep clear of each other, as a careful survey would draw them."""
    areas: list[Area] = []
    west, _, east, _ = REGION
    while len(areas) < count:
        longitude = rng.uniform(west + 0.03, east - 0.03)
        latitude = _FRONT_LAT + 0.04 * math.sin(longitude * 9.0) + rng.normal(0.0, spread_deg)
        shape = outline(rng, longitude, latitude, rng.uniform(150, 900), rng.uniform(60, 280))
        if shapely.intersects(np.asarray(taken, dtype=object), shape).any() if taken else False:
            continue
        taken.append(shape)
        number = len(areas) + 1
        share = (longitude - west) / (east - west)
        municipality = MUNICIPALITIES[min(int(share * len(MUNICIPALITIES)), len(MUNICIPALITIES) - 1)]
        areas.append(Area(
            f"{prefix}-{number:03d}", f"{municipality} {prefix} {number}", kind, shape,
            CONTAMINATIONS[int(rng.choice(4, p=(0.45, 0.2, 0.2, 0.15)))], municipality,
            _SURVEY_START + timedelta(days=int(rng.integers(0, 500)))))
    return tuple(areas)


def _points(rng: np.random.Generator, count: int, prefix: str, near: tuple[Area, ...]) -> tuple[Point, ...]:
    points = []
    for number in range(1, count + 1):
        area = near[int(rng.integers(len(near)))]
        centre = area.outline.centroid
        killed = int(rng.random() < 0.25)
        points.append(Point(
            f"{prefix}-{number:03d}", round(centre.x + rng.normal(0, 0.0012), 7),
            round(centre.y + rng.normal(0, 0.0008), 7), _SURVEY_START + timedelta(days=int(rng.integers(0, 500))),
            area.contamination, killed, int(rng.integers(0 if killed else 1, 3)), int(rng.integers(0, 16))))
    return tuple(points)


def make_district(
    seed: int, *, suspected: int = 90, confirmed: int = 30, cleared: int = 60, accidents: int = 40, finds: int = 80,
    observations: int = 35,
) -> District:
    """Return a district.

    Parameters
    ----------
    seed : any integer >= 0; the same seed and counts give the same district.
    suspected, confirmed, cleared, accidents, finds, observations : how many of each.
    """
    taken: list[Polygon] = []
    sha = _areas(stream(seed, "district", "suspected"), suspected, "SHA", "SHA", 0.035, taken)
    cha = _areas(stream(seed, "district", "confirmed"), confirmed, "CHA", "CHA", 0.015, taken)
    released = _areas(stream(seed, "district", "cleared"), cleared, "CLR", "cleared", 0.06, taken)
    return District(
        suspected=sha, confirmed=cha, cleared=released,
        accidents=_points(stream(seed, "district", "accidents"), accidents, "ACC", sha + cha),
        finds=_points(stream(seed, "district", "finds"), finds, "ORD", cha + released),
        observations=_points(stream(seed, "district", "observations"), observations, "OBS", sha))
