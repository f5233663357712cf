"""Effort and dates as files: lane tests, single searches, and since when covariates are known, checked row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from safeground.evidence.table import read_table
from safeground.foundation.errors import RequestError
from safeground.records.hazard_rules import HazardRules

LANE_COLUMNS = ("method", "organisation", "class", "targets", "found")
#: Column of a lane file that may be left out: which targets were laid.
HARDNESS = "hardness"
SEARCH_COLUMNS = ("activity", "coverage", "p_detect")
DATE_COLUMNS = ("covariate", "known_since")


@dataclass(frozen=True, slots=True)
class LaneTest:
    """Seeded targets of one class that a method of an organisation found in blind lanes; ``hard``: laid to be hard."""

    method: str
    organisation: str
    item_class: str
    targets: int
    found: int
    hard: bool = False


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
    header, rows = read_table(path)
    missing = [c for c in columns if c not in header]
    if missing:
        raise RequestError("SG-EVIDENCE-002", f"{path.name}, {missing[0]}", "is no column of the file.",
                           f"Give the columns {', '.join(columns)}.")
    return [dict(zip(header, row, strict=True)) for row in rows]


def _fault(path: Path, row: int, column: str, value: str, why: str, remedy: str) -> RequestError:
    return RequestError("SG-EVIDENCE-003", f"{path.name} row {row + 1}, {column}", f"{value!r} {why}", remedy)


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
    """Read lane tests: method, organisation, class, targets, found; and hardness (ordinary or hard) if given.

    Raises
    ------
    RequestError : a missing column, an unknown method, class or hardness, more found than laid, with file, row, field
        and remedy.
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
        hardness = row.get(HARDNESS, "")
        if hardness not in ("", "ordinary", "hard"):
            raise _fault(path, k, HARDNESS, hardness, "is neither ordinary nor hard.",
                         "Write hard for targets laid deep, with little metal or beside metal; else ordinary.")
        out.append(LaneTest(row["method"], row["organisation"], row["class"], targets, found, hardness == "hard"))
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


def read_dates(path: Path, names: Sequence[str]) -> dict[str, date]:
    """Read since when covariates are known: covariate, known_since (ISO date).

    Raises
    ------
    RequestError : a missing column, a covariate that the cells do not have, or a date that is none.
    """
    out: dict[str, date] = {}
    for k, row in enumerate(_rows(path, DATE_COLUMNS)):
        if row["covariate"] not in names:
            raise _fault(path, k, "covariate", row["covariate"], "is no covariate of the cells.",
                         "Use the name of a column of numbers.")
        try:
            out[row["covariate"]] = date.fromisoformat(row["known_since"])
        except ValueError as error:
            raise _fault(path, k, "known_since", row["known_since"], "is no date.",
                         "Write it as 2019-12-31.") from error
    return out
