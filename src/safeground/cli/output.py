"""What a person or a program sees: one JSON object or tables, findings, progress, and the exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from safeground.foundation.errors import (
    InvariantBroken,
    RefusedError,
    RequestError,
    SafegroundError,
    SurroundingsError,
)
from safeground.foundation.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console


#: Columns of a table that goes to a file or a pipe.
_WIDTH = 120


class Exit(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    FAULTY = 2
    REFUSED = 3
    SURROUNDINGS = 4
    BROKEN = 70


def exit_code(error: SafegroundError) -> Exit:
    """Return the exit code of an error: the one table."""
    table: tuple[tuple[type[SafegroundError], Exit], ...] = (
        (RefusedError, Exit.REFUSED), (SurroundingsError, Exit.SURROUNDINGS), (InvariantBroken, Exit.BROKEN),
        (RequestError, Exit.FAULTY))
    return next((code for kind, code in table if isinstance(error, kind)), Exit.BROKEN)


def error_json(error: SafegroundError) -> dict[str, Any]:
    """Return the one JSON shape of an error."""
    shape: dict[str, Any] = {"schema": "safeground/error/1", "error": {
        "code": error.code, "subject": error.subject, "message": error.message, "remedy": error.remedy}}
    if isinstance(error, RefusedError):
        shape["error"] |= {"criterion": error.criterion, "clause": error.clause}
    return shape


def write_json(stage: str, values: dict[str, Any]) -> None:
    """Write one JSON object with its schema on standard output."""
    json.dump({"schema": f"safeground/{stage}/1", **values}, sys.stdout, ensure_ascii=False, default=str,
              allow_nan=False)
    sys.stdout.write("\n")


def console() -> Console:
    """Return the console of standard output, made when first needed."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else _WIDTH)


def square_metres(area_m2: float) -> str:
    """Return an area as people read it: m² with thousands separators."""
    return f"{area_m2:,.2f} m²"


def hectares(area_m2: float) -> str:
    """Return an area in hectares."""
    return f"{area_m2 / 10_000:,.2f} ha"


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: its heading, and whether it holds numbers."""

    heading: str
    number: bool = False


def show_table(title: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; numbers are set flush right."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column.heading, justify="right" if column.number else "left", overflow="fold",
                         no_wrap=column.number)
    for row in rows:
        table.add_row(*row)
    console().print(table)


def show_findings(findings: Sequence[Finding], *, limit: int = 12) -> None:
    """Print findings, grouped by code: how often, the first example with its place, and the remedy."""
    groups: dict[tuple[int, str], list[Finding]] = {}
    weight = {Severity.REFUSAL: 0, Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3}
    for finding in findings:
        groups.setdefault((weight[finding.severity], finding.code), []).append(finding)
    if not groups:
        console().print("No findings.")
        return
    show_table(f"Findings ({len(findings):,})", (Column("severity"), Column("code"), Column("count", number=True),
                                                 Column("first: where, what, remedy")),
               [(group[0].severity.value, code, f"{len(group):,}",
                 f"{group[0].source}: {group[0].message} → {group[0].remedy}")
                for (_, code), group in sorted(groups.items())[:limit]])
    if len(groups) > limit:
        console().print(f"… and {len(groups) - limit} more kinds; --json lists them all.")


def show_error(error: SafegroundError, *, as_json: bool) -> None:
    """Print an error: JSON on standard output if asked for, words on standard error otherwise."""
    if as_json:
        json.dump(error_json(error), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    clause = f"\n  rule: {error.criterion} ({error.clause})" if isinstance(error, RefusedError) else ""
    sys.stderr.write(f"{error.code}  {error.subject}: {error.message}{clause}\n  what to do: {error.remedy}\n")


@contextmanager
def progress_bar(*, quiet: bool = False) -> Iterator[Callable[[str, float | None], None]]:
    """Yield a callback that shows progress on standard error; silent where standard error is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda message, share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
                  console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def tell(message: str, share: float | None) -> None:
            bar.update(task, description=message, total=None if share is None else 1.0, completed=share or 0.0)

        yield tell
