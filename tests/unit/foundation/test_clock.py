"""Time that is handed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from safeground.foundation.clock import fixed_clock, iso_utc, system_clock
from safeground.foundation.errors import RequestError

NOON = datetime(2025, 12, 31, 12, 0, tzinfo=UTC)


def test_a_fixed_clock_starts_where_told_and_moves_by_its_step() -> None:
    tick = fixed_clock(NOON, timedelta(minutes=1))
    assert [tick(), tick(), tick()] == [NOON, NOON + timedelta(minutes=1), NOON + timedelta(minutes=2)]


def test_two_fixed_clocks_do_not_share_their_time() -> None:
    first, second = fixed_clock(NOON), fixed_clock(NOON)
    first()
    assert first() - second() == timedelta(seconds=1)


def test_a_time_of_another_zone_is_kept_as_utc() -> None:
    kabul = timezone(timedelta(hours=4, minutes=30))
    assert iso_utc(datetime(2026, 1, 1, 2, 0, 0, 5, tzinfo=kabul)) == "2025-12-31T21:30:00.000005Z"
    assert fixed_clock(datetime(2026, 1, 1, 4, 30, tzinfo=kabul))().utcoffset() == timedelta(0)


def test_the_stored_form_always_has_microseconds() -> None:
    assert iso_utc(NOON) == "2025-12-31T12:00:00.000000Z"


def test_a_time_without_a_zone_is_refused() -> None:
    for refuse in (iso_utc, fixed_clock):
        with pytest.raises(RequestError, match="SG-CORE-003"):
            refuse(datetime(2025, 1, 1))


def test_the_machine_clock_is_aware_and_in_utc() -> None:
    assert system_clock().utcoffset() == timedelta(0)
