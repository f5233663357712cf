"""Items that came to light behind the work: which search found an item that names none, and which had missed it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import shapely
from numpy.typing import NDArray

from safeground.evidence.searches import LAND_USE, Sweep, Work
from safeground.records.site import Search

Array = NDArray[np.float64]


def finder_of(sweeps: Sequence[Sweep], place: shapely.Point, reach_m: float, day: date | None
              ) -> tuple[int | None, int]:
    """Return the sweep that may have found an item, and behind how many sweeps it came to light.

    Parameters
    ----------
    sweeps : in the order of the site's searches.  reach_m : error of the position, m.
    day : on which the item came to light; None = not known, and nothing is said.

    Returns
    -------
    The first sweep at work there on that day (None = none was), and one more than the place of the last sweep whose
    work there was over (0 = none, or one was at work).
    """
    if day is None:
        return None, 0
    over = [(k, work) for k, sweep in enumerate(sweeps) for work in sweep.works
            if shapely.dwithin(work.outline, place, reach_m)]
    at_work = next((k for k, work in over if _spans(work, day)), None)
    if at_work is not None:
        return at_work, 0
    return None, max((k + 1 for k, work in over if work.end is not None and work.end < day), default=0)


def _spans(work: Work, day: date) -> bool:
    """Whether work was going on on a day, as far as its dates say."""
    return (work.start is None or work.start <= day) and (work.end is None or work.end >= day)


def late_search(sweeps: Sequence[Sweep], behind: int) -> Search:
    """Return the search that people's use of worked ground amounts to, behind so many sweeps, where these had been."""
    worked = np.any([sweep.search.coverage > 0 for sweep in sweeps[:behind]], axis=0)
    return Search("found by others behind the work", LAND_USE, worked.astype(float), "land_use")
