"""The command task: orders from the plan, their papers and states, the gate before a work day, and the sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safeground.cli.options import Actor, DryRun, Json, ProjectArgument, Reason, actor_name
from safeground.cli.output import Column, console, progress_bar, show_findings, show_table, write_json
from safeground.cli.plan import parse_day
from safeground.foundation.errors import RequestError

if TYPE_CHECKING:
    from safeground.operations.context import Caller
    from safeground.operations.task_book import TaskResult
    from safeground.records.tasking import Paper

VERBS = "orders, list, amend, paper, issue, move, start, sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The words of one call, as typed."""

    project: str
    verb: str
    order: str
    state: str
    terms: Path | None
    lane_width: float
    document: str
    reference: str
    dated: str
    signed_as: str
    signatory: str
    valid_until: str
    file: Path | None
    approver: str
    team: str
    day: str
    papers: tuple[str, ...]
    out: Path | None
    reason: str
    dry_run: bool


def task(
    project: ProjectArgument,
    verb: Annotated[str, typer.Argument(metavar=f"[{VERBS.replace(', ', '|')}]", help="orders: draft them from the "
                                        "stored plan; amend: give a draft its terms; paper: add one; issue; move to a "
                                        "state; start a work day; sheet: a PDF to print.")] = "list",
    order: Annotated[str, typer.Argument(metavar="[ORDER]", help="Id of the order; all verbs but orders and list need "
                                                                 "it.")] = "",
    state: Annotated[str, typer.Argument(metavar="[STATE]", help="With move: suspended, issued (resume), completed or "
                                                                 "cancelled.")] = "",
    terms: Annotated[Path | None, typer.Option("--terms", help="With orders and amend: TOML of release method, depth, "
                                                               "land use, medical plan and references.")] = None,
    lane_width: Annotated[float, typer.Option("--lane-width", help="With orders: width of a lane, m.")] = 1.0,
    document: Annotated[str, typer.Option("--document", help="With paper: id of the required document.")] = "",
    reference: Annotated[str, typer.Option("--reference", help="With paper: number under which it is found.")] = "",
    dated: Annotated[str, typer.Option("--dated", help="With paper: date on it.")] = "",
    signed_as: Annotated[str, typer.Option("--signed-as", help="With paper: role in which it was signed.")] = "",
    signatory: Annotated[str, typer.Option("--signatory", help="With paper: who signed.")] = "",
    valid_until: Annotated[str, typer.Option("--valid-until", help="With paper: last day on which it counts.")] = "",
    file: Annotated[Path | None, typer.Option("--file", help="With paper: the signed file, for its SHA-256.")] = None,
    approver: Annotated[str, typer.Option("--approver", help="With issue: who approves it; not its author.")] = "",
    team: Annotated[str, typer.Option("--team", help="With start: team that is to work.")] = "",
    day: Annotated[str, typer.Option("--day", help="Day of work, issue, change or sheet; today if left out.")] = "",
    paper: Annotated[list[str] | None, typer.Option("--paper", help="With start, once for each paper of the day: "
                                                    "DOCUMENT=REFERENCE;ROLE, the role that signed it.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="With sheet: PDF to write.")] = None,
    actor: Actor = "", reason: Reason = "", dry_run: DryRun = False, as_json: Json = False,
) -> None:
    """Turn the plan into task orders, and let a work day begin only with every paper in hand."""
    from safeground.operations.context import Caller
    from safeground.operations.task_book import task_json

    words = _Words(project=project, verb=verb, order=order, state=state, terms=terms, lane_width=lane_width,
                   document=document, reference=reference, dated=dated, signed_as=signed_as, signatory=signatory,
                   valid_until=valid_until, file=file, approver=approver, team=team, day=day,
                   papers=tuple(paper or ()), out=out, reason=reason, dry_run=dry_run)
    with progress_bar(quiet=as_json) as tell:
        result = _done(words, Caller(actor=actor_name(actor), reason=reason, progress=tell))
    if as_json:
        write_json("task", task_json(result))
        return
    _show(result)
    if dry_run:
        console().print("Nothing was written (--dry-run).")


def _done(words: _Words, caller: Caller) -> TaskResult:
    from safeground.operations import task as stage
    from safeground.operations.task_draft import DraftRequest, draft_orders

    day = _day("--day", words.day)
    at, dry = (words.project, words.order), words.dry_run
    if words.verb == "list":
        return stage.list_orders(words.project, caller)
    if words.verb == "orders":
        return draft_orders(words.project, DraftRequest(terms=words.terms, lane_width_m=words.lane_width,
                                                        dry_run=dry), caller)
    if words.verb == "amend":
        return stage.amend_order(*at, _given("--terms", words.terms), caller, dry_run=dry)
    if words.verb == "paper":
        return stage.add_order_paper(*at, _paper(words), caller, file=words.file, dry_run=dry)
    if words.verb == "issue":
        return stage.issue_order(*at, words.approver, caller, day=day, dry_run=dry)
    if words.verb == "move":
        return stage.move_order(*at, _state(words.state), words.reason, caller, day=day, dry_run=dry)
    if words.verb == "start":
        on = day or caller.clock().date()
        return stage.start_work(words.project, stage.WorkRequest(
            order_id=words.order, team_id=_given("--team", words.team), work_date=on,
            papers=tuple(day_paper(text, on) for text in words.papers)), caller, dry_run=dry)
    if words.verb == "sheet":
        return stage.write_sheet(*at, _given("--out", words.out), caller, day=day)
    raise RequestError("SG-CLI-001", words.verb, "is no verb of task.", f"Use one of {VERBS}.")


def _given(option: str, value: Any) -> Any:
    if not value:
        raise RequestError("SG-CLI-001", option, "is not given.", f"Give {option}; see safeground task --help.")
    return value


def _day(option: str, text: str) -> date | None:
    return parse_day(option, text) if text else None


def _state(text: str) -> Any:
    from safeground.records.tasking import OrderState

    known = [state.value for state in OrderState if state is not OrderState.DRAFT]
    if text not in known:
        raise RequestError("SG-CLI-001", text or "STATE", "is no state to move to.", f"Give one of {', '.join(known)}.")
    return OrderState(text)


def _paper(words: _Words) -> Paper:
    from safeground.records.tasking import Paper

    for option, value in (("--document", words.document), ("--reference", words.reference), ("--dated", words.dated),
                          ("--signed-as", words.signed_as)):
        _given(option, value)
    return Paper(document_id=words.document, reference=words.reference, dated=parse_day("--dated", words.dated),
                 signed_as=words.signed_as, signatory=words.signatory,
                 valid_until=_day("--valid-until", words.valid_until))


def day_paper(text: str, on: date) -> Paper:
    """Return a day's paper from ``DOCUMENT=REFERENCE;ROLE``; a role left out is nobody's, which the gate refuses.

    Raises
    ------
    RequestError : it is not of this form (``SG-CLI-001``).
    """
    from safeground.records.tasking import Paper

    name, sign, rest = text.partition("=")
    said, _, role = rest.partition(";")
    if not sign or not name.strip() or not said.strip():
        raise RequestError("SG-CLI-001", "--paper", f"{text!r} is not DOCUMENT=REFERENCE;ROLE.",
                           'Give it such as --paper "ppe_check=PPE-14;site supervisor".')
    return Paper(document_id=name.strip(), reference=said.strip(), dated=on, signed_as=role.strip())


def _show(result: TaskResult) -> None:
    orders = [standing.held.order for standing in result.orders]
    if orders:
        _table(result)
    out = console()
    if not orders:
        out.print("No order is new." if result.verb == "orders" else "The project holds no task order.")
    if len(orders) > 60:
        out.print(f"… and {len(orders) - 60} more; --json lists them all.")
    _details(result)


def _table(result: TaskResult) -> None:
    orders = [standing.held.order for standing in result.orders]
    show_table(f"Task orders ({len(orders)})", (
        Column("order"), Column("title"), Column("state"), Column("from"), Column("to"), Column("teams"),
        Column("lanes", number=True), Column("papers missing", number=True)),
        [(o.id, o.title, o.state.value, str(o.first_date or ""), str(o.last_date or ""),
          ", ".join(dict.fromkeys(team for stage in o.stages for team in stage.team_ids)),
          f"{o.lanes.lane_count:,}" if o.lanes else "–", str(len(s.missing)))
         for o, s in zip(orders[:60], result.orders, strict=False)])


def _details(result: TaskResult) -> None:
    out = console()
    if len(result.orders) == 1:
        for item in result.orders[0].lacks:
            out.print(f"Lacks    {item.message} ({item.clause})")
        for _, said, clause in result.orders[0].missing:
            out.print(f"Missing  {said} ({clause})")
    for name, before, line in result.changes[:10]:
        who = f"{line.author}, approved by {line.approver}" if line.approver else line.author
        out.print(f"Changed  {name}: {before or 'new'} → {line.state.value} on {line.changed_date} by {who}: "
                  f"{line.reason}")
    if len(result.changes) > 10:
        out.print(f"… and {len(result.changes) - 10} more.")
    if result.kept:
        out.print(f"Under way already, left as they are: {len(result.kept)}.")
    if result.recorded:
        out.print("The day may begin; its papers are kept.")
    if result.findings:
        show_findings(result.findings)
    for path in result.files[:3]:
        out.print(f"File     {path}")
    if len(result.files) > 3:
        out.print(f"… and {len(result.files) - 3} more in the same folder.")


COMMANDS: dict[str, Callable[..., Any]] = {"task": task}
