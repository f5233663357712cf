"""What a reader hands on: a table as received, and what is wrong with it so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
from shapely import Geometry

from safeground.foundation.finding import Finding, Severity, SourceRef

Objects = npt.NDArray[np.object_]


class Formula(str):
    """A spreadsheet formula: what it would show is not a recorded value."""

    __slots__ = ()


class CellError(str):
    """A spreadsheet error such as ``#REF!``."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """One table of one file, by columns.

    Attributes
    ----------
    file, layer : name of the file; sheet or layer, "" where the format has none.
    columns : names in the file's order.
    values : column -> one value for each row: text, or number, truth value, date where the format has types.
    geometry : shape (n,), EPSG or other coordinates as in the file; None per row where there is none or it is broken;
        None as a whole where the format carries no geometry.
    geometry_text : row index -> what stood in the place of a geometry that could not be read.
    salvaged : row index -> hull of the coordinates that could be read of a broken geometry.
    row_numbers : 1-based number of each data row or feature as a user counts them.
    crs_text : the file's coordinate system as code or WKT, None = the file does not say.
    crs_origin : ``file``, ``format`` (the format fixes it) or "" = unknown.
    row_findings : row index -> what the reader found; an error keeps the row out.
    typed : the format itself tells numbers from text.
    """

    file: str
    layer: str
    columns: tuple[str, ...]
    values: Mapping[str, list[object]]
    geometry: Objects | None
    row_numbers: tuple[int, ...]
    crs_text: str | None
    crs_origin: str
    geometry_text: Mapping[int, str] = field(default_factory=dict)
    salvaged: Mapping[int, Geometry] = field(default_factory=dict)
    row_findings: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)
    typed: bool = False

    def original(self, index: int) -> tuple[tuple[str, str], ...]:
        """Return a row's values as text, by the sender's names; a broken geometry as it stood."""
        pairs = [(name, as_text(self.values[name][index])) for name in self.columns]
        if index in self.geometry_text:
            pairs.append(("(geometry)", self.geometry_text[index]))
        elif self.geometry is not None and self.geometry[index] is not None:
            pairs.append(("(geometry)", self.geometry[index].wkt))
        return tuple(pairs)

    def place(self, index: int, name: str = "") -> SourceRef:
        """Return where a value of a row stands."""
        return SourceRef(self.file, self.layer, self.row_numbers[index], name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """A file as read: its bytes' hash and its tables; a ``REFUSAL`` among `findings` keeps the whole file out.

    `content` is what was hashed where that is not the file's own bytes: a Shapefile's parts as one bundle.
    """

    file: str
    sha256: str
    byte_count: int
    format: str
    encoding: str
    tables: tuple[RawTable, ...]
    findings: tuple[Finding, ...]
    rows_in: int
    content: bytes | None = None


def as_text(value: object) -> str:
    """Return a value as a person would write it; None is ""."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def refusal(file: str, code: str, message: str, remedy: str, layer: str = "") -> Finding:
    """Return a finding that keeps a whole file out."""
    return Finding(Severity.REFUSAL, code, file, message, remedy, SourceRef(file, layer))


def row_error(
    table_file: str, layer: str, row: int, name: str, code: str, message: str, remedy: str,
    candidates: tuple[dict[str, object], ...] = (),
) -> Finding:
    """Return a finding that keeps a row out."""
    return Finding(Severity.ERROR, code, f"row {row}", message, remedy, SourceRef(table_file, layer, row, name),
                   candidates)
