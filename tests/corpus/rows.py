"""Good rows to spoil: a few areas, accidents and items in the open Atlantic, drawn from one seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from safeground.ground.mgrs import to_mgrs

SEED = 20_261_101
#: West, south, east, north of the project, degrees.
REGION = (-30.5, 50.8, -29.5, 51.3)
#: Raw geometry as a GeoJSON-like dict; coordinates may be floats or text to be written as it stands.
Geometry = dict[str, Any] | None
Properties = dict[str, Any]


@dataclass
class Row:
    """One data row: the sender's columns, and raw geometry that nobody has repaired."""

    values: Properties
    geometry: Geometry = None
    #: Columns that hold the position where the format has no geometry.
    position: Properties = field(default_factory=dict)


def random_source(name: str) -> random.Random:
    """Return the same numbers for the same case, whatever is built before it."""
    return random.Random(f"{SEED} {name}")


def square(x: float, y: float, *, clockwise: bool = False, size: float = 0.0012) -> list[list[float]]:
    """Return a closed ring of about 84 m by 89 m with its lower left corner at x, y."""
    wide = size * 1.0
    ring = [[x, y], [x + wide, y], [x + wide, y + size * 0.66], [x, y + size * 0.66], [x, y]]
    ring = [[round(a, 7), round(b, 7)] for a, b in ring]
    return ring[::-1] if clockwise else ring


def polygon(x: float, y: float, **how: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [square(x, y, **how)]}


def place(random: random.Random, number: int) -> tuple[float, float]:
    """Return a position east of 30 W (one UTM zone), far from the other rows' positions."""
    return (round(-29.92 + 0.07 * number + random.random() * 0.01, 7),
            round(50.9013371 + 0.053 * number + random.random() * 0.01, 7))


def areas(name: str, count: int = 4) -> list[Row]:
    """Hazardous areas: id, name, status, contamination, date, stated area, and a perimeter."""
    random, rows = random_source(name), []
    for number in range(count):
        x, y = place(random, number)
        rows.append(Row({"id": f"HA-{number + 1:03d}", "name": f"Hill {number + 1}",
                         "status": ("SHA", "CHA")[number % 2],
                         "contamination": ("APM", "CMR", "UXO", "AVM")[number % 4],
                         "date": f"2024-0{number % 9 + 1}-17", "area_m2": "7400"}, polygon(x, y)))
    return rows


def cleared(name: str, count: int = 4) -> list[Row]:
    """Cleared areas: id, name, start and end date, and a perimeter."""
    random, rows = random_source(name), []
    for number in range(count):
        x, y = place(random, number)
        rows.append(Row({"id": f"CL-{number + 1:03d}", "name": f"Field {number + 1}", "start_date": "2023-04-13",
                         "end_date": f"2023-06-{number + 14}", "area_m2": "7400"}, polygon(x, y)))
    return rows


def accidents(name: str, count: int = 4) -> list[Row]:
    """Accidents: id, date, device, killed, injured, and a point."""
    random, rows = random_source(name), []
    for number in range(count):
        x, y = place(random, number)
        rows.append(Row({"id": f"AC-{number + 1:03d}", "date": f"2022-11-{number + 14}", "device": "apm",
                         "killed": "0", "injured": str(number + 1)}, {"type": "Point", "coordinates": [x, y]},
                        {"latitude": repr(y), "longitude": repr(x)}))
    return rows


def ordnance(name: str, count: int = 4, *, notation: str = "mgrs") -> list[Row]:
    """Items found, with the position as MGRS, as degrees-minutes-seconds, or as decimal degrees."""
    random, rows = random_source(name), []
    for number in range(count):
        x, y = place(random, number)
        position: Properties = {"latitude": repr(y), "longitude": repr(x)}
        if notation == "mgrs":
            position = {"mgrs": str(to_mgrs(x, y))}
        elif notation == "dms":
            position = {"latitude": dms(y, "N", "S"), "longitude": dms(x, "E", "W")}
        rows.append(Row({"id": f"IT-{number + 1:03d}", "category": ("apm", "uxo", "cmr", "avm")[number % 4],
                         "quantity": str(number % 3 + 1), "depth_cm": "12",
                         "date_found": f"2021-05-{number % 15 + 14}"},
                        {"type": "Point", "coordinates": [x, y]}, position))
    return rows


def dms(value: float, positive: str, negative: str) -> str:
    """Write degrees as a surveyor does: 29°55'12.31"W."""
    hundredths = round(abs(value) * 360_000)
    degrees, rest = divmod(hundredths, 360_000)
    minutes, seconds = divmod(rest, 6_000)
    return f"{degrees}°{minutes:02d}'{seconds / 100:05.2f}\"{positive if value >= 0 else negative}"
