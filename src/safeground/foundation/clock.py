"""Time is passed in: only the faces and the hall make a clock, everything below is handed one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from safeground.foundation.errors import RequestError

#: A clock is any callable that answers an aware UTC time.
Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the machine's time in UTC, to the microsecond.  For faces only."""
    return datetime.now(UTC)


def fixed_clock(start: datetime, step: timedelta = timedelta(seconds=1)) -> Clock:
    """Return a clock that starts at `start` and advances by `step` at each call, so that a run repeats to the byte."""
    if start.tzinfo is None:
        raise RequestError("SG-CORE-003", "clock", f"{start.isoformat()} has no time zone.", "Give an aware UTC time.")
    now = start.astimezone(UTC) - step

    def tick() -> datetime:
        nonlocal now
        now += step
        return now

    return tick


def iso_utc(moment: datetime) -> str:
    """Return ISO 8601 UTC text with microseconds and ``Z``, the one form that is stored."""
    if moment.tzinfo is None:
        raise RequestError("SG-CORE-003", "time", f"{moment.isoformat()} has no time zone.", "Give an aware time.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
