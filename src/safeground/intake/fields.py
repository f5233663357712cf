"""What each noun is asked for in a file: fields, the column names they go by, and the words of their vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safeground.records.release import PointType
from safeground.records.vocabulary import (
    AccidentClass,
    ActivityType,
    AreaType,
    ContaminationCategory,
    Disposition,
    EvidenceKind,
    EvidenceSign,
    PositionMethod,
    ReleaseMethod,
    WorkflowStatus,
)


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a noun.

    Attributes
    ----------
    name : field of the record.
    kind : ``text``, ``date``, ``count``, ``number``, ``area``, ``truth``, ``word``, ``names`` (several texts) or
        ``submission`` (a form's own identity, with or without the prefix ``uuid:``).
    columns : names that a column for it goes by, letters and digits alone, small.
    words : vocabulary of a ``word``.
    other : value for a word that is not in the vocabulary, None = the row is held back.
    """

    name: str
    kind: str
    columns: tuple[str, ...]
    words: type[StrEnum] | None = None
    other: StrEnum | None = None


_ID = FieldSpec("local_id", "text", ("id", "localid", "identifier", "code", "hazardid", "areaid", "imsmaid", "ref",
                                     "reference", "number", "no", "uid", "accidentid", "taskid", "teamid", "featureid"))
_NAME = FieldSpec("name", "text", ("name", "title", "areaname", "hazardname", "sitename", "place"))
_NOTE = FieldSpec("note", "text", ("note", "notes", "comment", "comments", "remark", "remarks", "description", "desc"))
_DATE = FieldSpec("date_of_information", "date", ("date", "dateofinformation", "surveydate", "reportdate", "infodate",
                                                  "time", "when", "datereported", "recorded"))
_CONTAMINATION = FieldSpec("contamination", "word", (
    "contamination", "contaminationtype", "typeofcontamination", "hazardtype", "device", "devicecategory", "category",
    "threat", "ordnance"), ContaminationCategory)
_STATED = FieldSpec("stated_area_m2", "area", ("area", "aream2", "areasqm", "areaha", "areakm2", "statedarea", "size",
                                               "estimatedarea", "hectares", "clearedarea", "areasize", "surface"))
_ACCURACY = FieldSpec("position_accuracy_m", "number", ("accuracy", "accuracym", "positionaccuracy", "gpsaccuracy"))
_GEO_SAFE = FieldSpec("geo_safe", "truth", ("geosafe",))
_AREA_ID = FieldSpec("hazardous_area_id", "text", ("hazardousareaid", "hazardid", "shaid", "chaid"))
_RELEASED_AREA = FieldSpec("hazardous_area_id", "text", ("hazardousareaid", "hazardid", "areaid", "area", "shaid",
                                                         "chaid"))
_ORGANISATION = FieldSpec("organisation", "text", ("organisation", "organization", "operator", "agency"))
_METHOD = FieldSpec("method", "text", ("method", "asset", "clearancemethod", "assettype"))
_DEPTH = ("depth", "depthcm", "clearancedepth", "clearancedepthcm")
#: A submission's own identity, as OpenRosa forms, ODK Central's and Kobo's exports and plain tables call it.
_INSTANCE = ("submissionid", "metainstanceid", "instanceid", "uuid", "key", "returnid")
_PARENT = ("submissionid", "returnid", "parentkey", "submissionuuid", "metainstanceid", "instanceid", "submission")

