"""What is drawn as hazardous: as long as one square centimetre is."""

from __future__ import annotations

import pytest
import shapely

from safeground.records.land import BalanceRow
from safeground.records.nouns import Activity, HazardousArea, OrdnanceItem
from safeground.records.vocabulary import (
    ActivityType,
    AreaType,
    ContaminationCategory,
    LandStatus,
    ReleaseMethod,
)
from safeground.report.positions import draw_layers
from safeground.report.situation import LayerKind

OUTLINE = shapely.box(-30.1, 51, -30, 51.1)


def drawn(area_type: AreaType, held: dict[LandStatus, int], geometry=OUTLINE) -> LayerKind:
    area = HazardousArea(id="a", area_type=area_type, geometry=geometry)
    line = BalanceRow(hazardous_area_id="a", name="", contamination="apm", admin_unit="", opening_cm2=0,
                      by_status_cm2=tuple(held.items()), pending_cm2=0)
    (layer,) = draw_layers([area], {"a": line}, [])
    return layer.kind


@pytest.mark.parametrize(("held", "kind"), [
    ({LandStatus.SUSPECTED: 5}, LayerKind.SUSPECTED),
    ({LandStatus.SUSPECTED: 1, LandStatus.CLEARED: 10**9}, LayerKind.SUSPECTED),
    ({LandStatus.SUSPECTED: 10**9, LandStatus.CONFIRMED: 1}, LayerKind.CONFIRMED),
    ({LandStatus.SUSPECTED: 0, LandStatus.CANCELLED: 5}, LayerKind.CANCELLED),
    ({LandStatus.CANCELLED: 5, LandStatus.CLEARED: 5}, LayerKind.CLEARED),
    ({LandStatus.OVERLAP: 5}, LayerKind.SUSPECTED),
    ({LandStatus.OVERLAP: 5, LandStatus.CLEARED: 5}, LayerKind.SUSPECTED),
    ({}, LayerKind.SUSPECTED)])
def test_an_area_is_hazardous_on_the_map_as_long_as_any_of_it_is(held, kind):
    assert drawn(AreaType.SUSPECTED_HAZARDOUS_AREA, held) is kind


def test_a_confirmed_area_counted_elsewhere_stays_confirmed_on_the_map():
    assert drawn(AreaType.CONFIRMED_HAZARDOUS_AREA, {LandStatus.OVERLAP: 5}) is LayerKind.CONFIRMED


def test_a_point_is_an_indication():
    assert drawn(AreaType.SUSPECTED_HAZARDOUS_AREA, {}, shapely.Point(-30, 51)) is LayerKind.INDICATION


def test_released_land_lies_under_hazardous_land():
    work = Activity(id="w", activity_type=ActivityType.CLEARANCE, release_method=ReleaseMethod.REDUCED,
                    geometry=OUTLINE)
    survey = Activity(id="s", activity_type=ActivityType.NON_TECHNICAL_SURVEY, geometry=OUTLINE)
    item = OrdnanceItem(id="o", category=ContaminationCategory.UNKNOWN, geometry=shapely.Point(-30, 51))
    area = HazardousArea(id="a", area_type=AreaType.CONFIRMED_HAZARDOUS_AREA, geometry=OUTLINE)
    layers = draw_layers([item, area, survey, work], {}, [])
    assert [(layer.kind, layer.ids) for layer in layers] == [
        (LayerKind.REDUCED, ("w",)), (LayerKind.CONFIRMED, ("a",)), (LayerKind.ORDNANCE, ("o",))]
