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

from safeground.evidence.cells_file import Columns, read_cells
from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding
from safeground.hazard.cells import varies_within_blocks
from safeground.hazard.features import Reveal
from safeground.hazard.level import PRIOR_SPREAD, Level, Seen, fit_level, inside
from safeground.hazard.regional import covariates_with_surroundings, hold_out, learner, prepare, reach_of
from safeground.hazard.scores import logit
from safeground.hazard.tiles import REACH_KM, SHARES, Answers, Learned, Raw, Tile, calibrated, cut, kinds, predict_tile
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
    levels : each block's calibration and the standard deviation of its level, logit, in the same order.
    tiles : how many were computed.  workers : processes of the cluster, 0 = this process alone.
    """

    answers: Answers
    tiles: int
    workers: int
    shares: tuple[BlockShare, ...] = ()
    findings: tuple[Finding, ...] = ()
    levels: tuple[tuple[Level, float], ...] = ()

    def share_of(self, block: int, which: NDArray[np.bool_]) -> tuple[float, float, float]:
        """Return the mean probability of some cells of one block, and the 90 % interval of their share of positives.

        Parameters
        ----------
        which : True for the cells asked, shape (cells of the region,); none of another block.
        """
        return _share(self.answers.probability[which], *self.levels[block])


def trained(cells: Cells, seed: int) -> Learned:
    """Return a forest for each kind of block in the region, and how blocks' levels differ where they are held out.

    Each learns from all outcomes, but its rows see of their own block what a cell of that kind will see of its own.
    """
    known, base = cells.labelled, float(cells.outcome[cells.labelled].mean())
    local, there = covariates_with_surroundings(cells), np.unique(kinds(cells)[cells.block])
    drawn = np.random.default_rng([seed, 41]).random(len(known))
    pairs = [_regime(cells, local, Reveal((drawn < share) & known), base, seed) if k in there else (None, None)
             for k, share in enumerate(SHARES)]
    return Learned(tuple(model for model, _ in pairs), tuple(level for _, level in pairs), base,
                   reach_of(local, known, cells.block))


def _regime(cells: Cells, local: NDArray[np.float32], reveal: Reveal, base: float, seed: int) -> tuple[Any, Level]:
    """Return a forest whose rows see the revealed outcomes of their own block, and the calibration of its logits.

    With fewer than three blocks that hold hidden outcomes, the calibration is what is usual.
    """
    known, blocks = np.flatnonzero(cells.labelled), len(cells.block_names)
    ready = prepare(cells, np.zeros(0, np.int64), 0.0, reveal, local, seed)
    model = learner("forest", seed).fit(ready.features(np.zeros(0, np.int64), known), cells.outcome[known])
    if len(np.unique(cells.block[cells.labelled & ~reveal.mask])) < 3:
        usual = 0.0 if reveal.mask.any() else float(logit(np.array([base]))[0])
        return model, Level(usual, 1.0, usual, PRIOR_SPREAD[0], 2, bool(reveal.mask.any()))
    held = logit(hold_out(ready, seed, ("forest",))["forest"][ready.groups[cells.block], np.arange(len(cells.outcome))])
    hidden, shown = (Seen(cells.outcome[k], held[k], cells.block[k])
                     for k in (cells.labelled & ~reveal.mask, reveal.mask))
    return model, fit_level(hidden, shown, inside(held, cells.block, blocks)[1])


def _share(probability: NDArray[np.float64], level: Level, sd: float) -> tuple[float, float, float]:
    share = float(probability.mean())
    low, high = level.prevalence_interval(logit(probability), sd)
    return share, min(low, share), max(high, share)


def block_shares(cells: Cells, probability: NDArray[np.float64], levels: tuple[tuple[Level, float], ...]
                 ) -> Iterable[BlockShare]:
    """Yield each block's mean probability with its 90 % interval.

    Parameters
    ----------
    levels : each block's calibration and the standard deviation of its level, logit.
    """
    for b, name in enumerate(cells.block_names):
        own = cells.block == b
        yield BlockShare(name, int(own.sum()), int((own & cells.labelled).sum()), *_share(probability[own], *levels[b]))


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
    tiles = list(cut(cells, tile_km, halo_km))
    parts = _on_cluster(tiles, learned, workers) if workers else [predict_tile(tile, learned) for tile in tiles]
    order = np.argsort(np.concatenate([part.rows for part in parts]))
    raw = Raw(*(np.concatenate([getattr(part, f.name) for part in parts])[order] for f in fields(Raw)))
    answers, levels = calibrated(raw, cells, learned)
    shares = block_shares(cells, answers.probability, levels)
    return NationalMap(answers, len(tiles), workers, tuple(shares), levels=levels)


def _on_cluster(tiles: list[Tile], learned: Learned, workers: int) -> list[Raw]:
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
