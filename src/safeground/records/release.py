"""The nouns of a release: papers filed, markers on the ground, handover, and the dossier with its signatures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shapely import Geometry

from safeground.records.base import Record


class PointType(StrEnum):
    """Survey points (IMSMA wiki, Point Types)."""

    LANDMARK = "landmark"
    BENCHMARK = "benchmark"
    START_POINT = "start_point"
    TURNING_POINT = "turning_point"
    INTERMEDIATE_POINT = "intermediate_point"


class DossierState(StrEnum):
    """How far a dossier has come; ``SIGNED`` is final."""

    DRAFT = "draft"
    VERIFIED = "verified"
    SIGNED = "signed"
    WITHDRAWN = "withdrawn"


class SigningRole(StrEnum):
    """Who signs what; the three are three people."""

    AUTHOR = "author"
    VERIFIER = "verifier"
    SIGNATORY = "signatory"


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledDocument(Record):
    """A paper filed for an area: completion report, inspection report, training record, permit …

    Attributes
    ----------
    kind : id of the document in the rule pack (``[release.documents]``).
    sha256 : hash of the file, "" = kept on paper.
    """

    hazardous_area_id: str
    kind: str
    reference: str
    dated: date
    signed_as: str = ""
    signatory: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyMarker(Record):
    """A permanent survey marker of an area (IMAS 08.30; IMSMA wiki, Point Types).

    Attributes
    ----------
    sequence : order along the perimeter, 1, 2, 3 …; 0 for landmark and benchmark.
    buried_metal : whether a metal object was buried at it as lasting reference.
    emplaced_date : when it was put in the ground, None = not yet.
    """

    hazardous_area_id: str
    point_type: PointType
    geometry: Geometry
    sequence: int = 0
    buried_metal: bool = False
    emplaced_date: date | None = None
    position_accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover(Record):
    """Land handed over to those who use it: to whom, with whom present, for what use."""

    hazardous_area_id: str
    handover_date: date
    recipient: str
    recipient_role: str = ""
    intended_use: str = ""
    men: int = 0
    women: int = 0
    boys: int = 0
    girls: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One person's signature over a dossier's bytes.

    Attributes
    ----------
    person_id, name, organisation, role : who signs, as what.
    meaning : what the signature says, in words.
    signed_at : aware UTC time.
    public_key, signature : Ed25519, hexadecimal.
    """

    person_id: str
    name: str
    organisation: str
    role: SigningRole
    meaning: str
    signed_at: datetime
    public_key: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDossier(Record):
    """All that a release decision rests on, as canonical JSON text, with the signatures over it.

    Attributes
    ----------
    content : canonical JSON (``foundation.canonical``); the signatures stand for these bytes.
    content_sha256 : its SHA-256.
    """

    hazardous_area_id: str
    content: str
    content_sha256: str
    state: DossierState = DossierState.DRAFT
    signatures: tuple[Signature, ...] = ()
