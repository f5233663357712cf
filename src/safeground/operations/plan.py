"""A deployment plan of a project: teams and tasks in, a checked plan with its bound and reasons out."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from safeground.foundation.canonical import canonical_json
from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.foundation.seeds import stable_id
from safeground.operations import ledger
from safeground.operations.context import Caller
from safeground.operations.plan_input import TeamsFile, read_teams
from safeground.operations.plan_lanes import lane_cards
from safeground.operations.plan_tasks import (
    OPEN,
    benefit_parts,
    file_hash,
    notes,
    plan_tasks,
    plan_teams,
    read_land,
    read_tasks,
    rows_by_area,
    withheld,
)
from safeground.operations.project import opened
from safeground.plan.check import CheckReport, check_plan
from safeground.plan.compare import PlanChange, plan_changes
from safeground.plan.explain import LeftOut, MethodPrice, ResourcePrice, explain, method_prices, resource_prices
from safeground.plan.polish import Polished, polished
from safeground.plan.practice import dispatch
from safeground.plan.replan import replan, with_bound
from safeground.plan.solve import Solution, SolveSettings, solve
from safeground.plan.stability import Stability, rank_stability
from safeground.plan.stops import Stop, after_moves, after_seconds
from safeground.records.payload import from_plain, to_plain
from safeground.records.planning import Assignment, Objective, Plan, PlanProblem
from safeground.report.plan_page import plan_html
from safeground.report.plan_plots import gantt_png, map_png
from safeground.store.project import Project, Reader

#: A base farther than this from every area is doubted, km.
FAR_KM = 500.0
#: Search moves for each task where no stop is given, between the two limits.
MOVES_EACH, MOVES_LEAST, MOVES_MOST = 100, 2_000, 20_000
#: Search moves of each plan that is made again under noise.
BRIEF_MOVES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What is asked of the plan stage.

    Attributes
    ----------
    teams : TOML file of teams, calendars, rates and objective.  tasks : CSV of the authority's figures.
    start, days : first day and length of the window.
    objective : overrides that of the teams file; "" = that one.
    seconds : stop the search after so many seconds; moves : after so many moves (the same seed, the same plan).
    dry_run : compute and tell, write nothing.
    keep : keep what still holds of the stored plan; nothing that has begun before ``today`` moves (None = the clock's
        day), and at most a share ``changes_share`` of the other published first days changes.
    stability : plans made again under noise in the weights, each factor within 1 ± ``noise``; 0 = none.
    polish : windows of the plan that are made anew by CP-SAT after the search; 0 = none.
    lanes : areas whose lanes the page draws, by first day of work; lane_width_m : of one lane, m.
    """

    teams: Path
    start: date
    days: int
    objective: str = ""
    seconds: float | None = None
    moves: int | None = None
    seed: int = 1
    tasks: Path | None = None
    dry_run: bool = False
    keep: bool = False
    today: date | None = None
    changes_share: float = 0.1
    stability: int = 0
    noise: float = 0.3
    polish: int = 0
    lanes: int = 24
    lane_width_m: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanResult:
    """A plan and all that is said about it.

    Attributes
    ----------
    practice : the plan of ranking by score and sending idle teams, checked the same way.
    hidden : ids of tasks whose position may not be shown.
    seconds : of the whole stage.  page : file that shows the plan, "" where nothing was written.
    kept : with --keep, what became of the published plan; stability : under noise in the weights; polish : what its
        windows did; None = not asked for.
    """

    project: str
    problem: PlanProblem
    solution: Solution
    left_out: tuple[LeftOut, ...]
    prices: tuple[MethodPrice, ...]
    resource_prices: tuple[ResourcePrice, ...]
    practice: CheckReport
    findings: tuple[Finding, ...]
    hidden: frozenset[str] = field(default_factory=frozenset)
    seed: int = 1
    seconds: float = 0.0
    page: str = ""
    kept: Kept | None = None
    stability: Stability | None = None
    polish: Polished | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the published plan.

    Attributes
    ----------
    plan_id : the published plan.  today : day of the new one.
    share : of the first days that still held, those that are as published.
    """

    plan_id: str
    today: date
    share: float
    dropped: tuple[str, ...]
    changes: tuple[PlanChange, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A project's planning problem, with findings on its figures.

    Attributes
    ----------
    hidden : ids of tasks that maps must not show.
    parts : by task with a row in the tasks file, its weighted worth a day from each kind of benefit.
    """

    problem: PlanProblem
    findings: list[Finding]
    hidden: frozenset[str]
    parts: dict[str, tuple[float, ...]]


