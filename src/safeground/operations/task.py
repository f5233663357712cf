"""The life of a task order in a project: papers, terms, issue, changes of state, work days, and its sheet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from shapely import MultiPolygon, Polygon

from safeground.foundation.errors import RefusedError, RequestError
from safeground.operations.context import Caller
from safeground.operations.intake import project_standard
from safeground.operations.plan_lanes import lane_sketch, outline_of, outline_sketch
from safeground.operations.plan_tasks import file_hash
from safeground.operations.project import opened
from safeground.operations.task_book import (
    FINAL,
    KEY,
    HeldOrder,
    TaskResult,
    change_order,
    held_order,
    held_orders,
    standing,
    task_rules,
)
from safeground.operations.task_terms import read_terms
from safeground.operations.whole_file import write_whole
from safeground.records.nouns import HazardousArea, Team
from safeground.records.payload import to_plain
from safeground.records.task_rules import TaskRules
from safeground.records.tasking import OrderState, Paper, TaskOrderDetail, WorkDayRequest
from safeground.report.positions import is_withheld
from safeground.report.typeset import typeset
from safeground.store.project import Project, Reader, Writer
from safeground.task.gate import may_work
from safeground.task.orders import add_paper, issue, move
from safeground.task.papers import same_words
from safeground.task.sheet import task_sheet
from safeground.task.sketch import Sketch


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRequest:
    """A team asks to work under an order on a day, with that day's own papers."""

    order_id: str
    team_id: str
    work_date: date
    papers: tuple[Paper, ...] = ()


def list_orders(location: Project | str, caller: Caller) -> TaskResult:
    """Return every order with its state and what it lacks today.

    Raises
    ------
    RefusedError : the rule pack has no [task] section (``SG-OPS-050``).
    """
    with opened(location, caller) as project, project.read() as reader:
        rules, day = task_rules(reader), caller.clock().date()
        return TaskResult(project=project.name, verb="list",
                          orders=tuple(standing(held, rules, day) for held in held_orders(reader).values()))


def add_order_paper(location: Project | str, order_id: str, paper: Paper, caller: Caller, *,
                    file: Path | None = None, dry_run: bool = False) -> TaskResult:
    """Add a paper to an order; earlier ones stay.

    Parameters
    ----------
    file : the signed file; the paper takes its SHA-256.

    Raises
    ------
    RefusedError : the order is over (``SG-OPS-056``).
    RequestError : no such order or file, or no such document is required (``SG-OPS-051``, ``SG-TASK-002``).
    """
    if file is not None:
        if not file.is_file():
            raise RequestError("SG-TASK-002", file.name, "is no file.", "Name the signed file.")
        paper = replace(paper, sha256=file_hash(file))
    return change_order(location, "paper", order_id, caller,
                        lambda _, held, rules: add_paper(_under_way(held.order), paper, rules), dry_run=dry_run,
                        parameters=(("document", paper.document_id), ("reference", paper.reference),
                                    ("sha256", paper.sha256)))


def _under_way(order: TaskOrderDetail) -> TaskOrderDetail:
    if order.state in FINAL:
        raise RefusedError("SG-OPS-056", f"order {order.id}", f"is {order.state}; nothing is added to it.",
                           "Write a new order.", criterion="an order that is over stays as it is",
                           clause="programme setting")
    return order


def amend_order(location: Project | str, order_id: str, terms: Path, caller: Caller, *, dry_run: bool = False
                ) -> TaskResult:
    """Give a draft its terms from a file; what was issued is not changed under people's feet.

    Raises
    ------
    RefusedError : the order is no draft (``SG-OPS-056``).
    RequestError : the file does not fit.
    """
    file = read_terms(terms)

    def change(reader: Reader, held: HeldOrder, _: TaskRules) -> TaskOrderDetail:
        order = held.order
        if order.state is not OrderState.DRAFT:
            raise RefusedError("SG-OPS-056", f"order {order.id}", f"is {order.state}; only a draft takes new terms.",
                               "Cancel it with a reason and draft it anew.", criterion="only a draft takes new terms",
                               clause="programme setting")
        area = reader.get("hazardous_area", order.task_id)
        names = (order.task_id, getattr(area, "local_id", ""), getattr(area, "name", ""))
        own = file.of(*(name for name in names if name))
        return replace(order, objective=own.objective, medical=own.medical, **own.references)

    return change_order(location, "amend", order_id, caller, change, dry_run=dry_run,
                        parameters=(("terms", terms.name),))


def issue_order(location: Project | str, order_id: str, approver: str, caller: Caller, *, day: date | None = None,
                dry_run: bool = False) -> TaskResult:
    """Issue a draft: its author is who drafted it, the approver is another person.

    Raises
    ------
    RefusedError : not a draft, one person for both, or papers and terms missing; all reasons at once.
    RequestError : a day before the draft's (``SG-TASK-002``).
    """
    on = day or caller.clock().date()

    def change(_: Reader, held: HeldOrder, rules: TaskRules) -> TaskOrderDetail:
        order = held.order
        if on < order.history[-1].changed_date:
            raise RequestError("SG-TASK-002", f"order {order.id}", f"was drafted on {order.history[-1].changed_date}, "
                               f"after {on}.", "Give a later day.")
        return issue(order, order.history[0].author, approver, rules, day=on)

    return change_order(location, "issue", order_id, caller, change, dry_run=dry_run,
                        parameters=(("approver", approver), ("day", on.isoformat())))


