"""Drawings of the claims' page as SVG: when the claimed things happened, and which reports go back to which origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from itertools import pairwise
from typing import Any

from safeground.report.words import printable

#: Colours of interest blocs, in the order of their first mention; the last is for what has no bloc.
BLOCS = ("#1f5fa8", "#b3261e", "#1b6e4b", "#8a6d00", "#6a4fb0", "#7a1f5c")
NO_BLOC = "#5f6b76"
_LEFT, _WIDTH, _ROW = 190, 620, 24
_BOX, _GAP, _STEP = 232, 92, 46
_TICKS_MAX = 9


def _text(value: object) -> str:
    return escape(printable(str(value)), quote=True)


def _short(words: str, letters: int = 30) -> str:
    return words if len(words) <= letters else words[: letters - 1].rstrip() + "…"


def _ticks(first: date, last: date) -> list[date]:
    """Return first days of months or years between two days, few enough to be read."""
    months = []
    at = date(first.year, first.month, 1)
    while at <= last:
        if at >= first:
            months.append(at)
        at = (at + timedelta(days=32)).replace(day=1)
    years = [day for day in months if day.month == 1]
    found = months if len(months) <= _TICKS_MAX else years
    step = -(-len(found) // _TICKS_MAX) or 1
    return found[::step]


def timeline(claims: Sequence[dict[str, Any]]) -> str:
    """Return a chart of the claims' bounds: dark from the latest start to the earliest end, light where it is open.

    Parameters
    ----------
    claims : plain claims with ``time``; those without an end are left out.
    """
    dated = [c for c in claims if c["time"]["latest_end"]]
    if not dated:
        return "<p>No claim is dated.</p>"
    days = [date.fromisoformat(d) for c in dated for d in (c["time"]["earliest_start"], c["time"]["latest_end"]) if d]
    first, last = min(days), max(days)
    span = max((last - first).days, 1)

    def x(day: str | date | None, other: date = first) -> float:
        when = date.fromisoformat(day) if isinstance(day, str) else day or other
        return _LEFT + _WIDTH * (when - first).days / span

    bottom = 34 + len(dated) * _ROW
    parts = [f'<line class="grid" x1="{x(tick):.1f}" y1="20" x2="{x(tick):.1f}" y2="{bottom}"/>'
             f'<text class="tick" x="{x(tick):.1f}" y="{bottom + 14}">{tick.isoformat()[:7]}</text>'
             for tick in _ticks(first, last) if x(tick) < _LEFT + _WIDTH - 20]
    parts.append(f'<text x="{_LEFT}" y="12">{first}</text>'
                 f'<text class="right" x="{_LEFT + _WIDTH}" y="12">{last}</text>')
    for k, claim in enumerate(dated):
        parts.append(_bar(claim, 26 + k * _ROW, x, first, last))
    return (f'<figure class="chart"><svg viewBox="0 0 {_LEFT + _WIDTH + 12} {bottom + 22}" width="100%" '
            f'style="min-width:560px" role="img" aria-label="When the claimed things happened">{"".join(parts)}</svg>'
            "<figcaption>Light: between the earliest start and the latest end that the text allows; open to the left "
            "where no start is told. Dark: surely going on.</figcaption></figure>")


def _bar(claim: dict[str, Any], y: int, x: Any, first: date, last: date) -> str:
    t = claim["time"]
    a, d = x(t["earliest_start"], first), x(t["latest_end"], last)
    days = " – ".join(f"{t[one] or 'open'}" for one in ("earliest_start", "latest_start", "earliest_end", "latest_end"))
    name = f'{claim["id"].rsplit("-", 1)[-1]} {claim["type"]}'
    out = (f'<g><title>{_text(name)}: {_text(days)}. {_text(claim["quote"])}</title>'
           f'<a href="#{_text(claim["id"])}"><text x="0" y="{y + 12}">{_text(_short(name, 26))}</text></a>'
           f'<rect class="{"open" if t["earliest_start"] else "open left"}" x="{a:.1f}" y="{y + 3}" '
           f'width="{max(d - a, 4):.1f}" height="12"/>')
    if t["latest_start"] and t["earliest_end"] and t["latest_start"] <= t["earliest_end"]:
        b, c = x(t["latest_start"]), x(t["earliest_end"])
        out += f'<rect class="bar" x="{b:.1f}" y="{y + 3}" width="{max(c - b, 4):.1f}" height="12"/>'
    return out + "</g>"


def origin_graph(values: dict[str, Any]) -> str:
    """Return the graph of reports, relays and origins: a line for each way that claims took, as wide as they are many.

    Parameters
    ----------
    values : JSON of the claims stage; origins that are joined are one node.
    """
    heads = {o["id"]: o for o in values["origins"]}
    joined = {o["id"]: o["joined"] for o in values["origins"]}
    edges: Counter[tuple[tuple[int, str], tuple[int, str]]] = Counter()
    columns: tuple[dict[str, str], dict[str, str], dict[str, str]] = ({}, {}, {})
    documents = {d["id"]: d for d in values["documents"]}
    for claim in values["claims"]:
        root = joined.get(claim["origin"])
        if root is None or claim["status"] == "rejected":
            continue
        document = documents.get(claim["document"], {})
        report = " ".join(p for p in (document.get("outlet") or document.get("title") or claim["document"],
                                      document.get("published") or "") if p)
        columns[0].setdefault(claim["document"], report)
        head = heads.get(root, heads[claim["origin"]])
        columns[2].setdefault(root, head["agent"] + ("" if head["known"] else " (not named)"))
        way = [(0, claim["document"])]
        for link in claim["chain"][1:-1]:
            if link["agent"]:
                columns[1].setdefault(link["agent"], link["agent"])
                way.append((1, link["agent"]))
        way.append((2, root))
        for pair in pairwise(way):
            edges[pair] += 1
    if not edges:
        return "<p>No claim goes back to an origin yet.</p>"
    blocs = [b for b in dict.fromkeys(o["bloc"] for o in values["origins"]) if b]
    colours = {b: BLOCS[k % len(BLOCS)] for k, b in enumerate(blocs)}
    return _drawn(columns, edges, {key: heads[key]["bloc"] if key in heads else "" for key in columns[2]}, colours)


def _drawn(columns: Sequence[dict[str, str]], edges: Counter[tuple[tuple[int, str], tuple[int, str]]],
           bloc_of: dict[str, str], colours: dict[str, str]) -> str:
    tallest = max(len(column) for column in columns)
    height = 34 + tallest * _STEP
    place = {(n, key): 34 + (height - 34) * (k + 0.5) / len(column)
             for n, column in enumerate(columns) for k, key in enumerate(column)}
    parts = [f'<text class="head" x="{n * (_BOX + _GAP)}" y="16">{title}</text>'
             for n, title in enumerate(("Reports", "Relays", "Origins: each counts once"))]
    for (one, other), count in sorted(edges.items()):
        x1, x2 = one[0] * (_BOX + _GAP) + _BOX, other[0] * (_BOX + _GAP)
        if x2 <= x1:  # a relay of a relay: the line leaves and enters on the right
            x2 = x1
        y1, y2 = place[one], place[other]
        middle = (x1 + x2) / 2 if x2 > x1 else x1 + _GAP / 2
        parts.append(f'<path class="edge" stroke-width="{min(1 + count, 9)}" d="M{x1} {y1:.1f} C{middle:.1f} {y1:.1f} '
                     f'{middle:.1f} {y2:.1f} {x2} {y2:.1f}"><title>{count} claims</title></path>')
    for n, column in enumerate(columns):
        for key, words in column.items():
            bloc = bloc_of.get(key, "") if n == 2 else ""
            colour = colours.get(bloc, NO_BLOC)
            y = place[n, key]
            parts.append(f'<g><title>{_text(words)}{f" ({_text(bloc)})" if bloc else ""}</title><rect class="node" x="'
                         f'{n * (_BOX + _GAP)}" y="{y - 16:.1f}" width="{_BOX}" height="32" rx="5" stroke="{colour}"/>'
                         f'<text x="{n * (_BOX + _GAP) + 9}" y="{y + 4:.1f}">{_text(_short(words))}</text></g>')
    keys = "".join(f'<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" fill="{colour}"/>'
                   f"</svg>{_text(bloc)}</li>" for bloc, colour in colours.items())
    return (f'<figure class="chart"><svg viewBox="-4 0 {3 * _BOX + 2 * _GAP + 8} {height + 6}" width="100%" '
            f'style="min-width:680px" role="img" aria-label="Reports, relays and origins; the table says the same">'
            f'{"".join(parts)}</svg><figcaption>From each report over its relays to the root that spoke. Many lines '
            f'into one box are one voice, however many reports.</figcaption><ul class="key">{keys}</ul></figure>')
