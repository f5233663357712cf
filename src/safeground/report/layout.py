"""A report in one language, as text in place: what PDF, DOCX and HTML print alike."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from safeground.report.content import LIST_MAX
from safeground.report.document import Cell, Chart, Document, Grid, Num, Text, Traced
from safeground.report.language import Catalogue
from safeground.report.public import shown_figures


@dataclass(frozen=True, slots=True)
class Said:
    """A cell's text; `ltr` = it runs left to right in every language; `link` = anchor of its records, "" = none."""

    text: str
    ltr: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table; `numeric` and `heads` go column by column."""

    caption: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[Said, ...], ...]
    total: bool
    signing: bool
    rest: str


@dataclass(frozen=True, slots=True)
class PageChart:
    """A picture: the file's name without suffix, what it shows, and its description for those who do not see it."""

    name: str
    chart: Chart
    alt: str


@dataclass(frozen=True, slots=True)
class PageChapter:
    """A section as it is printed."""

    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]
    tables: tuple[PageTable, ...]
    charts: tuple[PageChart, ...]


@dataclass(frozen=True, slots=True)
class RecordList:
    """The records behind one figure: anchor, heading, (id, label, what it adds), and how many are not printed."""

    anchor: str
    heading: str
    lines: tuple[tuple[str, str, str], ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report in one language."""

    language: str
    direction: str
    title: str
    notices: tuple[str, ...]
    about: tuple[tuple[str, Said], ...]
    chapters: tuple[PageChapter, ...]
    records_title: str
    records: tuple[RecordList, ...]
    records_note: str
    fonts_missing: str
    wide: bool


def _is_ltr(cell: Cell) -> bool:
    """Return whether a cell runs left to right by itself: figures, codes, and text in Latin or Cyrillic letters."""
    if not isinstance(cell, Text) or cell.code:
        return isinstance(cell, Num | Text)
    return next((unicodedata.bidirectional(c) == "L" for c in cell.text
                 if unicodedata.bidirectional(c) in ("L", "R", "AL")), False)


def _table(grid: Grid, words: Catalogue, anchors: dict[str, str]) -> PageTable:
    numeric = tuple(grid.numeric(column) for column in range(len(grid.columns)))
    limit = LIST_MAX + (1 if grid.total else 0)
    rows = grid.rows
    rest = ""
    if len(rows) > limit and not grid.whole:
        left = len(rows) - limit
        rows = (*rows[:LIST_MAX], rows[-1]) if grid.total else rows[:LIST_MAX]
        rest = words.word("word.left_out").format(n=words.number(left))
    said = tuple(tuple(Said(words.say(cell), _is_ltr(cell), anchors.get(cell.figure.name, "") if isinstance(cell, Num)
                            else "") for cell in row) for row in rows)
    if not said:
        said = ((Said(words.word("word.none"), False, ""), *(Said("", False, "") for _ in grid.columns[1:])),)
    return PageTable(words.say(grid.caption), tuple(words.say(head) for head in grid.columns), numeric, said,
                     grid.total, grid.signing, rest)


def chart_alt(chart: Chart, words: Catalogue) -> str:
    """Return a picture's figures in words."""
    points = [f"{words.say(label)} {words.number(figure.amount, figure.unit)}" for label, figure in chart.points]
    points += [f"{words.say(label)} {words.number(figure.amount, figure.unit)}" for label, figure in chart.second]
    return f"{words.say(chart.title)}: {'; '.join(points)}."


def _unit(unit: str, words: Catalogue) -> str:
    """Return a unit after a number; a noun stands in brackets, because languages count it in many forms."""
    return words.unit(unit) if unit in ("m²", "hours") else f"({words.unit(unit)})"


def _record_list(anchor: str, num: Num, words: Catalogue, labels: dict[str, str]) -> RecordList:
    figure = num.figure
    head = words.word("word.behind").format(name=figure.name, value=words.figure(figure, num.mark),
                                            unit=_unit(figure.unit, words))
    lines = tuple((record, labels.get(record, ""), words.number(share, figure.unit)) for record, share in zip(
        figure.records[:LIST_MAX], figure.shares[:LIST_MAX], strict=True))
    left = len(figure.records) - len(lines)
    return RecordList(anchor, head, lines, words.word("word.left_out").format(n=words.number(left)) if left else "")


def lay_out(document: Document, words: Catalogue) -> Page:
    """Return the report in one language; in the public edition no record is named."""
    shown = shown_figures(document)
    listed = {} if document.public else {name: num for name, num in shown.items() if num.figure.records}
    anchors = {name: f"figure-{number}" for number, name in enumerate(listed, 1)}
    labels = dict(document.labels)
    chapters, count = [], 0
    for chapter in document.chapters:
        charts = []
        for chart in chapter.charts:
            count += 1
            charts.append(PageChart(f"chart-{count}", chart, chart_alt(chart, words)))
        chapters.append(PageChapter(
            words.say(chapter.title), tuple(words.say(c) for c in chapter.paragraphs),
            tuple(words.say(c) for c in chapter.points), tuple(_table(g, words, anchors) for g in chapter.grids),
            tuple(charts)))
    return Page(
        language=words.code, direction=words.direction, title=words.say(document.title),
        notices=tuple(words.say(n) for n in document.notices),
        about=tuple((words.say(name), Said(words.say(cell), _is_ltr(cell))) for name, cell in document.about),
        chapters=tuple(chapters), records_title=words.word("word.records"),
        records=tuple(_record_list(anchors[name], num, words, labels) for name, num in listed.items()),
        records_note=words.word("word.no_records") if document.public else "",
        fonts_missing=words.word("word.fonts_missing"), wide=document.wide)


def exact_cell(cell: Cell) -> int | float | str | None:
    """Return what a spreadsheet holds of a cell: a number for a shown figure, None for all that is text."""
    if not isinstance(cell, Num):
        return None
    return cell.mark or cell.figure.value()


def all_figures(document: Document) -> list[tuple[Traced, str]]:
    """Return every figure with the mark that hides it ("" = shown); in the public edition only those that it prints."""
    shown = shown_figures(document)
    charted = {f.name: f for chapter in document.chapters for chart in chapter.charts
               for _, f in (*chart.points, *chart.second)}
    if document.public:
        return [(num.figure, num.mark) for num in shown.values()] + [
            (figure, "") for name, figure in charted.items() if name not in shown]
    return [(figure, "") for figure in document.figures]
