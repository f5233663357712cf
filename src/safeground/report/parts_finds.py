"""What was found and destroyed: mines by article, other ordnance, rounds apart, and what no period can hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from safeground.records.nouns import OrdnanceItem
from safeground.records.vocabulary import ContaminationCategory, Disposition
from safeground.report.document import NOT_STATED, Cell, Chart, Grid, Maker, Num, Text, Word
from safeground.report.parts_land import contamination_word
from safeground.report.source import Index

ROUNDS = ContaminationCategory.SMALL_ARMS_AMMUNITION
MINE = ContaminationCategory.ANTI_PERSONNEL_MINE
#: Categories that do not say what the item was: counted in a column of their own.
UNCLEAR = (ContaminationCategory.MIXED, ContaminationCategory.UNKNOWN)
Part = tuple[str, int]


def is_destroyed(index: Index, item: OrdnanceItem) -> bool:
    """Return whether a find counts as destroyed, by the programme's setting."""
    return item.disposition in index.given.settings.destroyed


def parts_of(items: Iterable[OrdnanceItem]) -> list[Part]:
    """Return (id, quantity) of finds."""
    return [(item.id, item.quantity) for item in items]


def found_within(index: Index, start: date, end: date) -> list[OrdnanceItem]:
    """Return the finds of a period; those without a date are in none."""
    return [i for i in index.given.ordnance if i.found_date is not None and start <= i.found_date <= end]


def undated_points(make: Maker, index: Index, wanted: Callable[[OrdnanceItem], bool]) -> tuple[Cell, ...]:
    """Return the finds that no period can hold because they have no date, and the rounds, both counted apart."""
    given = index.given
    undated = [i for i in given.ordnance if i.found_date is None and wanted(i) and i.category is not ROUNDS]
    rounds = [i for i in found_within(index, given.start, given.end) if i.category is ROUNDS]
    points: list[Cell] = []
    if undated:
        points.append(Word("text.undated_finds", (("n", make.num("finds/without date", "items", parts_of(undated))),)))
    if rounds:
        points.append(Word("text.rounds", (("n", make.num("finds/small arms ammunition", "rounds",
                                                          parts_of(rounds))),)))
    return tuple(points)


def model_name(item: OrdnanceItem) -> str:
    """Return the type of an item as its record gives it."""
    return item.model.strip()


def types_grid(make: Maker, name: str, caption: Word, items: list[OrdnanceItem]) -> Grid:
    """Return items by type as recorded, those without a type in a row of their own."""
    held: dict[str, list[Part]] = {}
    for item in items:
        held.setdefault(model_name(item), []).append((item.id, item.quantity))
    rows: list[tuple[tuple[Cell, ...], list[Num]]] = []
    for model in sorted(held, key=lambda m: (not m, m)):
        label: Cell = Text(model) if model else NOT_STATED
        rows.append(((label,), [make.num(f"{name}/{model or '-'}", "items", held[model])]))
    return make.table(caption, (Word("head.type"), Word("head.items")), rows, f"{name}/total")


def finds_grid(make: Maker, index: Index, items: list[OrdnanceItem], name: str = "finds") -> Grid:
    """Return finds by category and what became of them, small arms ammunition left out."""
    public = index.given.public
    held: dict[ContaminationCategory, list[OrdnanceItem]] = {}
    for item in items:
        if item.category is not ROUNDS:
            held.setdefault(item.category, []).append(item)
    rows: list[tuple[tuple[Cell, ...], list[Num]]] = []
    for category in (c for c in ContaminationCategory if c in held):
        cells = [make.num(f"{name}/{category.value}/found", "items", parts_of(held[category]))]
        if not public:
            cells += [make.num(f"{name}/{category.value}/{d.value}", "items",
                               parts_of(i for i in held[category] if i.disposition is d)) for d in Disposition]
        label = Word("word.all_types") if public else contamination_word(category)
        rows.append(((label,), cells))
    heads = [Word("head.category"), Word("head.found")]
    if not public:
        heads += [Word(f"disposition.{d.value}") for d in Disposition]
    return make.table(Word("caption.finds"), heads, rows, f"{name}/total" if not public else "")


def finds_chart(make: Maker, items: list[OrdnanceItem]) -> Chart:
    """Return finds by category as bars, small arms ammunition left out."""
    held: dict[ContaminationCategory, list[Part]] = {}
    for item in items:
        if item.category is not ROUNDS:
            held.setdefault(item.category, []).append((item.id, item.quantity))
    points = tuple((contamination_word(c), make.num(f"chart finds/{c.value}", "items", held[c]).figure)
                   for c in ContaminationCategory if c in held)
    return Chart("finds", Word("chart.finds"), points)
