"""Which cells of a region hold ordnance: covariates and other blocks' outcomes to a probability with its interval."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from safeground.hazard.cells import separation_km
from safeground.hazard.features import Reveal, label_features, no_reveal, surroundings, usable
from safeground.hazard.residual import residual_field
from safeground.hazard.scores import logit, platt, recalibrated
from safeground.records.cells import Cells

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
CANDIDATES = ("forest", "logistic")
INNER_GROUPS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What is said about the cells of one block (or of all cells asked).

    Attributes
    ----------
    rows : indices of the cells.  probability, low, high : of presence, with a 90 % interval of the model.
    distance_km : to the nearest outcome that was used.  applicable : whether the covariates lie where the learner has
        seen any; elsewhere the figure is extrapolation.
    learner : the candidate that the inner blocks chose.
    """

    rows: Ints
    probability: Array
    low: Array
    high: Array
    distance_km: Array
    applicable: Mask
    learner: str


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What all left-out blocks share: covariates with their surroundings, label kernels for each, distances."""

    cells: Cells
    local: Array
    tests: Ints
    kernels: Array
    distance: NDArray[np.float32]
    buffer_km: float
    reveal: Reveal
    groups: Ints


def learner(name: str, seed: int, trees: int = 150) -> Any:
    """Return an untrained candidate: ``forest`` (three kinds of randomised trees) or ``logistic`` (the floor).

    The three (bootstrap with leaves of 3, all rows with leaves of 3 and of 2) vote with equal weight.
    """
    from sklearn.ensemble import ExtraTreesClassifier, VotingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if name == "logistic":
        return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300))
    kinds = ((3, True), (3, False), (2, False))
    return VotingClassifier([
        (f"leaf_{leaf}_{'bootstrap' if bootstrap else 'all'}",
         ExtraTreesClassifier(trees, min_samples_leaf=leaf, max_features="sqrt", bootstrap=bootstrap, n_jobs=-1,
                              random_state=seed)) for leaf, bootstrap in kinds], voting="soft")


def one_job(model: Any) -> None:
    """Have a trained model's forests predict on one thread."""
    for part in getattr(model, "estimators_", ()):
        if hasattr(part, "n_jobs"):
            part.n_jobs = 1


def probability_of(model: Any, features: Array) -> Array:
    """Return a trained model's probability of presence; trees are summed in one order, so runs agree to the bit."""
    one_job(model)
    return np.asarray(model.predict_proba(features)[:, 1])


def prepare(cells: Cells, tests: Ints, buffer_km: float, reveal: Reveal | None = None, local: Array | None = None,
            seed: int = 0) -> Prepared:
    """Return the features of all cells for each left-out block.

    Parameters
    ----------
    tests : blocks to leave out, one at a time.
    buffer_km : dead zone around each, km, for training rows and kernels alike.
    reveal : outcomes of the left-out blocks that are taken as known.
    local : covariates with surroundings, when computed before.
    """
    reveal = reveal or no_reveal(cells)
    local = np.nan_to_num(np.column_stack([cells.covariates, surroundings(cells)])) if local is None else local
    order = np.random.default_rng([seed, 31]).permutation(len(cells.block_names))
    groups = np.empty(len(order), np.int64)
    groups[order] = np.arange(len(order)) % INNER_GROUPS
    return Prepared(cells, local, tests, label_features(cells, tests, buffer_km, reveal), separation_km(cells),
                    buffer_km, reveal, groups[cells.block])


def predict_block(ready: Prepared, position: int, seed: int = 0) -> Prediction:
    """Return the prediction for one left-out block, everything chosen inside the other blocks alone.

    Learner, recalibration and residual field are chosen by grouped leave-blocks-out within the training rows; the block
    itself is looked at once, by whoever scores the result.
    """
    cells, block = ready.cells, int(ready.tests[position])
    features = np.column_stack([ready.local, ready.kernels[position]])
    own = cells.block == block
    train = usable(cells, ready.distance, block, ready.buffer_km) | (ready.reveal.mask & own)
    rows = np.flatnonzero(own)
    chosen, held_out = _choose(ready, features, train, block, seed)
    coefficients = platt(cells.outcome[train], held_out[train], cells.block[train])
    model = learner(chosen, seed).fit(features[train], cells.outcome[train])
    raw = logit(recalibrated(probability_of(model, features[rows]), coefficients))
    offset = np.zeros(len(cells.outcome))
    offset[train] = logit(recalibrated(held_out[train], coefficients))
    offset[rows] = np.where(train[rows], offset[rows], raw)
    near = train | own
    field = residual_field(cells.xy_km[near], cells.outcome[near], offset[near], train[near])
    place = np.searchsorted(np.flatnonzero(near), rows)
    helps = field_helps(ready, offset, train)
    centre = raw + field.mean[place] if helps else raw
    spread = np.sqrt(field.sd[place] ** 2 + between(model, features[rows]) ** 2)
    probability = _mean_of_logit_normal(centre, field.sd[place]) if helps else _expit(centre)
    distance = cKDTree(cells.xy_km[train]).query(cells.xy_km[rows])[0]
    return Prediction(rows, probability, _expit(centre - 1.645 * spread), _expit(centre + 1.645 * spread), distance,
                      applicable(ready.local, train, rows, cells.block), chosen + (" + field" if helps else ""))


