"""The public edition: what it withholds, the grid that covers hazardous land, and small counts.

Withheld at the source: a builder that is handed a public input cannot print what is no longer in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import numpy as np
import shapely
from shapely import Geometry

from safeground.records.base import Record
from safeground.records.fieldwork import LandPart
from safeground.records.nouns import (
    Accident,
    Activity,
    HazardousArea,
    Inspection,
    Nonconformity,
    OrdnanceItem,
    ProgressReturn,
    ReleaseDecision,
    RiskEducationSession,
    TaskOrder,
)
from safeground.records.release import Handover
from safeground.records.vocabulary import ContaminationCategory
from safeground.report.document import COUNTS, Cell, Chapter, Document, Grid, Joined, Num, Word
from safeground.report.source import HAZARD, Index, ReportInput, Square

R = TypeVar("R", bound=Record)

_NO_GROUND = shapely.Polygon()
_UNKNOWN = ContaminationCategory.UNKNOWN
#: What stays of each record, by an allow-list: a field that is added later is withheld until somebody names it here.
#: Fields that a record must have and that are withheld get the constant beside them.
_KEPT: dict[type[Record], tuple[tuple[str, ...], dict[str, Any]]] = {
    HazardousArea: (("area_type", "admin_unit", "workflow_status", "geo_safe"), {"geometry": _NO_GROUND}),
    Activity: (("activity_type", "hazardous_area_id"), {}),
    LandPart: (("entry_id", "hazardous_area_id", "area_cm2", "release_method"), {"geometry": _NO_GROUND}),
    ProgressReturn: (("submission_id", "corrects", "hazardous_area_id", "work_date", "area_cm2", "hours",
                      "downtime_hours"), {"task_order_id": "", "team_id": ""}),
    Inspection: (("kind", "visit_date", "hazardous_area_id", "passed"), {}),
    Nonconformity: (("severity", "hazardous_area_id", "opened_date", "closed_date"),
                    {"inspection_id": "", "description": ""}),
    ReleaseDecision: (("hazardous_area_id",), {"decision": ""}),
    Handover: (("hazardous_area_id", "handover_date", "men", "women", "boys", "girls"), {"recipient": ""}),
    OrdnanceItem: (("category", "hazardous_area_id", "quantity", "found_date", "disposition", "article_5"), {}),
    Accident: (("accident_date", "accident_class", "killed_count", "injured_count"), {}),
    RiskEducationSession: (("session_date", "audience", "first_time_count"), {}),
    TaskOrder: (("hazardous_area_id", "start_date", "end_date"), {"objective": ""}),
}
#: Length of a degree of latitude is never below this, m; the grid's squares are at least as wide as asked for.
_DEGREE_M = 110_500.0
#: Outlines are widened by this share of the grid before they are covered, so that no edge of the grid tells an edge of
#: an outline and the bow of long geodesic edges stays covered.
_MARGIN = 0.1


def quarter(day: date) -> tuple[int, int]:
    """Return year and quarter of a day."""
    return day.year, (day.month - 1) // 3 + 1


def quarter_end(day: date) -> date:
    """Return the last day of a day's quarter."""
    year, number = quarter(day)
    return (date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), date(year, 12, 31))[number - 1]


def quarter_start(day: date) -> date:
    """Return the first day of a day's quarter."""
    year, number = quarter(day)
    return date(year, 3 * number - 2, 1)


def grid_squares(geometries: Iterable[Geometry], grid_m: int) -> tuple[Square, ...]:
    """Return the squares of the public grid that hold any of the outlines.

    Parameters
    ----------
    geometries : EPSG:4326, longitude first; empty ones are left out.
    grid_m : least side of a square on the ground, m.

    Returns
    -------
    (west, south, width, height) in hundredths of a degree, sorted; their union covers every outline, with a margin of
    a tenth of the grid.  Rows have one height; squares widen towards the poles, so that none is narrower than asked.
    """
    height = max(1, math.ceil(grid_m / _DEGREE_M * 100))
    found: set[Square] = set()
    for geometry in geometries:
        for part in shapely.get_parts(shapely.force_2d(geometry)):
            if not part.is_empty:
                found |= _squares_of(part, height, grid_m)
    return tuple(sorted(found, key=lambda s: (s[1], s[0], s[2])))


def _width(south: int, height: int, grid_m: int) -> int:
    """Return the width of a row's squares, hundredths of a degree, that suffices at its edge nearest to a pole."""
    steepest = min(max(abs(south), abs(south + height)) / 100, 89.0)
    return min(36_000, math.ceil(grid_m / (_DEGREE_M * math.cos(math.radians(steepest))) * 100))


