"""Search effort as a file: lane tests, and coverage or detection of single searches, checked row by row."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from safeground.foundation.errors import RequestError
from safeground.records.hazard_rules import HazardRules

LANE_COLUMNS = ("method", "organisation", "class", "targets", "found")
SEARCH_COLUMNS = ("activity", "coverage", "p_detect")


@dataclass(frozen=True, slots=True)
class LaneTest:
    """Seeded targets of one class that a method of an organisation found in blind lanes."""

    method: str
    organisation: str
    item_class: str
    targets: int
    found: int


@dataclass(frozen=True, slots=True)
class SearchEffort:
    """What is known of one search (an activity or daily return by its local identifier).

    Attributes
    ----------
    coverage : share of its outline that was truly searched, 0 to 1.
    p_detect : detection probability stated for it, 0 to 1; None = by its method.
    """

    activity: str
    coverage: float
    p_detect: float | None


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RequestError("SG-EVIDENCE-001", path.name, f"cannot be read: {error.strerror}.",
                           "Check the path.") from error
    except UnicodeDecodeError as error:
        raise RequestError("SG-EVIDENCE-001", path.name, f"is not UTF-8: {error.reason} at byte {error.start}.",
                           "Save the file as CSV in UTF-8.") from error
    reader = csv.DictReader(text.splitlines())
    missing = [c for c in columns if c not in (reader.fieldnames or ())]
    if missing:
        raise RequestError("SG-EVIDENCE-002", f"{path.name}, {missing[0]}", "is no column of the file.",
                           f"Give the columns {', '.join(columns)}.")
    return [{k: (v or "").strip() for k, v in row.items() if k} for row in reader]


def _fault(path: Path, row: int, column: str, value: str, why: str, remedy: str) -> RequestError:
    return RequestError("SG-EVIDENCE-003", f"{path.name} row {row + 2}, {column}", f"{value!r} {why}", remedy)


def _share(path: Path, row: int, column: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not 0 <= number <= 1:
        raise _fault(path, row, column, value, "is no share from 0 to 1.", "Give a share, e.g. 0.95 for 95 %.")
    return number


def _whole(path: Path, row: int, column: str, value: str) -> int:
    if not value.isdigit():
        raise _fault(path, row, column, value, "is no whole number.", "Give a count of 0 or more.")
    return int(value)


def read_lanes(path: Path, rules: HazardRules) -> tuple[LaneTest, ...]:
    """Read lane tests: method, organisation, class, targets, found.

    Raises
    ------
    RequestError : a missing column, an unknown method or class, more found than laid, with file, row, field and remedy.
    """
    methods = {key.split("/")[0] for key, _ in rules.detection_found}
    out = []
    for k, row in enumerate(_rows(path, LANE_COLUMNS)):
        if row["method"] not in methods:
            raise _fault(path, k, "method", row["method"], "is no method of the rule pack.",
                         f"Methods: {', '.join(sorted(methods))}.")
        if row["class"] not in rules.classes:
            raise _fault(path, k, "class", row["class"], "is no item class of the rule pack.",
                         f"Classes: {', '.join(rules.classes)}.")
        targets, found = (_whole(path, k, c, row[c]) for c in ("targets", "found"))
        if found > targets:
            raise _fault(path, k, "found", row["found"], f"is more than the {targets} targets laid.",
                         "Check the lane sheet.")
        out.append(LaneTest(row["method"], row["organisation"], row["class"], targets, found))
    return tuple(out)


def read_effort(path: Path, known: frozenset[str]) -> dict[str, SearchEffort]:
    """Read the effort of single searches: activity (local identifier), coverage, p_detect (may be empty).

    Raises
    ------
    RequestError : a missing column, an unknown or repeated activity, coverage or detection outside 0 to 1.
    """
    out: dict[str, SearchEffort] = {}
    for k, row in enumerate(_rows(path, SEARCH_COLUMNS)):
        name = row["activity"]
        if name not in known:
            raise _fault(path, k, "activity", name, "is no activity or daily return of the project.",
                         "Use the local identifier under which it was taken in.")
        if name in out:
            raise _fault(path, k, "activity", name, "stands in the file twice.", "Give each search one row.")
        detect = _share(path, k, "p_detect", row["p_detect"]) if row["p_detect"] else None
        out[name] = SearchEffort(name, _share(path, k, "coverage", row["coverage"]), detect)
    return out
