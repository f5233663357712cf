"""Answers from elsewhere: GeographicLib's areas, convertdate's calendars, the mgrs package's references."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from benchmarks.areas import polygons, reference_m2

from safeground.ground.area import geodesic_area_m2
from safeground.ground.mgrs import from_mgrs, to_mgrs
from safeground.intake.dates import DateFault, read_date, to_gregorian


def test_areas_are_geographiclibs() -> None:
    shapes = polygons(500)
    truth = np.array([reference_m2(shape) for shape in shapes])
    assert (np.abs(geodesic_area_m2(shapes) - truth) <= np.maximum(1.0, 1e-9 * truth)).all()


@pytest.mark.parametrize(("calendar", "first", "last"), [("persian", 1277, 1502), ("islamic", 1300, 1499)])
def test_days_of_other_calendars_are_convertdates(calendar: str, first: int, last: int) -> None:
    import convertdate

    other = getattr(convertdate, calendar)
    for year in range(first, last + 1):
        for month, day in ((1, 1), (7, 15), (12, 29)):  # months have fixed lengths: the first and last days decide
            assert to_gregorian(year, month, day, calendar) == date(*other.to_gregorian(year, month, day))


def test_ethiopian_days_are_the_coptic_ones_276_years_on() -> None:
    from convertdate import coptic

    for year in range(1900, 2020):
        for month in range(1, 13):
            assert to_gregorian(year, month, 15, "ethiopian") == date(*coptic.to_gregorian(year - 276, month, 15))
    assert to_gregorian(2013, 1, 1, "ethiopian") == date(2020, 9, 11)


@pytest.mark.parametrize(("text", "order", "expected"), [
    ("2024-05-17", "", date(2024, 5, 17)), ("17/05/2024", "", date(2024, 5, 17)), ("05/17/2024", "", date(2024, 5, 17)),
    ("03/04/2020", "dmy", date(2020, 4, 3)), ("03/04/2020", "mdy", date(2020, 3, 4)),
    ("4.4.2020", "", date(2020, 4, 4)), ("2024-05-17T09:00:00Z", "", date(2024, 5, 17))])
def test_dates_are_read_as_written(text: str, order: str, expected: date) -> None:
    assert read_date(text, order, "gregorian") == expected


@pytest.mark.parametrize("text", ["03/04/2020", "1398-05-12", "2562-01-01", "2024-02-30", "spring", "45429"])
def test_what_is_no_certain_date_is_a_fault(text: str) -> None:
    with pytest.raises(DateFault):
        read_date(text, "", "gregorian")


def test_grid_references_are_the_mgrs_packages() -> None:
    import mgrs

    other, chance = mgrs.MGRS(), np.random.default_rng(20_261_125)
    for longitude, latitude in chance.uniform([-179.9, -79.9], [179.9, 83.9], (400, 2)).tolist():
        ours = to_mgrs(longitude, latitude)
        theirs = other.toMGRS(latitude, longitude)
        expected = (theirs.decode() if isinstance(theirs, bytes) else theirs).rjust(15, "0")
        assert ours[:5] == expected[:5]
        for part in (slice(5, 10), slice(10, 15)):  # GEOTRANS rounds or cuts by build: one metre apart at most
            assert abs(int(ours[part]) - int(expected[part])) <= 1
        back = from_mgrs(ours)
        assert abs(back.latitude - latitude) < 2e-5
        assert abs(back.longitude - longitude) * math.cos(math.radians(latitude)) < 2e-5
