"""The campaign's auditor: after every simulated day it holds its own books against what the commands say.

It knows the hidden truth and the list of planted errors, reads the journal's rows and the commands' JSON, and shares no
code with the rooms whose figures it checks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from safeground.simulation.campaign_books import (
    HAZARDOUS,
    RELEASED,
    CellGrid,
    Event,
    OwnBooks,
    in_metres,
    measured_m2,
)

#: Square metres by which a measured outline may differ from the area that was allotted to it.
MEASURE_M2, MEASURE_SHARE = 0.25, 2e-3
#: Share of an area's cells that boundary effects may leave in no part, or in two.
CELL_SHARE = 2e-3
#: Share of drawn ground that rounding may leave out of the ground that was visited.
UNSEEN_SHARE = 1e-3


@dataclass(slots=True)
class DayCheck:
    """One rule over the whole campaign: how often it was looked at, and every day on which it failed."""

    name: str
    looked: int = 0
    failures: list[str] = field(default_factory=list)

    def as_plain(self) -> dict[str, Any]:
        """Return the check as JSON: name, times looked at, whether it held, the first failures."""
        return {"name": self.name, "looked": self.looked, "holds": not self.failures, "failed": len(self.failures),
                "first_failures": self.failures[:5]}


CHECKS = {
    "sums": "every entry sums to zero and every decision names a pending entry",
    "opening": "land opened is the outline's area on the ellipsoid, m²",
    "area": "each area: remaining + pending + released + overlap is what was opened, cm²",
    "total": "all areas together: what was opened is what is held, and nothing is below zero, cm²",
    "parts": "each area: parts that count sum to what the book moved, by state, cm²",
    "ground": "no cell lies in two parts that count, and each part's ground is its area",
    "accepted": "no cell of a released area lies outside accepted parts and areas that count it",
    "lots": "cleared ground that counts lies in a lot that an own reading of its visit accepts",
    "sheet": "the balance sheet's figures are the own book's, cm²",
    "finds": "what was found in ground after the work there has a critical case, and the ground is not accepted",
    "once": "each submission that came in is on record once, or kept aside",
}


class CampaignAuditor:
    """Own books, own measure, own cells.

    Attributes
    ----------
    checks : key -> result so far.
    """

    def __init__(self) -> None:
        self.books = OwnBooks()
        self.checks = {key: DayCheck(name) for key, name in CHECKS.items()}
        self._grids: dict[str, CellGrid] = {}
        self._measured: set[str] = set()
        self._passes: dict[str, bool] = {}

    def _say(self, key: str, holds: bool, text: str) -> None:
        check = self.checks[key]
        check.looked += 1
        if not holds:
            check.failures.append(text)

    def day(self, day: str, events: Iterable[Event], sheet: dict[str, Any] | None, submissions: Iterable[str]) -> None:
        """Audit one day.

        Parameters
        ----------
        events : everything that was journalled since the last call.
        sheet : the balance sheet as the command prints it; None = not asked for today.
        submissions : submission ids of every return that has come in until today, from the papers.
        """
        self.books.faults.clear()
        self.books.touched.clear()
        self.books.replay(events)
        self._say("sums", not self.books.faults, f"{day}: {'; '.join(self.books.faults[:3])}")
        for area in sorted(self.books.touched & set(self.books.opened)):
            self._opening(day, area)
            self._area(day, area)
            self._ground(day, area)
        self._total(day)
        self._lots(day)
        self._finds(day)
        self._once(day, submissions)
        if sheet is not None:
            self._sheet(day, sheet)

    def _opening(self, day: str, area: str) -> None:
        record = self.books.firsts["hazardous_area"].get(area)
        if record is None or area in self._measured or not record["geometry"]:
            return
        self._measured.add(area)
        shape = self.books.shape("hazardous_area", area)
        own = measured_m2(shape) if shape is not None else 0.0
        booked = record["area_cm2"] / 1e4
        self._say("opening", abs(own - booked) <= max(0.01, 1e-8 * own), f"{day}: {record['local_id']}: booked "
                  f"{booked:.4f} m², measured {own:.4f} m²")

    def _area(self, day: str, area: str) -> None:
        books = self.books
        opened, pending = books.opened[area], books.pending_of(area)
        hazardous, released = books.held(area, *HAZARDOUS), books.held(area, *RELEASED)
        other = sum(amount for status, amount in books.balance[area].items()
                    if status not in (*HAZARDOUS, *RELEASED, "outside"))
        remaining = hazardous - pending
        holds = remaining + pending + released + other == opened and remaining >= 0 and pending >= 0
        self._say("area", holds, f"{day}: {area}: {remaining} + {pending} + {released} + {other} ≠ {opened} cm²")
        parts = books.parts(area)
        waiting = sum(part["area_cm2"] for part, state in parts if state == "pending")
        done = sum(part["area_cm2"] for part, state in parts if state == "posted")
        moved = books.moved_to_released(area)
        passed_on = moved - released
        holds = (waiting, done) == (pending, moved) and 0 <= passed_on <= other
        self._say("parts", holds, f"{day}: {area}: parts {waiting} pending and {done} posted cm², book {pending} and "
                  f"{moved}, of which {passed_on} were passed on")

    def _grid(self, area: str) -> CellGrid | None:
        shape = self.books.shape("hazardous_area", area)
        if shape is None:
            return None
        key = f"{area} {self.books.records['hazardous_area'][area]['geometry']}"
        if key not in self._grids:
            self._grids[key] = CellGrid.over(in_metres(shape))
        return self._grids[key]

    def _count(self, area: str, parts: list[dict[str, Any]], grid: CellGrid) -> NDArray[np.int64]:
        """Return in how many of some parts each cell of an area lies."""
        count = np.zeros(len(grid.x), np.int64)
        for part in parts:
            shape = self.books.shape("land_part", part["id"])
            if shape is not None:
                count[grid.cells(part["id"], shape)] += 1
        return count

    def _ground(self, day: str, area: str) -> None:
        grid = self._grid(area)
        if grid is None or not len(grid.x):
            return
        parts = self.books.parts(area)
        twice = int((self._count(area, [part for part, _ in parts], grid) > 1).sum())
        self._say("ground", twice <= 1, f"{day}: {area}: {twice} cells of {grid.cell_m} m lie in two parts")
        for part, _ in parts:
            if part["id"] in self._measured:
                continue
            self._measured.add(part["id"])
            shape = self.books.shape("land_part", part["id"])
            own = measured_m2(shape) if shape is not None else 0.0
            booked = part["area_cm2"] / 1e4
            self._say("ground", abs(own - booked) <= max(MEASURE_M2, MEASURE_SHARE * booked),
                      f"{day}: part {part['id']}: allotted {booked:.3f} m², measured {own:.3f} m²")
        record = self.books.records["hazardous_area"][area]
        if record["workflow_status"] == "released":
            self._released(day, area, grid)

    def _released(self, day: str, area: str, grid: CellGrid) -> None:
        """Look at every cell of a released area: in an accepted part, or counted in another area's outline."""
        posted = [part for part, state in self.books.parts(area) if state == "posted"]
        accepted = self._count(area, [p for p in posted if p["release_method"] != "cleared"
                                      or self._accepted(p["id"])], grid) > 0
        elsewhere = np.zeros(len(grid.x), bool)
        if self.books.held(area, "overlap"):
            for other in self.books.records["hazardous_area"]:
                shape = self.books.shape("hazardous_area", other)
                if other != area and shape is not None and self.books.opened[other]:
                    elsewhere[grid.cells(f"outline {other}", shape)] = True
        open_cells = int((~accepted & ~elsewhere).sum())
        waiting = self.books.pending_of(area)
        self._say("accepted", open_cells <= max(1, CELL_SHARE * len(grid.x)) and waiting == 0, f"{day}: {area}: "
                  f"{open_cells} of {len(grid.x)} cells released and not accepted, {waiting} cm² pending")

    def _lot_of(self, part_id: str) -> dict[str, Any] | None:
        """Return the newest lot that holds a part."""
        lots = [lot for lot in self.books.records["inspection_lot"].values() if part_id in lot["part_ids"]]
        return lots[-1] if lots else None

    def _accepted(self, part_id: str) -> bool:
        """Whether an own reading of the papers accepts a part: its lot's last visit followed the draw and passed."""
        lot = self._lot_of(part_id)
        if lot is None or lot["state"] != "accepted":
            return False
        key = f"{lot['id']} {lot['version']}"
        if key not in self._passes:
            self._passes[key] = self._read_lot(lot)
        return self._passes[key]

    def _read_lot(self, lot: dict[str, Any]) -> bool:
        """Whether any draw of a lot was passed by its visits; a decided lot's papers do not change."""
        draws = [d for d in self.books.records["sampling_draw"].values()
                 if d["lot_id"] == lot["id"] and not d["risk_aware"]]
        visits = [v for v in self.books.records["inspection"].values() if v["lot_id"] == lot["id"]]
        return any(self._passed(draw, [v for v in visits if v["draw_id"] == draw["id"]]) for draw in draws)

    def _passed(self, draw: dict[str, Any], visits: list[dict[str, Any]]) -> bool:
        """Whether visits to a draw pass: none before it, failed units as allowed, all its ground seen."""
        if not visits or min(v["visit_date"] for v in visits) < draw["drawn_at"][:10]:
            return False
        if sum(v["units_failed"] for v in visits) > draw["acceptance_number"]:
            return False
        seen = [shape for v in visits if (shape := self.books.shape("inspection", v["id"])) is not None]
        drawn = self.books.shape("sampling_draw", draw["id"])
        return drawn is not None and bool(
            shapely.area(shapely.difference(drawn, shapely.union_all(seen))) <= UNSEEN_SHARE * drawn.area)

    def _lots(self, day: str) -> None:
        for area in sorted(self.books.touched):
            for part, state in self.books.parts(area):
                if state == "posted" and part["release_method"] == "cleared":
                    self._say("lots", self._accepted(part["id"]), f"{day}: {area}: part {part['id']} counts as cleared "
                              "without an accepted lot")

    def _finds(self, day: str) -> None:
        """Look at everything that lies in ground that counts; a released area's ground waits to be opened again."""
        books = self.books
        cases = {c[key] for c in books.records["nonconformity"].values() if c["severity"] == "critical"
                 for key in ("ordnance_id", "accident_id")}
        parts = [pair for area in books.opened for pair in books.parts(area)]
        wrong = []
        for record_id, part, state in books.struck(parts):
            released = books.records["hazardous_area"][part["hazardous_area_id"]]["workflow_status"] == "released"
            if record_id not in cases or (state == "posted" and not released):
                wrong.append(f"{record_id} lies in part {part['id']}, which is {state}, "
                             f"{'a' if record_id in cases else 'no'} case")
        self._say("finds", not wrong, f"{day}: {'; '.join(wrong[:3])}")

    def _total(self, day: str) -> None:
        books = self.books
        opened = sum(books.opened.values())
        held = sum(amount for accounts in books.balance.values() for status, amount in accounts.items()
                   if status != "outside")
        below = [f"{area} {status} {amount}" for area, accounts in books.balance.items()
                 for status, amount in accounts.items() if amount < 0 and status not in ("outside", "unexplained")]
        self._say("total", opened == held and not below, f"{day}: opened {opened}, held {held} cm²; below zero: "
                  f"{below}")

    def _sheet(self, day: str, sheet: dict[str, Any]) -> None:
        """Compare the balance sheet (``{"areas": {id: {status: cm²}}, "pending_cm2", "opening_cm2"}``)."""
        books = self.books
        own = {area: {s: a for s, a in accounts.items() if a and s != "outside"}
               for area, accounts in books.balance.items()}
        said = {area: {s: a for s, a in accounts.items() if a} for area, accounts in sheet["areas"].items()}
        differ = [area for area in {*own, *said} if own.get(area, {}) != said.get(area, {})]
        pending = sum(books.pending_of(area) for area in books.opened)
        holds = not differ and sheet["pending_cm2"] == pending and sheet["opening_cm2"] == sum(books.opened.values())
        self._say("sheet", holds, f"{day}: areas that differ: {differ[:3]}; pending {sheet['pending_cm2']}, own "
                  f"{pending}; opening {sheet['opening_cm2']}, own {sum(books.opened.values())}")

    def _once(self, day: str, submissions: Iterable[str]) -> None:
        books = self.books
        held = Counter(r["submission_id"] for r in books.records["progress_return"].values())
        aside = {str(value) for row in books.aside.values() for _, value in row["original"]}
        came = set(submissions)
        twice = [s for s, count in held.items() if count > 1]
        lost = [s for s in came if s not in held and s not in aside]
        strange = [s for s in held if s not in came]
        self._say("once", not twice and not lost and not strange, f"{day}: twice {twice[:3]}, lost {lost[:3]}, from no "
                  f"paper {strange[:3]}")

    def results(self) -> list[dict[str, Any]]:
        """Return all day checks as JSON."""
        return [check.as_plain() for check in self.checks.values()]


def ground_of(books: OwnBooks, area: str) -> list[tuple[str, Geometry]]:
    """Return the (release method, outline in degrees) of each part of an area that was posted."""
    out = []
    for part, state in books.parts(area):
        shape = books.shape("land_part", part["id"])
        if state == "posted" and shape is not None:
            out.append((part["release_method"], shape))
    return out
