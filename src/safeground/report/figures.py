"""The figures of a situation report: each one with the records it came from and what each record adds to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from safeground.foundation.invariant import invariant
from safeground.foundation.units import cm2_to_m2
from safeground.records.land import Overlap
from safeground.records.vocabulary import RELEASED_STATUSES, LandStatus
from safeground.report.situation import SituationInput, SourceAccount

#: Accounts that are reported, in the order of the report.
REPORTED = (LandStatus.SUSPECTED, LandStatus.CONFIRMED, LandStatus.CANCELLED, LandStatus.REDUCED, LandStatus.CLEARED,
            LandStatus.OVERLAP)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that can be traced.

    Attributes
    ----------
    name, value, unit : what it is, how much, of what.
    records : ids of the records it came from, largest share first.
    shares : what each record adds, in `unit`, in the order of `records`; they sum to `value`.  Empty for a count of
        the records themselves.
    """

    name: str
    value: float | int
    unit: str
    records: tuple[str, ...]
    shares: tuple[float | int, ...] = ()


def contested_overlaps(overlaps: Iterable[Overlap]) -> tuple[Overlap, ...]:
    """Return the overlaps in which ground counted as hazardous is also recorded as released."""
    return tuple(o for o in overlaps
                 if o.counted_status not in RELEASED_STATUSES and o.other_status in RELEASED_STATUSES)


def _area_figure(name: str, parts: Iterable[tuple[str, int]]) -> Figure:
    ranked = sorted(((i, cm2) for i, cm2 in parts if cm2), key=lambda part: (-part[1], part[0]))
    return Figure(name, cm2_to_m2(sum(cm2 for _, cm2 in ranked)), "m²", tuple(i for i, _ in ranked),
                  tuple(cm2_to_m2(cm2) for _, cm2 in ranked))


def _sum_figure(name: str, unit: str, parts: Iterable[tuple[str, int]]) -> Figure:
    ranked = sorted(((i, n) for i, n in parts if n), key=lambda part: (-part[1], part[0]))
    return Figure(name, sum(n for _, n in ranked), unit, tuple(i for i, _ in ranked), tuple(n for _, n in ranked))


def _land_figures(given: SituationInput) -> list[Figure]:
    figures = []
    totals = dict(given.sheet.totals_cm2)
    for status in REPORTED:
        parts = [(row.hazardous_area_id, dict(row.by_status_cm2).get(status, 0)) for row in given.sheet.rows]
        total = sum(cm2 for _, cm2 in parts)
        invariant(total == totals.get(status, 0), f"the areas' {status} sums to {total} cm² but the book's total is "
                  f"{totals.get(status, 0)} cm²", code="SG-REPORT-001", subject=str(status))
        area = _area_figure(status.value, parts)
        figures += [area, Figure(f"{status.value} areas", len(area.records), "areas", area.records)]
    return figures


def _contested(given: SituationInput) -> Figure:
    pairs: dict[str, int] = {}
    for overlap in contested_overlaps(given.overlaps):
        pairs[overlap.other] = pairs.get(overlap.other, 0) + overlap.area_cm2
    total = sum(pairs.values())
    invariant(total == given.contested_cm2, f"contested overlaps sum to {total} cm², the book says "
              f"{given.contested_cm2} cm²", code="SG-REPORT-001", subject="contested")
    return _area_figure("contested", pairs.items())


def _row_figure(name: str, sources: Iterable[SourceAccount], attribute: str) -> Figure:
    return _sum_figure(name, "rows", ((s.id, getattr(s, attribute)) for s in sources))


def situation_figures(given: SituationInput) -> tuple[Figure, ...]:
    """Return the figures of the report, in its order.

    Raises
    ------
    InvariantBroken : the lines of the balance sheet do not sum to its totals (``SG-REPORT-001``).

    Notes
    -----
    "contested" is ground counted as hazardous that another record claims as released; its records are the claims.
    "rows in" = accepted + quarantined + refused + without own record, for each source and in total.
    """
    pending = _area_figure("pending inspection", ((r.hazardous_area_id, r.pending_cm2) for r in given.sheet.rows))
    figures = [*_land_figures(given), _contested(given), pending]
    figures += [_row_figure("rows in", given.sources, "rows_in"),
                _row_figure("rows accepted", given.sources, "accepted")]
    for name, refused in (("rows quarantined", False), ("rows refused", True)):
        rows = tuple(sorted(row.id for row in given.aside if row.refused is refused))
        figures.append(Figure(name, len(rows), "rows", rows))
    if any(s.elsewhere for s in given.sources):
        figures.append(_row_figure("rows without own record", given.sources, "elsewhere"))
    figures += [
        Figure("accidents", len(given.accidents), "accidents", tuple(a.id for a in given.accidents)),
        _sum_figure("killed", "people", ((a.id, a.killed) for a in given.accidents)),
        _sum_figure("injured", "people", ((a.id, a.injured) for a in given.accidents)),
        _sum_figure("ordnance", "items", given.ordnance)]
    return tuple(figures)
