"""Reports of a period or of an area: gathered from one state of the project, made, and written whole or not at all."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from safeground.foundation.errors import RequestError
from safeground.ledger.balance import balance_sheet
from safeground.ledger.moves import land_moves, waiting_moves
from safeground.operations.booking import held_parcels
from safeground.operations.context import Caller
from safeground.operations.intake import project_standard
from safeground.operations.project import opened
from safeground.records.land import LandEntry
from safeground.records.nouns import HazardousArea
from safeground.records.payload import to_plain
from safeground.report.document import Document
from safeground.report.donors import Rules, attribute
from safeground.report.kinds import KINDS, build_document
from safeground.report.language import catalogue
from safeground.report.layout import all_figures, lay_out
from safeground.report.public import quarter_start, whole_quarters
from safeground.report.settings import ReportSettings, read_settings
from safeground.report.source import Index, ReportInput, before
from safeground.report.write_docx import docx_bytes
from safeground.report.write_html import html_report
from safeground.report.write_office import write_csv, xlsx_bytes
from safeground.report.write_pdf import write_pdf
from safeground.store.project import Project, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportChoice:
    """What is asked for.

    Attributes
    ----------
    kind : one of ``report.kinds.KINDS``.
    language : en, fr, es, ar, ru or uk.
    start, end : first and last day; None = the kind's own period.
    area : id, sender's id or name of the area, for a completion report or handover certificate.
    public : withhold and generalise for the public.
    """

    kind: str
    language: str = "en"
    start: date | None = None
    end: date | None = None
    area: str = ""
    public: bool = False


def _months_back(today: date, months: int) -> tuple[date, date]:
    """Return the last whole period of so many months (1, 3 or 12) that began in step with the year."""
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    end = before(first)
    return date(end.year, end.month - months + 1, 1), end


def chosen_period(choice: ReportChoice, today: date) -> tuple[date, date]:
    """Return the period of a report.

    Raises
    ------
    RequestError : it ends before it begins, or a public edition's does not begin and end with a quarter
        (``SG-REPORT-009``).
    """
    rule = KINDS[choice.kind].period
    if rule == "ever":
        start, end = choice.start or date.min, choice.end or today
        if choice.public and choice.end is None:
            end = before(quarter_start(today))
    else:
        months = 12 if rule == "year" else 3 if choice.public else 1
        first, last = _months_back(today, months)
        if (choice.start is None) != (choice.end is None):
            raise RequestError("SG-REPORT-009", "period", "has a first or a last day alone.", "Give both, or neither.")
        start, end = choice.start or first, choice.end or last
    if end < start:
        raise RequestError("SG-REPORT-009", "period", f"ends on {end} before it begins on {start}.",
                           "Give the first day, then the last.")
    if choice.public and not whole_quarters(quarter_start(start) if start == date.min else start, end):
        raise RequestError("SG-REPORT-009", "period", f"{start} to {end} is finer than a quarter.",
                           "A public edition begins with a quarter's first day and ends with a quarter's last.")
    return start, end


def find_area(areas: tuple[HazardousArea, ...], name: str) -> str:
    """Return the id of an area that is named by its id, the sender's id or its name.

    Raises
    ------
    RequestError : none is, or several are (``SG-REPORT-010``).
    """
    found = [a for a in areas if name in (a.id, a.local_id, a.name)]
    exact = [a for a in found if a.id == name]
    if len(exact or found) != 1 or not name:
        raise RequestError("SG-REPORT-010", name or "(no area)", "names no hazardous area." if not found else
                           f"names {len(found)} hazardous areas.", "Give --area with the identifier of one area.")
    return (exact or found)[0].id


def project_settings(reader: Reader) -> ReportSettings:
    """Return the project's settings for reports.

    Raises
    ------
    RequestError, RefusedError : they are faulty (``SG-REPORT-005``, ``-006``).
    """
    return read_settings(reader.setting("report"), reader.setting("donors"))


def _book_totals(reader: Reader, entries: tuple[LandEntry, ...]) -> tuple[Any, ...]:
    """Return the land book's own totals of all times; booked gaps to published figures are among them."""
    sheet = balance_sheet(entries, held_parcels(reader, entries))
    return sheet.totals_cm2


