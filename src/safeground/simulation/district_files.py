"""The district's papers as a programme would send them: several formats, with the defects that such papers have.

Every planted defect is listed, so that a test (and a reader of the demo) can tell what was found and what was missed.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import shapely
from shapely import Polygon

from safeground.ground.area import geodesic_area_m2
from safeground.ground.mgrs import to_mgrs
from safeground.simulation.district import REGION, Area, District, Point, make_district


@dataclass(frozen=True, slots=True)
class Planted:
    """A defect on purpose: where, what, and what an honest intake does with it.

    `expected` is ``quarantined`` (the row), ``refused`` (the row), ``file refused`` or ``reported`` (the row is
    taken in).  Rows are counted from 1; 0 = the file as a whole.
    """

    file: str
    row: int
    defect: str
    expected: str


Row = dict[str, object]


def _bowtie(shape: Polygon) -> Polygon:
    """Return the outline with two far vertices exchanged: it crosses itself."""
    ring = list(shape.exterior.coords)[:-1]
    half = len(ring) // 2
    ring[1], ring[half + 1] = ring[half + 1], ring[1]
    return Polygon(ring)


def _swapped(shape: Polygon) -> Polygon:
    return Polygon([(y, x) for x, y in shape.exterior.coords])


def _area_m2(shape: Polygon) -> float:
    return round(float(geodesic_area_m2([shape])[0]), 1)


def _area_row(area: Area) -> Row:
    return {"id": area.local_id, "name": area.name, "status": area.kind, "contamination": area.contamination,
            "municipality": area.municipality, "date": area.reported.isoformat(), "area_m2": _area_m2(area.outline)}


def write_suspected(folder: Path, areas: Sequence[Area]) -> list[Planted]:
    """Write ``suspected-areas.geojson`` and return what was planted in it."""
    rows: list[tuple[Row, Polygon | None]] = [(_area_row(area), area.outline) for area in areas]
    name = "suspected-areas.geojson"
    planted: list[Planted] = []

    def spoil(index: int, row: Row, shape: Polygon | None, defect: str, expected: str) -> None:
        rows[index] = (rows[index][0] | row, shape)
        planted.append(Planted(name, index + 1, defect, expected))

    spoil(4, {}, _bowtie(rows[4][1] or Polygon()), "outline crosses itself", "quarantined")
    spoil(11, {}, None, "no geometry", "quarantined")
    spoil(17, {}, _swapped(rows[17][1] or Polygon()), "longitude and latitude exchanged", "quarantined")
    spoil(23, {"id": rows[22][0]["id"]}, rows[23][1], "identifier of another area", "quarantined")
    sliver = rows[29][1] or Polygon()
    x, y = sliver.centroid.x, sliver.centroid.y
    spoil(29, {"area_m2": 0.2}, Polygon([(x, y), (x + 3e-6, y), (x + 3e-6, y + 1e-6), (x, y + 1e-6)]),
          "sliver under one square metre", "quarantined")
    stated = rows[35][0]["area_m2"]
    spoil(35, {"area_m2": round(float(str(stated)) / 10_000, 2)}, rows[35][1], "stated area is in hectares", "reported")
    spoil(41, {"date": "2062-04-01"}, rows[41][1], "date in the future", "quarantined")
    features = [{"type": "Feature", "properties": row,
                 "geometry": None if shape is None else json.loads(shapely.to_geojson(shape))} for row, shape in rows]
    features.append({"type": "Feature", "properties": _area_row(areas[50]),
                     "geometry": json.loads(shapely.to_geojson(areas[50].outline))})
    planted.append(Planted(name, len(features), "row given twice", "quarantined"))
    _write(folder / name, json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1))
    return planted


def write_confirmed(folder: Path, areas: Sequence[Area], suspected: Sequence[Area]) -> list[Planted]:
    """Write ``confirmed-areas.kml``; two confirmed areas lie partly on suspected ground, as they do in practice."""
    name = "confirmed-areas.kml"
    shapes = [area.outline for area in areas]
    for index, other in ((3, 10), (8, 20)):
        centre = suspected[other].outline.centroid
        own = shapes[index].centroid
        shapes[index] = shapely.transform(shapes[index], lambda c, d=(centre.x - own.x, centre.y - own.y): c + d)
        shapes[index] = shapely.transform(shapes[index], lambda c: c.round(7))
    marks = []
    for number, (area, shape) in enumerate(zip(areas, shapes, strict=True)):
        ring = [f"{x},{y},0" for x, y in shape.exterior.coords]
        if number == 14:
            ring = [*ring[:3], *["not-a-number,51.0,0"], *ring[3:]]
        data = "".join(f'<Data name="{key}"><value>{escape(str(value))}</value></Data>'
                       for key, value in (_area_row(area) | {"area_m2": _area_m2(shape)}).items())
        marks.append(
            f"<Placemark><name>{escape(area.name)}</name><ExtendedData>{data}</ExtendedData><Polygon><outerBoundaryIs>"
            f"<LinearRing><coordinates>{' '.join(ring)}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
            "</Placemark>")
    _write(folder / name, '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
           "<Document><name>Confirmed hazardous areas</name>\n" + "\n".join(marks) + "\n</Document></kml>\n")
    return [Planted(name, 15, "a coordinate that is no number", "quarantined"),
            Planted(name, 4, "confirmed ground inside a suspected area", "reported"),
            Planted(name, 9, "confirmed ground inside a suspected area", "reported")]


def write_cleared(folder: Path, areas: Sequence[Area], suspected: Sequence[Area]) -> list[Planted]:
    """Write ``cleared-areas.csv`` with outlines as text; three claims reach into ground that is still suspected."""
    name = "cleared-areas.csv"
    planted = []
    rows = []
    for index, area in enumerate(areas):
        shape = area.outline
        if index in (5, 19, 33):
            other = suspected[60 + index // 10].outline.centroid
            own = shape.centroid
            moved = shapely.transform(shape, lambda c, d=(other.x - own.x, other.y - own.y): c + d)
            shape = shapely.transform(moved, lambda c: c.round(7))
            planted.append(Planted(name, index + 1, "recorded as cleared, but suspected ground", "reported"))
        text = shapely.to_wkt(shape, rounding_precision=7)
        if index == 27:
            text = text[: len(text) // 2]
            planted.append(Planted(name, index + 1, "outline cut off in the middle", "quarantined"))
        row = _area_row(area) | {"area_m2": _area_m2(shape)}
        del row["status"]
        rows.append(row | {"wkt": text})
    _write_csv(folder / name, rows)
    return planted


def write_accidents(folder: Path, accidents: Sequence[Point]) -> list[Planted]:
    """Write ``accidents.xlsx`` with dates as date cells and coordinates in two columns."""
    from openpyxl import Workbook

    name = "accidents.xlsx"
    book = Workbook()
    sheet = book.active
    sheet.title = "accidents"
    sheet.append(["id", "date", "latitude", "longitude", "device", "killed", "injured"])
    planted = []
    for number, point in enumerate(accidents, start=1):
        latitude: float = point.latitude
        killed: object = point.killed
        happened: object = point.happened
        if number == 7:
            latitude, defect = 151.05, "latitude above 90 degrees"
        elif number == 13:
            killed, defect = -1, "negative number of people"
        elif number == 21:
            happened, defect = date(2071, 5, 2), "date in the future"
        else:
            defect = ""
        if defect:
            planted.append(Planted(name, number, defect, "quarantined"))
        sheet.append([point.local_id, happened, latitude, point.longitude, point.category, killed, point.injured])
    # A fixed time stamp: one seed, the same bytes of content.
    book.save(folder / name)
    return planted


def write_finds(folder: Path, finds: Sequence[Point]) -> list[Planted]:
    """Write ``ordnance-found.csv`` with positions as MGRS references."""
    name = "ordnance-found.csv"
    planted = []
    rows: list[Row] = []
    for number, point in enumerate(finds, start=1):
        reference = str(to_mgrs(point.longitude, point.latitude))
        if number == 10:
            reference = f"{reference[:5]}{reference[5:7]}{reference[10:12]}"
            planted.append(Planted(name, number, "grid reference of one kilometre", "quarantined"))
        if number == 31:
            reference = "31IAB1234567890"
            planted.append(Planted(name, number, "letter that the grid does not have", "quarantined"))
        rows.append({"id": point.local_id, "mgrs": reference, "category": point.category, "quantity": 1,
                     "depth_cm": point.depth_cm, "date_found": point.happened.isoformat()})
    _write_csv(folder / name, rows)
    return planted


def write_observations(folder: Path, observations: Sequence[Point]) -> list[Planted]:
    """Write ``survey-walk.gpx``: waypoints of a survey team."""
    name = "survey-walk.gpx"
    marks = [f'<wpt lat="{p.latitude}" lon="{p.longitude}"><time>{p.happened.isoformat()}T09:00:00Z</time>'
             f"<name>{p.local_id}</name><desc>craters</desc></wpt>" for p in observations]
    _write(folder / name, '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="district" '
           'xmlns="http://www.topografix.com/GPX/1/1">\n' + "\n".join(marks) + "\n</gpx>\n")
    return []


def write_old_list(folder: Path, finds: Sequence[Point]) -> list[Planted]:
    """Write ``old-ordnance-list.csv``: its dates can be read two ways, so the file as a whole is refused."""
    name = "old-ordnance-list.csv"
    rows: list[Row] = [{"id": f"OLD-{number:03d}", "latitude": point.latitude, "longitude": point.longitude,
                        "category": point.category, "date_found": f"{number % 12 + 1:02d}/{number % 11 + 1:02d}/2019"}
                       for number, point in enumerate(finds[:12], start=1)]
    _write_csv(folder / name, rows)
    return [Planted(name, 0, "every date can be read as day first or month first", "file refused")]


def write_teams(folder: Path) -> list[Planted]:
    """Write ``teams.csv``: six teams with their base."""
    west, south, east, north = REGION
    rows: list[Row] = [{"id": f"T{n}", "name": f"Team {n}", "asset_type": asset, "size": size,
                        "latitude": round(south + (north - south) * n / 8, 5),
                        "longitude": round(west + (east - west) * n / 8, 5)}
                       for n, (asset, size) in enumerate((("manual", 10), ("manual", 8), ("manual", 12), ("dog", 4),
                                                          ("mechanical", 3), ("survey", 5)), start=1)]
    _write_csv(folder / "teams.csv", rows)
    return []


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_csv(path: Path, rows: Iterable[Row]) -> None:
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_district(folder: Path, seed: int) -> tuple[District, tuple[Planted, ...]]:
    """Write all the district's papers into a folder.

    Parameters
    ----------
    folder : made if it is not there; files of the same names are replaced.
    seed : of the district.

    Returns
    -------
    The district as it is, and every defect planted in its papers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    district = make_district(seed)
    planted = [
        *write_suspected(folder, district.suspected), *write_confirmed(folder, district.confirmed, district.suspected),
        *write_cleared(folder, district.cleared, district.suspected), *write_accidents(folder, district.accidents),
        *write_finds(folder, district.finds), *write_observations(folder, district.observations),
        *write_old_list(folder, district.finds), *write_teams(folder)]
    return district, tuple(planted)