FIELDS: dict[str, tuple[FieldSpec, ...]] = {
    "hazardous_area": (
        _ID, _NAME,
        FieldSpec("area_type", "word", ("areatype", "type", "status", "hazardstatus", "class", "kind"), AreaType),
        _CONTAMINATION, _DATE, _STATED,
        FieldSpec("workflow_status", "word", ("workflowstatus", "workstatus", "progress"), WorkflowStatus),
        FieldSpec("admin_unit", "text", ("adminunit", "municipality", "district", "region", "province", "village")),
        FieldSpec("position_method", "word", ("positionmethod", "coordinatemethod"), PositionMethod),
        _ACCURACY, _GEO_SAFE, _NOTE),
    "activity": (
        _ID, _NAME, FieldSpec("activity_type", "word", ("activitytype", "type", "activity"), ActivityType),
        FieldSpec("release_method", "word", ("releasemethod", "releasetype", "status", "outcome"), ReleaseMethod),
        FieldSpec("start_date", "date", ("startdate", "start", "begin", "from", "datestart")),
        FieldSpec("end_date", "date", ("enddate", "end", "to", "finish", "dateend", "completiondate", "completed")),
        _DATE, _ORGANISATION, _METHOD, _CONTAMINATION, _STATED, _AREA_ID,
        FieldSpec("clearance_depth_cm", "number", ("depth", "depthcm", "clearancedepth", "clearancedepthcm")), _NOTE),
    "ordnance": (
        _ID, FieldSpec("category", "word", ("category", "type", "device", "devicecategory", "ordnancetype", "class"),
                       ContaminationCategory),
        FieldSpec("model", "text", ("model", "subcategory", "name")),
        FieldSpec("quantity", "count", ("quantity", "qty", "count", "items")),
        FieldSpec("depth_cm", "number", ("depth", "depthcm")),
        FieldSpec("found_date", "date", ("founddate", "datefound", "date", "found", "time", "when")),
        FieldSpec("disposition", "word", ("disposition", "disposal", "action", "methodofdisposal"), Disposition,
                  Disposition.UNKNOWN),
        _AREA_ID, FieldSpec("improvised", "truth", ("improvised", "ied")), _ACCURACY,
        FieldSpec("activity_id", "submission", _PARENT)),
    "accident": (
        _ID, FieldSpec("accident_date", "date", ("accidentdate", "date", "dateofaccident", "time", "when")),
        FieldSpec("accident_class", "word", ("accidentclass", "class", "accidenttype"), AccidentClass),
        FieldSpec("category", "word", ("category", "device", "devicecategory", "cause", "ordnance"),
                  ContaminationCategory),
        FieldSpec("killed_count", "count", ("killed", "killedcount", "dead", "deaths", "fatalities")),
        FieldSpec("injured_count", "count", ("injured", "injuredcount", "wounded", "injuries")),
        _GEO_SAFE, _ACCURACY, _NOTE),
    "evidence": (
        _ID, FieldSpec("kind", "word", ("kind", "evidence", "evidencetype", "type", "desc", "description"),
                       EvidenceKind, EvidenceKind.OTHER),
        FieldSpec("sign", "word", ("sign",), EvidenceSign), _DATE, _CONTAMINATION, _AREA_ID,
        FieldSpec("source_reliability", "text", ("sourcereliability", "reliability")),
        FieldSpec("information_credibility", "text", ("credibility", "informationcredibility")), _ACCURACY,
        FieldSpec("note", "text", ("note", "notes", "comment", "cmt", "name", "remark", "remarks"))),
    "team": (
        _ID, FieldSpec("name", "text", ("name", "team", "teamname")), _ORGANISATION,
        FieldSpec("asset_type", "text", ("assettype", "asset", "type", "method")),
        FieldSpec("size", "count", ("size", "members", "strength", "people"))),
    "risk_education": (
        _ID, FieldSpec("session_date", "date", ("sessiondate", "date", "when", "time")), _ORGANISATION, _METHOD),
    "progress_return": (
        FieldSpec("submission_id", "submission", (*_INSTANCE, "id")),
        FieldSpec("corrects", "submission", ("corrects", "replaces", "metadeprecatedid", "deprecatedid")),
        FieldSpec("task_order_id", "text", ("taskorderid", "taskorder", "orderid", "order", "taskid", "task")),
        FieldSpec("team_id", "text", ("teamid", "team", "teamname", "callsign")),
        FieldSpec("work_date", "date", ("workdate", "dateofwork", "date", "day", "today")),
        FieldSpec("asset", "text", ("asset", "assetname", "assetid", "machine")),
        FieldSpec("method", "text", ("method", "clearancemethod", "assettype")),
        FieldSpec("depth_cm", "number", _DEPTH),
        FieldSpec("hours", "number", ("hours", "hoursworked", "workhours", "workinghours")),
        FieldSpec("downtime_hours", "number", ("downtimehours", "hourslost", "losthours", "downtime")),
        FieldSpec("downtime_reason", "text", ("downtimereason", "reasonlost", "standdownreason", "reason")),
        FieldSpec("hazardous_area_id", "text", ("hazardousareaid", "areaid", "hazardid", "shaid", "chaid", "siteid",
                                                "site", "hazardousarea")),
        FieldSpec("final_pass", "truth", ("finalpass", "final")),
        FieldSpec("crew_count", "count", ("crewcount", "crew", "deminers", "teamsize", "people")),
        FieldSpec("received_date", "date", ("receiveddate", "datereceived", "received", "submissiontime",
                                            "submissiondate", "systemsubmissiondate")),
        FieldSpec("stated_area_m2", "area", ("aream2", "areasqm", "areaha", "clearedarea", "areacleared",
                                             "areaworked", "processedarea"))),
    "survey_report": (
        FieldSpec("local_id", "submission", ("reportid", "surveyid", *_INSTANCE, "localid", "id")),
        FieldSpec("hazardous_area_id", "text", ("hazardousareaid", "areaid", "hazardid", "shaid", "chaid", "siteid",
                                                "site", "area")),
        FieldSpec("survey_type", "word", ("surveytype", "type", "activitytype"), ActivityType),
        FieldSpec("survey_date", "date", ("surveydate", "date", "enddate", "today")),
        FieldSpec("outcome", "word", ("outcome", "releasemethod", "releasetype", "result"), ReleaseMethod),
        FieldSpec("criteria", "names", ("criteria", "criteriaforcancellation", "criteriaforreduction", "criterion")),
        FieldSpec("evidence_ids", "names", ("evidenceids", "evidence", "evidenceid")),
        FieldSpec("technical_asset", "truth", ("technicalasset", "assetused", "deployedasset")),
        FieldSpec("author", "text", ("author", "surveyor", "reportedby", "enumerator", "username")), _NOTE),
    "document": (
        FieldSpec("local_id", "text", ("id", "localid", "documentid", "uid")), _RELEASED_AREA,
        FieldSpec("kind", "text", ("kind", "type", "document", "documenttype", "paper")),
        FieldSpec("reference", "text", ("reference", "ref", "number", "filename", "documentnumber")),
        FieldSpec("dated", "date", ("dated", "date", "documentdate", "signedon")),
        FieldSpec("signed_as", "text", ("signedas", "role", "signedby")),
        FieldSpec("signatory", "text", ("signatory", "name", "signer", "person")),
        FieldSpec("sha256", "text", ("sha256", "hash"))),
    "survey_marker": (
        _ID, _RELEASED_AREA, FieldSpec("point_type", "word", ("pointtype", "type", "kind"), PointType),
        FieldSpec("sequence", "count", ("sequence", "order", "pointnumber", "seq")),
        FieldSpec("buried_metal", "truth", ("buriedmetal", "metal", "buried")),
        FieldSpec("emplaced_date", "date", ("emplaceddate", "emplaced", "date", "dateemplaced")), _ACCURACY),
    "handover": (
        _ID, _RELEASED_AREA, FieldSpec("handover_date", "date", ("handoverdate", "date", "when")),
        FieldSpec("recipient", "text", ("recipient", "receivedby", "landowner", "community", "name")),
        FieldSpec("recipient_role", "text", ("recipientrole", "role")),
        FieldSpec("intended_use", "text", ("intendeduse", "landuse", "use")),
        *(FieldSpec(who, "count", (who, f"{who}count")) for who in ("men", "women", "boys", "girls")), _NOTE),
    "person": (
        _ID, FieldSpec("name", "text", ("name", "fullname", "person")), _ORGANISATION,
        FieldSpec("roles", "names", ("roles", "role", "function")),
        FieldSpec("team_ids", "names", ("teamids", "teams", "team"))),
}

