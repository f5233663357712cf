"""Regional prediction: nothing of a left-out block leaks, scores are right, and faulty questions are refused."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from benchmarks._regional_ceiling import ceiling, part_of, ranked
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from safeground.foundation.errors import RequestError
from safeground.hazard.cells import refuse_late, separation_km, varies_within_blocks
from safeground.hazard.evaluation import evaluate, limits, paired_gain, reliability
from safeground.hazard.features import FAR_KM, Reveal, label_features, label_sums, no_reveal, surroundings, usable
from safeground.hazard.level import Level, Seen, fit_level, inside, revealed_level
from safeground.hazard.regional import covariates_with_surroundings, hold_out, predict_block, prepare
from safeground.hazard.residual import residual_field
from safeground.hazard.scores import ece, logit, score, slope
from safeground.hazard.tiles import cut, kinds, tile_features
from safeground.operations.national import national_map, trained
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


def test_label_kernels_of_sets_are_those_of_labels_one_by_one() -> None:
    cells = region()
    shown = np.zeros(len(cells.outcome), bool)
    shown[::9] = True
    reveal = Reveal(shown & cells.labelled)
    left_out, rows = np.array([1, 2]), np.arange(0, len(cells.outcome), 37)
    got = label_sums(cells, 2.5, reveal).features(left_out, rows)
    distance = separation_km(cells)
    for row, values in zip(rows, got, strict=True):
        own = cells.block[row]
        others = cells.labelled & ~np.isin(cells.block, [own, 1, 2]) & (distance[:, [own, 1, 2]] > 2.5).all(axis=1)
        also = [b for b in (1, 2) if b != own]
        mine = reveal.mask & (cells.block == own) & (distance[:, also] > 2.5).all(axis=1)
        mine[row] = False
        apart = np.sqrt(((cells.xy_km - cells.xy_km[row]) ** 2).sum(axis=1))
        y, use = cells.outcome, others | mine
        base = y[others].mean() if others.any() else 0.0
        kernels = [np.exp(-0.5 * (apart[use] / h) ** 2) for h in (2.0, 5.0)]
        want = [(kernel @ y[use] + base) / (kernel.sum() + 1) for kernel in kernels]
        want += [apart[use & (y == v)].min(initial=FAR_KM) for v in (1, 0)]
        assert values == pytest.approx(want, rel=1e-4)


def turned(cells: Cells, which: np.ndarray) -> Cells:
    """The same cells with some outcomes turned into their opposite."""
    outcome = np.where(which & cells.labelled, 1 - cells.outcome, cells.outcome)
    return Cells(cells.xy_km, outcome, cells.block, cells.block_names, cells.covariates, cells.names)


def test_a_world_without_a_group_rests_on_no_outcome_of_it_nor_of_a_cells_own() -> None:
    cells = region()
    ready = prepare(cells, np.arange(4), 2.0)
    before = hold_out(ready, candidates=("logistic",))["logistic"]
    near = (ready.distance[:, ready.groups == 1] <= 2.0).any(axis=1)
    assert near.sum() > (cells.block == np.flatnonzero(ready.groups == 1)[0]).sum()
    after = hold_out(prepare(turned(cells, near), np.arange(4), 2.0), candidates=("logistic",))["logistic"]
    assert np.array_equal(before[1], after[1])
    own = ready.groups[cells.block] == 1
    assert np.array_equal(before[:, own], after[:, own])
    assert not np.array_equal(before[0, ~own], after[0, ~own])


def test_a_block_is_predicted_without_its_outcomes_and_those_revealed_in_it_move_its_level() -> None:
    cells = region()
    own = cells.block == 1

    def said(of: Cells, reveal: Reveal) -> tuple[float, float, np.ndarray]:
        ready = prepare(of, np.array([1]), 0.0, reveal)
        answer = predict_block(ready, 0, hold_out(ready))
        assert ((answer.low < answer.probability) & (answer.probability < answer.high)).all()
        return float(answer.probability.mean()), answer.level_sd, answer.probability

    blind = said(cells, no_reveal(cells))
    assert np.array_equal(blind[2], said(turned(cells, own), no_reveal(cells))[2])
    reveal = Reveal((np.arange(len(own)) % 5 == 0) & cells.labelled)
    full = Cells(cells.xy_km, np.where(own & cells.labelled, 1, cells.outcome), cells.block, cells.block_names,
                 cells.covariates, cells.names)
    high = said(full, reveal)
    assert high[0] > blind[0] + 0.15
    assert high[1] < blind[1]


def blocks_of_levels(seed: int, blocks: int, size: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes, logits inside a block stated half as steep as they are, and blocks whose levels differ by 1 logit."""
    rng = np.random.default_rng(seed)
    block = np.repeat(np.arange(blocks), size)
    x = rng.standard_normal(blocks * size)
    truth = -1.0 + rng.standard_normal(blocks)[block] + 1.6 * x
    return (rng.random(len(x)) < 1 / (1 + np.exp(-truth))).astype(np.int64), x, block


