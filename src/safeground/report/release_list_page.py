"""The page of all releases: every area, what of its ground is left, waits or is released, and who signed what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from safeground.report.plain_page import plain_html, steps_html
from safeground.report.release_page import NOTICE
from safeground.report.words import counted, printable, square_metres

#: Areas and decisions that the page lists.
SHOWN = 500
_STATES = {"": "no dossier", "draft": "prepared, to be verified", "verified": "verified, to be signed",
           "signed": "released", "withdrawn": "dossier withdrawn"}
_NEXT = (("See what stands between an area and its release", "safeground release PROJECT AREA"),
         ("Write its dossier once every criterion is met",
          "safeground release PROJECT prepare AREA --as PERSON --key FILE"))
_STYLE = (".day{white-space:nowrap}.key{font-family:ui-monospace,monospace;font-size:.86rem;overflow-wrap:anywhere}"
          "thead th.n{white-space:normal}.wide tbody th{min-width:7rem}")


def _text(value: object) -> str:
    return escape(printable(str(value)), quote=True)


def _rows(areas: Sequence[dict[str, Any]], address: Callable[[str], str]) -> str:
    lines = []
    for area in areas:
        name = area["local_id"] or area["name"] or area["id"]
        more = f", {area['name']}" if area["name"] and area["name"] != name else ""
        cells = "".join(f'<td class="n">{square_metres(area[key])}</td>' for key in (
            "hazardous_cm2", "waiting_cm2", "released_cm2"))
        lines.append(f'<tr><th scope="row"><a href="{_text(address(area["id"]))}">{_text(name)}</a>{_text(more)}</th>'
                     f'<td>{_text(_STATES[area["dossier"]])}</td>{cells}</tr>')
    return "".join(lines)


def _areas(areas: Sequence[dict[str, Any]], address: Callable[[str], str]) -> str:
    left = len(areas) - SHOWN
    more = f"<p>… and {left:,} more; name one to the command.</p>" if left > 0 else ""
    heads = "".join(f'<th scope="col"{mark}>{head}</th>' for head, mark in (
        ("area", ""), ("release", ""), ("suspected or confirmed, m²", ' class="n"'),
        ("of it waits for inspection, m²", ' class="n"'), ("released in the book, m²", ' class="n"')))
    caption = "Areas: dossiers under way first, then areas with nothing left that is suspected or confirmed"
    return (f'<div class="scroll wide" role="region" aria-label="{caption}" tabindex="0"><table><caption>'
            f"<span>{caption}</span></caption><thead><tr>{heads}</tr></thead>"
            f"<tbody>{_rows(areas[:SHOWN], address)}</tbody></table></div>{more}")


def _record(row: dict[str, Any]) -> str:
    if row["kind"] == "dossier":
        signed = f"; signed by {', '.join(row['signed_by'])}" if row["signed_by"] else ""
        return (f"<li>{_text(row['area'])}: dossier {_text(row['state'])}{_text(signed)}<br/>"
                f'<span class="key">content SHA-256 {_text(row["content_sha256"])}</span></li>')
    why = f": {row['reasons'][0]}" if row["state"] != "released" and row["reasons"] else ""
    mark = (f'<br/><span class="key">certificate SHA-256 {_text(row["certificate_sha256"])}</span>'
            if row["certificate_sha256"] else "")
    return (f'<li>{_text(row["area"])}: {_text(row["state"])} on <span class="day">{_text(str(row["decided_at"])[:10])}'
            f"</span>{_text(why)}{mark}</li>")


def release_list_html(values: dict[str, Any], address: Callable[[str], str]) -> bytes:
    """Return the page.

    Parameters
    ----------
    values : JSON of the verb ``list``, with the project's name in ``name`` and its areas in the order of the table.
    address : from an area's id to its own page.
    """
    title = f"Release: {values['name']}"
    if not values["areas"]:
        return plain_html(title, "The project holds no hazardous area with an outline, so that there is nothing to "
                          "release.", (("Take suspected or confirmed areas in", "safeground intake PROJECT FILE…"),),
                          NOTICE)
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8")
    done = [row for row in values["releases"] if row["kind"] == "decision"]
    kept = [row for row in values["releases"] if row["kind"] == "dossier"]
    newest = list(reversed([*kept, *done]))
    left = len(newest) - SHOWN
    records = (f"<ul>{''.join(_record(row) for row in newest[:SHOWN])}</ul>" + (
        f"<p>… and {left:,} earlier ones; the project keeps them all.</p>" if left > 0 else "")
    ) if newest else steps_html("No dossier and no decision is on record yet.", _NEXT)
    signed = sum(area["dossier"] == "signed" for area in values["areas"])
    return "".join([
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{_text(title)}</title><style>{style}{_STYLE}</style></head><body><header><h1>{_text(title)}</h1>",
        f"<p>{counted(len(values['areas']), 'area')}, {signed:,} of them released by three signatures.</p>",
        f'<p class="notice">{_text(NOTICE)}</p></header>',
        '<nav aria-label="Contents"><ul><li><a href="#areas">Areas</a></li><li><a href="#records">Dossiers and '
        "decisions</a></li></ul></nav><main>",
        f'<section id="areas"><h2>Areas</h2>{_areas(values["areas"], address)}</section>',
        f'<section id="records"><h2>Dossiers and decisions</h2>{records}</section></main></body></html>\n']).encode()
