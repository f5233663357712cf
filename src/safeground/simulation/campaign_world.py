"""Campaign worlds: many areas, hidden items, teams of drawn skill, people with keys; what a programme starts from.

All of it floats on the Atlantic.  One seed gives the same world on every machine with the same numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.affinity import translate

from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stream
from safeground.simulation.worlds import DEPTH_CM, ORIGIN, PATTERNS, SHARES

Array = NDArray[np.float64]
#: What becomes of an area: cleared whole; cancelled by NTS; part reduced by TS and the rest cleared; confirmed by TS
#: and cleared; cleared but for a part that nobody can finish, which is split off.
Fate = Literal["clear", "cancel", "reduce", "confirm", "split"]
#: First day of every campaign, a Monday.
START = date(2025, 3, 3)
#: Depth to which every area is to be cleared, cm.
DEPTH_REQUIRED_CM = 20.0
ORGANISATIONS = ("Operator A", "Operator B", "Operator C")
AUTHORITY = "Quality management body"
#: Beta parameters of one pass by class, by method, as drawn for each team.
SKILL = {"manual": ((58.0, 2.0), (40.0, 4.0), (58.0, 2.0), (50.0, 3.0), (6.0, 14.0)),
         "dog": ((26.0, 4.0), (26.0, 4.0), (26.0, 4.0), (20.0, 10.0), (6.0, 14.0)),
         "mechanical": ((16.0, 4.0), (16.0, 4.0), (14.0, 6.0), (12.0, 8.0), (2.0, 18.0))}
#: Square metres that a team processes on a full day, and its people.
RATE_M2 = {"manual": 430.0, "dog": 900.0, "mechanical": 1800.0}
#: Areas above this size are worked by machine before they are worked by hand, m².
LARGE_M2 = 2_500.0
CREW = {"manual": 10, "dog": 5, "mechanical": 4}


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What a named campaign holds.

    Attributes
    ----------
    areas, days : how many areas; how many calendar days, from the first Monday on.
    size_m2 : least and most area of an outline, m²; sizes are spread evenly over the logarithm.
    manual, dog, mechanical : number of teams of each method.
    cancel, reduce, confirm, split : number of areas of each fate; the rest are cleared whole.
    overlapping : pairs of areas that share a little ground.
    density_per_ha : mean items in contaminated ground.
    planted : how many errors of each kind are planted.
    """

    name: str
    areas: int
    days: int
    size_m2: tuple[float, float]
    manual: int
    dog: int
    mechanical: int
    cancel: int
    reduce: int
    confirm: int
    split: int
    overlapping: int
    density_per_ha: float
    planted: int


PLANS = (
    CampaignPlan("campaign-60", 64, 120, (450.0, 16_000.0), 8, 2, 2, 8, 7, 5, 1, 3, 14.0, 4),
    CampaignPlan("campaign-8", 8, 15, (450.0, 1_500.0), 3, 0, 1, 1, 1, 1, 1, 1, 45.0, 1),
)


@dataclass(frozen=True, slots=True)
class CampaignArea:
    """One area: its identifier in the papers, its outline (UTM 26 N, m), what becomes of it.

    Attributes
    ----------
    kind : ``CHA`` or ``SHA``.
    part : ground that is reduced, or that cannot be finished; None for the other fates.
    passes : methods in the order of their passes; the last is manual.
    """

    local_id: str
    kind: str
    outline: Polygon
    fate: Fate
    part: Polygon | None
    passes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CampaignTeam:
    """A team.

    Attributes
    ----------
    skill : shape (5,), probability of detection in one pass, by class of ``worlds.CLASSES``.
    rate_m2 : what it processes on a full day.
    truly : share of the ground it reports that it truly searched; below 1 for the team that over-reports.
    """

    local_id: str
    method: str
    organisation: str
    skill: Array
    rate_m2: float
    crew: int
    truly: float = 1.0


@dataclass(frozen=True, slots=True)
class CampaignPerson:
    """A person of the campaign: roles, and the 32 secret bytes of the Ed25519 key, drawn from the seed.

    Such keys are worth nothing outside a simulation.
    """

    person_id: str
    name: str
    organisation: str
    roles: tuple[str, ...]
    secret: bytes


