"""A nation's map of probability: one model, tiles with halos, on one process or on a cluster of them."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from safeground.evidence.cells_file import Columns, read_cells
from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding
from safeground.hazard.cells import varies_within_blocks
from safeground.hazard.regional import learner, one_job, reach_of
from safeground.hazard.tiles import REACH_KM, Answers, Learned, Tile, cut, predict_tile, tile_features
from safeground.operations.context import Caller
from safeground.records.cells import Cells


@dataclass(frozen=True, slots=True, eq=False)
class NationalMap:
    """What is said about every cell of a region, in the order of the file.

    Attributes
    ----------
    answers : probability with the learner's interval, distance to the nearest outcome, applicability.
    tiles : how many were computed.  workers : processes of the cluster, 0 = this process alone.
    """

    answers: Answers
    tiles: int
    workers: int
    findings: tuple[Finding, ...] = ()


def trained(cells: Cells, seed: int) -> Learned:
    """Return a forest trained on all labelled cells; it predicts on one thread, so every process computes alike."""
    base = float(cells.outcome[cells.labelled].mean())
    whole = Tile(np.arange(len(cells.outcome)), cells.xy_km, cells.covariates, cells.outcome)
    features = tile_features(whole, base)
    model = learner("forest", seed).fit(features[cells.labelled], cells.outcome[cells.labelled])
    one_job(model)
    return Learned(model, base, reach_of(features[:, :-6], cells.labelled, cells.block))


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
    joined = [np.concatenate([getattr(part, f.name) for part in parts])[order] for f in fields(Answers)]
    return NationalMap(Answers(*joined), len(tiles), workers)


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
    """Read cells, map them, and write a CSV: block, probability with the learner's interval, distance, applicability.

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
