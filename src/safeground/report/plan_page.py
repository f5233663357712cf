"""The plan page: what the plan is worth and how near the best, who works where, prices, and why the rest waits."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

from safeground.report.words import printable

NOTICE = ("A plan for people to judge: it orders nobody to work. An area that it calls released still has to pass "
          "clearance, inspection and a release decision. Its worth is only as good as the benefits and rates it was "
          "given.")
WORTH_OF = {"benefit_days": "benefit-days", "score": "points of the authority's score",
            "net_present_value": "present value", "corridors": "benefit-days and corridor bonuses"}
#: What an order's state means to who would work under it.
STATE_NOTES = {"draft": ": no papers yet, no work", "suspended": ": no work", "cancelled": ": no work",
               "completed": ": the work is done"}
WIDE = (".scroll>img{width:100%;min-width:32rem}"
        ".wide-picture img{min-width:56rem}.big{font-size:1.15rem;margin:.3rem 0}"
        "td.why{min-width:18rem}.day{white-space:nowrap}"
        ".lanes{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr));gap:.4rem 1.2rem}"
        ".lanes figure{min-width:0}.lanes h3{margin:.6rem 0 .2rem}.lanes .scroll{margin:.2rem 0}"
        ".papers a{display:inline-block;padding:.3rem .7rem .3rem 0;white-space:nowrap}")


def _text(value: object) -> str:
    return escape(printable(str(value)), quote=True)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}"


def gap_words(gap: float) -> str:
    """Return the certificate in percent, never rounded down to nothing."""
    return "less than 0.1 %" if gap < 0.001 else f"at most {100 * gap:.1f} %"


def _table(caption: str, heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[object]]) -> str:
    """Return a table that scrolls by itself; a column's class is "" or "n" (number) or "why" (long text)."""
    def attribute(kind: str) -> str:
        return f' class="{kind}"' if kind else ""

    head = "".join(f'<th scope="col"{attribute(k)}>{_text(h)}</th>' for h, k in heads)
    body = "".join("<tr>" + "".join(f"<td{attribute(k)}>{_text(c)}</td>" for c, (_, k) in zip(row, heads, strict=True))
                   + "</tr>" for row in rows)
    return (f'<div class="scroll wide" role="region" aria-label="{_text(caption)}" tabindex="0"><table><caption>'
            f"<span>{_text(caption)}</span></caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")


def _picture(png: bytes, words: str, caption: str, *, wide: bool) -> str:
    return (f'<figure><div class="scroll{" wide-picture" if wide else ""}" role="region" aria-label="{_text(words)}" '
            f'tabindex="0"><img alt="{_text(words)}" src="data:image/png;base64,{base64.b64encode(png).decode()}"/>'
            f"</div><figcaption>{_text(caption)}</figcaption></figure>")


def _head(values: dict[str, Any]) -> str:
    practice = values["practice"]
    more = values["value"] - practice["value"]
    rows = (("Areas released", f"{values['released']} of {values['tasks']}"),
            ("Worth of the plan", f"{_figure(values['value'])} {WORTH_OF[values['objective']]}"),
            ("No plan can be worth more than", _figure(values["bound"])),
            ("Authority score", _figure(values["authority_score"])),
            ("Ranking by score alone", f"worth {_figure(practice['value'])}, score "
             f"{_figure(practice['authority_score'])}, {practice['released']} areas"),
            ("Expected casualties among teams", f"{values['casualties']:.2g}"),
            ("Checked by other code", values["checker"]),
            ("Seed, search moves", f"{values['seed']}, {values['moves']:,}"))
    better = (f" It is worth {_figure(more)} more than ranking the areas by score and sending idle teams."
              if more > 0 else "")
    return (f'<p class="big"><strong>{gap_words(values["gap"]).capitalize()} below the best possible plan.</strong>'
            f"{_text(better)}</p><dl>" + "".join(f"<dt>{_text(k)}</dt><dd>{_text(v)}</dd>" for k, v in rows) + "</dl>")


def _violations(values: dict[str, Any]) -> str:
    if not values["violations"]:
        return ""
    lines = "".join(f"<li>{_text(v['message'])}</li>" for v in values["violations"])
    return f'<div class="notice"><strong>Rules that this plan does not keep</strong><ul>{lines}</ul></div>'


def _left_out(values: dict[str, Any]) -> str:
    if not values["unplanned"]:
        return "<p>No area is left out.</p>"
    return _table("Areas left out, and why", (("area", ""), ("why", "why")),
                  [(u["name"], u["reason"]) for u in values["unplanned"]])


def _days(rows: Sequence[dict[str, Any]]) -> str:
    return f"{rows[0]['start']} to {rows[-1]['end']}" if rows else "–"


