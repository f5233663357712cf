"""What a situation report is made from: plain values, gathered by the operation and passed in whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from safeground.foundation.finding import Finding, Severity
from safeground.records.land import BalanceAssertion, BalanceSheet, Overlap

Bounds = tuple[float, float, float, float]


class LayerKind(StrEnum):
    """What the map draws, lowest first: hazardous ground is drawn over released ground, never under it."""

    CANCELLED = "cancelled"
    REDUCED = "reduced"
    CLEARED = "cleared"
    QUARANTINED = "quarantined"
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    INDICATION = "indication"
    ORDNANCE = "ordnance"
    ACCIDENT = "accident"


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Geometries of one class, EPSG:4326, longitude first; `ids` names the record of each, in the same order."""

    kind: LayerKind
    geometry: NDArray[np.object_]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAccount:
    """One file and noun: every row accounted for.

    `accepted` counts the rows that a record names as its source today; `elsewhere` is the rest, whose record was taken
    in again, or changed, from another file.
    """

    id: str
    file: str
    layer: str
    noun: str
    sha256: str
    rows_in: int
    accepted: int
    quarantined: int
    refused: int

    @property
    def elsewhere(self) -> int:
        """Return the rows in that are neither accepted under this file's name, nor quarantined, nor refused."""
        return self.rows_in - self.accepted - self.quarantined - self.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideRow:
    """A row that is quarantined or refused; `area_m2` is None where nothing could be measured."""

    id: str
    noun: str
    place: str
    codes: tuple[str, ...]
    area_m2: float | None
    refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """All findings of one code: how many, and the first one as an example."""

    code: str
    severity: Severity
    count: int
    example: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """How a record is named in a list: its id, its sender's id or name, and the row it came from."""

    id: str
    noun: str
    label: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class AccidentLine:
    """One accident's counts; never a name, never a position."""

    id: str
    killed: int
    injured: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SituationInput:
    """A project at one moment.

    Attributes
    ----------
    generated_at : aware time, passed in; printed, and the PDF's only time stamp.
    region : west, south, east, north in degrees; None = not stated.
    layers : what the map draws; positions that must not be recorded are not among them.
    contested_cm2 : ground counted as hazardous and also recorded as released, cm².
    accidents : all accidents, also those without a position.
    ordnance : (id, number of items).
    records : how each record that a figure may name is called.
    withheld_positions : records whose position must not be recorded: counted, not drawn.
    without_position : hazardous areas, activities, accidents and items that have no position at all.
    """

    project: str
    generated_at: datetime
    standard: str
    edition: str
    region: Bounds | None
    layers: tuple[Layer, ...]
    sheet: BalanceSheet
    overlaps: tuple[Overlap, ...]
    contested_cm2: int
    sources: tuple[SourceAccount, ...]
    aside: tuple[AsideRow, ...]
    findings: tuple[FindingGroup, ...]
    assertions: tuple[BalanceAssertion, ...]
    assertion_gaps: tuple[Finding, ...]
    accidents: tuple[AccidentLine, ...]
    ordnance: tuple[tuple[str, int], ...]
    records: tuple[RecordLine, ...]
    journal_seq: int
    journal_hash: str
    withheld_positions: int = 0
    without_position: int = 0
