"""Progress under article 5 of the mine ban convention: administrative unit × year × contamination × release method."""

from __future__ import annotations

from datetime import date

from safeground.records.vocabulary import RELEASED_STATUSES, LandStatus
from safeground.report.deadlines import deadline_chapter
from safeground.report.document import Cell, Chapter, Grid, Maker, Num, Span, Word
from safeground.report.parts_finds import MINE, ROUNDS, UNCLEAR, Part, found_within, is_destroyed, undated_points
from safeground.report.parts_land import (
    M2,
    apart_chapter,
    burn_up,
    place_cells,
    place_heads,
    place_name,
    place_order,
    release_word,
    released_by_place,
    square_chapter,
    stock_by_place,
    waiting_chapter,
    waterfall,
)
from safeground.report.source import Index, Place, years

Held = dict[Place, list[Part]]


def _destroyed(index: Index, start: date, end: date) -> dict[str, Held]:
    """Return what was destroyed in a period by place: AP mines, other ordnance, and what is not said to be either."""
    found: dict[str, Held] = {"mines": {}, "other": {}, "unclear": {}}
    for item in found_within(index, start, end):
        if item.category is ROUNDS or not is_destroyed(index, item):
            continue
        kind = "mines" if item.category is MINE else "unclear" if item.category in UNCLEAR else "other"
        found[kind].setdefault(index.place(item.hazardous_area_id), []).append((item.id, item.quantity))
    if index.given.public:
        both = {place: [p for held in found.values() for p in held.get(place, [])]
                for place in {place for held in found.values() for place in held}}
        return {"all": both}
    return found


def progress_grid(make: Maker, index: Index, start: date, end: date) -> Grid:
    """Return the table of one year: what is there at its end, what was released in it, what was destroyed."""
    public = index.given.public
    suspected = stock_by_place(index, LandStatus.SUSPECTED, end)
    confirmed = stock_by_place(index, LandStatus.CONFIRMED, end)
    released = {s: released_by_place(index, s, start, end) for s in RELEASED_STATUSES}
    destroyed = _destroyed(index, start, end)
    places = {p for held in (suspected, confirmed, *released.values(), *destroyed.values()) for p in held}
    label = f"{start.year}" if (start.month, end.month) == (1, 12) else f"{start.isoformat()}..{end.isoformat()}"
    rows: list[tuple[tuple[Cell, ...], list[Num]]] = []
    for place in sorted(places, key=place_order):
        name = f"{label}/{place_name(place, public)}"
        sha, cha = suspected.get(place, []), confirmed.get(place, [])
        nums = [make.count(f"{name}/sha count", "areas", (a for a, _ in sha)), make.num(f"{name}/sha", M2, sha),
                make.count(f"{name}/cha count", "areas", (a for a, _ in cha)), make.num(f"{name}/cha", M2, cha),
                make.num(f"{name}/hazardous", M2, (*sha, *cha))]
        parts = [make.num(f"{name}/{s.value}", M2, released[s].get(place, [])) for s in RELEASED_STATUSES]
        nums += [*parts, make.total(f"{name}/released", parts)]
        nums += [make.num(f"{name}/destroyed {kind}", "items", held.get(place, []))
                 for kind, held in destroyed.items()]
        rows.append((place_cells(place, public), nums))
    heads = [*place_heads(public), Word("head.sha_count"), Word("head.sha_m2"), Word("head.cha_count"),
             Word("head.cha_m2"), Word("head.hazardous_m2"), *(release_word(s) for s in RELEASED_STATUSES),
             Word("head.released"), *(Word(f"head.destroyed_{kind}") for kind in destroyed)]
    return make.table(Word("caption.progress", (("period", Span(start, end)),)), heads, rows, f"{label}/total")


def article5_chapters(make: Maker, index: Index) -> tuple[Chapter, ...]:
    """Return the chapters of the progress report."""
    given = index.given
    grids = tuple(progress_grid(make, index, a, b) for a, b in years(given.start, given.end))
    points = undated_points(make, index, lambda item: True)
    paragraphs: tuple[Cell, ...] = (Word("text.progress"), Word(
        "text.public_scope" if given.public else "text.unknown_row"))
    chapters = [Chapter(Word("title.progress"), paragraphs, points, grids, (burn_up(make, index),
                                                                            waterfall(make, index))),
                waiting_chapter(make, index), apart_chapter(make, index)]
    if given.public:
        chapters.append(square_chapter(make, given))
    else:
        chapters.append(deadline_chapter(given))
    return tuple(chapters)
