"""The command about the land book: ledger."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safeground.cli.options import Actor, Json, ProjectArgument, actor_name
from safeground.cli.output import (
    Column,
    Exit,
    console,
    hectares,
    progress_bar,
    show_findings,
    show_table,
    square_metres,
    write_json,
)
from safeground.foundation.errors import RequestError
from safeground.foundation.finding import has_errors

if TYPE_CHECKING:
    from safeground.operations.ledger import LedgerResult


def show_ledger(result: LedgerResult, *, lines: int = 20) -> None:
    """Print the balance sheet: totals, then the largest areas."""
    sheet = result.sheet
    show_table("Land book: totals", (Column("account"), Column("m²", number=True), Column("ha", number=True)),
               [(status.value, square_metres(area / 10_000), hectares(area / 10_000))
                for status, area in sheet.totals_cm2 if area])
    if result.groups:
        show_table("Land book: totals by group", (Column("group"), Column("account"), Column("m²", number=True)),
                   [(name or "(not stated)", status.value, square_metres(area / 10_000))
                    for name, totals in result.groups.items() for status, area in totals.items() if area])
    rows = sorted(sheet.rows, key=lambda row: -row.opening_cm2)
    show_table(f"Areas ({min(lines, len(rows)):,} largest of {len(rows):,})", (
        Column("area"), Column("opened", number=True), Column("now"), Column("pending", number=True)),
        [(row.name or row.hazardous_area_id, square_metres(row.opening_cm2 / 10_000),
          ", ".join(f"{status.value} {square_metres(area / 10_000)}" for status, area in row.by_status_cm2 if area),
          square_metres(row.pending_cm2 / 10_000)) for row in rows[:lines]])
    console().print(f"Counted as hazardous and also recorded as released: "
                    f"{square_metres(result.contested_cm2 / 10_000)} (stays hazardous).")
    console().print(f"The book {'balances to the square centimetre' if sheet.balanced else 'DOES NOT BALANCE'}.")
    if result.audited:
        console().print(f"Measured anew by another path: book {square_metres(result.book_cm2 / 10_000)}, measured "
                        f"{square_metres(result.measured_cm2 / 10_000)}; journal chain "
                        f"{'holds' if result.chain_ok else 'IS BROKEN'} up to event {result.journal_seq:,}.")
    else:
        console().print(f"Journal: event {result.journal_seq:,}, hash {result.journal_hash}.")
    show_findings(result.findings)


def _checkpoint(path: Path | None) -> dict[str, object] | None:
    if path is None:
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {"seq": int(found["seq"]), "hash": str(found["hash"])}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RequestError("SG-CLI-001", path.name, f"is not a checkpoint: {error}.",
                           "Give the file written with --checkpoint-out.") from error


def ledger(
    project: ProjectArgument,
    action: Annotated[str, typer.Argument(metavar="[show|verify|assert]", help="show the balance sheet; verify: "
                                          "recompute everything; assert: pin a published total.")] = "show",
    period: Annotated[str, typer.Option("--period", help="FROM,TO as ISO dates, for the movements between.")] = "",
    by: Annotated[str, typer.Option("--by", help="With show: totals by contamination or admin_unit too.")] = "",
    checkpoint: Annotated[Path | None, typer.Option("--checkpoint", help="With verify: an earlier checkpoint to hold "
                                                                         "the journal against.")] = None,
    checkpoint_out: Annotated[Path | None, typer.Option("--checkpoint-out", help="Write the journal's head here, to be "
                                                                                 "kept elsewhere.")] = None,
    publisher: Annotated[str, typer.Option("--publisher", help="With assert: who published the figure.")] = "",
    as_of: Annotated[str, typer.Option("--as-of", help="With assert: ISO date of the figure.")] = "",
    status: Annotated[str, typer.Option("--status", help="With assert: suspected, confirmed, cleared, …")] = "",
    area_m2: Annotated[float, typer.Option("--area-m2", help="With assert: the published figure, m².")] = -1.0,
    gap: Annotated[str, typer.Option("--book-gap", metavar="REASON", help="With assert: book the gap openly, as "
                                     "unexplained.")] = "",
    actor: Actor = "", as_json: Json = False,
) -> int:
    """Show the land book, recompute it, or pin a published total to it."""
    from safeground.operations import ledger as operation
    from safeground.operations.context import Caller

    with progress_bar(quiet=as_json) as tell:
        caller = Caller(actor=actor_name(actor), progress=tell)
        if action == "verify":
            result = operation.verify(project, caller, checkpoint=_checkpoint(checkpoint))
        elif action in ("show", "assert"):
            if action == "assert":
                _pin(project, caller, publisher, as_of, status, area_m2, gap)
            result = operation.show(project, caller, period=_period(period), by=by)
        else:
            raise RequestError("SG-CLI-001", "ledger", f"{action!r} is not an action.", "Use show, verify or assert.")
    if checkpoint_out is not None:
        checkpoint_out.write_text(json.dumps({"seq": result.journal_seq, "hash": result.journal_hash}) + "\n",
                                  encoding="utf-8")
    if as_json:
        from safeground.operations.plain import ledger_plain

        write_json("ledger", ledger_plain(result))
    else:
        show_ledger(result)
    broken = not result.sheet.balanced or result.chain_ok is False or has_errors(result.findings)
    return Exit.BROKEN if broken else Exit.DONE


def _date(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RequestError("SG-CLI-001", option, f"{text!r} is not a date.", "Write it as 2026-12-31.") from error


def _period(text: str) -> tuple[date, date] | None:
    if not text:
        return None
    start, _, end = text.partition(",")
    return _date(start, "--period"), _date(end, "--period")


def _pin(project: str, caller: Any, publisher: str, as_of: str, status: str, area_m2: float, gap: str) -> None:
    from safeground.foundation.units import m2_to_cm2
    from safeground.operations.ledger import pin
    from safeground.records.vocabulary import LandStatus

    try:
        account = LandStatus(status)
    except ValueError as error:
        raise RequestError("SG-CLI-001", "--status", f"{status!r} is not an account of the land book.",
                           f"Use one of: {', '.join(LandStatus)}.") from error
    if area_m2 < 0:
        raise RequestError("SG-CLI-001", "--area-m2", "is missing or negative.", "Give the published figure in m².")
    if not publisher:
        raise RequestError("SG-CLI-001", "--publisher", "is missing.", "Say who published the figure.")
    pin(project, caller, publisher=publisher, as_of=_date(as_of, "--as-of"), status=account,
        area_cm2=m2_to_cm2(area_m2), gap_reason=gap)


COMMANDS: dict[str, Callable[..., Any]] = {"ledger": ledger}
