"""When to stop: rules that are asked, so that no engine reads a clock by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """What a rule may look at: moves made, worth of the best plan, the bound (infinite while there is none)."""

    moves: int
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the bound by which the plan may fall short of the best."""
        return (self.bound - self.value) / self.bound if 0 < self.bound < float("inf") else 1.0


@dataclass(frozen=True, slots=True)
class Stop:
    """A rule that says how much of its allowance is used up; the search cools down by it and stops at 1.

    Attributes
    ----------
    share : share used up, 0 to 1 or above, by what a search has done.
    """

    share: Callable[[Progress], float]

    def __call__(self, progress: Progress) -> bool:
        """Tell whether to stop."""
        return self.share(progress) >= 1.0


def after_moves(most: int) -> Stop:
    """Stop after a number of moves: the same seed gives the same plan."""
    return Stop(lambda progress: progress.moves / most if most > 0 else 1.0)


def after_seconds(most: float, clock: Callable[[], float] = time.process_time) -> Stop:
    """Stop after so many seconds of the processor from now; ``clock`` may be another one."""
    start = clock()
    return Stop(lambda progress: (clock() - start) / most if most > 0 else 1.0)


def either(*rules: Stop) -> Stop:
    """Stop when one of the rules says so."""
    return Stop(lambda progress: max(rule.share(progress) for rule in rules))