def run_plan(project: Project | str, request: PlanRequest, caller: Caller) -> PlanResult:
    """Make a plan for a project's open areas, check it by other code, and keep it with its problem and its page.

    Raises
    ------
    RequestError : the window, the teams file or the tasks file does not fit; nothing is written then.
    """
    begun = time.perf_counter()
    _check_window(request)
    teams = read_teams(request.teams, request.start, request.days)
    with opened(project, caller) as held:
        given = plan_problem(held, request, teams, caller)
        problem, findings, hidden = given.problem, given.findings, given.hidden
        solution, kept = _solved(held, request, problem, caller)
        windows = None
        if request.polish:
            solution, windows = polished(problem, solution, after_moves(request.polish), request.seed, caller.progress)
        stability = _stability(request, given, solution, caller)
        caller.progress("reasons for what is left out", None)
        result = PlanResult(
            project=held.name, problem=problem, solution=solution,
            left_out=explain(problem, solution.arrays, solution.plan, solution.prices),
            prices=method_prices(problem, solution.arrays, solution.prices),
            resource_prices=resource_prices(problem, solution.arrays, solution.prices),
            practice=check_plan(problem, dispatch(problem, "score")), findings=tuple(findings), hidden=hidden,
            seed=request.seed, seconds=time.perf_counter() - begun, kept=kept, stability=stability, polish=windows)
        return result if request.dry_run else _keep(held, request, result, caller)


def _solved(project: Project, request: PlanRequest, problem: PlanProblem, caller: Caller
            ) -> tuple[Solution, Kept | None]:
    """Return the plan: free, or as near to the published one as still holds."""
    stop, rules = _stop(request, len(problem.tasks)), SolveSettings(seed=request.seed)
    if not request.keep:
        return solve(problem, stop, rules, caller.progress), None
    with project.read() as reader:
        before, published = stored_plan(reader)
        plan_id = str(reader.setting("plan/latest")["id"])
    if before.start != problem.start:
        raise RequestError("SG-OPS-046", "--start", f"is {problem.start}; the published plan starts on {before.start}.",
                           "Give the start of the published plan; --today says from when on it may change.")
    today = request.today or caller.clock().date()
    day = min(max(0, (today - problem.start).days), problem.days)
    caller.progress("keeping the published plan", None)
    found = replan(problem, published, day, stop, rules, request.changes_share)
    caller.progress("bound with travel", None)
    names = {task.id: task.name for task in before.tasks}
    kept = Kept(plan_id, problem.start + timedelta(days=day), found.kept_share, found.dropped,
                plan_changes(names, published, problem, found.plan, day))
    return with_bound(problem, found, rules), kept


def _stability(request: PlanRequest, given: Gathered, solution: Solution, caller: Caller) -> Stability | None:
    if not request.stability:
        return None
    return rank_stability(given.problem, solution.plan, request.stability, parts=given.parts, noise=request.noise,
                          seed=request.seed, moves=min(BRIEF_MOVES, solution.moves or BRIEF_MOVES),
                          tell=caller.progress)


def _check_window(request: PlanRequest) -> None:
    if request.days < 1:
        raise RequestError("SG-OPS-034", "--days", f"is {request.days}.", "Give a window of 1 day or more.")
    for name, value in (("--seconds", request.seconds), ("--moves", request.moves)):
        if value is not None and value < 0:
            raise RequestError("SG-OPS-034", name, f"is {value}.", "Give 0 or more.")
    if request.polish < 0:
        raise RequestError("SG-OPS-034", "--polish", f"is {request.polish}.", "Give 0 or more windows.")
    if request.lanes < 0:
        raise RequestError("SG-OPS-034", "--lanes", f"is {request.lanes}.", "Give 0 or more areas.")
    if not (math.isfinite(request.lane_width_m) and request.lane_width_m > 0):
        raise RequestError("SG-OPS-034", "--lane-width", f"is {request.lane_width_m}.", "Give a width above 0 m.")
    if request.polish and request.keep:
        raise RequestError("SG-OPS-034", "--polish", "cannot go with --keep: windows know no published days.",
                           "Leave one of the two out.")
    if not 0 <= request.changes_share <= 1:
        raise RequestError("SG-OPS-034", "--changes", f"is {request.changes_share}.", "Give a share of 0 to 1.")


def _stop(request: PlanRequest, tasks: int) -> Stop:
    if request.seconds is not None:
        return after_seconds(request.seconds, time.perf_counter)
    moves = request.moves if request.moves is not None else min(MOVES_MOST, max(MOVES_LEAST, MOVES_EACH * tasks))
    return after_moves(moves)


