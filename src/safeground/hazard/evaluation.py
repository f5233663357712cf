"""Evaluation of regional prediction as an object: blocks left out, buffers, progressive reveal, leak budget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError
from safeground.hazard.cells import varies_within_blocks
from safeground.hazard.features import KERNELS_KM, Reveal
from safeground.hazard.regional import (
    TREES,
    Prepared,
    covariates_with_surroundings,
    hold_out,
    predict_block,
    prepare,
    side_by_side,
)
from safeground.hazard.scores import Scores, ece, logit, score, slope
from safeground.records.cells import Cells

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
BUFFERS_KM = (0.0, 2.0, 5.0)
REVEALS = (0.0, 0.02, 0.05, 0.1, 0.2)
MODELS = ("safeground", "logistic_regression", "random_forest", "gradient_boosting", "label_kernel_2km",
          "nearest_label")
Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far calibration could be read at all from so many cells and blocks; neither figure is reachable by choice.

    Attributes
    ----------
    ece_perfect, ece_perfect_95 : mean and 95 % quantile of the ECE when outcomes are drawn from the predictions.
    ece_level_known : ECE when each block's predictions are shifted (logit) to its true prevalence: what is left over
        is inside blocks, the rest is the level of blocks not yet surveyed.
    """

    ece_perfect: float
    ece_perfect_95: float
    ece_level_known: float


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one left-out block was told and held: outcomes, probabilities, cells hidden at every share, interval."""

    outcome: Ints
    probability: Array
    same: Mask
    learner: str = ""
    share: tuple[float, float] = (np.nan, np.nan)


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
    limits : what the same predictions would score were they perfectly calibrated, and with each block's level known.
    coverage : share of blocks whose prevalence lies in its 90 % interval, and the intervals' mean width; Safeground.
    calibration : 90 % bootstrap intervals over blocks of the ECE and of the slope, (low, high) each; Safeground.
    same_cells : mean ROC over the cells that stay hidden at every share, so that shares can be compared; NaN elsewhere.
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
    limits: Limits | None = None
    coverage: tuple[float, float] | None = None
    calibration: tuple[tuple[float, float], tuple[float, float]] | None = None
    same_cells: float = float("nan")


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
    local = covariates_with_surroundings(cells)
    settings = [(b, None) for b in buffers] + [(0.0, r) for r in reveals]
    drawn = np.random.default_rng([seed, 41]).random(len(cells.outcome))
    rows: list[Row] = []
    kept: tuple[tuple[int, float], ...] = ()
    done = 0
    for buffer_km, share in settings:
        ready = prepare(cells, tests, buffer_km, Reveal((drawn < (share or 0.0)) & cells.labelled), local, seed)
        for model in models if share is None else models[:1]:
            if share == 0.0 and (model, 0.0, None) in {(r.model, r.buffer_km, r.reveal) for r in rows}:
                same = next(r for r in rows if (r.model, r.buffer_km, r.reveal) == (model, 0.0, None))
                rows.append(replace(same, reveal=0.0))
                continue
            row, pairs = _run(ready, model, share, seed, drawn >= max(reveals, default=0.0))
            rows.append(row)
            kept = pairs if (model, buffer_km, share) == ("safeground", 0.0, None) else kept
        done += 1
        tell(f"{buffer_km:g} km" if share is None else f"{share:.0%} revealed", done / len(settings))
    names = tuple(cells.block_names[int(b)] for b in tests)
    return Evaluation(len(cells.outcome), int(cells.labelled.sum()), int((cells.outcome == 1).sum()),
                      len(cells.block_names), names, dropped, tuple(rows), kept)


def _run(ready: Prepared, model: str, share: float | None, seed: int, always: Mask
         ) -> tuple[Row, tuple[tuple[int, float], ...]]:
    """Return a row and its pairs of outcome and probability; ``always``: cells that no share reveals."""
    cells, own = ready.cells, model == "safeground"
    held = hold_out(ready, seed) if own else {}

    def one_block(position: int) -> Part:
        rows = np.flatnonzero(cells.block == ready.tests[position])
        scored = cells.labelled[rows] & ~ready.reveal.mask[rows]
        y, same = cells.outcome[rows][scored], always[rows][scored]
        if not own:
            return Part(y, _baseline(ready, position, model, seed)[scored], same)
        answer = predict_block(ready, position, held, seed, intervals=False)
        p = answer.probability[scored]
        return Part(y, p, same, answer.learner,
                    answer.level.prevalence_interval(np.log(p / (1 - p)), answer.level_sd))

    parts = side_by_side(one_block, range(len(ready.tests)))
    scores = [score(part.outcome, part.probability) for part in parts]
    blocks = tuple((cells.block_names[int(b)], s.roc, s.pr, int(part.outcome.sum()), int((1 - part.outcome).sum()))
                   for b, s, part in zip(ready.tests, scores, parts, strict=True))
    y, p = (np.concatenate([getattr(part, name) for part in parts]) for name in ("outcome", "probability"))
    table = np.array([list(asdict(s).values()) for s in scores])
    rng = np.random.default_rng([seed, 43])
    again = np.nanmean(table[rng.integers(0, len(table), (2000, len(table))), 0], axis=1)
    low, high = np.nanquantile(again, [0.05, 0.95])
    chosen = Counter(part.learner for part in parts if part.learner)
    row = Row(model, ready.buffer_km, share, Scores(*np.nanmean(table, axis=0)), Scores(*np.nanmedian(table, axis=0)),
              Scores(*np.nanstd(table, axis=0)), score(y, p), (float(low), float(high)), blocks,
              tuple(sorted(chosen.items())))
    if own:
        row = replace(row, limits=limits([(part.outcome, part.probability) for part in parts], seed),
                      coverage=_coverage(parts), calibration=_calibration(parts, seed), same_cells=_same_cells(parts))
    return row, tuple((int(a), float(b)) for a, b in zip(y, p, strict=True))


def _same_cells(parts: list[Part]) -> float:
    """Return the mean ROC over the cells that no share reveals; blocks with one outcome among them are left out."""
    from sklearn.metrics import roc_auc_score

    kept = [(part.outcome[part.same], part.probability[part.same]) for part in parts]
    return float(np.mean([roc_auc_score(y, p) for y, p in kept if len(np.unique(y)) == 2] or [np.nan]))


def _calibration(parts: list[Part], seed: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return 90 % bootstrap intervals over blocks of the ECE and of the slope of all predictions together."""
    rng, seen = np.random.default_rng([seed, 59]), []
    for _ in range(200):
        drawn = [parts[k] for k in rng.integers(0, len(parts), len(parts))]
        y, p = (np.concatenate([getattr(part, name) for part in drawn]) for name in ("outcome", "probability"))
        seen.append((ece(y, p), slope(y, p)))
    low, high = np.nanquantile(np.array(seen), [0.05, 0.95], axis=0)
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))


