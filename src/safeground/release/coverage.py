"""Criteria about ground: every square centimetre accounted for, deep enough, and survey outcomes approved."""

from __future__ import annotations

from collections import Counter

import numpy as np
import shapely

from safeground.ground.area import edge_bow_m2, geodesic_area_m2
from safeground.ground.shapes import polygonal
from safeground.records.vocabulary import RELEASED_STATUSES, ActivityType, LandStatus, ReleaseMethod
from safeground.release.case import Criterion, ReleaseCase, same_words

_BOOK = "IMAS 07.11; land book"
#: Parts come from one partition: what two of them share is the rounding of an overlay, m².
_SHARED_M2 = 0.05


def coverage(case: ReleaseCase) -> Criterion:
    """Every cm² of the area is cancelled, reduced or cleared and accepted, or counted in another released area."""
    faults = _book_faults(case) + _part_faults(case)
    released = sum(case.held(s) for s in RELEASED_STATUSES)
    said = "; ".join(faults) or (
        f"{released / 1e4:,.4f} m² released and {case.held(LandStatus.OVERLAP) / 1e4:,.4f} m² counted elsewhere make "
        f"up the opening of {case.opening_cm2 / 1e4:,.4f} m²")
    return Criterion(id="coverage", met=not faults, reason=said, clause=_BOOK,
                     source=(case.area.id, *(p.posted_by for p in case.posted)),
                     remedy="Let inspection decide what is pending; survey or clear what is left, or make it an area "
                            "of its own before work begins." if faults else "")


def _book_faults(case: ReleaseCase) -> list[str]:
    faults = []
    if case.opening_cm2 <= 0:
        faults.append("the area has no opening in the land book")
    if case.pending_cm2:
        faults.append(f"{case.pending_cm2 / 1e4:,.4f} m² wait for a decision")
    hazardous = case.held(LandStatus.SUSPECTED) + case.held(LandStatus.CONFIRMED)
    released = sum(case.held(s) for s in RELEASED_STATUSES)
    counted = case.opening_cm2 - case.held(LandStatus.OVERLAP)
    if hazardous and (case.rules.coverage_min >= 1 or released < case.rules.coverage_min * counted):
        faults.append(f"{hazardous / 1e4:,.4f} m² are still suspected or confirmed")
    if case.held(LandStatus.UNEXPLAINED):
        faults.append(f"{case.held(LandStatus.UNEXPLAINED) / 1e4:,.4f} m² are unexplained")
    if not released:
        faults.append("nothing of the area is released in the land book")
    faults += [f"{s.area_cm2 / 1e4:,.4f} m² are counted in {s.area_id}, which still holds hazardous ground"
               for s in case.shared if s.hazardous_cm2]
    if sum(amount for _, amount in case.held_cm2) != case.opening_cm2:
        faults.append("the area's accounts do not sum to its opening")
    return faults


def _part_faults(case: ReleaseCase) -> list[str]:
    """Compare the ground of the posted entries with the book, and with itself."""
    by_method: Counter[LandStatus] = Counter()
    for standing in case.posted:
        by_method[LandStatus(standing.part.release_method.value)] += standing.part.area_cm2
    faults = [f"{case.held(s) / 1e4:,.4f} m² are booked as {s}, {by_method[s] / 1e4:,.4f} m² have their ground recorded"
              for s in RELEASED_STATUSES if case.held(s) != by_method[s]]
    if not case.posted:
        return faults
    shapes = np.array([p.part.geometry for p in case.posted], dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = [(i, j) for i, j in zip(left.tolist(), right.tolist(), strict=True) if i < j]
    shared = geodesic_area_m2([polygonal(shapely.intersection(shapes[i], shapes[j])) for i, j in pairs])
    faults += [f"parts {case.posted[i].part.id} and {case.posted[j].part.id} share {m2:,.2f} m²"
               for (i, j), m2 in zip(pairs, shared.tolist(), strict=True) if m2 > _SHARED_M2]
    outside = [polygonal(shapely.difference(shape, case.area.geometry)) for shape in shapes]
    lost = geodesic_area_m2(outside)
    bow = edge_bow_m2([case.area.geometry])
    faults += [f"part {p.part.id} has {m2:,.2f} m² outside the area" for p, m2 in zip(
        case.posted, lost.tolist(), strict=True) if m2 > _SHARED_M2 + bow]
    return faults


def depth(case: ReleaseCase) -> Criterion:
    """Every cleared part was cleared to the depth set for the area."""
    cleared = [p.part for p in case.posted if p.part.release_method is ReleaseMethod.CLEARED]
    needed = case.required_depth_cm
    source = (*case.depth_source, *(p.id for p in cleared))
    if not cleared:
        return Criterion(id="depth", met=True, reason="no ground was cleared", clause="IMAS 09.10", source=source)
    if needed is None:
        return Criterion(id="depth", met=False, reason="no clearance depth is set for the area", clause="IMAS 09.10",
                         source=source, remedy="Set it in the task order, or in [clearance] of the rule pack.")
    faults = [f"part {p.id} states no depth" if p.depth_cm is None else
              f"part {p.id} was cleared to {p.depth_cm:g} cm" for p in cleared
              if p.depth_cm is None or p.depth_cm < needed]
    return Criterion(id="depth", met=not faults, clause="IMAS 09.10", source=source,
                     reason=(f"{needed:g} cm are required; " + "; ".join(faults)) if faults else
                     f"{len(cleared)} cleared parts reach the required {needed:g} cm",
                     remedy="Clear the parts named to the required depth." if faults else "")


def surveys_approved(case: ReleaseCase) -> Criterion:
    """Cancelled and reduced ground rests on a survey of the right kind, approved by somebody else than its author."""
    kinds = {ReleaseMethod.CANCELLED: (ActivityType.NON_TECHNICAL_SURVEY, case.rules.cancellation_criteria),
             ReleaseMethod.REDUCED: (ActivityType.TECHNICAL_SURVEY, case.rules.reduction_criteria)}
    reports = {r.id: r for r in case.surveys}
    faults, used = [], []
    for standing in case.posted:
        part = standing.part
        if part.release_method not in kinds:
            continue
        kind, allowed = kinds[part.release_method]
        found = [reports[i] for i in part.record_ids if i in reports]
        if not found:
            faults.append(f"part {part.id} is {part.release_method} without a survey report")
        for report in found:
            used.append(report.id)
            if report.outcome is not part.release_method or report.survey_type is not kind:
                faults.append(f"report {report.id} ({report.survey_type}) does not support {part.release_method}")
            if not report.author.strip() or not report.approver.strip():
                faults.append(f"report {report.id} has no author or no approver")
            elif same_words(report.author, report.approver):
                faults.append(f"report {report.id} is approved by its author, {report.author}")
            if not set(report.criteria) & set(allowed):
                faults.append(f"report {report.id} names no national criterion for {part.release_method}")
    return Criterion(id="surveys", met=not faults, clause="IMAS 08.10; IMAS 08.20; " + case.rules.four_eyes_clause,
                     source=tuple(dict.fromkeys(used)),
                     reason="; ".join(dict.fromkeys(faults)) or f"{len(set(used))} survey outcomes are approved by "
                                                               "another person",
                     remedy="Let another person approve the report, with the national criteria met." if faults else "")
