"""From time expressions to days: bounds of start and end, lengths, and events that several expressions bound together.

A text says ``a 120-day deployment that began in August`` and ``a welcome ceremony on Friday``; together they leave the
start fifteen days and the end fifteen.  Nothing is rounded to a single day, and both ways of counting days are kept.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from safeground.claims.network import Network, Solution
from safeground.claims.time_values import days_of
from safeground.records.claims import TimeExpression, TimeRef

_PART = re.compile(r"(\d+(?:\.\d+)?)(DE|CE|[YMWDHS])")
#: Days of one unit, fewest and most.
_DAYS = {"S": (1 / 86400, 1 / 86400), "H": (1 / 24, 1 / 24), "D": (1.0, 1.0), "W": (7.0, 7.0), "M": (28.0, 31.0),
         "Y": (365.0, 366.0), "DE": (3652.0, 3653.0), "CE": (36524.0, 36525.0)}
_MONTH_RUNS = {1: (28, 31), 2: (59, 62), 3: (89, 92), 4: (120, 123), 5: (150, 153), 6: (181, 184), 7: (212, 215),
               8: (242, 245), 9: (273, 276), 10: (303, 306), 11: (334, 337), 12: (365, 366)}
#: What ``about`` leaves open, as a part of the number.
ABOUT = 0.10


def length_days(value: str, mod: str = "") -> tuple[float | None, float | None]:
    """Return the fewest and the most days of a DURATION or SET value, None = open or unknown.

    ``P3M`` is 89 to 92 days; ``LESS_THAN`` leaves 0 to 91, one day below the most; ``P4M/P5M`` is a range; an ``X`` is
    unknown.  ``APPROX`` widens by a tenth.
    """
    if "/" in value:
        first, second = (length_days(part) for part in value.split("/", 1))
        low, high = first[0], second[1]
    else:
        low, high = _plain_length(value)
    if low is None or high is None:
        return None, None
    match mod:
        case "LESS_THAN":
            return 0.0, max(0.0, high - 1) if high >= 2 else high
        case "EQUAL_OR_LESS":
            return 0.0, high
        case "MORE_THAN":
            return low, None
        case "EQUAL_OR_MORE":
            return low, None
        case "APPROX":
            return low * (1 - ABOUT), high * (1 + ABOUT)
    return low, high


def _plain_length(value: str) -> tuple[float | None, float | None]:
    body, _, clock = value.removeprefix("P").partition("T")
    if not value.startswith("P") or "X" in value or not (body or clock):
        return None, None
    low = high = 0.0
    for text, is_clock in ((body, False), (clock, True)):
        for number, unit in _PART.findall(text):
            count = float(number)
            if is_clock and unit == "M":
                part = (count / 1440, count / 1440)
            elif unit == "M" and count in _MONTH_RUNS:
                part = _MONTH_RUNS[int(count)]
            elif unit == "M":
                part = (count * 30.4, count * 30.5)
            elif unit == "Y" and count > 1:
                part = (float(int(count * 365.2)), float(-int(-count * 365.25 // 1)))
            else:
                part = (count * _DAYS[unit][0], count * _DAYS[unit][1])
            low, high = low + part[0], high + part[1]
    return (low, high) if _PART.search(value) else (None, None)


def narrowed(days: tuple[date, date], mod: str) -> tuple[date, date]:
    """Return the part of a period that START, MID or END leaves.

    Of a month: days 1-10, 11-20, 21-end.  Of a year, quarter, decade or century: thirds.  Of a week: Monday and
    Tuesday, Wednesday and Thursday, Friday to Sunday.  A single day stays whole.
    """
    first, last = days
    count = (last - first).days + 1
    if mod not in ("START", "MID", "END") or count == 1:
        return days
    third = count // 3
    if first.day == 1 and count == calendar.monthrange(first.year, first.month)[1]:
        third = 10
    cuts = {"START": (0, third - 1), "MID": (third, 2 * third - 1), "END": (2 * third, count - 1)}
    low, high = cuts[mod]
    return first + timedelta(days=low), first + timedelta(days=high)


def resolved(expression: TimeExpression, anchor: date | None) -> TimeRef:
    """Return what one expression says of when.

    A date or time gives the days between which start and end lie; ``earlier this month`` ends at the anchor and ``later
    this year`` begins there.  A duration gives days under either way of counting; a reference such as ``now`` is the
    anchor, ``recently`` is not after it.
    """
    base = TimeRef(text=expression.text, mod=expression.mod, spans=(expression.span,))
    if expression.type in ("DURATION", "SET"):
        low, high = length_days(expression.value, expression.mod)
        return replace(base, duration_days_min=low, duration_days_max=high)
    if expression.value == "PRESENT_REF":
        return replace(base, earliest_start=anchor, latest_start=anchor, earliest_end=anchor, latest_end=anchor)
    if expression.value == "PAST_REF":
        return replace(base, latest_start=anchor, latest_end=anchor)
    if expression.value == "FUTURE_REF":
        return replace(base, earliest_start=anchor, earliest_end=anchor)
    days = days_of(expression.value)
    if days is None:
        return base
    first, last = narrowed(days, expression.mod)
    low_words = expression.text.lower()
    if anchor is not None and first <= anchor <= last:
        if low_words.startswith("earlier"):
            last = anchor
        elif low_words.startswith("later"):
            first = anchor
    if expression.mod == "BEFORE":
        return replace(base, latest_start=last, latest_end=last)
    if expression.mod == "AFTER":
        return replace(base, earliest_start=first, earliest_end=first)
    return replace(base, earliest_start=first, latest_start=last, earliest_end=first, latest_end=last)


def resolve(expressions: Iterable[TimeExpression], anchor: date | None) -> list[TimeRef]:
    """Return what each expression says of when, in their order."""
    return [resolved(expression, anchor) for expression in expressions]


@dataclass(frozen=True, slots=True)
class EventTimes:
    """When an event began and ended, or why its times cannot all be right.

    Attributes
    ----------
    time : the bounds; ``inclusive`` and ``exclusive`` hold both ways of counting where a length was given.
    consistent : whether the times agree under at least one way of counting.  cycle : the constraints that do not.
    """

    time: TimeRef
    consistent: bool
    cycle: tuple[str, ...] = ()


def _network(inclusive: bool, *, start: TimeRef | None, end: TimeRef | None, length: TimeRef | None,
             not_before: date | None, not_after: date | None) -> Network:
    net = Network(inclusive)
    net.before("start", "end", "it ends after it begins")
    for point, ref in (("start", start), ("end", end)):
        if ref is not None:
            net.dated(point, ref.earliest_start, ref.latest_end, f"{point}: {ref.text or 'as given'}")
    if length is not None:
        net.lasts("start", "end", length.duration_days_min, length.duration_days_max,
                  f"length: {length.text or 'as given'}")
    if not_before is not None:
        net.dated("start", not_before, None, f"not before {not_before.isoformat()}")
    if not_after is not None:
        net.dated("end", None, not_after, f"not after {not_after.isoformat()}")
    return net


def _bounds(solution: Solution) -> tuple[date | None, ...]:
    return (*solution.bounds["start"], *solution.bounds["end"]) if solution.consistent else ()


def event_times(*, start: TimeRef | None = None, end: TimeRef | None = None, length: TimeRef | None = None,
                not_before: date | None = None, not_after: date | None = None) -> EventTimes:
    """Return when an event began and ended, from all that is said about it.

    Parameters
    ----------
    start, end : when it began and ended, as :func:`resolve` gives them.  length : how long it lasted.
    not_before, not_after : days that bound it from outside, e.g. the ceremony after the return.

    Notes
    -----
    Both ways of counting days are solved.  The four dates of the answer are the inclusive ones; if only the exclusive
    count is possible they are its.
    """
    given = [ref for ref in (start, end, length) if ref is not None]
    solutions = [_network(inclusive, start=start, end=end, length=length, not_before=not_before,
                          not_after=not_after).solve() for inclusive in (True, False)]
    base = TimeRef(text=" · ".join(ref.text for ref in given if ref.text), mod=length.mod if length else "",
                   duration_days_min=length.duration_days_min if length else None,
                   duration_days_max=length.duration_days_max if length else None,
                   spans=tuple(span for ref in given for span in ref.spans))
    inclusive, exclusive = (_bounds(solution) for solution in solutions)
    if not inclusive and not exclusive:
        return EventTimes(base, False, solutions[0].cycle)
    four = inclusive or exclusive
    counted = length is not None and length.duration_days_min is not None
    time = replace(base, earliest_start=four[0], latest_start=four[1], earliest_end=four[2], latest_end=four[3],
                   inclusive=inclusive if counted else (), exclusive=exclusive if counted else ())
    return EventTimes(time, True)
