"""Which cells of a region hold ordnance: covariates and other blocks' outcomes to a probability with its interval."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import expit
from threadpoolctl import threadpool_limits

from safeground.foundation.errors import RequestError
from safeground.hazard.cells import separation_km
from safeground.hazard.features import LabelSums, Reveal, label_sums, no_reveal, surroundings, usable
from safeground.hazard.level import LIMIT, Level, Seen, fit_level, inside
from safeground.hazard.residual import residual_field
from safeground.hazard.scores import logit
from safeground.records.cells import Cells

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
T = TypeVar("T")
U = TypeVar("U")
CANDIDATES = ("forest", "logistic")
INNER_GROUPS = 7
TREES = 200
INNER_TREES = 50


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What is said about the cells of one block (or of all cells asked).

    Attributes
    ----------
    rows : indices of the cells.  probability : of presence, the block's unknown level integrated.
    low, high : 90 % interval of a cell's probability: the learner, the field and the block's level together.
    level : the calibration; ``level_sd`` what is not known of this block's level, logit.
    distance_km : to the nearest outcome that was used.  applicable : whether the covariates lie where the learner has
        seen any; elsewhere the figure is extrapolation.
    learner : the candidate that the inner blocks chose.
    """

    rows: Ints
    probability: Array
    low: Array
    high: Array
    level: Level
    level_sd: float
    distance_km: Array
    applicable: Mask
    learner: str


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What all left-out blocks share: covariates with their surroundings, label kernels, distances, inner groups."""

    cells: Cells
    local: NDArray[np.float32]
    tests: Ints
    sums: LabelSums
    distance: NDArray[np.float32]
    buffer_km: float
    reveal: Reveal
    groups: Ints

    def features(self, left_out: Ints, rows: Ints) -> NDArray[np.float32]:
        """Return all features of rows while the outcomes of some blocks are hidden."""
        return np.column_stack([self.local[rows], self.sums.features(left_out, rows)])

    def train(self, left_out: Ints) -> Ints:
        """Return the rows to learn from: outside the blocks and their dead zones, and what is revealed inside."""
        shown = self.reveal.mask & np.isin(self.cells.block, left_out)
        return np.flatnonzero(usable(self.cells, self.distance, left_out, self.buffer_km) | shown)


def learner(name: str, seed: int, trees: int = TREES) -> Any:
    """Return an untrained candidate: ``forest`` (extremely randomised trees) or ``logistic`` (the floor)."""
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if name == "logistic":
        return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300))
    return ExtraTreesClassifier(trees, min_samples_leaf=3, max_features="sqrt", random_state=seed)


def probability_of(model: Any, features: NDArray[Any]) -> Array:
    """Return a trained model's probability of presence; trees are summed in one order, so runs agree to the bit."""
    return np.asarray(model.predict_proba(features)[:, 1])


def side_by_side(work: Callable[[T], U], tasks: Sequence[T]) -> list[U]:
    """Return each task's result in order; tasks run on this machine's cores, each on one thread, so runs agree."""
    with threadpool_limits(1), ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
        return list(pool.map(work, tasks))


def covariates_with_surroundings(cells: Cells) -> NDArray[np.float32]:
    """Return covariates, their mean and their spread around each cell; missing values are 0."""
    return np.nan_to_num(np.column_stack([cells.covariates, surroundings(cells)])).astype(np.float32)


def prepare(cells: Cells, tests: Ints, buffer_km: float, reveal: Reveal | None = None,
            local: NDArray[np.float32] | None = None, seed: int = 0) -> Prepared:
    """Return what predictions for left-out blocks share.

    Parameters
    ----------
    tests : blocks to leave out, one at a time.
    buffer_km : dead zone around each, km, for training rows and kernels alike.
    reveal : outcomes of the left-out blocks that are taken as known; the same share in every training block.
    local : covariates with surroundings, when computed before.
    """
    reveal = reveal or no_reveal(cells)
    order = np.random.default_rng([seed, 31]).permutation(len(cells.block_names))
    groups = np.empty(len(order), np.int64)
    groups[order] = np.arange(len(order)) % INNER_GROUPS
    return Prepared(cells, covariates_with_surroundings(cells) if local is None else local, tests,
                    label_sums(cells, buffer_km, reveal), separation_km(cells), buffer_km, reveal, groups)


