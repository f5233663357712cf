"""Chapters about land that several kinds of report share: stocks, releases, what is kept apart, charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from safeground.records.moves import RELEASE_FLOWS, LandFlow
from safeground.records.nouns import HazardousArea
from safeground.records.vocabulary import RELEASED_STATUSES, AreaType, ContaminationCategory, LandStatus
from safeground.report.document import (
    NOT_STATED,
    Cell,
    Chapter,
    Chart,
    Day,
    Grid,
    Joined,
    Maker,
    Num,
    Text,
    Word,
    given_text,
)
from safeground.report.public import square_box
from safeground.report.source import HAZARD, Index, Place, ReportInput, before

#: Order in which contamination is printed: that of the vocabulary, "not stated" last.
CONTAMINATION = tuple(ContaminationCategory)
M2 = "m²"
_MONTHS_MAX = 36


def contamination_word(value: ContaminationCategory) -> Word:
    """Return a contamination category in the reader's language; an unknown one is named, never left out."""
    return Word(f"contamination.{value.value}")


def place_order(place: Place) -> tuple[bool, str, int]:
    """Return the order of places in tables: by administrative unit, those not stated last, then by contamination."""
    return not place[0], place[0], CONTAMINATION.index(place[1])


def place_name(place: Place, public: bool) -> str:
    """Return a place as part of a figure's name."""
    return place[0] or "-" if public else f"{place[0] or '-'}/{place[1].value}"


def place_cells(place: Place, public: bool) -> tuple[Cell, ...]:
    """Return a place as the first cells of a row; the public edition does not tell contamination."""
    unit = given_text(place[0])
    return (unit,) if public else (unit, contamination_word(place[1]))


def place_heads(public: bool) -> tuple[Word, ...]:
    """Return the headings of :func:`place_cells`."""
    return (Word("head.admin_unit"),) if public else (Word("head.admin_unit"), Word("head.contamination"))


def by_place(index: Index, amounts: Iterable[tuple[str, str, int]]) -> dict[Place, list[tuple[str, int]]]:
    """Return (record, amount) by place from (area, record, amount)."""
    found: dict[Place, list[tuple[str, int]]] = {}
    for area_id, record, amount in amounts:
        found.setdefault(index.place(area_id), []).append((record, amount))
    return found


def stock_by_place(index: Index, status: LandStatus, on: date) -> dict[Place, list[tuple[str, int]]]:
    """Return what is held in a status at the end of a day: (area, cm²) by place."""
    return by_place(index, ((a, a, cm2) for a, cm2 in index.stock(status, on).items()))


def released_by_place(index: Index, status: LandStatus, start: date, end: date) -> dict[Place, list[tuple[str, int]]]:
    """Return what became a status by release in a period: (entry, cm²) by place."""
    return by_place(index, ((m.area_id, m.entry_id, m.amount_cm2) for m in index.released(start, end)
                            if m.status is status))


def release_word(status: LandStatus) -> Word:
    """Return a release method as a heading."""
    return Word(f"head.{status.value}")


def _scoped(index: Index, scope: Sequence[ContaminationCategory]) -> tuple[Callable[[Place], bool], tuple[Cell, ...]]:
    """Return which places belong to a report, and the sentence that says so; all do in the public edition."""
    if not scope or index.given.public:
        return (lambda place: True), ()
    names = Joined(tuple(contamination_word(category) for category in scope))
    return (lambda place: place[1] in scope), (Word("text.scope", (("list", names),)),)


def waiting_chapter(make: Maker, index: Index, scope: Sequence[ContaminationCategory] = ()) -> Chapter:
    """Return what waits for inspection, apart: it is in no total of released land."""
    wanted, told = _scoped(index, scope)
    rows: list[tuple[tuple[Cell, ...], list[Num]]] = []
    for status in RELEASED_STATUSES:
        held = [(w.entry_id, w.amount_cm2) for w in index.given.waiting
                if w.target is status and wanted(index.place(w.area_id))]
        rows.append(((Word(f"status.{status.value}"),), [make.num(f"waiting/{status.value}", M2, held)]))
    grid = make.table(Word("caption.waiting", (("day", Day(index.given.end)),)),
                      (Word("head.would_become"), Word("head.m2")), rows, "waiting/total")
    return Chapter(Word("title.waiting"), (Word("text.waiting"), *told), grids=(grid,))


def apart_chapter(make: Maker, index: Index, scope: Sequence[ContaminationCategory] = ()) -> Chapter:
    """Return the moves of the period that are no release, so that nothing is left unsaid."""
    given = index.given
    wanted, told = _scoped(index, scope)
    kinds = (
        ("legacy", (LandFlow.LEGACY,), RELEASED_STATUSES), ("returned", (LandFlow.CONFIRMATION,), RELEASED_STATUSES),
        ("opened", (LandFlow.OPENING,), HAZARD), ("resurvey", (LandFlow.RESURVEY,), HAZARD),
        ("confirmed", (LandFlow.CONFIRMATION,), (LandStatus.CONFIRMED,)),
        ("overlap", (LandFlow.OVERLAP,), (LandStatus.OVERLAP,)), ("gap", (LandFlow.GAP,), (LandStatus.UNEXPLAINED,)))
    rows: list[tuple[tuple[Cell, ...], list[Num]]] = []
    for name, flows, statuses in kinds:
        moves = [m for m in index.moves(given.start, given.end, flows, statuses) if wanted(index.place(m.area_id))]
        rows.append(((Word(f"apart.{name}"),), [make.num(f"apart/{name}", M2, (
            (m.entry_id, m.amount_cm2) for m in moves))]))
    grid = make.table(Word("caption.apart"), (Word("head.movement"), Word("head.m2")), rows)
    points = outline_points(make, index, wanted)
    return Chapter(Word("title.apart"), (Word("text.apart"), *told), points, (grid,))


