"""What is known of a site, on its grid: ground, polygons with their grade, searches with detectors, finds, priors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.errors import RequestError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
NO_POLYGON = -1
SearchKind = Literal["sweep", "quality_control", "land_use", "accident"]


def _refuse(subject: str, message: str, remedy: str) -> RequestError:
    return RequestError("SG-SITE-001", subject, message, remedy)


@dataclass(frozen=True, slots=True)
class Detector:
    """What is known of the probability that one pass of a team and asset finds an item, by class.

    Attributes
    ----------
    found, missed : parameters of a Beta distribution for each class, > 0; a lane test with x of n targets found adds x
        and n − x.
    highest : upper limit that the programme sets, 0 to 1 (land use is capped far below 1).
    hard : for each class the Beta parameters of this detector's own detection of hard items, from lanes laid with them;
        None = as the site's prior says of all detectors.  Empty = None for every class.
    """

    name: str
    found: tuple[float, ...]
    missed: tuple[float, ...]
    highest: float = 1.0
    hard: tuple[tuple[float, float] | None, ...] = ()

    def __post_init__(self) -> None:
        if len(self.found) != len(self.missed) or not self.found or min(*self.found, *self.missed) <= 0:
            raise _refuse(self.name, "a detector needs one pair of positive numbers for each class.",
                          "Give found and missed counts, each above 0, one for each class.")
        if not 0 < self.highest <= 1:
            raise _refuse(self.name, f"the highest detection probability is {self.highest}, outside (0, 1].",
                          "Give a share above 0 and at most 1.")
        if self.hard and (len(self.hard) != len(self.found) or min(min(h) for h in self.hard if h) <= 0):
            raise _refuse(self.name, "its detection of hard items needs a pair of positive numbers for each class.",
                          "Give found and missed counts of hard items, each above 0, or None.")


@dataclass(frozen=True, slots=True)
class HardItems:
    """Items that every search tends to miss, whoever searches: too deep, too little metal, shadowed by other metal.

    Attributes
    ----------
    share : Beta parameters (hard, ordinary), > 0, of the share of a class that is hard; one pair for each class.
    detection : Beta parameters (found, missed), > 0, of a hard item's detection as a share of an ordinary item's.

    Notes
    -----
    What a lane says of a detector holds for ordinary items; a hard item of class m is found with
    ``ease_m × detection``.  One share and one ease of each class hold in all searches of a site.
    """

    share: tuple[tuple[float, float], ...]
    detection: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not self.share or len(self.share) != len(self.detection) or min(map(min, (*self.share, *self.detection))
                                                                           ) <= 0:
            raise _refuse("hard items", "need two pairs of positive numbers for each class.",
                          "Give the Beta parameters of their share and of their detection, each above 0.")


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """One search of any kind: its share of each cell covered, shape of the grid, 0 to 1, and its detector's name."""

    name: str
    detector: str
    coverage: Array
    kind: SearchKind = "sweep"


@dataclass(frozen=True, slots=True)
class Finds:
    """Items found, one row each (or several rows with weights that sum to 1 where the position is uncertain).

    Attributes
    ----------
    row, col : cell.  item_class : index of the class, -1 when not known.  search : index of the search that found it.
    weight : share of the item in this cell times how many were found together, at least 0.
    """

    row: Ints
    col: Ints
    item_class: Ints
    search: Ints
    weight: Array

    @classmethod
    def none(cls) -> Finds:
        """Return an empty table."""
        empty = np.zeros(0, np.int64)
        return cls(empty, empty, empty, empty, np.zeros(0))

    @property
    def total(self) -> float:
        """Items found."""
        return float(self.weight.sum())


@dataclass(frozen=True, slots=True)
class SitePrior:
    """What is believed before any search of this site.

    Attributes
    ----------
    density_per_ha : median over sites of the mean number of items per hectare of contaminated ground.
    density_log_sd : standard deviation of its logarithm between sites (.7: a factor of two either way).
    sigma_95 : P(σ > sigma_95) = .05 for the standard deviation of the log intensity within a site.
    range_05_m : P(range < range_05_m) = .05 for its correlation range, m (penalised-complexity priors, Fuglstad and
        others 2019).
    range_max_m : upper limit of the range, m; the width of the site when None.
    class_weight : Dirichlet parameters of the shares of the classes.
    hard : share and detection of items that are hard for every search; None = sweeps miss independently, given their
        detectors (for tests of the engine: the rule pack always has one).
    """

    density_per_ha: float = 20.0
    density_log_sd: float = 0.9
    sigma_95: float = 2.0
    range_05_m: float = 15.0
    range_max_m: float | None = None
    class_weight: tuple[float, ...] = (1.0,)
    hard: HardItems | None = None

    def __post_init__(self) -> None:
        for name in ("density_per_ha", "density_log_sd", "sigma_95", "range_05_m"):
            if not getattr(self, name) > 0:
                raise _refuse(name, f"is {getattr(self, name)}, not above 0.", "Give a positive number.")
        if not self.class_weight or min(self.class_weight) <= 0:
            raise _refuse("class_weight", "needs a positive number for each class.", "Give one weight for each class.")
        if self.hard is not None and len(self.hard.share) != len(self.class_weight):
            raise _refuse("hard items", f"are given for {len(self.hard.share)} of {len(self.class_weight)} classes.",
                          "Give one pair for each class.")


