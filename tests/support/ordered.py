"""A project with a plan and task orders in every state: odd shapes, a strip too thin for lanes, a withheld position."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import shapely

from safeground.operations.context import standard_text
from safeground.operations.plan import PlanRequest, run_plan
from safeground.operations.task import add_order_paper, issue_order, move_order
from safeground.operations.task_draft import DraftRequest, draft_orders
from safeground.records.standard import standard_from_toml
from safeground.records.task_rules import NeededFrom
from safeground.records.tasking import OrderState, Paper
from support.projects import TEAMS, area, caller, new_project, opening

START = date(2026, 4, 6)
OFFICER = caller("planning officer")
LONG = "Field-with-a-name-that-is-very-long-and-has-no-space-in-it-for-a-browser-to-break-the-line"
#: With a casevac unit that manual teams hold.
HELD = TEAMS + """
[resource.casevac]
units = 1
methods = ["manual"]
"""
TERMS = """
[default]
release_method = "cleared"
depth_cm = 20
land_use = "fields"

[default.medical]
ambulance = "vehicle 7"
hospital = "district hospital"
casevac_minutes = 45
route_note = "bridge closed after rain"
blood_groups_held = true

[default.medical.medics]
M1 = "medic one"
Q1 = "medic two"
"""


def _bent(number: int, *, obstacle: bool = False) -> shapely.Polygon:
    """Return an L of some 0.3 ha at a numbered place, with an obstacle if asked for."""
    x, y = -30.0 + 0.01 * number, 51.0
    shape = [(0.0, 0.0), (9.0, 0.4), (9.4, 3.0), (4.0, 3.4), (3.6, 7.0), (-0.4, 6.6)]
    hole = [(1.0, 4.0), (2.2, 4.2), (2.0, 5.4), (0.9, 5.1)]
    scale = 1.2e-4

    def ring(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x + scale * u, y + 0.6 * scale * v) for u, v in points]

    return shapely.Polygon(ring(shape), [ring(hole)] if obstacle else [])


def planned_project(path: Path, lanes: int = 24) -> Path:
    """Write a project of five areas with a plan of all of them: bent with an obstacle, bent with a long name, withheld,
    half a metre wide, and square.
    """
    shapes = [_bent(0, obstacle=True), _bent(1), _bent(2), shapely.box(-29.97, 51.0, -29.969993, 51.001),
              shapely.box(-29.96, 51.0, -29.9595, 51.0004)]
    areas = [area(k, geometry=shape, area_cm2=area_of(shape), name=name, admin_unit="North", geo_safe=k != 2)
             for k, (shape, name) in enumerate(zip(shapes, ("Mill", LONG, "Withheld", "Ditch", "Square"), strict=True))]
    (path.parent / "teams.toml").write_text(HELD, encoding="utf-8")
    (path.parent / "terms.toml").write_text(TERMS, encoding="utf-8")
    with new_project(path) as held, held.write(caller().info("intake")) as writer:
        writer.set_setting("standard_override_toml", "[task]\ncasevac_minutes_max = 60.0\n")
        writer.put(areas)
        writer.add_entries([opening(a) for a in areas])
    run_plan(str(path), PlanRequest(teams=path.parent / "teams.toml", start=START, days=200, moves=200, lanes=lanes),
             caller())
    return path


def area_of(shape: shapely.Polygon) -> int:
    """Return the area of an outline in degrees, cm²."""
    from safeground.ground.area import geodesic_area_cm2

    return int(geodesic_area_cm2([shape])[0])


def ordered_project(path: Path) -> Path:
    """Write the planned project with orders: the mill's and the withheld one's issued, the square's suspended."""
    planned_project(path)
    project = str(path)
    draft_orders(project, DraftRequest(terms=path.parent / "terms.toml", lane_width_m=2.0), OFFICER)
    rules = standard_from_toml(standard_text("imas")).task
    assert rules is not None
    for order in ("TO-SHA-0", "TO-SHA-2", "TO-SHA-4"):
        for document in rules.needed(NeededFrom.ISSUE, NeededFrom.FIRST_DAY):
            add_order_paper(project, order, Paper(document_id=document.id, reference=f"REF-{document.id}",
                                                  dated=date(2026, 2, 20), signed_as=document.signed_by), OFFICER)
        issue_order(project, order, "operations manager", OFFICER)
    move_order(project, "TO-SHA-4", OrderState.SUSPENDED, "flood", OFFICER)
    return path
