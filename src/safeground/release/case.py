"""Everything that a release decision about one area rests on, gathered: what the criteria see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from safeground.records.fieldwork import LandPart, SurveyReport
from safeground.records.nouns import Accident, HazardousArea, Inspection, Nonconformity, OrdnanceItem
from safeground.records.quality import InspectionLot, SamplingDraw
from safeground.records.quality_rules import ReleaseRules
from safeground.records.release import FiledDocument, Handover, SurveyMarker
from safeground.records.vocabulary import RELEASED_STATUSES, LandStatus

#: Standing of a part whose entry moved land and was not reversed.
POSTED = "posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of release and whether it is met.

    Attributes
    ----------
    id : stable word, such as ``coverage``.
    met, reason : the verdict, and why, with figures and names.
    clause : where the rule stands.
    source : ids of the records it was judged by.
    remedy : what to do where it is not met, "" where it is.
    """

    id: str
    met: bool
    reason: str
    clause: str
    source: tuple[str, ...] = ()
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStanding:
    """A piece of ground with the standing of its entry.

    Attributes
    ----------
    state : ``pending``, ``posted``, ``void`` or ``reversed``.
    posted_by : id of the entry that moved the land, "" = none did.
    """

    part: LandPart
    state: str
    posted_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedGround:
    """Ground of the area that another area counts; `hazardous_cm2` is what that one still holds as hazardous."""

    area_id: str
    area_cm2: int
    hazardous_cm2: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStep:
    """One step of what reduced the hazard; fields as ``hazard.account.AccountLine``."""

    step: str
    kind: str
    expected_items: float
    found: float
    log_survival: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """What may be left in the area, by the last hazard run.

    Attributes
    ----------
    expected_items, p_any : expected items left; probability that anything is left.
    interval, p_any_interval : of the number of items, and of the probability over what is not known about density and
        detection, both at `level`.
    searched_p_any : probability that anything is left in the searched ground alone.
    area_m2, searched_m2, unknown_m2 : ground of the area; searched; unknown and in no figure.
    outline_sha256 : of the outline it was computed for.
    newer : ids of records that bear on the area and came in after the run.
    journal_seq, computed_at : event and time of the run.
    """

    expected_items: float
    p_any: float
    interval: tuple[int, int]
    p_any_interval: tuple[float, float]
    searched_p_any: float
    level: float
    presence: float
    searched_items: float
    borrowed_items: float
    area_m2: float
    searched_m2: float
    unknown_m2: float
    account: tuple[AccountStep, ...]
    outline_sha256: str
    newer: tuple[str, ...]
    journal_seq: int
    computed_at: datetime
    seed: int
    cell_m: float
    effective_samples: float
    input_hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCase:
    """One area's case.

    Attributes
    ----------
    opening_cm2, held_cm2, pending_cm2 : the area in the land book.
    parts : every part of the area, void ones too.
    shared : ground of the area that other areas count.
    draws, inspections, cases : those of the area's lots; cases that reach the area or one of its lots.
    recorded : id -> number of the journal event that first recorded it.
    required_depth_cm, depth_source : depth set for the area, and the records that set it; None = nobody set one.
    residual : None = the hazard stage has no answer for the area.
    outline_sha256 : of the area's outline as it stands.
    day : day of the decision.
    """

    area: HazardousArea
    opening_cm2: int
    held_cm2: tuple[tuple[LandStatus, int], ...]
    pending_cm2: int
    parts: tuple[PartStanding, ...]
    lots: tuple[InspectionLot, ...]
    draws: tuple[SamplingDraw, ...]
    inspections: tuple[Inspection, ...]
    cases: tuple[Nonconformity, ...]
    documents: tuple[FiledDocument, ...]
    markers: tuple[SurveyMarker, ...]
    handovers: tuple[Handover, ...]
    surveys: tuple[SurveyReport, ...]
    items: tuple[OrdnanceItem, ...]
    accidents: tuple[Accident, ...]
    shared: tuple[SharedGround, ...]
    recorded: dict[str, int]
    required_depth_cm: float | None
    depth_source: tuple[str, ...]
    residual: Residual | None
    outline_sha256: str
    rules: ReleaseRules
    day: date

    def held(self, status: LandStatus) -> int:
        """Return what the area's account of a status holds, cm²."""
        return dict(self.held_cm2).get(status, 0)

    @property
    def posted(self) -> tuple[PartStanding, ...]:
        """Return the parts that count as released ground."""
        return tuple(p for p in self.parts if p.state == POSTED and LandStatus(p.part.release_method.value)
                     in RELEASED_STATUSES)


def same_words(first: str, second: str) -> bool:
    """Whether two names or roles are one, letter case and spaces apart."""
    return first.casefold().split() == second.casefold().split()
