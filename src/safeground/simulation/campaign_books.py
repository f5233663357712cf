"""The auditor's own books: the journal's rows replayed by rules written anew, and ground measured by PROJ alone.

Nothing here calls the ledger, progress, inspection, release or report rooms, nor their operations: it reads the JSON of
the journal's events, as anyone with an SQL shell can.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely import Geometry, Polygon

_GEOD = Geod(ellps="WGS84")
_TO_UTM = Transformer.from_crs(4326, 32626, always_xy=True)
#: What ground is called that no longer counts as hazardous, and what it is called while it does.
RELEASED = ("cancelled", "reduced", "cleared")
HAZARDOUS = ("suspected", "confirmed")
#: Kinds of entries by which survey and clearance move ground.
MOVES = ("cancellation", "reduction", "clearance")


class Event(Protocol):
    """What the books read of one event of the journal."""

    @property
    def seq(self) -> int:
        """Number in commit order."""

    @property
    def kind(self) -> str:
        """What was done: ``put``, ``entry``, ``finding`` …"""

    @property
    def subject_type(self) -> str:
        """Noun."""

    @property
    def subject_id(self) -> str:
        """Identity of the record."""

    @property
    def payload(self) -> dict[str, Any]:
        """Canonical JSON value of what was written."""


def measured_m2(shape: Geometry) -> float:
    """Return the area on the ellipsoid of outlines in degrees, ring by ring, m²."""
    total = 0.0
    for part in shapely.get_parts(shape):
        if isinstance(part, Polygon):
            rings = [part.exterior, *part.interiors]
            sizes = [abs(_GEOD.polygon_area_perimeter(*np.array(ring.coords).T)[0]) for ring in rings]
            total += sizes[0] - sum(sizes[1:])
    return total


def in_metres(shape: Geometry) -> Geometry:
    """Return outlines in degrees as outlines in UTM 26 N, m."""
    return shapely.transform(shape, lambda c: np.column_stack(_TO_UTM.transform(c[:, 0], c[:, 1])))


@dataclass(slots=True, eq=False)
class CellGrid:
    """Cell centres over one area's outline, for questions of which part holds which ground.

    Attributes
    ----------
    x, y : shape (n,), centres that lie within the outline, UTM, m.  cell_m : side of a cell.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    cell_m: float
    masks: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    @classmethod
    def over(cls, outline: Geometry) -> CellGrid:
        """Return a grid of 1 m over an outline in UTM, of 0.5 m over one below 3,000 m²."""
        cell = 0.5 if outline.area < 3_000 else 1.0
        west, south, east, north = outline.bounds
        x, y = np.meshgrid(np.arange(west + cell / 2, east, cell), np.arange(south + cell / 2, north, cell))
        inside = shapely.contains_xy(outline, x.ravel(), y.ravel())
        return cls(x.ravel()[inside], y.ravel()[inside], cell)

    def cells(self, key: str, shape: Geometry) -> NDArray[np.int64]:
        """Return the indices of the cells whose centre lies in a shape in degrees; remembered under a key."""
        if key not in self.masks:
            self.masks[key] = np.flatnonzero(shapely.contains_xy(in_metres(shape), self.x, self.y))
        return self.masks[key]