@dataclass(frozen=True, slots=True, eq=False)
class SiteEvidence:
    """All evidence of one site on one grid.

    Attributes
    ----------
    cell_m : side of a cell, m.
    area_m2 : ground of the site within each cell, shape (rows, cols), m²; 0 outside.
    polygon : index of the polygon whose evidence each cell follows, -1 where nothing is known.
    support : share of that polygon's intensity that applies, 0 to 1: 1 inside, less on its soft edge.
    present : for each polygon, probability that it holds anything at all, from its grade.
    known_present : for each polygon, True where an accident or a find without position proves it contaminated.
    """

    cell_m: float
    area_m2: Array
    polygon: Ints
    support: Array
    present: tuple[float, ...]
    prior: SitePrior
    detectors: tuple[Detector, ...]
    searches: tuple[Search, ...] = ()
    finds: Finds = field(default_factory=Finds.none)
    known_present: tuple[bool, ...] = ()
    polygon_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = self.area_m2.shape
        if len(shape) != 2 or any(a.shape != shape for a in (self.polygon, self.support)):
            raise RequestError("SG-SITE-002", "site", f"ground, polygon and support differ in shape ({shape}).",
                               "Give arrays of one grid.")
        self._check_ground()
        for search in self.searches:
            self._check_search(search)
        self._check_finds()

    def _check_ground(self) -> None:
        if not self.cell_m > 0 or not np.isfinite(self.area_m2).all() or self.area_m2.min(initial=0.0) < 0:
            raise _refuse("ground", "the cell size or an area is negative or not a number.", "Give areas in m².")
        if ((self.support < 0) | (self.support > 1)).any():
            raise _refuse("support", "lies outside 0 to 1.", "Give the share of the polygon's intensity.")
        if self.polygon.min(initial=0) < NO_POLYGON or self.polygon.max(initial=-1) >= len(self.present):
            raise _refuse("polygon", "a cell names a polygon that is not listed.", "List each polygon's probability.")
        if any(not 0 <= p <= 1 for p in self.present):
            raise _refuse("present", f"a probability of presence lies outside 0 to 1: {self.present}.",
                          "Give each polygon's probability from its grade.")

    def _check_search(self, search: Search) -> None:
        if search.coverage.shape != self.area_m2.shape:
            raise RequestError("SG-SITE-002", search.name, "its coverage has another shape than the site.",
                               "Give the share of each cell of the site.")
        if not np.isfinite(search.coverage).all() or search.coverage.min() < 0 or search.coverage.max() > 1:
            raise _refuse(search.name, "its coverage lies outside 0 to 1 or is not a number.",
                          "Give the share of each cell that was searched.")
        if search.detector not in {d.name for d in self.detectors}:
            raise _refuse(search.name, f"its detector “{search.detector}” is not listed.",
                          "List the detector with its lane results.")

    def _check_finds(self) -> None:
        f = self.finds
        if not len(f.row):
            return
        shape = self.area_m2.shape
        if min(f.row.min(), f.col.min()) < 0 or f.row.max() >= shape[0] or f.col.max() >= shape[1]:
            raise _refuse("finds", "a find lies outside the grid.", "Check its position.")
        if f.search.min() < 0 or f.search.max() >= len(self.searches) or f.item_class.max() >= self.class_count:
            raise _refuse("finds", "a find names a search or class that is not listed.", "Check the find's search.")
        cover = np.array([self.searches[k].coverage[r, c] for r, c, k in zip(f.row, f.col, f.search, strict=True)])
        ground = self.area_m2[f.row, f.col] * self.support[f.row, f.col] * (self.polygon[f.row, f.col] >= 0)
        bad = np.flatnonzero((cover <= 0) | (ground <= 0))
        if len(bad):
            k = int(bad[0])
            raise RequestError(
                "SG-SITE-003", f"find in cell {int(f.row[k])}, {int(f.col[k])}",
                f"{len(bad)} finds lie where their search covered nothing or no polygon reaches.",
                "Check positions and coverage; draw an area around a find outside every polygon.")

    @property
    def class_count(self) -> int:
        """Number of item classes."""
        return len(self.prior.class_weight)
