"""The audit: the book's figures again, by another path.  Shares no code with posting, balances or allotment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from safeground.foundation.finding import Finding, Severity
from safeground.ground.area import edge_bow_m2, geodesic_area_m2
from safeground.ground.shapes import polygonal
from safeground.records.land import AuditReport, EntryState, LandEntry, Parcel
from safeground.records.vocabulary import LandStatus

_UNCOUNTED = (LandStatus.OVERLAP, LandStatus.OUTSIDE, LandStatus.UNEXPLAINED)
#: A parcel's opening may differ from its outline measured anew by the larger of these.
_OPENING_M2, _OPENING_SHARE = 1.0, 1e-9
#: A group's counted ground may differ from its union by this, and by the bow of its new edges.
_UNION_M2, _UNION_SHARE = 0.05, 1e-6
_LOOK = "Stop work on these areas, keep the project and report it."


def _fault(code: str, subject: str, message: str) -> Finding:
    return Finding(Severity.ERROR, code, subject, message, _LOOK)


def audit_book(entries: Sequence[LandEntry], parcels: Sequence[Parcel]) -> AuditReport:
    """Sum every posting anew, measure every outline anew, and compare the ground counted with the union of outlines.

    Parameters
    ----------
    entries : the whole book, in any order.
    parcels : every area that has an account, EPSG:4326.
    """
    findings: list[Finding] = []
    sums = _sums(entries, findings)
    measured = geodesic_area_m2([parcel.geometry for parcel in parcels])
    for parcel, area in zip(parcels, measured, strict=True):
        opened = -sums.get((parcel.id, LandStatus.OUTSIDE), 0)
        if abs(opened / 10_000 - area) > max(_OPENING_M2, _OPENING_SHARE * area):
            findings.append(_fault("SG-LEDGER-020", parcel.id, f"was opened with {opened / 10_000:,.4f} m²; its "
                                                               "outline "
                                   f"measures {area:,.4f} m²."))
    known = {parcel.id for parcel in parcels}
    strangers = sorted({area for area, status in sums if status not in _UNCOUNTED and area not in known
                        and sums[area, status]})
    findings += [_fault("SG-LEDGER-023", area, "has land in the book and no outline.") for area in strangers]
    book_cm2, union_cm2 = _compare_unions(parcels, measured, sums, findings)
    return AuditReport(areas_checked=len(parcels), entries_checked=len(entries), book_cm2=book_cm2,
                       measured_cm2=union_cm2, findings=tuple(findings))


def _sums(entries: Sequence[LandEntry], findings: list[Finding]) -> dict[tuple[str, LandStatus], int]:
    """Return each account's sum over the posted entries."""
    sums: dict[tuple[str, LandStatus], int] = {}
    for entry in entries:
        if sum(posting.amount_cm2 for posting in entry.postings):
            findings.append(_fault("SG-LEDGER-022", entry.id, "does not sum to zero."))
        if entry.state is EntryState.POSTED:
            for posting in entry.postings:
                key = (posting.account.hazardous_area_id, posting.account.status)
                sums[key] = sums.get(key, 0) + posting.amount_cm2
    for (area, status), amount in sums.items():
        if amount < 0 and status not in (LandStatus.OUTSIDE, LandStatus.UNEXPLAINED):
            findings.append(_fault("SG-LEDGER-022", area, f"holds {amount:,} cm² as {status}."))
    return sums


def _compare_unions(
    parcels: Sequence[Parcel], measured: np.ndarray[tuple[int], np.dtype[np.float64]],
    sums: dict[tuple[str, LandStatus], int], findings: list[Finding],
) -> tuple[int, int]:
    """Return the ground that the book counts and that the outlines cover, cm², compared group by group."""
    counted = np.array([sum(sums.get((parcel.id, status), 0) for status in LandStatus if status not in _UNCOUNTED)
                        for parcel in parcels], dtype=np.int64)
    if not len(parcels):
        return 0, 0
    shapes = np.empty(len(parcels), dtype=object)
    shapes[:] = [parcel.geometry for parcel in parcels]
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(len(parcels), len(parcels)))
    count, group = connected_components(graph, directed=False)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(count + 1))
    union = np.zeros(count)
    for index in range(count):
        members = order[starts[index] : starts[index + 1]]
        if len(members) == 1:
            union[index] = measured[members[0]]
            bow = 0.0
        else:
            whole = polygonal(shapely.union_all(shapes[members]))
            union[index] = geodesic_area_m2([whole])[0]
            bow = edge_bow_m2([whole, *shapes[members]])
        booked = counted[members].sum() / 10_000
        if abs(booked - union[index]) > _UNION_M2 * len(members) + _UNION_SHARE * union[index] + bow:
            names = ", ".join(parcels[i].id for i in members[:5])
            findings.append(_fault("SG-LEDGER-021", names, f"the book counts {booked:,.4f} m²; the outlines cover "
                                   f"{union[index]:,.4f} m²."))
    return int(counted.sum()), int(np.rint(union * 10_000).sum())