def _squares_of(part: Geometry, height: int, grid_m: int) -> set[Square]:
    _, low, _, high = shapely.bounds(part)
    most = min(max(abs(low), abs(high)) + 0.1, 89.5)
    margin = _MARGIN * grid_m / (_DEGREE_M * math.cos(math.radians(most)))
    wide = shapely.buffer(part, margin)
    west, south, east, north = shapely.bounds(wide)
    found: set[Square] = set()
    first = math.floor(south * 100 / height)
    for row in range(first, math.floor(north * 100 / height) + 1):
        width = _width(row * height, height, grid_m)
        columns = np.arange(math.floor(west * 100 / width), math.floor(east * 100 / width) + 1)
        boxes = shapely.box(columns * width / 100, row * height / 100, (columns + 1) * width / 100,
                            (row + 1) * height / 100)
        met = shapely.intersects(boxes, wide)
        found |= {(int(column) * width, row * height, width, height) for column in columns[met]}
    return found


def square_box(square: Square) -> Geometry:
    """Return a square's outline, EPSG:4326."""
    west, south, width, height = square
    return shapely.box(west / 100, south / 100, (west + width) / 100, (south + height) / 100)


def whole_quarters(start: date, end: date) -> bool:
    """Return whether a period begins and ends with a quarter."""
    return start == quarter_start(start) and end == quarter_end(end)


def _hazardous_ids(given: ReportInput) -> set[str]:
    index = Index(given)
    held = {area_id for status in HAZARD for area_id, cm2 in index.stock(status, given.end).items() if cm2 > 0}
    booked = {move.area_id for move in given.moves}
    return held | {area.id for area in given.areas if area.id not in booked}


def _bare(record: R) -> R:
    """Return a record with nothing but what may be published, dates moved to the end of their quarter."""
    names, filled = _KEPT[type(record)]
    kept = {name: getattr(record, name) for name in names}
    kept = {name: quarter_end(value) if isinstance(value, date) else value for name, value in kept.items()}
    bare: R = type(record)(id=record.id, **kept, **filled)
    return bare


def _bare_item(item: OrdnanceItem) -> OrdnanceItem:
    """Return a find without its type; small arms ammunition stays apart, because it is no explosive-ordnance total."""
    rounds = item.category is ContaminationCategory.SMALL_ARMS_AMMUNITION
    return _bare(item if rounds else replace(item, category=_UNKNOWN))


def public_input(given: ReportInput) -> ReportInput:
    """Return what the public edition is made from: everything withheld is gone, dates are ends of quarters.

    Withheld: outlines and positions finer than the grid (all of them where ``geo_safe`` is no), names of areas and
    people, device types, depths, sources, organisations, teams, free text, the time of making and the journal's hash.
    Kept: administrative unit, status, area and release method, quantities, numbers of people, dates by quarter.
    """
    hazardous = _hazardous_ids(given)
    told = {given.area_id} if given.area_id else hazardous
    located = [a.geometry for a in given.areas if a.id in told and a.geo_safe]
    moment = datetime.combine(quarter_end(given.made_at.date()), datetime.min.time(), tzinfo=UTC)
    nouns = ("areas", "activities", "parts", "returns", "inspections", "nonconformities", "decisions", "handovers",
             "accidents", "sessions", "orders")
    kept: dict[str, Any] = {name: tuple(_bare(record) for record in getattr(given, name)) for name in nouns}
    return replace(
        given, **kept, ordnance=tuple(_bare_item(item) for item in given.ordnance), surveys=(), lots=(), documents=(),
        markers=(), teams=(), moves=tuple(replace(m, on=quarter_end(m.on)) for m in given.moves),
        waiting=tuple(replace(m, on=quarter_end(m.on)) for m in given.waiting),
        made_at=moment, journal_seq=0, journal_hash="", public=True,
        settings=replace(given.settings, donors=(), apmbc_forms=(), ccm_forms=()),
        squares=grid_squares(located, given.settings.grid_m),
        unlocated=sum(1 for a in given.areas if a.id in told and not a.geo_safe))


#: What stands in the place of a figure that is withheld so that a total does not tell a small count.
WITHHELD = "…"