NONE = Seen(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))


def unseen(y: np.ndarray, x: np.ndarray, block: np.ndarray) -> Level:
    """The calibration that blocks teach of which nothing was revealed."""
    return fit_level(Seen(y, x, block), NONE, inside(x, block, int(block.max()) + 1)[1])


def test_what_a_learner_thinks_of_a_blocks_level_is_taken_out_before_anything_is_revealed() -> None:
    x, block = np.random.default_rng(3).standard_normal(200), np.repeat([0, 1], 100)
    ranking, level = inside(np.where(block == 1, 2.0, -1.0), block, 2)
    assert ranking == pytest.approx(np.zeros(200))
    assert level == pytest.approx([-1.0, 2.0])
    ranking = inside(x, block, 2)[0]
    for b in (0, 1):
        assert (np.argsort(ranking[block == b]) == np.argsort(x[block == b])).all()
    none = np.zeros(0, np.int64)
    before, after = Level(-1.0, 1.0, -1.0, 0.8, 9), Level(0.0, 1.0, 0.0, 0.8, 9, told=True)
    assert before.logits(x, none, none)[0] == pytest.approx(before.logits(x + 1.0, none, none)[0], abs=0.2)
    assert after.logits(x + 1.0, none, none)[0] == pytest.approx(x + 1.0)


def test_the_level_of_blocks_is_learned_apart_from_the_ranking_inside_them() -> None:
    y, x, block = blocks_of_levels(1, 300)
    level = unseen(y, x, block)
    assert 1.2 < level.within < 1.8
    assert level.spread == pytest.approx(1.0, abs=0.15)
    few = unseen(y[:720], x[:720], block[:720])
    assert abs(few.within - 1) < abs(level.within - 1)
    assert few.quantile() > level.quantile() > 1.64
    assert revealed_level(NONE.outcome, -1.0, 0.8) == pytest.approx((0.0, 0.8))
    shift, sd = revealed_level(np.ones(500, np.int64), -1.0, 0.8)
    assert shift > 2.0
    assert sd < 0.4


def test_cells_revealed_where_most_was_expected_do_not_raise_the_rest_of_their_block() -> None:
    rng = np.random.default_rng(8)
    x = -2.0 + 2.0 * rng.standard_normal(4000)
    y = (rng.random(4000) < 1 / (1 + np.exp(-x))).astype(np.int64)
    first = np.argsort(-x)[:400]
    level = Level(0.0, 1.0, 0.0, 1.0, 12, told=True, pull=1.0)
    logits, sd = level.logits(x, y[first], first)
    assert np.abs(logits - np.clip(x, -5, 5)).max() < 0.3
    assert sd < 0.4
    assert revealed_level(y[first], float(inside(x, np.zeros(4000, np.int64), 1)[1][0]), 1.0)[0] > 1.0


def test_a_learner_too_timid_between_blocks_is_mended_by_what_is_revealed_in_them() -> None:
    rng = np.random.default_rng(9)
    block = np.repeat(np.arange(60), 100)
    far, r = 1.2 * rng.standard_normal(60), rng.standard_normal(6000)
    truth = 1 / (1 + np.exp(1.0 - far[block] - r))
    y, x = (rng.random(6000) < truth).astype(np.int64), -1.0 + 0.4 * far[block] + r
    levels, losses = inside(x, block, 60)[1], []
    for share in (0.0, 0.05, 0.2):
        shown = rng.random(6000) < share
        past = block < 40
        level = fit_level(Seen(y[past & ~shown], x[past & ~shown], block[past & ~shown]),
                          Seen(y[past & shown], x[past & shown], block[past & shown]), levels)
        assert level.told == (share > 0)
        said = []
        for b in range(40, 60):
            own = np.flatnonzero(block == b)
            at = np.flatnonzero(shown[own])
            said.append(1 / (1 + np.exp(-level.logits(x[own], y[own[at]], at)[0])))
        p, new = np.concatenate(said), np.flatnonzero(~past)
        losses.append(float(((p - truth[new]) ** 2).mean()))
    assert losses[0] > 1.5 * losses[1] > 1.5 * 1.5 * losses[2]


