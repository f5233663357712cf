"""Every fault of one position: degrees, notations, grid references, zones, and files that state no system."""

from __future__ import annotations

from collections.abc import Callable

from pyproj import Transformer

from corpus import text_writers as text
from corpus.case import HELD, REFUSED, Corpus
from corpus.geometry_cases import write_rows
from corpus.rows import Properties, Row, accidents, areas, ordnance, random_source

WRONG = "an accident or a find is drawn where it did not happen"

#: Name, defect, and what becomes of longitude and latitude, as text.
POINT_FAULTS: tuple[tuple[str, str, Callable[[float, float], tuple[str, str]]], ...] = (
    ("swapped", "longitude and latitude exchanged", lambda x, y: (repr(y), repr(x))),
    ("latitude-over-90", "a latitude above 90 degrees", lambda x, y: (repr(x), repr(y + 100))),
    ("longitude-over-180", "a longitude counted from 0 to 360", lambda x, y: (repr(x + 360), repr(y))),
    ("sign-lost", "a west longitude without its sign", lambda x, y: (repr(-x), repr(y))),
    ("southern", "a north latitude written as south", lambda x, y: (repr(x), repr(-y))),
    ("digits-swapped", "51 degrees typed as 15", lambda x, y: (repr(x), repr(y - 36))),
    ("point-lost", "a decimal point lost", lambda x, y: (repr(x), repr(y).replace(".", ""))),
    ("null-island", "0, 0 in place of no position", lambda x, y: ("0", "0")),
    ("nan", "a latitude that is NaN", lambda x, y: (repr(x), "NaN")),
    ("infinity", "a longitude that is Infinity", lambda x, y: ("Infinity", repr(y))),
    ("packed", "degrees, minutes and seconds in one number", lambda x, y: ("-295512", "510312")),
)

#: For tables only: name, defect, columns replaced.
TABLE_FAULTS: tuple[tuple[str, str, Properties], ...] = (
    ("latitude-missing", "a longitude without a latitude", {"latitude": ""}),
    ("latitude-word", "a latitude in words", {"latitude": "near the mill"}),
    ("overflow", "a latitude of 1e999", {"latitude": "1e999"}),
    ("two-points", "a latitude with two decimal points", {"latitude": "51.03.12"}),
    ("hex", "a latitude in base sixteen", {"latitude": "0x33"}),
    ("minutes-60", "65 minutes", {"latitude": "51°65'10\"N", "longitude": "29°55'10\"W"}),
    ("seconds-60", "71 seconds", {"latitude": "51°05'71\"N", "longitude": "29°55'10\"W"}),
    ("hemisphere-exchanged", "N at the longitude and W at the latitude",
     {"latitude": "51°05'10\"W", "longitude": "29°55'10\"N"}),
    ("sign-and-letter", "a minus sign and a letter that contradict each other",
     {"latitude": "-51°05'10\"N", "longitude": "29°55'10\"W"}),
)

#: Name, defect, and what becomes of the grid reference.
MGRS_FAULTS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("letter-i", "the letter I, which the grid does not have", lambda m: m[:3] + "I" + m[4:]),
    ("letter-o", "the letter O, which the grid does not have", lambda m: m[:4] + "O" + m[5:]),
    ("digits-odd", "one digit too few", lambda m: m[:-1]),
    ("six-digits", "a reference of a hundred metres", lambda m: m[:5] + m[5:8] + m[10:13]),
    ("four-digits", "a reference of one kilometre", lambda m: m[:5] + m[5:7] + m[10:12]),
    ("no-digits", "a square of a hundred kilometres", lambda m: m[:5]),
    ("square-missing", "the letters of the square left out", lambda m: m[:3] + m[5:]),
    ("zone-next", "the zone beside", lambda m: "27" + m[2:]),
    ("zone-61", "a zone that does not exist", lambda m: "61" + m[2:]),
    ("band-x", "the band of the far north", lambda m: m[:2] + "X" + m[3:]),
    ("band-south", "a band of the southern half", lambda m: m[:2] + "F" + m[3:]),
    ("letter-for-digit", "the letter O for the digit 0", lambda m: m[:6] + "O" + m[7:]),
)


def _spoil(rows: list[Row], seed: str, change: Callable[[Row], None]) -> tuple[int, ...]:
    index = random_source(seed).randrange(1, len(rows))
    change(rows[index])
    return (index + 1,)