def plan_problem(project: Project, request: PlanRequest, teams: TeamsFile, caller: Caller
                 ) -> Gathered:
    """Return the planning problem of a project with what is to be said about it."""
    caller.progress("areas of the land book", None)
    book = ledger.show(project, caller)
    open_cm2 = {row.hazardous_area_id: sum(cm2 for status, cm2 in row.by_status_cm2 if status in OPEN)
                for row in book.sheet.rows}
    lines = read_tasks(request.tasks) if request.tasks else []
    with project.read() as reader:
        land, findings = read_land(reader, open_cm2)
        items = dict((reader.setting("hazard/latest") or {}).get("areas", {}))
    rows = rows_by_area(lines, land)
    tasks = plan_tasks(teams, land, rows, items, request.start)
    goal = teams.goal
    problem = PlanProblem(
        start=request.start, days=request.days, tasks=tasks,
        teams=plan_teams(teams, land.crs, request.start, request.days), calendars=dict(teams.calendars),
        deferral_days=goal.deferral_days, seasons=dict(teams.seasons),
        resources={name: (units,) * request.days for name, units in teams.resources.items()},
        relocation_km=teams.relocation_km, objective=goal.name, discount_per_year=goal.discount_per_year,
        bundle_bonus=dict(goal.corridors), district_minimum=dict(goal.district_minimum),
        casualties_max=goal.casualties_max)
    if request.objective:
        problem = replace(problem, objective=_objective(request.objective))
    findings += notes(teams, tasks, problem.objective, has_rows=bool(rows), has_items=bool(items))
    findings += _doubts(problem, caller.clock().date())
    return Gathered(problem, findings, withheld(land), benefit_parts(teams, rows))


def _doubts(problem: PlanProblem, today: date) -> list[Finding]:
    """Return what is legal and yet seldom meant: a window in the past, a base far from all work."""
    found = []
    if problem.start < today:
        found.append(Finding(Severity.WARNING, "SG-OPS-042", "--start", f"the window begins on {problem.start}, "
                             f"before today, {today}: a look back, which sends nobody out.",
                             "Give today or a later day."))
    for team in problem.teams:
        away = min((math.hypot(team.x_km - t.x_km, team.y_km - t.y_km) for t in problem.tasks), default=0.0)
        if away > FAR_KM:
            found.append(Finding(Severity.WARNING, "SG-OPS-043", team.id, f"its base is {away:,.0f} km from the "
                                 "nearest area.", "Check lon and lat, or x and y, of the team."))
    return found


def _objective(name: str) -> Objective:
    for known in ("benefit_days", "score", "net_present_value", "corridors"):
        if name == known:
            return known
    raise RequestError("SG-OPS-034", "--objective", f"{name!r} is no objective.",
                       "Give benefit_days, score, net_present_value or corridors.")


def plan_json(result: PlanResult) -> dict[str, Any]:
    """Return the plan stage's JSON; end dates are the last day of work."""
    problem, solution = result.problem, result.solution
    names = {t.id: t.name or t.id for t in problem.tasks}

    def day(count: int) -> str:
        return (problem.start + timedelta(days=count)).isoformat()

    report = solution.report
    return {
        "project": result.project, "objective": problem.objective, "start": day(0), "days": problem.days,
        "end": day(problem.days - 1), "value": solution.value, "bound": solution.bound, "gap": solution.gap,
        "feasible": report.is_feasible, "checker": "no rule broken" if report.is_feasible else
        f"{len(report.violations)} rules broken", "violations": [asdict(v) for v in report.violations],
        "assignments": [{"task_id": a.task_id, "name": names[a.task_id], "stage": a.stage + 1, "method": a.method,
                         "teams": list(a.team_ids), "start": day(a.start_day), "end": day(a.end_day - 1)}
                        for a in solution.plan.assignments],
        "released": len(report.released), "tasks": len(problem.tasks),
        "unplanned": [{"id": x.task_id, "name": names[x.task_id], "kind": x.kind, "reason": x.reason,
                       "worth": x.worth, "hire": x.hire} for x in result.left_out],
        "authority_score": report.authority_score, "casualties": report.casualties,
        "practice": {"value": result.practice.value, "authority_score": result.practice.authority_score,
                     "released": len(result.practice.released), "feasible": result.practice.is_feasible},
        "prices": [{"method": p.method, "teams": p.teams, "price": p.price,
                    "words": f"one more {p.method} team-day is worth {p.price:,.1f}"} for p in result.prices],
        "resource_prices": [{"resource": p.resource, "units": p.units, "price": p.price,
                             "words": f"one more {p.resource} unit-day is worth {p.price:,.1f}"}
                            for p in result.resource_prices],
        "polish": result.polish and {"windows": result.polish.windows, "better": result.polish.better},
        "kept": _kept_json(result), "stability": _stability_json(result),
        "seconds": result.seconds, "moves": solution.moves, "seed": result.seed, "page": result.page,
        "findings": [f.as_plain() for f in result.findings]}


