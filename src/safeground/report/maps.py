"""The map of a report, drawn on paper's terms: IMAS symbols, scale bar, north arrow, graticule, legend.

Symbols: technical note 07.11/01 (confirmed #FF0000, suspected #F4A718, both half transparent; released outlined green).
A hatch tells confirmed from suspected without colour.
"""

from __future__ import annotations

import io
import textwrap
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import shapely
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Polygon
from matplotlib.path import Path as Outline
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError
from safeground.report.frame import (
    Frame,
    degree_label,
    frame_of,
    graticule,
    length_label,
    outside_count,
    scale_bar_m,
)
from safeground.report.situation import Layer, LayerKind, SituationInput

WIDTH_MIN_PX, WIDTH_MAX_PX = 320, 8000
#: Outlines smaller than this on paper are drawn as a square of this size, in points, so that none disappears.
_MARK_PT = 3.5
_STYLE: Any = {"font.family": ["DejaVu Sans"], "hatch.linewidth": 0.5, "path.simplify": False}


@dataclass(frozen=True, slots=True)
class Symbol:
    """How one class is drawn."""

    label: str
    face: str
    edge: str
    alpha: float = 0.5
    hatch: str = ""
    marker: str = "s"
    line: Any = "-"
    size: float = _MARK_PT


SYMBOLS: dict[LayerKind, Symbol] = {
    LayerKind.CANCELLED: Symbol("Cancelled area", "#FFFFFF", "#2E8B57", 0.0, line=":"),
    LayerKind.REDUCED: Symbol("Reduced area", "#FFFFFF", "#2E8B57", 0.0, line="--"),
    LayerKind.CLEARED: Symbol("Cleared area", "#FFFFFF", "#00803C", 0.0),
    LayerKind.QUARANTINED: Symbol("Not taken in: provisional outline", "#7A4FBF", "#4B2E83", 0.25, "....", line="--"),
    LayerKind.SUSPECTED: Symbol("Suspected hazardous area", "#F4A718", "#C27C00"),
    LayerKind.CONFIRMED: Symbol("Confirmed hazardous area", "#FF0000", "#B00000", hatch="/////"),
    LayerKind.INDICATION: Symbol("Indication", "#F4A718", "#000000", 1.0, marker="o", size=5),
    LayerKind.ORDNANCE: Symbol("Ordnance found", "#1F4E79", "#FFFFFF", 1.0, marker="D", size=3.6),
    LayerKind.ACCIDENT: Symbol("Accident", "#000000", "#FFFFFF", 1.0, marker="*", size=8),
}


def _compound(geometry: NDArray[np.object_]) -> Outline | None:
    """Return one path of all rings: an overlap inside a class is filled once, and a hole stays open."""
    parts = shapely.get_parts(geometry)
    parts = shapely.orient_polygons(parts[shapely.get_type_id(parts) == 3])
    if not len(parts):
        return None
    coords, owner = shapely.get_coordinates(shapely.get_rings(parts), return_index=True)
    codes = np.full(len(coords), Outline.LINETO, dtype=Outline.code_type)
    change = np.flatnonzero(np.diff(owner)) + 1
    codes[np.concatenate([[0], change])] = Outline.MOVETO
    codes[np.concatenate([change - 1, [len(coords) - 1]])] = Outline.CLOSEPOLY
    return Outline(coords, codes)


def _is_small(layer: Layer, frame: Frame, points_per_degree: float) -> NDArray[np.bool_]:
    """Return which geometries are points, or are smaller on paper than their square would be."""
    west, south, east, north = shapely.bounds(layer.geometry).T
    wide = np.maximum(east - west, (north - south) * frame.degree_ratio) * points_per_degree
    return np.asarray((shapely.area(layer.geometry) == 0) | (wide < _MARK_PT), dtype=bool)


