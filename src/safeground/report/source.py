"""What a report of a period or of an area is made from: plain values, gathered by the operation and passed in whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from safeground.records.fieldwork import LandPart, SurveyReport
from safeground.records.moves import RELEASE_FLOWS, LandFlow, LandMove, WaitingMove
from safeground.records.nouns import (
    Accident,
    Activity,
    HazardousArea,
    Inspection,
    Nonconformity,
    OrdnanceItem,
    ProgressReturn,
    ReleaseDecision,
    RiskEducationSession,
    TaskOrder,
    Team,
)
from safeground.records.quality import InspectionLot
from safeground.records.release import FiledDocument, Handover, SurveyMarker
from safeground.records.vocabulary import RELEASED_STATUSES, ContaminationCategory, LandStatus
from safeground.report.donors import Attribution
from safeground.report.settings import ReportSettings

HAZARD = (LandStatus.SUSPECTED, LandStatus.CONFIRMED)
#: A grid square of the public edition: south-west corner and size, in hundredths of a degree.
Square = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """A project as one report sees it.

    Attributes
    ----------
    start, end : first and last day of the period.
    made_at : aware time, passed in.
    moves, waiting : what the book posted, of all times, and what waits for inspection at the end of the period.
    book_cm2 : the book's totals of all times by account, to check against.
    area_id : the area of a completion report or handover certificate; "" = the whole project.
    attribution : who is credited with what; computed before anything is withheld.
    public : values that must not be published are withheld already; nothing below restores them.
    squares : public edition: grid squares that hold hazardous land; unlocated : areas whose position is withheld.
    """

    kind: str
    project: str
    made_at: datetime
    standard: str
    edition: str
    journal_seq: int
    journal_hash: str
    start: date
    end: date
    settings: ReportSettings
    moves: tuple[LandMove, ...] = ()
    waiting: tuple[WaitingMove, ...] = ()
    book_cm2: tuple[tuple[LandStatus, int], ...] = ()
    areas: tuple[HazardousArea, ...] = ()
    activities: tuple[Activity, ...] = ()
    parts: tuple[LandPart, ...] = ()
    returns: tuple[ProgressReturn, ...] = ()
    surveys: tuple[SurveyReport, ...] = ()
    lots: tuple[InspectionLot, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    nonconformities: tuple[Nonconformity, ...] = ()
    documents: tuple[FiledDocument, ...] = ()
    markers: tuple[SurveyMarker, ...] = ()
    handovers: tuple[Handover, ...] = ()
    decisions: tuple[ReleaseDecision, ...] = ()
    ordnance: tuple[OrdnanceItem, ...] = ()
    accidents: tuple[Accident, ...] = ()
    sessions: tuple[RiskEducationSession, ...] = ()
    teams: tuple[Team, ...] = ()
    orders: tuple[TaskOrder, ...] = ()
    attribution: Attribution = field(default_factory=Attribution)
    area_id: str = ""
    public: bool = False
    squares: tuple[Square, ...] = ()
    unlocated: int = 0

    def within(self, day: date | None) -> bool:
        """Return whether a day lies in the period; a missing one does not."""
        return day is not None and self.start <= day <= self.end


Place = tuple[str, ContaminationCategory]


class Index:
    """A report's input, looked up by id and summed by place."""

    def __init__(self, given: ReportInput) -> None:
        self.given = given
        self.areas = {area.id: area for area in given.areas}
        self.teams = {team.id: team for team in given.teams}
        self._places: dict[str, Place] = {a.id: (a.admin_unit.strip(), a.contamination) for a in given.areas}
        for activity in given.activities:
            unit = self._places.get(activity.hazardous_area_id, ("", ContaminationCategory.UNKNOWN))[0]
            self._places.setdefault(activity.id, (unit, activity.contamination))
        self.parts = {part.entry_id: part for part in given.parts}

    def place(self, area_id: str) -> Place:
        """Return administrative unit ("" = not stated) and contamination of an area of the book."""
        return self._places.get(area_id, ("", ContaminationCategory.UNKNOWN))

    def stock(self, status: LandStatus, on: date) -> dict[str, int]:
        """Return what each area holds in a status at the end of a day, cm²; areas with none left out."""
        held: dict[str, int] = {}
        for move in self.given.moves:
            if move.status is status and move.on <= on:
                held[move.area_id] = held.get(move.area_id, 0) + move.amount_cm2
        return {area_id: amount for area_id, amount in held.items() if amount}

    def moves(self, start: date, end: date, flows: Iterable[LandFlow], statuses: Iterable[LandStatus]
              ) -> list[LandMove]:
        """Return the moves of a period on some accounts by some flows."""
        flow, status = set(flows), set(statuses)
        return [m for m in self.given.moves if start <= m.on <= end and m.flow in flow and m.status in status]

    def released(self, start: date, end: date) -> list[LandMove]:
        """Return what was cancelled, reduced and cleared in a period: posted entries alone, reversals negative."""
        return self.moves(start, end, RELEASE_FLOWS, RELEASED_STATUSES)


def before(day: date) -> date:
    """Return the day before; the first day there is stays."""
    return day if day == date.min else day - timedelta(days=1)


def years(start: date, end: date) -> tuple[tuple[date, date], ...]:
    """Return a period cut at the turns of the year, first and last day of each piece."""
    return tuple((max(start, date(year, 1, 1)), min(end, date(year, 12, 31)))
                 for year in range(start.year, end.year + 1))
