"""The page of field work: m² by team and week, what a person should look at, the ground, and how it adds up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from shapely import Geometry

from safeground.report.plain_page import plain_html
from safeground.report.plan_page import WIDE, _picture, _table, _text

NOTICE = ("Processed ground is ground that a team went over; it is not released. What waits becomes cleared only when "
          "inspection accepts it, and released only by a signed decision.")

#: What to do where nothing has come in.
NEXT = (("Take daily returns and items found in", "safeground progress PROJECT FILE…"),
        ("Order the work of a planned task first", "safeground task PROJECT draft"))
#: Findings that the page lists.
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """A team's week: its Monday, m² processed, waiting, accepted, and hours worked and lost."""

    week: date
    team: str
    processed_m2: float
    pending_m2: float
    accepted_m2: float
    hours: float
    lost_hours: float


@dataclass(frozen=True, slots=True)
class PartShape:
    """Something that the map shows: ``area``, ``processed``, ``pending`` or ``posted``; EPSG:4326."""

    kind: str
    geometry: Geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """All that the page shows.

    Attributes
    ----------
    hidden : areas whose position may not be shown.
    burn_up : (day of work, m² that count, m² accepted), summed up.
    returns, replaced, aside : returns that hold, that were corrected, and rows kept aside.
    findings : (code, severity, submission, area, message, remedy), oldest first.
    """

    project: str
    day: date
    weeks: tuple[TeamWeek, ...]
    shapes: tuple[PartShape, ...]
    hidden: int
    burn_up: tuple[tuple[date, float, float], ...]
    returns: int
    replaced: int
    aside: int
    finds: int
    findings: tuple[tuple[str, str, str, str, str, str], ...]


def _square(value: float) -> str:
    return f"{value:,.0f}"


def _head(view: ProgressView) -> str:
    pending = sum(line.pending_m2 for line in view.weeks)
    accepted = sum(line.accepted_m2 for line in view.weeks)
    rows = (("Waits for inspection", f"{_square(pending)} m²"), ("Accepted", f"{_square(accepted)} m²"),
            ("Returns that hold", f"{view.returns:,}"), ("Replaced by corrections", f"{view.replaced:,}"),
            ("Rows kept aside", f"{view.aside:,}"), ("Items found", f"{view.finds:,}"),
            ("Hours worked, lost", f"{sum(w.hours for w in view.weeks):,.1f}, "
                                   f"{sum(w.lost_hours for w in view.weeks):,.1f}"))
    return "<dl>" + "".join(f"<dt>{_text(k)}</dt><dd>{_text(v)}</dd>" for k, v in rows) + "</dl>"


def _weeks(weeks: Sequence[TeamWeek]) -> str:
    if not weeks:
        return "<p>No daily return is held.</p>"
    return _table("Ground by week and team, m²", (
        ("week from", "day"), ("team", "day"), ("processed", "n"), ("waits", "n"), ("accepted", "n"), ("hours", "n"),
        ("hours lost", "n")),
        [(w.week.isoformat(), w.team or "survey, no team", _square(w.processed_m2), _square(w.pending_m2),
          _square(w.accepted_m2), f"{w.hours:,.1f}", f"{w.lost_hours:,.1f}") for w in weeks])


def _notes(view: ProgressView) -> str:
    if not view.findings:
        return "<p>None.</p>"
    more = len(view.findings) - _SHOWN
    tail = f"<p>… and {more:,} earlier ones; the project keeps them all.</p>" if more > 0 else ""
    return tail + _table("For a person to look at, newest first", (
        ("submission", ""), ("area", "day"), ("what, and what to do", "why"), ("code", "day")),
        [(subject, area, f"{message} {remedy}", code)
         for code, _, subject, area, message, remedy in reversed(view.findings[-_SHOWN:])])


def _nothing_yet(view: ProgressView) -> bool:
    return not (view.weeks or view.shapes or view.findings or view.aside or view.finds)


def progress_html(view: ProgressView, pictures: tuple[bytes, bytes]) -> bytes:
    """Return the page for a project's field work and its map and burn-up (b"" = nothing to show)."""
    if _nothing_yet(view):
        return plain_html(f"Field work: {view.project}", "No daily return has come in yet.", NEXT, NOTICE)
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8")
    ground, rise = pictures
    hidden = f" Not drawn, because the position may not be shown: {view.hidden} areas." if view.hidden else ""
    land = _picture(ground, "Map of areas with processed, waiting and accepted ground; the table holds the figures",
                    f"Colour and hatch tell what became of the ground.{hidden}", wide=False) if ground else (
        f"<p>No ground to draw.{_text(hidden)}</p>")
    line = _picture(rise, "Square metres that count and that were accepted, summed up by day of work",
                    "A day's ground stands at the day it was worked, whenever its return came in.", wide=False
                    ) if rise else "<p>Nothing counts yet.</p>"
    return "".join([
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{_text(view.project)}: field work</title><style>{style}{WIDE}</style></head><body>",
        f'<header><h1>Field work: {_text(view.project)}, <span class="day">{view.day.isoformat()}</span></h1>',
        _head(view), f'<p class="notice">{_text(NOTICE)}</p></header>',
        '<nav aria-label="Contents"><ul><li><a href="#weeks">Weeks</a></li><li><a href="#look">To look at</a></li>',
        '<li><a href="#map">Map</a></li><li><a href="#rise">Burn-up</a></li></ul></nav><main>',
        f'<section id="weeks"><h2>By week and team</h2>{_weeks(view.weeks)}</section>',
        f'<section id="look"><h2>To look at</h2>{_notes(view)}</section>',
        f'<section id="map"><h2>Ground</h2>{land}</section>',
        f'<section id="rise"><h2>Burn-up</h2>{line}</section></main></body></html>\n',
    ]).encode()
