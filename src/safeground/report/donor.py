"""The donor report: each square centimetre, item and beneficiary credited once, and what is credited to nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from safeground.foundation.invariant import invariant
from safeground.records.vocabulary import RELEASED_STATUSES
from safeground.report.document import Cell, Chapter, Grid, Maker, Num, Text, Word
from safeground.report.donors import Credit, audience, present
from safeground.report.parts_finds import ROUNDS, found_within, undated_points
from safeground.report.parts_land import M2, apart_chapter, burn_up, release_word, square_chapter, waiting_chapter
from safeground.report.source import Index

Row = tuple[tuple[Cell, ...], list[Num]]


def _names(credits: Iterable[Credit]) -> list[str]:
    """Return the donors in order, nobody last and always there, so that it is seen when nothing is left over."""
    return [*sorted({credit.donor for credit in credits if credit.donor}), ""]


def _label(donor: str) -> Cell:
    return Text(donor) if donor else Word("word.unattributed")


def _grid(make: Maker, name: str, caption: Word, heads: tuple[Word, ...], credits: tuple[Credit, ...], unit: str,
          keys: tuple[str, ...]) -> Grid:
    rows: list[Row] = []
    for donor in _names(credits):
        nums = [make.num(f"{name}/{donor or '-'}/{key}", unit, (
            (c.record_id, c.amount) for c in credits if c.donor == donor and c.key == key)) for key in keys]
        if len(keys) > 1 and unit == M2:
            nums.append(make.total(f"{name}/{donor or '-'}/all", nums))
        rows.append(((_label(donor),), nums))
    return make.table(caption, (Word("head.donor"), *heads), rows, f"{name}/total")


def _must_equal(credits: Iterable[Credit], key: Callable[[str], bool], expected: int, what: str) -> None:
    found = sum(credit.amount for credit in credits if key(credit.key))
    invariant(found == expected, f"{found} {what} are credited, there are {expected}", code="SG-REPORT-001",
              subject=what)


def donor_chapters(make: Maker, index: Index) -> tuple[Chapter, ...]:
    """Return the chapters of the donor report.

    Raises
    ------
    InvariantBroken : the credits of land, items or people do not sum to what there is (``SG-REPORT-001``).
    """
    given, credits = index.given, index.given.attribution
    finds = found_within(index, given.start, given.end)
    _must_equal(credits.land, lambda key: True, sum(m.amount_cm2 for m in index.released(given.start, given.end)),
                "cm²")
    _must_equal(credits.items, lambda key: key == "eo", sum(i.quantity for i in finds if i.category is not ROUNDS),
                "items")
    _must_equal(credits.people, lambda key: True,
                sum(audience(s) for s in given.sessions if given.within(s.session_date))
                + sum(present(h) for h in given.handovers if given.within(h.handover_date)), "people")
    methods = tuple(s.value for s in RELEASED_STATUSES)
    land = _grid(make, "land", Word("caption.donor_land"), (*(release_word(s) for s in RELEASED_STATUSES),
                                                            Word("head.released")), credits.land, M2, methods)
    items = _grid(make, "items", Word("caption.donor_items"), (Word("head.items"),), tuple(
        c for c in credits.items if c.key == "eo"), "items", ("eo",))
    people = _grid(make, "people", Word("caption.donor_people"), (
        Word("head.sessions_people"), Word("head.handover_people")), credits.people, "people", ("session", "handover"))
    undated = tuple(s.id for s in given.sessions if s.session_date is None)
    points = undated_points(make, index, lambda item: True)
    if undated:
        points += (Word("text.undated_sessions", (("n", make.count("sessions/without date", "records", undated)),)),)
    chapters = [Chapter(Word("title.donors"), (Word("text.donors"), Word("text.donor_people")), points,
                        (land, items, people), (burn_up(make, index),)),
                waiting_chapter(make, index), apart_chapter(make, index)]
    if given.public:
        chapters.append(square_chapter(make, given))
    return tuple(chapters)
