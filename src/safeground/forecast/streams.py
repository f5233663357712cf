"""What release is made of: cancelled by survey, reduced by technical survey, cleared; and the items found in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeground.forecast.execute import Execution
from safeground.foundation.errors import RequestError

Array = NDArray[np.float64]
STREAMS = ("cancelled", "reduced", "cleared")


def _numbers(subject: str, values: Sequence[float], count: int | None = None) -> None:
    if not all(math.isfinite(v) and v >= 0 for v in values) or (count is not None and len(values) != count):
        raise RequestError("SG-FORECAST-004", subject, f"it is {tuple(values)}.", "Give numbers of at least 0"
                           + (f", {count} of them." if count else "."))


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPrior:
    """How released area splits into the three streams.

    Attributes
    ----------
    counts : areas that the programme released so far by cancellation, reduction, clearance.
    prior : areas that the prior is worth in each, [A] 1 each (weak: any split).
    likeness : how alike tasks are; a task's split is Dirichlet, worth so many areas, about the programme's, [A] 5.
    fixed : shares of tasks that are settled, by task; each sums to 1.
    """

    counts: tuple[float, float, float] = (0.0, 0.0, 0.0)
    prior: tuple[float, float, float] = (1.0, 1.0, 1.0)
    likeness: float = 5.0
    fixed: Mapping[str, tuple[float, float, float]] | None = None

    def __post_init__(self) -> None:
        _numbers("counts of released areas", self.counts, 3)
        _numbers("prior of streams", self.prior, 3)
        _numbers("likeness of tasks", [self.likeness])
        for task, shares in (self.fixed or {}).items():
            _numbers(f"shares of task {task}", shares, 3)
            if abs(sum(shares) - 1) > 1e-6:
                raise RequestError("SG-FORECAST-004", f"task {task}", f"its shares sum to {sum(shares)}.",
                                   "Give shares that sum to 1.")
        if min(self.prior) <= 0 or self.likeness <= 0:
            raise RequestError("SG-FORECAST-004", "prior of streams", f"{self.prior}, likeness {self.likeness}.",
                               "Give numbers above 0.")

    def draw_shares(self, task_ids: Sequence[str], draws: int, rng: np.random.Generator) -> Array:
        """Return the split of each task, shape (draws, tasks, 3), rows summing to 1.

        Notes
        -----
        Programme's mean split ~ Dirichlet(prior + counts), each task's ~ Dirichlet(likeness × mean).
        """
        mean = rng.dirichlet(np.array(self.prior) + np.array(self.counts), draws)
        gamma = rng.gamma(np.maximum(self.likeness * mean, 1e-6)[:, None, :], size=(draws, len(task_ids), 3))
        total = gamma.sum(axis=2, keepdims=True)
        shares = np.where(total > 0, gamma / np.where(total > 0, total, 1.0), mean[:, None, :])
        for k, task in enumerate(task_ids):
            if self.fixed and task in self.fixed:
                shares[:, k] = self.fixed[task]
        return np.asarray(shares)


def stream_m2(execution: Execution, shares: Array, days: Sequence[int]) -> Array:
    """Return area released by each day in each stream, m², shape (draws, days, 3)."""
    area = execution.task_m2[:, :, None] * shares
    return np.stack([(area * (execution.task_end <= d)[:, :, None]).sum(axis=1) for d in days], axis=1)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ItemsOutlook:
    """How many items the tasks hold.

    Attributes
    ----------
    draws : by task, posterior draws of the count, as the hazard posterior gives them; joint when of one length.
    expected : by task, an expected count where there are no draws.
    shape : gamma shape of the doubt about an expected count, [A] 2 (coefficient of variation 0.7).
    """

    draws: Mapping[str, NDArray[np.int64]] | None = None
    expected: Mapping[str, float] | None = None
    shape: float = 2.0

    def __post_init__(self) -> None:
        _numbers("expected items", list((self.expected or {}).values()))
        for task, values in (self.draws or {}).items():
            if len(values) == 0 or values.min() < 0:
                raise RequestError("SG-FORECAST-004", f"task {task}", "its draws of items are none, or negative.",
                                   "Give at least one draw of a count.")
        if not self.shape > 0:
            raise RequestError("SG-FORECAST-004", "doubt about items", f"its shape is {self.shape}.",
                               "Give a shape above 0.")

    def draw_items(self, task_ids: Sequence[str], draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return items of each task, shape (draws, tasks); tasks with neither draws nor expectation have none.

        Notes
        -----
        One random order of the posterior's draws serves all tasks, so that their dependence is kept.  Expected counts
        become Poisson with a gamma mean, apart for each task.
        """
        rank = rng.random(draws)
        out = np.zeros((draws, len(task_ids)), dtype=np.int64)
        for k, task in enumerate(task_ids):
            if self.draws and task in self.draws:
                own = self.draws[task]
                out[:, k] = own[(rank * len(own)).astype(np.int64)]
            elif self.expected and self.expected.get(task, 0) > 0:
                out[:, k] = rng.poisson(self.expected[task] * rng.gamma(self.shape, 1 / self.shape, draws))
        return out


def items_by_day(execution: Execution, items: NDArray[np.int64], days: Sequence[int]) -> NDArray[np.int64]:
    """Return items in tasks done by each day, shape (draws, days)."""
    return np.stack([(items * (execution.task_end <= d)).sum(axis=1) for d in days], axis=1)
