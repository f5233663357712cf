"""What the release of a task is worth on each day: the objectives of the planner, as one table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safeground.records.planning import PlanProblem

Array = NDArray[np.float64]


def worth_by_day(problem: PlanProblem) -> Array:
    """Return the worth of each task if it is released after so many days, shape (tasks, days + 1); column 0 is unused.

    Notes
    -----
    With C the day of release, D the deferral day and d the season's date:

    - ``benefit_days`` and ``corridors``: b (D − C) + S [C <= d];
    - ``score``: the authority's score, whenever it is within the window;
    - ``net_present_value``: as benefit-days, each day discounted to the start at the yearly rate.

    None of them rises with C, on which the bound and the search rely.
    """
    day = np.arange(problem.days + 1)
    if problem.objective == "score":
        return np.repeat(np.array([[t.score] for t in problem.tasks], dtype=np.float64).reshape(-1, 1),
                         problem.days + 1, axis=1)
    benefit = np.array([t.benefit_per_day for t in problem.tasks]).reshape(-1, 1)
    bonus = np.array([t.bonus for t in problem.tasks]).reshape(-1, 1)
    bonus_day = np.array([t.bonus_day for t in problem.tasks]).reshape(-1, 1)
    if problem.objective == "net_present_value":
        rate = np.log1p(problem.discount_per_year) / 365.0
        days = (np.exp(-rate * day) - np.exp(-rate * problem.deferral_days)) / rate if rate else \
            (problem.deferral_days - day).astype(np.float64)
        bonus = bonus * np.exp(-rate * bonus_day)
    else:
        days = (problem.deferral_days - day).astype(np.float64)
    return np.asarray(benefit * days + bonus * (day <= bonus_day), dtype=np.float64)
