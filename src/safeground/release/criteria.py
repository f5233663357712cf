"""The criteria of release, each a pure function of the case: all are judged, all that fail are told at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from safeground.foundation.errors import RefusedError
from safeground.records.quality_rules import ResidualScope
from safeground.records.release import FiledDocument, PointType
from safeground.records.vocabulary import ReleaseMethod
from safeground.release.actions import actions_closed, inspections_passed
from safeground.release.case import Criterion, ReleaseCase, Residual, same_words
from safeground.release.coverage import coverage, depth, surveys_approved
from safeground.release.turning_points import TURNING, PointRing, table_of, widest_gap_m

_OWN = "programme setting"
_HANDOVER = "IMAS 08.30"


def position_shown(case: ReleaseCase) -> Criterion:
    """A certificate carries coordinates; an area whose position may not leave the project gets none."""
    shown = case.area.geo_safe
    return Criterion(id="position", met=shown, source=(case.area.id,), clause=_OWN,
                     reason="the area's position may be given out" if shown else
                     "the area's position is marked as not to leave the project",
                     remedy="" if shown else "Let the authority decide whether the position may be given out.")


def documents_complete(case: ReleaseCase) -> Criterion:
    """Every paper of ``[release.documents]`` is filed, dated, referenced, and signed in the right role."""
    faults, found, clauses = [], [], []
    for needed in case.rules.documents:
        papers = sorted((d for d in case.documents if d.kind == needed.id), key=lambda d: (d.dated, d.reference))
        serving = [d for d in papers if not _paper_fault(d, needed.signed_by, case)]
        if serving:
            found.append(serving[-1].id)
            continue
        why = _paper_fault(papers[-1], needed.signed_by, case) if papers else "is missing"
        faults.append(f"{needed.title} {why} (signed by: {needed.signed_by})")
        clauses.append(needed.clause)
    said = "; ".join(faults) or f"all {len(case.rules.documents)} papers are filed and signed in their roles"
    return Criterion(id="documents", met=not faults, reason=said, source=tuple(found),
                     clause="; ".join(dict.fromkeys(clauses)) or _HANDOVER,
                     remedy="File each paper named, with reference, date and signature." if faults else "")


def _paper_fault(paper: FiledDocument, signed_by: str, case: ReleaseCase) -> str:
    if not paper.reference.strip():
        return "has no reference"
    if paper.dated > case.day:
        return f"is dated {paper.dated}, in the future"
    if not same_words(paper.signed_as, signed_by):
        return f"is signed as {paper.signed_as or 'nobody'!r}"
    return "" if paper.signatory.strip() else "names no signatory"


def markers_recorded(case: ReleaseCase) -> Criterion:
    """Turning points carry a marker with buried metal; long legs have intermediate points; a reference leads there."""
    table = table_of(case.area.geometry, case.markers, case.rules.closure_error_m_max)
    by_id = {m.id: m for m in case.markers}
    faults = []
    for ring in table:
        for point in ring.points:
            marker = by_id.get(point.marker_id)
            if marker is None:
                faults.append(f"{point.name} has no marker within {case.rules.closure_error_m_max:g} m")
            else:
                missing = [word for word, there in (("buried metal", marker.buried_metal),
                                                    ("an emplacement date", _in_ground(marker.emplaced_date, case)))
                           if not there]
                faults += [f"{point.name} has no {' and no '.join(missing)}"] if missing else []
        faults += _leg_faults(case, ring)
    if not any(m.point_type in (PointType.BENCHMARK, PointType.LANDMARK) for m in case.markers):
        faults.append("no landmark or benchmark leads to the start point")
    count = sum(len(ring.points) for ring in table)
    said = "; ".join(faults) or f"all {count} turning points are marked and recorded"
    return Criterion(id="markers", met=not faults, reason=said, clause="IMAS 08.30; IMSMA Wiki, Point Types",
                     source=tuple(m.id for m in case.markers if m.point_type in TURNING or m.emplaced_date),
                     remedy="Emplace and record the markers named." if faults else "")


def _in_ground(emplaced: date | None, case: ReleaseCase) -> bool:
    return emplaced is not None and emplaced <= case.day


def _leg_faults(case: ReleaseCase, ring: PointRing) -> list[str]:
    limit, faults = case.rules.marker_spacing_m, []
    for start, end in zip(ring.points, ring.points[1:] + ring.points[:1], strict=True):
        if start.distance_m > limit:
            gap = widest_gap_m(start, end, case.markers, case.rules.closure_error_m_max)
            if gap > limit + case.rules.closure_error_m_max:
                faults.append(f"the leg {start.name} to {end.name} has {gap:,.0f} m without an intermediate point "
                              f"(at most {limit:g} m)")
    return faults


def table_closes(case: ReleaseCase) -> Criterion:
    """Whoever walks the printed bearings and distances comes back to the start point."""
    worst = max(ring.closure_m for ring in table_of(case.area.geometry, case.markers, case.rules.closure_error_m_max))
    met = worst <= case.rules.closure_error_m_max
    return Criterion(id="closure", met=met, clause=_OWN, source=(case.area.id,),
                     reason=f"closure error of the printed table {worst:.3f} m, at most "
                            f"{case.rules.closure_error_m_max:g} m",
                     remedy="" if met else "Correct the outline by survey.")


def handed_over(case: ReleaseCase) -> Criterion:
    """The land was handed over, after inspections, corrective actions and markers were done."""
    done = [h for h in case.handovers if h.handover_date <= case.day]
    if not case.rules.handover_needed:
        return Criterion(id="handover", met=True, reason="no handover is needed before release", clause=_OWN,
                         source=tuple(h.id for h in done))
    if not done:
        return Criterion(id="handover", met=False, reason="no handover is on record", clause=_HANDOVER,
                         remedy="Record date, recipient, intended use and who was present.")
    last = max(done, key=lambda h: h.handover_date)
    faults = [f"the handover of {last.handover_date} names no {word}" for word, value in (
        ("recipient", last.recipient), ("intended use", last.intended_use)) if not value.strip()]
    if not last.men + last.women + last.boys + last.girls:
        faults.append(f"nobody of the community is recorded as present at the handover of {last.handover_date}")
    before = [(day, what) for day, what in _open_until(case) if day > last.handover_date]
    faults += [f"handed over on {last.handover_date}, before {what} of {day}" for day, what in before]
    return Criterion(id="handover", met=not faults, clause=_HANDOVER, source=(last.id,),
                     reason="; ".join(faults) or f"handed over on {last.handover_date} to {last.recipient} for "
                                                 f"{last.intended_use}",
                     remedy="Complete the record, or hand over anew once all is done." if faults else "")


def _open_until(case: ReleaseCase) -> list[tuple[date, str]]:
    days = [(i.visit_date, "the inspection") for i in case.inspections if i.passed is not None]
    days += [(m.emplaced_date, "the markers") for m in case.markers if m.emplaced_date is not None]
    days += [(c.closed_date, "the closed action") for c in case.cases if c.closed_date is not None]
    latest: dict[str, date] = {}
    for day, what in sorted(days):
        latest[what] = day
    return [(day, what) for what, day in latest.items()]


_WHERE = {ResidualScope.AREA: "", ResidualScope.SEARCHED: " in searched ground"}


def _stated(case: ReleaseCase, left: Residual) -> float:
    return left.searched_p_any if case.rules.residual_scope is ResidualScope.SEARCHED else left.p_any


def _unsearched_m2(case: ReleaseCase, left: Residual) -> float:
    """Return how much ground counts as cleared and was searched by no record, m²; survey may release unsearched."""
    by_survey = sum(p.part.area_cm2 for p in case.posted if p.part.release_method is not ReleaseMethod.CLEARED) / 1e4
    elsewhere = (case.opening_cm2 - sum(p.part.area_cm2 for p in case.posted)) / 1e4
    return left.area_m2 - left.searched_m2 - by_survey - elsewhere


def residual_low(case: ReleaseCase) -> Criterion:
    """The stated probability that anything is left is fresh and at most what the programme accepts."""
    limit, left = case.rules.residual_p_any_max, case.residual
    faults, remedies = [], []
    if limit is None:
        faults.append("the programme has set no largest residual probability")
        remedies.append("Enter release.residual_p_any_max in the rule pack.")
    if left is None:
        faults.append("the hazard stage has no answer for the area")
        remedies.append("Run 'safeground hazard' on the project.")
    else:
        if left.newer or left.outline_sha256 != case.outline_sha256:
            why = ", ".join(left.newer[:5]) or "another outline"
            faults.append(f"the hazard was computed before {len(left.newer) or 1} newer facts came in ({why})")
            remedies.append("Run 'safeground hazard' again.")
        if left.unknown_m2 > 0.5:
            faults.append(f"nothing is known about {left.unknown_m2:,.0f} m²")
            remedies.append("Survey that ground.")
        bare = _unsearched_m2(case, left)
        if bare > 1.0 + 1e-3 * left.area_m2:
            faults.append(f"{bare:,.0f} m² booked as cleared were searched by no record")
            remedies.append("Record the searches, or clear that ground.")
        if limit is not None and not _stated(case, left) <= limit:
            faults.append(f"P(anything left{_WHERE[case.rules.residual_scope]}) is {_stated(case, left):.3g}, more "
                          f"than {limit:g}")
            remedies.append("Search again, or show by lane tests that detection is better.")
    said = "; ".join(faults)
    if left is not None and limit is not None and not faults:
        low, high = left.p_any_interval
        said = (f"P(anything left{_WHERE[case.rules.residual_scope]}) {_stated(case, left):.3g}, at most {limit:g}; in "
                f"the whole area {left.p_any:.3g} ({left.level:.0%} interval {low:.2g} to {high:.2g}), expected items "
                f"{left.expected_items:.3g}")
    return Criterion(id="residual", met=not faults, reason=said, clause=_OWN, source=("hazard/latest",),
                     remedy=" ".join(remedies))


#: All criteria, in the order in which a person reads them.
CRITERIA: tuple[Callable[[ReleaseCase], Criterion], ...] = (
    coverage, depth, inspections_passed, actions_closed, surveys_approved, documents_complete, markers_recorded,
    table_closes, handed_over, residual_low, position_shown)


def judge(case: ReleaseCase) -> tuple[Criterion, ...]:
    """Return the verdict of every criterion."""
    return tuple(criterion(case) for criterion in CRITERIA)


def require_met(subject: str, verdicts: Sequence[Criterion]) -> None:
    """Refuse unless every criterion is met; all that fail are named with their clauses and remedies.

    Raises
    ------
    RefusedError : one or more are not met (``SG-RELEASE-001``).
    """
    failed = [v for v in verdicts if not v.met]
    if failed:
        raise RefusedError(
            "SG-RELEASE-001", subject, "; ".join(f"{v.id}: {v.reason} ({v.clause})" for v in failed) + ".",
            " ".join(dict.fromkeys(v.remedy for v in failed)),
            criterion=", ".join(v.id for v in failed), clause="; ".join(dict.fromkeys(v.clause for v in failed)))