def field_helps(ready: Prepared, offset: Array, train: Mask) -> bool:
    """Return whether the residual field betters the log score of held-out groups of training blocks.

    A group's field is learned from the other groups, and from its own revealed cells, which are then not scored.
    """
    cells, gain = ready.cells, 0.0
    for group in range(INNER_GROUPS):
        hold = train & (ready.groups == group)
        known = (train & ~hold) | (hold & ready.reveal.mask)
        scored = hold & ~ready.reveal.mask
        if not scored.any():
            continue
        field = residual_field(cells.xy_km[train], cells.outcome[train], offset[train], known[train])
        of = scored[train]
        y, before = cells.outcome[train][of], offset[train][of]
        after = before + field.mean[of]
        gain += float((y * (after - before) - np.logaddexp(0, after) + np.logaddexp(0, before)).sum())
    return gain > 0


def _choose(ready: Prepared, features: Array, train: Mask, block: int, seed: int) -> tuple[str, Array]:
    """Return the candidate with the best inner log score and its out-of-fold probabilities."""
    y = ready.cells.outcome
    best, best_loss, kept = "", np.inf, np.zeros(0)
    for name in CANDIDATES:
        out = np.full(len(y), y[train].mean())
        for hold in _folds(ready, train):
            fit = train & ~hold
            if not hold.any() or len(np.unique(y[fit])) < 2:
                continue
            out[hold] = probability_of(learner(name, seed, 50).fit(features[fit], y[fit]), features[hold])
        p = np.clip(out[train], 1e-3, 1 - 1e-3)
        loss = -float(np.where(y[train] == 1, np.log(p), np.log1p(-p)).mean())
        if loss < best_loss:
            best, best_loss, kept = name, loss, out
    return best, kept


def _folds(ready: Prepared, train: Mask) -> list[Mask]:
    """Return the inner held-out sets: groups of whole blocks (less their revealed cells), and all revealed cells."""
    revealed = train & ready.reveal.mask
    groups = [train & (ready.groups == g) & ~revealed for g in range(INNER_GROUPS)]
    return [*groups, revealed] if revealed.any() else groups


def between(model: Any, features: Array) -> Array:
    """Return twice the standard error of a forest's logit, by the spread between tenths of its trees; 0 for others."""
    forests = getattr(model, "estimators_", None)
    if forests is None:
        return np.zeros(len(features))
    trees = [tree for forest in forests for tree in forest.estimators_]
    trees = [trees[k] for k in np.random.default_rng(1).permutation(len(trees))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        votes = np.array([tree.predict_proba(features)[:, 1] for tree in trees])
    parts = np.array([logit(part.mean(axis=0)) for part in np.array_split(votes, 10)])
    return np.asarray(parts.std(axis=0) / np.sqrt(10) * 2)


def _expit(x: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-x)))


def _mean_of_logit_normal(mean: Array, sd: Array) -> Array:
    """Return E[expit(N(mean, sd²))] by Gauss–Hermite quadrature."""
    x, w = np.polynomial.hermite_e.hermegauss(9)
    return np.asarray((_expit(mean[:, None] + sd[:, None] * x[None, :]) * w[None, :]).sum(axis=1) / w.sum())


def applicable(local: Array, train: Mask, rows: Ints, block: Ints) -> Mask:
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

    def holds(self, local: Array) -> Mask:
        """Return which rows of covariates lie within reach."""
        use = self.scale > 0
        standard = (local[:, use] - self.centre[use]) / self.scale[use]
        return np.asarray(cKDTree(self.trained).query(standard)[0] <= self.limit)


def reach_of(local: Array, train: Mask, block: Ints) -> Reach:
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
