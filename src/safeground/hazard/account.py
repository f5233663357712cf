"""What reduced the hazard: from the polygon's evidence through each search to what is left."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.hazard.nuisance import left_share
from safeground.hazard.posterior import HazardPosterior

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One step of the account.

    Attributes
    ----------
    step : what happened, in words.  kind : ``prior``, ``learned``, a search's kind, ``left``, ``hard`` or ``floor``.
    expected_items : expected items in the region after the step.
    found : items that this search found in the region, 0 for other steps.
    log_survival : log of the share of the expected items that this search leaves (0 for other steps).
    """

    step: str
    kind: str
    expected_items: float
    found: float
    log_survival: float


def account(posterior: HazardPosterior, region: Array) -> tuple[AccountLine, ...]:
    """Return the account of a region: prior, what all searches taught, each search in turn, what is left.

    The first line is the polygon's evidence alone.  The second restates how many items all searches and finds say there
    were.  Each search then leaves a share of them, in the order searched, with its finds beside.  Of what is left, one
    line names the items that are hard for every search, where the site's prior has such.  The last line lifts
    unsearched ground to its polygon's own evidence where the model would say less.
    """
    site, samples = posterior.site, posterior.samples
    answer = posterior.ask(region)
    shape = site.area_m2.shape
    part = posterior.data.part_of_cell.reshape(shape)
    known = (part >= 0) & (region > 0) & (site.area_m2 > 0)
    ground = (site.area_m2 * site.support * region)[known]
    prior = float((ground * posterior.setup.present[posterior.data.part_polygon[part[known]]]).sum()
                  * posterior.prior_density)
    lines = [AccountLine("evidence of the polygon alone", "prior", prior, 0.0, 0.0)]
    patterns = posterior.data.patterns
    there = patterns.sums(np.flatnonzero(known), ground, part[known], len(posterior.data.part_node))
    weight = np.bincount(samples.draw, samples.weight, posterior.draws.count)
    items = {int(j): there @ intensity for j, intensity in enumerate(_intensity(posterior)) if weight[j] > 0}
    expected = [sum(float(left_share(site, posterior.draws, j, patterns.coverage[:until]) @ held)
                    for j, held in items.items()) for until in range(len(site.searches) + 1)]
    lines.append(AccountLine("what all searches say was there", "learned", expected[0], 0.0, 0.0))
    finds = site.finds
    inside = region[finds.row, finds.col] > 0 if len(finds.row) else np.zeros(0, bool)
    for k, search in enumerate(site.searches):
        found = float(finds.weight[inside & (finds.search == k)].sum())
        share = expected[k + 1] / expected[k] if expected[k] > 0 else 1.0
        lines.append(AccountLine(search.name, search.kind, expected[k + 1], found, float(np.log(max(share, 1e-300)))))
    lines.append(AccountLine("left, by the model", "left", answer.model_expected_items, 0.0, 0.0))
    if posterior.draws.hard_share is not None and site.searches:
        hard = sum(float(left_share(site, posterior.draws, j, patterns.coverage, hard_only=True) @ held)
                   for j, held in items.items())
        lines.append(AccountLine("of it items that are hard for every search", "hard", hard, 0.0, 0.0))
    lines.append(AccountLine("left, unsearched ground at its evidence at least", "floor", answer.expected_items, 0.0,
                             0.0))
    return tuple(lines)


def _intensity(posterior: HazardPosterior) -> Array:
    """Return each draw's weighted intensity of each part, presence included, shape (draws, parts)."""
    data, samples = posterior.data, posterior.samples
    rate = posterior.rate[:, data.part_node] * posterior.holds[:, data.part_polygon]
    out = np.zeros((posterior.draws.count, len(data.part_node)))
    np.add.at(out, samples.draw, samples.weight[:, None] * rate)
    return out
