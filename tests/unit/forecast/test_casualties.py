"""Casualties against the analytic negative binomial."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom

from safeground.forecast.casualties import CasualtyLaw, Exposure, forecast_casualties
from safeground.foundation.errors import RequestError
from safeground.foundation.seeds import stream

DRAWS = 200_000


def test_a_fixed_exposure_gives_the_negative_binomial() -> None:
    own = Exposure(prior_rate=1 / 2000, events=2, exposure=1000.0)
    law = CasualtyLaw(items=own, deminer_hours=None)
    out = forecast_casualties(law, {"items": np.full(1, 4000.0)}, DRAWS, stream(1, "forecast"))
    exact = nbinom(3, 3000 / (3000 + 4000))
    assert out.total.p_zero == pytest.approx(exact.pmf(0))
    assert out.total.mean == pytest.approx(exact.mean())
    assert out.total.interval == (exact.ppf(0.05), exact.ppf(0.95))
    for count in range(6):
        assert (out.counts == count).mean() == pytest.approx(exact.pmf(count), abs=0.005)


def test_exposures_add_up_and_road_traffic_is_named_as_left_out() -> None:
    out = forecast_casualties(CasualtyLaw(), {"items": np.full(1, 4000.0), "deminer_hours": np.full(1, 1e6)}, DRAWS,
                              stream(1, "forecast"))
    assert out.total.mean == pytest.approx(1.0 + 1.0)
    assert out.total.p_zero == pytest.approx(0.5 * 0.5)
    assert set(out.by_exposure) == {"items", "deminer_hours"}
    assert out.left_out == ("vehicle_km",)


def test_the_programmes_own_record_replaces_the_prior() -> None:
    law = CasualtyLaw(items=Exposure(prior_rate=1 / 2000, events=0, exposure=98_000.0), deminer_hours=None)
    out = forecast_casualties(law, {"items": np.full(1, 1000.0)}, 1000, stream(1, "forecast"))
    assert out.total.mean == pytest.approx(0.01)


def test_victims_widen_the_count_and_leave_its_mean() -> None:
    units = {"items": np.full(1, 4000.0)}
    one, many = (forecast_casualties(CasualtyLaw(deminer_hours=None, victims_mean=v), units, DRAWS,
                                     stream(1, "forecast")) for v in (1.0, 1.7))
    assert many.total.mean == pytest.approx(one.total.mean)
    assert many.counts.mean() == pytest.approx(one.total.mean, rel=0.03)
    assert many.total.p_zero > one.total.p_zero
    assert many.counts.var() > one.counts.var()


@pytest.mark.parametrize("name", ["deminer_hours", "flights"])
def test_an_exposure_without_a_rate_is_refused(name: str) -> None:
    with pytest.raises(RequestError) as caught:
        forecast_casualties(CasualtyLaw(deminer_hours=None), {name: np.ones(1)}, 10, stream(1, "forecast"))
    assert caught.value.code == "SG-FORECAST-006"


def test_rates_and_exposures_below_zero_are_refused() -> None:
    with pytest.raises(RequestError):
        Exposure(prior_rate=0.0)
    with pytest.raises(RequestError):
        Exposure(prior_rate=1.0, events=-1)
    with pytest.raises(RequestError):
        forecast_casualties(CasualtyLaw(), {"items": np.array([-1.0])}, 10, stream(1, "forecast"))