#: A word for ``--as`` -> the noun, and what it says of every row that has no column for it.
ALIASES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    **{noun: (noun, ()) for noun in FIELDS},
    "sha": ("hazardous_area", (("area_type", "sha"),)),
    "suspected_area": ("hazardous_area", (("area_type", "sha"),)),
    "cha": ("hazardous_area", (("area_type", "cha"),)),
    "confirmed_area": ("hazardous_area", (("area_type", "cha"),)),
    "indication": ("hazardous_area", (("area_type", "indication"),)),
    "cleared_area": ("activity", (("activity_type", "legacy_clearance"), ("release_method", "cleared"))),
    "reduced_area": ("activity", (("activity_type", "ts"), ("release_method", "reduced"))),
    "cancelled_area": ("activity", (("activity_type", "nts"), ("release_method", "cancelled"))),
    "lifted_minefield": ("activity", (("activity_type", "lifted_minefield"),)),
    "incident": ("accident", ()),
    "find": ("ordnance", ()),
    "item": ("ordnance", ()),
    "paper": ("document", ()),
    "marker": ("survey_marker", ()),
    "turning_point": ("survey_marker", (("point_type", "turning_point"),)),
    "daily_return": ("progress_return", ()),
}

#: Fields without which a record of the noun means nothing.
REQUIRED: dict[str, tuple[str, ...]] = {
    "hazardous_area": ("area_type",), "activity": ("activity_type",), "ordnance": ("category",), "evidence": ("kind",),
    "accident": (), "team": ("name",), "risk_education": (),
    "progress_return": ("submission_id", "team_id", "work_date"),
    "survey_report": ("local_id", "hazardous_area_id", "survey_type", "survey_date"),
    "document": ("hazardous_area_id", "kind", "reference", "dated"),
    "survey_marker": ("hazardous_area_id", "point_type"),
    "handover": ("hazardous_area_id", "handover_date", "recipient"), "person": ("name",)}
