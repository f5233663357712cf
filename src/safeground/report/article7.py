"""Article 7 reports: forms C, F, G and I of the mine ban convention, form F of the Convention on Cluster Munitions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from safeground.records.nouns import HazardousArea, OrdnanceItem
from safeground.records.vocabulary import RELEASED_STATUSES, ActivityType, ContaminationCategory, LandStatus
from safeground.report.deadlines import deadline_chapter
from safeground.report.document import NOT_STATED, Cell, Chapter, Grid, Joined, Maker, Num, Text, Word, given_text
from safeground.report.donors import audience
from safeground.report.parts_finds import (
    MINE,
    UNCLEAR,
    found_within,
    is_destroyed,
    model_name,
    parts_of,
    types_grid,
    undated_points,
)
from safeground.report.parts_land import (
    M2,
    apart_chapter,
    area_label,
    contamination_word,
    place_cells,
    place_heads,
    place_name,
    place_order,
    position_cell,
    release_word,
    released_by_place,
    square_chapter,
    stock_by_place,
    waiting_chapter,
    waterfall,
)
from safeground.report.source import HAZARD, Index

REMNANT = ContaminationCategory.CLUSTER_MUNITION_REMNANT
Row = tuple[tuple[Cell, ...], list[Num]]


def hazard_grid(make: Maker, index: Index, name: str, caption: Word, wanted: Sequence[ContaminationCategory]) -> Grid:
    """Return known (confirmed) and suspected areas by administrative unit, apart, at the end of the period."""
    given = index.given
    known, suspected = (stock_by_place(index, s, given.end) for s in (LandStatus.CONFIRMED, LandStatus.SUSPECTED))
    rows: list[Row] = []
    for place in sorted({*known, *suspected}, key=place_order):
        if not given.public and place[1] not in wanted:
            continue
        label = f"{name}/{place_name(place, given.public)}"
        held, thought = known.get(place, []), suspected.get(place, [])
        rows.append((place_cells(place, given.public), [
            make.count(f"{label}/known count", "areas", (a for a, _ in held)), make.num(f"{label}/known", M2, held),
            make.count(f"{label}/suspected count", "areas", (a for a, _ in thought)),
            make.num(f"{label}/suspected", M2, thought)]))
    heads = (*place_heads(given.public), Word("head.known_count"), Word("head.known_m2"),
             Word("head.suspected_count"), Word("head.suspected_m2"))
    return make.table(Word("caption.hazard_areas") if given.public else caption, heads, rows, f"{name}/total")


def rest_grid(make: Maker, index: Index, name: str, scope: Sequence[ContaminationCategory]) -> Grid:
    """Return hazardous land of every other contamination in one line each, so that the tables sum to the book."""
    rows: list[Row] = []
    stocks = {s: index.stock(s, index.given.end) for s in HAZARD}
    for category in ContaminationCategory:
        held = {s: [(a, n) for a, n in stock.items() if index.place(a)[1] is category] for s, stock in stocks.items()}
        if category in scope or not any(held.values()):
            continue
        rows.append(((contamination_word(category),), [
            make.num(f"{name}/{category.value}/known", M2, held[LandStatus.CONFIRMED]),
            make.num(f"{name}/{category.value}/suspected", M2, held[LandStatus.SUSPECTED])]))
    return make.table(Word("caption.other_contamination"), (
        Word("head.contamination"), Word("head.known_m2"), Word("head.suspected_m2")), rows, f"{name}/total")


def _types_in(index: Index, area_id: str, wanted: Sequence[ContaminationCategory]) -> Cell:
    held: dict[str, int] = {}
    for item in index.given.ordnance:
        if item.hazardous_area_id == area_id and item.category in wanted and (
                item.found_date is None or item.found_date <= index.given.end):
            held[model_name(item)] = held.get(model_name(item), 0) + item.quantity
    if not held:
        return NOT_STATED
    return Joined(tuple(Text(f"{model} × {count}") if model else Word("text.untyped", (("n", Text(str(count))),))
                        for model, count in sorted(held.items(), key=lambda pair: (not pair[0], pair[0]))))


def list_grid(make: Maker, index: Index, name: str, wanted: Sequence[ContaminationCategory]) -> Grid:
    """Return each hazardous area with place, size and the types found in it; withheld positions are said to be so."""
    rows: list[Row] = []
    end = index.given.end
    stocks = {s: index.stock(s, end) for s in HAZARD}

    def order(area: HazardousArea) -> tuple[bool, str, str, str]:
        return not area.admin_unit.strip(), area.admin_unit.strip(), area_label(area), area.id

    for area in sorted(index.given.areas, key=order):
        known, thought = (stocks[s].get(area.id, 0) for s in (LandStatus.CONFIRMED, LandStatus.SUSPECTED))
        if area.contamination not in wanted or not (known or thought):
            continue
        rows.append(((Text(area_label(area)), given_text(area.admin_unit), contamination_word(area.contamination),
                      position_cell(area), _types_in(index, area.id, wanted)), [
            make.num(f"{name}/{area.id}/known", M2, [(area.id, known)]),
            make.num(f"{name}/{area.id}/suspected", M2, [(area.id, thought)])]))
    heads = (Word("head.area"), Word("head.admin_unit"), Word("head.contamination"), Word("head.position"),
             Word("head.types_found"), Word("head.known_m2"), Word("head.suspected_m2"))
    return make.table(Word("caption.areas"), heads, rows)


def _form(treaty: str, letter: str) -> Word:
    return Word(f"form.{treaty}_{letter.lower()}")


def _hazard_title(index: Index, treaty: str, letter: str) -> Word:
    """Return the form's title; the public edition counts all types, so that it is not the form."""
    return Word("title.hazard") if index.given.public else _form(treaty, letter)