def test_intervals_of_a_blocks_share_hold_nine_in_ten_new_blocks_and_narrow_as_cells_are_revealed() -> None:
    hits, widths = [], []
    for seed in range(12):
        y, x, block = blocks_of_levels(100 + seed, 40)
        seen, shown = block < 15, np.arange(len(y)) % 60 < 20
        level = unseen(y[seen], x[seen], block[seen])
        told = fit_level(Seen(y[seen & ~shown], x[seen & ~shown], block[seen & ~shown]),
                         Seen(y[seen & shown], x[seen & shown], block[seen & shown]), inside(x, block, 40)[1])
        for b in range(15, 40):
            own = np.flatnonzero(block == b)
            low, high = level.prevalence_interval(*level.logits(x[own], y[:0], y[:0]))
            hits.append(low <= y[own].mean() <= high)
            logits, sd = told.logits(x[own], y[own[:20]], np.arange(20))
            narrow = told.prevalence_interval(logits[20:], sd)
            widths.append((narrow[1] - narrow[0]) / (high - low))
    assert 0.86 <= np.mean(hits) <= 0.96
    assert np.mean(widths) < 0.75


def test_a_levels_doubt_is_never_less_than_what_is_left_of_the_spread_that_its_shift_was_made_under() -> None:
    y, x = np.array([1, 1, 1, 1, 1, 1, 0, 1]), np.zeros(8)
    bold = Level(0.0, 1.0, 0.0, 0.4, 12, told=True, pull=1.4)
    shift, sd = bold.of(y, x)
    assert (shift, sd) == pytest.approx(revealed_level(y, x, 1.4))
    assert sd > 1.5 * revealed_level(y, x, 0.4)[1]
    timid = replace(bold, spread=0.9, pull=0.1)
    assert timid.of(y, x)[0] == pytest.approx(revealed_level(y, x, 0.1)[0])
    assert timid.of(y, x)[1] == pytest.approx(revealed_level(y, x, 0.9)[1])
    assert timid.of(y[:0], x[:0])[1] == pytest.approx(0.9)


def test_the_floor_of_calibration_is_that_of_drawn_outcomes_and_known_levels_mend_the_rest() -> None:
    rng = np.random.default_rng(4)
    parts = []
    for prevalence in (0.1, 0.6, 0.3, 0.5):
        p = np.clip(0.3 + 0.1 * rng.standard_normal(400), 0.02, 0.98)
        parts.append(((rng.random(400) < p + prevalence - 0.3).astype(np.int64), p))
    found = limits(parts)
    stated = np.concatenate([p for _, p in parts])
    assert 0.01 < found.ece_perfect < found.ece_perfect_95 < 0.06
    assert found.ece_level_known < ece(np.concatenate([y for y, _ in parts]), stated)


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
    bold = 1 / (1 + np.exp(-2 * logit(p)))
    assert slope(y, bold) == pytest.approx(0.5, abs=0.05)
    assert ece(y, bold) > 0.08
    held = np.sort(p)[::-1]
    assert s.recall_10 == pytest.approx(y[p >= held[399]].sum() / y.sum(), abs=1e-9)


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
    ready = prepare(cells, np.arange(4), 40.0)
    with pytest.raises(RequestError, match=r"SG-HAZARD-011.*block A, buffer 40 km"):
        predict_block(ready, 0, {})


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
    hidden = np.where(cells.block == 2, -1, outcome)
    region_hidden = Cells(cells.xy_km, hidden, cells.block, cells.block_names, cells.covariates, cells.names)
    said = national_map(region_hidden, 0)
    shares = {s.block: s for s in said.shares}
    assert shares["C"].known == 0
    assert shares["C"].low < shares["C"].share < shares["C"].high
    assert shares["C"].high - shares["C"].low > 2 * (shares["A"].high - shares["A"].low)
    blind = trained(region_hidden.with_columns(varies_within_blocks(region_hidden)), 0).levels[0]
    assert blind is not None
    up = logit(said.answers.high) - logit(said.answers.probability)
    assert (up >= blind.quantile() * blind.spread - 1e-9)[cells.block == 2].all()
    assert up[cells.block == 2].min() > 1.5 * np.median(up[cells.block == 0])
    assert logit(np.array([shares["C"].share]))[0] == pytest.approx(blind.intercept, abs=0.2)
    assert shares["C"].low <= cells.outcome[cells.labelled & (cells.block == 2)].mean() <= shares["C"].high
    assert answers.applicable[cells.labelled].mean() > 0.9
    whole, own = shares["C"], cells.block == 2
    assert said.share_of(2, own) == (whole.share, whole.low, whole.high)
    upper = own & (said.answers.probability > np.median(said.answers.probability[own]))
    share, low, high = said.share_of(2, upper)
    assert share == pytest.approx(said.answers.probability[upper].mean())
    assert (low, share, high) > (whole.low, whole.share, whole.high)


