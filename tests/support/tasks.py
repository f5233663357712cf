"""A plan of two tasks, and terms with every paper in place: from these each test takes something away."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import safeground
from safeground.records.planning import Assignment, Plan, PlanProblem, PlanTask, PlanTeam, Stage
from safeground.records.standard import standard_from_toml
from safeground.records.task_rules import NeededFrom, RequiredDocument, TaskRules
from safeground.records.tasking import (
    LaneSummary,
    MedicalPlan,
    Objective,
    Paper,
)
from safeground.records.vocabulary import ReleaseMethod
from safeground.task.orders import TaskTerms

PACK = (Path(safeground.__file__).parent / "standards" / "imas.toml").read_text(encoding="utf-8")
ISSUE_DAY, WORK_DAY = date(2026, 3, 25), date(2026, 4, 3)


def rules_with(lines: str = "casevac_minutes_max = 60.0") -> TaskRules:
    rules = standard_from_toml(PACK, f"[task]\n{lines}\n").task
    assert rules is not None
    return rules


def paper(document: RequiredDocument, dated: date, **changed: object) -> Paper:
    given = {"document_id": document.id, "reference": f"REF-{document.id}", "dated": dated,
             "signed_as": document.signed_by} | changed
    return Paper(**given)  # type: ignore[arg-type]


PROBLEM = PlanProblem(
    start=date(2026, 4, 1), days=60, calendars={"a": (1000,) * 60},
    tasks=(PlanTask(id="HA-2", district="d", x_km=0, y_km=0, benefit_per_day=1, name="Well road",
                    stages=(Stage(method="machine", team_days=4), Stage(method="manual", team_days=20, crew_max=2))),
           PlanTask(id="HA-1", district="d", x_km=1, y_km=0, benefit_per_day=1,
                    stages=(Stage(method="manual", team_days=5),))),
    teams=tuple(PlanTeam(id=f"T{k}", methods=("manual", "machine"), calendar="a", x_km=0, y_km=0) for k in (1, 2, 3)))
PLAN = Plan((Assignment(task_id="HA-1", stage=0, method="manual", team_ids=("T1",), start_day=20, end_day=25),
             Assignment(task_id="HA-2", stage=1, method="manual", team_ids=("T1", "T2"), start_day=6, end_day=16),
             Assignment(task_id="HA-2", stage=0, method="machine", team_ids=("T3",), start_day=1, end_day=5)))


def terms(rules: TaskRules) -> TaskTerms:
    return TaskTerms(
        objective=Objective(release_method=ReleaseMethod.CLEARED, depth_cm=20, land_use="fields"),
        lanes=LaneSummary(lane_count=60, lane_m=5400, bearing_deg=12, files=("lanes.gpkg",)),
        papers=tuple(paper(d, date(2026, 3, 20)) for d in rules.needed(NeededFrom.ISSUE, NeededFrom.FIRST_DAY)),
        medical=MedicalPlan(medics=(("T1", "medic 1"), ("T2", "medic 2"), ("T3", "medic 3")), ambulance="vehicle 7",
                            hospital="district hospital", casevac_minutes=45, route_note="bridge closed after rain",
                            blood_groups_held=True))


def day_papers(rules: TaskRules, day: date = WORK_DAY) -> tuple[Paper, ...]:
    return tuple(paper(d, day) for d in rules.needed(NeededFrom.EACH_DAY))
