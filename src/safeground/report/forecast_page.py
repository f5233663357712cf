"""The forecast page: when the plan is done, how much is released by which day, and what the end waits for."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from safeground.report.words import printable

NOTICE = ("A forecast of a plan, not a promise: ranges of dates and areas as uncertain as the rates behind them. "
          "“Released” here means that the plan's work at an area has ended; inspection and a release decision still "
          "have to follow. Casualty figures are orders of magnitude.")
STYLE = (".scroll>img{width:100%;min-width:38rem}.big{font-size:1.15rem;margin:.3rem 0}.day{white-space:nowrap}"
         ".bar{display:inline-block;height:.7rem;background:#1f5a8a;vertical-align:middle}"
         "td.b{width:30%;min-width:7rem}")
NAMES = ("p10", "p50", "p80", "p90")
BEYOND = "beyond the horizon"


def _text(value: object) -> str:
    return escape(printable(str(value)), quote=True)


def _table(caption: str, heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> str:
    """Return a table that scrolls by itself; cells are markup already; a column's class is "", "n" or "b" (bar)."""
    def attribute(kind: str) -> str:
        return f' class="{kind}"' if kind else ""

    head = "".join(f'<th scope="col"{attribute(k)}>{_text(h)}</th>' for h, k in heads)
    body = "".join("<tr>" + "".join(f"<td{attribute(k)}>{c}</td>" for c, (_, k) in zip(row, heads, strict=True))
                   + "</tr>" for row in rows)
    return (f'<div class="scroll wide" role="region" aria-label="{_text(caption)}" tabindex="0"><table><caption>'
            f"<span>{_text(caption)}</span></caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def _head(values: dict[str, Any]) -> str:
    dates, harm = values["completion_dates"], values["casualties"]
    low, high = harm["interval"]
    rows = (("Window", f"{values['start']} to {values['end']}"),
            ("Planned to be released", f"{values['planned_m2']:,.0f} m² in {values['planned_areas']:,} areas"),
            ("Released so far, land book", f"{values['actual_m2']:,.0f} m²"),
            ("Expected casualties among the teams", f"mean {harm['mean']:.3g}, none with probability "
             f"{harm['p_zero']:.3f}, 90 % interval {low:g} to {high:g}"),
            ("Draws, seed", f"{values['draws']:,}, {values['seed']}"))
    return (f'<p class="big"><strong>All planned areas are released by <span class="day">{values["deadline"]}</span> '
            f"with probability {values['probability_by_deadline']:.2f}.</strong> Half of the draws are done by "
            f'<span class="day">{dates["p50"] or BEYOND}</span>, four in five by <span class="day">'
            f'{dates["p80"] or BEYOND}</span>.</p><dl>'
            + "".join(f"<dt>{_text(k)}</dt><dd>{_text(v)}</dd>" for k, v in rows) + "</dl>")


def _ranges(values: dict[str, Any]) -> str:
    rows = [["all planned areas released on", *(_text(values["completion_dates"][n] or BEYOND) for n in NAMES)]]
    rows += [[f"{_text(name)} by the end of the window, m²", *(f"{area[n]:,.0f}" for n in NAMES)]
             for name, area in values["cleared_m2"].items()]
    rows.append(["items found by then", *(f"{values['items'][n]:,.0f}" for n in NAMES)])
    return _table("Ranges", (("", ""), *((n.upper(), "n") for n in NAMES)), rows)


def _criticality(values: dict[str, Any], kind: str, caption: str, most: int = 40) -> str:
    lines = [line for line in values["critical"] if line["kind"] == kind]
    if not lines:
        return "<p>None is ever waited for.</p>"
    rows = [[_text(line["name"]), _text(line["methods"]), f"{100 * line['share']:.0f} %",
             f'<span class="bar" style="width:{max(1.0, 100 * line["share"]):.0f}%"></span>'] for line in lines[:most]]
    left = f"<p class=\"rest\">{len(lines) - most} more are waited for less often.</p>" if len(lines) > most else ""
    return _table(caption, (("name", ""), ("methods", ""), ("share of draws", "n"), ("", "b")), rows) + left


def _areas(values: dict[str, Any]) -> str:
    rows = [[_text(line["name"]), _text(line["planned"]), *(_text(line[n] or BEYOND) for n in ("p10", "p50", "p90"))]
            for line in values["areas"]]
    return _table("Last day of work by area", (("area", ""), ("planned", "n"), ("P10", "n"), ("P50", "n"),
                                               ("P90", "n")), rows)


def forecast_html(values: dict[str, Any], chart: bytes) -> bytes:
    """Return the page for the forecast stage's JSON and its chart."""
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8")
    picture = base64.b64encode(chart).decode()
    words = "Area released by day: planned, forecast with its range, as the land book has it; the tables hold figures"
    left = ", ".join(values["casualties_left_out"])
    notes = [*values["notes"], *([f"Casualties by {left} are not counted for want of a rate."] if left else [])]
    return "".join([
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{_text(values['project'])}: forecast</title><style>{style}{STYLE}</style></head><body>",
        f"<header><h1>Forecast: {_text(values['project'])}</h1>{_head(values)}",
        f'<p class="notice">{_text(NOTICE)}</p></header>',
        '<nav aria-label="Contents"><ul><li><a href="#burn-up">Burn-up</a></li><li><a href="#ranges">Ranges</a></li>',
        '<li><a href="#waits">What the end waits for</a></li><li><a href="#areas">Areas</a></li>',
        '<li><a href="#notes">Notes</a></li></ul></nav><main><section id="burn-up"><h2>Burn-up</h2>',
        f'<figure><div class="scroll" role="region" aria-label="{_text(words)}" tabindex="0"><img alt="{_text(words)}" '
        f'src="data:image/png;base64,{picture}"/></div><figcaption>Four draws in five lie within the fan on any one '
        "day; a single draw may leave it.</figcaption></figure></section>",
        f'<section id="ranges"><h2>Ranges</h2>{_ranges(values)}</section>',
        '<section id="waits"><h2>What the end waits for</h2><p>In each draw, the last completion waits for a chain of '
        "stages. A share of 40 % means: in 40 of 100 draws that chain holds a stage of it. Shares do not add up.</p>",
        _criticality(values, "team", "Teams and assets"), _criticality(values, "method", "Methods"),
        _criticality(values, "task", "Areas", 15), "</section>",
        f'<section id="areas"><h2>Areas</h2>{_areas(values)}</section>',
        '<section id="notes"><h2>Notes</h2><ul>', "".join(f"<li>{_text(note)}</li>" for note in notes),
        "</ul></section></main></body></html>\n"]).encode()
