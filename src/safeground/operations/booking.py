"""Book what was taken in: each area with an outline opens an account, shared ground is counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely

from safeground.foundation.finding import Finding, SourceRef
from safeground.ledger.book import LandBook
from safeground.ledger.post import open_parcels
from safeground.operations.land import as_they_stand, booking_order, branches_of, overlap_findings, parcels_from
from safeground.records.base import Record
from safeground.records.land import LandEntry, Overlap, Parcel
from safeground.store.project import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """The entries of one intake, the overlaps it met, and what is said about them."""

    entries: tuple[LandEntry, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    findings: tuple[Finding, ...] = ()


def held_parcels(reader: Reader, entries: Sequence[LandEntry], near: Sequence[Parcel] | None = None) -> list[Parcel]:
    """Return the parcels that the book holds, in booking order; only those near others if `near` is given."""
    order = booking_order(entries)
    if not order:
        return []
    bbox = None
    if near:
        bounds = shapely.bounds(np.asarray([p.geometry for p in near], dtype=object))
        bbox = (*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())
    records = [*reader.records("hazardous_area", bbox=bbox), *reader.records("activity", bbox=bbox)]
    parcels = sorted(parcels_from((r for r in records if r.id in order), order, branches=branches_of(entries)),
                     key=lambda p: (p.sequence, p.branch))
    if not reader.count("land_part"):
        return parcels
    return as_they_stand(parcels, entries, reader.records("land_part", bbox=bbox))


def book_records(reader: Reader, records: Sequence[Record], on: date, reason: str) -> Booking:
    """Return the entries that open the account of each new record which has an outline.

    Parameters
    ----------
    reader : the project, inside the transaction that will add the entries.
    records : new records, not yet in the book.

    Returns
    -------
    The booking; nothing is written here.  Conserves: what is booked for a parcel sums to its ``area_cm2``.
    """
    entries = reader.entries()
    order = booking_order(entries)
    new = parcels_from(records, {}, first=max(order.values(), default=0) + 1)
    if not new:
        return Booking()
    made, overlaps = open_parcels(new, held_parcels(reader, entries, new), LandBook.from_entries(entries), on=on,
                                  reason=reason)
    files = {source.id: source for source in reader.sources()}
    origin = {r.id: SourceRef(files[r.source_id].file_name, files[r.source_id].layer, r.source_row)
              for r in records if r.source_id in files}
    return Booking(entries=tuple(made), overlaps=tuple(overlaps),
                   findings=tuple(overlap_findings(overlaps, origin)))