def _told(index: Index, treaty: str, letter: str) -> tuple[Cell, ...]:
    forms = dict(index.given.settings.apmbc_forms if treaty == "apmbc" else index.given.settings.ccm_forms)
    return (Text(forms[letter]),) if forms.get(letter) else ()


def _since(index: Index) -> date | None:
    return index.given.settings.apmbc_entry_into_force


def mines_grid(make: Maker, index: Index) -> Grid:
    """Return mines destroyed by article, in the period and since entry into force; what names no article is a row."""
    given = index.given
    since = _since(index)

    def wanted(item: OrdnanceItem) -> bool:
        return (given.public or item.category is MINE) and item.category is not (
            ContaminationCategory.SMALL_ARMS_AMMUNITION) and is_destroyed(index, item)

    period = [i for i in found_within(index, given.start, given.end) if wanted(i) and (
        since is None or (i.found_date or date.min) >= since)]
    ever = [i for i in found_within(index, since, given.end) if wanted(i)] if since else []
    rows: list[Row] = []
    for key, flag in (("article_5", True), ("article_4", False), ("article_unknown", None)):
        nums = [make.num(f"form G/{key}/period", "items", parts_of(i for i in period if i.article_5 is flag))]
        if since:
            nums.append(make.num(f"form G/{key}/since entry into force", "items",
                                 parts_of(i for i in ever if i.article_5 is flag)))
        rows.append(((Word(f"text.{key}"),), nums))
    heads = [Word("head.article"), Word("head.period")] + ([Word("head.since_force")] if since else [])
    caption = Word("caption.destroyed" if given.public else "caption.mines")
    return make.table(caption, heads, rows, "form G/total")


def _form_g(make: Maker, index: Index) -> Chapter:
    given, since = index.given, _since(index)
    told: tuple[Cell, ...] = () if since else (Word("text.no_force_date"),)
    grids = [mines_grid(make, index)]
    if not given.public:
        for key, flag in (("article_5", True), ("article_4", False), ("article_unknown", None)):
            held = [i for i in found_within(index, given.start, given.end) if i.category is MINE
                    and is_destroyed(index, i) and i.article_5 is flag and (
                        since is None or (i.found_date or date.min) >= since)]
            if held:
                grids.append(types_grid(make, f"form G/types/{key}", Word(f"caption.types_{key}"), held))
        early = [i for i in given.ordnance if i.category is MINE and is_destroyed(index, i) and since
                 and i.found_date is not None and i.found_date < since]
        if early:
            told += (Word("text.before_force", (("n", make.num("form G/before entry into force", "items",
                                                              parts_of(early))),)),)
        made = [i for i in found_within(index, given.start, given.end) if i.category is MINE and i.improvised
                and is_destroyed(index, i)]
        if made:
            told += (Word("text.improvised", (("n", make.num("form G/improvised", "items", parts_of(made))),)),)
    points = undated_points(make, index, lambda item: given.public or item.category is MINE)
    title = Word("title.destroyed") if given.public else _form("apmbc", "G")
    return Chapter(title, (*_told(index, "apmbc", "G"), *told), points, tuple(grids))


def _form_f(make: Maker, index: Index) -> Chapter:
    """Return the narrative form on programmes: what the project holds, and what the authority says."""
    given = index.given
    running = [o.id for o in given.orders if (o.start_date is None or o.start_date <= given.end)
               and (o.end_date is None or o.end_date >= given.start)]
    points: tuple[Cell, ...] = (
        Word("text.orders_running", (("n", make.count("form F/task orders", "tasks", running)),)),
        Word("text.standard", (("standard", Text(f"{given.standard} {given.edition}".strip())),)),
        Word("text.sites_not_held"))
    return Chapter(_form("apmbc", "F"), _told(index, "apmbc", "F"), points)


def warning_points(make: Maker, index: Index) -> tuple[Cell, ...]:
    """Return what the project holds of warnings: marking works and risk education in the period."""
    given = index.given
    marking = [a.id for a in given.activities if a.activity_type is ActivityType.MARKING
               and given.within(a.end_date or a.start_date)]
    sessions = [s for s in given.sessions if given.within(s.session_date)]
    points: list[Cell] = []
    if not given.public:
        points.append(Word("text.marking", (("n", make.count("form I/marking", "records", marking)),)))
    points.append(Word("text.education", (
        ("n", make.count("form I/sessions", "records", (s.id for s in sessions))),
        ("people", make.num("form I/people", "people", ((s.id, audience(s)) for s in sessions))))))
    return tuple(points)


