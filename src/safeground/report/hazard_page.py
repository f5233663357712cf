"""The hazard page: what is left by area and why, with the maps, as one HTML file that asks for nothing elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from safeground.report.words import printable

NOTICE = ("These figures state evidence, what was searched, and what may be left, with its probability. None of them "
          "says that ground is free of ordnance. Ground about which nothing is known has no figure.")


def _text(value: str) -> str:
    return escape(printable(value), quote=True)


def items(value: float) -> str:
    """Return an expected number of items as people read it."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.3g}"


def probability(value: float) -> str:
    """Return a probability in percent, with enough digits near both ends."""
    share = 100 * value
    if share >= 99.95:
        return "> 99.9 %" if value > 0.9995 else f"{share:.1f} %"
    return f"{share:.1f} %" if share >= 1 else f"{share:.2g} %"


def _row(cells: Sequence[str], head: bool = True) -> str:
    first = f'<th scope="row">{cells[0]}</th>' if head else f"<td>{cells[0]}</td>"
    return "<tr>" + first + "".join(f'<td class="n">{c}</td>' for c in cells[1:]) + "</tr>"


def _table(caption: str, heads: Sequence[str], rows: Sequence[str]) -> str:
    head = "".join(f'<th scope="col"{"" if k == 0 else chr(32) + "class=" + chr(34) + "n" + chr(34)}>{_text(h)}</th>'
                   for k, h in enumerate(heads))
    return (f'<div class="scroll wide" role="region" aria-label="{_text(caption)}" tabindex="0"><table><caption>'
            f"<span>{_text(caption)}</span></caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
            "</table></div>")


def _areas(values: dict[str, Any]) -> str:
    rows = []
    for k, area in enumerate(values["areas"]):
        rows.append(_row((
            f'<a href="#account-{k}">{_text(area["name"] or area["id"])}</a>', f'{area["area_m2"]:,.0f}',
            f'{100 * area["searched_m2"] / area["area_m2"]:.0f} %', items(area["expected_items"]),
            f'{area["interval"][0]:,}–{area["interval"][1]:,}', probability(area["p_any"]),
            items(area["borrowed_items"]))))
    return _table("What is left by area", ("area", "m²", "searched", "expected items left", "90 % interval",
                                           "P(any left)", "of it borrowed: unsearched ground"), rows)


def _account(k: int, area: dict[str, Any]) -> str:
    rows = []
    for line in area["account"]:
        share = f"{100 * (2.718281828459045 ** line['log_survival']):.2g} %" if line["log_survival"] else "–"
        found = f"{line['found']:,.0f}" if line["kind"] not in ("prior", "learned", "left", "hard", "floor") else "–"
        rows.append(_row((_text(line["step"]), items(line["expected_items"]), found, share)))
    opened = ' open="open"' if k < 3 else ""
    return (f'<details id="account-{k}"{opened}><summary>{_text(area["name"] or area["id"])}: '
            f'{items(area["expected_items"])} expected, P(any left) {probability(area["p_any"])}</summary>'
            + _table("What reduced it", ("step", "expected items after it", "found", "leaves of them"), rows)
            + "</details>")


def hazard_html(values: dict[str, Any], pictures: Sequence[bytes]) -> bytes:
    """Return the page for the hazard stage's JSON and one picture for each site, b"" where none was drawn."""
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8")
    figures = "".join(
        f'<h3>{_text(site["name"])}</h3><figure><img loading="lazy" alt="Four maps of {_text(site["name"])}: expected '
        f'items per hectare, probability, width of the interval, knowledge; the table holds the totals" '
        f'src="data:image/png;base64,{base64.b64encode(picture).decode()}"/><figcaption>Cells of {site["cell_m"]:g} m, '
        f'{site["cells"]:,} of them; {len(site["searches"])} searches, {site["finds"]:,.0f} finds.</figcaption>'
        "</figure>"
        for site, picture in zip(values["sites"], pictures, strict=True) if picture)
    undrawn = sum(not picture for picture in pictures)
    if undrawn:
        figures += (f"<p>Not drawn: {undrawn} sites with fewer expected items left; the table and the files of each "
                    "site hold their figures.</p>")
    accounts = "".join(_account(k, area) for k, area in enumerate(values["areas"]))
    return "".join([
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{_text(values['project'])}: hazard</title><style>{style}</style></head><body>",
        f'<header><h1>Hazard: {_text(values["project"])}</h1><p class="notice">{_text(NOTICE)}</p><dl>',
        f"<dt>Expected items left</dt><dd>{items(values['expected_items'])}</dd>",
        f"<dt>Cells</dt><dd>{values['cells']:,}</dd><dt>Seed</dt><dd>{values['seed']}</dd></dl></header>",
        '<nav aria-label="Contents"><ul><li><a href="#areas">Areas</a></li><li><a href="#maps">Maps</a></li>',
        '<li><a href="#accounts">What reduced it</a></li></ul></nav><main>',
        f'<section id="areas"><h2>Areas</h2>{_areas(values)}</section>',
        f'<section id="accounts"><h2>What reduced it</h2>{accounts}</section>',
        f'<section id="maps"><h2>Maps</h2>{figures}</section></main></body></html>\n']).encode()
