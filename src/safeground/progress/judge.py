"""What a return may count for, and what of it a person should look at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

import shapely
from shapely import Geometry

from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.foundation.units import cm2_to_m2
from safeground.ground.area import plane_area_m2
from safeground.ground.shapes import polygonal
from safeground.progress.returns import has_ground
from safeground.records.nouns import HazardousArea, ProgressReturn
from safeground.records.quality_rules import ProgressRules
from safeground.records.vocabulary import WorkflowStatus

#: A median of fewer returns says nothing about a method.
_FEW = 5
#: States in which an area takes no report of work.
NO_WORK = (WorkflowStatus.RELEASED, WorkflowStatus.CLOSED, WorkflowStatus.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a return's ground is done to the end, so that it can wait for inspection; and what is said about it."""

    final: bool
    findings: tuple[Finding, ...]


def told(item: ProgressReturn, severity: Severity, code: str, message: str, remedy: str, field: str = "", *,
         file: str = "", layer: str = "") -> Finding:
    """Return a finding about a return, at its place in the file it came in."""
    return Finding(severity, code, item.submission_id, message, remedy, SourceRef(file, layer, item.source_row, field))


def is_final(item: ProgressReturn, rules: ProgressRules) -> bool:
    """Return whether a pass is the last that ground needs: as the return says, else by the rule pack's methods.

    The method's first word decides: "manual, after flail" is manual, "flail, manual to follow" is not.
    """
    if item.final_pass is not None:
        return item.final_pass
    words = re.findall(r"[a-z]+", item.method.casefold())
    return bool(words) and (words[0] in rules.final_methods or item.method.casefold().strip() in rules.final_methods)


def judge(item: ProgressReturn, area: HazardousArea, rules: ProgressRules, depth_cm: float | None, place: SourceRef
          ) -> Verdict:
    """Return whether a return counts towards clearance.

    Parameters
    ----------
    depth_cm : required by the task order or the rule pack, None = neither says.
    place : file and layer that the return came in.

    Notes
    -----
    Only a final pass to the required depth does (IMAS 09.10: "to a specified depth"); the depth stands on every cleared
    polygon.  Everything else is processed ground, which the hazard stage uses and the book does not.
    """
    found: list[Finding] = []

    def tell(severity: Severity, code: str, message: str, remedy: str, field: str = "") -> None:
        found.append(told(item, severity, code, message, remedy, field, file=place.file, layer=place.layer))

    days = (item.received_date - item.work_date).days if item.received_date is not None else 0
    if days > rules.late_days:
        tell(Severity.WARNING, "SG-PROGRESS-025", f"came {days} days after its work day {item.work_date}; "
             f"{rules.late_days:g} are allowed.", "Ask the team why; it is counted like any other.", "work_date")
    if not has_ground(item):
        if item.hours:
            tell(Severity.WARNING, "SG-PROGRESS-024", f"reports {item.hours:g} hours of work and no outline; nothing "
                                                      "is "
                 "counted.", "Send the outline as a correction, if ground was worked.", "geometry")
        return Verdict(False, tuple(found))
    if area.workflow_status in NO_WORK:
        tell(Severity.WARNING, "SG-PROGRESS-023", f"reports work in {area.name or area.local_id or area.id}, which is "
             f"{area.workflow_status.value}; nothing is counted.", "Correct the area, or have it opened again.",
             "hazardous_area_id")
        return Verdict(False, tuple(found))
    if not is_final(item, rules):
        tell(Severity.INFO, "SG-PROGRESS-020", f"is a {item.method or 'pass by an unnamed method'}; its "
             f"{cm2_to_m2(item.area_cm2):,.2f} m² are processed ground and wait for the final pass.",
             f"Final methods are {', '.join(rules.final_methods)}; a return may say final_pass itself.", "method")
        return Verdict(False, tuple(found))
    return Verdict(_deep_enough(item, depth_cm, tell), tuple(found))


def _deep_enough(item: ProgressReturn, depth_cm: float | None, say: Callable[..., None]) -> bool:
    if item.depth_cm is None:
        say(Severity.WARNING, "SG-PROGRESS-022", "states no depth; nothing is counted.",
            "Send the depth as a correction: it belongs to every cleared polygon.", "depth_cm")
        return False
    if depth_cm is None:
        say(Severity.INFO, "SG-PROGRESS-031", f"was worked to {item.depth_cm:g} cm; neither its task order nor the "
                                              "rule "
            "pack requires a depth.", "Write depth_cm in the section clearance of the national pack.", "depth_cm")
    elif item.depth_cm < depth_cm:
        say(Severity.WARNING, "SG-PROGRESS-021", f"wrong depth: worked to {item.depth_cm:g} cm, {depth_cm:g} cm are "
            "required; nothing is counted.", "Work the ground again to the depth, or correct the return.", "depth_cm")
        return False
    return True


def outside_share(geometry: Geometry, outline: Geometry) -> tuple[float, float]:
    """Return the share of an outline that lies outside an area, and its size in m²."""
    inside = polygonal(shapely.intersection(geometry, outline))
    whole, within = plane_area_m2([geometry, inside]).tolist()
    out = max(whole - within, 0.0)
    return (out / whole if whole else 0.0), out


def _rate(item: ProgressReturn) -> float | None:
    people = item.crew_count or 1
    if not has_ground(item) or not item.hours:
        return None
    return cm2_to_m2(item.area_cm2) / (item.hours * people)


def _pace(item: ProgressReturn) -> tuple[str, bool]:
    return item.method.casefold().strip(), bool(item.crew_count)


def fast_returns(returns: Sequence[ProgressReturn], new: Iterable[str], factor: float) -> list[tuple[ProgressReturn,
                                                                                                 float, float]]:
    """Return each new return whose m² for a person-hour pass the method's median by a factor, with both rates.

    Returns with and without a crew's size are compared among themselves; a method with few returns is not judged.
    """
    rates: dict[tuple[str, bool], list[float]] = {}
    for item in returns:
        rate = _rate(item)
        if rate is not None:
            rates.setdefault(_pace(item), []).append(rate)
    wanted, found = set(new), []
    for item in returns:
        rate = _rate(item)
        if item.id in wanted and rate is not None and len(rates[_pace(item)]) >= _FEW:
            usual = median(rates[_pace(item)])
            if rate > factor * usual:
                found.append((item, rate, usual))
    return found


def two_places(returns: Sequence[ProgressReturn], new: Iterable[str], hours_max: float
               ) -> list[tuple[ProgressReturn, tuple[str, ...], float]]:
    """Return team-days at places apart whose hours together pass a day's: a new return, the others, the hours."""
    days: dict[tuple[str, date], list[ProgressReturn]] = {}
    for item in returns:
        if has_ground(item) and item.hours:
            days.setdefault((item.team_id.casefold(), item.work_date), []).append(item)
    wanted, found = set(new), []
    for items in days.values():
        fresh = [item for item in items if item.id in wanted]
        hours = sum(item.hours or 0.0 for item in items)
        if fresh and len(items) > 1 and hours > hours_max and _are_apart(items):
            last = fresh[-1]
            found.append((last, tuple(item.submission_id for item in items if item.id != last.id), hours))
    return found


def _are_apart(items: Sequence[ProgressReturn]) -> bool:
    """Return whether the outlines lie at more than one place: some outline touches none of the others' group."""
    reached, left = items[0].geometry, list(items[1:])
    while True:
        near = [item for item in left if shapely.intersects(reached, item.geometry)]
        if not near:
            return bool(left)
        reached = shapely.union_all([reached, *(item.geometry for item in near)])
        left = [item for item in left if item not in near]
