"""Scores of predicted probabilities against outcomes: ranking, workload and calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scores:
    """One set of scores.

    Attributes
    ----------
    roc, pr, average_precision : areas under the curves; ``pr`` by the trapezoid rule, for comparison with published
        figures; average precision is the less flattering one.
    height, reverse_height : mean number of positives at or below a negative, and of negatives at or above a positive.
    recall_10, recall_20 : share of positives within the top 10 and 20 % of the cells.
    area_80 : share of cells that holds 80 % of the positives.
    brier, brier_skill : mean squared error, and its gain over the prevalence.
    ece : expected calibration error, ten bins of equal number.
    slope : of the outcome on the predicted logit; 1 is calibrated, below 1 too bold.
    log_score : mean log probability of the outcomes.
    """

    roc: float
    pr: float
    average_precision: float
    height: float
    reverse_height: float
    recall_10: float
    recall_20: float
    area_80: float
    brier: float
    brier_skill: float
    ece: float
    slope: float
    log_score: float


def logit(p: Array) -> Array:
    """Return the log odds, probabilities kept within 1e-4 of 0 and 1."""
    q = np.clip(p, 1e-4, 1 - 1e-4)
    return np.asarray(np.log(q / (1 - q)))


def score(outcome: Ints, predicted: Array) -> Scores:
    """Return all scores of predictions for labelled cells; ranking scores are NaN where one outcome is absent."""
    prevalence = float(outcome.mean())
    brier = float(((predicted - outcome) ** 2).mean())
    chance = prevalence * (1 - prevalence)
    p = np.clip(predicted, 1e-4, 1 - 1e-4)
    log_score = float(np.where(outcome == 1, np.log(p), np.log1p(-p)).mean())
    skill = 1 - brier / chance if chance > 0 else np.nan
    return Scores(*_ranking(outcome, predicted), brier, skill, ece(outcome, predicted), slope(outcome, predicted),
                  log_score)


def _ranking(outcome: Ints, predicted: Array) -> tuple[float, float, float, float, float, float, float, float]:
    if len(np.unique(outcome)) < 2:
        return (np.nan,) * 8
    from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score

    precision, recall, _ = precision_recall_curve(outcome, predicted)
    positive, negative = np.sort(predicted[outcome == 1]), np.sort(predicted[outcome == 0])
    height = np.searchsorted(positive, negative, side="right").mean()
    reverse = (len(negative) - np.searchsorted(negative, positive, side="left")).mean()
    ranked = outcome[np.argsort(-predicted, kind="stable")]
    held = np.cumsum(ranked) / ranked.sum()
    top = [held[max(round(share * len(ranked)) - 1, 0)] for share in (0.1, 0.2)]
    area_80 = (np.searchsorted(held, 0.8 - 1e-12) + 1) / len(ranked)
    return (float(roc_auc_score(outcome, predicted)), float(auc(recall, precision)),
            float(average_precision_score(outcome, predicted)), float(height), float(reverse), float(top[0]),
            float(top[1]), float(area_80))


def ece(outcome: Ints, predicted: Array, bins: int = 10) -> float:
    """Return the expected calibration error: mean gap of stated and seen frequency over bins of equal number."""
    order = np.argsort(predicted, kind="stable")
    parts = np.array_split(order, min(bins, len(order)))
    gaps = [len(b) * abs(float(predicted[b].mean() - outcome[b].mean())) for b in parts if len(b)]
    return float(sum(gaps) / len(order))


def slope(outcome: Ints, predicted: Array) -> float:
    """Return the calibration slope: the coefficient of the logit in a logistic regression of the outcome on it."""
    if len(np.unique(outcome)) < 2:
        return float("nan")
    x = logit(predicted)
    design = np.column_stack([np.ones(len(x)), x])
    coefficients = np.array([0.0, 1.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ coefficients))
        weight = np.maximum(p * (1 - p), 1e-9)
        information = design.T @ (weight[:, None] * design) + 1e-9 * np.eye(2)
        step = np.linalg.solve(information, design.T @ (outcome - p))
        coefficients = coefficients + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-8:
            break
    return float(coefficients[1])