@dataclass(slots=True, eq=False)
class OwnBooks:
    """All that the journal says, replayed.

    Attributes
    ----------
    balance : area -> status -> cm².  opened : area -> cm² that was opened for it.
    pending, posted : entry id -> entry.  reversed : ids of posted entries that were undone.
    records : noun -> id -> newest payload.  history : noun -> id -> number of versions.
    faults : what broke a rule while it was replayed.
    """

    seq: int = 0
    balance: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    opened: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    pending: dict[str, dict[str, Any]] = field(default_factory=dict)
    posted: dict[str, dict[str, Any]] = field(default_factory=dict)
    decided_by: dict[str, str] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)
    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    firsts: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    findings: list[dict[str, Any]] = field(default_factory=list)
    aside: dict[str, dict[str, Any]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    shapes: dict[str, Geometry] = field(default_factory=dict)

    def replay(self, events: Iterable[Event]) -> None:
        """Take further events in, oldest first."""
        for event in events:
            if event.seq != self.seq + 1:
                self.faults.append(f"event {event.seq} follows {self.seq}")
            self.seq = event.seq
            if event.kind == "entry":
                self._entry(event.payload)
            elif event.kind == "put":
                self._record(event.subject_type, event.subject_id, event.payload)
            elif event.kind == "finding":
                self.findings.append(event.payload)
            elif event.kind == "quarantine":
                self.aside[event.subject_id] = event.payload

    def _record(self, noun: str, record_id: str, payload: dict[str, Any]) -> None:
        held = self.records[noun].get(record_id)
        if payload["version"] != (held["version"] + 1 if held else 1):
            self.faults.append(f"{noun} {record_id}: version {payload['version']} follows {held and held['version']}")
        self.records[noun][record_id] = payload
        self.firsts[noun].setdefault(record_id, payload)
        if noun == "hazardous_area":
            self.touched.add(record_id)
        elif "hazardous_area_id" in payload:
            self.touched.add(payload["hazardous_area_id"])

    def _entry(self, entry: dict[str, Any]) -> None:
        moves = [(p["account"]["hazardous_area_id"], p["account"]["status"], p["amount_cm2"])
                 for p in entry["postings"]]
        if sum(amount for _, _, amount in moves) != 0:
            self.faults.append(f"entry {entry['id']} sums to {sum(a for _, _, a in moves)} cm²")
        self.touched |= {area for area, _, _ in moves}
        if entry["id"] in self.pending or entry["id"] in self.posted:
            self.faults.append(f"entry {entry['id']} twice")
        if entry["state"] == "pending":
            self.pending[entry["id"]] = entry
            return
        if entry["decides"]:
            if self.pending.pop(entry["decides"], None) is None:
                self.faults.append(f"entry {entry['id']} decides {entry['decides']}, which is not pending")
            self.decided_by[entry["decides"]] = entry["id"]
        if entry["state"] != "posted":
            return
        self.posted[entry["id"]] = entry
        if entry["reverses"]:
            if entry["reverses"] in self.reversed or entry["reverses"] not in self.posted:
                self.faults.append(f"entry {entry['id']} reverses {entry['reverses']} wrongly")
            self.reversed.add(entry["reverses"])
        for area, status, amount in moves:
            self.balance[area][status] += amount
            if status == "outside":
                self.opened[area] -= amount

    def shape(self, noun: str, record_id: str) -> Geometry | None:
        """Return a record's outline in degrees, None = it has none."""
        payload = self.records[noun][record_id]
        if not payload.get("geometry"):
            return None
        key = f"{noun} {record_id} {payload['version']}"
        if key not in self.shapes:
            self.shapes[key] = shapely.from_wkb(payload["geometry"])
        return self.shapes[key]

    def held(self, area: str, *statuses: str) -> int:
        """Return what an area's accounts of some statuses hold, cm²."""
        return sum(self.balance[area][status] for status in statuses)

    def pending_of(self, area: str) -> int:
        """Return what pending entries would take from an area's hazardous ground, cm²."""
        return -sum(int(p["amount_cm2"]) for entry in self.pending.values() for p in entry["postings"]
                    if p["account"]["hazardous_area_id"] == area and p["amount_cm2"] < 0)

    def moved_to_released(self, area: str) -> int:
        """Return what survey and clearance moved out of an area's hazardous ground and nobody reversed, cm².

        An area drawn over released ground later counts it; that leaves what was moved as it was.
        """
        return sum(int(p["amount_cm2"]) for entry_id, entry in self.posted.items() for p in entry["postings"]
                   if entry["kind"] in MOVES and entry_id not in self.reversed
                   and p["account"]["hazardous_area_id"] == area and p["account"]["status"] in RELEASED)

    def parts(self, area: str) -> list[tuple[dict[str, Any], str]]:
        """Return the parts of an area that count, with the state of each: ``pending`` or ``posted``."""
        out = []
        for part in self.records["land_part"].values():
            if part["hazardous_area_id"] != area:
                continue
            entry = part["entry_id"]
            decision = self.decided_by.get(entry, entry)
            if entry in self.pending:
                out.append((part, "pending"))
            elif decision in self.posted and decision not in self.reversed:
                out.append((part, "posted"))
        return out

    def family(self, return_id: str) -> set[str]:
        """Return the ids of a return and of those that correct it or that it corrects."""
        returns = self.records["progress_return"]
        own = returns.get(return_id)
        names = {own["submission_id"], own.get("corrects", "")} - {""} if own else set()
        return {return_id} | {i for i, r in returns.items() if {r["submission_id"], r.get("corrects", "")} & names}

    def struck(self, parts: list[tuple[dict[str, Any], str]]) -> list[tuple[str, dict[str, Any], str]]:
        """Return (item or accident, part, state) where something lies in a part and is of a later day than its work.

        What the part's own work found, or found within two metres of the work that found it, is not among them.
        """
        shapes = [self.shape("land_part", part["id"]) for part, _ in parts]
        at = [k for k, shape in enumerate(shapes) if shape is not None]
        if not at:
            return []
        tree, out = shapely.STRtree([shapes[k] for k in at]), []
        visits = self.records["inspection"]
        for noun, day in (("ordnance", "found_date"), ("accident", "accident_date")):
            for record_id, record in self.records[noun].items():
                place = self.shape(noun, record_id)
                if place is None or record.get("activity_id") in visits:
                    continue
                for k in (at[int(i)] for i in tree.query(place, predicate="intersects")):
                    part, state = parts[k]
                    if (part.get("work_date") and (record.get(day) or "") > part["work_date"]
                            and not self._own(record, place)):
                        out.append((record_id, part, state))
        return out

    def _own(self, record: dict[str, Any], place: Geometry) -> bool:
        """Whether something lies in or beside ground that the work it names counts or counted."""
        work = record.get("activity_id")
        names = self.family(work) if work else set()
        grounds = [self.shape("land_part", i) for i, p in self.records["land_part"].items()
                   if names & set(p.get("record_ids", ()))] if names else []
        return any(shapely.distance(in_metres(g), in_metres(place)) <= 2.0 for g in grounds if g is not None)

    def open_cases(self, area: str) -> list[dict[str, Any]]:
        """Return the critical cases of an area that are not closed."""
        return [c for c in self.records["nonconformity"].values()
                if c["hazardous_area_id"] == area and c["severity"] == "critical" and not c["closed_date"]]

    def area_named(self, local_id: str) -> str:
        """Return the id of the hazardous area of a sender's identifier, "" = not held."""
        return next((i for i, a in self.records["hazardous_area"].items() if a["local_id"] == local_id), "")
