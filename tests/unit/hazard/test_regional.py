"""Regional prediction: nothing of a left-out block leaks, scores are right, and faulty questions are refused."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pytest
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from safeground.foundation.errors import RequestError
from safeground.hazard.cells import refuse_late, separation_km, varies_within_blocks
from safeground.hazard.evaluation import evaluate, paired_gain, reliability
from safeground.hazard.features import Reveal, label_features, no_reveal, surroundings, usable
from safeground.hazard.residual import residual_field
from safeground.hazard.scores import ece, platt, recalibrated, score, slope
from safeground.hazard.tiles import cut, tile_features
from safeground.operations.national import national_map
from safeground.records.cells import Cells


def region(seed: int = 1, side: int = 24, blocks: int = 4) -> Cells:
    """Cells of 1 km whose outcomes follow a covariate and a smooth field; blocks are squares."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:side, :side].reshape(2, -1).astype(float)
    block = (y // (side / 2)).astype(int) * 2 + (x // (side / 2)).astype(int)
    height = np.sin(x / 3.0) + np.cos(y / 4.0) + 0.3 * rng.standard_normal(side**2)
    outcome = (rng.random(side**2) < 1 / (1 + np.exp(1.5 - 1.6 * height))).astype(np.int64)
    outcome[rng.random(side**2) < 0.15] = -1
    noise = rng.standard_normal(side**2)
    noise[:5] = np.nan
    covariates = np.column_stack([height, noise, block * 10.0])
    return Cells(np.column_stack([x, y]), outcome, block, tuple("ABCD"[:blocks]), covariates,
                 ("height", "noise", "total"))


def test_columns_constant_inside_every_block_are_found() -> None:
    assert varies_within_blocks(region()).tolist() == [True, True, False]


@pytest.mark.parametrize("buffer_km", [0.0, 3.0])
def test_no_outcome_of_the_left_out_block_or_its_buffer_reaches_any_feature(buffer_km: float) -> None:
    cells = region()
    left_out = np.array([1])
    before = label_features(cells, left_out, buffer_km, no_reveal(cells))
    own = cells.xy_km[cells.block == 1]
    apart = np.sqrt(((cells.xy_km[:, None, :] - own[None, :, :]) ** 2).sum(axis=2)).min(axis=1)
    hidden = cells.labelled & (apart <= buffer_km)
    assert (usable(cells, separation_km(cells), 1, buffer_km) == (cells.labelled & ~hidden)).all()
    turned = cells.outcome.copy()
    turned[hidden] = 1 - turned[hidden]
    after = label_features(Cells(cells.xy_km, turned, cells.block, cells.block_names, cells.covariates, cells.names),
                           left_out, buffer_km, no_reveal(cells))
    assert hidden.sum() > 100
    assert np.array_equal(before, after)


def test_a_training_row_never_sees_its_own_block_and_a_revealed_cell_never_itself() -> None:
    cells = region()
    rows = np.flatnonzero((cells.block == 0) & cells.labelled)
    turned = cells.outcome.copy()
    turned[rows] = 1 - turned[rows]
    other = Cells(cells.xy_km, turned, cells.block, cells.block_names, cells.covariates, cells.names)
    features = [label_features(c, np.array([3]), 0.0, no_reveal(c))[0][rows] for c in (cells, other)]
    assert np.array_equal(*features)
    one = np.zeros(len(cells.outcome), bool)
    one[rows[0]] = True
    seen = [label_features(c, np.array([0]), 0.0, Reveal(one))[0] for c in (cells, other)]
    assert np.array_equal(seen[0][rows[0]], seen[1][rows[0]])
    assert not np.array_equal(seen[0][rows[1:]], seen[1][rows[1:]])


def test_surroundings_leave_missing_values_out_of_the_mean() -> None:
    assert np.isfinite(surroundings(region())).all()


def test_covariates_known_after_the_outcomes_are_refused() -> None:
    refuse_late({"height": date(2000, 1, 1)}, date(2019, 12, 31))
    with pytest.raises(RequestError, match=r"SG-HAZARD-010.*lights"):
        refuse_late({"height": date(2000, 1, 1), "lights": date(2021, 5, 1)}, date(2019, 12, 31))


def test_scores_are_those_of_their_definitions() -> None:
    rng = np.random.default_rng(2)
    p = rng.random(4000)
    y = (rng.random(4000) < p).astype(np.int64)
    s = score(y, p)
    assert s.roc == pytest.approx(roc_auc_score(y, p))
    ranks = rankdata(p)[y == 1]
    assert s.reverse_height == pytest.approx((1 - s.roc) * (y == 0).sum(), rel=1e-3)
    assert s.roc == pytest.approx((ranks.sum() - len(ranks) * (len(ranks) + 1) / 2) / (len(ranks) * (y == 0).sum()))
    assert ece(y, p) < 0.03
    assert slope(y, p) == pytest.approx(1, abs=0.1)
    bold = recalibrated(p, (0.0, 2.0))
    assert slope(y, bold) == pytest.approx(0.5, abs=0.05)
    assert ece(y, bold) > 0.08
    held = np.sort(p)[::-1]
    assert s.recall_10 == pytest.approx(y[p >= held[399]].sum() / y.sum(), abs=1e-9)
    fixed = platt(y, bold, rng.integers(0, 200, 4000))
    assert fixed[1] == pytest.approx(0.5, abs=0.1)
    loud = np.concatenate([y[:30], 1 - y[:30]]), np.concatenate([bold[:30], bold[:30]])
    few = platt(*loud, np.repeat([0, 1], 30))
    assert 0.0 < few[1] < 1.0


def test_the_residual_field_finds_what_the_learner_left_over_and_shrinks_without_it() -> None:
    cells = region(3)
    rng = np.random.default_rng(5)
    truth = 2.0 * np.sin(cells.xy_km[:, 0] / 4.0) * np.cos(cells.xy_km[:, 1] / 4.0)
    y = (rng.random(len(truth)) < 1 / (1 + np.exp(-truth))).astype(np.int64)
    known = rng.random(len(truth)) < 0.5
    blind = residual_field(cells.xy_km, y, np.zeros(len(truth)), known)
    assert np.corrcoef(blind.mean[~known], truth[~known])[0, 1] > 0.6
    knowing = residual_field(cells.xy_km, y, truth, known)
    assert np.abs(knowing.mean).mean() < 0.5 * np.abs(blind.mean).mean()


def test_evaluation_scores_each_block_beside_baselines_and_prints_its_leak_budget() -> None:
    table = evaluate(region(), buffers=(0.0, 2.0), reveals=(0.0, 0.2),
                     models=("safeground", "logistic_regression", "label_kernel_2km"))
    mine = table.row("safeground")
    assert table.dropped == ("total",)
    assert len(mine.blocks) == 4
    assert mine.mean.roc > 0.65
    assert table.row("safeground", 0.0, 0.0).mean == mine.mean
    assert table.row("safeground", 0.0, 0.2).reveal == 0.2
    assert table.leak_budget("safeground") == pytest.approx(mine.mean.roc - table.row("safeground", 2.0).mean.roc)
    assert mine.interval[0] <= mine.mean.roc <= mine.interval[1]
    gain, low, high = paired_gain(mine, table.row("label_kernel_2km"))
    assert low <= gain <= high
    pairs = np.array(table.predictions)
    assert sum(n for _, _, n in reliability(pairs[:, 0].astype(int), pairs[:, 1])) == len(pairs)
    again = evaluate(region(), buffers=(0.0,), reveals=(), models=("safeground",))
    assert again.row("safeground").mean == mine.mean


def test_too_few_blocks_are_refused() -> None:
    cells = region()
    one = Cells(cells.xy_km, cells.outcome, cells.block * 0, ("A",), cells.covariates, cells.names)
    with pytest.raises(RequestError, match="SG-HAZARD-011"):
        evaluate(one)


def test_tiles_with_halos_give_the_figures_of_one_piece_and_a_short_halo_does_not() -> None:
    cells = region()
    whole = national_map(cells, 0, tile_km=1000.0)
    tiled = national_map(cells, 0, tile_km=7.0)
    assert whole.tiles == 1
    assert tiled.tiles > 9
    assert np.abs(whole.answers.probability - tiled.answers.probability).max() <= 1e-9
    assert np.abs(whole.answers.distance_km - tiled.answers.distance_km).max() <= 1e-9
    base = float(cells.outcome[cells.labelled].mean())
    short = next(iter(cut(cells, 7.0, 1.0)))
    full = next(iter(cut(cells, 7.0)))
    assert np.abs(tile_features(short, base) - tile_features(full, base)).max() > 0.01


def test_a_real_cluster_gives_the_same_map() -> None:
    pytest.importorskip("distributed")
    cells = region()
    alone, together = national_map(cells, 0, tile_km=9.0), national_map(cells, 0, tile_km=9.0, workers=2)
    assert together.workers == 2
    for field in fields(alone.answers):
        assert np.array_equal(getattr(alone.answers, field.name), getattr(together.answers, field.name)), field.name


def test_a_map_has_intervals_around_its_figures_and_names_ground_unlike_any_it_learned_from() -> None:
    cells = region()
    strange = cells.covariates.copy()
    strange[:3, 0] = 60.0
    outcome = cells.outcome.copy()
    outcome[:3] = -1
    answers = national_map(Cells(cells.xy_km, outcome, cells.block, cells.block_names, strange, cells.names), 0).answers
    assert ((answers.low <= answers.probability) & (answers.probability <= answers.high)).all()
    assert (answers.high - answers.low).max() > 0.05
    assert not answers.applicable[:3].any()
    assert answers.applicable[cells.labelled].mean() > 0.9
