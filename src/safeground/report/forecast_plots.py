"""The burn-up chart: area released by day as planned, as forecast with its doubt, and as the land book has it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

INK, FAN, MIDDLE, PLANNED, ACTUAL, LATE = "#16202b", "#a9cbe4", "#1f5a8a", "#6b7580", "#00803c", "#b00020"
Steps = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnUp:
    """What the chart draws; days are counted from the plan's start, areas in m².

    Attributes
    ----------
    days : of the fan.  low, middle, high : area that is released by then with probability 90, 50, 10 % at least.
    planned : day and area released by then, at each release of the plan.
    actual : the same from the land book up to today; empty = the window has not begun.
    deadline_day : None = none.  window_days : length of the plan's window.
    total_m2 : of all planned areas.
    """

    start: date
    days: tuple[int, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    planned: Steps
    actual: Steps
    deadline_day: int | None
    window_days: int
    total_m2: float


def burn_up_png(given: BurnUp) -> bytes:
    """Return the chart as PNG: a fan from P10 to P90, the planned line, the land book's line, window and deadline."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(10, 5.4), layout="constrained")
    unit, name = (1e4, "ha") if given.total_m2 >= 2e4 else (1.0, "m²")

    def scaled(values: Any) -> list[float]:
        return [value / unit for value in values]

    axis.fill_between(given.days, scaled(given.low), scaled(given.high), color=FAN, linewidth=0, zorder=1,
                      label="forecast, P10 to P90")
    axis.plot(given.days, scaled(given.middle), color=MIDDLE, linewidth=2.0, zorder=3, label="forecast, P50")
    end = max(given.days)
    _steps(axis, given.planned, end, unit, color=PLANNED, linestyle="--", linewidth=1.6, zorder=4, label="planned")
    if given.actual:
        last = given.actual[-1][0]
        _steps(axis, given.actual, last, unit, color=ACTUAL, linewidth=2.6, zorder=5, label="released, land book")
        axis.plot([last], [given.actual[-1][1] / unit], "o", color=ACTUAL, markersize=6, zorder=6)
    axis.axvline(given.window_days, color=INK, linewidth=1.0, linestyle=":", label="end of the window")
    if given.deadline_day is not None:
        axis.axvline(given.deadline_day, color=LATE, linewidth=1.6, label="deadline")
    axis.set_xlim(0, max(end, given.deadline_day or 0))
    axis.set_ylim(0, 1.08 * max(given.total_m2, max(given.high, default=0.0), 1.0) / unit)
    _dates(axis, given, max(end, given.deadline_day or 0))
    axis.set_ylabel(f"area released by then, {name}")
    axis.grid(color="#e3e8ed")
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    figure.legend(loc="outside upper left", ncols=3, fontsize=9.5, frameon=False)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=120, metadata={"Software": "safeground"})
    pyplot.close(figure)
    return out.getvalue()


def _steps(axis: Any, steps: Steps, end: int, unit: float, **looks: Any) -> None:
    """Draw area that stays until the next release, from 0 at the start."""
    days = [0, *(day for day, _ in steps), end]
    values = [0.0, *(m2 / unit for _, m2 in steps)]
    axis.step(days, [*values, values[-1]], where="post", **looks)


def _dates(axis: Any, given: BurnUp, end: int) -> None:
    step = next(step for step in (7, 14, 28, 56, 112, 224, 448, 10**6) if end / step <= 12)
    marks = range(0, end + 1, step)
    long = end > 300
    days = [given.start + timedelta(days=mark) for mark in marks]
    axis.set_xticks(list(marks), [f"{d.day} {d:%b}" + (f"\n{d:%Y}" if long or k == 0 or d.year != days[k - 1].year
                                                         else "") for k, d in enumerate(days)], fontsize=9)
