"""Imperfect field work on a world: teams of drawn detection, daily strips, finds, accidents, slips of the pen."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely import Polygon
from shapely.affinity import rotate

from safeground.foundation.seeds import stream
from safeground.simulation.worlds import CATEGORY, CLASSES, World, inside

Array = NDArray[np.float64]
START = date(2025, 3, 3)
#: Beta parameters of one pass by class: what the rule pack's lanes would show of a method on average.
METHODS = {"manual": ((38.0, 2.0), (26.0, 4.0), (38.0, 2.0), (36.0, 4.0), (6.0, 14.0)),
           "dog": ((26.0, 4.0), (26.0, 4.0), (26.0, 4.0), (20.0, 10.0), (6.0, 14.0)),
           "mechanical": ((16.0, 4.0), (16.0, 4.0), (14.0, 6.0), (12.0, 8.0), (2.0, 18.0))}
DEEP_CM = 25.0


@dataclass(frozen=True, slots=True)
class Sweep:
    """One day's work as it truly was: team, method, day, area, outline, and the items it took away."""

    submission: str
    team: str
    method: str
    day: date
    area: int
    outline: Polygon
    found: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slip:
    """An error planted in the papers: file, row (from 1), what, and what must happen to the row."""

    file: str
    row: int
    defect: str
    expected: str


@dataclass(frozen=True, slots=True, eq=False)
class FieldWork:
    """The diary of the field, the items still there, accidents (item index), slips, and the lane results.

    Attributes
    ----------
    there : whether each item is still in the ground.
    lanes : (method, team, class category word, targets, found) of blind tests.
    """

    diary: tuple[Sweep, ...]
    there: NDArray[np.bool_]
    accidents: tuple[tuple[int, date], ...]
    lanes: tuple[tuple[str, str, str, int, int], ...]


def _strips(outline: Polygon, wide: float, angle: float) -> list[Polygon]:
    """Return strips of a width that cover an outline, turned by an angle."""
    turned = rotate(outline, -angle, origin="centroid", use_radians=True)
    west, south, east, north = turned.bounds
    middle = outline.centroid
    out = []
    for k in range(int(np.ceil((north - south) / wide))):
        low = south + k * wide
        piece = turned.intersection(shapely.box(west - 1, low, east + 1, min(low + wide, north)))
        for part in shapely.get_parts(piece):
            if part.geom_type == "Polygon" and part.area > 5.0:
                out.append(rotate(part, angle, origin=(middle.x, middle.y), use_radians=True))
    return out


def work(world: World) -> FieldWork:
    """Send teams over a world: three areas in four are swept whole or in part, by one to three methods in turn.

    Misses are correlated: an item of high metal resistance (a tenth of them) is missed by every team more often, and
    items deeper than 25 cm are mostly out of reach.
    """
    rng = stream(world.seed, "field", world.plan.name)
    methods = ("manual", "manual", "dog", "mechanical", "manual", "dog")
    teams = [(f"T{k + 1}", method) for k, method in enumerate(methods)]
    skill = {team: np.array([rng.beta(a, b) for a, b in METHODS[method]]) for team, method in teams}
    hard = rng.random(len(world.x)) < 0.1
    there = np.ones(len(world.x), bool)
    accidents = _accidents(rng, world, there)
    diary: list[Sweep] = []
    free = {team: START for team, _ in teams}
    for area, outline in enumerate(world.recorded):
        within = inside(world, outline)
        share = float(rng.choice([1.0, 1.0, 0.6, 0.0], p=(0.45, 0.25, 0.15, 0.15)))
        order = [teams[i] for i in rng.permutation(len(teams))[: int(rng.integers(1, 4))]]
        if not share:
            continue
        angle = float(rng.uniform(0, np.pi))
        for team, method in sorted(order, key=lambda t: ("mechanical", "dog", "manual").index(t[1])):
            strips = _strips(outline, 25.0 if method != "mechanical" else 60.0, angle)
            for strip in strips[: max(1, round(share * len(strips)))]:
                chance = skill[team][world.item_class] * np.where(hard, 0.6, 1.0)
                chance *= np.where(world.depth_cm > DEEP_CM, np.exp(-(world.depth_cm - DEEP_CM) / 15), 1.0)
                hit = there & within & shapely.contains_xy(strip, world.x, world.y) & (rng.random(len(there)) < chance)
                there &= ~hit
                day = free[team]
                free[team] = day + timedelta(days=1)
                diary.append(Sweep(f"{team}-{day.isoformat()}", team, method, day, area, strip,
                                   tuple(np.flatnonzero(hit).tolist())))
    return FieldWork(tuple(diary), there, accidents, _lanes(rng, teams, skill))


