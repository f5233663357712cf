"""The inspection page: lots and where they stand, samples over their ground, operating characteristics, cases."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from safeground.report.plain_page import Step, plain_html, steps_html
from safeground.report.words import counted, printable, unbroken_m2

NOTICE = ("An accepted lot met the sampling plan: a worse lot would have been rejected with the confidence stated. "
          "It does not say that nothing is left in the ground. The risk-aware sample is shown for comparison; the "
          "plan's sample decides.")
STYLE = (".scroll>img{width:100%;min-width:26rem}.scroll>img.wide-map{min-width:40rem}td.why{min-width:16rem}"
         ".day{white-space:nowrap}article{border-top:1px solid var(--line);margin-top:1.2rem}"
         ".pair{display:grid;grid-template-columns:1fr;gap:.5rem}.oc img,img.one-map{max-width:42rem}"
         ".wide td:first-child,.wide tbody th{min-width:4.5rem}")
STATES = {"formed": "formed, seed sealed", "drawn": "drawn, to be inspected", "accepted": "accepted",
          "rejected": "rejected", "withdrawn": "withdrawn", "revoked": "revoked after a find"}
STRATA = {"near_finds": "near finds", "edge": "edge", "last_day": "last day of work", "rest": "rest"}


def _text(value: object) -> str:
    return escape(printable(str(value)), quote=True)


def _table(caption: str, heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[object]]) -> str:
    """Return a table that scrolls by itself; a column's class is "" or "n" (number) or "why" (long text)."""
    def cell(value: object, kind: str) -> str:
        mark = f' class="{kind}"' if kind else ""
        return f"<td{mark}>{_text(value)}</td>"

    head = "".join(f'<th scope="col"{chr(32) + "class=" + chr(34) + k + chr(34) if k else ""}>{_text(h)}</th>'
                   for h, k in heads)
    body = "".join("<tr>" + "".join(cell(c, k) for c, (_, k) in zip(row, heads, strict=True)) + "</tr>" for row in rows)
    return (f'<div class="scroll wide" role="region" aria-label="{_text(caption)}" tabindex="0"><table><caption>'
            f"<span>{_text(caption)}</span></caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def _picture(png: bytes | str, words: str, caption: str, kind: str) -> str:
    source = (f'loading="lazy" src="{_text(png)}"' if isinstance(png, str) else
              f'src="data:image/png;base64,{base64.b64encode(png).decode()}"')
    return (f'<figure class="{"oc" if kind == "oc" else ""}"><div class="scroll" role="region" '
            f'aria-label="{_text(words)}" tabindex="0"><img class="{"wide-map" if kind == "two" else "one-map"}" '
            f'alt="{_text(words)}" {source}/></div>'
            f"<figcaption>{_text(caption)}</figcaption></figure>")


def _days(lot: dict[str, Any]) -> str:
    days = [day for day in dict.fromkeys((lot["first_date"], lot["last_date"])) if day]
    return " to ".join(days) or "–"


def _lots(values: dict[str, Any]) -> str:
    if not values["lots"]:
        return steps_html("No lot is formed yet.", _next_steps(values))
    rows = []
    for lot in values["lots"]:
        sample = lot["sample"]
        checked = sum(v["units_checked"] for v in lot["visits"])
        rows.append((lot["number"], lot["area_name"], STATES[lot["state"]], unbroken_m2(lot["area_cm2"]),
                     ", ".join(lot["teams"]) or "–", _days(lot),
                     f"{sample['sample']:,} of {sample['units']:,}" if sample else "–",
                     f"{checked:,}" if lot["visits"] else "–", ", ".join(lot["blocked_by"]) or "–"))
    return _table("Lots", (("lot", ""), ("area", ""), ("state", ""), ("m²", "n"), ("teams", ""), ("days of work", "n"),
                           ("units drawn", "n"), ("inspected", "n"), ("open critical cases", "")), rows)


def _found(draw: dict[str, Any] | None) -> str:
    if draw is None or draw["expected_found"] is None:
        return "no posterior at hand"
    return f"{draw['expected_found']:.3g}"


def _lot(lot: dict[str, Any], pictures: Mapping[str, bytes | str]) -> str:
    sample, draw, risk = lot["sample"], lot["draw"], lot["risk_aware"]
    formula = f"{sample['formula']:,}" if sample["formula"] else "no sample serves: every unit is inspected"
    terms = (
        ("State", STATES[lot["state"]]),
        ("Units of the lot, drawn", f"{sample['units']:,}, {sample['sample']:,}"),
        ("By the formula alone", formula),
        ("Promise", f"a lot with {sample['defective_limit']:,} or more defective units is accepted with at most "
         f"{100 * sample['p_accept_limit']:.2g} %, if inspection finds {100 * sample['detection']:.3g} % of them"),
        ("Accepted with", f"{sample['acceptance_number']} failed units, and no item of ordnance"),
        ("Expected found by the plan's sample", _found(draw)),
        ("Expected found by the risk-aware sample", _found(risk)),
        ("Strata (units, drawn)", "; ".join(f"{STRATA.get(s['stratum'], s['stratum'])} {s['units']:,}, {s['drawn']:,}"
                                            for s in draw["strata"] if s["units"])),
        ("Seed", f"{draw['seed']} (sealed as {lot['seed_sha256'][:16]}…)"))
    parts = [f'<article id="lot-{_text(lot["number"])}"><h3>Lot {_text(lot["number"])}, {_text(lot["area_name"])}</h3>'
             "<dl>" + "".join(f"<dt>{_text(k)}</dt><dd>{_text(v)}</dd>" for k, v in terms) + "</dl>"]
    if "map" in pictures:
        parts.append(_picture(pictures["map"], f"Map of lot {lot['number']} with the units to inspect; the GPX and "
                              "GeoJSON files list them", "Drawn units over the lot; metres from its south-west corner.",
                              "two" if risk is not None else "one"))
    else:
        parts.append("<p>No map: the area's position must not be shown.</p>")
    if "oc" in pictures:
        parts.append(_picture(pictures["oc"], f"Operating characteristic of lot {lot['number']}: acceptance by share "
                              "of defective units", "Probability of acceptance; the dot is a lot just bad enough that "
                              "the plan promises to reject it, the dashed line the risk it allows.", "oc"))
    return "".join(parts) + "</article>"


def _cases(values: dict[str, Any]) -> str:
    if not values["cases"]:
        return "<p>No case.</p>"
    names = {lot["id"]: lot["number"] for lot in values["lots"]}
    rows = [(c["number"] or c["id"], c["severity"], c["state"] + (" – OVERDUE" if c["overdue"] else ""),
             c["due"] or "–", c["owner"] or "nobody yet", c["area_name"] or "–",
             ", ".join(names.get(i, i) for i in c["lots"]) or "–",
             c["description"], c["action"] or "–", c["verified_by"] or "–")
            for c in sorted(values["cases"], key=lambda c: (c["state"] == "closed", c["due"] or "", c["number"]))]
    return _table("Cases", (("case", ""), ("severity", ""), ("state", ""), ("due", "n"), ("owner", ""), ("area", ""),
                            ("lots", ""),
                            ("what", "why"), ("action", "why"), ("verified by", "")), rows)


def _head(values: dict[str, Any]) -> str:
    counts = {state: sum(lot["state"] == state for lot in values["lots"]) for state in STATES}
    plan = values["plan"]
    open_critical = sum(c["severity"] == "critical" and c["state"] != "closed" for c in values["cases"])
    rows = [(words.capitalize(), counted(counts[state], "lot")) for state, words in STATES.items() if values["lots"]]
    more = (("Cleared ground waiting for a lot", unbroken_m2(values["waiting"]["area_cm2"])),
            ("Open critical cases", f"{open_critical:,}"),
            ("Overdue corrective actions", ", ".join(values["overdue"]) or "none"),
            ("Sampling plan", f"{plan['version']} ({plan['clause']}): units of {plan['unit_m']:g} m, "
             f"{100 * plan['quality']:g} % with {100 * plan['confidence']:g} % confidence, accepted with "
             f"{plan['acceptance_number']}, detection {plan['detection']:g}"))
    return "<dl>" + "".join(f"<dt>{_text(k)}</dt><dd>{_text(v)}</dd>" for k, v in (*rows, *more)) + "</dl>"


def _nothing_yet(values: dict[str, Any]) -> bytes:
    """Return the page of a project without lots and cases."""
    waiting = values["waiting"]
    said = (f"No lot is formed yet. {counted(waiting['parts'], 'part')} of cleared ground, "
            f"{unbroken_m2(waiting['area_cm2'])}, {'waits' if waiting['parts'] == 1 else 'wait'} for one."
            if waiting["parts"] else "No lot is formed yet, and no cleared ground waits for one.")
    return plain_html(f"Inspection: {values['project']}", said, _next_steps(values), NOTICE)


def _next_steps(values: dict[str, Any]) -> tuple[Step, ...]:
    """Return what leads to a first lot."""
    if values["waiting"]["parts"]:
        return (("Form lots and seal their seeds", "safeground inspection PROJECT lots"),
                ("Then draw a lot's sample", "safeground inspection PROJECT draw LOT"))
    return (("Take daily returns in, so that cleared ground waits for inspection", "safeground progress PROJECT FILE…"),
            ("Then form lots", "safeground inspection PROJECT lots"))


def inspection_html(values: dict[str, Any], pictures: Mapping[str, Mapping[str, bytes | str]]) -> bytes:
    """Return the page for the JSON of the verb ``show``.

    Parameters
    ----------
    pictures : of the lots to be drawn, by id: ``map`` (left out where the position must not be shown) and ``oc``, each
        as PNG, or as the address from which a served page loads it.
    """
    if not (values["lots"] or values["cases"]):
        return _nothing_yet(values)
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8")
    shown = [lot for lot in values["lots"] if lot["id"] in pictures]
    samples = "".join(_lot(lot, pictures[lot["id"]]) for lot in reversed(shown)) or "<p>No lot is drawn yet.</p>"
    notes = "".join(f"<li>{_text(f['subject'])}: {_text(f['message'])} {_text(f['remedy'])}</li>"
                    for f in values["findings"])
    return "".join([
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{_text(values['project'])}: inspection</title><style>{style}{STYLE}</style></head><body>",
        f'<header><h1>Inspection: {_text(values["project"])}, <span class="day">{values["as_of"]}</span></h1>',
        _head(values), f'<p class="notice">{_text(NOTICE)}</p></header>',
        '<nav aria-label="Contents"><ul><li><a href="#lots">Lots</a></li><li><a href="#cases">Cases</a></li>',
        '<li><a href="#samples">Samples</a></li><li><a href="#notes">Notes</a></li></ul></nav><main>',
        f'<section id="lots"><h2>Lots</h2>{_lots(values)}</section>',
        f'<section id="cases"><h2>Non-conformities</h2>{_cases(values)}</section>',
        f'<section id="samples"><h2>Samples</h2>{samples}</section>',
        f'<section id="notes"><h2>Notes</h2><ul>{notes or "<li>None.</li>"}</ul></section></main></body></html>\n',
    ]).encode()
