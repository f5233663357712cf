"""Regional prediction on a user's own cells: read, leave blocks out, score, draw."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from safeground.evidence.cells_file import Columns, read_cells
from safeground.evidence.effort import read_dates
from safeground.foundation.finding import Finding
from safeground.hazard.cells import refuse_late
from safeground.hazard.evaluation import (
    BUFFERS_KM,
    MODELS,
    REVEALS,
    Evaluation,
    Row,
    evaluate,
    paired_gain,
    reliability,
)
from safeground.operations.context import Caller
from safeground.report.hazard_plots import calibration_png


@dataclass(frozen=True, slots=True)
class RegionalResult:
    """An evaluation with the findings of its file, and the plot that was written ("" = none)."""

    file: str
    evaluation: Evaluation
    findings: tuple[Finding, ...]
    plot: str


def evaluate_cells(path: Path, columns: Columns, caller: Caller, *, seed: int = 0, plot: Path | None = None,
                   known_since: tuple[Path, date] | None = None, buffers: tuple[float, ...] = BUFFERS_KM,
                   reveals: tuple[float, ...] = REVEALS,
                   models: tuple[str, ...] = MODELS) -> RegionalResult:
    """Evaluate regional prediction on a CSV of cells, block by block.

    Parameters
    ----------
    path, columns : the file and its named columns.
    seed : of learners, revealed shares and bootstrap.
    plot : PNG to write the reliability curve to.
    known_since : file of dates since which covariates are known, and the last day of the outcomes' window; a covariate
        known later is refused.
    """
    caller.progress("reading cells", None)
    read = read_cells(path, columns)
    if known_since is not None:
        refuse_late(read_dates(known_since[0], read.cells.names), known_since[1])
    evaluation = evaluate(read.cells, seed, buffers, reveals, models, caller.progress)
    if plot is not None:
        pairs = np.array(evaluation.predictions)
        curve = reliability(pairs[:, 0].astype(np.int64), pairs[:, 1])
        plot.write_bytes(calibration_png(curve, f"{path.name}: blocks left out, no buffer"))
    return RegionalResult(path.name, evaluation, read.findings, str(plot) if plot else "")


def row_json(row: Row) -> dict[str, Any]:
    """Return one line of the table as its JSON: means over blocks for ranking, pooled figures for calibration."""
    mean, pooled = asdict(row.mean), asdict(row.pooled)
    place = {"buffer_km": row.buffer_km} if row.reveal is None else {"reveal": row.reveal}
    return {"model": row.model, **place,
            "roc": mean["roc"], "pr": mean["pr"], "average_precision": mean["average_precision"],
            "ece": pooled["ece"], "slope": pooled["slope"], "brier_skill": pooled["brier_skill"],
            "reverse_height": mean["reverse_height"], "height": mean["height"], "recall_10": pooled["recall_10"],
            "recall_20": pooled["recall_20"], "area_80": pooled["area_80"], "roc_median": row.median.roc,
            "roc_sd": row.sd.roc, "roc_interval_90": list(row.interval), "roc_pooled": pooled["roc"],
            "log_score": pooled["log_score"], "learners": dict(row.learners),
            **(asdict(row.limits) if row.limits else {}),
            **({"block_interval_coverage": row.coverage[0], "block_interval_width": row.coverage[1]}
               if row.coverage else {}),
            **({"ece_interval_90": list(row.calibration[0]), "slope_interval_90": list(row.calibration[1])}
               if row.calibration else {}),
            **({"roc_same_cells": row.same_cells} if row.same_cells == row.same_cells and row.reveal is not None
               else {}),
            "blocks": [{"block": b, "roc": r, "pr": p, "positives": n, "negatives": m} for b, r, p, n, m in row.blocks]}


def evaluation_json(result: RegionalResult) -> dict[str, Any]:
    """Return the whole evaluation as JSON: Safeground's rows, the baselines apart, the leak budget."""
    table = result.evaluation
    own = [r for r in table.rows if r.model == "safeground"]
    others = [r for r in table.rows if r.model != "safeground"]
    base = [r for r in own if (r.buffer_km, r.reveal) == (0.0, None)]
    gains = {r.model: dict(zip(("mean", "low_95", "high_95"), paired_gain(base[0], r), strict=True))
             for r in others if base and r.buffer_km == 0 and r.reveal is None}
    return {"file": result.file, "cells": table.cells, "labelled": table.labelled, "positives": table.positives,
            "blocks": table.blocks, "left_out": list(table.left_out), "dropped_columns": list(table.dropped),
            "rows": [row_json(r) for r in own], "baselines": [row_json(r) for r in others],
            "leak_budget_roc": {m: table.leak_budget(m)
                                for m in dict.fromkeys(r.model for r in table.rows if r.reveal is None)},
            "gain_over_baselines": gains, "findings": [f.as_plain() for f in result.findings], "plot": result.plot}
