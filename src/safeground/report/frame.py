"""The map's frame: what ground is shown, at what scale, with which graticule and which scale bar."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely

from safeground.ground.area import ELLIPSOID
from safeground.report.situation import Bounds, Layer, LayerKind

_MARGIN = 0.06
_SPAN_MIN_DEG = 0.005
#: Height over width of the map on paper stays within these; the ground shown is widened to fit.
ASPECT_MIN, ASPECT_MAX = 0.5, 1.1
_LATITUDE_MAX = 85.0
_STEPS = tuple(factor * 10.0**power for power in range(-5, 2) for factor in (1, 2, 5))


@dataclass(frozen=True, slots=True)
class Frame:
    """The ground shown: west, south, east, north in degrees, with the stretch of its middle latitude.

    Attributes
    ----------
    degree_ratio : length of a degree of latitude over one of longitude, >= 1: the aspect of the axes.
    """

    west: float
    south: float
    east: float
    north: float
    degree_ratio: float

    @property
    def aspect(self) -> float:
        """Return height over width on paper."""
        return (self.north - self.south) * self.degree_ratio / (self.east - self.west)

    @property
    def width_m(self) -> float:
        """Return the ground's width along the middle latitude, m (geodesic)."""
        middle, half = (self.south + self.north) / 2, (self.west + self.east) / 2
        return 2 * float(ELLIPSOID.line_length([self.west, half], [middle, middle]))


def _bounds(layers: Iterable[Layer]) -> Bounds | None:
    found = [shapely.total_bounds(layer.geometry) for layer in layers]
    if not found:
        return None
    west, south, east, north = np.asarray(found).T
    return float(west.min()), float(south.min()), float(east.max()), float(north.max())


def frame_of(layers: tuple[Layer, ...], region: Bounds | None) -> Frame | None:
    """Return the frame that shows everything that was taken in, or else the region; None = there is nothing.

    Rows kept aside do not set the frame, because a swapped axis or a wrong zone would shrink all else to a dot; what
    falls outside is counted on the map.
    """
    taken = [layer for layer in layers if layer.kind is not LayerKind.QUARANTINED]
    bounds = _bounds(taken) or region or _bounds(layers)
    if bounds is None:
        return None
    west, south, east, north = bounds
    middle = min(max((south + north) / 2, -_LATITUDE_MAX), _LATITUDE_MAX)
    ratio = 1 / math.cos(math.radians(middle))
    width = max((east - west) * (1 + 2 * _MARGIN), _SPAN_MIN_DEG * ratio)
    height = max((north - south) * (1 + 2 * _MARGIN), _SPAN_MIN_DEG)
    if height * ratio < ASPECT_MIN * width:
        height = ASPECT_MIN * width / ratio
    elif height * ratio > ASPECT_MAX * width:
        width = height * ratio / ASPECT_MAX
    x, y = (west + east) / 2, (south + north) / 2
    return Frame(x - width / 2, y - height / 2, x + width / 2, y + height / 2, ratio)


def outside_count(layer: Layer, frame: Frame) -> int:
    """Return how many geometries of a layer lie wholly outside the frame."""
    box = shapely.box(frame.west, frame.south, frame.east, frame.north)
    return int((~shapely.intersects(layer.geometry, box)).sum())


def graticule(low: float, high: float, lines_max: int) -> tuple[float, ...]:
    """Return round degrees between `low` and `high`, as few as make at most `lines_max` lines."""
    step = next((s for s in _STEPS if (high - low) / s <= lines_max), _STEPS[-1])
    return tuple(round(i * step, 6) for i in range(math.ceil(low / step), math.floor(high / step) + 1))


def degree_label(value: float, positive: str, negative: str) -> str:
    """Return a graticule label such as ``30.25° W``; 0 has no letter."""
    text = f"{abs(value):.6f}".rstrip("0").rstrip(".")
    letter = "" if value == 0 else f" {positive if value > 0 else negative}"
    return f"{text}°{letter}"


def scale_bar_m(width_m: float, share_max: float = 0.3) -> float:
    """Return the longest round length, m, of the form 1, 2 or 5 times a power of ten, within a share of the map."""
    limit = width_m * share_max
    power = 10.0 ** math.floor(math.log10(limit))
    return float(max(f * power for f in (1, 2, 5) if f * power <= limit))


def length_label(metres: float) -> str:
    """Return a length as ``500 m`` or ``2 km``."""
    return f"{metres:,.0f} m" if metres < 1000 else f"{metres / 1000:,.0f} km"
