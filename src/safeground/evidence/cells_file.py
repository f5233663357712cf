"""Reading a region's cells from CSV: named columns are checked row by row, the rest become covariates or findings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from safeground.evidence.table import read_table
from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.records.cells import Cells

Array = NDArray[np.float64]
_GEOD = Geod(ellps="WGS84")
MISSING = {"", "na", "nan", "null", "none"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold the outcome (1, 0, -1 or empty = unknown), the position, and the block."""

    label: str
    x: str
    y: str
    block: str


@dataclass(frozen=True, slots=True)
class CellsRead:
    """Cells and what was found on the way: columns left out and why."""

    cells: Cells
    findings: tuple[Finding, ...]


def read_cells(path: Path, columns: Columns) -> CellsRead:
    """Read cells from a CSV file with a header.

    Positions are degrees (WGS 84) where all lie within ±180 and ±90, else metres of some plane.  Columns of numbers
    become covariates (empty = missing); columns of text and repeated coordinates are left out with a finding.

    Raises
    ------
    RequestError : unreadable file (SG-EVIDENCE-001), a named column that is not there (SG-EVIDENCE-002), a value of a
        named column that does not fit, with its row (SG-EVIDENCE-003), two cells with one centre (SG-EVIDENCE-006).
    """
    header, rows = read_table(path)
    index = {name: k for k, name in enumerate(header)}
    for role, name in (("label", columns.label), ("x", columns.x), ("y", columns.y), ("block", columns.block)):
        if name not in index:
            raise RequestError("SG-EVIDENCE-002", f"{path.name}, --{role} {name}", "is no column of the file.",
                               f"Columns: {', '.join(header[:30])}{' …' if len(header) > 30 else ''}.")
    outcome = np.array([_outcome(path, k, row[index[columns.label]], columns.label) for k, row in enumerate(rows)])
    x, y = (np.array([_number(path, k, row[index[name]], name) for k, row in enumerate(rows)])
            for name in (columns.x, columns.y))
    blocks = [_block(path, k, row[index[columns.block]], columns.block) for k, row in enumerate(rows)]
    names, block = np.unique(blocks, return_inverse=True)
    _refuse_twins(path, x, y)
    named = {columns.label, columns.x, columns.y, columns.block}
    covariates, kept, findings = _covariates(path, header, rows, named, (x, y))
    cells = Cells(_plane_km(x, y), outcome, block, tuple(str(n) for n in names), covariates, kept)
    return CellsRead(cells, tuple(findings))


def _bad(path: Path, k: int, name: str, value: str, expected: str) -> RequestError:
    return RequestError("SG-EVIDENCE-003", f"{path.name} row {k + 1}, {name}", f"{value!r} does not fit.",
                        f"Give {expected}.")


def _outcome(path: Path, k: int, value: str, name: str) -> int:
    word = value.lower()
    if word in MISSING:
        return -1
    try:
        number = float(word)
    except ValueError:
        number = np.nan
    if number not in (1.0, 0.0, -1.0):
        raise _bad(path, k, name, value, "1 (found), 0 (declared free of finds), -1 or nothing (unknown)")
    return int(number)


def _number(path: Path, k: int, value: str, name: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        raise _bad(path, k, name, value, "a number with a decimal point")
    return number


def _block(path: Path, k: int, value: str, name: str) -> str:
    if not value:
        raise _bad(path, k, name, value, "the name of the cell's block (municipality, district)")
    return value


def _refuse_twins(path: Path, x: Array, y: Array) -> None:
    order = np.lexsort((y, x))
    same = (np.diff(x[order]) == 0) & (np.diff(y[order]) == 0)
    if same.any():
        k = int(np.flatnonzero(same)[0])
        raise RequestError("SG-EVIDENCE-006", f"{path.name} rows {order[k] + 1} and {order[k + 1] + 1}",
                           f"{int(same.sum())} cells have the centre of another.", "Give each cell once.")


def _plane_km(x: Array, y: Array) -> Array:
    if np.abs(x).max() > 180 or np.abs(y).max() > 90:
        return np.column_stack([x, y]) / 1000
    lon, lat = float(np.median(x)), float(np.median(y))
    azimuth, _, metres = _GEOD.inv(np.full(len(x), lon), np.full(len(x), lat), x, y)
    angle = np.radians(azimuth)
    return np.column_stack([metres * np.sin(angle), metres * np.cos(angle)]) / 1000


def _covariates(path: Path, header: list[str], rows: list[list[str]], named: set[str], position: tuple[Array, Array]
                ) -> tuple[Array, tuple[str, ...], list[Finding]]:
    kept, values, findings = [], [], []
    for k, name in enumerate(header):
        if name in named:
            continue
        column = np.full(len(rows), np.nan)
        text = ""
        for r, row in enumerate(rows):
            word = row[k]
            if word.lower() in MISSING:
                continue
            try:
                column[r] = float(word)
            except ValueError:
                text = word
                break
        where = SourceRef(file=path.name, field=name)
        if text:
            findings.append(Finding(Severity.INFO, "SG-EVIDENCE-004", name, f"holds text ({text[:40]!r}) and is left "
                                    "out.", "Code it as numbers if it should count.", where))
        elif any(np.allclose(column, p, rtol=0, atol=1e-9) for p in position):
            findings.append(Finding(Severity.INFO, "SG-EVIDENCE-005", name, "repeats a coordinate and is left out.",
                                    "Nothing to do.", where))
        else:
            kept.append(name)
            values.append(column)
    if not kept:
        raise RequestError("SG-EVIDENCE-001", path.name, "holds no covariate of numbers.", "Add covariate columns.")
    return np.column_stack(values), tuple(kept), findings