def gather_report(reader: Reader, name: str, choice: ReportChoice, caller: Caller) -> ReportInput:
    """Return what a report is made from, read from one state of the project."""
    now = caller.clock()
    start, end = chosen_period(choice, now.date())
    standard = project_standard(reader)
    entries = reader.entries()
    seq, digest = reader.head()
    nouns = {"areas": "hazardous_area", "activities": "activity", "parts": "land_part", "returns": "progress_return",
             "surveys": "survey_report", "lots": "inspection_lot", "inspections": "inspection",
             "nonconformities": "nonconformity", "documents": "document", "markers": "survey_marker",
             "handovers": "handover", "decisions": "release_decision", "ordnance": "ordnance", "accidents": "accident",
             "sessions": "risk_education", "teams": "team", "orders": "task_order"}
    held: dict[str, Any] = {field: tuple(reader.records(noun)) for field, noun in nouns.items()}
    given = ReportInput(
        kind=choice.kind, project=name, made_at=now, standard=standard.name, edition=standard.edition,
        journal_seq=seq, journal_hash=digest, start=start, end=end, settings=project_settings(reader),
        moves=land_moves(entries), waiting=waiting_moves(entries, end), book_cm2=_book_totals(reader, entries),
        area_id=find_area(held["areas"], choice.area) if KINDS[choice.kind].one_area else "", public=choice.public,
        **held)
    return replace(given, attribution=_credits(given)) if choice.kind == "donor" else given


def _credits(given: ReportInput) -> Any:
    rules = Rules(given.settings.donors, given.teams, given.orders, given.returns, given.parts, given.activities)
    released = Index(given).released(given.start, given.end)
    return attribute(rules, released, (i for i in given.ordnance if given.within(i.found_date)),
                     (s for s in given.sessions if given.within(s.session_date)),
                     (h for h in given.handovers if given.within(h.handover_date)))


def make_document(location: Project | str, choice: ReportChoice, caller: Caller) -> tuple[Document, ReportInput]:
    """Return a report before it has a form, and what it was made from.

    Raises
    ------
    RequestError : the period, area or settings are faulty (``SG-REPORT-005``, ``-009``, ``-010``), or the language
        (``SG-REPORT-008``).
    RefusedError : donor shares do not sum to 1 (``SG-REPORT-006``).
    InvariantBroken : a figure does not equal its records or the land book (``SG-REPORT-001``).
    """
    catalogue(choice.language)
    with opened(location, caller) as project:
        caller.progress("reading the land book and the records", 0.1)
        with project.read() as reader:
            given = gather_report(reader, project.name, choice, caller)
    caller.progress("summing the figures", 0.5)
    return build_document(given), given


def made_time(given: ReportInput) -> datetime:
    """Return the time that a report's file bears: in the public edition the end of its period, so that none tells."""
    if not given.public:
        return given.made_at
    return datetime(given.end.year, given.end.month, given.end.day, tzinfo=UTC)


def write_report(document: Document, given: ReportInput, language: str, path: Path) -> None:
    """Write a report in the form that the file's name asks for."""
    words, form, moment = catalogue(language), path.suffix.lower(), made_time(given)
    if form == ".xlsx":
        path.write_bytes(xlsx_bytes(document, words, moment))
    elif form == ".csv":
        write_csv(document, words, path)
    else:
        page = lay_out(document, words)
        if form == ".docx":
            path.write_bytes(docx_bytes(page, words, moment))
        elif form == ".html":
            path.write_text(html_report(page, words), encoding="utf-8")
        else:
            write_pdf(page, words, moment, path)


def figures_plain(document: Document) -> list[dict[str, Any]]:
    """Return the figures as JSON shows them; in the public edition without records, small counts as marks."""
    found = []
    for figure, mark in all_figures(document):
        shown = figure.as_figure()
        line: dict[str, Any] = {"name": shown.name, "value": mark or shown.value, "unit": shown.unit}
        found.append(line | ({} if document.public else {"records": list(shown.records)}))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsResult:
    """The settings for reports as they are stored, and whether anything was written."""

    settings: ReportSettings
    written: bool


def set_settings(location: Project | str, text: str, caller: Caller, *, dry_run: bool = False) -> SettingsResult:
    """Check the settings for reports and keep them in the project; "" = show what is kept.

    Parameters
    ----------
    text : TOML with a table ``[report]`` and rules ``[[donors]]``.

    Raises
    ------
    RequestError : it is no TOML, or a setting is unknown or faulty (``SG-REPORT-005``).
    RefusedError : donor shares do not sum to 1 (``SG-REPORT-006``); nothing is kept.
    """
    with opened(location, caller) as project:
        if not text:
            with project.read() as reader:
                return SettingsResult(settings=project_settings(reader), written=False)
        try:
            given = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RequestError("SG-REPORT-005", "settings", f"are no TOML: {error}.", "Correct the file.") from error
        unknown = sorted(set(given) - {"report", "donors"})
        if unknown:
            raise RequestError("SG-REPORT-005", ", ".join(unknown), "is not a table of settings.",
                               "Use [report] and [[donors]].")
        settings = read_settings(given.get("report"), given.get("donors"))
        if not dry_run:
            with project.write(caller.info("report", parameters=(("settings", "report, donors"),))) as writer:
                for key in ("report", "donors"):
                    if key in given:
                        writer.set_setting(key, to_plain(given[key]))
        return SettingsResult(settings=settings, written=not dry_run)