def test_a_ceiling_ranks_each_declared_cell_with_the_others_of_its_block_known_and_never_its_own_outcome() -> None:
    cells = region()
    part = part_of(cells, 3, 0)
    assert (part >= 0).tolist() == cells.labelled.tolist()
    assert np.ptp([np.bincount(part[cells.labelled & (cells.block == b)]) for b in range(4)], axis=1).max() <= 1
    local = covariates_with_surroundings(cells)
    hidden = part == 0
    said, after = (ranked(of, (part >= 0) & ~hidden, local, 0)
                   for of in (cells, turned(cells, hidden & (cells.block == 1))))
    assert np.isfinite(said).tolist() == hidden.tolist()
    assert np.array_equal(said[hidden & (cells.block == 1)], after[hidden & (cells.block == 1)])
    few, most = ceiling(cells, 3, 0)
    assert (few.revealed, most.revealed) == pytest.approx((1 / 3, 2 / 3))
    assert most.roc == pytest.approx(np.mean(most.blocks))
    assert most.roc > few.roc - 0.01 > 0.7
    first = [roc_auc_score(cells.outcome[own], said[own]) for own in (hidden & (cells.block == b) for b in range(4))]
    rest = [part == k for k in (1, 2)]
    assert most.pairs[1] == sum(int((cells.outcome[own] == 1).sum() * (cells.outcome[own] == 0).sum())
                                for own in (one & (cells.block == 1) for one in [hidden, *rest]))
    assert np.abs(np.array(first) - most.blocks).max() < 0.15


def districts(seed: int) -> Cells:
    """Sixteen blocks of 100 cells whose levels differ by 1.5 logit; a covariate tells a part of what is inside."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:40, :40].reshape(2, -1).astype(float)
    block = (y // 10).astype(int) * 4 + (x // 10).astype(int)
    height, hidden = rng.standard_normal(1600), np.sin(x / 2.5 + seed) * np.cos(y / 2.0)
    truth = -0.5 + 1.5 * rng.standard_normal(16)[block] + height + 1.5 * hidden
    outcome = (rng.random(1600) < 1 / (1 + np.exp(-truth))).astype(np.int64)
    return Cells(np.column_stack([x, y]), outcome, block, tuple(f"block {b:02d}" for b in range(16)), height[:, None],
                 ("height",))


def test_the_more_is_revealed_the_better_and_as_well_calibrated() -> None:
    table = evaluate(districts(5), buffers=(), reveals=(0.0, 0.1, 0.4), models=("safeground",))
    blind, some, more = (table.row("safeground", 0.0, share) for share in (0.0, 0.1, 0.4))
    assert blind.pooled.brier_skill + 0.08 < some.pooled.brier_skill < more.pooled.brier_skill - 0.05
    assert more.pooled.brier_skill > 0.25
    assert some.same_cells > 0.6
    for row in (some, more):
        assert row.calibration is not None
        assert row.limits is not None
        assert row.pooled.ece < row.limits.ece_perfect_95 + 0.01
        low, high = row.calibration[1]
        assert low < 1.15
        assert high > 0.85


def test_a_map_learns_from_rows_that_see_of_their_own_block_what_its_unknown_cells_see() -> None:
    cells = region()
    some = np.arange(576) % 4 > 0
    gone = np.where((cells.block == 2) | ((cells.block == 3) & some), -1, cells.outcome)
    part = replace(cells.with_columns(varies_within_blocks(cells)), outcome=gone)
    few = replace(part, outcome=np.where((cells.block == 3) & (np.arange(576) % 6 > 0), -1, gone))
    assert kinds(cells).tolist() == [2, 2, 2, 2]
    assert kinds(few).tolist() == [2, 2, 0, 1]
    blind, some_told, told = trained(part, 0).levels
    assert blind is not None
    assert told is not None
    assert [blind.told, some_told, told.told] == [False, None, True]
    said = national_map(part, 0).answers.probability
    ready = prepare(part, np.array([2]), 0.0)
    alike = predict_block(ready, 0, hold_out(ready)).probability
    assert np.abs(said[cells.block == 2] - alike).mean() < 0.05
    raised = national_map(replace(part, outcome=np.where((cells.block == 3) & (gone >= 0), 1, gone)), 0).answers
    hidden = (cells.block == 3) & (gone < 0)
    assert raised.probability[hidden].mean() > said[hidden].mean() + 0.15