def outline_points(make: Maker, index: Index, wanted: Callable[[Place], bool]) -> tuple[Cell, ...]:
    """Return the areas that have no account because they have no outline: counted, never dropped."""
    booked = {move.area_id for move in index.given.moves}
    points = []
    for kind in AreaType:
        ids = [a.id for a in index.given.areas if a.id not in booked and a.area_type is kind
               and wanted(index.place(a.id))]
        if ids:
            points.append(Word(f"text.no_outline_{kind.value}", (("n", make.count(
                f"without outline/{kind.value}", "areas", ids)),)))
    return tuple(points)


def area_label(area: HazardousArea) -> str:
    """Return what an area is called: its name, the sender's id, or its own."""
    return area.name or area.local_id or area.id


def position_cell(area: HazardousArea) -> Cell:
    """Return a point within an area, degrees, or that it is withheld."""
    if not area.geo_safe:
        return Word("word.withheld")
    if area.geometry.is_empty:
        return NOT_STATED
    point = area.geometry.representative_point()
    return Text(f"{point.y:.5f}, {point.x:.5f}", code=True)


def square_chapter(make: Maker, given: ReportInput) -> Chapter:
    """Return the public edition's grid: squares that together cover all hazardous land whose position may be shown."""
    rows = []
    for square in given.squares:
        west, south, east, north = square_box(square).bounds
        rows.append(tuple(Text(f"{value:.2f}", code=True) for value in (south, west, north, east)))
    heads = tuple(Word(f"head.{side}") for side in ("south", "west", "north", "east"))
    hidden = make.num("public/position withheld", "areas", [("", given.unlocated)] if given.unlocated else [])
    grid = Grid(Word("caption.squares"), heads, tuple(rows), whole=True)
    return Chapter(Word("title.squares"), (Word("text.squares"), Word("text.unlocated", (("n", hidden),))),
                   grids=(grid,) if rows else ())


def _steps(start: date, end: date) -> list[date]:
    """Return the last days of the months of a period, thinned to quarters or years where there are many."""
    days = []
    year, month = start.year, start.month
    while (year, month) <= (end.year, end.month):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        days.append(min(date(year, month, 1) - timedelta(days=1), end))
    if len(days) <= _MONTHS_MAX:
        return days
    step = 3 if len(days) <= 3 * _MONTHS_MAX else 12
    return [day for day in days if day.month % step == 0 or day == end]


def burn_up(make: Maker, index: Index) -> Chart:
    """Return released m² since the period's start, month by month, and what waits at its end."""
    given = index.given
    moves = index.released(given.start, given.end)
    first = min((m.on for m in moves), default=given.start)
    days = _steps(min(first, given.end) if given.start == date.min else given.start, given.end)
    if given.public:
        days = [day for day in days if day.month % 3 == 0] or days[-1:]
    points = tuple((Day(day), make.num(f"burn-up/{day.isoformat()}", M2, (
        (m.entry_id, m.amount_cm2) for m in moves if m.on <= day)).figure) for day in days)
    waiting = make.num("burn-up/waiting", M2, ((w.entry_id, w.amount_cm2) for w in given.waiting)).figure
    return Chart("burn_up", Word("chart.burn_up"), points, ((Word("chart.waiting"), waiting),))


def waterfall(make: Maker, index: Index, scope: ContaminationCategory | None = None) -> Chart:
    """Return how hazardous land went from the period's start to its end.  Conserves: the steps sum to the last bar.

    Parameters
    ----------
    scope : areas of one contamination alone; None = all, as always in the public edition.
    """
    given = index.given
    last = before(given.start)

    def counts(area_id: str) -> bool:
        return scope is None or given.public or index.place(area_id)[1] is scope

    held = [(a, cm2) for status in HAZARD for a, cm2 in index.stock(status, last).items() if counts(a)]
    if given.start == date.min:
        held = []
    steps: list[tuple[Cell, Num]] = [(Word("chart.opening"), make.num("waterfall/opening", M2, held))]
    groups = (("new", (LandFlow.OPENING,)), ("resurvey", (LandFlow.RESURVEY, LandFlow.CONFIRMATION)),
              ("overlap", (LandFlow.OVERLAP,)),
              ("redrawn", (LandFlow.REDRAWN, LandFlow.LEGACY, LandFlow.GAP)),
              *((flow.value, (flow,)) for flow in RELEASE_FLOWS))
    for name, flows in groups:
        moves = [m for m in index.moves(given.start, given.end, flows, HAZARD) if counts(m.area_id)]
        num = make.num(f"waterfall/{name}", M2, ((m.entry_id, m.amount_cm2) for m in moves))
        if num.figure.amount or name in ("cancelled", "reduced", "cleared"):
            steps.append((Word(f"chart.{name}"), num))
    now = [(a, cm2) for status in HAZARD for a, cm2 in index.stock(status, given.end).items() if counts(a)]
    change = sum(num.figure.amount for _, num in steps)
    steps.append((Word("chart.remaining"), make.num("waterfall/remaining", M2, now, expected=change)))
    title = Word("chart.waterfall")
    if scope is not None and not given.public:
        title = Word("chart.waterfall_scope", (("what", contamination_word(scope)),))
    return Chart("waterfall", title, tuple((label, num.figure) for label, num in steps))