def _coverage(parts: list[Part]) -> tuple[float, float]:
    """Return the share of blocks whose prevalence lies in its interval, and the mean width of the intervals."""
    inside = [part.share[0] <= part.outcome.mean() <= part.share[1] for part in parts]
    return float(np.mean(inside)), float(np.mean([part.share[1] - part.share[0] for part in parts]))


def limits(parts: list[tuple[Ints, Array]], seed: int = 0) -> Limits:
    """Return what calibration can be read of at all from predictions of blocks: (outcome, probability) of each."""
    p, y = np.concatenate([part[1] for part in parts]), np.concatenate([part[0] for part in parts])
    rng = np.random.default_rng([seed, 53])
    perfect = [ece((rng.random(len(p)) < p).astype(np.int64), p) for _ in range(200)]
    known = np.concatenate([_at_level(one, float(outcome.mean())) for outcome, one in parts])
    return Limits(float(np.mean(perfect)), float(np.quantile(perfect, 0.95)), ece(y, known))


def _at_level(probability: Array, prevalence: float) -> Array:
    """Return probabilities shifted on the logit so that their mean is a prevalence."""
    x, low, high = logit(probability), -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if (1 / (1 + np.exp(-x - middle))).mean() < prevalence else (low, middle)
    return np.asarray(1 / (1 + np.exp(-x - low)))


def _baseline(ready: Prepared, position: int, model: str, seed: int) -> Array:
    """Return a baseline's predictions for a left-out block, learned from the same rows."""
    cells, left_out = ready.cells, ready.tests[position:position + 1]
    rows = np.flatnonzero(cells.block == left_out[0])
    kernels = ready.sums.features(left_out, rows).astype(float)
    if model == "label_kernel_2km":
        return np.asarray(np.clip(kernels[:, KERNELS_KM.index(2.0)], 0.0, 1.0))
    if model == "nearest_label":
        return np.asarray(1 / (1 + np.exp(kernels[:, -2] - kernels[:, -1])))
    train = ready.train(left_out)
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
        return RandomForestClassifier(TREES, min_samples_leaf=5, random_state=seed)
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
