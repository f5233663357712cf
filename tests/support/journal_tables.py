"""Treaty tables recomputed from the raw journal: a second computation that shares nothing with reports and ledger.

The events are read with plain SQL from the project file and replayed here, dictionaries and all.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import apsw

HAZARD = ("suspected", "confirmed")
RELEASE = {"cancellation": "cancelled", "reduction": "reduced", "clearance": "cleared"}


class Replay:
    """What the journal says: newest records by noun, and entries in their order."""

    def __init__(self, path: Path) -> None:
        self.records: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.entries: list[dict[str, Any]] = []
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        for kind, subject, key, payload in connection.execute(
                "SELECT kind, subject_type, subject_id, payload FROM sg_journal ORDER BY seq"):
            if kind == "put":
                self.records[subject][key] = json.loads(payload)
            elif kind == "entry":
                self.entries.append(json.loads(payload))
        connection.close()
        self.posted = {e["id"]: e for e in self.entries if e["state"] == "posted"}

    def _reason(self, entry: dict[str, Any]) -> str:
        while entry["reverses"]:
            entry = self.posted[entry["reverses"]]
        return str(entry["kind"])

    def place(self, area_id: str) -> tuple[str, str]:
        """Administrative unit and contamination of an area of the book."""
        areas, works = self.records["hazardous_area"], self.records["activity"]
        if area_id in areas:
            return areas[area_id]["admin_unit"].strip(), areas[area_id]["contamination"]
        if area_id in works:
            return self.place(works[area_id]["hazardous_area_id"])[0], works[area_id]["contamination"]
        return "", "unknown"

    def held(self, status: str, until: str) -> dict[str, int]:
        """cm² of each area in a status at the end of a day."""
        sums: dict[str, int] = defaultdict(int)
        for entry in self.posted.values():
            if entry["effective_date"] <= until:
                for posting in entry["postings"]:
                    if posting["account"]["status"] == status:
                        sums[posting["account"]["hazardous_area_id"]] += posting["amount_cm2"]
        return {area: cm2 for area, cm2 in sums.items() if cm2}

    def stock(self, status: str, until: str) -> dict[tuple[str, str], tuple[int, int]]:
        """(number of areas, cm²) by place."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for area, cm2 in self.held(status, until).items():
            count, sum_cm2 = found.get(self.place(area), (0, 0))
            found[self.place(area)] = count + 1, sum_cm2 + cm2
        return found

    def released(self, first: str, last: str) -> dict[tuple[str, str, str], int]:
        """cm² by (unit, contamination, status) that release entries posted in a period."""
        found: dict[tuple[str, str, str], int] = defaultdict(int)
        for entry in self.posted.values():
            if not first <= entry["effective_date"] <= last or self._reason(entry) not in RELEASE:
                continue
            for posting in entry["postings"]:
                status = posting["account"]["status"]
                if status in RELEASE.values():
                    found[(*self.place(posting["account"]["hazardous_area_id"]), status)] += posting["amount_cm2"]
        return found

    def waiting(self, until: str) -> dict[str, int]:
        """cm² by status that reports would move and nobody has decided by a day."""
        decided = {e["decides"] for e in self.entries if e["decides"] and e["effective_date"] <= until}
        found: dict[str, int] = defaultdict(int)
        for entry in self.entries:
            if entry["state"] == "pending" and entry["effective_date"] <= until and entry["id"] not in decided:
                for posting in entry["postings"]:
                    if posting["amount_cm2"] > 0:
                        found[posting["account"]["status"]] += posting["amount_cm2"]
        return found

    def destroyed(self, first: str, last: str) -> list[dict[str, Any]]:
        """Items destroyed in place that were found in a period, rounds left out."""
        return [item for item in self.records["ordnance"].values()
                if item["found_date"] and first <= item["found_date"] <= last and item["category"] != "saa"
                and item["disposition"] == "destroyed_in_situ"]
