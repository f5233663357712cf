"""The field's words as enums; each member cites where the word comes from.

The clause of each member stands in ``CLAUSES`` and is printed in ``docs/glossary.md``.  Editions: IMAS 04.10 Ed. 2
Amdt 13 (2026); APMBC = Ottawa treaty; CCM = Convention on Cluster Munitions; MDR = GICHD minimum data requirements.
"""

from __future__ import annotations

from enum import StrEnum


class AreaType(StrEnum):
    """What kind of hazardous area it is."""

    INDICATION = "indication"
    SUSPECTED_HAZARDOUS_AREA = "sha"
    CONFIRMED_HAZARDOUS_AREA = "cha"


class LandStatus(StrEnum):
    """The land ledger's accounts of one hazardous area.

    The first five are what land can be.  ``OVERLAP`` holds ground that another area of the book already counts, so
    that it is counted once; ``UNEXPLAINED`` holds an openly booked gap to a published figure.  ``OUTSIDE`` is the
    other side of every opening: all of them together sum to zero.
    """

    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    REDUCED = "reduced"
    CLEARED = "cleared"
    OVERLAP = "overlap"
    UNEXPLAINED = "unexplained"
    OUTSIDE = "outside"


class WorkflowStatus(StrEnum):
    """Where a hazardous area stands in its life; apart from the ledger's accounts."""

    INDICATION = "indication"
    OPEN = "open"
    WORKED_ON = "worked_on"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    RELEASED = "released"


class ContaminationCategory(StrEnum):
    """Explosive ordnance by treaty and IMAS category; forced on every area, item and release."""

    ANTI_PERSONNEL_MINE = "apm"
    ANTI_VEHICLE_MINE = "avm"
    CLUSTER_MUNITION_REMNANT = "cmr"
    UNEXPLODED_ORDNANCE = "uxo"
    ABANDONED_ORDNANCE = "axo"
    BOOBY_TRAP = "bt"
    IMPROVISED_EXPLOSIVE_DEVICE = "ied"
    OTHER_DEVICE = "od"
    SMALL_ARMS_AMMUNITION = "saa"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class ActivityType(StrEnum):
    """What was done on the ground or about it."""

    NON_TECHNICAL_SURVEY = "nts"
    TECHNICAL_SURVEY = "ts"
    CLEARANCE = "clearance"
    BATTLE_AREA_CLEARANCE = "bac"
    EOD_SPOT_TASK = "eod"
    ROAD_CLEARANCE = "road_clearance"
    ROAD_VERIFICATION = "road_verification"
    MARKING = "marking"
    STOCKPILE_DESTRUCTION = "stockpile_destruction"
    LIFTED_MINEFIELD = "lifted_minefield"
    LEGACY_CLEARANCE = "legacy_clearance"


class ReleaseMethod(StrEnum):
    """How land leaves suspicion: cancelled by NTS, reduced by TS, cleared by clearance."""

    CANCELLED = "cancelled"
    REDUCED = "reduced"
    CLEARED = "cleared"


class EvidenceSign(StrEnum):
    """Whether an observation speaks for presence or for absence."""

    PRESENCE = "presence"
    ABSENCE = "absence"


class EvidenceKind(StrEnum):
    """What was observed; direct or indirect is the programme's configuration, not part of the kind."""

    VISUAL_OBSERVATION = "visual_observation"
    DETONATION = "detonation"
    ACCIDENT_LOCATED = "accident_located"
    ACCIDENT_UNLOCATED = "accident_unlocated"
    RECORD_HIGH_RELIABILITY = "record_high_reliability"
    RECORD_LOW_RELIABILITY = "record_low_reliability"
    MARKING_OR_FENCING = "marking_or_fencing"
    COMBATANT_ZONE = "combatant_zone"
    LAND_NOT_IN_USE = "land_not_in_use"
    LAND_IN_USE = "land_in_use"
    VERBAL_REPORT = "verbal_report"
    OLD_SURVEY = "old_survey"
    CRATERS = "craters"
    SCRAP_OR_DEBRIS = "scrap_or_debris"
    PRESS_REPORT = "press_report"
    OTHER = "other"


class Disposition(StrEnum):
    """What became of an ordnance item."""

    DESTROYED_IN_SITU = "destroyed_in_situ"
    REMOVED = "removed"
    HANDED_OVER = "handed_over"
    LEFT_MARKED = "left_marked"
    UNKNOWN = "unknown"


