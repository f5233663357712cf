"""Dates as written to dates: the order is voted for the whole file, other calendars only when declared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})([T ]\d\d:\d\d(:\d\d(\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?")
_YMD = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_PARTS = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})([T ]\d\d:\d\d(:\d\d)?)?")
#: Days from 1 January of year 1 (proleptic Gregorian) to the day before a calendar's first.
_ISLAMIC_EPOCH, _ETHIOPIAN_EPOCH = 227_014, 2_795
_NOWRUZ_1403 = date(2024, 3, 20)


class DateFault(ValueError):
    """A text that is no date; `args[0]` says why."""


def is_open(text: str) -> bool:
    """Return whether a text can be read as day first and as month first, with different days."""
    found = _PARTS.fullmatch(text.strip())
    if not found:
        return False
    first, second = int(found[1]), int(found[2])
    return first != second and 1 <= first <= 12 and 1 <= second <= 12


def vote(texts: Iterable[str]) -> str:
    """Return the order that the texts prove: ``dmy``, ``mdy``, "" = none does, ``both`` = they contradict."""
    day_first = month_first = False
    for text in texts:
        found = _PARTS.fullmatch(text.strip())
        if found:
            day_first |= int(found[1]) > 12 >= int(found[2])
            month_first |= int(found[2]) > 12 >= int(found[1])
    if day_first and month_first:
        return "both"
    return "dmy" if day_first else "mdy" if month_first else ""


def read_date(value: object, order: str, calendar: str) -> date:
    """Return the Gregorian day of a value.

    Parameters
    ----------
    order : ``dmy`` or ``mdy`` for texts such as 03/04/2020; "" = such a text is refused unless only one order fits.
    calendar : of the year, month and day as written.

    Raises
    ------
    DateFault : no date, an impossible day, or a year of another calendar than declared.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise DateFault(f"is {value!r}, expected a date such as 2024-05-17")
    year, month, day = _numbers(value.strip(), order)
    if calendar == "gregorian":
        if 1250 <= year <= 1500 or 2400 <= year <= 2700:
            kind = "Persian or Hijri" if year < 2000 else "Buddhist"
            raise DateFault(f"is {value!r}: a {kind} year; the calendar of the file is not declared")
        return _gregorian(value, year, month, day)
    return to_gregorian(year, month, day, calendar)


def _gregorian(value: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DateFault(f"is {value!r}: {error}") from error


def _numbers(text: str, order: str) -> tuple[int, int, int]:
    found = _ISO.fullmatch(text) or _YMD.fullmatch(text)
    if found:
        return int(found[1]), int(found[2]), int(found[3])
    found = _PARTS.fullmatch(text)
    if not found:
        raise DateFault(f"is {text[:40]!r}, expected a date such as 2024-05-17")
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    if first == second or first > 12 >= second:
        order = "dmy" if order != "mdy" or first == second else order
    elif second > 12 >= first:
        order = "mdy" if order != "dmy" else order
    if order not in ("dmy", "mdy"):
        raise DateFault(f"is {text!r}: day first or month first is not said")
    return (year, second, first) if order == "dmy" else (year, first, second)


def to_gregorian(year: int, month: int, day: int, calendar: str) -> date:
    """Return the Gregorian day of a day in another calendar.

    Persian: the 33-year cycle, the official one for 1277–1502; Islamic: tabular, type II, which a sighted month may
    miss by a day; Ethiopian: Amete Mihret; Buddhist: Gregorian months with the year + 543 (since 1941).

    Raises
    ------
    DateFault : no such day, or another calendar.
    """
    if calendar == "buddhist":
        return _gregorian(f"{year}-{month}-{day}", year - 543, month, day)
    lengths = {"persian": _persian_lengths, "islamic": _islamic_lengths, "ethiopian": _ethiopian_lengths}.get(calendar)
    if lengths is None:
        raise DateFault(f"calendar {calendar!r} is not known")
    months = lengths(year)
    if not 1 <= year <= 3000 or not 1 <= month <= len(months) or not 1 <= day <= months[month - 1]:
        raise DateFault(f"is {year}-{month}-{day}: no such day in the {calendar} calendar")
    before = sum(months[: month - 1]) + day
    if calendar == "islamic":
        ordinal = _ISLAMIC_EPOCH + (year - 1) * 354 + (11 * (year - 1) + 14) // 30 + before
    elif calendar == "ethiopian":
        ordinal = _ETHIOPIAN_EPOCH + (year - 1) * 365 + year // 4 + before
    else:
        low, high = min(year, 1403), max(year, 1403)
        leaps = sum(_persian_leap(y) for y in range(low, high)) * (1 if year >= 1403 else -1)
        ordinal = _NOWRUZ_1403.toordinal() + (year - 1403) * 365 + leaps + before - 1
    return date(1, 1, 1) + timedelta(days=ordinal - 1)


def _persian_lengths(year: int) -> list[int]:
    return [31] * 6 + [30] * 5 + [29 + _persian_leap(year)]


def _persian_leap(year: int) -> bool:
    return (25 * year + 11) % 33 < 8


def _islamic_lengths(year: int) -> list[int]:
    return [30 - number % 2 for number in range(11)] + [30 if (11 * year + 14) % 30 < 11 else 29]


def _ethiopian_lengths(year: int) -> list[int]:
    return [30] * 12 + [6 if year % 4 == 3 else 5]
