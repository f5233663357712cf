"""What a report says before it has a form or a language: cells, tables, sections, and the figures behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from safeground.foundation.invariant import invariant
from safeground.records.vocabulary import LandStatus
from safeground.report.figures import Figure

#: Units whose figures are counts of areas, items, people or events: in the public edition small ones are withheld.
COUNTS = ("areas", "items", "rounds", "people", "accidents", "visits", "cases", "tasks", "records", "returns")


@dataclass(frozen=True, slots=True)
class Traced:
    """A figure as an exact whole number with the records it came from.

    Attributes
    ----------
    name : stable English path such as ``article5/2025/Vesterlund/apm/cleared``; the same in every language.
    unit : ``m²`` (amount in cm²), ``hours`` (amount in minutes), or one of ``COUNTS``.
    records, shares : ids, and what each adds to the amount; they sum to it.
    """

    name: str
    unit: str
    amount: int
    records: tuple[str, ...] = ()
    shares: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        invariant(len(self.records) == len(self.shares) and sum(self.shares) == self.amount,
                  f"the records of {self.name} sum to {sum(self.shares)}, the figure is {self.amount}",
                  code="SG-REPORT-001", subject=self.name)

    def scale(self) -> int:
        """Return how many of the amount make one unit."""
        return {"m²": 10_000, "hours": 60}.get(self.unit, 1)

    def value(self) -> float | int:
        """Return the figure in its unit."""
        return self.amount if self.scale() == 1 else self.amount / self.scale()

    def as_figure(self) -> Figure:
        """Return it as every face shows figures."""
        scale = self.scale()
        return Figure(self.name, self.value(), self.unit, self.records,
                      self.shares if scale == 1 else tuple(share / scale for share in self.shares))


@dataclass(frozen=True, slots=True)
class Num:
    """A cell that shows a figure; `mark` is shown in its place where a count is withheld."""

    figure: Traced
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A cell or a title in the reader's language: a key of the catalogue, with what its placeholders hold."""

    key: str
    values: tuple[tuple[str, Cell], ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A cell that shows a record's own text, as given, in any language; ``code`` = an id, a coordinate, a number."""

    text: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A cell that shows a date; None = not stated."""

    day: date | None


@dataclass(frozen=True, slots=True)
class Span:
    """A cell that shows a period."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Joined:
    """A cell that shows several, with commas between."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """A cell that shows a measured number, or a range of two, with its unit: ``cm``, ``m`` or ``°``.

    Attributes
    ----------
    values : one value, or the least and the largest.  places : digits after the decimal sign.
    """

    values: tuple[float, ...]
    unit: str
    places: int = 0


Cell = Num | Word | Text | Day | Span | Joined | Measure
NOT_STATED = Word("word.not_stated")


def say(key: str, **values: Cell) -> Word:
    """Return a sentence of the catalogue with its placeholders filled."""
    return Word(key, tuple(values.items()))


def given_text(text: str) -> Cell:
    """Return a record's text, or that it is not stated."""
    return Text(text) if text.strip() else NOT_STATED


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `total` = the last row is one.  A column is numeric where its cells are figures.

    `signing` : rows are for signatures and are set high.  `whole` : it is never cut, however long it is.
    """

    caption: Word
    columns: tuple[Word, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    signing: bool = False
    whole: bool = False

    def numeric(self, column: int) -> bool:
        """Return whether a column holds figures."""
        return any(isinstance(row[column], Num) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of figures: ``burn_up``, ``waterfall`` or ``finds``.

    Attributes
    ----------
    points : for each bar or step its label and its figure.
    second : of ``burn_up``: what waits, in the same order.
    """

    kind: str
    title: Word
    points: tuple[tuple[Cell, Traced], ...]
    second: tuple[tuple[Cell, Traced], ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section: its title, sentences, points, tables and charts."""

    title: Word
    paragraphs: tuple[Cell, ...] = ()
    points: tuple[Cell, ...] = ()
    grids: tuple[Grid, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report; `labels` : what a record is called, by its id."""

    kind: str
    title: Word
    notices: tuple[Word, ...]
    about: tuple[tuple[Word, Cell], ...]
    chapters: tuple[Chapter, ...]
    figures: tuple[Traced, ...]
    labels: tuple[tuple[str, str], ...] = ()
    public: bool = False
    wide: bool = False


class Maker:
    """Makes the figures of one report: each name once, each checked when it is made."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.figures: dict[str, Traced] = {}

    def num(self, name: str, unit: str, parts: Iterable[tuple[str, int]], expected: int | None = None) -> Num:
        """Return a cell of what records add up to; records that add 0 are left out.

        Raises
        ------
        InvariantBroken : they do not sum to what is expected (``SG-REPORT-001``).
        """
        held: dict[str, int] = {}
        for record_id, amount in parts:
            held[record_id] = held.get(record_id, 0) + amount
        ranked = sorted(((r, n) for r, n in held.items() if n), key=lambda item: (-item[1], item[0]))
        name = f"{self.kind}/{name}"
        while name in self.figures:  # two teams or donors may bear one name
            name += "~"
        figure = Traced(name, unit, sum(n for _, n in ranked) if expected is None else expected,
                        tuple(r for r, _ in ranked), tuple(n for _, n in ranked))
        self.figures[figure.name] = figure
        return Num(figure)

    def count(self, name: str, unit: str, records: Iterable[str]) -> Num:
        """Return a cell that counts records."""
        return self.num(name, unit, ((record, 1) for record in records))

    def total(self, name: str, cells: Sequence[Num]) -> Num:
        """Return the sum of figures of one unit.  Conserves: its records are theirs."""
        units = {cell.figure.unit for cell in cells}
        invariant(len(units) == 1, f"{name} sums {sorted(units)}", code="SG-REPORT-001", subject=name)
        return self.num(name, units.pop(), (pair for cell in cells for pair in zip(
            cell.figure.records, cell.figure.shares, strict=True)), sum(cell.figure.amount for cell in cells))

    def table(self, caption: Word, heads: Sequence[Word], rows: Sequence[tuple[tuple[Cell, ...], Sequence[Num]]],
              total: str = "") -> Grid:
        """Return a table of words and figures, with a row of totals by column if it is given a name.

        Parameters
        ----------
        rows : for each row its words and its figures; every row has as many of each.
        """
        body: list[tuple[Cell, ...]] = [(*words, *nums) for words, nums in rows]
        if total and rows:
            words = len(rows[0][0])
            sums = [self.total(f"{total}/{column}", [nums[column] for _, nums in rows])
                    for column in range(len(rows[0][1]))]
            body.append((Word("word.total"), *(Text("") for _ in range(words - 1)), *sums))
        return Grid(caption, tuple(heads), tuple(body), total=bool(total and rows))


def check_book(totals: Mapping[LandStatus, int], book: Mapping[LandStatus, int]) -> None:
    """Refuse to go on where the moves do not sum to the land book.

    Raises
    ------
    InvariantBroken : they differ (``SG-REPORT-001``).
    """
    for status in LandStatus:
        if status is not LandStatus.OUTSIDE:
            invariant(totals.get(status, 0) == book.get(status, 0), f"the moves sum to {totals.get(status, 0)} cm² "
                      f"{status}, the book holds {book.get(status, 0)} cm²", code="SG-REPORT-001", subject=status.value)
