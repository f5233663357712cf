"""The calendar of treaty deadlines, from the dates that the programme has set (APMBC 5 and 7, CCM 4 and 7)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from safeground.report.document import Cell, Chapter, Day, Grid, Word
from safeground.report.settings import ReportSettings
from safeground.report.source import ReportInput


def months_earlier(day: date, months: int) -> date:
    """Return the day so many months earlier; the last day of the month where it has no such day."""
    at = day.year * 12 + day.month - 1 - months
    year, month = at // 12, at % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def years_later(day: date, count: int) -> date:
    """Return the same day so many years later; 28 February where there is no 29th."""
    return months_earlier(day, -12 * count)


def deadlines(settings: ReportSettings, end: date) -> tuple[tuple[str, date | None], ...]:
    """Return (key, day) of each deadline; None = the date that it depends on is not set.

    Parameters
    ----------
    end : last day of the period reported on; the annual report about its year is due on 30 April of the next.
    """
    apmbc, ccm = settings.apmbc_entry_into_force, settings.ccm_entry_into_force
    first = timedelta(days=180)
    meeting = settings.ccm_extension_meeting
    return (
        ("apmbc_first", apmbc and apmbc + first), ("apmbc_annual", date(end.year + 1, 4, 30)),
        ("apmbc_clearance", settings.apmbc_clearance_deadline or (apmbc and years_later(apmbc, 10))),
        ("ccm_first", ccm and ccm + first), ("ccm_annual", date(end.year + 1, 4, 30)),
        ("ccm_clearance", settings.ccm_clearance_deadline or (ccm and years_later(ccm, 10))),
        ("ccm_extension", meeting and months_earlier(meeting, 9)))


def deadline_chapter(given: ReportInput, treaty: str = "") -> Chapter:
    """Return the deadlines of one treaty (``apmbc``, ``ccm``) or of both."""
    rows: list[tuple[Cell, ...]] = []
    for key, day in deadlines(given.settings, given.end):
        if key.startswith(treaty):
            rows.append((Word(f"deadline.{key}"), Day(day) if day else Word("word.not_set")))
    grid = Grid(Word("caption.deadlines"), (Word("head.deadline"), Word("head.date")), tuple(rows))
    return Chapter(Word("title.deadlines"), (Word("text.deadlines"),), grids=(grid,))
