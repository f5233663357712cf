"""The gate before a work day: every reason why a team may not start, all at once, each with its clause."""

from __future__ import annotations

from safeground.foundation.errors import RequestError
from safeground.records.task_rules import NeededFrom, TaskRules
from safeground.records.tasking import OrderState, TaskOrderDetail, WorkDayRequest
from safeground.task.orders import unset_figures
from safeground.task.papers import Shortcoming, paper_shortcomings, refusal, same_words

_OWN = "programme setting"


def _state(order: TaskOrderDetail) -> list[Shortcoming]:
    if order.state is OrderState.ISSUED:
        return []
    last = order.history[-1] if order.history else None
    why = f" since {last.changed_date} ({last.reason})" if last else ""
    return [Shortcoming(code="SG-TASK-007", message=f"the order is {order.state}{why}",
                        criterion="work needs an issued order", clause=_OWN,
                        remedy="Issue or resume the order, or work under another one.")]


def _team_and_day(order: TaskOrderDetail, request: WorkDayRequest) -> list[Shortcoming]:
    day, team = request.work_date, request.team_id
    own = [stage for stage in order.stages if team in stage.team_ids]
    found = []
    if not own:
        named = sorted({name for stage in order.stages for name in stage.team_ids})
        found.append(Shortcoming(code="SG-TASK-009", message=f"team {team} is not named in the order, which names "
                                 f"{', '.join(named) or 'none'}", criterion="the order names the team", clause=_OWN,
                                 remedy="Send a team that the order names, or write a new order."))
    if not any(stage.covers(day) for stage in own or order.stages):
        days = ", ".join(f"{stage.method} {stage.first_date} to {stage.last_date}" for stage in own or order.stages)
        found.append(Shortcoming(code="SG-TASK-008", message=f"{day} is outside the order's days: {days or 'none'}",
                                 criterion="the day lies within the order's dates", clause=_OWN,
                                 remedy="Work within the dates, or write a new order."))
    return found


def _accreditation(order: TaskOrderDetail, request: WorkDayRequest) -> list[Shortcoming]:
    day, team, until = request.work_date, request.team_id, request.accredited_until
    found = []
    if until is None or until < day:
        said = "is not on record" if until is None else f"ended on {until}, the day is {day}"
        found.append(f"accreditation of team {team} {said}")
    methods = {stage.method for stage in order.stages if team in stage.team_ids and stage.covers(day)}
    if missing := sorted(methods - set(request.accredited_for)):
        found.append(f"team {team} is not accredited for {', '.join(missing)}")
    return [Shortcoming(code="SG-TASK-010", message=said, criterion="the team is accredited for its work on that day",
                        clause=_OWN, remedy="Renew the accreditation, or send another team.") for said in found]


def _medics(order: TaskOrderDetail, request: WorkDayRequest, rules: TaskRules) -> list[str]:
    """Return what is wrong with the medics: none, or one who serves another team on the same day."""
    named = [(team, medic) for team, medic in order.medical.medics if medic.strip()]
    if not rules.medic_per_team:
        return [] if named else ["names no medic"]
    own = [medic for team, medic in named if team == request.team_id]
    if not own:
        return [f"names no medic for team {request.team_id}"]
    busy = {team for stage in order.stages if stage.covers(request.work_date) for team in stage.team_ids}
    shared = sorted({team for team, medic in named if team != request.team_id and team in busy | {""}
                     and any(same_words(medic, mine) for mine in own)})
    return [f"names one medic for team {request.team_id} and for {', '.join(team or 'the site' for team in shared)}"
            ] if shared else []


def _medical(order: TaskOrderDetail, request: WorkDayRequest, rules: TaskRules) -> list[Shortcoming]:
    plan, limit, clause = order.medical, rules.casevac_minutes_max, rules.medical_clause
    lacks = _medics(order, request, rules)
    for missing, what in ((rules.ambulance_on_site and not plan.ambulance.strip(), "names no evacuation vehicle"),
                          (not plan.hospital.strip(), "names no hospital"),
                          (plan.casevac_minutes is None, "states no evacuation time"),
                          (not plan.route_note.strip(), "describes no route"),
                          (not plan.blood_groups_held, "has no list of blood groups at hand")):
        if missing:
            lacks.append(what)
    found = [Shortcoming(code="SG-TASK-011", message=f"the medical plan {what}",
                         criterion="the medical plan is complete", clause=clause,
                         remedy="Complete the medical plan.") for what in lacks]
    if limit is not None and plan.casevac_minutes is not None and plan.casevac_minutes > limit:
        found.append(Shortcoming(
            code="SG-TASK-012", message=f"the evacuation takes {plan.casevac_minutes:g} minutes, at most {limit:g}",
            criterion=f"a casualty reaches the hospital within {limit:g} minutes", clause=_OWN,
            remedy="Choose a nearer hospital or a faster way, and drill again."))
    return found


def work_shortcomings(order: TaskOrderDetail, request: WorkDayRequest, rules: TaskRules) -> tuple[Shortcoming, ...]:
    """Return every reason why a team may not work under an order on a day; none = it may.

    Papers needed before issue are asked for again on each day, because they can run out.  A day's own papers are those
    of the request: the detector test of one team does not serve another.

    Raises
    ------
    RequestError : the request names another order (``SG-TASK-002``).
    """
    if request.task_order_id != order.id:
        raise RequestError("SG-TASK-002", f"order {order.id}", f"the request is for {request.task_order_id}.",
                           "Ask with the order that the request names.")
    return (*_state(order), *_team_and_day(order, request), *_accreditation(order, request), *unset_figures(rules),
            *_medical(order, request, rules),
            *paper_shortcomings(rules, (NeededFrom.ISSUE, NeededFrom.FIRST_DAY), order.papers, request.work_date),
            *paper_shortcomings(rules, (NeededFrom.EACH_DAY,), request.papers, request.work_date))


def may_work(order: TaskOrderDetail, request: WorkDayRequest, rules: TaskRules) -> None:
    """Refuse a work day that lacks anything; return nothing if it may start.  Nothing is changed either way.

    Raises
    ------
    RefusedError : one refusal that names each missing paper and each other reason with its clause; code of the reason,
        or ``SG-TASK-014`` where reasons of several kinds meet.
    RequestError : the request names another order (``SG-TASK-002``).
    """
    found = work_shortcomings(order, request, rules)
    if found:
        raise refusal(f"order {order.id}, team {request.team_id}, {request.work_date}", found)