def _kept(values: dict[str, Any]) -> str:
    """Return the section on the published plan: what stays, what changes and why; "" for a plan made anew."""
    kept = values["kept"]
    if not kept:
        return ""
    said = (f"<p>{kept['kept_areas']} areas stay as published; of the first days that still held, "
            f"{100 * kept['kept_share']:.0f} % are the same. Nothing that began before "
            f'<span class="day">{kept["today"]}</span> moves.</p>')
    rows = [(c["name"], c["kind"], _days(c["was"]), _days(c["now"]), c["reason"]) for c in kept["changes"]]
    table = _table("What changed, and why", (("area", ""), ("change", ""), ("was", "n"), ("now", "n"), ("why", "why")),
                   rows) if rows else "<p>Nothing changed.</p>"
    return f'<section id="changes"><h2>Against the published plan</h2>{said}{table}</section>'


def _stability(values: dict[str, Any]) -> str:
    """Return the section on noise in the weights; "" where it was not asked for."""
    found = values["stability"]
    if not found:
        return ""
    said = (f"<p>Each weight and each area's own worth was multiplied by a factor within 1 ± {found['noise']:g}, "
            f"{found['draws']} times, and the plan made again with a short search. {100 * found['agreement']:.0f} % of "
            f"the areas are the same as in this plan; with no noise and other seeds of the search it is "
            f"{100 * found['agreement_without']:.0f} %, so that much of the difference is the search's own. Kept as it "
            f"is, this plan gives away {100 * found['regret']['p50']:.1f} % of the worth in the median draw, at most "
            f"{100 * found['regret']['p90']:.1f} % in nine of ten.</p>")
    rows = [(t["name"], "yes" if t["planned"] else "no", f"{100 * t['share']:.0f} %",
             f"{100 * t['share_without']:.0f} %", f"{t['mean_rank']:.1f}") for t in found["tasks"]]
    table = _table("How often each area is planned", (
        ("area", ""), ("in this plan", ""), ("share of draws", "n"), ("without noise", "n"), ("mean rank", "n")), rows)
    return f'<section id="stability"><h2>If the weights are doubted</h2>{said}{table}</section>'


def lane_anchor(task_id: str) -> str:
    """Return the name of the place on the page that draws an area's lanes."""
    return f"lanes-{task_id}"


def _lane_card(card: dict[str, Any], width_m: float) -> str:
    name = _text(card["name"])
    anchor = _text(lane_anchor(card["task_id"]))
    head = f'<h3 id="{anchor}">{name}, <span class="day">{_text(card["first"])}</span></h3>'
    said = f"Not drawn: {card['why']}" if not card["svg"] else f"No lanes: {card['why']}"
    if not card["why"]:
        one = card["lane_count"] == 1
        said = (f"{card['lane_count']:,} {'lane' if one else 'lanes'} of up to {width_m:g} m, {card['lane_m']:,.0f} m "
                f"of lane in all, direction of work {card['bearing_deg']:.0f}° from grid north."
                + (f" One lane in {card['lane_step']} is drawn." if card["lane_step"] > 1 else ""))
    if not card["svg"]:
        return f"<figure>{head}<figcaption>{_text(said)}</figcaption></figure>"
    data = base64.b64encode(card["svg"].encode()).decode()
    return (f'<figure>{head}<div class="scroll" role="region" aria-label="Lanes of {name}" tabindex="0"><img '
            f'alt="Sketch of {name}: outline, lanes, start line, turning points from SP" loading="lazy" width="720" '
            f'height="460" src="data:image/svg+xml;base64,{data}"/></div><figcaption>{_text(said)}</figcaption>'
            "</figure>")


def _lanes(cards: Sequence[dict[str, Any]], width_m: float, planned: int) -> str:
    """Return the section on lanes, by first day of work; a sentence where there is nothing to draw."""
    if not planned:
        said = "<p>No area is planned, so there are no lanes.</p>"
    elif not cards:
        said = "<p>No lanes were asked for (<code>--lanes 0</code>).</p>"
    else:
        rest = (f" Drawn are the first {len(cards)} of {planned} planned areas; <code>--lanes {planned}</code> draws "
                "all." if planned > len(cards) else "")
        said = ("<p>How a team leader would walk each area, by first day of work: lanes from the dashed start line, "
                "turning points from SP. Start lines and points are proposed from the outline, to be confirmed on the "
                "ground; what counts is the sheet of the issued order. <code>safeground task PROJECT orders</code> "
                f"writes lanes as GPX, KML and GeoJSON.{rest}</p>"
                f'<div class="lanes">{"".join(_lane_card(card, width_m) for card in cards)}</div>')
    return f'<section id="lanes"><h2>Lanes</h2>{said}</section>'


