"""The task sheet as typst source: a pure function of the order; all text goes in as data, never as markup."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from safeground.records.task_rules import NeededFrom, TaskRules
from safeground.records.tasking import TaskOrderDetail
from safeground.task.papers import paper_state
from safeground.task.sketch import Leg, Sketch, legs, sketch_svg

NOTICE = ("This order says what work is to be done and who may do it. It moves no land, and it does not say that any "
          "ground is free of explosive hazard. Work starts on a day only when every paper named here is in hand.")
_ABSENT = "MISSING"
_STEP = {NeededFrom.ISSUE: "issue", NeededFrom.FIRST_DAY: "first day", NeededFrom.EACH_DAY: "each day"}
_SIGN = ("Author", "Approver", "Site supervisor (received)", "Medic (medical plan read)")


def _plain(value: Any) -> Any:
    """Return a value for JSON with a space for each letter that no document may hold."""
    if isinstance(value, str):
        return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") or c in "\ufffe\uffff" else c for c in value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _table(heads: tuple[str, ...], widths: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    return {"heads": heads, "widths": widths, "rows": rows}


def _part(title: str, **given: Any) -> dict[str, Any]:
    return {"title": title, "pairs": [], "said": [], "tables": [], "map": "", "alt": ""} | given


def _days(first: date | None, last: date | None) -> str:
    return f"{first} to {last}" if first and last else "no dates"


def _head(order: TaskOrderDetail) -> list[tuple[str, str]]:
    goal = order.objective
    depth = f"to {goal.depth_cm:g} cm" if goal.depth_cm is not None else "depth not stated"
    lines = [("Task", order.task_id), ("Dates", _days(order.first_date, order.last_date)),
             ("Objective", f"{goal.release_method or 'release method not decided'}, {depth}"),
             ("Intended land use", goal.land_use or "not stated")]
    if order.history:
        last = order.history[-1]
        people = f"{last.author}" + (f", approved by {last.approver}" if last.approver else "")
        lines.append(("Last change", f"{last.state} on {last.changed_date} by {people}: {last.reason}"))
    return lines


def _methods(order: TaskOrderDetail) -> dict[str, Any]:
    rows = [(str(k), stage.method, ", ".join(stage.team_ids), str(stage.first_date), str(stage.last_date))
            for k, stage in enumerate(order.stages, 1)]
    return _part("Method mix", tables=[_table(("stage", "method", "teams", "first day", "last day"),
                                              ("auto", "1", "2", "auto", "auto"), rows)])


def _documents(order: TaskOrderDetail, rules: TaskRules, day: date) -> dict[str, Any]:
    rows = []
    for document in rules.needed(NeededFrom.ISSUE, NeededFrom.FIRST_DAY):
        state = paper_state(document, order.papers, day)
        paper = state.paper
        shown = (f"{paper.reference}, {paper.dated}" + (f", {paper.signatory}" if paper.signatory else "")
                 if paper else _ABSENT if state.reason == "is missing" else f"{_ABSENT}: {state.reason}")
        rows.append((document.title, shown, document.signed_by, _STEP[document.needed], document.clause))
    rows += [(document.title, "with each day's request", document.signed_by, _STEP[document.needed], document.clause)
             for document in rules.needed(NeededFrom.EACH_DAY)]
    return _part("Documents", tables=[_table(("document", f"state on {day}", "signed by", "needed from", "clause"),
                                             ("1.5", "1.5", "1", "auto", "1.1"), rows)])


def _medical(order: TaskOrderDetail, rules: TaskRules) -> dict[str, Any]:
    plan, limit = order.medical, rules.casevac_minutes_max
    medics = "; ".join(f"{team or 'site'}: {medic}" for team, medic in plan.medics)
    taken = f"{plan.casevac_minutes:g} min" if plan.casevac_minutes is not None else _ABSENT
    most = f"{limit:g} min (programme setting)" if limit is not None else "NOT ENTERED by the programme"
    return _part("Medical support and evacuation", pairs=[
        ("Medics", medics or _ABSENT), ("Evacuation vehicle", plan.ambulance or _ABSENT),
        ("Hospital", plan.hospital or _ABSENT), ("Evacuation time", f"{taken}; longest allowed: {most}"),
        ("Route", plan.route_note or _ABSENT),
        ("Blood group list", "at hand" if plan.blood_groups_held else _ABSENT),
        ("Evacuation plan", order.casevac_plan or "see documents"),
        ("Communications", order.communications or "see documents"),
        ("Disposal of items", order.eod_disposal or "see documents"),
        ("Marking", order.marking or "see documents"),
        ("Start and turning points", order.survey_points or "see documents")])


def _work(rules: TaskRules) -> dict[str, Any]:
    return _part("Work and rest", tables=[_table(
        ("work at a stretch", "rest after it", "in a hazardous area on one day", "between two deminers"),
        ("1", "1", "1.4", "1.2"),
        [(f"at most {rules.work_minutes_max:g} min", f"at least {rules.rest_minutes_min:g} min",
          f"at most {rules.hours_per_day_max:g} h", f"at least {rules.distance_m:g} m")])],
        said=["Programme settings. The supervisor may shorten work and widen distances, never the reverse."])


def _lanes(order: TaskOrderDetail) -> list[dict[str, Any]]:
    if order.lanes is None:
        return []
    lanes = order.lanes
    return [_part("Lanes", tables=[_table(
        ("lanes", "metres of lane", "direction of work", "files"), ("auto", "auto", "auto", "1"),
        [(f"{lanes.lane_count:,}", f"{lanes.lane_m:,.0f}", f"{lanes.bearing_deg % 360:.0f}° grid",
          ", ".join(lanes.files) or "none")])])]


def _point(leg: Leg, count: int, rules: TaskRules) -> tuple[str, ...]:
    to = "SP" if leg.number == count else str(leg.number + 1)
    longer = " *" if leg.length_m > rules.intermediate_leg_m else ""
    return ("SP" if leg.number == 1 else str(leg.number), f"{leg.east_m:.1f}", f"{leg.north_m:.1f}",
            f"{leg.bearing_deg:.1f}°", f"{leg.length_m:.1f} m to {to}{longer}")


def _drawn_lanes(sketch: Sketch) -> str:
    return "lanes" if sketch.lane_step == 1 else f"middle line of one lane in {sketch.lane_step}"


def _map(order: TaskOrderDetail, rules: TaskRules, sketch: Sketch | None) -> list[dict[str, Any]]:
    if sketch is None:
        return []
    points = legs(sketch.turning_points)
    said = [f"Grid north is up{f'; {sketch.crs}' if sketch.crs else ''}. Thick: outline. Hatched: not worked on. Thin: "
            f"{_drawn_lanes(sketch)}. Dashed: start line. Square SP: start point; circles: turning points; "
            "triangle BM: benchmark."]
    alt = (f"Sketch of task {order.task_id}: outline, {len(sketch.lanes)} lanes, {len(points)} turning points; the "
           "tables hold the figures.")
    parts = [_part("Sketch map", map=sketch_svg(sketch), alt=alt, said=said)]
    if points:
        rows = [_point(leg, len(points), rules) for leg in points]
        note = ([f"* longer than {rules.intermediate_leg_m:g} m: intermediate points ({rules.intermediate_clause})."]
                if any(leg.length_m > rules.intermediate_leg_m for leg in points) else [])
        parts.append(_part("Start point and turning points", said=note, tables=[_table(
            ("point", "east, m", "north, m", "grid bearing to next", "distance to next"),
            ("auto", "1", "1", "1", "1.4"), rows)]))
    return parts


def task_sheet(order: TaskOrderDetail, rules: TaskRules, *, day: date, sketch: Sketch | None = None,
               standard: str = "") -> str:
    """Return the sheet as typst source; whoever calls typesets it, to A4 pages.

    Parameters
    ----------
    day : date of the sheet; the state of each document is that of this day.
    sketch : what the map draws; None = no map.
    standard : name and edition of the rule pack, for the foot of the page.

    Notes
    -----
    The order's words stand in one JSON text inside one typst string, so that no letter of theirs is read as markup; the
    sketch holds numbers and the sketch's own words alone.  Same input, same text.
    """
    data = {
        "title": f"Task order {order.id}" + (f": {order.title}" if order.title else ""),
        "state": order.state.value.upper(), "notice": NOTICE, "head": _head(order),
        "footer": f"Task order {order.id} · {order.state} · sheet of {day}" + (f" · {standard}" if standard else ""),
        "parts": [_methods(order), _documents(order, rules, day), _medical(order, rules), *_lanes(order),
                  *_map(order, rules, sketch), _work(rules)],
        "signatures": _SIGN}
    text = json.dumps(_plain(data), ensure_ascii=False).replace("\\", "\\\\").replace('"', '\\"')
    body = files("safeground.task").joinpath("sheet.typ").read_text(encoding="utf-8")
    return f'#let data = json(bytes("{text}"))\n{body}'