def move_order(location: Project | str, order_id: str, state: OrderState, reason: str, caller: Caller, *,
               day: date | None = None, dry_run: bool = False) -> TaskResult:
    """Suspend, resume (``issued``), complete or cancel an order, with a reason.

    Raises
    ------
    RefusedError : the state may not follow (``SG-TASK-003``).
    RequestError : no reason, or a day before the last change (``SG-TASK-002``).
    """
    on = day or caller.clock().date()
    return change_order(location, "move", order_id, caller,
                        lambda _, held, rules: move(held.order, state, author=caller.actor, reason=reason, day=on),
                        dry_run=dry_run, parameters=(("state", state.value), ("day", on.isoformat())))


def start_work(location: Project | str, request: WorkRequest, caller: Caller, *, dry_run: bool = False) -> TaskResult:
    """Let a team begin a work day, or refuse it with every reason; a day that begins is kept with its papers.

    Raises
    ------
    RefusedError : every paper and every other thing that is missing, each with its clause; nothing is written.
    """
    def change(reader: Reader, held: HeldOrder, rules: TaskRules) -> TaskOrderDetail:
        team = find_team(reader, request.team_id)
        asked = WorkDayRequest(
            task_order_id=held.order.id, team_id=request.team_id, work_date=request.work_date, papers=request.papers,
            accredited_until=team.accreditation_until if team else None,
            accredited_for=accredited_for(team) if team else ())
        may_work(held.order, asked, rules)
        if isinstance(reader, Writer):
            reader.set_setting(key, {"request": to_plain(asked), "actor": caller.actor})
        return held.order

    key = f"{KEY}{request.order_id}/{request.work_date.isoformat()}/{request.team_id}"
    result = change_order(location, "start", request.order_id, caller, change, dry_run=dry_run, parameters=(
        ("team", request.team_id), ("day", request.work_date.isoformat())))
    return replace(result, recorded="" if dry_run else key)


def find_team(reader: Reader, name: str) -> Team | None:
    """Return the team of the book with this local id, id or name; None if there is none or more than one."""
    teams = [team for team in reader.records("team") if isinstance(team, Team)]
    for names in ("local_id", "id", "name"):
        found = [team for team in teams if getattr(team, names) and same_words(getattr(team, names), name)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def accredited_for(team: Team) -> tuple[str, ...]:
    """Return the methods on a team's record; one without a list of skills counts for its kind of asset alone."""
    return team.skills or (team.asset_type,)


def write_sheet(location: Project | str, order_id: str, output: Path, caller: Caller, *, day: date | None = None
                ) -> TaskResult:
    """Write the sheet of an order, with outline, lanes and points, as a PDF of A4 pages; nothing in the book changes.

    Raises
    ------
    RequestError : no such order; a name that does not end in .pdf, or a folder that is not there (``SG-OPS-006``).
    SurroundingsError : it cannot be typeset.
    """
    if output.suffix.lower() != ".pdf" or not output.parent.is_dir() or output.is_dir():
        raise RequestError("SG-OPS-006", output.name, "cannot be written: a sheet is a .pdf in a folder that is there.",
                           "Name it such as TO-12.pdf.")
    with opened(location, caller) as project:
        write_whole(output, sheet_pdf(project, order_id, caller, day=day, name=output.name))
        with project.read() as reader:
            own = standing(held_order(reader, order_id), task_rules(reader), caller.clock().date())
        return TaskResult(project=project.name, verb="sheet", orders=(own,), files=(str(output),))


def sheet_pdf(location: Project | str, order_id: str, caller: Caller, *, day: date | None = None, name: str = ""
              ) -> bytes:
    """Return the sheet of an order as a PDF.

    Parameters
    ----------
    day : by which its papers must be valid; None = today.
    name : of the file, for messages.

    Raises
    ------
    RequestError : no such order.
    SurroundingsError : it cannot be typeset.
    """
    with opened(location, caller) as project, project.read() as reader:
        rules, held = task_rules(reader), held_order(reader, order_id)
        standard = project_standard(reader)
        caller.progress("lanes", None)
        sketch = sketch_of(reader, held)
    now = caller.clock()
    source = task_sheet(held.order, rules, day=day or now.date(), sketch=sketch,
                        standard=f"{standard.name} {standard.edition}")
    caller.progress("typesetting", None)
    return typeset(source, name or f"{order_id}.pdf", now)


def sketch_of(reader: Reader, held: HeldOrder) -> Sketch | None:
    """Return what the sheet draws; None where the position may not leave the project or there is no outline."""
    area = reader.get("hazardous_area", held.order.task_id)
    if not isinstance(area, HazardousArea) or is_withheld(area) or not isinstance(area.geometry,
                                                                                 Polygon | MultiPolygon):
        return None
    outline, crs = outline_of(reader, area)
    if held.lanes is None or held.order.lanes is None:
        return outline_sketch(outline, crs)
    return lane_sketch(outline, crs, held.lanes.width_m)[0]
