"""What the field sends in and what it moves: survey outcomes, and the ground that an entry of the book stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shapely import Geometry

from safeground.records.base import Record
from safeground.records.vocabulary import ActivityType, ReleaseMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class LandPart(Record):
    """The ground that one entry of the land book moves; parts of one area never share ground while they count.

    Whether it counts is the entry's affair: pending, posted, void or reversed.  A part is written once, never changed.

    Attributes
    ----------
    entry_id : the entry that moves this ground and no other.
    hazardous_area_id : area from which it is taken.
    geometry : Polygon or MultiPolygon, EPSG:4326.
    area_cm2 : allotted share of the area's integer cm²; equals what the entry moves.
    release_method : what the ground becomes if the entry is posted.
    record_ids : daily returns or survey reports that it rests on.
    team_id, asset, method, work_date, depth_cm : of the last work on it; "" and None for survey outcomes without work.
    """

    entry_id: str
    hazardous_area_id: str
    geometry: Geometry
    area_cm2: int
    release_method: ReleaseMethod
    record_ids: tuple[str, ...] = ()
    team_id: str = ""
    asset: str = ""
    method: str = ""
    work_date: date | None = None
    depth_cm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyReport(Record):
    """The outcome of a non-technical or technical survey of an area, or of a part of it (IMAS 08.10, 08.20).

    Attributes
    ----------
    survey_type : ``nts`` or ``ts``.
    outcome : cancelled (NTS), reduced (TS); None = the survey confirms hazard or redraws without release.
    geometry : the part that the outcome holds for, EPSG:4326; None = the whole area.
    criteria : ids of the national criteria that are met (``[release.criteria]`` of the rule pack).
    evidence_ids : records that the outcome rests on.
    technical_asset : whether a technical asset searched in the part; None = not stated.
    author, approver : two people.
    """

    hazardous_area_id: str
    survey_type: ActivityType
    survey_date: date
    outcome: ReleaseMethod | None = None
    geometry: Geometry | None = None
    area_cm2: int = 0
    criteria: tuple[str, ...] = ()
    evidence_ids: tuple[str, ...] = ()
    technical_asset: bool | None = None
    author: str = ""
    approver: str = ""
    note: str = ""