def article7_chapters(make: Maker, index: Index) -> tuple[Chapter, ...]:
    """Return the forms of the mine ban convention for which the project holds data."""
    given = index.given
    scope = (MINE, *UNCLEAR)
    grids = [hazard_grid(make, index, "form C", Word("caption.mined_areas"), (MINE,))]
    if not given.public:
        grids += [hazard_grid(make, index, "form C unclear", Word("caption.unclear_areas"), UNCLEAR),
                  list_grid(make, index, "form C areas", scope), rest_grid(make, index, "form C other", scope)]
    said: tuple[Cell, ...] = (Word("text.public_scope"),) if given.public else (
        Word("text.form_c"), Word("text.unknown_row"))
    chapters = [
        Chapter(_hazard_title(index, "apmbc", "C"), (*_told(index, "apmbc", "C"), *said), grids=tuple(grids),
                charts=(waterfall(make, index, MINE),)), _form_f(make, index), _form_g(make, index),
        Chapter(_form("apmbc", "I"), _told(index, "apmbc", "I"), warning_points(make, index)),
        *_others(index, "apmbc", "ABDEHJ"), waiting_chapter(make, index, scope), apart_chapter(make, index, scope)]
    chapters.append(square_chapter(make, given) if given.public else deadline_chapter(given, "apmbc"))
    return tuple(chapters)


def _others(index: Index, treaty: str, letters: str) -> tuple[Chapter, ...]:
    """Return the forms for which the project holds nothing: the authority's text, or that it is not held here."""
    if index.given.public:
        return ()
    held = [(letter, _told(index, treaty, letter)) for letter in letters]
    found = [Chapter(_form(treaty, letter), text) for letter, text in held if text]
    missing = tuple(_form(treaty, letter) for letter, text in held if not text)
    if missing:
        found.append(Chapter(Word("title.forms_not_held"), (Word("text.forms_not_held"),), missing))
    return tuple(found)


def cleared_grid(make: Maker, index: Index, wanted: Sequence[ContaminationCategory], name: str, caption: Word) -> Grid:
    """Return land released in the period by administrative unit and method."""
    given = index.given
    released = {s: released_by_place(index, s, given.start, given.end) for s in RELEASED_STATUSES}
    rows: list[Row] = []
    for place in sorted({p for held in released.values() for p in held}, key=place_order):
        if not given.public and place[1] not in wanted:
            continue
        label = f"{name}/{place_name(place, given.public)}"
        nums = [make.num(f"{label}/{s.value}", M2, released[s].get(place, [])) for s in RELEASED_STATUSES]
        rows.append((place_cells(place, given.public), [*nums, make.total(f"{label}/released", nums)]))
    heads = (*place_heads(given.public), *(release_word(s) for s in RELEASED_STATUSES), Word("head.released"))
    return make.table(Word("caption.released_land") if given.public else caption, heads, rows, f"{name}/total")


def ccm7_chapters(make: Maker, index: Index) -> tuple[Chapter, ...]:
    """Return form F of the Convention on Cluster Munitions: contaminated and cleared areas, remnants destroyed."""
    given = index.given
    scope = (REMNANT, *UNCLEAR)
    grids = [hazard_grid(make, index, "form F", Word("caption.remnant_areas"), (REMNANT,)),
             cleared_grid(make, index, (REMNANT,), "form F cleared", Word("caption.remnant_released"))]
    items = [i for i in found_within(index, given.start, given.end) if i.category is REMNANT and is_destroyed(index, i)]
    points = undated_points(make, index, lambda item: given.public or item.category is REMNANT)
    said: tuple[Cell, ...] = (Word("text.public_scope"),)
    if not given.public:
        said = (Word("text.ccm_form_f"), Word("text.unknown_row"))
        grids += [types_grid(make, "form F/remnants", Word("caption.remnants"), items),
                  hazard_grid(make, index, "form F unclear", Word("caption.unclear_areas"), UNCLEAR),
                  cleared_grid(make, index, UNCLEAR, "form F unclear cleared", Word("caption.unclear_released")),
                  list_grid(make, index, "form F areas", scope), rest_grid(make, index, "form F other", scope)]
    chapters = [Chapter(_hazard_title(index, "ccm", "F"), (*_told(index, "ccm", "F"), *said), points, tuple(grids),
                        (waterfall(make, index, REMNANT),)),
                Chapter(_form("ccm", "G"), _told(index, "ccm", "G"), warning_points(make, index)),
                *_others(index, "ccm", "ABCDEHIJ"), waiting_chapter(make, index, scope),
                apart_chapter(make, index, scope)]
    chapters.append(square_chapter(make, given) if given.public else deadline_chapter(given, "ccm"))
    return tuple(chapters)


