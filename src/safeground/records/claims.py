"""The nouns of public reports: a document, what it claims, according to whom, about when and where, how sure.

Every derived field points at a span of the document's text: no span, no claim.  Offsets are characters [start, end).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from safeground.foundation.errors import RequestError
from safeground.records.base import Record


class ClaimType(StrEnum):
    """What a claim is about."""

    ACKNOWLEDGEMENT = "acknowledgement"
    DEPLOYMENT = "deployment"
    CLEARANCE = "clearance"
    CONTAMINATION = "contamination"
    CASUALTY = "casualty"
    CEREMONY = "ceremony"
    SPEECH = "speech"
    HONOURS = "honours"
    MEDIA_EVIDENCE = "media_evidence"
    SUPPORT_IN_KIND = "support_in_kind"
    ACCIDENT = "accident"
    CONDITIONS = "conditions"
    EVALUATION = "evaluation"
    BACKGROUND = "background"


class Certainty(StrEnum):
    """How sure the outermost text makes itself."""

    ASSERTED = "asserted"
    REPORTED = "reported"
    HEDGED = "hedged"
    PRESUPPOSED = "presupposed"
    EVALUATIVE = "evaluative"


class Modality(StrEnum):
    """In which mode it is spoken of (PLOVER's auxiliary modes)."""

    ACTUAL = "actual"
    HISTORICAL = "historical"
    FUTURE = "future"
    HYPOTHETICAL = "hypothetical"
    NEGATED = "negated"


class PlaceLevel(StrEnum):
    """How fine a place is; a claim is never located finer than its level."""

    COUNTRY = "country"
    ADMIN_1 = "admin_1"
    ADMIN_2 = "admin_2"
    SETTLEMENT = "settlement"
    FEATURE = "feature"
    UNNAMED = "unnamed"


class RelationKind(StrEnum):
    """How one claim stands to another."""

    REPEATS = "repeats"
    SAME_ORIGIN = "same_origin"
    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    REFINES = "refines"
    SUPERSEDES = "supersedes"
    PRESUPPOSES = "presupposes"
    PART_OF = "part_of"


class ClaimStatus(StrEnum):
    """What people made of it; a draft weighs nothing."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters [start, end) of a document's text as given."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise RequestError("SG-RECORD-001", "span", f"[{self.start}, {self.end}) holds no characters.",
                               "Give a start below the end.")

    def overlaps(self, other: Span) -> bool:
        """Whether two spans share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeExpression:
    """A time expression as written, with its TIMEX3 value.

    Attributes
    ----------
    type : ``DATE``, ``TIME``, ``DURATION`` or ``SET``.  value : ISO 8601 as TIMEX3 has it (``2025-08``, ``P120D``).
    mod : ``""``, ``LESS_THAN``, ``MORE_THAN``, ``APPROX``, ``START``, ``MID``, ``END``, ``EQUAL_OR_LESS`` …
    """

    span: Span
    text: str
    type: str
    value: str
    mod: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRef:
    """When: bounds of the start and of the end, and of the length in days; None = open.

    Attributes
    ----------
    mod : modifier of the expression, as in :class:`TimeExpression`.
    inclusive, exclusive : (earliest_start, latest_start, earliest_end, latest_end) under either way of counting days,
        where the two differ; the four dates above are the inclusive ones.
    """

    text: str = ""
    earliest_start: date | None = None
    latest_start: date | None = None
    earliest_end: date | None = None
    latest_end: date | None = None
    duration_days_min: float | None = None
    duration_days_max: float | None = None
    mod: str = ""
    inclusive: tuple[date | None, ...] = ()
    exclusive: tuple[date | None, ...] = ()
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRef:
    """Where: a name at a level; a point only for settlements and features, never for a region.

    Attributes
    ----------
    country : ISO 3166-1 alpha-2, "" = unknown.  latitude, longitude : degrees, WGS 84, of a settlement or feature.
    radius_km : uncertainty about the point, km.  boundary : WKT of a user-loaded boundary, "" = none loaded.
    candidates : (name, country, score) of the other readings.
    """

    name: str
    level: PlaceLevel
    span: Span | None = None
    country: str = ""
    gazetteer_id: str = ""
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float | None = None
    boundary: str = ""
    candidates: tuple[tuple[str, str, float], ...] = ()

    def __post_init__(self) -> None:
        point = self.latitude is not None or self.longitude is not None
        if point and self.level not in (PlaceLevel.SETTLEMENT, PlaceLevel.FEATURE):
            raise RequestError("SG-RECORD-001", self.name, f"a place of level {self.level} has no point.",
                               "Spread the claim over its area.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFigure:
    """A figure with its unit; a vague number is a bound (``thousands`` = at least 2,000, open above).

    Attributes
    ----------
    value_low, value_high : bounds, None = open.  relation : ``=``, ``<``, ``<=``, ``>``, ``>=`` or ``about``.
    """

    value_low: float | None
    value_high: float | None
    unit: str
    relation: str = "="
    vague: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """One who says so, outermost first, with the cue that shows it; "" = the outlet itself."""

    agent: str
    cue: str = ""
    span: Span | None = None
    cue_span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """A source, its cue and the content that it stands for; spans may be in several pieces.

    Attributes
    ----------
    reporting : whether the cue reports speech or writing (say, report, confirm, according to …), not an attitude.
    """

    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    reporting: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRelation:
    """How a claim stands to another, and the rule or person that says so."""

    kind: RelationKind
    id: str
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of a document.

    Attributes
    ----------
    id : stable within the document.  span, quote : where it stands, and its words.
    chain : who says so, outermost first (the outlet), the root last.
    first_time : whether the text says that it happened for the first time; ``first_time_scope`` to what that is scoped.
    origin : id of the root utterance it goes back to.
    proposed_by : ``rules``, ``person:NAME`` or ``model:NAME``; a model's proposal weighs nothing until confirmed.
    against_interest : True = it goes against its root's interest, False = it serves it, None = neither or unknown.
    """

    id: str
    span: Span
    quote: str
    type: ClaimType
    chain: tuple[ChainLink, ...]
    certainty: Certainty
    actor: str = ""
    object: str = ""
    modality: Modality = Modality.ACTUAL
    figures: tuple[ClaimFigure, ...] = ()
    time: TimeRef = TimeRef()
    place: PlaceRef | None = None
    relations: tuple[ClaimRelation, ...] = ()
    origin: str = ""
    first_time: bool = False
    first_time_scope: str = ""
    status: ClaimStatus = ClaimStatus.DRAFT
    proposed_by: str = "rules"
    against_interest: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A root utterance: the agent, the speech event, its date; claims that go back to it share it and count once.

    Attributes
    ----------
    bloc : interest bloc of the agent.  known : False where the root is not named; it is then its own origin, letter F.
    """

    id: str
    agent: str
    event: str = ""
    day: date | None = None
    bloc: str = ""
    known: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of the text that is page furniture, with its kind (title, slug, caption, advertisement, author …)."""

    span: Span
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoFacts:
    """What a photograph's file says of itself; a claim by the file, which anybody can edit.

    Attributes
    ----------
    taken : local time as written, ISO 8601, with its offset where the file gives one, "" = none.
    latitude, longitude : degrees, WGS 84.  error_m : the receiver's own horizontal error, m.
    description, copyright, artist, camera : as written.  width, height : pixels.
    """

    taken: str = ""
    latitude: float | None = None
    longitude: float | None = None
    error_m: float | None = None
    description: str = ""
    copyright: str = ""
    artist: str = ""
    camera: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDocument:
    """A report as it came, its text, and what is known about it.

    Attributes
    ----------
    id, sha256 : identity, and hash of the bytes as received.  text : as given (or as extracted from HTML, PDF, DOCX).
    published : publication date; ``published_source`` says whence it is known (``option``, ``page``, ``analyst`` …) and
        ``published_grade`` how well.
    boilerplate : page furniture, in order; nothing in it becomes a claim.
    parts : where each stretch of the text stood: ``page 3``, ``Sheet1!B7``, ``Sheet1!B8 formula``, ``row 4 column 2``.
    notes : what a reader must know: bytes that are no letters, pages that were not read, letters that change direction.
    photo : what a photograph's file says of itself.  caption, credit : given with it; who supplied is not who took it.
    """

    id: str
    sha256: str
    media_type: str
    text: str
    extractor: str
    title: str = ""
    outlet: str = ""
    byline: str = ""
    published: date | None = None
    published_source: str = ""
    published_grade: str = ""
    captured_at: datetime | None = None
    url: str = ""
    language: str = "en"
    boilerplate: tuple[Block, ...] = ()
    parts: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    photo: PhotoFacts | None = None
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEvent(Record):
    """One link of the log of claims: what was proposed or decided, by whom, why.

    Attributes
    ----------
    seq : 1, 2, 3 … without a gap.  payload : canonical JSON text.
    previous_hash, hash : SHA-256, hexadecimal; ``hash`` covers every other field.
    """

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    payload: str
    reason: str = ""
    previous_hash: str = ""
    hash: str = ""
