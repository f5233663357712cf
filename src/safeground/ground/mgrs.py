"""Military Grid Reference System: text to position and back, with the size of the square it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyproj import Transformer

from safeground.foundation.errors import RequestError
from safeground.ground.crs import WGS84, utm_crs, utm_zone

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"
_FORM = re.compile(r"^(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])(\d*)$")
_ROW_M = 2_000_000.0


@dataclass(frozen=True, slots=True)
class MgrsPosition:
    """South-west corner of the square that a reference names, degrees (WGS 84), and the square's side, m."""

    longitude: float
    latitude: float
    size_m: float


def _wrong(text: str, why: str) -> RequestError:
    return RequestError("SG-GROUND-010", text[:40] or "(empty)", f"is not a grid reference: {why}.",
                        "Write it as 33TYJ1234567890: zone, band, square, easting, northing; I and O do not occur.")


def from_mgrs(text: str) -> MgrsPosition:
    """Return the position of a reference such as ``33TYJ1234567890``.

    Raises
    ------
    RequestError : wrong letters, odd number of digits, or a square that does not lie in its zone and band
        (``SG-GROUND-010``).

    References
    ----------
    NGA.SIG.0012, *The Universal Grids and MGRS*; polar squares are not read.
    """
    plain = re.sub(r"\s+", "", text).upper()
    found = _FORM.match(plain)
    if found is None:
        raise _wrong(text, "zone, band or square letters do not fit")
    zone, band, column, row, digits = int(found[1]), found[2], found[3], found[4], found[5]
    if not 1 <= zone <= 60:
        raise _wrong(text, f"zone {zone} does not exist")
    if len(digits) % 2 or len(digits) > 10:
        raise _wrong(text, f"{len(digits)} digits cannot be split into easting and northing")
    letters = _COLUMNS[(zone - 1) % 3]
    if column not in letters:
        raise _wrong(text, f"column {column} does not occur in zone {zone}")
    half = len(digits) // 2
    size = 10.0 ** (5 - half)
    easting = (letters.index(column) + 1) * 100_000.0 + (int(digits[:half]) * size if half else 0.0)
    offset = 5 if zone % 2 == 0 else 0
    northing = ((_ROWS.index(row) - offset) % 20) * 100_000.0 + (int(digits[half:]) * size if half else 0.0)
    south = -80.0 + 8.0 * _BANDS.index(band)
    crs = utm_crs(-183.0 + 6 * zone, 1.0 if band >= "N" else -1.0)
    to_wgs = Transformer.from_crs(crs, WGS84, always_xy=True)
    top = 84.0 if band == "X" else south + 8.0
    while northing < 10_000_000.0:
        longitude, latitude = to_wgs.transform(easting, northing)
        middle = to_wgs.transform(easting + size / 2, northing + size / 2)
        if south - 0.01 <= middle[1] < top + 0.01 or south <= latitude < top:
            if abs(longitude - (-183.0 + 6 * zone)) > 7:
                raise _wrong(text, f"square {column}{row} lies outside zone {zone}")
            return MgrsPosition(float(longitude), float(latitude), size)
        northing += _ROW_M
    raise _wrong(text, f"square {column}{row} does not lie in band {band}")


def to_mgrs(longitude: float, latitude: float, digits: int = 5) -> str:
    """Return the reference of a position; `digits` of easting and northing each, 5 = one metre, cut not rounded.

    Raises
    ------
    RequestError : outside 80° S to 84° N, no longitude, or not 1 to 5 digits (``SG-GROUND-005``).
    """
    if not (-80 <= latitude < 84 and -180 <= longitude <= 180):
        raise RequestError("SG-GROUND-005", f"{longitude}, {latitude}", "lies outside the grid (80° S to 84° N).",
                           "Give the position in degrees.")
    if digits not in range(1, 6):
        raise RequestError("SG-GROUND-005", f"{digits} digits", "name no square of the grid.", "Ask for 1 to 5 digits.")
    zone = utm_zone(longitude, latitude)
    crs = utm_crs(-183.0 + 6 * zone, 1.0 if latitude >= 0 else -1.0)
    easting, northing = Transformer.from_crs(WGS84, crs, always_xy=True).transform(longitude, latitude)
    band = _BANDS[min(int((latitude + 80) // 8), 19)]
    column = _COLUMNS[(zone - 1) % 3][int(easting // 100_000) - 1]
    row = _ROWS[(int(northing % _ROW_M // 100_000) + (5 if zone % 2 == 0 else 0)) % 20]
    scale = 10 ** (5 - digits)
    east, north = int(easting % 100_000) // scale, int(northing % 100_000) // scale
    return f"{zone:02d}{band}{column}{row}{east:0{digits}d}{north:0{digits}d}"
