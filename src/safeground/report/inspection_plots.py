"""Pictures of an inspection: the operating characteristic with the plan's point, and samples over their lot."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from shapely import Geometry

INK, GRID, LAND, PLAN, RISK = "#16202b", "#cfd6dd", "#e9f2ec", "#0072b2", "#d55e00"


@dataclass(frozen=True, slots=True, eq=False)
class SamplePanel:
    """One sample over its lot: outline and units in metres from the lot's south-west corner.

    `expected_found` is what the posterior expects these units to show; None = no posterior was there.
    """

    title: str
    outline: Geometry
    units: Geometry
    count: int
    expected_found: float | None


def _png(figure: Figure) -> bytes:
    out = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(out, format="png", dpi=110, metadata={"Software": "safeground"})
    return out.getvalue()


def oc_png(defective_share: Sequence[float], p_accept: Sequence[float], risk: float, point: tuple[float, float]
           ) -> bytes:
    """Return the operating characteristic: acceptance by the share of defective units, with the plan's point.

    Parameters
    ----------
    risk : largest probability with which the plan may accept a lot that it must reject; drawn as a line.
    point : smallest share of defective units of such a lot, and its probability of acceptance.
    """
    figure = Figure(figsize=(6.4, 3.9), layout="constrained")
    axis = figure.add_subplot()
    axis.plot([100 * s for s in defective_share], p_accept, color=PLAN, linewidth=2)
    axis.axhline(risk, color=INK, linewidth=0.8, linestyle="--")
    axis.plot([100 * point[0]], [point[1]], marker="o", markersize=8, color=RISK, markeredgecolor="white", zorder=5)
    axis.annotate(f"{100 * point[0]:.2g} % defective:\naccepted with {100 * point[1]:.1f} %",
                  (100 * point[0], point[1]), xytext=(14, 22), textcoords="offset points", fontsize=10, color=INK,
                  arrowprops={"arrowstyle": "-", "color": INK, "linewidth": 0.7})
    axis.text(axis.get_xlim()[1], risk, f"{100 * risk:.3g} % ", ha="right", va="bottom", fontsize=9, color=INK)
    axis.set(xlabel="defective units of the lot, %", ylabel="probability of acceptance", ylim=(0, 1.02))
    axis.set_xlim(left=0)
    _quiet(axis)
    return _png(figure)


def _quiet(axis: Any) -> None:
    axis.grid(color=GRID, linewidth=0.5)
    axis.set_axisbelow(True)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def _path(geometry: Geometry) -> Path:
    """Return one path of all rings of polygons."""
    rings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(geometry)))
    return Path.make_compound_path(*(Path(shapely.get_coordinates(ring), closed=True) for ring in rings))


def lot_png(panels: Sequence[SamplePanel]) -> bytes:
    """Return the samples of one lot side by side, units over the lot's outline, metres from its corner."""
    west, south, east, north = panels[0].outline.bounds
    ratio = min(2.2, max(0.35, (north - south) / max(east - west, 1e-9)))
    figure = Figure(figsize=(4.9 * len(panels) + 0.4, min(8.0, 4.6 * ratio + 1.1)), layout="constrained")
    margin = 0.03 * max(east - west, north - south)
    for k, panel in enumerate(panels, 1):
        axis = figure.add_subplot(1, len(panels), k)
        colour = PLAN if k == 1 else RISK
        axis.add_patch(PathPatch(_path(panel.outline), facecolor=LAND, edgecolor=INK, linewidth=1.0))
        axis.add_patch(PathPatch(_path(panel.units), facecolor=colour, edgecolor=colour, linewidth=0.4))
        axis.set(xlim=(west - margin, east + margin), ylim=(south - margin, north + margin))
        axis.set_aspect("equal")
        found = "" if panel.expected_found is None else f"\nexpected found: {panel.expected_found:.3g}"
        axis.set_title(f"{panel.title}: {panel.count:,} units{found}", fontsize=10, loc="left", color=INK)
        axis.set(xlabel="m east", ylabel="m north")
        axis.tick_params(labelsize=8)
        _quiet(axis)
    return _png(figure)
