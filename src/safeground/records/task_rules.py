"""Which papers a task needs and when, and the limits of a work day: the task part of a rule pack."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safeground.foundation.errors import RequestError


class NeededFrom(StrEnum):
    """From which step on a paper must be there."""

    ISSUE = "issue"
    FIRST_DAY = "first_day"
    EACH_DAY = "each_day"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredDocument:
    """A paper that a task must have.

    Attributes
    ----------
    id : its key in ``[task.documents]``.
    title : as the order and each refusal name it.
    clause : where it is asked for, or ``programme setting``.
    needed : before issue, before the first work day, for each work day (dated on it), or not in this programme.
    signed_by : role of the person who signs it.
    """

    id: str
    title: str
    clause: str
    needed: NeededFrom
    signed_by: str

    def __post_init__(self) -> None:
        blank = [name for name in ("title", "clause", "signed_by") if not getattr(self, name).strip()]
        if blank:
            raise RequestError("SG-RECORD-002", f"task.documents.{self.id}", f"{', '.join(blank)} is empty.",
                               "Give title, clause (or “programme setting”) and the role that signs.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRules:
    """What must be there before people work in a hazardous area, and how they work.

    Attributes
    ----------
    documents : papers in the order in which the sheet prints them.
    casevac_minutes_max : longest evacuation to the hospital named, minutes; None = ``"set"`` in the pack: no figure of
        IMAS 10.40 could be sourced, so nothing is issued until the programme enters its own.
    medic_per_team : each team has a medic who serves no other team on that day; else one medic on the site is enough.
    ambulance_on_site : an evacuation vehicle is named in the order; sites may share it.
    medical_clause : where medic and vehicle are asked for.
    work_minutes_max, rest_minutes_min : one spell of work and the rest after it, minutes.
    hours_per_day_max : work in a hazardous area on one day, hours.
    distance_m : least distance between two deminers, m; an approved working distance is set per site (IMAS 10.20).
    intermediate_leg_m : a leg between turning points longer than this needs intermediate points, m.
    intermediate_clause : where that is asked for.
    """

    documents: tuple[RequiredDocument, ...]
    casevac_minutes_max: float | None
    medic_per_team: bool
    ambulance_on_site: bool
    medical_clause: str
    work_minutes_max: float
    rest_minutes_min: float
    hours_per_day_max: float
    distance_m: float
    intermediate_leg_m: float
    intermediate_clause: str

    def __post_init__(self) -> None:
        for name in ("work_minutes_max", "rest_minutes_min", "hours_per_day_max", "distance_m", "intermediate_leg_m",
                     "casevac_minutes_max"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise RequestError("SG-RECORD-002", f"task.{name}", f"is {value:g}; expected: above 0.",
                                   "Enter the figure of the national standard.")

    def needed(self, *steps: NeededFrom) -> tuple[RequiredDocument, ...]:
        """Return the papers that must be there at any of these steps, in the pack's order."""
        return tuple(document for document in self.documents if document.needed in steps)
