"""The page of claims: the text with its spans, who says so, when, which origins, and how they add up."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from safeground.report.claims_plots import origin_graph, timeline
from safeground.report.plain_page import plain_html
from safeground.report.words import printable

NOTICE = ("Public reports, taken apart. A claim opens a survey at most: it cancels, reduces and releases nothing, "
          "and a reported clearance is a reason to ask for records. Many reports of one speech are one origin.")
COLOURS = {"contamination": "#b3261e", "accident": "#b3261e", "clearance": "#1b6e4b", "deployment": "#1f5fa8",
           "casualty": "#7a1f5c", "acknowledgement": "#6a4fb0", "ceremony": "#8a6d00", "speech": "#8a6d00",
           "honours": "#8a6d00"}
_INTEREST = {True: "goes against it", False: "serves it", None: "—"}
STYLE = """
mark{background:none;border-bottom:3px solid var(--c);padding:0 1px;color:inherit}
mark sup{font-size:.65em;color:var(--c);font-weight:700;margin-left:1px}
.text{white-space:pre-wrap;line-height:1.7;max-width:46rem}
.furniture{color:#767676}
.bar{fill:#1f5fa8}.open{fill:#1f5fa8;opacity:.35}.left{stroke:#1f5fa8;stroke-dasharray:3 2}
.grid{stroke:#cfd6dd}.edge{fill:none;stroke:#8b97a3;opacity:.6}.node{fill:#fff;stroke-width:2}
svg text{font:13px system-ui,sans-serif;fill:#222}
svg text.tick{text-anchor:middle;fill:#4c5a68}svg text.right{text-anchor:end}svg text.head{font-weight:700}
.decide{border:2px solid var(--link);border-radius:.4rem;padding:.7rem 1rem;margin:1rem 0;background:#fff;
position:sticky;bottom:0}
.decide label{display:block;margin:.2rem 0}.decide input{font:inherit;width:100%;padding:.4rem;border:1px solid #767676}
.decide button{font:inherit;padding:.45rem .9rem;margin:.4rem .4rem 0 0;min-height:2.75rem}
.decide output{display:block;font-weight:600;margin-top:.4rem}
@media (max-width:640px){.decide{padding:.35rem .6rem;margin:.5rem 0}
.decide p{font-size:.8rem;margin:0;line-height:1.25}
.decide label{display:flex;gap:.4rem;align-items:center;white-space:nowrap}
.decide button{padding:.3rem .5rem;margin:.2rem .2rem 0 0;
font-size:.85rem}}
td label.pick{display:flex;gap:.4rem;align-items:flex-start;cursor:pointer}
td label.pick input{min-width:1.4rem;min-height:1.4rem}
figure.chart{margin:1rem 0;overflow-x:auto}
td.quote{min-width:16rem}
"""


def _text(value: object) -> str:
    return escape(printable(str(value)), quote=True)


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table that scrolls by itself; cells are markup already."""
    if not rows:
        return f"<p>{_text(caption)}: none.</p>"
    head = "".join(f'<th scope="col">{_text(h)}</th>' for h in heads)
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return (f'<div class="scroll wide" role="region" aria-label="{_text(caption)}" tabindex="0"><table><caption>'
            f"<span>{_text(caption)}</span></caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def _marked(document: dict[str, Any], claims: Sequence[dict[str, Any]]) -> str:
    """Return the text with every claim's span marked and page furniture in grey."""
    text = document.get("text", "")
    opened: dict[int, list[str]] = {}
    closed: dict[int, list[str]] = {}
    for block in document.get("boilerplate", []):
        opened.setdefault(block["start"], []).append('<span class="furniture">')
        closed.setdefault(block["end"], []).append("</span>")
    taken = 0
    for claim in sorted(claims, key=lambda c: (c["start"], -c["end"])):
        if claim["start"] < taken:
            continue
        taken = claim["end"]
        colour = COLOURS.get(claim["type"], "#555")
        others = [c for c in claims if c["start"] < taken and c["end"] > claim["start"]]
        names = ", ".join(f'<a href="#{_text(c["id"])}">{_text(c["id"].rsplit("-", 1)[-1])}</a>' for c in others)
        opened.setdefault(claim["start"], []).append(f'<mark style="--c:{colour}">')
        closed.setdefault(claim["end"], []).append(f"<sup>{names}</sup></mark>")
    out, at = [], 0
    for place in sorted({*opened, *closed, len(text)}):
        out.append("\n".join(_text(line) for line in text[at:place].split("\n")))
        out += closed.get(place, [])
        out += opened.get(place, [])
        at = place
    return f'<div class="text" dir="auto">{"".join(out)}</div>'


def _picked(key: str, words: str, deciding: bool, kind: str) -> str:
    """Return an id, with a box to tick before it where people decide on the page."""
    name = f'<span id="{_text(key)}">{_text(words)}</span>' if kind == "claim" else _text(words)
    if not deciding:
        return name
    return (f'<label class="pick"><input type="checkbox" data-{kind}="{_text(key)}" aria-label="choose {kind} '
            f'{_text(words)}"/>{name}</label>')


def _claims(claims: Sequence[dict[str, Any]], deciding: bool) -> str:
    rows = []
    for c in claims:
        chain = " › ".join(_text(link["agent"] or "the text") for link in c["chain"])
        figures = ", ".join(_figure(f) for f in c["figures"])
        where = f'{_text(c["place"]["name"])} ({_text(c["place"]["level"])})' if c["place"] else ""
        rows.append((_picked(c["id"], c["id"], deciding, "claim"), _text(c["type"]),
                     f'<q>{_text(c["quote"])}</q>', chain, figures, _when(c["time"]), where, _text(c["certainty"]),
                     _INTEREST[c.get("against_interest")], _text(c["status"])))
    return _table("Claims", ("claim", "type", "says", "according to", "figures", "when", "where", "how sure",
                             "interest of its root", "state"), rows)


def _figure(figure: dict[str, Any]) -> str:
    low, high = figure["value_low"], figure["value_high"]
    if high is None:
        return f"at least {low:,g} {_text(figure['unit'])}"
    if low is None:
        return f"at most {high:,g} {_text(figure['unit'])}"
    return f"{low:,g}{'' if low == high else f' to {high:,g}'} {_text(figure['unit'])}"


def _when(time: dict[str, Any]) -> str:
    parts = []
    if time["earliest_start"] and time["latest_start"] and time["earliest_end"] != time["earliest_start"]:
        parts.append(f"began {time['earliest_start']} to {time['latest_start']}, ended {time['earliest_end']} to "
                     f"{time['latest_end']}")
    elif time["earliest_start"] or time["latest_end"]:
        days = dict.fromkeys(d for d in (time["earliest_start"], time["latest_end"]) if d)
        parts.append(("until " if not time["earliest_start"] else "") + " to ".join(days))
    if time["duration_days_max"] is not None:
        low, high = time["duration_days_min"] or 0, time["duration_days_max"]
        parts.append(f"{high:g} days" if low == high else f"{low:g} to {high:g} days")
    return _text("; ".join(parts))


def _origins(values: dict[str, Any], deciding: bool) -> str:
    joined: dict[str, list[dict[str, Any]]] = {}
    for origin in values["origins"]:
        joined.setdefault(origin["joined"], []).append(origin)
    rows = []
    for key, group in joined.items():
        ids = {o["id"] for o in group}
        claims = [c for c in values["claims"] if c["origin"] in ids]
        documents = {c["document"] for c in claims}
        head = next((o for o in group if o["id"] == key), group[0])
        rows.append((_text(head["agent"]) + ("" if head["known"] else " (not named)"), _text(head["bloc"] or "—"),
                     _text(head["day"] or "—"), str(len(documents)), str(len(claims)),
                     ", ".join(f'<a href="#{_text(c["id"])}">{_text(c["id"])}</a>' for c in claims),
                     _picked(key, key, deciding, "origin")))
    return _table("Origins: each counts once", ("who", "bloc", "day", "reports", "claims", "which", "id"), rows)


def _waterfall(hypothesis: dict[str, Any]) -> str:
    """Return the steps from the prior to the probability, in log odds, as if the drafts were confirmed."""
    found = hypothesis["as_proposed"]
    rows = [("prior", "—", "—", "—", f"{found['prior']:.3f}")]
    rows += [(_text(t["origin"]), _text(t["bloc"]), f"{t['log_ratio']:+.2f}", f"× {t['weight']:.2f}",
              f"{t['added']:+.2f}") for t in found["terms"]]
    rows.append(("all drafts held", _text(found["counts"]), f"ρ = 0: {found['probability_rho_0']:.3f}",
                 f"ρ = 1: {found['probability_rho_1']:.3f}", f"{found['probability']:.3f}"))
    rows.append(("confirmed claims alone", _text(hypothesis["weighed"]["counts"]), "", "",
                 f"{hypothesis['weighed']['probability']:.3f}"))
    return _table(f"{hypothesis['statement']} (digit {found['digit']})",
                  ("step", "bloc", "log ratio", "discount", "adds, or probability"), rows)


def _rates(values: dict[str, Any]) -> str:
    rows = []
    for rate in values["plausibility"]["rates"]:
        known = rate["range"]["low"] is not None
        practice = (f"{rate['range']['low']:g} to {rate['range']['high']:g}" if known else "no range found")
        high = "open" if rate["high"] is None else f"{rate['high']:,.3g}"
        implied = f"{rate['low']:,.3g}" + ("" if rate["low"] == rate["high"] else f" to {high}")
        rows.append((_text(rate["title"]), implied,
                     _text(rate["unit"]), _text(practice), _text(rate["verdict"]), _text(rate["needed"] or "—"),
                     _text(f"{rate['range']['source']}. {rate['range']['arithmetic']}")))
    return (f"<p>{_text(values['plausibility']['summary'])}</p>"
            + _table("Claimed totals against practice", ("rate", "implied", "unit", "practice", "verdict",
                                                         "what would have to be true", "source"), rows))


def _next(values: dict[str, Any]) -> str:
    leads = [(_text(lead["place"]["name"]), _text(lead["place"]["level"]), f"{lead['strength']:.2f}",
              _text(", ".join(lead["claims"]))) for lead in values["leads"]]
    asked = [(_text(r["place"]["name"]), _text("; ".join(r["wanted"])), _text(", ".join(r["claims"])))
             for r in values["records_requested"]]
    return (_table("Survey leads (confirmed claims of presence)", ("place", "level", "adds to log odds", "claims"),
                   leads)
            + _table("Reported cleared, not verified: records to ask for", ("place", "ask for", "claims"), asked))


def _decide(person: str, token: str) -> str:
    """Return the panel in which a person says why and decides."""
    return (f'<form class="decide" id="decide" data-token="{_text(token)}" aria-label="Decide">'
            f"<p>Deciding as <strong>{_text(person)}</strong>. Tick claims above, or two origins, say why, and choose."
            '</p><label>Reason <input id="reason" name="reason" maxlength="500" required autocomplete="off"/></label>'
            '<button type="button" data-do="confirm">Confirm</button>'
            '<button type="button" data-do="reject">Reject</button>'
            '<button type="button" data-do="merge">Merge origins</button>'
            '<output aria-live="polite"></output></form>')


def claims_html(values: dict[str, Any], *, person: str = "", token: str = "") -> bytes:
    """Return the page of a project's claims.

    Parameters
    ----------
    values : JSON of the claims stage with every document's text (``claims_json(…, everything=True)``).
    person : who decides on the page where a server shows it, "" = nobody: the page only shows.
    token : what the server wants back with a decision.
    """
    deciding = bool(person)
    if not (values["documents"] or values["claims"]):
        return plain_html(f"Claims: {values['project']}", "No public report has come in yet.", (
            ("Take reports in and take them apart", "safeground claims PROJECT FILE… --published DAY --outlet NAME"),),
            NOTICE)
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8") + STYLE
    parts = []
    for document in values["documents"]:
        claims = [c for c in values["claims"] if c["document"] == document["id"]]
        said = document["published"] or "not known"
        source = f" ({document['published_source']}, grade {document['published_grade'] or '—'})" if document[
            "published"] else ""
        parts.append(f"<section><h2>{_text(document['title'] or document['outlet'] or document['id'])}</h2>"
                     f"<p>{_text(document['outlet'] or 'outlet not named')}; published {_text(said + source)}; SHA-256 "
                     f"<code>{_text(document['sha256'][:16])}…</code></p>{_marked(document, claims)}{timeline(claims)}"
                     f"{_claims(claims, deciding)}</section>")
    weighed = "".join(_waterfall(h) for h in values["hypotheses"]) or "<p>No claim bears on a named place.</p>"
    body = (f"<h1>Claims: {_text(values['project'])}</h1><p class='notice'>{_text(NOTICE)}</p>{''.join(parts)}"
            f"<section><h2>Origins</h2>{origin_graph(values)}{_origins(values, deciding)}</section>"
            f"<section><h2>How they add up</h2>{weighed}</section>"
            f"<section><h2>Against practice</h2>{_rates(values)}</section><section><h2>What follows</h2>{_next(values)}"
            "</section>")
    if values.get("attribution"):
        body += f"<p>{_text(values['attribution'])}</p>"
    if deciding:
        body += _decide(person, token)
    script = '<script src="/claims/decide.js" defer></script>' if deciding else ""
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width='
            f'device-width,initial-scale=1"/><title>Claims: {_text(values["project"])}</title><style>{style}</style>'
            f"{script}"
            "</head>"
            f"<body><main>{body}</main></body></html>").encode()