def _draw_layer(axes: Any, layer: Layer, small: NDArray[np.bool_]) -> None:
    symbol = SYMBOLS[layer.kind]
    order = 3 + list(LayerKind).index(layer.kind)
    path = _compound(layer.geometry[~small])
    if path is not None:
        fill = PathPatch(path, facecolor=symbol.face if symbol.alpha else "none", edgecolor="none",
                         alpha=symbol.alpha or None, zorder=order)
        edge = PathPatch(path, facecolor="none", edgecolor=symbol.edge, hatch=symbol.hatch or None, linewidth=0.7,
                         linestyle=symbol.line, zorder=order + 0.1)
        for patch in (fill, edge):  # not add_patch: it would measure every leg for limits that are set anyway
            axes.add_artist(patch)
            patch.set_clip_path(axes.patch)
    if small.any():
        spots = shapely.get_coordinates(shapely.point_on_surface(layer.geometry[small]))
        above = 20 if layer.kind in (LayerKind.SUSPECTED, LayerKind.CONFIRMED) else 0  # no star may hide a hazard
        axes.plot(spots[:, 0], spots[:, 1], linestyle="none", marker=symbol.marker, markersize=symbol.size,
                  markerfacecolor=symbol.face if symbol.alpha else "none", markeredgecolor=symbol.edge,
                  markeredgewidth=0.5, zorder=order + 0.2 + above)


def _handle(layer: Layer) -> Any:
    symbol = SYMBOLS[layer.kind]
    label = f"{symbol.label} ({len(layer.ids):,})"
    if symbol.alpha == 1.0:
        return Line2D([], [], linestyle="none", marker=symbol.marker, markersize=symbol.size, label=label,
                      markerfacecolor=symbol.face, markeredgecolor=symbol.edge, markeredgewidth=0.5)
    rgba = (*matplotlib.colors.to_rgb(symbol.face), symbol.alpha)
    return Patch(facecolor=rgba, edgecolor=symbol.edge, hatch=symbol.hatch or None, linestyle=symbol.line,
                 linewidth=0.9, label=label)


def _graticule(axes: Any, frame: Frame, width_in: float) -> None:
    many = max(3, int(width_in / 1.1))
    for axis, low, high, letters in ((axes.xaxis, frame.west, frame.east, "EW"),
                                     (axes.yaxis, frame.south, frame.north, "NS")):
        ticks = graticule(low, high, many)
        axis.set_ticks(ticks, labels=[degree_label(t, *letters) for t in ticks])
    axes.tick_params(labelsize=7, length=3, width=0.5)
    axes.tick_params(axis="y", labelrotation=90)
    for label in axes.get_yticklabels():
        label.set_va("center")
    axes.grid(color="#9AA5B1", linewidth=0.35, alpha=0.6, zorder=1)
    for spine in axes.spines.values():
        spine.set_linewidth(0.6)


def _scale_and_north(panel: Any, frame: Frame, map_width_in: float, panel_width_in: float) -> None:
    """Draw the scale bar and the north arrow in the strip under the map; lengths in inches."""
    metres = scale_bar_m(frame.width_m)
    long_in = metres / frame.width_m * map_width_in
    panel.set_xlim(0, panel_width_in)
    panel.set_ylim(0, 0.42)
    panel.axis("off")
    for part in range(4):
        x = long_in * part / 4
        panel.add_patch(matplotlib.patches.Rectangle((x, 0.12), long_in / 4, 0.06, linewidth=0.5, edgecolor="black",
                                                     facecolor="black" if part % 2 == 0 else "white"))
    panel.text(0, 0.21, "0", fontsize=7, ha="left", va="bottom")
    panel.text(long_in, 0.21, length_label(metres), fontsize=7, ha="right", va="bottom")
    right = panel_width_in - 0.12
    panel.add_patch(Polygon([(right, 0.36), (right - 0.07, 0.06), (right, 0.12), (right + 0.07, 0.06)], closed=True,
                            facecolor="black", edgecolor="black", linewidth=0.5))
    panel.text(right - 0.12, 0.2, "N", fontsize=9, fontweight="bold", ha="right", va="center")


def _plain_title(text: str, width: int) -> str:
    """Return a title on at most two lines if the map's own font can show every letter of it in order, else ""."""
    held = FT2Font(font_manager.findfont("DejaVu Sans")).get_charmap()
    plain = all(ord(c) in held and unicodedata.bidirectional(c) not in ("R", "AL")
                and unicodedata.category(c) not in ("Mn", "Mc", "Cc") for c in text)
    return "\n".join(textwrap.wrap(text, width, max_lines=2, placeholder=" …")).replace("$", r"\$") if plain else ""


def _notes(given: SituationInput, frame: Frame, marked: int) -> str:
    said = ["No symbol does not mean no hazard."]
    if marked:
        said.append(f"Areas too small for this scale, drawn as squares: {marked:,}.")
    missing = sum(outside_count(layer, frame) for layer in given.layers if layer.kind is LayerKind.QUARANTINED)
    if missing:
        said.append(f"Rows not taken in whose provisional outline lies outside this map: {missing:,}.")
    if given.withheld_positions:
        said.append(f"Positions withheld: {given.withheld_positions:,}.")
    said.append(f"WGS 84. {given.generated_at:%Y-%m-%d %H:%M %Z}, journal event {given.journal_seq:,}.")
    return " ".join(said)


