"""The map shows every hazard, keeps its proportions, and is the same each time."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from matplotlib import image

from safeground.foundation.errors import RequestError
from safeground.report.frame import degree_label, frame_of, graticule, length_label, scale_bar_m
from safeground.report.maps import map_png
from safeground.report.situation import LayerKind
from support.situations import layer, square


def pixels(data: bytes) -> np.ndarray:
    return image.imread(io.BytesIO(data), format="png")[:, :, :3]


def coloured(data: bytes, red: float, green: float, blue: float) -> int:
    return int((np.abs(pixels(data) - (red, green, blue)).max(axis=2) < 0.06).sum())


def test_map_has_the_width_asked_for_and_is_not_blank(situation):
    shown = pixels(map_png(situation, None, 900))
    assert shown.shape[1] == 900
    assert shown.std() > 0.03


def test_same_input_gives_the_same_bytes(situation):
    assert map_png(situation, None, 640) == map_png(situation, None, 640)


def test_confirmed_suspected_and_released_are_told_apart(situation):
    def only(kind):
        kept = tuple(item for item in situation.layers if item.kind is kind)
        return map_png(replace(situation, layers=kept), None, 900)

    half_orange, half_red = (0.965, 0.81, 0.52), (0.985, 0.485, 0.475)
    assert coloured(only(LayerKind.SUSPECTED), *half_orange) > 200
    assert coloured(only(LayerKind.CONFIRMED), *half_red) > 200
    assert coloured(only(LayerKind.CLEARED), *half_orange) == coloured(only(LayerKind.CLEARED), *half_red) == 0
    assert coloured(only(LayerKind.CLEARED), 0.0, 0.5, 0.235) > 50


def test_an_area_too_small_for_the_scale_is_still_drawn(situation):
    speck = layer(LayerKind.CONFIRMED, [square(-30.0, 51.0, 0.00002)], "cha")
    far = layer(LayerKind.ORDNANCE, [shapely.Point(-30.5, 50.8), shapely.Point(-29.5, 51.3)], "ord")
    with_speck = replace(situation, layers=(speck, far))
    assert coloured(map_png(with_speck, None, 900), 1.0, 0.0, 0.0) > 5
    assert coloured(map_png(replace(situation, layers=(far,)), None, 900), 1.0, 0.0, 0.0) == 0


def test_a_hole_stays_open(situation):
    outer = square(-30.0, 51.0, 0.1)
    ring = outer.difference(square(-29.97, 51.015, 0.04))
    whole = coloured(map_png(replace(situation, layers=(layer(LayerKind.SUSPECTED, [outer], "a"),))), 0.965, 0.81, 0.52)
    holed = coloured(map_png(replace(situation, layers=(layer(LayerKind.SUSPECTED, [ring], "a"),))), 0.965, 0.81, 0.52)
    assert 0.75 < holed / whole < 0.92


def test_a_row_with_swapped_axes_does_not_shrink_the_map(situation):
    frame = frame_of(situation.layers, situation.region)
    assert -31 < frame.west < frame.east < -29
    assert 50.5 < frame.south < frame.north < 51.5


def test_without_records_the_region_is_shown_and_without_region_nothing_fails(situation):
    assert frame_of((), situation.region) is not None
    assert frame_of((), None) is None
    assert map_png(replace(situation, layers=(), region=None), None, 400)[:4] == b"\x89PNG"


def test_a_square_kilometre_is_square_on_paper(situation):
    frame = frame_of(situation.layers, None)
    assert frame.degree_ratio == pytest.approx(1 / math.cos(math.radians((frame.south + frame.north) / 2)), rel=1e-9)
    height_m = (frame.north - frame.south) * 111_250
    assert frame.aspect == pytest.approx(height_m / frame.width_m, rel=0.01)


@pytest.mark.parametrize(("width_m", "bar_m", "label"), [
    (1000.0, 200.0, "200 m"), (3400.0, 1000.0, "1 km"), (70_000.0, 20_000.0, "20 km"), (30.0, 5.0, "5 m")])
def test_scale_bar_is_round_and_at_most_a_third_of_the_map(width_m, bar_m, label):
    assert scale_bar_m(width_m) == pytest.approx(bar_m)
    assert length_label(bar_m) == label


def test_graticule_is_round_and_labelled_with_its_hemisphere():
    assert graticule(-30.45, -29.6, 5) == (-30.4, -30.2, -30.0, -29.8, -29.6)
    assert degree_label(-30.25, "E", "W") == "30.25° W"
    assert degree_label(0.0, "N", "S") == "0°"


@pytest.mark.parametrize(("width_px", "width_in"), [(10, 7.5), (100_000, 7.5), (900, 0.5), (900, float("nan"))])
def test_a_size_that_cannot_be_drawn_is_refused(situation, width_px, width_in):
    with pytest.raises(RequestError, match="SG-REPORT-003"):
        map_png(situation, None, width_px, width_in=width_in)


def test_names_in_any_script_do_not_stop_the_map(situation):
    for name in ("Район $1", "منطقة", "តំបន់", "a" * 500, "$x^{"):
        assert map_png(replace(situation, project=name), None, 400, titled=True)[:4] == b"\x89PNG"


def test_an_accident_never_hides_the_area_that_it_happened_in(situation):
    speck = layer(LayerKind.CONFIRMED, [square(-30.0, 51.0, 0.00002)], "cha")
    star = layer(LayerKind.ACCIDENT, [shapely.Point(-30.0, 51.0), shapely.Point(-29.5, 51.3)], "acc")
    alone = coloured(map_png(replace(situation, layers=(speck, star)), None, 900), 1.0, 0.0, 0.0)
    assert alone > 5