def _degrees(fault: Callable[[float, float], tuple[str, str]]) -> Callable[[Row], None]:
    def change(row: Row) -> None:
        longitude, latitude = fault(*(row.geometry or {})["coordinates"])
        row.geometry = {"type": "Point", "coordinates": [longitude, latitude]}
        row.position = {"latitude": latitude, "longitude": longitude}

    return change


def _add_degrees(corpus: Corpus) -> None:
    for fmt in ("csv", "xlsx", "geojson", "gpkg", "shp", "kml", "gpx"):
        noun = "evidence" if fmt == "gpx" else "incident"
        for name, defect, fault in POINT_FAULTS:
            seed = f"point {name} {fmt}"
            rows = accidents(seed)
            bad = _spoil(rows, seed, _degrees(fault))
            corpus.add(fmt, f"point-{name}", noun, defect, HELD,
                       lambda path, fmt=fmt, rows=rows: write_rows(fmt, path, rows, as_points=True), rows=4, bad=bad,
                       meaning=WRONG, whole_file_too=fmt == "geojson" and name in ("nan", "infinity"))
        swapped = accidents(f"all swapped {fmt}")
        for row in swapped:
            _degrees(lambda x, y: (repr(y), repr(x)))(row)
        corpus.add(fmt, "point-all-swapped", noun, "longitude and latitude exchanged in the whole file", REFUSED,
                   lambda path, fmt=fmt, rows=swapped: write_rows(fmt, path, rows, as_points=True), rows=4,
                   meaning=WRONG)


def _add_tables(corpus: Corpus) -> None:
    for fmt in ("csv", "xlsx"):
        for name, defect, columns in TABLE_FAULTS:
            seed = f"table {name} {fmt}"
            rows = accidents(seed)
            if name in ("minutes-60", "seconds-60", "hemisphere-exchanged", "sign-and-letter"):
                for row, other in zip(rows, ordnance(seed, notation="dms"), strict=True):
                    row.position = other.position
            bad = _spoil(rows, seed, lambda row, columns=columns: row.position.update(columns))
            corpus.add(fmt, f"table-{name}", "incident", defect, HELD,
                       lambda path, fmt=fmt, rows=rows: write_rows(fmt, path, rows, as_points=True), rows=4, bad=bad,
                       meaning=WRONG)
        for name, defect, change in MGRS_FAULTS:
            seed = f"mgrs {name} {fmt}"
            rows = ordnance(seed)
            bad = _spoil(rows, seed, lambda row, change=change: row.position.update(mgrs=change(row.position["mgrs"])))
            corpus.add(fmt, f"mgrs-{name}", "ordnance", defect, HELD,
                       lambda path, fmt=fmt, rows=rows: write_rows(fmt, path, rows, as_points=True), rows=4, bad=bad,
                       meaning=WRONG)
        for name, column, value, defect in (
                ("quantity-negative", "quantity", "-2", "a negative number of items"),
                ("quantity-word", "quantity", "several", "a number in words"),
                ("quantity-half", "quantity", "2.5", "half an item"),
                ("depth-word", "depth_cm", "knee-deep", "a depth in words"),
                ("category-word", "category", "egg-shaped", "an unknown category"),
                ("date-future", "date_found", "2031-05-14", "a find in the future")):
            seed = f"ordnance {name} {fmt}"
            rows = ordnance(seed, notation="decimal")
            bad = _spoil(rows, seed, lambda row, column=column, value=value: row.values.update({column: value}))
            corpus.add(fmt, f"ordnance-{name}", "ordnance", defect, HELD,
                       lambda path, fmt=fmt, rows=rows: write_rows(fmt, path, rows, as_points=True), rows=4, bad=bad,
                       meaning="what was found is not what was written")


def metres(rows: list[Row], epsg: int) -> list[Row]:
    """Return the rows with their geometry in the metres of another system, rounded to the centimetre."""
    move = Transformer.from_crs(4326, epsg, always_xy=True)

    def moved(value: object) -> object:
        if isinstance(value, list) and value and not isinstance(value[0], list):
            return [round(v, 2) for v in move.transform(*value)]
        return [moved(item) for item in value] if isinstance(value, list) else value

    return [Row(row.values, dict(row.geometry or {}, coordinates=moved((row.geometry or {})["coordinates"])))
            for row in rows]


