"""Commands of the hazard stage: evaluate."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from safeground.cli.options import Json
from safeground.cli.output import Column, console, progress_bar, show_findings, show_table, write_json


def evaluate(
    cells: Annotated[Path, typer.Argument(metavar="CELLS.csv", help="One row a cell, with a header.")],
    label: Annotated[str, typer.Option("--label", help="Column of the outcome: 1 found, 0 declared free of finds, "
                                                       "-1 or empty unknown.")],
    x: Annotated[str, typer.Option("--x", help="Column of longitude, degrees, or east, m.")],
    y: Annotated[str, typer.Option("--y", help="Column of latitude, degrees, or north, m.")],
    block: Annotated[str, typer.Option("--block", help="Column of the block that is left out as a whole, e.g. the "
                                                       "municipality.")],
    plot: Annotated[Path | None, typer.Option("--plot", help="PNG to write the reliability curve to.")] = None,
    baselines: Annotated[bool, typer.Option("--baselines/--no-baselines", help="Score simpler models beside.")] = True,
    seed: Annotated[int, typer.Option("--seed", help="Seed of learners and draws.")] = 0, as_json: Json = False,
) -> None:
    """Say how well ordnance can be predicted in districts not yet surveyed, on your own cells, with buffers."""
    from safeground.evidence.cells_file import Columns
    from safeground.hazard.evaluation import MODELS
    from safeground.operations.context import Caller
    from safeground.operations.regional import evaluate_cells, evaluation_json

    with progress_bar(quiet=as_json) as tell:
        result = evaluate_cells(cells, Columns(label, x, y, block), Caller(actor="", progress=tell), seed=seed,
                                plot=plot, models=MODELS if baselines else MODELS[:1])
    values = evaluation_json(result)
    if as_json:
        write_json("evaluate", values)
        return
    table = [*values["rows"], *values["baselines"]]
    show_table(f"{values['file']}: {values['labelled']:,} cells with known outcome, {values['positives']:,} with finds; "
               f"{len(values['left_out'])} of {values['blocks']} blocks left out in turn", (
        Column("model"), Column("setting"), Column("ROC", number=True), Column("90 %", number=True),
        Column("PR", number=True), Column("ECE", number=True), Column("slope", number=True),
        Column("area for 80 %", number=True)),
        [(r["model"].replace("_", " "), f"{r['buffer_km']:g} km buffer" if "buffer_km" in r else f"{r['reveal']:.0%} revealed",
          f"{r['roc']:.3f}", f"{r['roc_interval_90'][0]:.2f}–{r['roc_interval_90'][1]:.2f}", f"{r['pr']:.3f}",
          f"{r['ece']:.3f}", f"{r['slope']:.2f}", f"{r['area_80']:.0%}") for r in table])
    budget = values["leak_budget_roc"]["safeground"]
    console().print(f"Leak budget: {budget:+.3f} of ROC is nearness to the border (no buffer minus the widest).")
    if values["dropped_columns"]:
        console().print(f"Left out because constant inside every block: {', '.join(values['dropped_columns'])}")
    show_findings(result.findings)
    if result.plot:
        console().print(f"Plot     {result.plot}")
    console().print("A probability for a cell is a reason to survey or not yet to survey; it cancels nothing.")


COMMANDS: dict[str, Callable[..., Any]] = {"evaluate": evaluate}
