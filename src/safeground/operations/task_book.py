"""Task orders in the project: held, changed one at a time in one transaction, and said as JSON."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.finding import Finding
from safeground.operations.context import Caller
from safeground.operations.intake import project_standard
from safeground.operations.project import opened
from safeground.records.nouns import TaskOrder
from safeground.records.payload import from_plain, to_plain
from safeground.records.task_rules import NeededFrom, TaskRules
from safeground.records.tasking import OrderState, StateChange, TaskOrderDetail
from safeground.store.project import Project, Reader, Writer
from safeground.task.orders import book_record, issue_shortcomings
from safeground.task.papers import Shortcoming, paper_state

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "task/"
LIVE = (OrderState.DRAFT, OrderState.ISSUED, OrderState.SUSPENDED)
FINAL = (OrderState.COMPLETED, OrderState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneFiles:
    """How an order's lanes were made: lane width, m, and the SHA-256 of each file beside the project by its name."""

    width_m: float
    sha256: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOrder:
    """An order as the project keeps it.

    Attributes
    ----------
    plan_id : the plan that it was drafted from.
    lanes : None = no lanes were made.
    """

    order: TaskOrderDetail
    plan_id: str = ""
    lanes: LaneFiles | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An order and what it still lacks: before it is issued, if it is a draft, else before the first work day."""

    held: HeldOrder
    lacks: tuple[Shortcoming, ...]
    missing: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What a verb of the task stage did.

    Attributes
    ----------
    orders : the orders that it is about, as they stand now.
    changes : lines added to their histories, with the order's id.
    kept : ids of orders that it found and left alone.  files : written beside the project.
    """

    project: str
    verb: str
    orders: tuple[Standing, ...] = ()
    changes: tuple[tuple[str, str, StateChange], ...] = ()
    kept: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    files: tuple[str, ...] = ()
    recorded: str = ""


def task_rules(reader: Reader) -> TaskRules:
    """Return the task part of the project's rule pack.

    Raises
    ------
    RefusedError : the pack has none (``SG-OPS-050``).
    """
    standard = project_standard(reader)
    if standard.task is None:
        raise RefusedError("SG-OPS-050", f"standard {standard.name}", "has no [task] section: nobody knows which "
                           "papers an order needs.", "Add [task] and [task.documents] to the national pack, as "
                           "the shipped one has them.", criterion="the rule pack has a [task] section",
                           clause="programme setting")
    return standard.task


def held_orders(reader: Reader) -> dict[str, HeldOrder]:
    """Return every order of the project by its id, in the order of their first dates."""
    found = [from_plain(HeldOrder, value) for key, value in reader.settings().items()
             if key.startswith(KEY) and "/" not in key.removeprefix(KEY)]
    return {held.order.id: held for held in sorted(
        found, key=lambda held: (held.order.first_date or date.max, held.order.id))}


def held_order(reader: Reader, order_id: str) -> HeldOrder:
    """Return an order.

    Raises
    ------
    RequestError : the project has none of this id (``SG-OPS-051``).
    """
    value = None if "/" in order_id or not order_id else reader.setting(f"{KEY}{order_id}")
    if value is None:
        known = list(held_orders(reader))
        raise RequestError("SG-OPS-051", order_id or "(no order)", "is no task order of this project.",
                           f"Name one of {', '.join(known[:8])}{' …' if len(known) > 8 else ''}." if known else
                           "Draft orders from the plan first: safeground task PROJECT orders.")
    return from_plain(HeldOrder, value)


def standing(held: HeldOrder, rules: TaskRules, day: date) -> Standing:
    """Return an order with what it lacks on a day; orders that are over lack nothing."""
    order = held.order
    if order.state in FINAL:
        return Standing(held, (), ())
    lacks = issue_shortcomings(order, "author", "approver", rules, day) if order.state is OrderState.DRAFT else ()
    states = [paper_state(d, order.papers, day) for d in rules.needed(NeededFrom.ISSUE, NeededFrom.FIRST_DAY)]
    missing = tuple((s.document.id, f"{s.document.title} {s.reason}", s.document.clause) for s in states if not s.paper)
    return Standing(held, tuple(s for s in lacks if s.code != "SG-TASK-006"), missing)


