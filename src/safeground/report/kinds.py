"""The kinds of report: which builder makes which, what each needs, and how the whole document is put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from safeground.records.moves import LandMove
from safeground.records.vocabulary import LandStatus
from safeground.report.article5 import article5_chapters
from safeground.report.article7 import article7_chapters, ccm7_chapters
from safeground.report.document import Cell, Chapter, Day, Document, Maker, Span, Text, Word, check_book, given_text
from safeground.report.donor import donor_chapters
from safeground.report.monthly import monthly_chapters
from safeground.report.one_area import completion_chapters, handover_chapters, open_matters, the_area
from safeground.report.parts_land import area_label
from safeground.report.public import public_document, public_input
from safeground.report.source import Index, ReportInput


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of report.

    Attributes
    ----------
    one_area : it is about one area, which must be named.
    period : default period: ``year`` and ``month`` = the last whole one, ``ever`` = all up to now.
    wide : its tables need a page on its side.
    """

    build: Callable[[Maker, Index], tuple[Chapter, ...]]
    period: str = "year"
    one_area: bool = False
    wide: bool = False


KINDS: dict[str, Kind] = {
    "completion": Kind(completion_chapters, "ever", one_area=True),
    "handover": Kind(handover_chapters, "ever", one_area=True),
    "monthly": Kind(monthly_chapters, "month"),
    "donor": Kind(donor_chapters),
    "article7": Kind(article7_chapters, wide=True),
    "ccm7": Kind(ccm7_chapters, wide=True),
    "article5": Kind(article5_chapters, wide=True),
}
#: Forms in which every kind can be written.
FORMS = (".pdf", ".docx", ".xlsx", ".csv", ".html")


def _totals(moves: tuple[LandMove, ...]) -> dict[LandStatus, int]:
    found: dict[LandStatus, int] = {}
    for move in moves:
        found[move.status] = found.get(move.status, 0) + move.amount_cm2
    return found


def _about(index: Index) -> tuple[tuple[Word, Cell], ...]:
    given = index.given
    period = Day(given.end) if KINDS[given.kind].period == "ever" else Span(given.start, given.end)
    lines: list[tuple[Word, Cell]] = [(Word("about.project"), Text(given.project))]
    if KINDS[given.kind].one_area and not given.public:
        lines.append((Word("head.area"), Text(area_label(the_area(index)))))
    lines += [(Word("about.until" if isinstance(period, Day) else "about.period"), period),
              (Word("about.standard"), given_text(f"{given.standard} {given.edition}".strip()))]
    if given.public:
        return (*lines, (Word("about.edition"), Word("about.public")))
    return (*lines, (Word("about.made"), Text(f"{given.made_at:%Y-%m-%d %H:%M %Z}", code=True)),
            (Word("about.journal"), Text(f"{given.journal_seq} · {given.journal_hash[:16]}", code=True)))


def _labels(index: Index) -> tuple[tuple[str, str], ...]:
    """Return what each record behind a figure is called, for those who read the lists of records."""
    given = index.given
    found = {area.id: area_label(area) for area in given.areas}
    found |= {a.id: a.name or a.local_id for a in given.activities}
    for move in given.moves:
        found.setdefault(move.entry_id, f"{move.flow.value}{' reversed' if move.reversal else ''}, "
                                        f"{found.get(move.area_id, move.area_id)}, {move.on.isoformat()}")
    for held in given.waiting:
        found[held.entry_id] = f"pending {held.target.value}, {found.get(held.area_id, held.area_id)}"
    found |= {i.id: f"{i.model or i.category.value}, {i.found_date or '-'}" for i in given.ordnance}
    for records in (given.returns, given.inspections, given.orders, given.accidents, given.sessions, given.handovers,
                    given.nonconformities, given.lots):
        found |= {record.id: record.local_id for record in records if record.local_id}
    return tuple(found.items())


def build_document(given: ReportInput) -> Document:
    """Return the report as cells and figures, in no language yet; withheld values are taken out first if public.

    Raises
    ------
    InvariantBroken : the moves do not sum to the land book, or records do not sum to a figure (``SG-REPORT-001``).
    """
    check_book(_totals(given.moves), dict(given.book_cm2))
    kind = KINDS[given.kind]
    public = given.public
    index = Index(public_input(given) if public else given)
    make = Maker(given.kind)
    chapters = kind.build(make, index)
    notices = [Word("notice.decision"), Word("notice.posted")]
    if given.kind == "handover" and open_matters(index):
        notices.insert(0, Word("notice.draft"))
    if public:
        notices.append(Word("notice.public", (("k", Text(str(given.settings.k), code=True)),
                                              ("grid", Text(f"{given.settings.grid_m / 1000:g} km", code=True)))))
    document = Document(
        kind=given.kind, title=Word(f"kind.{given.kind}", (("project", Text(index.given.project)),)),
        notices=tuple(notices), about=_about(index), chapters=chapters, figures=tuple(make.figures.values()),
        labels=() if public else _labels(index), public=public, wide=kind.wide)
    return public_document(document, given.settings.k) if public else document
