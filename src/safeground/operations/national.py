"""A nation's map of probability: one model, tiles with halos, on one process or on a cluster of them."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from safeground.evidence.cells_file import Columns, read_cells
from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding
from safeground.hazard.cells import varies_within_blocks
from safeground.hazard.features import LABEL_COLUMNS
from safeground.hazard.level import PRIOR_SPREAD, Level, fit_level, inside, revealed_level
from safeground.hazard.regional import hold_out, learner, prepare, reach_of
from safeground.hazard.scores import logit
from safeground.hazard.tiles import REACH_KM, Answers, Learned, Tile, cut, predict_tile, tile_features
from safeground.operations.context import Caller
from safeground.records.cells import Cells


@dataclass(frozen=True, slots=True)
class BlockShare:
    """What is said of a block as a whole.

    Attributes
    ----------
    cells, known : how many cells, and of how many the outcome is known.
    share, low, high : mean probability of its cells, and its 90 % interval: the block's level is unknown as one.
    """

    block: str
    cells: int
    known: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class NationalMap:
    """What is said about every cell of a region, in the order of the file.

    Attributes
    ----------
    answers : probability with its interval, distance to the nearest outcome, applicability.
    shares : each block as a whole, in the order of the blocks' names.
    tiles : how many were computed.  workers : processes of the cluster, 0 = this process alone.
    """

    answers: Answers
    tiles: int
    workers: int
    shares: tuple[BlockShare, ...] = ()
    findings: tuple[Finding, ...] = ()


def trained(cells: Cells, seed: int) -> Learned:
    """Return a forest trained on all labelled cells, and how blocks' levels differ where they are held out."""
    base = float(cells.outcome[cells.labelled].mean())
    whole = Tile(np.arange(len(cells.outcome)), cells.xy_km, cells.covariates, cells.outcome,
                 np.zeros(len(cells.outcome)))
    features = tile_features(whole, base)
    model = learner("forest", seed).fit(features[cells.labelled], cells.outcome[cells.labelled])
    local = features[:, :-LABEL_COLUMNS]
    level = _level(cells, local.astype(np.float32), base, seed)
    sd = np.array([revealed_level(cells.outcome[cells.labelled & (cells.block == b)], level.intercept, level.spread)[1]
                   for b in range(len(cells.block_names))])
    return Learned(model, base, reach_of(local, cells.labelled, cells.block), level, sd)


def _level(cells: Cells, local: NDArray[np.float32], base: float, seed: int) -> Level:
    """Return how the levels of blocks differ when they are held out; with fewer than three, what is usual."""
    blocks = len(np.unique(cells.block[cells.labelled]))
    if blocks < 3:
        usual = float(logit(np.array([base]))[0])
        return Level(usual, 1.0, usual, PRIOR_SPREAD[0], 2)
    ready = prepare(cells, np.zeros(0, np.int64), 0.0, local=local, seed=seed)
    held = hold_out(ready, seed, ("forest",))["forest"][ready.groups[cells.block], np.arange(len(cells.outcome))]
    ranking, known, none = inside(logit(held), cells.block, len(cells.block_names)), cells.labelled, np.zeros(0, int)
    return fit_level(cells.outcome[known], ranking[known], cells.block[known], none, none)


def block_shares(cells: Cells, probability: NDArray[np.float64], learned: Learned) -> Iterable[BlockShare]:
    """Yield each block's mean probability with its 90 % interval."""
    for b, name in enumerate(cells.block_names):
        own = cells.block == b
        logits, reach = logit(probability[own]), learned.level.quantile() * learned.level_sd[b]
        yield BlockShare(name, int(own.sum()), int((own & cells.labelled).sum()), float(probability[own].mean()),
                         float(expit(logits - reach).mean()), float(expit(logits + reach).mean()))


def national_map(cells: Cells, seed: int, *, workers: int = 0, tile_km: float = 40.0, halo_km: float = REACH_KM
                 ) -> NationalMap:
    """Return the map of a region.

    Parameters
    ----------
    workers : processes of a cluster on this machine (Dask distributed); 0 computes here.
    tile_km, halo_km : side of a tile and width of its halo; a halo below the features' reach changes figures.

    Raises
    ------
    RequestError : the cluster engine is not installed (SG-OPS-022).
    """
    cells = cells.with_columns(varies_within_blocks(cells))
    learned = trained(cells, seed)
    tiles = list(cut(cells, tile_km, halo_km, learned.level_sd))
    parts = _on_cluster(tiles, learned, workers) if workers else [predict_tile(tile, learned) for tile in tiles]
    order = np.argsort(np.concatenate([part.rows for part in parts]))
    joined = [np.concatenate([getattr(part, f.name) for part in parts])[order] for f in fields(Answers)]
    answers = Answers(*joined)
    return NationalMap(answers, len(tiles), workers, tuple(block_shares(cells, answers.probability, learned)))


def _on_cluster(tiles: list[Tile], learned: Learned, workers: int) -> list[Answers]:
    try:
        import distributed
    except ImportError as error:
        raise RequestError("SG-OPS-022", "--workers", "the cluster engine is not installed.",
                           "Install safeground[cluster], or leave --workers out.") from error
    engine: Any = distributed
    with engine.LocalCluster(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None,
                             host="127.0.0.1", silence_logs=50) as cluster, engine.Client(cluster) as client:
        shared = client.scatter(learned, broadcast=True)
        futures = [client.submit(predict_tile, tile, shared, pure=False) for tile in tiles]
        return list(client.gather(futures))


def predict_cells(path: Path, columns: Columns, out: Path, caller: Caller, *, seed: int = 0, workers: int = 0
                  ) -> NationalMap:
    """Read cells, map them, and write a CSV: block, probability with its interval, distance, applicability.

    The file appears whole or not at all.
    """
    caller.progress("reading cells", None)
    read = read_cells(path, columns)
    caller.progress("learning and mapping", None)
    result = national_map(read.cells, seed, workers=workers)
    part = out.with_suffix(out.suffix + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["row", "block", "outcome", "probability_present", "low", "high", "distance_to_outcome_km",
                         "applicable"])
        a = result.answers
        for k in range(len(a.rows)):
            writer.writerow([k + 1, read.cells.block_names[read.cells.block[k]], int(read.cells.outcome[k]),
                             f"{a.probability[k]:.6f}", f"{a.low[k]:.6f}", f"{a.high[k]:.6f}",
                             f"{a.distance_km[k]:.3f}", int(a.applicable[k])])
        file.flush()
        os.fsync(file.fileno())
    part.replace(out)
    return replace(result, findings=read.findings)
