"""Task orders: drafted from a plan, issued by two people, and moved from state to state with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from safeground.foundation.errors import RefusedError, RequestError
from safeground.records.nouns import TaskOrder
from safeground.records.planning import Assignment, Plan, PlanProblem, PlanTask
from safeground.records.task_rules import NeededFrom, TaskRules
from safeground.records.tasking import (
    TRANSITIONS,
    LaneSummary,
    MedicalPlan,
    Objective,
    OrderState,
    Paper,
    StageOrder,
    StateChange,
    TaskOrderDetail,
)
from safeground.records.vocabulary import ReleaseMethod
from safeground.task.papers import Shortcoming, paper_shortcomings, refusal, same_words


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskTerms:
    """What an order says beyond the plan; each part may be added to the draft later.

    Attributes
    ----------
    order_id : identity of the order; "" = ``TO-`` and the task's id.
    title : as people call the task; "" = the plan's name for it.
    """

    order_id: str = ""
    title: str = ""
    objective: Objective = field(default_factory=Objective)
    lanes: LaneSummary | None = None
    papers: tuple[Paper, ...] = ()
    medical: MedicalPlan = field(default_factory=MedicalPlan)
    casevac_plan: str = ""
    communications: str = ""
    eod_disposal: str = ""
    marking: str = ""
    survey_points: str = ""


def _stage_orders(problem: PlanProblem, task: PlanTask, parts: list[Assignment]) -> tuple[StageOrder, ...]:
    """Return the stages with dates for day numbers; the plan must give each stage of the task one crew."""
    parts = sorted(parts, key=lambda part: (part.stage, part.start_day))
    planned, asked = [(p.stage, p.method) for p in parts], [(k, s.method) for k, s in enumerate(task.stages)]
    if planned != asked:
        raise RequestError("SG-TASK-001", f"task {task.id}", f"the plan has stages {planned}, the task {asked}.",
                           "Give the plan that was made from this problem.")
    known = {team.id for team in problem.teams}
    for part in parts:
        if not part.team_ids or not set(part.team_ids) <= known or not 0 <= part.start_day < part.end_day:
            raise RequestError("SG-TASK-001", f"task {task.id}", f"stage {part.method}: teams {list(part.team_ids)}, "
                               f"days {part.start_day} to {part.end_day}; teams known: {sorted(known)}.",
                               "Give the plan that was made from this problem.")
    return tuple(StageOrder(method=part.method, team_ids=part.team_ids,
                            first_date=problem.start + timedelta(days=part.start_day),
                            last_date=problem.start + timedelta(days=part.end_day - 1)) for part in parts)


def orders_from_plan(
    problem: PlanProblem, plan: Plan, rules: TaskRules, terms: Mapping[str, TaskTerms] | None = None
) -> tuple[TaskOrderDetail, ...]:
    """Return one draft order for each planned task, the earliest start first, then by id.

    Parameters
    ----------
    problem : what the plan was made from; its start turns day numbers into dates.
    rules : national rules; they say which documents each order requires.
    terms : what is known of each task beyond the plan, by task id; None = nothing yet.

    Raises
    ------
    RequestError : the plan names a task, a team or stages that the problem does not have (``SG-TASK-001``).
    """
    tasks, parts = {task.id: task for task in problem.tasks}, dict[str, list[Assignment]]()
    for part in plan.assignments:
        if part.task_id not in tasks:
            raise RequestError("SG-TASK-001", f"task {part.task_id}", "the plan names it, the problem does not.",
                               "Give the plan that was made from this problem.")
        parts.setdefault(part.task_id, []).append(part)
    required = tuple(d.id for d in rules.documents if d.needed is not NeededFrom.NOT_NEEDED)
    drafts = []
    for task_id, of_task in parts.items():
        said = (terms or {}).get(task_id, TaskTerms())
        drafts.append(TaskOrderDetail(
            id=said.order_id or f"TO-{task_id}", task_id=task_id, title=said.title or tasks[task_id].name,
            objective=said.objective, stages=_stage_orders(problem, tasks[task_id], of_task), lanes=said.lanes,
            required=required, papers=said.papers, medical=said.medical, casevac_plan=said.casevac_plan,
            communications=said.communications, eod_disposal=said.eod_disposal, marking=said.marking,
            survey_points=said.survey_points))
    return tuple(sorted(drafts, key=lambda draft: (draft.first_date or date.max, draft.id)))


def _people(author: str, approver: str) -> tuple[Shortcoming, ...]:
    if author.strip() and approver.strip() and not same_words(author, approver):
        return ()
    return (Shortcoming(
        code="SG-TASK-004", message=f"author {author.strip()!r}, approver {approver.strip()!r}",
        criterion="who approves an order is not who wrote it", clause="programme setting",
        remedy="Let another person approve it."),)


def _content(order: TaskOrderDetail) -> tuple[Shortcoming, ...]:
    """Return what the order itself must say before it is issued."""
    found = []
    for lacks, what, clause in (
        (not order.stages or not all(stage.team_ids for stage in order.stages), "a team for each stage",
         "programme setting"),
        (order.objective.release_method is None, "a release method", "IMAS 07.11"),
        (order.objective.release_method is ReleaseMethod.CLEARED and order.objective.depth_cm is None,
         "a clearance depth", "IMAS 09.10"),
    ):
        if lacks:
            found.append(Shortcoming(code="SG-TASK-005", message=f"the order lacks {what}",
                                     criterion=f"an order states {what}", clause=clause, remedy=f"State {what}."))
    return tuple(found)


def unset_figures(rules: TaskRules) -> tuple[Shortcoming, ...]:
    """Return a shortcoming for each figure that the national pack leaves to the programme and nobody has entered."""
    if rules.casevac_minutes_max is not None:
        return ()
    return (Shortcoming(
        code="SG-TASK-013", message="casevac_minutes_max is not entered",
        criterion="the programme states the longest evacuation time", clause="programme setting",
        remedy="Enter task.casevac_minutes_max in the national pack."),)


def issue_shortcomings(
    order: TaskOrderDetail, author: str, approver: str, rules: TaskRules, day: date
) -> tuple[Shortcoming, ...]:
    """Return every reason why a draft may not be issued on a day; none = it may."""
    return (*_people(author, approver), *_content(order), *unset_figures(rules),
            *paper_shortcomings(rules, (NeededFrom.ISSUE,), order.papers, day))


def _allowed(order: TaskOrderDetail, state: OrderState) -> None:
    if state in TRANSITIONS[order.state]:
        return
    follow = ", ".join(TRANSITIONS[order.state]) or "nothing"
    raise RefusedError("SG-TASK-003", f"order {order.id}", f"is {order.state} and was to become {state}; "
                       f"after {order.state} may follow: {follow}.", "Write a new order, or choose such a state.",
                       criterion=f"after {order.state} may follow: {follow}", clause="programme setting")


def issue(order: TaskOrderDetail, author: str, approver: str, rules: TaskRules, *, day: date) -> TaskOrderDetail:
    """Return the draft as an issued order.

    Parameters
    ----------
    author, approver : who wrote it and who approves it; two people.
    day : date of issue; the papers must serve on it.

    Raises
    ------
    RefusedError : not a draft (``SG-TASK-003``), or one refusal for all shortcomings, each with its clause.
    """
    if order.state is not OrderState.DRAFT:
        raise RefusedError("SG-TASK-003", f"order {order.id}", f"is {order.state}; only a draft is issued.",
                           "Resume a suspended order with `move`.", criterion="only a draft is issued",
                           clause="programme setting")
    found = issue_shortcomings(order, author, approver, rules, day)
    if found:
        raise refusal(f"order {order.id}", found)
    change = StateChange(state=OrderState.ISSUED, changed_date=day, author=author, approver=approver, reason="issued")
    return replace(order, state=OrderState.ISSUED, history=(*order.history, change))


def move(order: TaskOrderDetail, state: OrderState, *, author: str, reason: str, day: date) -> TaskOrderDetail:
    """Return the order suspended, resumed, completed or cancelled.

    Parameters
    ----------
    reason : why; every change of state has one.
    day : date of the change, not before the last one.

    Raises
    ------
    RefusedError : the state may not follow (``SG-TASK-003``); a draft is issued by :func:`issue` alone.
    RequestError : no author, no reason, or a date before the last change (``SG-TASK-002``).
    """
    if order.state is OrderState.DRAFT and state is OrderState.ISSUED:
        raise RefusedError("SG-TASK-003", f"order {order.id}", "a draft is issued by two people.",
                           "Issue it with author and approver.", criterion="only an approver issues a draft",
                           clause="programme setting")
    _allowed(order, state)
    last = order.history[-1].changed_date if order.history else date.min
    if not author.strip() or not reason.strip() or day < last:
        raise RequestError("SG-TASK-002", f"order {order.id}", f"author {author!r}, reason {reason!r}, date {day}; the "
                           f"last change was on {last}.", "Give author, reason and a date not before the last change.")
    change = StateChange(state=state, changed_date=day, author=author, reason=reason)
    return replace(order, state=state, history=(*order.history, change))


def add_paper(order: TaskOrderDetail, paper: Paper, rules: TaskRules) -> TaskOrderDetail:
    """Return the order with one more paper; earlier papers of the same document stay in it.

    Raises
    ------
    RequestError : no such document is required before issue or the first day; a day's own papers come with the request
        to work on it (``SG-TASK-002``).
    """
    known = [document.id for document in rules.needed(NeededFrom.ISSUE, NeededFrom.FIRST_DAY)]
    if paper.document_id not in known:
        raise RequestError("SG-TASK-002", f"order {order.id}", f"document {paper.document_id!r} is none of an order, "
                           f"which are {', '.join(known)}.", "Name one of them; a day's papers go with its request.")
    required = tuple(dict.fromkeys((*order.required, paper.document_id)))
    return replace(order, papers=(*order.papers, paper), required=required)


def book_record(order: TaskOrderDetail) -> TaskOrder:
    """Return the order as the book's noun: what other stages read of it; papers by reference."""
    return TaskOrder(
        id=order.id, hazardous_area_id=order.task_id, objective=str(order.objective.release_method or ""),
        team_ids=tuple(dict.fromkeys(team for stage in order.stages for team in stage.team_ids)),
        method=", ".join(stage.method for stage in order.stages), clearance_depth_cm=order.objective.depth_cm,
        start_date=order.first_date, end_date=order.last_date,
        documents=tuple(f"{paper.document_id}: {paper.reference}" for paper in order.papers),
        state=order.state.value)