def _wrapped(text: str, width: int) -> tuple[str, int]:
    lines = textwrap.wrap(text, width)
    return "\n".join(lines), len(lines)


def _compose(given: SituationInput, width_in: float, dpi: float, titled: bool) -> Figure:
    frame = frame_of(given.layers, given.region)
    if frame is None:
        figure = Figure(figsize=(width_in, width_in / 3), dpi=dpi)
        figure.text(0.5, 0.5, "Nothing to draw: no record has a position.", ha="center", va="center", fontsize=9)
        return figure
    handles = [_handle(layer) for layer in reversed(given.layers)]
    columns = 2 if width_in >= 5 else 1
    title = _plain_title(given.project, int(width_in * 10)) if titled else ""
    left, right = 0.38, 0.12
    map_w = width_in - left - right
    smalls = [_is_small(layer, frame, map_w * 72 / (frame.east - frame.west)) for layer in given.layers]
    marked = sum(int((small & (shapely.area(layer.geometry) > 0)).sum())
                 for layer, small in zip(given.layers, smalls, strict=True))
    note, note_lines = _wrapped(_notes(given, frame, marked), int(width_in * 17.5))
    map_h = map_w * frame.aspect
    top = 0.2 + 0.17 * len(title.splitlines()) if title else 0.12
    legend_h = 0.155 * -(-len(handles) // columns) + 0.1 if handles else 0.0
    strip_h, note_h, labels_h = 0.42, 0.125 * note_lines + 0.06, 0.28
    total = top + map_h + labels_h + strip_h + legend_h + note_h
    figure = Figure(figsize=(width_in, total), dpi=dpi, facecolor="white")
    axes = figure.add_axes((left / width_in, (total - top - map_h) / total, map_w / width_in, map_h / total))
    axes.set_facecolor("#F7F7F2")
    for layer, small in zip(given.layers, smalls, strict=True):
        _draw_layer(axes, layer, small)
    axes.set_xlim(frame.west, frame.east)
    axes.set_ylim(frame.south, frame.north)
    _graticule(axes, frame, map_w)
    strip = figure.add_axes((left / width_in, (legend_h + note_h) / total, map_w / width_in, strip_h / total))
    _scale_and_north(strip, frame, map_w, map_w)
    if handles:
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(left / width_in, (legend_h + note_h) / total),
                      ncols=columns, fontsize=7.5, frameon=False, borderaxespad=0, borderpad=0, labelspacing=0.35,
                      handlelength=1.8, columnspacing=2.0)
    figure.text(left / width_in, 0.05 / total, note, fontsize=6.5, va="bottom", ha="left", color="#333333",
                linespacing=1.35)
    if title:
        figure.text(left / width_in, 1 - 0.08 / total, title, fontsize=10, fontweight="bold", va="top", ha="left")
    return figure


def map_png(given: SituationInput, target: Path | None = None, width_px: int = 1600, *, width_in: float = 7.5,
            titled: bool = False) -> bytes:
    """Draw the map.

    Parameters
    ----------
    target : file to write as well, None = none.
    width_px : width of the image, 320 to 8,000 px; the height follows from the ground shown.
    width_in : width on paper, inches, >= 2; letters keep their size on paper, so a narrow page gets larger letters.
    titled : write the project's name over the map, where the map's font has its letters.

    Returns
    -------
    The PNG; same input, same bytes.

    Raises
    ------
    RequestError : a size out of range (``SG-REPORT-003``).
    """
    if not (WIDTH_MIN_PX <= width_px <= WIDTH_MAX_PX) or not width_in >= 2:
        raise RequestError("SG-REPORT-003", "map", f"{width_px} px on {width_in} inches cannot be drawn.",
                           f"Use {WIDTH_MIN_PX} to {WIDTH_MAX_PX} px on 2 inches or more.")
    with matplotlib.rc_context(_STYLE):
        figure = _compose(given, width_in, width_px / width_in, titled)
        held = io.BytesIO()
        canvas: Any = FigureCanvasAgg(figure)
        canvas.print_png(held, metadata={"Software": "Safeground"})
    data = held.getvalue()
    if target is not None:
        target.write_bytes(data)
    return data
