"""The situation report as one HTML file that asks for nothing from anywhere else."""

from __future__ import annotations

import base64
import unicodedata
from html import escape
from importlib.resources import files

from safeground.report.content import (
    Bar,
    Section,
    Table,
    header_lines,
    record_lists,
    situation_sections,
)
from safeground.report.figures import REPORTED, Figure, situation_figures
from safeground.report.maps import map_png
from safeground.report.situation import LayerKind, SituationInput
from safeground.report.words import NOTICE, counted, number, printable

_OPEN_MAX = 12


def _text(value: str) -> str:
    """Return text for HTML: escaped, its control characters shown as spaces, its direction kept to itself."""
    plain = printable(value)
    said = escape(plain, quote=True)
    turned = any(unicodedata.bidirectional(c) in ("R", "AL", "RLO", "LRO", "RLE", "LRE", "RLI", "LRI") for c in plain)
    return f"<bdi>{said}</bdi>" if turned else said


def _cell(text: str, is_number: bool, link: str, heads: bool) -> str:
    said = f'<a href="#{escape(link)}">{_text(text)}</a>' if link else _text(text)
    if heads:
        return f'<th scope="row">{said}</th>'
    return f'<td class="n">{said}</td>' if is_number else f"<td>{said}</td>"


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col"{" class=" + chr(34) + "n" + chr(34) if c.number else ""}>{_text(c.heading)}</th>'
                    for c in table.columns)
    lines = []
    for index, row in enumerate(table.rows):
        link = table.links[index] if table.links else ""
        cells = "".join(_cell(text, column.number, link if place in (0, len(row) - 1) else "", place == 0)
                        for place, (text, column) in enumerate(zip(row, table.columns, strict=True)))
        last = table.total and index == len(table.rows) - 1
        lines.append(f'<tr class="total">{cells}</tr>' if last else f"<tr>{cells}</tr>")
    rest = (f'<p class="rest">{table.left_out:,} more are not printed here; "safeground export" writes them all.</p>'
            if table.left_out else "")
    wide = " wide" if len(table.columns) > 5 else ""
    return (f'<div class="scroll{wide}" role="region" aria-label="{_text(table.caption)}" tabindex="0"><table>'
            f"<caption><span>{_text(table.caption)}</span></caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{''.join(lines)}</tbody></table></div>{rest}")


def _swatch(kind: str) -> str:
    return (f'<svg viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" style="fill:var(--{kind})"/>'
            "</svg>")


def _bars(title: str, bars: tuple[Bar, ...]) -> str:
    longest = max((sum(m2 for _, m2 in bar.parts) for bar in bars), default=0.0) or 1.0
    lines = []
    for bar in bars:
        x, rects = 0.0, []
        for kind, m2 in bar.parts:
            width = m2 / longest * 1000
            rects.append(f'<rect x="{x:.2f}" width="{width:.2f}" height="10" style="fill:var(--{kind})"/>')
            x += width
        lines.append(f'<li><span>{_text(bar.label)}</span><svg viewBox="0 0 1000 10" preserveAspectRatio="none" '
                     f'aria-hidden="true">{"".join(rects)}</svg><span class="v">{_text(bar.text)}</span></li>')
    return f'<h3>{_text(title)}</h3><ul class="bars">{"".join(lines)}</ul>'


def _map(given: SituationInput) -> str:
    def data(width_px: int, width_in: float) -> str:
        return "data:image/png;base64," + base64.b64encode(map_png(given, None, width_px, width_in=width_in)).decode()

    drawn = ", ".join(f"{len(layer.ids):,} {layer.kind.value}" for layer in given.layers) or "nothing"
    alt = (f"Map of the project in IMAS symbols. Drawn: {drawn}. The tables hold the same figures; "
           "no symbol does not mean no hazard.")
    aside = (" Dotted outlines are provisional: rows that were not taken in, shown as the hull of what could be read."
             if any(layer.kind is LayerKind.QUARANTINED for layer in given.layers) else "")
    return (f'<figure><picture><source media="(max-width: 640px)" srcset="{data(780, 3.7)}"/>'
            f'<img src="{data(1800, 9.5)}" alt="{escape(alt)}"/></picture><figcaption>Positions in WGS 84.'
            f"{aside}</figcaption></figure>")


def _section(section: Section, given: SituationInput) -> str:
    parts = [f'<section id="{section.anchor}"><h2>{_text(section.title)}</h2>']
    parts += [f"<p>{_text(said)}</p>" for said in section.paragraphs]
    if section.points:
        parts.append("<ul>" + "".join(f"<li>{_text(said)}</li>" for said in section.points) + "</ul>")
    if section.has_map:
        parts.append(_map(given))
    if section.bars:
        parts.append('<ul class="key">' + "".join(f"<li>{_swatch(s.value)}{s.value}</li>" for s in REPORTED) + "</ul>")
    parts += [_bars(title, bars) for title, bars in section.bars]
    parts += [_table(table) for table in section.tables]
    return "".join([*parts, "</section>"])


def _records(figures: tuple[Figure, ...], given: SituationInput) -> str:
    parts = ['<section id="records"><h2>Records behind the figures</h2>']
    for name, figure, table in record_lists(given, figures):
        opened = ' open="open"' if len(figure.records) <= _OPEN_MAX else ""
        title = f"{figure.name}: {number(figure.value)} {figure.unit} from {counted(len(figure.records), 'record')}"
        parts.append(f'<details id="{name}"{opened}><summary>{_text(title)}</summary>'
                     f"{_table(table)}</details>")
    return "".join([*parts, "</section>"])


#: Opens the list that a figure leads to; without it the list's heading is still reached and opens by hand.
_OPENER = ('<script>addEventListener("hashchange",o);addEventListener("load",o);function o(){'
           'var d=document.getElementById(location.hash.slice(1));'
           'if(d)if(d.tagName==="DETAILS"){d.open=true;d.scrollIntoView()}}</script>')


def situation_html(given: SituationInput) -> str:
    """Return the report as one file: styles, map and chart inside, no request to anywhere.

    Raises
    ------
    InvariantBroken : its figures do not equal the land book (``SG-REPORT-001``).
    """
    figures = situation_figures(given)
    sections = situation_sections(given)
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8")
    contents = "".join(f'<li><a href="#{s.anchor}">{_text(s.title)}</a></li>' for s in sections)
    about = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in header_lines(given))
    title = _text(f"Situation report: {given.project}")
    return "".join([
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{escape(printable(given.project))}: situation report</title><style>{style}</style></head><body>",
        f'<header><h1>{title}</h1><p class="notice">{_text(NOTICE)}</p><dl>{about}</dl></header>',
        f'<nav aria-label="Contents"><ul>{contents}<li><a href="#records">Records behind the figures</a></li></ul>'
        "</nav><main>", *(_section(section, given) for section in sections), _records(figures, given),
        f"</main>{_OPENER}</body></html>\n"])
