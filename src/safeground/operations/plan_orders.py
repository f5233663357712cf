"""The orders of the stored plan: which planned area has one, how it stands, and its sheet and lane files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from safeground.foundation.errors import RequestError
from safeground.operations.context import Caller
from safeground.operations.plan import stored_plan
from safeground.operations.plan_lanes import first_days
from safeground.operations.project import opened
from safeground.operations.task import sheet_pdf
from safeground.operations.task_book import LIVE, HeldOrder, held_order, held_orders
from safeground.operations.task_draft import lane_folder
from safeground.records.nouns import HazardousArea
from safeground.records.tasking import OrderState
from safeground.report.positions import is_withheld
from safeground.store.project import Project, Reader

#: States of an order that was issued and not taken back: people hold its papers.
ISSUED = (OrderState.ISSUED, OrderState.SUSPENDED, OrderState.COMPLETED)


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """A planned area and its order.

    Attributes
    ----------
    first : first day of work by the plan, as a date in words.
    order_id, state : "" = the area has no order.
    is_older : it was drafted from another plan than the stored one.
    lane_files : names of its files that may be handed out; none before it is issued.
    has_sheet : whether it was issued, so that its sheet may be handed out.
    """

    task_id: str
    name: str
    first: str
    order_id: str = ""
    state: str = ""
    is_older: bool = False
    lane_files: tuple[str, ...] = ()
    has_sheet: bool = False


def plan_orders(location: Project | str, caller: Caller) -> tuple[PlannedOrder, ...]:
    """Return every area of the stored plan with its order, by first day of work.

    Raises
    ------
    RequestError : there is no plan (``SG-OPS-040``).
    """
    with opened(location, caller) as project, project.read() as reader:
        problem, plan = stored_plan(reader)
        plan_id = str(reader.setting("plan/latest")["id"])
        by_task: dict[str, list[HeldOrder]] = {}
        for held in held_orders(reader).values():
            by_task.setdefault(held.order.task_id, []).append(held)
        names = {t.id: t.name or t.id for t in problem.tasks}
        out = []
        for task_id, day in first_days(plan).items():
            first = (problem.start + timedelta(days=day)).isoformat()
            own = _newest(by_task.get(task_id, []))
            out.append(PlannedOrder(task_id, names[task_id], first) if own is None else PlannedOrder(
                task_id, names[task_id], first, own.order.id, own.order.state.value, own.plan_id != plan_id,
                _files(reader, own), own.order.state in ISSUED))
        return tuple(out)


def _newest(orders: list[HeldOrder]) -> HeldOrder | None:
    """Return the order under way, else the one that was changed last."""
    return max(orders, default=None, key=lambda held: (
        held.order.state in LIVE, held.order.history[-1].changed_date, held.order.id))


def _files(reader: Reader, held: HeldOrder) -> tuple[str, ...]:
    area = reader.get("hazardous_area", held.order.task_id)
    if held.lanes is None or held.order.state not in ISSUED or not isinstance(area, HazardousArea) or is_withheld(area):
        return ()
    return tuple(name for name, _ in held.lanes.sha256)


def issued_sheet(location: Project | str, order_id: str, caller: Caller) -> bytes:
    """Return the sheet of an order that was issued, a PDF as of today.

    Raises
    ------
    RequestError : no such order (``SG-OPS-051``), or it was not issued (``SG-OPS-057``).
    """
    with opened(location, caller) as project, project.read() as reader:
        _issued(held_order(reader, order_id))
    return sheet_pdf(location, order_id, caller)


def lane_file(location: Project | str, order_id: str, name: str, caller: Caller) -> bytes:
    """Return a lane file of an order that was issued, if it is the one that the order names.

    Raises
    ------
    RequestError : no such order (``SG-OPS-051``); not issued, no such file, or not the file it was (``SG-OPS-057``).
    """
    with opened(location, caller) as project, project.read() as reader:
        held = held_order(reader, order_id)
        _issued(held)
        hashes = dict(held.lanes.sha256) if held.lanes else {}
        if name not in _files(reader, held):
            raise _absent(order_id, f"has no file {name} to hand out.", "Its sheet says what it has.")
        try:
            content = (lane_folder(project) / name).read_bytes()
        except OSError as error:
            raise _absent(order_id, f"has its file {name} no more: {error.strerror}.", "Draft it anew.") from error
        if hashlib.sha256(content).hexdigest() != hashes[name]:
            raise _absent(order_id, f"has another file {name} beside the project than the one it was issued with.",
                          "Fetch the file from a copy, or draft the order anew.")
        return content


def _issued(held: HeldOrder) -> None:
    if held.order.state not in ISSUED:
        raise _absent(held.order.id, f"is {held.order.state}: its papers are handed out once it is issued.",
                      "Issue it: safeground task PROJECT issue.")


def _absent(order_id: str, message: str, remedy: str) -> RequestError:
    return RequestError("SG-OPS-057", f"order {order_id}", message, remedy)