@dataclass(frozen=True, slots=True, eq=False)
class CampaignWorld:
    """The hidden truth of a campaign.

    Attributes
    ----------
    x, y : items, m (UTM 26 N); item_class, depth_cm : their class and depth.  hard : items that every team misses more
        often.
    home : index of the area in which an item was placed.
    """

    plan: CampaignPlan
    seed: int
    areas: tuple[CampaignArea, ...]
    teams: tuple[CampaignTeam, ...]
    people: tuple[CampaignPerson, ...]
    x: Array
    y: Array
    item_class: NDArray[np.int64]
    depth_cm: Array
    hard: NDArray[np.bool_]
    home: NDArray[np.int64]

    def person(self, role: str, nth: int = 0) -> CampaignPerson:
        """Return the nth person of a role."""
        return [p for p in self.people if role in p.roles][nth]


def campaign_named(name: str) -> CampaignPlan:
    """Return a campaign's plan.

    Raises
    ------
    RequestError : no campaign of this name (SG-SIM-003).
    """
    for plan in PLANS:
        if plan.name == name:
            return plan
    raise RequestError("SG-SIM-003", name, "is no campaign.", f"Campaigns: {', '.join(p.name for p in PLANS)}.")


def make_campaign_world(name: str, seed: int) -> CampaignWorld:
    """Return a named campaign's world.

    Raises
    ------
    RequestError : no campaign of this name.
    """
    plan = campaign_named(name)
    rng = stream(seed, "campaign", name)
    areas = _areas(rng, plan)
    items = [_items(rng, plan, area) for area in areas]
    xy = np.concatenate([place for place, _ in items])
    kinds = np.concatenate([classes for _, classes in items])
    depth = rng.exponential(np.array(DEPTH_CM)[kinds])
    return CampaignWorld(
        plan, seed, areas, _teams(rng, plan), _people(rng, plan), xy[:, 0], xy[:, 1], kinds, depth,
        rng.random(len(xy)) < 0.08, np.repeat(np.arange(len(areas)), [len(place) for place, _ in items]))


def _outline(rng: np.random.Generator, size_m2: float) -> Polygon:
    """Return an irregular, star-shaped outline of an area around the origin, m."""
    count = int(rng.integers(7, 13))
    angle = np.sort((np.arange(count) + rng.uniform(0.2, 0.8, count)) * (2 * np.pi / count))
    radius = rng.uniform(0.88, 1.0, count)
    long = float(rng.uniform(1.0, 2.2))
    turn = float(rng.uniform(0, np.pi))
    x, y = radius * np.cos(angle) * long, radius * np.sin(angle)
    ring = np.column_stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)])
    return Polygon(ring * np.sqrt(size_m2 / Polygon(ring).area))


def _fates(rng: np.random.Generator, plan: CampaignPlan) -> list[Fate]:
    """Return each area's fate; the areas of overlapping pairs, which come first, are cleared whole."""
    fates: list[Fate] = []
    counts: tuple[tuple[Fate, int], ...] = (
        ("cancel", plan.cancel), ("reduce", plan.reduce), ("confirm", plan.confirm), ("split", plan.split))
    for fate, count in counts:
        fates += [fate] * count
    rest = plan.areas - 2 * plan.overlapping
    fates += ["clear"] * (rest - len(fates))
    first: list[Fate] = ["clear"] * (2 * plan.overlapping)
    return [*first, *(fates[i] for i in rng.permutation(rest))]


