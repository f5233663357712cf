"""Pictures of a plan: who works where on which day, and which land is released in which week."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from safeground.records.planning import Assignment, Plan, PlanProblem

#: Fill and hatch of each method, told apart without colour too; Okabe and Ito's colours, made for colour-blind readers.
LOOKS = (("#56b4e9", ""), ("#e69f00", "//"), ("#009e73", ".."), ("#cc79a7", "xx"), ("#f0e442", "\\\\"),
         ("#0072b2", "++"), ("#d55e00", "oo"))
LEAVE, GRID, INK = "#d9dee3", "#aab4be", "#16202b"


def method_looks(problem: PlanProblem) -> dict[str, tuple[str, str]]:
    """Return the colour and hatch of each method that the tasks need, in the order of the chains."""
    methods = dict.fromkeys(stage.method for task in problem.tasks for stage in task.stages)
    return {method: LOOKS[k % len(LOOKS)] for k, method in enumerate(methods)}


def _png(figure: Any) -> bytes:
    from matplotlib import pyplot

    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110, metadata={"Software": "safeground"})
    pyplot.close(figure)
    return out.getvalue()


def _pyplot() -> Any:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    return pyplot


def leave_spans(shares: Sequence[int], first: int, last: int | None) -> list[tuple[int, int]]:
    """Return the runs of days (first, length) on which a team does not work."""
    end = len(shares) - 1 if last is None else last
    off = [share == 0 or not first <= day <= end for day, share in enumerate(shares)]
    spans, day = [], 0
    for is_off, run in groupby(off):
        length = len(list(run))
        if is_off:
            spans.append((day, length))
        day += length
    return spans


def gantt_png(problem: PlanProblem, plan: Plan) -> bytes:
    """Return one line for each team: stages in their methods' colours and hatches, leave in grey, weeks as a grid."""
    pyplot = _pyplot()
    looks = method_looks(problem)
    teams = sorted(problem.teams, key=lambda t: (t.methods, t.calendar, t.id))
    height = 1.6 + 0.3 * len(teams)
    figure, axis = pyplot.subplots(figsize=(13, height), layout="constrained")
    by_team: dict[str, list[Assignment]] = {t.id: [] for t in teams}
    for a in plan.assignments:
        for team_id in a.team_ids:
            by_team[team_id].append(a)
    names = {t.id: t.name or t.id for t in problem.tasks}
    room = 13 * 0.88 * 72 / problem.days  # points a day
    for row, team in enumerate(teams):
        axis.broken_barh(leave_spans(problem.calendars[team.calendar], team.first_day, team.last_day), (row - 0.5, 1),
                         facecolor=LEAVE, linewidth=0, zorder=1)
        for a in by_team[team.id]:
            colour, hatch = looks[a.method]
            axis.barh(row, a.end_day - a.start_day, left=a.start_day, height=0.72, color=colour, hatch=hatch,
                      edgecolor=INK, linewidth=0.6, zorder=3)
            most = int(room * (a.end_day - a.start_day) / 4.6) - 1
            name = names[a.task_id]
            if most >= min(len(name), 7):
                axis.text((a.start_day + a.end_day) / 2, row, name if len(name) <= most else name[: most - 1] + "…",
                          ha="center", va="center", fontsize=7.5, zorder=4, color=INK,
                          bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.8})
    _week_axis(axis, problem)
    axis.set_yticks(range(len(teams)), [t.name or t.id for t in teams], fontsize=8.5)
    axis.set_ylim(len(teams) - 0.5, -0.5)
    _legend(figure, looks)
    return _png(figure)


def _week_axis(axis: Any, problem: PlanProblem) -> None:
    """Mark each week from the start with its number, and its first day where there is room."""
    weeks = range(0, problem.days + 1, 7)
    step = max(1, -(-len(weeks) // 20))
    shown = list(weeks)[::step]
    day = [(problem.start + timedelta(days=d)) for d in shown]
    axis.set_xticks(shown, [f"w{d // 7 + 1}\n{on.day} {on:%b}" for d, on in zip(shown, day, strict=True)], fontsize=8)
    axis.set_xticks(list(weeks), minor=True)
    axis.grid(axis="x", which="both", color=GRID, linewidth=0.5, zorder=2)
    axis.set_xlim(0, problem.days)
    axis.tick_params(length=0, which="both")
    for side in ("top", "right", "left"):
        axis.spines[side].set_visible(False)


def _legend(figure: Any, looks: dict[str, tuple[str, str]]) -> None:
    from matplotlib.patches import Patch

    handles = [Patch(facecolor=c, hatch=h, edgecolor=INK, linewidth=0.6, label=m) for m, (c, h) in looks.items()]
    handles.append(Patch(facecolor=LEAVE, label="on leave, off or not there"))
    figure.legend(handles=handles, loc="outside upper left", ncols=len(handles), fontsize=9, frameon=False)


def release_weeks(problem: PlanProblem, plan: Plan) -> dict[str, int]:
    """Return the week, from 1, whose days hold the last day of work at each planned task."""
    last: dict[str, int] = {}
    for a in plan.assignments:
        last[a.task_id] = max(last.get(a.task_id, 0), a.end_day)
    return {task: (day - 1) // 7 + 1 for task, day in last.items()}


def map_png(problem: PlanProblem, plan: Plan, hidden: frozenset[str]) -> bytes:
    """Return the tasks by week of release as numbers on a colour scale, those left out as crosses, and the bases.

    Parameters
    ----------
    hidden : ids of tasks whose position may not be shown; they are not drawn.
    """
    pyplot = _pyplot()
    weeks = release_weeks(problem, plan)
    shown = [t for t in problem.tasks if t.id not in hidden]
    bases = sorted({(t.x_km, t.y_km) for t in problem.teams})
    x0 = min([t.x_km for t in shown] + [b[0] for b in bases])
    y0 = min([t.y_km for t in shown] + [b[1] for b in bases])
    figure, axis = pyplot.subplots(figsize=(9, 7), layout="constrained")
    out = [t for t in shown if t.id not in weeks]
    axis.scatter([t.x_km - x0 for t in out], [t.y_km - y0 for t in out], marker="x", s=34, color="#6b7580",
                 linewidths=1.3, label="left out", zorder=2)
    axis.scatter([b[0] - x0 for b in bases], [b[1] - y0 for b in bases], marker="^", s=110, color="white",
                 edgecolor="#d55e00", linewidths=1.8, label="base of teams", zorder=3)
    last = max(1, -(-problem.days // 7))
    planned = [t for t in shown if t.id in weeks]
    crowd = max(6.0, min(9.0, 11 - len(planned) / 40))
    dots = axis.scatter([t.x_km - x0 for t in planned], [t.y_km - y0 for t in planned],
                        c=[weeks[t.id] for t in planned], cmap="cividis", vmin=1, vmax=max(2, last),
                        s=crowd**2 * 3.6, edgecolor=INK, linewidths=0.6, zorder=4)
    for t in planned:
        axis.text(t.x_km - x0, t.y_km - y0, str(weeks[t.id]), ha="center", va="center", fontsize=crowd, zorder=5,
                  color="white" if weeks[t.id] < 0.55 * last else INK)
    figure.colorbar(dots, ax=axis, shrink=0.7, label="week of release, from the window's start")
    axis.set_aspect("equal", adjustable="datalim")
    axis.margins(0.08)
    axis.set(xlabel="km east", ylabel="km north")
    axis.grid(color="#e3e8ed")
    axis.set_axisbelow(True)
    figure.legend(loc="outside upper left", ncols=2, fontsize=9, frameon=False)
    return _png(figure)
