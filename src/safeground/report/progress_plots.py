"""Pictures of field work: the ground that was worked, and how it adds up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import shapely

from safeground.report.maps import _compound as compound
from safeground.report.plan_plots import GRID, INK, _png, _pyplot
from safeground.report.progress_page import PartShape

#: Fill, edge, hatch and words of each kind, told apart without colour too (Okabe and Ito's colours).
LOOKS: dict[str, tuple[str, str, str, str]] = {
    "area": ("none", INK, "", "outline of the area"),
    "processed": ("#d9dee3", "#7b8794", "", "processed, not counted"),
    "pending": ("#e69f00", INK, "//", "waits for inspection"),
    "posted": ("#009e73", INK, "", "accepted"),
}


def parts_png(shapes: Sequence[PartShape]) -> bytes:
    """Return a map of areas, processed ground, and ground that waits or was accepted; EPSG:4326, true to scale."""
    pyplot = _pyplot()
    from matplotlib.patches import Patch, PathPatch

    figure, axis = pyplot.subplots(figsize=(9, 7), layout="constrained")
    handles = []
    for order, kind in enumerate(("processed", "pending", "posted", "area")):
        own = np.array([s.geometry for s in shapes if s.kind == kind], dtype=object)
        path = compound(own) if len(own) else None
        if path is None:
            continue
        face, edge, hatch, words = LOOKS[kind]
        axis.add_patch(PathPatch(path, facecolor=face, edgecolor=edge, hatch=hatch, zorder=order + 2,
                                 linewidth=1.6 if kind == "area" else 0.5))
        handles.append(Patch(facecolor=face, edgecolor=edge, hatch=hatch, label=words))
    west, south, east, north = shapely.total_bounds(np.array([s.geometry for s in shapes], dtype=object))
    wide, high = max(east - west, 1e-5), max(north - south, 1e-5)
    axis.set_xlim(west - 0.06 * wide, east + 0.06 * wide)
    axis.set_ylim(south - 0.06 * high, north + 0.06 * high)
    axis.set_aspect(1 / max(np.cos(np.radians((south + north) / 2)), 0.05))
    axis.set_xlabel("longitude, degrees")
    axis.set_ylabel("latitude, degrees")
    axis.ticklabel_format(useOffset=False)
    axis.locator_params(axis="x", nbins=3)
    axis.grid(color=GRID, linewidth=0.4, zorder=1)
    figure.legend(handles=handles, loc="outside upper left", ncols=4, fontsize=9, frameon=False)
    return _png(figure)


def burn_up_png(days: Sequence[tuple[date, float, float]]) -> bytes:
    """Return counted and accepted m², summed up by day of work."""
    pyplot = _pyplot()
    figure, axis = pyplot.subplots(figsize=(9, 4.2), layout="constrained")
    when: list[Any] = [day for day, _, _ in days]
    axis.step(when, [m2 for _, m2, _ in days], where="post", color="#d55e00", linewidth=2.2, marker="o", markersize=4,
              label="waits or accepted")
    axis.step(when, [m2 for _, _, m2 in days], where="post", color="#009e73", linewidth=2.2, linestyle="--", marker="s",
              markersize=4, label="accepted")
    axis.set_ylim(bottom=0)
    axis.set_ylabel("m², summed up by day of work")
    axis.grid(color=GRID, linewidth=0.5)
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    figure.autofmt_xdate(rotation=30)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    figure.legend(loc="outside upper left", ncols=2, fontsize=9, frameon=False)
    return _png(figure)
