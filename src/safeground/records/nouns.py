"""The nouns of mine action: what is recorded about hazard, people, work and land (MDR 2018; IMAS 05.10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shapely import Geometry

from safeground.records.base import Record
from safeground.records.vocabulary import (
    AccidentClass,
    ActivityType,
    AreaType,
    ContaminationCategory,
    Disposition,
    EvidenceKind,
    EvidenceSign,
    InspectionKind,
    PositionMethod,
    ReleaseMethod,
    Severity,
    WorkflowStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Record):
    """A file or document as received: its bytes' hash, its name, who gave it, and the mapping used to read it."""

    file_name: str
    sha256: str
    byte_count: int
    format: str
    layer: str = ""
    crs: str = ""
    encoding: str = ""
    mapping: str = ""
    reliability: str = ""
    row_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardousArea(Record):
    """An indication, suspected or confirmed hazardous area (MDR "contaminated area"; IMAS 07.11).

    Attributes
    ----------
    geometry : perimeter, Polygon or MultiPolygon, EPSG:4326; a Point for an indication without a perimeter.
    area_cm2 : geodesic area booked when it was opened, cm²; 0 for a point.
    stated_area_m2 : area the sender claims, m²; kept as claimed, used for no total.
    """

    area_type: AreaType
    geometry: Geometry
    area_cm2: int = 0
    name: str = ""
    workflow_status: WorkflowStatus = WorkflowStatus.OPEN
    contamination: ContaminationCategory = ContaminationCategory.UNKNOWN
    admin_unit: str = ""
    stated_area_m2: float | None = None
    position_method: PositionMethod = PositionMethod.UNKNOWN
    position_accuracy_m: float | None = None
    geo_safe: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Record):
    """An observation for presence or absence, at a place, graded."""

    kind: EvidenceKind
    sign: EvidenceSign
    geometry: Geometry | None = None
    hazardous_area_id: str = ""
    contamination: ContaminationCategory = ContaminationCategory.UNKNOWN
    source_reliability: str = ""
    information_credibility: str = ""
    position_accuracy_m: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Record):
    """Survey, clearance or other work with a place and an outcome (MDR "activity", "land-release product")."""

    activity_type: ActivityType
    geometry: Geometry | None = None
    area_cm2: int = 0
    name: str = ""
    hazardous_area_id: str = ""
    organisation: str = ""
    method: str = ""
    start_date: date | None = None
    end_date: date | None = None
    release_method: ReleaseMethod | None = None
    clearance_depth_cm: float | None = None
    contamination: ContaminationCategory = ContaminationCategory.UNKNOWN
    stated_area_m2: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdnanceItem(Record):
    """An item of explosive ordnance, at the place where it was found."""

    category: ContaminationCategory
    geometry: Geometry | None = None
    hazardous_area_id: str = ""
    activity_id: str = ""
    model: str = ""
    quantity: int = 1
    depth_cm: float | None = None
    found_date: date | None = None
    disposition: Disposition = Disposition.UNKNOWN
    improvised: bool = False
    article_5: bool | None = None
    position_accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accident(Record):
    """An accident with a mine or other explosive ordnance (IMAS 10.60; MDR "accident")."""

    geometry: Geometry | None = None
    accident_date: date | None = None
    accident_class: AccidentClass = AccidentClass.UNKNOWN
    category: ContaminationCategory = ContaminationCategory.UNKNOWN
    killed_count: int = 0
    injured_count: int = 0
    geo_safe: bool = True
    position_accuracy_m: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim(Record):
    """A person harmed in an accident; held apart, never logged, exported only with consent."""

    accident_id: str
    gender: str = ""
    age_band: str = ""
    killed: bool = False
    activity_at_time: str = ""
    share_with_authorities: bool = False
    share_with_ngos: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Record):
    """A member of staff who does, checks or signs."""

    name: str
    organisation: str = ""
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Team(Record):
    """A team or asset that can be sent to a task."""

    name: str
    organisation: str = ""
    asset_type: str = "manual"
    skills: tuple[str, ...] = ()
    size: int = 1
    accreditation_until: date | None = None
    base: Geometry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOrder(Record):
    """An order to a team to do work on named parcels; no land moves by it."""

    hazardous_area_id: str
    objective: str
    geometry: Geometry | None = None
    team_ids: tuple[str, ...] = ()
    method: str = ""
    clearance_depth_cm: float | None = None
    start_date: date | None = None
    end_date: date | None = None
    documents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReturn(Record):
    """One team's, one asset's return for one day: ground processed, which is not ground released."""

    submission_id: str
    task_order_id: str
    team_id: str
    work_date: date
    geometry: Geometry | None = None
    area_cm2: int = 0
    asset: str = ""
    method: str = ""
    depth_cm: float | None = None
    hours: float | None = None
    downtime_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection(Record):
    """A quality assurance or quality control visit (MDR "QA visit")."""

    kind: InspectionKind
    visit_date: date
    hazardous_area_id: str = ""
    lot_id: str = ""
    inspecting_organisation: str = ""
    inspected_organisation: str = ""
    geometry: Geometry | None = None
    passed: bool | None = None
    measures_taken: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonconformity(Record):
    """A requirement that was not met, followed to its closure."""

    inspection_id: str
    severity: Severity
    description: str
    corrective_action: str = ""
    due_date: date | None = None
    closed_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDecision(Record):
    """What an authority decided about an area, with its reasons; the record never changes afterwards."""

    hazardous_area_id: str
    decision: str
    decided_at: datetime | None = None
    author: str = ""
    verifier: str = ""
    signatory: str = ""
    reasons: tuple[str, ...] = ()
    certificate_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskEducationSession(Record):
    """An explosive ordnance risk education session with its audience by sex and age band (IMAS 12.10)."""

    session_date: date | None = None
    geometry: Geometry | None = None
    organisation: str = ""
    method: str = ""
    audience: tuple[tuple[str, int], ...] = ()
    first_time_count: int | None = None


#: Record type by the one word used in ``--as``, in the journal and as table name.
NOUNS: dict[str, type[Record]] = {
    "source": Source,
    "hazardous_area": HazardousArea,
    "evidence": Evidence,
    "activity": Activity,
    "ordnance": OrdnanceItem,
    "accident": Accident,
    "victim": Victim,
    "person": Person,
    "team": Team,
    "task_order": TaskOrder,
    "progress_return": ProgressReturn,
    "inspection": Inspection,
    "nonconformity": Nonconformity,
    "release_decision": ReleaseDecision,
    "risk_education": RiskEducationSession,
}
WORD_OF: dict[type[Record], str] = {noun: word for word, noun in NOUNS.items()}