def _areas(rng: np.random.Generator, plan: CampaignPlan) -> tuple[CampaignArea, ...]:
    low, high = np.log(plan.size_m2)
    pitch = 3.2 * np.sqrt(plan.size_m2[1]) + 60.0
    across = int(np.ceil(np.sqrt(plan.areas)))
    areas: list[CampaignArea] = []
    for k, fate in enumerate(_fates(rng, plan)):
        size = float(np.exp(rng.uniform(low, high)))
        middle = np.array(ORIGIN) + (np.array([k % across, k // across]) - across / 2) * pitch
        outline = translate(_outline(rng, size), *middle)
        if k < 2 * plan.overlapping and k % 2:
            outline = _moved_near(areas[-1].outline, outline)
        part = _side(outline, rng, float(rng.uniform(0.25, 0.5))) if fate in ("reduce", "split") else None
        before = ("mechanical",) if size > LARGE_M2 else () if rng.random() < 0.45 else ("dog",)
        kind = "CHA" if fate in ("clear", "split") else "SHA"
        usable = tuple(m for m in before if getattr(plan, m))
        areas.append(CampaignArea(f"{kind}-{k + 1:03d}", kind, outline, fate, part, (*usable, "manual")))
    return tuple(areas)


def _moved_near(fixed: Polygon, moving: Polygon) -> Polygon:
    """Return an outline moved towards another until they share 2 to 5 % of the smaller one."""
    target = 0.035 * min(fixed.area, moving.area)
    step_x, step_y = fixed.centroid.x - moving.centroid.x, fixed.centroid.y - moving.centroid.y
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if translate(moving, middle * step_x, middle * step_y).intersection(fixed).area < target:
            low = middle
        else:
            high = middle
    return translate(moving, high * step_x, high * step_y)


def _side(outline: Polygon, rng: np.random.Generator, share: float) -> Polygon:
    """Return the part of an outline west of a line that cuts off a share of it, m²."""
    west, south, east, north = outline.bounds
    low, high = west, east
    for _ in range(50):
        middle = (low + high) / 2
        if shapely.box(west - 1, south - 1, middle, north + 1).intersection(outline).area < share * outline.area:
            low = middle
        else:
            high = middle
    cut = shapely.box(west - 1, south - 1, high, north + 1).intersection(outline)
    parts = [p for p in shapely.get_parts(cut) if isinstance(p, Polygon)]
    return max(parts, key=lambda p: p.area)


def _items(rng: np.random.Generator, plan: CampaignPlan, area: CampaignArea) -> tuple[Array, NDArray[np.int64]]:
    """Return items of an area, shape (n, 2), m, and their classes; none in what survey will cancel or reduce."""
    pattern = str(rng.choice(list(PATTERNS), p=(0.3, 0.15, 0.15, 0.2, 0.2)))
    density = plan.density_per_ha * np.exp(rng.normal(0, 0.5))
    count = int(rng.poisson(density * area.outline.area / 1e4))
    if area.fate == "cancel" or not count:
        return np.zeros((0, 2)), np.zeros(0, np.int64)
    west, south, east, north = area.outline.bounds
    place = PATTERNS[pattern](rng, 0.9 * (east - west), 0.9 * (north - south), count)
    place = place + np.array([area.outline.centroid.x, area.outline.centroid.y])
    inside = shapely.contains_xy(area.outline, place[:, 0], place[:, 1])
    if area.fate == "reduce" and area.part is not None:
        inside &= ~shapely.contains_xy(area.part.buffer(2.0), place[:, 0], place[:, 1])
    place = place[inside]
    shares = np.array(SHARES[pattern]) * (1.0, 1.0, 1.0, 1.0, 0.08)
    return place, rng.choice(len(shares), len(place), p=shares / shares.sum())


def _teams(rng: np.random.Generator, plan: CampaignPlan) -> tuple[CampaignTeam, ...]:
    methods = ("manual",) * plan.manual + ("dog",) * plan.dog + ("mechanical",) * plan.mechanical
    liar = int(rng.integers(plan.manual))
    return tuple(
        CampaignTeam(f"T{k + 1:02d}", method, ORGANISATIONS[k % len(ORGANISATIONS)],
                     np.array([rng.beta(a, b) for a, b in SKILL[method]]),
                     RATE_M2[method] * float(np.exp(rng.normal(0, 0.15))), CREW[method],
                     0.72 if k == liar and plan.manual > 1 else 1.0)
        for k, method in enumerate(methods))


def _people(rng: np.random.Generator, plan: CampaignPlan) -> tuple[CampaignPerson, ...]:
    rows = [("P-AUT", "Author of dossiers", AUTHORITY, ("author",)),
            ("P-VER", "Verifier of dossiers", AUTHORITY, ("verifier",)),
            ("P-SIG", "Signatory", "National authority", ("signatory",)),
            ("P-IN1", "First inspector", AUTHORITY, ("inspector",)),
            ("P-IN2", "Second inspector", AUTHORITY, ("inspector",)),
            ("P-OWN", "Inspector of an operator", ORGANISATIONS[0], ("inspector", "own")),
            ("P-SUR", "Survey team leader", ORGANISATIONS[1], ("survey_author",)),
            ("P-APP", "Approver of surveys", AUTHORITY, ("approver",))]
    return tuple(CampaignPerson(i, n, o, r, rng.bytes(32)) for i, n, o, r in rows)
