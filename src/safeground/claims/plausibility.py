"""Claimed totals as the rates that they imply, held against published ranges; a verdict that never says "false".

A claim outside a range is no proof of falsehood: it tells what would have to be true, and that methods and inspection
are not known.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from safeground.foundation.errors import RequestError

M2_PER_HA, M2_PER_KM2 = 1e4, 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFigures:
    """Totals that reports claim of one event, each with bounds (low, high); None = not claimed.

    Attributes
    ----------
    area_m2, devices, people, days, deaths : (low, high), high = infinity where the claim is open above.
    """

    area_m2: tuple[float, float] | None = None
    devices: tuple[float, float] | None = None
    people: tuple[float, float] | None = None
    days: tuple[float, float] | None = None
    deaths: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name in ("area_m2", "devices", "people", "days", "deaths"):
            value = getattr(self, name)
            if value is not None and not 0 <= value[0] <= value[1]:
                raise RequestError("SG-CLAIMS-004", name, f"is {value}.", "Give a low and a high figure, 0 or more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRange:
    """A range of practice with its basis: ``published``, ``derived`` (arithmetic shown) or ``none``."""

    id: str
    title: str
    unit: str
    basis: str
    source: str
    arithmetic: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCheck:
    """An implied rate beside its range.

    Attributes
    ----------
    low, high : implied rate.  arithmetic : how it follows from the claimed totals.
    verdict : ``within``, ``above``, ``below``, ``across`` (its own bounds reach over the range) or ``no range``.
    needed : what would have to be true for the claim to hold within practice, in words; "" where it lies within.
    """

    id: str
    title: str
    unit: str
    low: float
    high: float
    arithmetic: str
    verdict: str
    range: PublishedRange
    factor: float | None = None
    needed: str = ""


def read_ranges(text: str) -> dict[str, PublishedRange]:
    """Return the ranges of a TOML file by id.

    Raises
    ------
    RequestError : not TOML, or an entry without a title, unit, basis or source (``SG-CLAIMS-004``).
    """
    try:
        return {key: PublishedRange(id=key, **row) for key, row in tomllib.loads(text).items()}
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise RequestError("SG-CLAIMS-004", "plausibility ranges", f"do not fit: {error}.",
                           "Write each as the shipped file does.") from error


def _ratio(top: tuple[float, float], *bottoms: tuple[float, float]) -> tuple[float, float]:
    low = math.prod(b[0] for b in bottoms)
    high = math.prod(b[1] for b in bottoms)
    return (top[0] / high if high else math.inf), (top[1] / low if low else math.inf)


def _words(value: tuple[float, float]) -> str:
    low, high = value
    if low == high:
        return f"{low:,.0f}"
    return f"at least {low:,.0f}" if math.isinf(high) else f"{low:,.0f} to {high:,.0f}"


#: id -> (claimed total above the line, totals below it, factor, words).
_RATES: tuple[tuple[str, str, tuple[str, ...], float], ...] = (
    ("m2_per_person_day", "area_m2", ("people", "days"), 1.0),
    ("m2_per_person_day_machines", "area_m2", ("people", "days"), 1.0),
    ("devices_per_ha", "devices", ("area_m2",), M2_PER_HA),
    ("devices_per_day", "devices", ("days",), 1.0),
    ("deaths_per_km2", "deaths", ("area_m2",), M2_PER_KM2),
    ("deaths_per_1000_devices", "deaths", ("devices",), 1000.0),
    ("deaths_per_million_person_days", "deaths", ("people", "days"), 1e6))


def check_story(story: StoryFigures, ranges: dict[str, PublishedRange]) -> tuple[RateCheck, ...]:
    """Return each rate that the claimed totals imply, beside its range.

    A rate whose totals are not all claimed is left out; a rate without a range says so.
    """
    out = []
    for key, top, bottoms, factor in _RATES:
        values = [getattr(story, name) for name in (top, *bottoms)]
        if any(value is None for value in values) or key not in ranges:
            continue
        low, high = (factor * rate for rate in _ratio(values[0], *values[1:]))
        below = " x ".join(f"{name.replace('_m2', ' m²')} {_words(value)}" for name, value in
                           zip(bottoms, values[1:], strict=True))
        arithmetic = f"{top.replace('_m2', ' m²')} {_words(values[0])} / ({below})" + (
            f" x {factor:,.0f}" if factor != 1 else "")
        out.append(_judged(key, low, high, arithmetic, ranges[key], story))
    return tuple(out)


def _judged(key: str, low: float, high: float, arithmetic: str, published: PublishedRange, story: StoryFigures
            ) -> RateCheck:
    verdict, factor = "no range", None
    if published.low is not None and published.high is not None:
        if low > published.high:
            verdict, factor = "above", low / published.high
        elif high < published.low:
            verdict, factor = "below", high / published.low
        else:
            verdict = "within" if published.low <= low and high <= published.high else "across"
    needed = _needed(key, verdict, story, published)
    return RateCheck(id=key, title=published.title, unit=published.unit, low=low, high=high, arithmetic=arithmetic,
                     verdict=verdict, range=published, factor=factor, needed=needed)


def _needed(key: str, verdict: str, story: StoryFigures, published: PublishedRange) -> str:
    """Return what would have to be true, with the figure that follows from the range."""
    if verdict not in ("above", "below") or published.high is None or published.low is None:
        return ""
    if key.startswith("m2_per_person_day") and story.area_m2 and story.days and story.people and verdict == "above":
        people = story.area_m2[0] / (published.high * story.days[1])
        return (f"at {published.high:g} {published.unit} the area needs {people:,.0f} people for the whole time, "
                    f"against {_words(story.people)} claimed; else machines or battle-area search did most of it, or "
                "other teams worked too, or the area was searched in part. Methods and inspection are not known.")
    if key == "devices_per_ha":
        return ("the ground would have to be denser than programmes meet on average, or the devices counted include "
                "small items, fragments or stocks, or the area is smaller than claimed.")
    if key.startswith("deaths"):
        word = "more" if verdict == "above" else "fewer"
        return (f"{word} deaths than humanitarian programmes see on this exposure: work under fire, without protective "
                "equipment, or accidents apart from clearance, or totals that do not belong together."
                if verdict == "above" else
                f"{word} deaths than this exposure gives in humanitarian programmes: deaths not reported, or claimed "
                "totals larger than the work.")
    return "the totals would have to belong to different work, times or people."


def summary(checks: Sequence[RateCheck]) -> str:
    """Return the verdict on a story in one sentence; it never says false."""
    outside = [c for c in checks if c.verdict in ("above", "below")]
    if not checks:
        return "No rate can be computed: the reports claim too few totals."
    if not outside:
        return "No implied rate lies outside the ranges that were found; methods and inspection are not known."
    return ("Outside the range of humanitarian clearance in " + ", ".join(c.title.lower() for c in outside)
            + "; methods and inspection unknown.")