def hold_out(ready: Prepared, seed: int = 0, candidates: tuple[str, ...] = CANDIDATES) -> dict[str, Array]:
    """Return each candidate's probabilities in worlds where groups of blocks are unseen, shape (groups, cells).

    Row ``g`` holds predictions that rest on no outcome of group ``g``, nor of a cell's own group, nor of either's dead
    zones.  A model that leaves two groups out serves in both their worlds; cells of ``g`` itself get the mean over
    its models.  So calibration for a block of ``g`` never sees that block, and errs as a prediction for it would.
    """
    cells = ready.cells
    count = int(ready.groups.max()) + 1
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]

    def fit(pair: tuple[int, int]) -> tuple[Ints, list[Array]]:
        left_out = np.flatnonzero(np.isin(ready.groups, pair))
        rows, train = np.flatnonzero(np.isin(cells.block, left_out)), ready.train(left_out)
        y = cells.outcome[train]
        if len(np.unique(y)) < 2:
            return rows, [np.full(len(rows), (y.sum() + 0.5) / (len(y) + 1)) for _ in candidates]
        known, asked = ready.features(left_out, train), ready.features(left_out, rows)
        return rows, [probability_of(learner(name, seed, INNER_TREES).fit(known, y), asked) for name in candidates]

    total = {name: np.zeros((count, len(cells.outcome))) for name in candidates}
    times = np.zeros((count, len(cells.outcome)))
    for pair, (rows, answers) in zip(pairs, side_by_side(fit, pairs), strict=True):
        for g in pair:
            times[g, rows] += 1
            for name, answer in zip(candidates, answers, strict=True):
                total[name][g, rows] += answer
    return {name: value / np.maximum(times, 1) for name, value in total.items()}


def choose(ready: Prepared, held: dict[str, Array], block: int) -> tuple[str, Level, Array]:
    """Return the candidate with the best log score on other blocks, its calibration, and its logits there."""
    cells, blocks = ready.cells, len(ready.cells.block_names)
    pool = usable(cells, ready.distance, block, ready.buffer_km) & ~ready.reveal.mask
    shown = ready.reveal.mask & (cells.block != block)
    y, found = cells.outcome[pool], []
    for name, answers in held.items():
        learned = np.clip(logit(answers[ready.groups[block]]), -LIMIT, LIMIT)
        level = fit_level(Seen(y, learned[pool], cells.block[pool]),
                          Seen(cells.outcome[shown], learned[shown], cells.block[shown]),
                          inside(learned, cells.block, blocks)[1])
        logits = np.zeros(len(learned))
        for b in range(blocks):
            rows = np.flatnonzero(cells.block == b)
            at = np.flatnonzero(shown[rows])
            logits[rows] = level.logits(learned[rows], cells.outcome[rows[at]], at)[0]
        score = float((y * logits[pool] - np.logaddexp(0.0, logits[pool])).sum())
        found.append((score, name, level, logits))
    _, name, level, logits = max(found, key=lambda one: one[0])
    return name, level, logits


