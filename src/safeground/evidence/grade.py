"""How probable it is that an area holds anything: its type, the evidence about it, and leads that can only raise it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from safeground.records.hazard_rules import HazardRules
from safeground.records.nouns import Evidence
from safeground.records.standard import ProgrammeRules
from safeground.records.vocabulary import AreaType, EvidenceKind, EvidenceSign


@dataclass(frozen=True, slots=True)
class PressLead:
    """A claim of presence from a press report or a model's proposal.

    It has a strength and no sign: nothing of this type can say that ground is free, so no claim can lower a hazard.

    Attributes
    ----------
    strength : log odds that it adds, at least 0; negative strengths cannot be made.
    """

    record_id: str
    strength: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "strength", max(0.0, float(self.strength)))


@dataclass(frozen=True, slots=True)
class GradeStep:
    """One step of the account: what was weighed, from which record, and the probability after it."""

    reason: str
    record_id: str
    probability: float


@dataclass(frozen=True, slots=True)
class Grade:
    """Probability of presence with its account; ``known`` where an accident or a find proves it."""

    probability: float
    known: bool
    steps: tuple[GradeStep, ...]


def _logit(p: float) -> float:
    q = min(max(p, 1e-6), 1 - 1e-6)
    return math.log(q / (1 - q))


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def grade_area(area_type: AreaType, evidence: Iterable[Evidence], leads: Iterable[PressLead], rules: HazardRules,
               programme: ProgrammeRules) -> Grade:
    """Return an area's probability of presence.

    Presence evidence is direct or indirect as the programme's rule pack says.  Evidence of absence (land in use without
    accident, old survey without finds) takes little and never below a floor.  Records of a press report count as leads
    whatever sign they carry: with the sign of absence they change nothing.  Evidence is weighed in an order of its own
    (presence, absence, leads, then by record), so the order of the records changes nothing.
    """
    start = dict(rules.present).get(area_type.value, 0.2)
    steps = [GradeStep(f"type of area: {area_type.value}", "", start)]
    odds, known = _logit(start), False
    items = sorted(evidence, key=lambda e: (e.sign is EvidenceSign.ABSENCE, e.kind.value, e.id))
    press = [PressLead(e.id, rules.indirect_log_odds) for e in items
             if e.kind is EvidenceKind.PRESS_REPORT and e.sign is EvidenceSign.PRESENCE]
    floor = _logit(rules.absence_floor * start)
    for item in items:
        if item.kind is EvidenceKind.PRESS_REPORT:
            continue
        if item.sign is EvidenceSign.PRESENCE:
            direct = item.kind.value in programme.direct_evidence
            odds += rules.direct_log_odds if direct else rules.indirect_log_odds
            known = known or item.kind in (EvidenceKind.ACCIDENT_LOCATED, EvidenceKind.ACCIDENT_UNLOCATED,
                                           EvidenceKind.DETONATION)
            word = "direct" if direct else "indirect"
        else:
            odds = max(odds - rules.absence_log_odds, min(odds, floor))
            word = "absence"
        steps.append(GradeStep(f"{word}: {item.kind.value}", item.id, _expit(odds)))
    probability = _expit(odds)
    for lead in sorted([*leads, *press], key=lambda one: one.record_id):
        probability = raised(probability, lead, rules.lead_cap)
        steps.append(GradeStep("lead from a report", lead.record_id, probability))
    if known:
        probability = 1.0
        steps.append(GradeStep("proved by an accident or detonation", "", 1.0))
    return Grade(probability, known, tuple(steps))


def raised(probability: float, lead: PressLead, cap: float) -> float:
    """Return a probability after a lead: raised at most to the cap, never lowered."""
    return max(probability, min(cap, _expit(_logit(probability) + lead.strength)))
