"""Perimeters with one fault each: what field sketches, typing and broken programs make of an honest outline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from corpus.rows import polygon, square

Shape = dict[str, object] | None
ALL = ("csv", "xlsx", "geojson", "gpkg", "shp", "kml")
TEXT = ("csv", "xlsx", "geojson", "kml")
NOT_SHP = ("csv", "xlsx", "geojson", "gpkg", "kml")


@dataclass(frozen=True)
class ShapeFault:
    """A fault of one perimeter.  `make` gets the corner of a good square and returns raw geometry."""

    name: str
    defect: str
    meaning: str
    make: Callable[[float, float], Shape]
    formats: tuple[str, ...] = ALL
    grammar: bool = False


def _ring(*points: tuple[object, object]) -> Shape:
    return {"type": "Polygon", "coordinates": [[list(p) for p in points]]}


def _with_vertex(x: float, y: float, vertex: list[object]) -> Shape:
    ring: list[list[object]] = [list(p) for p in square(x, y)]
    ring[2] = vertex
    return {"type": "Polygon", "coordinates": [ring]}


def bowtie(x: float, y: float) -> Shape:
    a, b, c, d, _ = square(x, y)
    return {"type": "Polygon", "coordinates": [[a, c, b, d, a]]}


def _late_bowtie(x: float, y: float) -> Shape:
    bottom = [[round(x + i * 2e-4, 7), y] for i in range(6)]
    top = [[round(x + i * 2e-4, 7), round(y + 6e-4 + (i % 2) * 1e-4, 7)] for i in range(5, -1, -1)]
    ring = bottom + top
    ring[2], ring[8] = ring[8], ring[2]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def _eight(x: float, y: float) -> Shape:
    middle = (x + 1e-3, y + 5e-4)
    return _ring((x, y), middle, (x + 2e-3, y), (x + 2e-3, y + 1e-3), middle, (x, y + 1e-3), (x, y))


def _spike(x: float, y: float) -> Shape:
    a, b, c, d, _ = square(x, y)
    return {"type": "Polygon", "coordinates": [[a, b, c, [round(x + 3e-3, 7), round(y + 3e-3, 7)], c, d, a]]}


def _multi(*shapes: dict[str, object]) -> Shape:
    return {"type": "MultiPolygon", "coordinates": [shape["coordinates"] for shape in shapes]}


def _holed(x: float, y: float, hole: list[list[float]]) -> Shape:
    return {"type": "Polygon", "coordinates": [square(x, y), hole]}


def _cut(text: str) -> Callable[[float, float], Shape]:
    return lambda x, y: _with_vertex(x, y, [round(x + 1.2e-3, 7), text])


def _moved(dx: float, dy: float) -> Callable[[float, float], Shape]:
    return lambda x, y: polygon(x + dx, y + dy)


LOST = "a hazardous area leaves the map in silence"
WRONG = "a hazardous area is drawn where it is not"
SMALL = "part of a hazardous area is left out of its outline"

SHAPE_FAULTS: tuple[ShapeFault, ...] = (
    ShapeFault("bowtie", "two neighbouring turning points exchanged", SMALL, bowtie),
    ShapeFault("late-bowtie", "two far turning points of twelve exchanged", SMALL, _late_bowtie),
    ShapeFault("eight", "the outline touches itself in one point", SMALL, _eight),
    ShapeFault("spike", "the outline runs out and back on one line", SMALL, _spike),
    ShapeFault("two-points", "an outline of two distinct points", LOST,
               lambda x, y: _ring((x, y), (x + 1e-3, y), (x, y), (x, y))),
    ShapeFault("one-point", "an outline of one point four times", LOST, lambda x, y: _ring(*[(x, y)] * 4)),
    ShapeFault("collinear", "all turning points on one line", LOST,
               lambda x, y: _ring((x, y), (x + 1e-3, y), (x + 2e-3, y), (x, y))),
    ShapeFault("hole-outside", "a hole outside its outline", SMALL,
               lambda x, y: _holed(x, y, square(x + 0.004, y + 0.004, size=2e-4, clockwise=True))),
    ShapeFault("hole-across", "a hole that crosses its outline", SMALL,
               lambda x, y: _holed(x, y, square(x + 0.001, y + 2e-4, size=6e-4, clockwise=True))),
    ShapeFault("hole-whole", "a hole as large as its outline", LOST,
               lambda x, y: _holed(x, y, square(x, y, clockwise=True))),
    ShapeFault("nested", "a part of the area inside another part", SMALL,
               lambda x, y: _multi(polygon(x, y), polygon(x + 3e-4, y + 2e-4, size=3e-4)), NOT_SHP),
    ShapeFault("parts-overlap", "two parts of the area overlap", SMALL,
               lambda x, y: _multi(polygon(x, y), polygon(x + 6e-4, y + 3e-4))),
    ShapeFault("parts-equal", "two parts of the area are the same", SMALL,
               lambda x, y: _multi(polygon(x, y), polygon(x, y))),
    ShapeFault("nan", "a coordinate that is NaN", LOST, _cut("NaN"), grammar=True),
    ShapeFault("infinity", "a coordinate that is Infinity", LOST, _cut("Infinity"), grammar=True),
    ShapeFault("minus-infinity", "a coordinate that is -Infinity", LOST, _cut("-Infinity"), grammar=True),
    ShapeFault("overflow", "a coordinate of 1e999", LOST, _cut("1e999"), TEXT, grammar=True),
    ShapeFault("word", "a coordinate that is a word", LOST, _cut("north"), ("csv", "xlsx", "kml"), grammar=True),
    ShapeFault("quoted", "a coordinate in quotation marks", LOST, _cut('"51.03"'), ("geojson",), grammar=True),
    ShapeFault("null-number", "a coordinate that is null", LOST, _cut("null"), ("geojson",), grammar=True),
    ShapeFault("one-number", "a turning point with one number", LOST,
               lambda x, y: _with_vertex(x, y, [x]), TEXT, grammar=True),
    ShapeFault("latitude-over-90", "a latitude above 90 degrees", WRONG, _moved(0, 100)),
    ShapeFault("longitude-over-180", "a longitude counted from 0 to 360", WRONG, _moved(360, 0)),
    ShapeFault("swapped", "longitude and latitude exchanged", WRONG,
               lambda x, y: _ring(*[(b, a) for a, b in square(x, y)])),
    ShapeFault("sign-lost", "a west longitude without its sign", WRONG, lambda x, y: polygon(-x, y)),
    ShapeFault("southern", "a north latitude written as south", WRONG, lambda x, y: polygon(x, -y - 0.01)),
    ShapeFault("digits-swapped", "51 degrees typed as 15", WRONG, _moved(0, -36)),
    ShapeFault("null-island", "0, 0 in place of no position", WRONG, lambda x, y: polygon(0.0, 0.0)),
    ShapeFault("one-vertex-astray", "one turning point nine degrees off", WRONG,
               lambda x, y: _with_vertex(x, y, [round(x + 1.2e-3, 7), round(y - 9, 7)])),
    ShapeFault("span", "an area six degrees wide", WRONG, lambda x, y: polygon(x - 3, y, size=6.0)),
    ShapeFault("across-180", "an area on both sides of 180 degrees", WRONG,
               lambda x, y: _ring((179.9, y), (-179.9, y), (-179.9, y + 0.1), (179.9, y + 0.1), (179.9, y))),
    ShapeFault("metres", "metres in a file of degrees", WRONG, lambda x, y: polygon(499_123.0, 5_650_123.0, size=90.0)),
    ShapeFault("sliver", "an area under one square metre", LOST, lambda x, y: polygon(x, y, size=4e-6)),
    ShapeFault("empty", "an empty outline", LOST, lambda x, y: {"type": "Polygon", "coordinates": []}),
    ShapeFault("null", "no outline at all", LOST, lambda x, y: None),
    ShapeFault("line", "a line where an area belongs", LOST,
               lambda x, y: {"type": "LineString", "coordinates": square(x, y)[:3]}, NOT_SHP),
    ShapeFault("lines", "several lines where an area belongs", LOST,
               lambda x, y: {"type": "MultiLineString", "coordinates": [square(x, y)[:3], square(x, y)[2:]]}, NOT_SHP),
    ShapeFault("collection", "an area and a line in one collection", SMALL,
               lambda x, y: {"type": "GeometryCollection", "geometries": [
                   polygon(x, y), {"type": "LineString", "coordinates": square(x, y)[:3]}]}, NOT_SHP),
    ShapeFault("unclosed", "an outline whose last side is missing", SMALL,
               lambda x, y: {"type": "Polygon", "coordinates": [square(x, y)[:4]]}),
)
