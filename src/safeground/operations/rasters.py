"""Rasters beside the project: Cloud-Optimized GeoTIFF of a site's maps, and its joint samples."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from safeground.ground.grid import Grid
from safeground.hazard.maps import HazardMaps
from safeground.hazard.posterior import HazardPosterior
from safeground.hazard.sample import systematic

BANDS = ("expected_items", "p_any", "density_low_per_ha", "density_median_per_ha", "density_high_per_ha", "knowledge")


def write_cog(path: Path, grid: Grid, maps: HazardMaps) -> Path:
    """Write a site's maps as one Cloud-Optimized GeoTIFF of float32 bands; NaN where nothing is known.

    The band ``knowledge`` tells why: 0 outside, 1 nothing known, 2 borrowed from the polygon, 3 searched.
    """
    import rasterio
    from rasterio.io import MemoryFile
    from rasterio.shutil import copy
    from rasterio.transform import from_origin

    arrays = (maps.expected_items, maps.p_any, maps.density_low, maps.density_median, maps.density_high,
              maps.knowledge.astype(float))
    profile = {"driver": "GTiff", "dtype": "float32", "count": len(arrays), "height": grid.shape_yx[0],
               "width": grid.shape_yx[1], "crs": rasterio.CRS.from_wkt(grid.crs.to_wkt()),
               "transform": from_origin(grid.west, grid.north, grid.cell_m, grid.cell_m), "nodata": float("nan")}
    part = path.with_suffix(".part.tif")
    with MemoryFile() as memory:
        with memory.open(**profile) as out:
            for k, (name, array) in enumerate(zip(BANDS, arrays, strict=True), 1):
                out.write(array.astype(np.float32), k)
                out.set_band_description(k, name)
        with memory.open() as made:
            copy(made, part, driver="COG", compress="DEFLATE", overview_resampling="nearest")
    _publish(part, path)
    return path


def write_samples(path: Path, result: HazardPosterior, seed: int) -> Path:
    """Write a hundred joint samples of equal weight: log intensity by node in half precision, draw, presence, seed.

    Half precision keeps a log intensity to about .004, far inside its spread; full precision is one seed away.
    """
    samples, data = result.samples, result.data
    rng = np.random.default_rng([seed, 13])
    chosen = np.repeat(np.arange(len(samples.weight)), systematic(samples.weight, min(100, len(samples.weight)), rng))
    used = np.unique(data.part_node)
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        np.savez_compressed(
            out, log_rate=samples.log_rate[np.ix_(chosen, used)].astype(np.float16), nodes=used,
            draw=samples.draw[chosen],
            holds=result.holds[chosen], points=result.points, detect=result.draws.detect, shares=result.draws.shares,
            lattice=np.array(data.lattice.shape), node_m=data.lattice.node_m, block=data.block, pad=np.array(data.pad),
            seed=seed)
    _publish(part, path)
    return path


def _publish(part: Path, path: Path) -> None:
    """Bring a whole file to its name, its bytes on disk first."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)