def with_orders(page: bytes, orders: Sequence[dict[str, Any]]) -> bytes:
    """Return the plan's page with the orders of its areas before the lanes; it has them only where it is served.

    Parameters
    ----------
    orders : ``task_id``, ``name``, ``first``, ``order_id``, ``state``, ``is_older``, and ``links``, pairs of word and
        address.
    """
    rows = "".join(_order_row(page, order) for order in orders)
    head = "".join(f'<th scope="col">{h}</th>' for h in ("area, papers", "first day", "order", "state"))
    table = ('<div class="scroll wide" role="region" aria-label="Task orders of the planned areas" tabindex="0"><table>'
             "<caption><span>Task orders of the planned areas</span></caption>"
             f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>")
    if not orders:
        table = "<p>No area is planned, so there is nothing to order.</p>"
    elif not any(order["order_id"] for order in orders):
        table = ("<p>No order has been drafted yet. Draft one for each planned area: <code>safeground task PROJECT "
                 "orders</code>.</p>")
    section = f'<section id="orders"><h2>Task orders</h2>{table}</section>'
    before, mark, after = page.partition(b'<section id="lanes">')
    if not mark:
        return page.replace(b"</main>", section.encode() + b"</main>", 1)
    before = before.replace(b'<li><a href="#lanes">', b'<li><a href="#orders">Orders</a></li><li><a href="#lanes">', 1)
    return before + section.encode() + mark + after


def _order_row(page: bytes, order: dict[str, Any]) -> str:
    anchor = _text(lane_anchor(order["task_id"]))
    name = _text(order["name"])
    if f'id="{anchor}"'.encode() in page:
        name = f'<a href="#{anchor}">{name}</a>'
    papers = " ".join(f'<a href="{_text(address)}">{_text(word)}</a>' for word, address in order["links"])
    papers = f'<div class="papers">{papers}</div>' if papers else ""
    state = order["state"] + STATE_NOTES.get(order["state"], "") or "–"
    older = "; drafted from an earlier plan" if order["is_older"] else ""
    return (f'<tr><th scope="row">{name}{papers}</th><td class="day">{_text(order["first"])}</td>'
            f'<td class="day">{_text(order["order_id"] or "none yet")}</td><td>{_text(state + older)}</td></tr>')


def plan_html(values: dict[str, Any], gantt: bytes, land: bytes, hidden: int, lanes: Sequence[dict[str, Any]] = (),
              lane_width_m: float = 1.0) -> bytes:
    """Return the page for the plan stage's JSON and its two pictures.

    Parameters
    ----------
    hidden : number of areas that the map leaves out because their position may not be shown.
    lanes : of the first areas to be worked on: ``task_id``, ``name``, ``first`` day, ``svg`` or "" and ``why``,
        ``lane_count``, ``lane_m``, ``bearing_deg``, ``lane_step``.  lane_width_m : of one lane.
    """
    style = files("safeground.report").joinpath("situation.css").read_text(encoding="utf-8")
    not_shown = f" Not drawn, because the position may not be shown: {hidden}." if hidden else ""
    work = _table("Who works where", (("from", "n"), ("to", "n"), ("area", ""), ("method", ""), ("teams", "")),
                  [(a["start"], a["end"], a["name"], a["method"], ", ".join(a["teams"]))
                   for a in values["assignments"]])
    prices = _table("What one more team-day would be worth", (("method", ""), ("teams", "n"), ("worth", "n")),
                    [(p["method"], p["teams"], _figure(p["price"])) for p in values["prices"]])
    if values["resource_prices"]:
        prices += _table("What one more unit-day of a resource would be worth",
                         (("resource", ""), ("units", "n"), ("worth", "n")),
                         [(p["resource"], p["units"], _figure(p["price"])) for p in values["resource_prices"]])
    notes = "".join(f"<li>{_text(f['subject'])}: {_text(f['message'])} {_text(f['remedy'])}</li>"
                    for f in values["findings"])
    return "".join([
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
        f"<title>{_text(values['project'])}: plan</title><style>{style}{WIDE}</style></head><body>",
        f'<header><h1>Plan: {_text(values["project"])}, <span class="day">{values["start"]}</span> to '
        f'<span class="day">{values["end"]}</span></h1>',
        _head(values), _violations(values), f'<p class="notice">{_text(NOTICE)}</p></header>',
        '<nav aria-label="Contents"><ul><li><a href="#teams">Teams</a></li><li><a href="#map">Map</a></li>',
        '<li><a href="#lanes">Lanes</a></li>',
        '<li><a href="#changes">Changes</a></li>' if values["kept"] else "",
        '<li><a href="#stability">Weights</a></li>' if values["stability"] else "",
        '<li><a href="#prices">Prices</a></li><li><a href="#out">Left out</a></li>',
        '<li><a href="#work">Work list</a></li><li><a href="#notes">Notes</a></li></ul></nav><main>',
        '<section id="teams"><h2>Teams, day by day</h2>',
        _picture(gantt, "One line for each team with its areas by day; the work list holds the same",
                 "Each bar is one stage of an area; colour and hatch tell the method.", wide=True),
        "</section>", _kept(values),
        '<section id="map"><h2>When land is released</h2>',
        _picture(land, "Map of areas with the week of their release; the work list holds the dates",
                 f"Numbers are weeks from the window's start.{not_shown}", wide=False),
        "</section>", _lanes(lanes, lane_width_m, len({a["task_id"] for a in values["assignments"]})),
        f'<section id="prices"><h2>What is short</h2>{prices}<p>A mean over the working days; '
        "0 means that more of them would bring nothing.</p></section>",
        _stability(values),
        f'<section id="out"><h2>Left out</h2>{_left_out(values)}</section>',
        f'<section id="work"><h2>Work list</h2>{work}</section>',
        f'<section id="notes"><h2>Notes</h2><ul>{notes or "<li>None.</li>"}</ul></section></main></body></html>\n',
    ]).encode()
