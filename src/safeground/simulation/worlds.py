"""Named worlds with hidden truth: ordnance in rows, curves, strike ellipses and scatter, under imperfect outlines.

All of them float on the Atlantic.  One seed gives the same world, item by item, on every machine with the same numpy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stream
from safeground.simulation.law import gaussian_field

Array = NDArray[np.float64]
#: Item classes; the category under which each is recorded; the mean of its exponential depth, cm.
CLASSES = ("ap_metal", "ap_minimum_metal", "anti_vehicle", "submunition", "deep_uxo")
CATEGORY = ("anti-personnel mine", "anti-personnel mine", "anti-vehicle mine", "cluster munition remnant",
            "unexploded ordnance")
DEPTH_CM = (5.0, 6.0, 12.0, 4.0, 60.0)
#: Middle of every world: UTM zone 26 N, east and north, m (open ocean).
ORIGIN = (303_000.0, 5_657_000.0)


@dataclass(frozen=True, slots=True)
class WorldPlan:
    """What a named world holds.

    Attributes
    ----------
    areas : recorded areas.  side_m : least and most length of an area's sides, m.
    patterns : share of areas with each pattern: rows, curve, strike, scatter, law (the engine's own).
    empty : share of recorded areas that hold nothing.  missed : contaminated patches that nobody recorded.
    displaced_m : standard deviation of an outline's displacement, m.  overshoot : mean growth of an outline.
    density_per_ha : mean items in contaminated ground.
    """

    name: str
    areas: int
    side_m: tuple[float, float]
    patterns: tuple[float, float, float, float, float]
    empty: float
    missed: int
    displaced_m: float
    overshoot: float
    density_per_ha: float


PLANS = (
    WorldPlan("hectare", 1, (100.0, 100.0), (0.0, 0.0, 0.0, 0.0, 1.0), 0.0, 0, 0.0, 1.0, 30.0),
    WorldPlan("rows", 2, (150.0, 260.0), (1.0, 0.0, 0.0, 0.0, 0.0), 0.0, 0, 4.0, 1.1, 25.0),
    WorldPlan("strike", 3, (200.0, 320.0), (0.0, 0.0, 1.0, 0.0, 0.0), 0.2, 1, 15.0, 1.3, 12.0),
    WorldPlan("village", 8, (80.0, 220.0), (0.3, 0.15, 0.15, 0.2, 0.2), 0.3, 1, 8.0, 1.2, 15.0),
    WorldPlan("district", 40, (80.0, 300.0), (0.25, 0.1, 0.15, 0.25, 0.25), 0.45, 3, 8.0, 1.25, 12.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """The hidden truth.

    Attributes
    ----------
    x, y : items, m (UTM 26 N).  item_class : index of CLASSES.  depth_cm : depth.  patch : contaminated patch of each.
    recorded : outlines as the survey drew them, in the order of the areas.
    holds : for each recorded area the patch it was drawn for, -1 for an area that holds nothing by itself.
    patterns : pattern of each patch.
    """

    plan: WorldPlan
    seed: int
    x: Array
    y: Array
    item_class: NDArray[np.int64]
    depth_cm: Array
    patch: NDArray[np.int64]
    recorded: tuple[Polygon, ...]
    holds: tuple[int, ...]
    patterns: tuple[str, ...]


def plan_named(name: str) -> WorldPlan:
    """Return a world's plan.

    Raises
    ------
    RequestError : no world of this name (SG-SIM-003).
    """
    for plan in PLANS:
        if plan.name == name:
            return plan
    raise RequestError("SG-SIM-003", name, "is no world.", f"Worlds: {', '.join(p.name for p in PLANS)}.")


def _rows(rng: np.random.Generator, wide: float, high: float, count: int) -> Array:
    """Items in parallel rows: spacing, offset between rows, jitter of place and direction."""
    spacing, apart, turn = rng.uniform(1.5, 6.0), rng.uniform(4.0, 15.0), rng.normal(0, 0.15)
    lines = int(rng.integers(2, 5))
    along = np.arange(0, 0.9 * wide, spacing)
    points = []
    for r in range(lines):
        x = along - 0.45 * wide + (r % 2) * spacing / 2 + rng.normal(0, 0.25, len(along))
        y = np.full(len(along), (r - (lines - 1) / 2) * apart) + rng.normal(0, 0.3, len(along))
        points.append(np.column_stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)]))
    all_points = np.concatenate(points)
    return all_points[rng.random(len(all_points)) < min(1.0, count / max(len(all_points), 1))]


def _curve(rng: np.random.Generator, wide: float, high: float, count: int) -> Array:
    """Items along a bent line, as around a position."""
    radius, arc = 0.5 * min(wide, high), rng.uniform(1.2, 3.0)
    angle = rng.uniform(0, 2 * np.pi) + np.linspace(0, arc, max(count, 1))
    place = np.column_stack([np.cos(angle), np.sin(angle)]) * radius * 0.8
    return np.asarray(place + rng.normal(0, 1.0, place.shape))


def _strike(rng: np.random.Generator, wide: float, high: float, count: int) -> Array:
    """Failed submunitions of one or two strikes: ellipses."""
    parts = []
    for _ in range(int(rng.integers(1, 3))):
        centre = rng.uniform(-0.2, 0.2, 2) * (wide, high)
        parts.append(centre + rng.standard_normal((max(count // 2, 1), 2)) * (0.18 * wide, 0.1 * high))
    return np.concatenate(parts)[:count]


def _scatter(rng: np.random.Generator, wide: float, high: float, count: int) -> Array:
    """Items without order."""
    return rng.uniform(-0.5, 0.5, (count, 2)) * (wide, high)


def _law(rng: np.random.Generator, wide: float, high: float, count: int) -> Array:
    """Items by the law that the engine assumes: a log-Gaussian Cox process."""
    cells, cell = 64, max(wide, high) / 64
    range_m, sigma = float(rng.uniform(0.3, 0.8)) * max(wide, high), float(rng.uniform(0.3, 1.2))
    field = gaussian_field(rng, cells, cell, range_m, sigma)
    rate = np.exp(field)
    chosen = rng.choice(cells * cells, count, p=(rate / rate.sum()).ravel())
    place = np.column_stack([chosen % cells, chosen // cells]) + rng.random((count, 2))
    return np.asarray((place / cells - 0.5) * (wide, high))


PATTERNS = {"rows": _rows, "curve": _curve, "strike": _strike, "scatter": _scatter, "law": _law}
SHARES = {"rows": (0.7, 0.25, 0.05, 0.0, 0.0), "curve": (0.5, 0.4, 0.1, 0.0, 0.0), "strike": (0.0, 0.0, 0.0, 0.9, 0.1),
          "scatter": (0.4, 0.2, 0.1, 0.0, 0.3), "law": (0.5, 0.2, 0.1, 0.1, 0.1)}


def make_world(name: str, seed: int) -> World:
    """Return a named world.

    Parameters
    ----------
    seed : any integer >= 0.

    Raises
    ------
    RequestError : no world of this name.
    """
    plan = plan_named(name)
    rng = stream(seed, "world", name)
    pitch = 2.5 * plan.side_m[1] + 120.0
    across = int(np.ceil(np.sqrt(plan.areas + plan.missed)))
    items, patches, recorded, holds, patterns = [], [], [], [], []
    for k in range(plan.areas + plan.missed):
        centre = np.array(ORIGIN) + (np.array([k % across, k // across]) - across / 2) * pitch
        wide, high = rng.uniform(*plan.side_m, 2)
        name_of = str(rng.choice(list(PATTERNS), p=plan.patterns))
        empty = k < plan.areas and rng.random() < plan.empty
        density = plan.density_per_ha * np.exp(rng.normal(0, 0.5))
        count = int(rng.poisson(density * wide * high / 1e4))
        place = PATTERNS[name_of](rng, wide, high, count) if count and not empty else np.zeros((0, 2))
        turn = rng.uniform(0, np.pi)
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        classes = rng.choice(len(CLASSES), len(place), p=SHARES[name_of])
        items.append((centre + place @ spin.T, classes, rng.exponential(np.array(DEPTH_CM)[classes])))
        patches.append(np.full(len(place), k))
        patterns.append("empty" if empty else name_of)
        if k < plan.areas:
            grow = max(0.7, rng.normal(plan.overshoot, 0.1))
            shift = rng.normal(0, plan.displaced_m, 2)
            corners = np.array([[-1, -1], [0, -1.06], [1, -1], [1.06, 0], [1, 1], [-1, 1]]) * (wide, high) / 2 * grow
            recorded.append(Polygon(centre + shift + corners @ spin.T))
            holds.append(-1 if empty else k)
    xy = np.concatenate([i[0] for i in items])
    return World(plan, seed, xy[:, 0], xy[:, 1], np.concatenate([i[1] for i in items]),
                 np.concatenate([i[2] for i in items]), np.concatenate(patches), tuple(recorded), tuple(holds),
                 tuple(patterns))


def inside(world: World, outline: Polygon) -> NDArray[np.bool_]:
    """Return which items lie within an outline."""
    return np.asarray(shapely.contains_xy(outline, world.x, world.y))
