"""From records to the land book: which polygons have an account, and what the book says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import shapely
from shapely import Geometry, MultiPolygon, Polygon

from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.foundation.units import cm2_to_m2
from safeground.ledger.accounts import beats, opening_status
from safeground.ledger.standing import entry_standings
from safeground.records.fieldwork import LandPart
from safeground.records.land import EntryKind, EntryState, LandEntry, Overlap, Parcel
from safeground.records.nouns import Activity, HazardousArea
from safeground.records.vocabulary import RELEASED_STATUSES, LandStatus


def has_account(record: object) -> bool:
    """Return whether a record opens an account: a hazardous area, or an area recorded as released, with an outline."""
    if isinstance(record, HazardousArea):
        return isinstance(record.geometry, Polygon | MultiPolygon)
    return (isinstance(record, Activity) and record.release_method is not None
            and isinstance(record.geometry, Polygon | MultiPolygon))


def parcels_from(records: Iterable[object], sequences: dict[str, int], *, first: int = 1,
                 branches: Mapping[str, tuple[int, ...]] | None = None) -> list[Parcel]:
    """Return the parcel of each record that has an account.

    Parameters
    ----------
    sequences : id -> order of booking for records already in the book; others are numbered from `first` on.
    branches : id -> place among the parts of an area that was split, where it was.
    """
    parcels, following = [], first
    for record in records:
        if not isinstance(record, HazardousArea | Activity) or not has_account(record):
            continue
        sequence = sequences.get(record.id, 0)
        if not sequence:
            sequence, following = following, following + 1
        parcels.append(Parcel(
            id=record.id, geometry=record.geometry, area_cm2=record.area_cm2, status=opening_status(record),
            sequence=sequence, branch=(branches or {}).get(record.id, ()), name=record.name or record.local_id,
            contamination=record.contamination.value,
            admin_unit=record.admin_unit if isinstance(record, HazardousArea) else "",
            stated_area_m2=record.stated_area_m2, since=record.date_of_information))
    return parcels


def as_they_stand(parcels: Sequence[Parcel], entries: Iterable[LandEntry], parts: Iterable[LandPart]) -> list[Parcel]:
    """Return the parcels, those that hold nothing hazardous any more with the pieces of their released ground.

    A hazardous area booked after a release counts the ground that they share; one booked before it does not, because
    the work on that ground was booked with knowledge of it.  What the book says decides, never a record's own word.

    Parameters
    ----------
    entries : the book in its order.  parts : ground of the entries, at least that of these parcels.
    """
    entries = tuple(entries)
    since, standings = _released_at(entries), entry_standings(entries)
    pieces: dict[str, list[tuple[Geometry, int, LandStatus]]] = {}
    for part in parts:
        if part.hazardous_area_id in since and standings.get(part.entry_id, ("",))[0] == EntryState.POSTED.value:
            pieces.setdefault(part.hazardous_area_id, []).append(
                (part.geometry, part.area_cm2, LandStatus(part.release_method.value)))
    found = [replace(p, pieces=tuple(pieces[p.id]), released_at=since[p.id]) if p.id in pieces else p for p in parcels]
    released = [p for p in found if p.released_at]
    for index, parcel in enumerate(found):
        over = [b.geometry for b in released if b.id != parcel.id and beats(b, parcel)
                and shapely.intersects(b.geometry, parcel.geometry)]
        if over:
            found[index] = replace(parcel, yielded=shapely.union_all(over))
    return found


def _released_at(entries: Iterable[LandEntry]) -> dict[str, int]:
    """Return area id -> how many areas were opened when it last ceased to hold suspected or confirmed ground."""
    hazardous: dict[str, int] = {}
    opened: set[str] = set()
    since: dict[str, int] = {}
    for entry in entries:
        if entry.state is not EntryState.POSTED:
            continue
        touched = set()
        for posting in entry.postings:
            area = posting.account.hazardous_area_id
            if posting.account.status in (LandStatus.SUSPECTED, LandStatus.CONFIRMED):
                hazardous[area] = hazardous.get(area, 0) + posting.amount_cm2
                touched.add(area)
            elif posting.account.status is LandStatus.OUTSIDE and entry.kind in (EntryKind.OPENING, EntryKind.LEGACY):
                opened.add(area)
        for area in touched:
            if hazardous[area]:
                since.pop(area, None)
            else:
                since[area] = len(opened)
    return since


def booking_order(entries: Iterable[LandEntry]) -> dict[str, int]:
    """Return id -> 1, 2, 3 … in the order in which the areas were opened in the book.

    The parts of an area that was split take its place; an area of which nothing is left has none.
    """
    order: dict[str, int] = {}
    numbers = 0
    for entry in entries:
        if entry.kind in (EntryKind.OPENING, EntryKind.LEGACY):
            for posting in entry.postings:
                area_id = posting.account.hazardous_area_id
                if posting.account.status is not LandStatus.OUTSIDE and area_id not in order:
                    numbers += 1
                    order[area_id] = numbers
        elif entry.kind is EntryKind.SPLIT:
            parent = entry.evidence_ids[0]
            order |= dict.fromkeys(_pieces(entry), order[parent])
            if _is_whole(entry):
                del order[parent]
    return order


def _pieces(entry: LandEntry) -> list[str]:
    """Return the ids of the parts that a split opens, in their order."""
    return list(dict.fromkeys(p.account.hazardous_area_id for p in entry.postings
                              if p.account.hazardous_area_id != entry.evidence_ids[0]))


def _is_whole(entry: LandEntry) -> bool:
    """Return whether a split divided all of an area; a piece that was carved out of one leaves the rest its place."""
    return len(_pieces(entry)) > 1


def branches_of(entries: Iterable[LandEntry]) -> dict[str, tuple[int, ...]]:
    """Return, for each part of an area that was split, its place among the parts, and so on for parts of parts."""
    found: dict[str, tuple[int, ...]] = {}
    carved: dict[str, int] = {}
    for entry in entries:
        if entry.kind is EntryKind.SPLIT:
            parent = entry.evidence_ids[0]
            first = 0 if _is_whole(entry) else carved.get(parent, 0) + 1
            carved[parent] = first
            found |= {piece: (*found.get(parent, ()), first + at) for at, piece in enumerate(_pieces(entry))}
    return found


def retired_areas(entries: Iterable[LandEntry]) -> frozenset[str]:
    """Return the areas that were split as a whole: their parts stand for them."""
    return frozenset(entry.evidence_ids[0] for entry in entries if entry.kind is EntryKind.SPLIT and _is_whole(entry))


def contested(overlaps: Iterable[Overlap]) -> list[Overlap]:
    """Return the overlaps in which ground counted as hazardous is also recorded as released."""
    return [o for o in overlaps if o.counted_status not in RELEASED_STATUSES and o.other_status in RELEASED_STATUSES]


def overlap_findings(overlaps: Sequence[Overlap], origin: dict[str, SourceRef]) -> list[Finding]:
    """Return one finding for each overlap, with both areas and the square metres they share."""
    findings = []
    for overlap in overlaps:
        hazard_and_released = (overlap.counted_status not in RELEASED_STATUSES
                               and overlap.other_status in RELEASED_STATUSES)
        shared = f"{cm2_to_m2(overlap.area_cm2):,.2f} m²"
        if hazard_and_released:
            message = (f"{shared} counted as {overlap.counted_status} in {overlap.counted_in} are also recorded as "
                       f"{overlap.other_status}; they stay {overlap.counted_status}.")
            remedy = "Find out which record is right; only survey or clearance evidence can release the ground."
            code, severity = "SG-OPS-009", Severity.WARNING
        else:
            message = (f"{shared} are also covered by {overlap.counted_in} ({overlap.counted_status}); "
                       "they are counted there, once.")
            remedy = "Check whether both outlines describe the same area, and merge or redraw them."
            code, severity = "SG-OPS-010", Severity.WARNING
        findings.append(Finding(severity, code, overlap.other, message, remedy,
                                origin.get(overlap.other) or origin.get(overlap.counted_in, SourceRef())))
    return findings
