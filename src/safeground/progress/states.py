"""The life of a hazardous area as a table: which step is open in which state, under which guard (IMAS 07.11, 08.10)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safeground.foundation.errors import RefusedError
from safeground.records.nouns import HazardousArea
from safeground.records.vocabulary import AreaType, WorkflowStatus

_SHA, _CHA, _INDICATION = (AreaType.SUSPECTED_HAZARDOUS_AREA, AreaType.CONFIRMED_HAZARDOUS_AREA, AreaType.INDICATION)
_OPEN, _WORKED, _SUSPENDED = WorkflowStatus.OPEN, WorkflowStatus.WORKED_ON, WorkflowStatus.SUSPENDED


class Step(StrEnum):
    """A step in an area's life."""

    CANCEL = "cancel"
    REDUCE = "reduce"
    CONFIRM = "confirm"
    REDRAW = "redraw"
    SPLIT = "split"
    SUSPEND = "suspend"
    RESUME = "resume"
    START_WORK = "start work"


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table.

    Attributes
    ----------
    types, states : in which the step is open.
    becomes : workflow state afterwards, None = as before.
    guard : what must hold besides, in words; its check stands beside the step.
    clause : where the rule stands.
    """

    step: Step
    types: tuple[AreaType, ...]
    states: tuple[WorkflowStatus, ...]
    becomes: WorkflowStatus | None
    guard: str
    clause: str


#: Release and re-opening are decided by the release stage.
TABLE: tuple[Transition, ...] = (
    Transition(Step.CANCEL, (_SHA, _CHA), (_OPEN, _WORKED, _SUSPENDED), None,
               "non-technical survey, a criterion of the rule pack, evidence, no direct evidence and no find in the "
               "part; "
               "approver and author are two people", "IMAS 07.11; IMAS 08.10"),
    Transition(Step.REDUCE, (_SHA, _CHA), (_OPEN, _WORKED, _SUSPENDED), None,
               "technical survey, a criterion of the rule pack, evidence, no direct evidence and no find in the part; "
               "approver and author are two people", "IMAS 07.11; IMAS 08.20"),
    Transition(Step.CONFIRM, (_SHA,), (_OPEN, _WORKED, _SUSPENDED), None,
               "direct evidence with place and date in the area", "IMAS 07.11; IMAS 08.10"),
    Transition(Step.REDRAW, (_SHA, _CHA), (_OPEN, _WORKED, _SUSPENDED), None,
               "a reason; ground that counts stays inside", "IMAS 08.10"),
    Transition(Step.SPLIT, (_SHA, _CHA), (_OPEN, _WORKED, _SUSPENDED), None,
               "the piece holds no ground that counts", "IEDG p. 217"),
    Transition(Step.SUSPEND, (_SHA, _CHA), (_OPEN, _WORKED), _SUSPENDED,
               "a reason, and the answer that a split does not serve", "IEDG p. 217"),
    Transition(Step.RESUME, (_SHA, _CHA), (_SUSPENDED,), _WORKED, "a reason", "programme setting"),
    Transition(Step.START_WORK, (_CHA, _SHA), (_OPEN, _WORKED), _WORKED, "task order with its papers",
               "IMAS 09.10; programme setting"),
)


def require_step(area: HazardousArea, step: Step) -> Transition:
    """Return the table's row for a step in an area's present state.

    Raises
    ------
    RefusedError : the step is not open (``SG-PROGRESS-048``); the states in which it is are named.
    """
    rows = [row for row in TABLE if row.step is step]
    for row in rows:
        if area.area_type in row.types and area.workflow_status in row.states:
            return row
    states = ", ".join(f"{'/'.join(t.value for t in row.types)} while {'/'.join(s.value for s in row.states)}"
                       for row in rows)
    raise RefusedError(
        "SG-PROGRESS-048", area.name or area.local_id or area.id, f"is a {area.area_type.value} and "
        f"{area.workflow_status.value}: it cannot {step.value}.", f"The step is open for {states}.",
        criterion=rows[0].guard, clause=rows[0].clause)