def _grid_columns(rows: list[Row]) -> list[Row]:
    for row, moved in zip(rows, metres(rows, 32626), strict=True):
        east, north = (moved.geometry or {})["coordinates"]
        row.position = {"easting": repr(east), "northing": repr(north)}
    return rows


def _dms_as_decimal(rows: list[Row]) -> list[Row]:
    """Write degrees, minutes and seconds with a point after the degrees: 51°03'12" as 51.0312."""
    for number, row in enumerate(rows):
        row.position = {"latitude": f"51.{number % 17:02d}{number * 7 % 60:02d}",
                        "longitude": f"-29.{55 + number % 5:02d}{number * 11 % 60:02d}"}
    return rows


def _add_systems(corpus: Corpus) -> None:
    for fmt in ("csv", "xlsx"):
        def points(path: object, rows: list[Row], fmt: str = fmt) -> None:
            write_rows(fmt, path, rows, as_points=True)  # type: ignore[arg-type]

        grid = _grid_columns(accidents(f"grid {fmt}"))
        for name, options, defect in (
                ("unstated", (), "easting and northing without a coordinate system"),
                ("zone-beside", (("crs", "EPSG:32627"),), "the wrong UTM zone stated for the whole file"),
                ("zone-south", (("crs", "EPSG:32726"),), "the wrong half of the earth stated for the whole file"),
                ("degrees-stated", (("crs", "EPSG:4326"),), "metres stated to be degrees"),
                ("system-unknown", (("crs", "Local Grid 7"),), "a coordinate system that nobody knows"),
                ("system-missing", (("crs", "EPSG:999999"),), "a code that no register has")):
            corpus.add(fmt, f"grid-{name}", "incident", defect, REFUSED,
                       lambda path, rows=grid, points=points: points(path, rows), rows=4, meaning=WRONG,
                       options=options)
        outlines = metres(areas(f"grid wkt {fmt}"), 32626)
        corpus.add(fmt, "grid-wkt-unstated", "hazardous_area", "outlines in metres without a coordinate system",
                   REFUSED, lambda path, fmt=fmt, rows=outlines: write_rows(fmt, path, rows), rows=4, meaning=WRONG)
        far, typed = accidents(f"far {fmt}"), _dms_as_decimal(ordnance(f"dms {fmt}", 40))
        corpus.add(fmt, "grid-far-datum", "incident", "a datum of another continent", REFUSED,
                   lambda path, rows=far, points=points: points(path, rows), rows=4, meaning=WRONG,
                   options=(("crs", "EPSG:4131"),))
        corpus.add(fmt, "dms-as-decimal", "ordnance", "degrees, minutes, seconds typed as decimals in all 40 rows",
                   REFUSED, lambda path, rows=typed, points=points: points(path, rows), rows=40,
                   meaning="every find lies kilometres from where it was")
        seed = f"one zone {fmt}"
        rows = accidents(seed)
        for row, moved in zip(rows, metres(rows, 32626), strict=True):
            east, north = (moved.geometry or {})["coordinates"]
            row.position = {"easting": repr(east), "northing": repr(north), "zone": "26N"}
        bad = _spoil(rows, seed, lambda row: row.position.update(zone="27N"))
        corpus.add(fmt, "grid-one-zone", "incident", "one row with the wrong UTM zone", HELD,
                   lambda path, rows=rows, points=points: points(path, rows), rows=4, bad=bad, meaning=WRONG,
                   whole_file_too=True)
        only = [Row(row.values) for row in areas(f"no position {fmt}")]
        corpus.add(fmt, "no-position", "hazardous_area", "no column that holds a position", REFUSED,
                   lambda path, fmt=fmt, rows=only: _without_position(fmt, path, rows), rows=4,
                   meaning="hazardous areas without a place")


def _without_position(fmt: str, path: object, rows: list[Row]) -> None:
    flat = [row.values for row in rows]
    (text.write_csv if fmt == "csv" else text.write_xlsx)(path, flat)  # type: ignore[operator,arg-type]


def add_point_cases(corpus: Corpus) -> None:
    _add_degrees(corpus)
    _add_tables(corpus)
    _add_systems(corpus)
