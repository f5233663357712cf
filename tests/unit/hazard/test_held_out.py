"""The held-out score: left out by importance against left out in earnest, its rival, and where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import gammaln

from safeground.hazard.fit import Settings, posterior
from safeground.hazard.held_out import held_out_score
from safeground.records.site import Finds, HardItems, Search, SiteEvidence
from support.sites import flat_site, lane_site

SETTINGS = Settings(samples=1500)


def clustered(present: float = 1.0) -> SiteEvidence:
    """A site of 24 × 24 cells, searched whole, with two clusters of finds."""
    rng = np.random.default_rng(4)
    y, x = np.mgrid[:24, :24]
    found = rng.poisson(0.01 + 0.5 * np.exp(-((x - 5) ** 2 + (y - 6) ** 2) / 12))
    row, col = np.nonzero(found)
    zero = np.zeros(len(row), np.int64)
    site = flat_site(present, 24, 5.0, 0.9)
    return replace(site, prior=replace(site.prior, hard=HardItems(((1.0, 9.0),), ((2.0, 2.0),))),
                   finds=Finds(row, col, zero, zero, found[row, col].astype(float)))


def without(site: SiteEvidence, rows: slice, cols: slice) -> tuple[SiteEvidence, np.ndarray, int]:
    """The site as if nobody had searched a block, the block, and what was found in it."""
    block = np.zeros(site.area_m2.shape)
    block[rows, cols] = 1
    f = site.finds
    out = block[f.row, f.col] > 0
    kept = Finds(*(getattr(f, name)[~out] for name in ("row", "col", "item_class", "search", "weight")))
    return (replace(site, searches=(Search("first", "team", site.searches[0].coverage * (1 - block)),), finds=kept),
            block, int(f.weight[out].sum()))


@pytest.mark.parametrize("present", [1.0, 0.4])
def test_importance_leaves_a_block_out_as_a_fit_without_it_does(present: float) -> None:
    """Six by six cells are one block (range of 30 m); the whole score is the mean over sixteen."""
    site = clustered(present)
    stated = held_out_score(posterior(site, 1, SETTINGS))
    assert (stated.blocks, stated.note) == (16, "")
    scores = []
    for k in range(16):
        rows, cols = slice(6 * (k // 4), 6 * (k // 4) + 6), slice(6 * (k % 4), 6 * (k % 4) + 6)
        other, block, found = without(site, rows, cols)
        result = posterior(other, 1, Settings(samples=600))
        left = result.data.patterns.left
        ever = 1 - left[:, int(np.argmin(left.mean(axis=0)))]  # found by the search, if it had come
        part = result.data.part_of_cell.reshape(block.shape)[block > 0]
        mean = np.exp(result.samples.log_rate)[:, result.data.part_node[part]].sum(axis=1) * 25.0
        mean = mean * ever[result.samples.draw]
        chance = result.holds[:, 0] * np.exp(found * np.log(mean) - mean - gammaln(found + 1))
        chance = chance + (1 - result.holds[:, 0]) * (found == 0)
        scores.append(float(np.log(result.samples.weight @ chance)))
    assert stated.log_score == pytest.approx(np.mean(scores), abs=0.06)
    assert stated.weak <= 2


def test_a_map_of_clusters_foretells_more_than_one_density_and_even_ground_about_as_much() -> None:
    tight = held_out_score(posterior(clustered(), 1, SETTINGS))
    assert tight.log_score is not None
    assert tight.flat is not None
    assert tight.log_score > tight.flat + 0.2
    site = clustered()
    rng = np.random.default_rng(2)
    row, col = rng.integers(0, 24, (2, 20))
    zero = np.zeros(20, np.int64)
    even = held_out_score(posterior(replace(site, finds=Finds(row, col, zero, zero, np.ones(20))), 1, SETTINGS))
    assert even.log_score == pytest.approx(even.flat, abs=0.1)


def test_only_searched_ground_is_scored_and_a_site_without_search_says_why_it_has_no_score() -> None:
    half = held_out_score(posterior(lane_site(), 1, SETTINGS))
    assert half.blocks == 8
    none = held_out_score(posterior(replace(flat_site(0.4, 20, 5.0), searches=()), 1, SETTINGS))
    assert (none.log_score, none.flat, none.blocks) == (None, None, 0)
    assert "nothing was searched" in none.note


def test_the_large_path_has_a_score_too() -> None:
    exact = held_out_score(posterior(clustered(), 1, SETTINGS))
    large = held_out_score(posterior(clustered(), 1, Settings(samples=400, widest=0.5)))
    assert large.log_score == pytest.approx(exact.log_score, abs=0.15)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("more", [6.0, 60.0, 600.0])
def test_a_joint_sample_far_from_the_finds_changes_the_score_no_more_than_its_weight(more: float) -> None:
    result = posterior(clustered(0.4), 1, Settings(samples=300))
    weight = result.samples.weight.copy()
    weight[7] = 0.0
    usual = replace(result, samples=replace(result.samples, weight=weight / weight.sum()))
    log_rate = result.samples.log_rate.copy()
    log_rate[7] += more
    far = replace(usual, samples=replace(usual.samples, log_rate=log_rate), rate=np.exp(log_rate))
    assert held_out_score(far).log_score == pytest.approx(held_out_score(usual).log_score, abs=1e-9)