def put_order(writer: Writer, held: HeldOrder, record: TaskOrder) -> None:
    """Write an order and its record in the book: a new version where the record differs from the one held."""
    writer.set_setting(f"{KEY}{held.order.id}", to_plain(held))
    before = writer.get("task_order", record.id)
    if before is None:
        writer.put([record])
    elif replace(record, version=before.version) != before:
        writer.put([replace(record, version=before.version + 1)])


def record_of(order: TaskOrderDetail, before: TaskOrder | None) -> TaskOrder:
    """Return the order's record for the book; geometry and area stay those of the record held."""
    record = replace(book_record(order), local_id=order.id, date_of_information=order.history[-1].changed_date)
    return record if before is None else replace(record, geometry=before.geometry, version=before.version)


Change = Callable[[Reader, HeldOrder, TaskRules], TaskOrderDetail]


def change_order(location: Project | str, verb: str, order_id: str, caller: Caller, change: Change, *,
                 dry_run: bool = False, parameters: tuple[tuple[str, str], ...] = ()) -> TaskResult:
    """Change one order in one transaction: read, changed and written under the same lock, or left as it was.

    Parameters
    ----------
    change : returns the order as it is to be; it raises to refuse.
    parameters : for the journal.
    """
    with opened(location, caller) as project, _within(project, verb, order_id, caller, dry_run, parameters) as at:
        rules, held = task_rules(at), held_order(at, order_id)
        after = replace(held, order=change(at, held, rules))
        if isinstance(at, Writer) and after != held:
            before = at.get("task_order", after.order.id)
            put_order(at, after, record_of(after.order, before if isinstance(before, TaskOrder) else None))
        new = after.order.history[len(held.order.history):]
        return TaskResult(project=project.name, verb=verb,
                          orders=(standing(after, rules, caller.clock().date()),),
                          changes=tuple((order_id, held.order.state.value, line) for line in new))


@contextmanager
def _within(project: Project, verb: str, order_id: str, caller: Caller, dry_run: bool,
            parameters: tuple[tuple[str, str], ...]) -> Iterator[Reader]:
    if dry_run:
        with project.read() as reader:
            yield reader
        return
    info = caller.info("task", parameters=(("verb", verb), ("order", order_id), *parameters))
    with project.write(info) as writer:
        yield writer


def task_json(result: TaskResult) -> dict[str, Any]:
    """Return the task stage's JSON."""
    return {
        "project": result.project, "verb": result.verb, "ids": [s.held.order.id for s in result.orders],
        "orders": [_order_json(standing) for standing in result.orders],
        "state_changes": [{"id": name, "from": before, "to": line.state.value, "date": line.changed_date.isoformat(),
                           "author": line.author, "approver": line.approver, "reason": line.reason}
                          for name, before, line in result.changes],
        "kept": list(result.kept), "files": list(result.files), "recorded": result.recorded,
        "findings": [f.as_plain() for f in result.findings]}


def _order_json(stands: Standing) -> dict[str, Any]:
    order = stands.held.order
    goal = order.objective
    return {
        "id": order.id, "task_id": order.task_id, "title": order.title, "state": order.state.value,
        "first_date": to_plain(order.first_date), "last_date": to_plain(order.last_date),
        "stages": [to_plain(stage) for stage in order.stages],
        "objective": {"release_method": goal.release_method and goal.release_method.value, "depth_cm": goal.depth_cm,
                      "land_use": goal.land_use},
        "lanes": None if order.lanes is None else to_plain(order.lanes),
        "missing_papers": [{"document": name, "message": said, "clause": clause}
                           for name, said, clause in stands.missing],
        "lacks": [{"code": s.code, "message": s.message, "clause": s.clause} for s in stands.lacks],
        "papers": [to_plain(paper) for paper in order.papers], "history": [to_plain(line) for line in order.history]}
