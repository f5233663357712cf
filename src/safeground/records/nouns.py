"""The nouns of mine action: what is recorded about hazard, people, work and land (MDR 2018; IMAS 05.10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from shapely import Geometry

from safeground.records.base import Record
from safeground.records.claims import ClaimEvent
from safeground.records.fieldwork import LandPart, SurveyReport
from safeground.records.quality import InspectionLot, SamplingDraw
from safeground.records.release import FiledDocument, Handover, ReleaseDossier, SurveyMarker
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
    """A member of staff who does, checks or signs.

    Attributes
    ----------
    roles : what the person may do, such as ``author``, ``verifier``, ``signatory``, ``inspector``.
    public_key : Ed25519 key with which the person's signatures are checked, hexadecimal; "" = cannot sign.
    active_until : last day on which the roles hold; None = no end.
    team_ids : teams that the person belongs to; nobody inspects the work of an own team.
    """

    name: str
    organisation: str = ""
    roles: tuple[str, ...] = ()
    public_key: str = ""
    active_until: date | None = None
    team_ids: tuple[str, ...] = ()


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
    """An order to a team to do work on named parcels; no land moves by it.

    Attributes
    ----------
    state : draft, issued, suspended, completed or cancelled; "" = taken in from a file, which does not say.
    """

    hazardous_area_id: str
    objective: str
    geometry: Geometry | None = None
    team_ids: tuple[str, ...] = ()
    method: str = ""
    clearance_depth_cm: float | None = None
    start_date: date | None = None
    end_date: date | None = None
    documents: tuple[str, ...] = ()
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReturn(Record):
    """One team's, one asset's return for one day: ground processed, which is not ground released.

    Attributes
    ----------
    submission_id : the sender's own identity of the submission; one id becomes one record, however often it is sent.
    corrects : submission id that this one replaces; "" = none.  What it replaces stays in the book.
    hazardous_area_id : area worked on; "" = found from the outline.
    final_pass : whether this method is the last that the area needs; None = the rule pack says which methods are.
    downtime_hours : hours lost, of which ``downtime_reason`` tells why.
    received_date : day on which it came in; later than the work date by days when it is late.
    """

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
    corrects: str = ""
    hazardous_area_id: str = ""
    final_pass: bool | None = None
    downtime_hours: float | None = None
    received_date: date | None = None
    crew_count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection(Record):
    """A quality assurance or quality control visit (MDR "QA visit").

    Attributes
    ----------
    draw_id : the sample that was inspected; "" for a visit without one.
    geometry : ground that was really inspected, EPSG:4326.
    units_checked, units_failed : sample units inspected, and those in which something was found.
    failed_units : names of the latter, so that a unit visited twice counts once.
    passed : verdict of a closed visit; None = still open.
    """

    kind: InspectionKind
    visit_date: date
    hazardous_area_id: str = ""
    lot_id: str = ""
    inspecting_organisation: str = ""
    inspected_organisation: str = ""
    geometry: Geometry | None = None
    passed: bool | None = None
    measures_taken: str = ""
    draw_id: str = ""
    inspector: str = ""
    units_checked: int = 0
    units_failed: int = 0
    failed_units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nonconformity(Record):
    """A requirement that was not met, followed to its closure: action, verification by another person, closure.

    Attributes
    ----------
    inspection_id : visit that found it; "" for a find or an accident outside a visit.
    lot_ids : lots that it reaches; none of them counts as accepted while it is open and critical.
    origin_lot_ids : lots in whose ground it was found; what else it reaches follows from their team, asset and days.
    ordnance_id, accident_id : what was found in ground that counted as cleared; "" = none.
    owner, action_evidence : who acts, and the paper that shows it was done.
    verified_by, verified_date : another person, and when; needed for closure.
    """

    inspection_id: str
    severity: Severity
    description: str
    corrective_action: str = ""
    due_date: date | None = None
    closed_date: date | None = None
    hazardous_area_id: str = ""
    lot_ids: tuple[str, ...] = ()
    ordnance_id: str = ""
    accident_id: str = ""
    opened_date: date | None = None
    owner: str = ""
    action_evidence: str = ""
    verified_by: str = ""
    verified_date: date | None = None
    origin_lot_ids: tuple[str, ...] = ()


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
    dossier_id: str = ""


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
    "land_part": LandPart,
    "survey_report": SurveyReport,
    "inspection_lot": InspectionLot,
    "sampling_draw": SamplingDraw,
    "document": FiledDocument,
    "survey_marker": SurveyMarker,
    "handover": Handover,
    "release_dossier": ReleaseDossier,
    "claim_event": ClaimEvent,
}
WORD_OF: dict[type[Record], str] = {noun: word for word, noun in NOUNS.items()}
