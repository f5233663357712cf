"""Calendar arithmetic on TIMEX3 values: weeks, months, quarters, seasons and years around an anchor or a reference."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

YEAR_MIN, YEAR_MAX = 1, 9998
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_WEEK = re.compile(r"(\d{4})-W(\d{2})(-WE)?")
_QUARTER = re.compile(r"(\d{4})-([QH])(\d)")
_SEASON = re.compile(r"(\d{4})-(SP|SU|FA|WI)")


def week_value(day: date) -> str:
    """Return the ISO week that holds a day, ``2013-W12``."""
    iso = day.isocalendar()
    return f"{iso.year:04d}-W{iso.week:02d}"


def add_months(day: date, months: int) -> date:
    """Return the first day of the month so many months on."""
    whole = day.year * 12 + day.month - 1 + months
    year = min(max(whole // 12, YEAR_MIN), YEAR_MAX)
    return date(year, whole % 12 + 1, 1)


def add_days(day: date, days: int) -> date:
    """Return a day so many days on, held within the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date(YEAR_MAX if days > 0 else YEAR_MIN, 1, 1)


def shifted(day: date, unit: str, number: float) -> str:
    """Return the TIMEX3 value so many units from a day, as fine as the unit is.

    Days give a day, weeks a week, months a month; years, decades and centuries a year.
    """
    count = round(number)
    if unit == "day":
        return add_days(day, count).isoformat()
    if unit in ("week", "fortnight"):
        return week_value(add_days(day, round(7 * number * (2 if unit == "fortnight" else 1))))
    if unit == "weekend":
        return week_value(add_days(day, 7 * count)) + "-WE"
    if unit == "month":
        moved = add_months(day, count)
        return f"{moved.year:04d}-{moved.month:02d}"
    if unit == "quarter":
        moved = add_months(day, 3 * count)
        return f"{moved.year:04d}-Q{(moved.month + 2) // 3}"
    years = {"year": 1, "decade": 10, "century": 100}.get(unit, 0) * number
    if years != int(years):
        moved = add_months(day, round(12 * years))
        return f"{moved.year:04d}-{moved.month:02d}"
    return f"{min(max(day.year + int(years), YEAR_MIN), YEAR_MAX):04d}"


def weekday_near(anchor: date, weekday: int, ahead: int) -> date:
    """Return the weekday (1 = Monday) on or before the anchor, or on or after it if `ahead` is 1."""
    behind = (anchor.isoweekday() - weekday) % 7
    return add_days(anchor, -behind if ahead <= 0 else (7 - behind) % 7)


def month_near(anchor: date, month: int, ahead: int) -> int:
    """Return the year of a month without one.

    Looking back: the last such month, this one included; ahead: the next, this one included.  If nothing tells, the
    nearer one, and back for as many as eight months.
    """
    behind = (anchor.month - month) % 12
    if behind == 0:
        return anchor.year
    back = add_months(anchor, -behind).year
    forward = add_months(anchor, 12 - behind).year
    if ahead == 0:
        return back if behind <= 8 else forward
    return back if ahead < 0 else forward


def day_near(anchor: date, month: int, day: int, ahead: int) -> date | None:
    """Return the date of a month and day without a year, None = there is no such day.

    The words decide, unless they would make it ten months old when it is less than two months off.
    """
    found = [date(year, month, day) for year in range(anchor.year - 4, anchor.year + 5)
             if max(YEAR_MIN, 1) <= year <= YEAR_MAX and 1 <= day <= calendar.monthrange(year, month)[1]]
    if not found:
        return None
    back = max((item for item in found if item <= anchor), default=found[0])
    forward = min((item for item in found if item >= anchor), default=found[-1])
    far, near = (anchor - back).days, (forward - anchor).days
    if ahead > 0:
        return forward if near < 330 or far > 45 else back
    if ahead < 0:
        return forward if far > 300 and near < 45 else back
    return back if far <= near or far <= 120 else forward


def days_of(value: str) -> tuple[date, date] | None:
    """Return the first and the last day that a DATE or TIME value covers, None = it fixes none.

    Knows days, months, ISO weeks and weekends, quarters, halves, seasons (of the north), years, decades and centuries.
    """
    core = value.split("T")[0]
    try:
        if found := _DAY.fullmatch(core):
            day = date(int(found[1]), int(found[2]), int(found[3]))
            return day, day
        if found := _MONTH.fullmatch(core):
            first = date(int(found[1]), int(found[2]), 1)
            return first, _last_of_month(first)
        if found := _WEEK.fullmatch(core):
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
            return (monday + timedelta(days=5 if found[3] else 0)), monday + timedelta(days=6)
        if found := _QUARTER.fullmatch(core):
            length = 3 if found[2] == "Q" else 6
            first = date(int(found[1]), length * (int(found[3]) - 1) + 1, 1)
            return first, _last_of_month(add_months(first, length - 1))
        if found := _SEASON.fullmatch(core):
            first = date(int(found[1]), {"SP": 3, "SU": 6, "FA": 9, "WI": 12}[found[2]], 1)
            return first, _last_of_month(add_months(first, 2))
        if re.fullmatch(r"\d{2,4}", core):
            zeros = 4 - len(core)
            low, high = int(core + "0" * zeros), int(core + "9" * zeros)
            return date(max(low, YEAR_MIN), 1, 1), date(min(high, YEAR_MAX), 12, 31)
    except (ValueError, OverflowError):  # a month 13, a week 60, a week past the last year
        return None
    return None


def _last_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def easter(year: int) -> date:
    """Return Easter Sunday of the western churches (Gregorian computus of Meeus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)
