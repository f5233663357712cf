"""Pictures of hazard: maps of a site's cells, and the reliability curve."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
UNKNOWN_COLOUR = "#9aa5b1"


@dataclass(frozen=True, slots=True, eq=False)
class SitePicture:
    """What is drawn of one site: cell arrays (NaN = nothing known), its outlines in metres, and its frame.

    Attributes
    ----------
    west, north, cell_m : frame of the arrays, m.
    expected_per_ha, p_any, width_per_ha : mean density, P(any) of a cell, width of the 90 % interval of the density.
    knowledge : 0 outside, 1 nothing known, 2 borrowed, 3 searched.
    outlines, finds : rings and points in metres.
    """

    title: str
    west: float
    north: float
    cell_m: float
    expected_per_ha: Array
    p_any: Array
    width_per_ha: Array
    knowledge: NDArray[np.int8]
    outlines: Sequence[Array]
    finds: Array


def _png(figure: Any) -> bytes:
    from matplotlib import pyplot

    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110, metadata={"Software": "safeground"})
    pyplot.close(figure)
    return out.getvalue()


def calibration_png(curve: Sequence[tuple[float, float, int]], title: str) -> bytes:
    """Return the reliability curve: stated probability across, seen share up, with binomial 90 % intervals.

    Parameters
    ----------
    curve : (stated, seen, number of cells) of each bin.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axis = pyplot.subplots(figsize=(6.4, 5.6), layout="constrained")
    stated, seen, count = (np.array(c, float) for c in zip(*curve, strict=True))
    low, high = wilson(seen, count)
    axis.plot([0, 1], [0, 1], color="#9aa5b1", linestyle="--", linewidth=1, label="perfectly calibrated")
    axis.errorbar(stated, seen, yerr=[np.maximum(seen - low, 0), np.maximum(high - seen, 0)], fmt="o", color="#1f5a8a",
                  ecolor="#7fa8c9", capsize=3, label="bins of equal number, 90 % interval")
    axis.set(xlim=(0, 1), ylim=(0, 1), xlabel="stated probability of presence", ylabel="share of cells with finds",
             title=title)
    axis.set_aspect("equal")
    axis.grid(color="#e3e8ed")
    axis.legend(loc="upper left", frameon=False)
    return _png(figure)


def wilson(share: Array, count: Array, z: float = 1.645) -> tuple[Array, Array]:
    """Return Wilson's interval of shares."""
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z / (1 + z**2 / count) * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    return middle - half, middle + half


def site_png(picture: SitePicture) -> bytes:
    """Return four maps of a site: mean density, P(any), width of the interval, and what is known where.

    Ground about which nothing is known has a colour of its own on every map; it is never drawn as zero.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot
    from matplotlib.colors import LogNorm

    rows, cols = picture.p_any.shape
    wide = cols >= 1.6 * rows
    figure, axes = pyplot.subplots(*((4, 1) if wide else (2, 2)), figsize=(9, 11) if wide else (11, 9.4),
                                   layout="constrained", sharex=True, sharey=True)
    extent = (0.0, cols * picture.cell_m, 0.0, rows * picture.cell_m)
    panels = (("expected items left per hectare", picture.expected_per_ha, "inferno_r"),
              (f"P(any left) in a cell of {picture.cell_m:g} × {picture.cell_m:g} m", picture.p_any, "inferno_r"),
              ("width of the 90 % interval, items per hectare", picture.width_per_ha, "viridis_r"))
    for axis, (title, values, colours) in zip(axes.flat, panels, strict=False):
        shown = np.ma.masked_where(~np.isfinite(values) | (picture.knowledge <= 1), values)
        top = float(shown.max()) if shown.count() else 0.0
        if top <= 0:
            axis.set_title(f"{title}: 0 in every cell", fontsize=10)
            _ground(axis, picture, extent)
            continue
        norm = LogNorm(max(top * 1e-4, 1e-9), max(top, 1e-8))
        _ground(axis, picture, extent)
        image = axis.imshow(np.ma.maximum(shown, max(top * 1e-4, 1e-9)), extent=extent, norm=norm, cmap=colours,
                            origin="upper", interpolation="nearest")
        figure.colorbar(image, ax=axis, shrink=0.85)
        axis.set_title(title, fontsize=10)
    _knowledge(axes.flat[3], picture, extent)
    for axis in axes.flat:
        for ring in picture.outlines:
            axis.plot(ring[:, 0] - picture.west, ring[:, 1] - (picture.north - rows * picture.cell_m), color="#333333",
                      linewidth=0.9)
        axis.set_aspect("equal")
        axis.set(xlim=extent[:2], ylim=extent[2:])
        axis.tick_params(labelsize=8)
    figure.supxlabel("metres east of the frame's corner", fontsize=9)
    figure.supylabel("metres north", fontsize=9)
    figure.suptitle(f"{picture.title}: probabilities and expected numbers, not a statement that ground is free",
                    fontsize=11)
    return _png(figure)


def _ground(axis: Any, picture: SitePicture, extent: tuple[float, float, float, float]) -> None:
    from matplotlib.colors import ListedColormap

    axis.imshow(np.ma.masked_where(picture.knowledge != 1, picture.knowledge), extent=extent, origin="upper",
                cmap=ListedColormap([UNKNOWN_COLOUR]), interpolation="nearest")


def _knowledge(axis: Any, picture: SitePicture, extent: tuple[float, float, float, float]) -> None:
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    colours = ["#ffffff", UNKNOWN_COLOUR, "#e8c268", "#4d8f6d"]
    axis.imshow(picture.knowledge, extent=extent, origin="upper", cmap=ListedColormap(colours),
                norm=BoundaryNorm([-0.5, 0.5, 1.5, 2.5, 3.5], 4), interpolation="nearest")
    finds = picture.finds
    if len(finds):
        rows = picture.knowledge.shape[0]
        axis.plot(finds[:, 0] - picture.west, finds[:, 1] - (picture.north - rows * picture.cell_m), ".",
                  color="#8b1a1a", markersize=4)
    words = ("nothing known", "polygon evidence, borrowed", "searched")
    handles = [Patch(facecolor=c, edgecolor="#888888", label=w) for c, w in zip(colours[1:], words, strict=True)]
    axis.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=3, fontsize=8, frameon=False)
    axis.set_title("what the figures rest on; dots are finds", fontsize=10)