class AccidentClass(StrEnum):
    """Whether the accident happened at a demining workplace (IMAS 10.60)."""

    DEMINING = "demining"
    NON_DEMINING = "non_demining"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """Severity of a non-conformity."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class PositionMethod(StrEnum):
    """How a position was taken; it changes the coordinates."""

    GNSS = "gnss"
    DIFFERENTIAL_GNSS = "dgnss"
    BEARING_AND_DISTANCE = "bearing_distance"
    MAP = "map"
    DIGITISED = "digitised"
    COMMUNITY_CENTRE = "community_centre"
    UNKNOWN = "unknown"


class InspectionKind(StrEnum):
    """Quality assurance looks at the process, quality control at the product."""

    QUALITY_ASSURANCE = "qa"
    QUALITY_CONTROL = "qc"


#: Clause or document of each member: (enum name, member name) -> citation.  Printed in the glossary.
CLAUSES: dict[tuple[str, str], str] = {
    ("AreaType", "INDICATION"): "IMSMA wiki, Land Summary Window",
    ("AreaType", "SUSPECTED_HAZARDOUS_AREA"): "IMAS 07.11, 08.10; IMAS 04.10",
    ("AreaType", "CONFIRMED_HAZARDOUS_AREA"): "IMAS 07.11, 08.10; IMAS 04.10",
    ("LandStatus", "SUSPECTED"): "IMAS 07.11 (suspected hazardous area)",
    ("LandStatus", "CONFIRMED"): "IMAS 07.11 (confirmed hazardous area)",
    ("LandStatus", "CANCELLED"): "IMAS 07.11 (cancelled area)",
    ("LandStatus", "REDUCED"): "IMAS 07.11 (reduced area)",
    ("LandStatus", "CLEARED"): "IMAS 07.11, 09.10 (cleared area)",
    ("LandStatus", "OVERLAP"): "Safeground: ground already counted in another area",
    ("LandStatus", "UNEXPLAINED"): "Safeground: openly booked gap to a published figure",
    ("LandStatus", "OUTSIDE"): "Safeground: other side of an opening entry",
    ("WorkflowStatus", "INDICATION"): "IMSMA wiki, Land Summary Window",
    ("WorkflowStatus", "OPEN"): "MDR; TNMA 07.11/01 symbology",
    ("WorkflowStatus", "WORKED_ON"): "TNMA 07.11/01 symbology",
    ("WorkflowStatus", "SUSPENDED"): "MDR",
    ("WorkflowStatus", "CLOSED"): "MDR; TNMA 07.11/01 symbology",
    ("WorkflowStatus", "RELEASED"): "MDR",
    ("ContaminationCategory", "ANTI_PERSONNEL_MINE"): "APMBC 2(1)",
    ("ContaminationCategory", "ANTI_VEHICLE_MINE"): "APMBC 2(1)",
    ("ContaminationCategory", "CLUSTER_MUNITION_REMNANT"): "CCM 2(7)",
    ("ContaminationCategory", "UNEXPLODED_ORDNANCE"): "CCW Protocol V 2(2)",
    ("ContaminationCategory", "ABANDONED_ORDNANCE"): "CCW Protocol V 2(3)",
    ("ContaminationCategory", "BOOBY_TRAP"): "CCW Amended Protocol II 2(4)",
    ("ContaminationCategory", "IMPROVISED_EXPLOSIVE_DEVICE"): "CCW Amended Protocol II 2(5); IMAS 04.10",
    ("ContaminationCategory", "OTHER_DEVICE"): "CCW Amended Protocol II 2(5)",
    ("ContaminationCategory", "SMALL_ARMS_AMMUNITION"): "Safeground: kept out of explosive-ordnance totals",
    ("ContaminationCategory", "MIXED"): "Safeground: more than one category",
    ("ContaminationCategory", "UNKNOWN"): "Safeground: stated openly when the source does not say",
    ("ActivityType", "NON_TECHNICAL_SURVEY"): "IMAS 08.10",
    ("ActivityType", "TECHNICAL_SURVEY"): "IMAS 08.20",
    ("ActivityType", "CLEARANCE"): "IMAS 09.10",
    ("ActivityType", "BATTLE_AREA_CLEARANCE"): "IMAS 09.11",
    ("ActivityType", "EOD_SPOT_TASK"): "IMAS 09.30",
    ("ActivityType", "ROAD_CLEARANCE"): "IMSMA wiki, Activity Summary Window",
    ("ActivityType", "ROAD_VERIFICATION"): "IMSMA wiki, Activity Summary Window",
    ("ActivityType", "MARKING"): "IMAS 08.40; CCW Amended Protocol II technical annex 4",
    ("ActivityType", "STOCKPILE_DESTRUCTION"): "IMSMA wiki, Activity Summary Window",
    ("ActivityType", "LIFTED_MINEFIELD"): "Safeground: a minefield recorded as lifted; quality unknown",
    ("ActivityType", "LEGACY_CLEARANCE"): "Safeground: clearance claimed by an outside record",
    ("ReleaseMethod", "CANCELLED"): "IMAS 07.11; IMAS 08.10",
    ("ReleaseMethod", "REDUCED"): "IMAS 07.11; IMAS 08.20",
    ("ReleaseMethod", "CLEARED"): "IMAS 07.11; IMAS 09.10",
    ("EvidenceSign", "PRESENCE"): "IMSMA wiki, Evidence of Contamination",
    ("EvidenceSign", "ABSENCE"): "QRex indicators of absence (TIRAMISU)",
    ("EvidenceKind", "VISUAL_OBSERVATION"): "IMSMA wiki, Evidence of Contamination (direct)",
    ("EvidenceKind", "DETONATION"): "IMSMA wiki, Evidence of Contamination (direct)",
    ("EvidenceKind", "ACCIDENT_LOCATED"): "IMSMA wiki, Evidence of Contamination (direct)",
    ("EvidenceKind", "ACCIDENT_UNLOCATED"): "IMSMA wiki, Evidence of Contamination (indirect)",
    ("EvidenceKind", "RECORD_HIGH_RELIABILITY"): "IMSMA wiki, Evidence of Contamination (direct)",
    ("EvidenceKind", "RECORD_LOW_RELIABILITY"): "IMSMA wiki, Evidence of Contamination (indirect)",
    ("EvidenceKind", "MARKING_OR_FENCING"): "IMSMA wiki, Evidence of Contamination (direct)",
    ("EvidenceKind", "COMBATANT_ZONE"): "IMSMA wiki, Evidence of Contamination (indirect)",
    ("EvidenceKind", "LAND_NOT_IN_USE"): "IMSMA wiki, Evidence of Contamination (indirect)",
    ("EvidenceKind", "LAND_IN_USE"): "QRex indicators of absence (TIRAMISU)",
    ("EvidenceKind", "VERBAL_REPORT"): "IMSMA wiki, Evidence of Contamination (indirect)",
    ("EvidenceKind", "OLD_SURVEY"): "IMSMA wiki, Evidence of Contamination (indirect)",
    ("EvidenceKind", "CRATERS"): "UNMAS/GICHD Syria form, hazardous area",
    ("EvidenceKind", "SCRAP_OR_DEBRIS"): "UNMAS/GICHD Syria form, hazardous area",
    ("EvidenceKind", "PRESS_REPORT"): "Safeground: may raise suspicion, never lower it",
    ("EvidenceKind", "OTHER"): "UNMAS/GICHD Syria form, hazardous area",
    ("Disposition", "DESTROYED_IN_SITU"): "MDR (method of destruction or disposal)",
    ("Disposition", "REMOVED"): "MDR (method of destruction or disposal)",
    ("Disposition", "HANDED_OVER"): "MDR (method of destruction or disposal)",
    ("Disposition", "LEFT_MARKED"): "MDR (method of destruction or disposal)",
    ("Disposition", "UNKNOWN"): "Safeground: stated openly when the source does not say",
    ("AccidentClass", "DEMINING"): "IMAS 10.60; MDR",
    ("AccidentClass", "NON_DEMINING"): "IMAS 10.60; MDR",
    ("AccidentClass", "UNKNOWN"): "Safeground: stated openly when the source does not say",
    ("Severity", "CRITICAL"): "MDR (non-conformity severity); IMAS 07.40",
    ("Severity", "MAJOR"): "MDR (non-conformity severity); IMAS 07.40",
    ("Severity", "MINOR"): "MDR (non-conformity severity); IMAS 07.40",
    ("PositionMethod", "GNSS"): "GICHD IMSMA Core documentation",
    ("PositionMethod", "DIFFERENTIAL_GNSS"): "GICHD IMSMA Core documentation",
    ("PositionMethod", "BEARING_AND_DISTANCE"): "IMSMA wiki, Point Types",
    ("PositionMethod", "MAP"): "GICHD IMSMA Core documentation",
    ("PositionMethod", "DIGITISED"): "GICHD IMSMA Core documentation",
    ("PositionMethod", "COMMUNITY_CENTRE"): "UNMAS/GICHD Syria form (geo_safe)",
    ("PositionMethod", "UNKNOWN"): "Safeground: stated openly when the source does not say",
    ("InspectionKind", "QUALITY_ASSURANCE"): "IMAS 07.40; IMAS 09.10",
    ("InspectionKind", "QUALITY_CONTROL"): "IMAS 07.40; IMAS 09.10",
}

#: Every enum of the vocabulary, in the order of the glossary.
VOCABULARY: tuple[type[StrEnum], ...] = (
    AreaType, LandStatus, WorkflowStatus, ContaminationCategory, ActivityType, ReleaseMethod, EvidenceSign,
    EvidenceKind, Disposition, AccidentClass, Severity, PositionMethod, InspectionKind,
)

#: What land can be once it is no longer counted as hazardous.
RELEASED_STATUSES = (LandStatus.CANCELLED, LandStatus.REDUCED, LandStatus.CLEARED)