def _accidents(rng: np.random.Generator, world: World, there: NDArray[np.bool_]) -> tuple[tuple[int, date], ...]:
    """Return accidents before the field work, which take their items away.

    Half come by the engine's law (any item), half on paths that it does not know.
    """
    path = np.abs((world.x % 90.0) - 45.0) < 6.0
    rate = 0.004 * np.where(path, 6.0, 0.5)
    struck = np.flatnonzero((rng.random(len(world.x)) < rate) & (world.depth_cm < DEEP_CM))
    there[struck] = False
    return tuple((int(i), START - timedelta(days=int(rng.integers(30, 900)))) for i in struck)


def _lanes(rng: np.random.Generator, teams: list[tuple[str, str]], skill: dict[str, Array]
           ) -> tuple[tuple[str, str, str, int, int], ...]:
    words = ("apm", "apm", "avm", "cmr", "uxo")
    out = []
    for team, method in teams:
        for k in range(len(CLASSES)):
            targets = 20 if k != 1 else 15
            out.append((method, team, words[k], targets, int(rng.binomial(targets, skill[team][k]))))
    return tuple(out)


def write_papers(world: World, done: FieldWork, folder: Path) -> tuple[dict[str, str], tuple[Slip, ...]]:
    """Write a world's papers as a programme would send them; return file → noun, and the slips planted.

    One seed gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    back = Transformer.from_crs(32626, 4326, always_xy=True)
    rng = stream(world.seed, "papers", world.plan.name)
    slips: list[Slip] = []
    areas = [_feature(_lonlat(back, outline), {"id": f"SHA-{k + 1:03d}", "name": f"{world.plan.name} {k + 1}",
                                               "status": "SHA", "date": START.isoformat()})
             for k, outline in enumerate(world.recorded)]
    _collection(folder / "areas.geojson", areas)
    returns = []
    for k, sweep in enumerate(done.diary):
        row: dict[str, Any] = {"id": sweep.submission, "name": f"{sweep.team} {sweep.day.isoformat()}",
                               "activity_type": "clearance", "organisation": sweep.team, "method": sweep.method,
                               "start_date": sweep.day.isoformat(), "end_date": sweep.day.isoformat()}
        if len(done.diary) > 8 and k == 5:
            row["end_date"] = (date(2061, 1, 1) + timedelta(days=k)).isoformat()
            slips.append(Slip("returns.geojson", k + 1, "date in the future", "quarantined"))
        returns.append(_feature(_lonlat(back, sweep.outline), row))
    _collection(folder / "returns.geojson", returns)
    finds = _find_rows(world, done, back, rng, slips)
    _table(folder / "finds.csv",
           ["id", "latitude", "longitude", "category", "quantity", "depth_cm", "date_found"], finds)
    accidents = [[f"ACC-{k + 1:03d}", day.isoformat(), *_place(back, world.x[i], world.y[i]),
                  CATEGORY[world.item_class[i]], 0, 1] for k, (i, day) in enumerate(done.accidents)]
    _table(folder / "accidents.csv", ["id", "date", "latitude", "longitude", "device", "killed", "injured"], accidents)
    _table(folder / "lanes.csv", ["method", "organisation", "class", "targets", "found"], [list(r) for r in done.lanes])
    nouns = {"areas.geojson": "sha", "returns.geojson": "activity", "finds.csv": "ordnance",
             "accidents.csv": "incident"}
    return {f: n for f, n in nouns.items() if (f != "accidents.csv" or accidents) and (f != "finds.csv" or finds) and (
        f != "returns.geojson" or returns)}, tuple(slips)


def _find_rows(world: World, done: FieldWork, back: Transformer, rng: np.random.Generator, slips: list[Slip]
               ) -> list[list[Any]]:
    rows: list[list[Any]] = []
    for sweep in done.diary:
        for item in sweep.found:
            lat, lon = _place(back, world.x[item] + rng.normal(0, 1.0), world.y[item] + rng.normal(0, 1.0))
            rows.append([f"ORD-{len(rows) + 1:04d}", lat, lon, CATEGORY[world.item_class[item]], 1,
                         round(float(world.depth_cm[item])), sweep.day.isoformat()])
    if len(rows) > 12:
        rows[7][1] = rows[7][1] + 100.0
        slips.append(Slip("finds.csv", 8, "latitude above 90 degrees", "quarantined"))
        rows[11][4] = -1
        slips.append(Slip("finds.csv", 12, "negative quantity", "quarantined"))
    return rows


def _place(back: Transformer, x: float, y: float) -> tuple[float, float]:
    lon, lat = back.transform(x, y)
    return round(float(lat), 7), round(float(lon), 7)


def _lonlat(back: Transformer, outline: Polygon) -> Polygon:
    moved = shapely.transform(outline, lambda c: np.column_stack(back.transform(c[:, 0], c[:, 1])))
    return shapely.transform(moved, lambda c: c.round(7))


def _feature(outline: Polygon, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(outline))}


def _collection(path: Path, features: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, indent=1), encoding="utf-8",
                    newline="\n")


def _table(path: Path, head: list[str], rows: list[list[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