def _kept_json(result: PlanResult) -> dict[str, Any] | None:
    if result.kept is None:
        return None
    start = result.problem.start

    def rows(parts: tuple[Assignment, ...]) -> list[dict[str, Any]]:
        return [{"stage": a.stage + 1, "method": a.method, "teams": list(a.team_ids),
                 "start": (start + timedelta(days=a.start_day)).isoformat(),
                 "end": (start + timedelta(days=a.end_day - 1)).isoformat()} for a in parts]

    kept = result.kept
    changed = {c.task_id for c in kept.changes}
    now = {a.task_id for a in result.solution.plan.assignments}
    return {"plan": kept.plan_id, "today": kept.today.isoformat(), "kept_share": kept.share,
            "kept_areas": len(now - changed), "dropped": list(kept.dropped),
            "changes": [{"task_id": c.task_id, "name": c.name, "kind": c.kind, "reason": c.reason, "was": rows(c.was),
                         "now": rows(c.now)} for c in kept.changes]}


def _stability_json(result: PlanResult) -> dict[str, Any] | None:
    if result.stability is None:
        return None
    names = {t.id: t.name or t.id for t in result.problem.tasks}
    plain = asdict(result.stability)
    return {**plain, "tasks": [{**t, "name": names[t["task_id"]]} for t in plain["tasks"]],
            "regret": {"p50": result.stability.regret[0], "p90": result.stability.regret[1]}}


def _keep(project: Project, request: PlanRequest, result: PlanResult, caller: Caller) -> PlanResult:
    """Write the page, then register problem, plan and page in the journal."""
    where = project.path
    folder = where.with_suffix(".plan") if where is not None else Path(f"{project.name}.plan")
    folder.mkdir(exist_ok=True)
    page = folder / "plan.html"
    result = replace(result, page=str(page))
    problem, plan = result.problem, result.solution.plan
    with project.read() as reader:
        cards = lane_cards(reader, problem, plan, request.lane_width_m, request.lanes, caller.progress)
    page.write_bytes(plan_html(plan_json(result), gantt_png(problem, plan), map_png(problem, plan, result.hidden),
                               len(result.hidden), [card.as_plain() for card in cards], request.lane_width_m))
    files = [path for path in (request.teams, request.tasks) if path is not None]
    hashes = {path.name: file_hash(path) for path in files}
    hashes[page.name] = file_hash(page)
    stored = {"problem": to_plain(result.problem), "plan": to_plain(result.solution.plan)}
    digest = hashlib.sha256(canonical_json(stored)).hexdigest()
    info = caller.info("plan", seed=request.seed, input_hashes=tuple(sorted(hashes.values())), parameters=(
        ("start", request.start.isoformat()), ("days", str(request.days)), ("objective", result.problem.objective),
        ("moves", str(result.solution.moves)), ("digest", digest),
        *((("keeps", result.kept.plan_id),) if result.kept else ()),
        *((("polish", str(request.polish)),) if request.polish else ())))
    with project.write(info) as writer:
        if result.kept and writer.setting("plan/latest")["id"] != result.kept.plan_id:
            raise RefusedError("SG-OPS-052", project.name, "got another plan while this one was made.",
                               "Plan again.", criterion="a plan keeps the one that is published",
                               clause="programme setting")
        writer.set_setting("plan/latest", {
            **stored, "id": stable_id("plan", digest), "value": result.solution.value, "bound": result.solution.bound,
            "seed": request.seed, "moves": result.solution.moves, "files": dict(sorted(hashes.items()))})
    return result


def stored_plan(reader: Reader) -> tuple[PlanProblem, Plan]:
    """Return the problem and the plan that a project keeps.

    Raises
    ------
    RequestError : there is none (``SG-OPS-040``).
    """
    held = reader.setting("plan/latest")
    if not held:
        raise RequestError("SG-OPS-040", "project", "holds no plan.", "Run 'safeground plan PROJECT' first.")

    def by_day(table: Mapping[str, list[int]]) -> dict[str, tuple[int, ...]]:
        return {name: tuple(values) for name, values in table.items()}

    plain = dict(held["problem"])
    plain |= {key: by_day(plain[key]) for key in ("calendars", "seasons", "resources")}
    return from_plain(PlanProblem, plain), from_plain(Plan, held["plan"])