def predict_block(ready: Prepared, position: int, held: dict[str, Array], seed: int = 0, *, intervals: bool = True
                  ) -> Prediction:
    """Return the prediction for one left-out block, everything chosen inside the other blocks alone.

    Parameters
    ----------
    held : of :func:`hold_out`.  intervals : whether the learner's and the field's part of the intervals are worked
        out; without, ``low`` and ``high`` span the block's level alone.

    Raises
    ------
    RequestError : outside the block and its dead zone there are not both outcomes to learn from (SG-HAZARD-011).
    """
    cells, block = ready.cells, int(ready.tests[position])
    left_out, own = np.array([block]), cells.block == block
    train, rows = ready.train(left_out), np.flatnonzero(own)
    if len(np.unique(cells.outcome[usable(cells, ready.distance, block, ready.buffer_km)])) < 2:
        raise RequestError("SG-HAZARD-011", f"block {cells.block_names[block]}, buffer {ready.buffer_km:g} km",
                           "no cells of both outcomes are left outside it to learn from.",
                           "Give more blocks, or cells farther from this one.")
    name, level, elsewhere = choose(ready, held, block)
    model = learner(name, seed).fit(ready.features(left_out, train), cells.outcome[train])
    asked = ready.features(left_out, rows)
    shown = np.flatnonzero(ready.reveal.mask[rows])
    centre, sd = level.logits(logit(probability_of(model, asked)), cells.outcome[rows[shown]], shown)
    variance = np.full(len(rows), sd**2)
    if intervals:
        known = np.isin(np.arange(len(own)), train) & ~ready.reveal.mask
        near = known | own
        offset = elsewhere.copy()
        offset[rows] = centre
        field = residual_field(cells.xy_km[near], cells.outcome[near], offset[near], known[near])
        variance += field.sd[own[near]] ** 2 + between(model, asked) ** 2
    reach = level.quantile() * np.sqrt(variance)
    trained = np.zeros(len(own), bool)
    trained[train] = True
    return Prediction(rows, expit(centre), expit(centre - reach), expit(centre + reach), level, sd,
                      cKDTree(cells.xy_km[train]).query(cells.xy_km[rows])[0],
                      applicable(ready.local, trained, rows, cells.block), name)


def between(model: Any, features: NDArray[Any]) -> Array:
    """Return twice the standard error of a forest's logit, by the spread between tenths of its trees; 0 for others."""
    grown = getattr(model, "estimators_", None)
    if grown is None:
        return np.zeros(len(features))
    trees = [grown[k] for k in np.random.default_rng(1).permutation(len(grown))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        votes = np.array([tree.predict_proba(features)[:, 1] for tree in trees])
    parts = np.array([logit(part.mean(axis=0)) for part in np.array_split(votes, 10)])
    return np.asarray(parts.std(axis=0) / np.sqrt(10) * 2)


def applicable(local: NDArray[Any], train: Mask, rows: Ints, block: Ints) -> Mask:
    """Return whether each cell lies within the area of applicability of the training rows.

    Distance in standardised covariates to the nearest training row, against the distances of training rows to training
    rows of *other* blocks: inside where it is at most their 95th percentile (after Meyer and Pebesma 2021).
    """
    return reach_of(local, train, block).holds(local[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Where a learner has seen covariates: centre and scale, the trained rows, and the distance that still counts."""

    centre: Array
    scale: Array
    trained: Array
    limit: float

    def holds(self, local: NDArray[Any]) -> Mask:
        """Return which rows of covariates lie within reach."""
        use = self.scale > 0
        standard = (local[:, use] - self.centre[use]) / self.scale[use]
        return np.asarray(cKDTree(self.trained).query(standard)[0] <= self.limit)


def reach_of(local: NDArray[Any], train: Mask, block: Ints) -> Reach:
    """Return the area of applicability of the training rows; see :func:`applicable`."""
    centre, scale = local[train].mean(axis=0), local[train].std(axis=0)
    use = scale > 0
    standard = (local[:, use] - centre[use]) / scale[use]
    trained = np.flatnonzero(train)
    sample = trained[:: max(1, len(trained) // 600)]
    own = []
    for b in np.unique(block[sample]):
        others = trained[block[trained] != b]
        if len(others):
            own.append(cKDTree(standard[others]).query(standard[sample[block[sample] == b]])[0])
    limit = float(np.quantile(np.concatenate(own), 0.95)) if own else np.inf
    return Reach(centre, scale, standard[trained], limit)