def suppress(values: Sequence[int], total: int | None, k: int) -> tuple[list[str], str]:
    """Return the marks of a column of counts and of its total: "" = shown.

    Parameters
    ----------
    values : counts, >= 0.  total : their sum if it is printed, None = no total.

    Returns
    -------
    Counts from 1 to k - 1 are marked ``<k``.  If a total is printed, larger counts are withheld too, smallest first,
    until a reader who knows all that is printed, and which mark stands for which rule, can exclude no value from 1 to
    k - 1 of any small count; where no larger count is left, the total is withheld itself.

    Notes
    -----
    For small counts p, withheld counts c >= k, and the rest R of the total: p ranges over 1 … k-1 exactly if R less the
    least of all others is at least k - 1, and R less the most of all others is at most 1 (no upper limit with any c).
    """
    small = f"<{k}"
    marks = [small if 0 < value < k else "" for value in values]
    primary = marks.count(small)
    if total is None or not primary:
        return marks, ""
    hidden = sum(v for v, mark in zip(values, marks, strict=True) if mark)
    larger = sorted((v, i) for i, v in enumerate(values) if v >= k)
    taken = 0

    def protected() -> bool:
        room = hidden - (primary - 1) - taken * k >= k - 1
        return room and (taken > 0 or hidden - (primary - 1) * (k - 1) <= 1)

    for value, index in larger:
        if protected():
            break
        marks[index] = WITHHELD
        hidden, taken = hidden + value, taken + 1
    if protected():
        return marks, ""
    marks = [small if mark == small else "" for mark in marks]  # only the total protects: give the others back
    return marks, small if total < k else WITHHELD


def _grid_marks(grid: Grid, k: int) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in range(len(grid.columns)):
        cells = [row[column] for row in grid.rows]
        nums = [cell.figure for cell in cells if isinstance(cell, Num) and cell.figure.unit in COUNTS]
        if not nums:
            continue
        last = nums.pop() if grid.total else None
        marks, total = suppress([f.amount for f in nums], last.amount if last else None, k)
        found |= {f.name: mark for f, mark in zip(nums, marks, strict=True) if mark}
        if last is not None and total:
            found[last.name] = total
    return found


def _numbers(cell: Cell) -> Iterable[Num]:
    if isinstance(cell, Num):
        yield cell
    for inner in cell.cells if isinstance(cell, Joined) else (c for _, c in cell.values) if isinstance(
            cell, Word) else ():
        yield from _numbers(inner)


def _loose(document: Document) -> Iterable[Num]:
    for _, cell in document.about:
        yield from _numbers(cell)
    for chapter in document.chapters:
        for cell in (*chapter.paragraphs, *chapter.points):
            yield from _numbers(cell)


def _marked(cell: Cell, marks: dict[str, str]) -> Cell:
    if isinstance(cell, Num):
        return replace(cell, mark=marks.get(cell.figure.name, ""))
    if isinstance(cell, Joined):
        return Joined(tuple(_marked(inner, marks) for inner in cell.cells))
    if isinstance(cell, Word):
        return replace(cell, values=tuple((name, _marked(inner, marks)) for name, inner in cell.values))
    return cell


def public_document(document: Document, k: int) -> Document:
    """Return a document in which no count below `k` is shown, nor a total that tells one.

    Notes
    -----
    Within one document.  Editions of overlapping periods can be subtracted from each other; publish one kind of period.
    """
    marks: dict[str, str] = {}
    for chapter in document.chapters:
        for grid in chapter.grids:
            marks |= _grid_marks(grid, k)
    for num in _loose(document):
        if num.figure.unit in COUNTS and 0 < num.figure.amount < k:
            marks.setdefault(num.figure.name, f"<{k}")

    def mark_chapter(chapter: Chapter) -> Chapter:
        return replace(
            chapter, paragraphs=tuple(_marked(c, marks) for c in chapter.paragraphs),
            points=tuple(_marked(c, marks) for c in chapter.points),
            grids=tuple(replace(g, rows=tuple(tuple(_marked(c, marks) for c in row) for row in g.rows))
                        for g in chapter.grids))

    return replace(document, chapters=tuple(mark_chapter(c) for c in document.chapters),
                   about=tuple((word, _marked(c, marks)) for word, c in document.about), public=True)


def shown_figures(document: Document) -> dict[str, Num]:
    """Return every figure that a document prints, by name, with its mark."""
    found = {num.figure.name: num for num in _loose(document)}
    for chapter in document.chapters:
        for grid in chapter.grids:
            for row in grid.rows:
                found |= {num.figure.name: num for cell in row for num in _numbers(cell)}
    return found
