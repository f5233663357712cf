"""The release page: what stands between an area and its release, what may be left and what reduced it, who signed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from safeground.report.words import printable

NOTICE = ("This page shows criteria, records and estimates. A release is decided by three people who sign; no figure "
          "here says that nothing is left.")
_STYLE = (".verdict{font-size:1.15rem;font-weight:600;margin:.4rem 0}.no{color:#b00000;font-weight:700}"
          ".criteria{list-style:none;padding:0;margin:.8rem 0}"
          ".criteria>li{border-bottom:1px solid var(--line);padding:.5rem 0 .5rem 1.7rem;position:relative}"
          ".criteria>li::before{content:'✓';position:absolute;left:.2rem;font-weight:700;color:#00703a}"
          ".criteria>li.unmet{background:#fdf1f0}.criteria>li.unmet::before{content:'✗';color:#b00000}"
          ".criteria .clause{color:var(--soft);font-size:.9rem}.criteria .do{margin:.2rem 0 0}"
          ".fall{display:grid;grid-template-columns:minmax(9rem,20rem) minmax(6rem,1fr) minmax(10rem,max-content);"
          "gap:.35rem .8rem;align-items:center;margin:.6rem 0;padding:0;list-style:none}.fall>li{display:contents}"
          ".fall svg{width:100%;height:1.05rem;display:block;background:var(--band)}"
          ".fall .v{font-variant-numeric:tabular-nums;text-align:right;font-size:.92rem}"
          ".key{font-family:ui-monospace,monospace;font-size:.86rem;overflow-wrap:anywhere}"
          "@media (max-width:640px){.fall{grid-template-columns:1fr;gap:.1rem}.fall .v{text-align:left;"
          "margin-bottom:.6rem}}")
_VERDICT = {"ready": "Every criterion is met. Three signatures decide.",
            "refused": "Not released: {n} of {all} criteria are not met.",
            "released": "Released by three signatures."}
_KIND = {"prior": "#7d8894", "learned": "#7d8894", "left": "#e00000", "hard": "#e00000", "floor": "#e00000"}


def _text(value: object) -> str:
    return escape(printable(str(value)), quote=True)


def _figure(value: float) -> str:
    return f"{value:,.1f}" if value >= 10 else f"{value:.3g}"


def _criteria(values: dict[str, Any]) -> str:
    lines = []
    for item in sorted(values["criteria"], key=lambda c: c["met"]):
        met = item["met"]
        said = f'<strong>{_text(item["id"].capitalize())}</strong>: {_text(item["reason"])}'
        word = "" if met else '<span class="no">not met</span> '
        act = f'<p class="do">What to do: {_text(item["remedy"])}</p>' if item["remedy"] else ""
        count = len(item["source"])
        records = (f'<details><summary>{count} record{"" if count == 1 else "s"}</summary><p class="key">'
                   f'{_text(", ".join(item["source"]))}</p></details>' if count else "")
        lines.append(f'<li{"" if met else " class=" + chr(34) + "unmet" + chr(34)}>{word}{said} <span class="clause">'
                     f'({_text(item["clause"])})</span>{act}{records}</li>')
    return f'<ul class="criteria">{"".join(lines)}</ul>'


def _waterfall(steps: Sequence[dict[str, Any]]) -> str:
    """Return the account as bars on a logarithmic scale, because each search leaves a share of what was there."""
    shown = [s["expected_items"] for s in steps if s["expected_items"] > 0]
    if not shown:
        return ""
    high, low = math.log10(max(shown)), math.log10(min(shown)) - 0.3
    lines = []
    for step in steps:
        value = step["expected_items"]
        wide = 1000 * (math.log10(value) - low) / max(high - low, 1e-9) if value > 0 else 0.0
        found = f', {step["found"]:,.0f} found' if step["found"] else ""
        leaves = f', leaves {100 * math.exp(step["log_survival"]):.2g} %' if step["log_survival"] else ""
        lines.append(
            f'<li><span>{_text(step["step"])}</span><svg viewBox="0 0 1000 10" preserveAspectRatio="none" '
            f'aria-hidden="true"><rect width="{wide:.1f}" height="10" fill="{_KIND.get(step["kind"], "#3d7a56")}"/>'
            f'</svg><span class="v">{_figure(value)} expected{found}{leaves}</span></li>')
    return (f'<h3>What reduced it</h3><p>Expected items after each step; the bars are on a logarithmic scale.</p>'
            f'<ul class="fall">{"".join(lines)}</ul>')


def _residual(values: dict[str, Any]) -> str:
    left = values["residual"]
    if left is None:
        return "<p>No hazard result is on record for the area.</p>"
    said = "".join(f"<p>{_text(line)}</p>" for line in left["statement"])
    points = "".join(f"<li>{_text(line)}</li>" for line in left["assumptions"])
    rest = "".join(f"<li>{_text(line)}</li>" for line in left["not_searched"])
    return (f"{said}{_waterfall(left['account'])}<h3>Not covered by these figures</h3><ul>{rest}</ul>"
            f"<h3>What the model takes for granted</h3><ul>{points}</ul>")


def _signatures(values: dict[str, Any]) -> str:
    dossier = values["dossier"]
    if dossier is None:
        return "<p>No dossier is on record.</p>"
    rows = "".join(f"<dt>{_text(s['role'])}</dt><dd>{_text(s['name'])}"
                   f"{', ' + _text(s['organisation']) if s['organisation'] else ''}, {_text(s['signed_at'])}<br/>"
                   f'<span class="key">key {_text(s["fingerprint"])}</span></dd>' for s in dossier["signatures"])
    return (f'<p>Dossier <span class="key">{_text(dossier["id"])}</span> is {_text(dossier["state"])}; content digest '
            f'<span class="key">{_text(dossier["content_sha256"])}</span>.</p><dl>{rows}</dl>')


def _decisions(decisions: Sequence[dict[str, Any]]) -> str:
    if not decisions:
        return "<p>No decision is on record.</p>"
    lines = []
    for item in decisions:
        mark = (f'<br/><span class="key">certificate SHA-256 {_text(item["certificate_sha256"])}</span>'
                if item["certificate_sha256"] else "")
        why = f": {_text(item['reasons'][0])}" if item["decision"] == "refused" and item["reasons"] else ""
        lines.append(f"<li>{_text(str(item['decided_at'])[:10])} {_text(item['decision'])}{why}{mark}</li>")
    return f"<ul>{''.join(lines)}</ul>"


def release_html(values: dict[str, Any], decisions: Sequence[dict[str, Any]]) -> bytes:
    """Return the page for the release stage's JSON and the area's decisions, oldest first."""
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8")
    area = values["area"]
    name = area["local_id"] or area["name"] or area["id"]
    more = f", {area['name']}" if area["name"] not in ("", name) else ""
    unmet = sum(not c["met"] for c in values["criteria"])
    verdict = _VERDICT[values["decision"]].format(n=unmet, all=len(values["criteria"]))
    return "".join([
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{_text(name)}: release</title><style>{style}{_STYLE}</style></head><body>",
        f'<header><h1>Release: {_text(name)}{_text(more)}</h1>',
        f'<p class="verdict">{_text(verdict)}</p><p class="notice">{_text(NOTICE)}</p></header>',
        '<nav aria-label="Contents"><ul><li><a href="#criteria">Criteria</a></li>',
        '<li><a href="#residual">What may be left</a></li><li><a href="#signatures">Signatures</a></li>',
        '<li><a href="#decisions">Decisions</a></li></ul></nav><main>',
        f'<section id="criteria"><h2>Criteria</h2>{_criteria(values)}</section>',
        f'<section id="residual"><h2>What may be left</h2>{_residual(values)}</section>',
        f'<section id="signatures"><h2>Signatures</h2>{_signatures(values)}</section>',
        f'<section id="decisions"><h2>Decisions</h2>{_decisions(decisions)}</section></main></body></html>\n']).encode()
