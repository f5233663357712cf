"""The nouns of quality control: a lot of cleared ground, and the sample drawn from it before the visit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shapely import Geometry

from safeground.records.base import Record


class LotState(StrEnum):
    """Where a lot stands.

    ``WITHDRAWN`` = part of its ground was decided otherwise before its verdict; ``REVOKED`` = it was accepted, and an
    item was found or an accident happened in its ground before its area was released.
    """

    FORMED = "formed"
    DRAWN = "drawn"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionLot(Record):
    """Ground of one area that is accepted or rejected together (IMAS 07.40; ISO 2859 "lot").

    Attributes
    ----------
    part_ids, entry_ids : land parts of the lot and their pending entries, in one order.
    geometry, area_cm2 : union of the parts, EPSG:4326, and the sum of their areas.
    team_ids, assets, first_date, last_date : who worked on it, with what, from when to when.
    plan_version : name and version of the sampling plan that holds for it.
    seed_sha256 : SHA-256 of the seed (hexadecimal text as UTF-8), recorded when the lot is formed; the seed itself is
        recorded with the draw.
    """

    hazardous_area_id: str
    part_ids: tuple[str, ...]
    entry_ids: tuple[str, ...]
    geometry: Geometry
    area_cm2: int
    team_ids: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    first_date: date | None = None
    last_date: date | None = None
    plan_version: str = ""
    seed_sha256: str = ""
    formed_at: datetime | None = None
    state: LotState = LotState.FORMED


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingDraw(Record):
    """The units of a lot to be inspected, drawn and recorded before the visit; it can be drawn again from the seed.

    Attributes
    ----------
    seed : hexadecimal text whose SHA-256 was recorded with the lot.
    unit_m : side of a unit, m.  unit_count, sample_count : units of the lot and those drawn.
    geometry : valid union of the drawn units, EPSG:4326; they are listed one by one in `units`.
    strata : (stratum, units in it, units drawn from it).
    acceptance_number : defective units with which the lot is still accepted; 0 for ordnance.
    quality, confidence, detection : what the plan promises, and the detection probability it assumes of inspection.
    risk_aware : drawn where the posterior's residual lies, beside the rule's plan, never instead of it.
    units : names of the drawn units in the order of drawing: ``C<column>R<row>`` of a grid of `unit_m` in `crs`, from
        1 at the lot's south-west corner.
    crs : coordinate system of that grid, such as ``EPSG:32626``.
    edge_m, near_finds : what the strata were made with: width of the edge strip, m, and (longitude, latitude, radius m)
        of each find that has a stratum around it.
    formula_count : sample of the formula alone, before least share, escalation and strata; 0 = search everything.
    expected_found : items that inspecting the units would find by the posterior; None = no posterior was there.
    """

    lot_id: str
    seed: str
    unit_m: float
    unit_count: int
    sample_count: int
    geometry: Geometry
    drawn_at: datetime
    strata: tuple[tuple[str, int, int], ...] = ()
    acceptance_number: int = 0
    quality: float = 0.0
    confidence: float = 0.0
    detection: float = 1.0
    plan_version: str = ""
    risk_aware: bool = False
    units: tuple[str, ...] = ()
    crs: str = ""
    edge_m: float = 0.0
    near_finds: tuple[tuple[float, float, float], ...] = ()
    formula_count: int = 0
    expected_found: float | None = None
