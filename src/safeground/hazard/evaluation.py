"""Evaluation of regional prediction as an object: blocks left out, buffers, progressive reveal, leak budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError
from safeground.hazard.cells import varies_within_blocks
from safeground.hazard.features import Reveal, surroundings, usable
from safeground.hazard.regional import Prepared, predict_block, prepare
from safeground.hazard.scores import Scores, score
from safeground.records.cells import Cells

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
BUFFERS_KM = (0.0, 2.0, 5.0)
REVEALS = (0.0, 0.02, 0.05, 0.1, 0.2)
MODELS = ("safeground", "logistic_regression", "random_forest", "gradient_boosting", "label_kernel_2km",
          "nearest_label")
Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a model at a buffer or a share revealed.

    Attributes
    ----------
    buffer_km, reveal : the setting; ``reveal`` is None in the buffered part of the table.
    mean, median, sd : of each score over the left-out blocks (the published form).
    pooled : scores of all blocks' predictions together; calibration is read here.
    interval : 90 % bootstrap interval over blocks of the mean ROC.
    blocks : (name, ROC, PR, positives, negatives) of each left-out block.
    learners : how often the inner blocks chose which learner.
    """

    model: str
    buffer_km: float
    reveal: float | None
    mean: Scores
    median: Scores
    sd: Scores
    pooled: Scores
    interval: tuple[float, float]
    blocks: tuple[tuple[str, float, float, int, int], ...]
    learners: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The whole table.

    Attributes
    ----------
    cells, labelled, positives, blocks, left_out : what was evaluated.
    dropped : covariates constant inside every block, left out before anything else.
    rows : one for each model and setting.
    predictions : of Safeground at buffer 0, for the reliability curve: (outcome, probability).
    """

    cells: int
    labelled: int
    positives: int
    blocks: int
    left_out: tuple[str, ...]
    dropped: tuple[str, ...]
    rows: tuple[Row, ...]
    predictions: tuple[tuple[int, float], ...]

    def row(self, model: str, buffer_km: float = 0.0, reveal: float | None = None) -> Row:
        """Return one line."""
        return next(r for r in self.rows if (r.model, r.buffer_km, r.reveal) == (model, buffer_km, reveal))

    def leak_budget(self, model: str) -> float:
        """Return ROC without a buffer minus ROC at the widest: what nearness to the border is worth."""
        mine = [r for r in self.rows if r.model == model and r.reveal is None]
        return max(mine, key=lambda r: -r.buffer_km).mean.roc - max(mine, key=lambda r: r.buffer_km).mean.roc


def evaluate(cells: Cells, seed: int = 0, buffers: tuple[float, ...] = BUFFERS_KM,
             reveals: tuple[float, ...] = REVEALS, models: tuple[str, ...] = MODELS,
             tell: Tell = lambda _text, _share: None) -> Evaluation:
    """Leave out one block at a time and score what the others say of it.

    Parameters
    ----------
    buffers : dead zones, km, around the left-out block, for training rows and label kernels alike.
    reveals : shares of the left-out block's outcomes that are drawn as known; scored on the rest, without a buffer.
    models : which to run; the baselines learn from the same rows.

    Raises
    ------
    RequestError : fewer than three blocks hold five cells of each outcome (SG-HAZARD-011).
    """
    keep = varies_within_blocks(cells)
    dropped = tuple(n for n, k in zip(cells.names, keep, strict=True) if not k)
    cells = cells.with_columns(keep)
    tests = cells.scorable_blocks()
    if len(tests) < 3:
        raise RequestError("SG-HAZARD-011", "blocks", f"only {len(tests)} blocks hold five cells of each outcome.",
                           "Give at least three such blocks, or another block column.")
    local = np.nan_to_num(np.column_stack([cells.covariates, surroundings(cells)]))
    settings = [(b, None) for b in buffers] + [(0.0, r) for r in reveals]
    rows: list[Row] = []
    kept: tuple[tuple[int, float], ...] = ()
    done = 0
    for buffer_km, share in settings:
        reveal = Reveal((np.random.default_rng([seed, 41]).random(len(cells.outcome)) < (share or 0.0))
                        & cells.labelled)
        ready = prepare(cells, tests, buffer_km, reveal, local, seed)
        for model in models if share is None else models[:1]:
            if share == 0.0 and (model, 0.0, None) in {(r.model, r.buffer_km, r.reveal) for r in rows}:
                same = next(r for r in rows if (r.model, r.buffer_km, r.reveal) == (model, 0.0, None))
                rows.append(Row(**{**{f.name: getattr(same, f.name) for f in fields(same)}, "reveal": 0.0}))
                continue
            row, pairs = _run(ready, model, share, seed)
            rows.append(row)
            kept = pairs if (model, buffer_km, share) == ("safeground", 0.0, None) else kept
        done += 1
        tell(f"{buffer_km:g} km" if share is None else f"{share:.0%} revealed", done / len(settings))
    names = tuple(cells.block_names[int(b)] for b in tests)
    return Evaluation(len(cells.outcome), int(cells.labelled.sum()), int((cells.outcome == 1).sum()),
                      len(cells.block_names), names, dropped, tuple(rows), kept)


def _run(ready: Prepared, model: str, share: float | None, seed: int) -> tuple[Row, tuple[tuple[int, float], ...]]:
    cells = ready.cells
    scores, blocks, outcomes, predictions = [], [], [], []
    chosen: dict[str, int] = {}
    for position, block in enumerate(ready.tests):
        rows = np.flatnonzero(cells.block == block)
        if model == "safeground":
            answer = predict_block(ready, position, seed)
            probability = answer.probability
            chosen[answer.learner] = chosen.get(answer.learner, 0) + 1
        else:
            probability = _baseline(ready, position, model, seed)
        scored = cells.labelled[rows] & ~ready.reveal.mask[rows]
        y, p = cells.outcome[rows][scored], probability[scored]
        one = score(y, p)
        scores.append(one)
        blocks.append((cells.block_names[int(block)], one.roc, one.pr, int(y.sum()), int(len(y) - y.sum())))
        outcomes.append(y)
        predictions.append(p)
    y, p = np.concatenate(outcomes), np.concatenate(predictions)
    table = np.array([list(asdict(s).values()) for s in scores])
    rng = np.random.default_rng([seed, 43])
    again = np.nanmean(table[rng.integers(0, len(table), (2000, len(table))), 0], axis=1)
    low, high = np.nanquantile(again, [0.05, 0.95])
    row = Row(model, ready.buffer_km, share, Scores(*np.nanmean(table, axis=0)), Scores(*np.nanmedian(table, axis=0)),
              Scores(*np.nanstd(table, axis=0)), score(y, p), (float(low), float(high)), tuple(blocks),
              tuple(sorted(chosen.items())))
    return row, tuple((int(a), float(b)) for a, b in zip(y, p, strict=True))


def _baseline(ready: Prepared, position: int, model: str, seed: int) -> Array:
    """Return a baseline's predictions for a left-out block, learned from the same rows."""
    cells, block = ready.cells, int(ready.tests[position])
    rows = np.flatnonzero(cells.block == block)
    kernels = ready.kernels[position][rows]
    if model == "label_kernel_2km":
        return np.asarray(np.clip(kernels[:, 0], 0.0, 1.0))
    if model == "nearest_label":
        return np.asarray(1 / (1 + np.exp(kernels[:, -2] - kernels[:, -1])))
    train = usable(cells, ready.distance, block, ready.buffer_km)
    filled = np.where(np.isfinite(cells.covariates), cells.covariates, np.nanmedian(cells.covariates, axis=0))
    fitted = _plain(model, seed).fit(filled[train], cells.outcome[train])
    return np.asarray(fitted.predict_proba(filled[rows])[:, 1])


def _plain(model: str, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if model == "logistic_regression":
        return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    if model == "random_forest":
        return RandomForestClassifier(500, min_samples_leaf=5, n_jobs=-1, random_state=seed)
    return HistGradientBoostingClassifier(random_state=seed)


def reliability(outcome: Ints, probability: Array, bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (stated, seen, cells) in bins of equal number, for the calibration plot."""
    order = np.argsort(probability, kind="stable")
    return [(float(probability[b].mean()), float(outcome[b].mean()), len(b))
            for b in np.array_split(order, min(bins, len(order))) if len(b)]


def paired_gain(mine: Row, other: Row, seed: int = 0) -> tuple[float, float, float]:
    """Return the mean gain in ROC over another model, and its 95 % interval by paired bootstrap over blocks."""
    gain = np.array([a[1] - b[1] for a, b in zip(mine.blocks, other.blocks, strict=True)])
    rng = np.random.default_rng([seed, 47])
    again = gain[rng.integers(0, len(gain), (4000, len(gain)))].mean(axis=1)
    low, high = np.quantile(again, [0.025, 0.975])
    return float(gain.mean()), float(low), float(high)
