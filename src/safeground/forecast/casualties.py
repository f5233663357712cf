"""Accidents among the teams: Poisson with what exposes them, rates known about as well as one event teaches.

Figures are intervals, never a point, and never by team: with rates this low a team's own count says next to nothing
about how it works.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One thing that exposes people, and what is known of accidents with it.

    Attributes
    ----------
    prior_rate : casualties per unit before the programme's own record.  prior_events : events the prior is worth.
    events, exposure : accidents put down to it so far in the programme, and the units they happened in.
    """

    prior_rate: float
    prior_events: float = 1.0
    events: int = 0
    exposure: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.prior_rate, self.prior_events, self.events, self.exposure)
        if not all(map(math.isfinite, numbers)) or min(numbers) < 0 or self.prior_rate <= 0 or self.prior_events <= 0:
            raise RequestError("SG-FORECAST-004", "accident rate", f"prior rate {self.prior_rate} worth "
                               f"{self.prior_events} events, {self.events} events in {self.exposure} units.",
                               "Give a prior above 0, and events and exposure of at least 0.")

    def gamma(self, victims: float = 1.0) -> tuple[float, float]:
        """Return shape and inverse scale of the posterior of the accident rate per unit.

        Parameters
        ----------
        victims : mean victims of an accident; the prior counts casualties, so its accident rate is that much lower.
        """
        return self.prior_events + self.events, self.prior_events * victims / self.prior_rate + self.exposure


#: Sourced priors, each the whole of the same casualties of the world; ``HALF`` keeps the two from counting them twice.
HALF = 0.5
ITEMS = Exposure(prior_rate=HALF * 1 / 2000)
DEMINER_HOURS = Exposure(prior_rate=HALF * 2e-6)
EXPOSURES = ("items", "deminer_hours", "vehicle_km")


@dataclass(frozen=True, slots=True, kw_only=True)
class CasualtyLaw:
    """Accident rates by exposure.

    Attributes
    ----------
    items : per item excavated, ``accident.prior.per_ap_mine`` [D on R], order of magnitude only, halved [A].
    deminer_hours : per hour of a deminer at work, ``accident.prior.per_million_deminer_hours`` [D on R], halved [A].
    vehicle_km : per km driven; there is no sourced prior, so None leaves road traffic out, and the forecast says so.
    victims_mean : mean victims of an accident, >= 1; published evidence for fragmentation mines is 1.7, not a default.
    """

    items: Exposure | None = ITEMS
    deminer_hours: Exposure | None = DEMINER_HOURS
    vehicle_km: Exposure | None = None
    victims_mean: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.victims_mean) and self.victims_mean >= 1):
            raise RequestError("SG-FORECAST-004", "victims of an accident", f"their mean is {self.victims_mean}.",
                               "Give a mean of at least 1.")

    def given(self) -> dict[str, Exposure]:
        """Return the exposures that have a rate, by name."""
        return {n: e for n in EXPOSURES if (e := getattr(self, n)) is not None}


@dataclass(frozen=True, slots=True)
class CasualtyFigure:
    """A forecast count: expectation, probability of none, and the interval from 5 to 95 %."""

    mean: float
    p_zero: float
    interval: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class CasualtyForecast:
    """Casualties among the teams, all together and by exposure.

    Attributes
    ----------
    counts : (draws,) casualties in all.  by_exposure : the same figures by exposure.
    left_out : exposures without a rate; the figures do not hold them.
    """

    total: CasualtyFigure
    by_exposure: Mapping[str, CasualtyFigure]
    left_out: tuple[str, ...]
    counts: NDArray[np.int64]


def _figure(counts: NDArray[np.int64], mean: Array, none: Array) -> CasualtyFigure:
    low, high = np.quantile(counts, (0.05, 0.95), method="inverted_cdf")
    return CasualtyFigure(float(mean.mean()), float(none.mean()), (int(low), int(high)))


def forecast_casualties(law: CasualtyLaw, exposures: Mapping[str, Array], draws: int,
                        rng: np.random.Generator) -> CasualtyForecast:
    """Return casualties for drawn exposures.

    Parameters
    ----------
    exposures : by name, units to come in each draw, shape (draws,).

    Raises
    ------
    RequestError : an exposure other than vehicle-km is given and has no rate, or is negative.

    Notes
    -----
    For an exposure E the accidents are negative binomial with P(0) = (b / (b + E))^a, which is averaged over the draws
    in closed form; each accident's victims are 1 + Poisson(mean − 1).
    """
    given = law.given()
    left_out = tuple(n for n in EXPOSURES if n not in given)
    for name, units in exposures.items():
        if name not in EXPOSURES or (name not in given and name != "vehicle_km"):
            raise RequestError("SG-FORECAST-006", name, "it has no accident rate.",
                               "Give a rate, or leave the exposure out.")
        if units.min(initial=0.0) < 0 or not np.isfinite(units).all():
            raise RequestError("SG-FORECAST-004", name, "an exposure is negative or no number.",
                               "Give exposures of at least 0.")
    total, mean, none = np.zeros(draws, dtype=np.int64), np.zeros(draws), np.ones(draws)
    parts = {}
    for name, exposure in given.items():
        units = np.broadcast_to(exposures.get(name, np.zeros(1)), (draws,))
        shape, inverse = exposure.gamma(law.victims_mean)
        accidents = rng.poisson(rng.gamma(shape, 1 / inverse, draws) * units)
        counts = accidents + rng.poisson(accidents * (law.victims_mean - 1))
        own_mean, own_none = shape / inverse * units * law.victims_mean, (inverse / (inverse + units)) ** shape
        parts[name] = _figure(counts, own_mean, own_none)
        total, mean, none = total + counts, mean + own_mean, none * own_none
    return CasualtyForecast(_figure(total, mean, none), parts, left_out, total)
