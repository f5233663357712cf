"""Survey outcomes: what a cancellation, reduction or confirmation must rest on, and what forbids it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Geometry

from safeground.records.base import Record
from safeground.records.fieldwork import SurveyReport
from safeground.records.nouns import Accident, Evidence, HazardousArea, OrdnanceItem
from safeground.records.quality_rules import ReleaseRules
from safeground.records.standard import ProgrammeRules
from safeground.records.vocabulary import ActivityType, EvidenceKind, EvidenceSign, ReleaseMethod

_METRES_PER_DEGREE = 111_320.0
_FITS = {ReleaseMethod.CANCELLED: ActivityType.NON_TECHNICAL_SURVEY,
         ReleaseMethod.REDUCED: ActivityType.TECHNICAL_SURVEY}


@dataclass(frozen=True, slots=True)
class Objection:
    """Why an outcome cannot stand: code, words, remedy, the criterion and where it is written."""

    code: str
    message: str
    remedy: str
    criterion: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFacts:
    """What a project knows about a part of an area.

    Attributes
    ----------
    part : ground of the outcome, EPSG:4326.
    known : every record that evidence may be, by id and by the sender's identifier.
    evidence, ordnance, accidents : all records of the project; those in the part are found here.
    """

    area: HazardousArea
    part: Geometry
    known: Mapping[str, Record]
    evidence: Sequence[Evidence]
    ordnance: Sequence[OrdnanceItem]
    accidents: Sequence[Accident]


def touches(geometry: Geometry | None, accuracy_m: float | None, part: Geometry) -> bool:
    """Return whether a record lies in a part, or within the accuracy of its position of it."""
    if geometry is None or geometry.is_empty:
        return False
    latitude = float(shapely.get_coordinates(geometry)[0, 1])
    metre = _METRES_PER_DEGREE * max(float(np.cos(np.radians(latitude))), 0.05)
    return bool(shapely.distance(geometry, part) * metre <= (accuracy_m or 0.0))


def is_direct(item: Evidence, programme: ProgrammeRules) -> bool:
    """Return whether an observation is direct evidence of presence, as the programme classes its kind."""
    return item.sign is EvidenceSign.PRESENCE and item.kind.value in programme.direct_evidence


def _in_part(item: Evidence | OrdnanceItem, facts: SurveyFacts) -> bool:
    """Whether a record lies in the part, or lies somewhere in the area without saying where."""
    if item.geometry is not None and not item.geometry.is_empty:
        return touches(item.geometry, item.position_accuracy_m, facts.part)
    return item.hazardous_area_id in {facts.area.id, facts.area.local_id, facts.area.name} - {""}


def against(facts: SurveyFacts, programme: ProgrammeRules) -> list[str]:
    """Return the names of the records that forbid to cancel or reduce a part: direct evidence, finds, accidents.

    A press report never does: it may raise suspicion, and survey answers it.
    """
    found = [f"evidence {e.local_id or e.id} ({e.kind.value})" for e in facts.evidence
             if is_direct(e, programme) and _in_part(e, facts)]
    found += [f"find {o.local_id or o.id} ({o.category.value})" for o in facts.ordnance if _in_part(o, facts)]
    found += [f"accident {a.local_id or a.id}" for a in facts.accidents
              if touches(a.geometry, a.position_accuracy_m, facts.part)]
    return found


def same_person(first: str, second: str) -> bool:
    """Return whether two names are one, letter case and blanks left out."""
    return "".join(first.casefold().split()) == "".join(second.casefold().split())


def objections(report: SurveyReport, facts: SurveyFacts, rules: ReleaseRules, programme: ProgrammeRules
               ) -> list[Objection]:
    """Return all that forbids a report's outcome, at once."""
    outcome = report.outcome
    if outcome is None:
        return []
    fits = _FITS.get(outcome)
    if fits is None or report.survey_type is not fits:
        return [Objection(
            "SG-PROGRESS-041", f"says {outcome.value} by {report.survey_type.value}.",
            "Land is cancelled by non-technical survey and reduced by technical survey; cleared land comes from "
            "returns.",
            "the outcome fits the kind of survey", "IMAS 07.11; IMAS 08.10; IMAS 08.20")]
    asset = [Objection(
        "SG-PROGRESS-041", "does not say whether a technical asset searched in the part.",
        "Say technical_asset yes or no.", "reduction records the asset", "IMAS 08.20")] if (
            outcome is ReleaseMethod.REDUCED and report.technical_asset is None) else []
    return [*asset, *_criteria(report, rules), *_basis(report, facts), *_forbidden(facts, programme), *_author(report)]


def _criteria(report: SurveyReport, rules: ReleaseRules) -> list[Objection]:
    cancelled = report.outcome is ReleaseMethod.CANCELLED
    listed = rules.cancellation_criteria if cancelled else rules.reduction_criteria
    unknown = [name for name in report.criteria if name not in listed]
    if report.criteria and not unknown:
        return []
    said = f"names {', '.join(unknown)}, which the rule pack does not list" if unknown else "names no criterion"
    return [Objection("SG-PROGRESS-042", f"{said}.", f"Name one or more of: {', '.join(listed)}.",
                      "a criterion approved by the national authority is met", "IMAS 07.11; rule pack [release]")]


def _basis(report: SurveyReport, facts: SurveyFacts) -> list[Objection]:
    missing = [name for name in report.evidence_ids if name not in facts.known]
    if missing:
        return [Objection("SG-PROGRESS-040", f"rests on {', '.join(missing)}, which the project does not hold.",
                          "Take the evidence in first, or correct its name.", "evidence is on record", "IMAS 08.10")]
    rests_on = [facts.known[name] for name in report.evidence_ids]
    press = [r for r in rests_on if isinstance(r, Evidence) and r.kind is EvidenceKind.PRESS_REPORT]
    if rests_on and len(press) < len(rests_on):
        return []
    said = "rests on press reports alone" if press else "names no evidence"
    return [Objection("SG-PROGRESS-043", f"{said}.", "Name the observations, interviews or searches it rests on.",
                      "a press report raises suspicion and never lowers it", "IMAS 08.10; programme setting")]


def _forbidden(facts: SurveyFacts, programme: ProgrammeRules) -> list[Objection]:
    names = against(facts, programme)
    if not names:
        return []
    shown = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    return [Objection("SG-PROGRESS-044", f"inside the part lie {shown}.",
                      "Draw the part without them, or clear it; where an item was found the land is confirmed.",
                      "no direct evidence and no find in released land", "IMAS 07.11; IMAS 08.20")]


def _author(report: SurveyReport) -> list[Objection]:
    if report.author.strip():
        return []
    return [Objection("SG-PROGRESS-045", "names no author.", "Name who surveyed; another person approves.",
                      "approver and author are two people", "IMAS 07.11; programme setting")]


def approval_objection(report: SurveyReport, approver: str) -> Objection | None:
    """Return why a person cannot approve a report, None = they can."""
    if approver.strip() and not same_person(approver, report.author):
        return None
    return Objection("SG-PROGRESS-045", f"was written by {report.author or 'nobody'} and would be approved by "
                     f"{approver or 'nobody'}.", "Have another person approve it (--actor NAME).",
                     "approver and author are two people", "IMAS 07.11; programme setting")


def confirming(evidence: Iterable[Evidence], area: HazardousArea, programme: ProgrammeRules) -> list[Evidence]:
    """Return the direct evidence of presence that has a date and a place in the area."""
    return [item for item in evidence if is_direct(item, programme) and item.date_of_information is not None
            and touches(item.geometry, item.position_accuracy_m, area.geometry)]