#: Nouns whose rows may lack a position.
PLACELESS = ("team", "risk_education", "progress_return", "survey_report", "document", "handover", "person")
#: Nouns that have no position at all.
NO_PLACE = ("document", "handover", "person")
#: Nouns that name an area of the project by its identifier, and mean nothing without it.
OF_AN_AREA = ("document", "survey_marker", "handover")
#: Nouns whose record is named by the submission it came in: sent once or fifty times, it is one record.
BY_SUBMISSION = {"progress_return": "submission_id", "survey_report": "local_id"}

#: Further words in use for a member of a vocabulary, small letters; members' own values and names are known anyway.
SYNONYMS: dict[str, dict[str, str]] = {
    "AreaType": {"suspected": "sha", "suspected hazardous area": "sha", "confirmed": "cha",
                 "confirmed hazardous area": "cha"},
    "ContaminationCategory": {
        "ap": "apm", "ap mine": "apm", "ap mines": "apm", "anti-personnel mine": "apm", "antipersonnel mine": "apm",
        "anti-personnel mines": "apm", "at": "avm", "atm": "avm", "at mine": "avm", "anti-tank mine": "avm",
        "anti-tank mines": "avm", "anti-vehicle mine": "avm", "anti-vehicle mines": "avm", "cm": "cmr",
        "submunition": "cmr", "submunitions": "cmr", "cluster munition": "cmr", "cluster munition remnant": "cmr",
        "cluster munition remnants": "cmr", "unexploded ordnance": "uxo", "abandoned ordnance": "axo",
        "abandoned explosive ordnance": "axo", "booby trap": "bt", "booby-trap": "bt",
        "improvised explosive device": "ied", "small arms ammunition": "saa", "other": "od", "other device": "od",
        "mine": "unknown", "not known": "unknown", "mines and uxo": "mixed"},
    "ActivityType": {"non-technical survey": "nts", "technical survey": "ts", "mine clearance": "clearance",
                     "battle area clearance": "bac", "eod spot task": "eod"},
    "ReleaseMethod": {"cancellation": "cancelled", "reduction": "reduced", "clearance": "cleared",
                      "released": "cleared"},
    "PointType": {"bm": "benchmark", "sp": "start_point", "start point": "start_point", "datum point": "start_point",
                  "tp": "turning_point", "turning point": "turning_point", "ip": "intermediate_point",
                  "intermediate point": "intermediate_point", "reference point": "landmark"},
    "EvidenceKind": {"crater": "craters", "mine seen": "visual_observation", "scrap": "scrap_or_debris"},
}


def squeezed(name: str) -> str:
    """Return a column's name as it is compared: letters and digits alone, small."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
