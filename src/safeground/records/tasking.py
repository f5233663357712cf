"""The nouns of tasking: an order with its papers, people, medical plan and days, and the request to work on a day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from safeground.foundation.errors import RequestError
from safeground.records.vocabulary import ReleaseMethod


class OrderState(StrEnum):
    """Where an order stands; only an issued one lets anybody work."""

    DRAFT = "draft"
    ISSUED = "issued"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


#: State -> states that may follow; the last two are final.
TRANSITIONS: dict[OrderState, tuple[OrderState, ...]] = {
    OrderState.DRAFT: (OrderState.ISSUED, OrderState.CANCELLED),
    OrderState.ISSUED: (OrderState.SUSPENDED, OrderState.COMPLETED, OrderState.CANCELLED),
    OrderState.SUSPENDED: (OrderState.ISSUED, OrderState.CANCELLED),
    OrderState.COMPLETED: (),
    OrderState.CANCELLED: (),
}


def _refuse(subject: str, message: str, remedy: str) -> RequestError:
    return RequestError("SG-TASK-002", subject, message, remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document that is present, as it is referred to in the order.

    Attributes
    ----------
    document_id : which required document it is (``TaskRules.documents``).
    reference : number or file name under which it is found.
    dated : date on the paper.
    signed_as : role in which it was signed; must be the role that the national rule names.
    signatory : who signed.
    valid_until : last day on which it counts; None = no end.
    sha256 : hash of the signed file, "" = kept on paper.
    """

    document_id: str
    reference: str
    dated: date
    signed_as: str
    signatory: str = ""
    valid_until: date | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What the work is to reach.

    Attributes
    ----------
    release_method : cancelled, reduced or cleared; None = not decided yet, and the order cannot be issued.
    depth_cm : required depth, cm; set by the tasking authority for the task (IMAS 09.10), mandatory for clearance.
    land_use : intended use of the land.
    """

    release_method: ReleaseMethod | None = None
    depth_cm: float | None = None
    land_use: str = ""

    def __post_init__(self) -> None:
        if self.depth_cm is not None and not (math.isfinite(self.depth_cm) and self.depth_cm > 0):
            raise _refuse("objective", f"the depth is {self.depth_cm} cm.", "Give a depth above 0 cm, or none.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOrder:
    """One step of the method mix: who works by which method from which day to which, both included."""

    method: str
    team_ids: tuple[str, ...]
    first_date: date
    last_date: date

    def __post_init__(self) -> None:
        if self.last_date < self.first_date:
            raise _refuse(f"stage {self.method}", f"its last day {self.last_date} is before its first "
                          f"{self.first_date}.", "Give a last day not before the first.")

    def covers(self, day: date) -> bool:
        """Whether a day lies within the stage's days."""
        return self.first_date <= day <= self.last_date


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSummary:
    """The lanes of a task in figures.

    Attributes
    ----------
    lane_count, lane_m : number of lanes and their length together, m.
    bearing_deg : direction of work, degrees clockwise from grid north.
    files : names of the files that hold them.
    """

    lane_count: int
    lane_m: float
    bearing_deg: float
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicalPlan:
    """Who treats and who carries a casualty, and how long it takes (clearance plan, section 8b).

    Attributes
    ----------
    medics : team id and its medic; the team id "" stands for a medic of the whole site.
    ambulance : evacuation vehicle.
    hospital : facility to which a casualty is brought.
    casevac_minutes : time from the place of work to that facility as driven or flown in the drill, minutes.
    route_note : route and what may close it.
    blood_groups_held : whether the list of blood groups of all people on the site is at hand.
    """

    medics: tuple[tuple[str, str], ...] = ()
    ambulance: str = ""
    hospital: str = ""
    casevac_minutes: float | None = None
    route_note: str = ""
    blood_groups_held: bool = False

    def __post_init__(self) -> None:
        if self.casevac_minutes is not None and not (math.isfinite(self.casevac_minutes) and self.casevac_minutes > 0):
            raise _refuse("medical plan", f"the evacuation takes {self.casevac_minutes} minutes.",
                          "Give the minutes of the drill, above 0.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A line of the order's history, which only grows: what it became, when, by whom, why."""

    state: OrderState
    changed_date: date
    author: str
    reason: str
    approver: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOrderDetail:
    """An order with all that a supervisor must have in hand; no land moves by it.

    Attributes
    ----------
    id : identity of the order.
    task_id : hazardous area, or the part of it, to which the work belongs.
    required : ids of the documents that the national rules ask for at the time of drafting.
    papers : those that are there; a required document without one is missing.
    casevac_plan, communications, eod_disposal, marking : how it is done, or the reference of the plan that says so.
    survey_points : reference of the record of start point and turning points.
    """

    id: str
    task_id: str
    objective: Objective
    stages: tuple[StageOrder, ...]
    title: str = ""
    lanes: LaneSummary | None = None
    required: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    medical: MedicalPlan = MedicalPlan()
    casevac_plan: str = ""
    communications: str = ""
    eod_disposal: str = ""
    marking: str = ""
    survey_points: str = ""
    state: OrderState = OrderState.DRAFT
    history: tuple[StateChange, ...] = ()

    @property
    def first_date(self) -> date | None:
        """First day of the first stage; None without stages."""
        return min((stage.first_date for stage in self.stages), default=None)

    @property
    def last_date(self) -> date | None:
        """Last day of the last stage; None without stages."""
        return max((stage.last_date for stage in self.stages), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDayRequest:
    """A team asks to work under an order on a day; the operation fills in what the book knows of the team.

    Attributes
    ----------
    accredited_until : last day of the team's accreditation; None = none on record.
    accredited_for : methods that the team is accredited for.
    papers : the day's own papers, beside those of the order.
    """

    task_order_id: str
    team_id: str
    work_date: date
    accredited_until: date | None = None
    accredited_for: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
