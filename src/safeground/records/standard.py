"""The national standard as data: editions, thresholds and lists come from TOML, never from code."""

from __future__ import annotations

import dataclasses
import math
import tomllib
import types
import typing
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from safeground.foundation.errors import RequestError
from safeground.records.claim_rules import ClaimRules
from safeground.records.hazard_rules import HazardRules
from safeground.records.quality_rules import InspectionRules, ProgressRules, ReleaseRules
from safeground.records.task_rules import TaskRules

_PLAIN = {"name", "edition"}
_STAGES: dict[str, type[Any]] = {"hazard": HazardRules, "task": TaskRules, "progress": ProgressRules,
                                 "inspection": InspectionRules, "release": ReleaseRules,
                                 "claims": ClaimRules}
_OPTIONAL = {"clearance", *_STAGES}
_TABLES = {"editions", "intake", "programme", *_OPTIONAL}
_PACK = ("A pack has name, edition, [editions], [intake], [programme] and may have [clearance], "
         + ", ".join(f"[{stage}]" for stage in _STAGES) + ".")
#: In place of a number that has no sourced figure: the programme must enter its own before the rule can be kept.
TO_BE_SET = "set"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRules:
    """Thresholds of the entry checks (GICHD geocheck; ``docs/concepts/intake.md``).

    Attributes
    ----------
    duplicate_vertex_deg : vertices closer than this are one vertex, degrees.
    long_leg_m : a leg longer than this is reported, m.
    overlap_share_percent : parts of one area that overlap by more are reported, percent of the smaller part.
    sliver_area_m2, sliver_width_m : a polygon under either is refused as a sliver.
    span_deg_max : a hazardous area that spans more is refused, degrees.
    area_mismatch_share : stated and measured area may differ by this share before it is reported.
    transform_accuracy_m : a datum shift worse than this is refused for hazard geometry, m.
    iou_duplicate : two polygons with a larger intersection over union are proposed for merging.
    point_duplicate_m : two points with one date closer than this are proposed for merging, m.
    mgrs_digits_min : fewer easting plus northing digits are refused for a hazard corner.
    region_margin_km : distance outside the programme's region at which a row is held back, km.
    """

    duplicate_vertex_deg: float
    long_leg_m: float
    overlap_share_percent: float
    sliver_area_m2: float
    sliver_width_m: float
    span_deg_max: float
    area_mismatch_share: float
    transform_accuracy_m: float
    iou_duplicate: float
    point_duplicate_m: float
    mgrs_digits_min: int
    region_margin_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeRules:
    """What one programme declares about its own papers.

    Attributes
    ----------
    calendar : ``gregorian``, ``persian``, ``islamic``, ``buddhist`` or ``ethiopian``.
    date_order : ``dmy``, ``mdy``, ``ymd`` or "" = ask.
    area_units : unit word -> m², e.g. ``("jerib", 2000.0)``; only declared words are understood.
    datums : EPSG codes of datums in local use; offered as candidates when none is stated.
    direct_evidence, indirect_evidence : evidence kinds by class; the mapping is the programme's.
    age_bands : for sex- and age-disaggregated counts.
    earliest_date : dates before it are held back (ISO text).
    """

    calendar: str
    date_order: str
    area_units: tuple[tuple[str, float], ...]
    datums: tuple[str, ...]
    direct_evidence: tuple[str, ...]
    indirect_evidence: tuple[str, ...]
    age_bands: tuple[str, ...]
    earliest_date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalStandard:
    """A rule pack: standard, edition, and what the nation overrides.

    `overrides` names each value that differs from the base pack, as ``group.key``.
    `editions` lists (standard, edition) pairs that the pack was written against.  A stage's rules are None in packs
    older than it.
    """

    name: str
    edition: str
    editions: tuple[tuple[str, str], ...]
    intake: IntakeRules
    programme: ProgrammeRules
    clearance_depth_cm: float | None = None
    hazard: HazardRules | None = None
    task: TaskRules | None = None
    progress: ProgressRules | None = None
    inspection: InspectionRules | None = None
    release: ReleaseRules | None = None
    claims: ClaimRules | None = None
    overrides: tuple[str, ...] = field(default=())


def _group(cls: type[Any], name: str, values: dict[str, Any]) -> Any:
    hints = typing.get_type_hints(cls)
    needed = {f.name for f in dataclasses.fields(cls) if f.default is dataclasses.MISSING}
    unknown, missing = sorted(set(values) - set(hints)), sorted(needed - set(values))
    if unknown or missing:
        raise RequestError("SG-RECORD-002", f"[{name}]", f"unknown keys {unknown}, missing keys {missing}.",
                           f"Keys of [{name}]: {', '.join(sorted(hints))}.")
    return cls(**{key: _typed(hints[key], value, f"{name}.{key}") for key, value in values.items()})


def _typed(hint: Any, value: Any, key: str) -> Any:
    """Return a TOML value as its type: a table of numbers as pairs, a list of texts as a tuple, tables as records."""
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        pairs = typing.get_origin(inner) is tuple
        if dataclasses.is_dataclass(inner) and _is_listing(value):
            return tuple(_group(typing.cast(type[Any], inner), f"{key}.{name}", {**row, "id": name})
                         for name, row in value.items())
        if pairs and isinstance(value, dict):
            return tuple((unit, _typed(float, factor, f"{key}.{unit}")) for unit, factor in value.items())
        if not pairs and isinstance(value, list):
            return tuple(_typed(str, item, key) for item in value)
    elif typing.get_origin(hint) is types.UnionType:
        return None if value == TO_BE_SET else _typed(typing.get_args(hint)[0], value, key)
    elif isinstance(hint, type) and issubclass(hint, Enum) and value in [member.value for member in hint]:
        return hint(value)
    elif hint is bool and isinstance(value, bool):
        return value
    elif hint is float and isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    elif hint is not float and isinstance(value, hint) and not isinstance(value, bool):
        return value
    expected = getattr(hint, "__name__", "list or table")
    raise RequestError("SG-RECORD-002", key, f"{value!r} does not fit; expected: {expected}.",
                       "Write the value as the base pack does.")


def _is_listing(value: Any) -> bool:
    """Whether a value is a table of tables, such as documents by id."""
    return isinstance(value, dict) and bool(value) and all(isinstance(row, dict) for row in value.values())


def _overlaid(base: dict[str, Any], override: dict[str, Any], group: str) -> tuple[dict[str, Any], list[str]]:
    """Return a table with the override's values in place, and their keys; tables of tables are overlaid row by row."""
    merged, changed = dict(base), []
    for key, value in override.items():
        if _is_listing(value) and _is_listing(base.get(key)):
            rows = dict(base[key])
            for name, row in value.items():
                rows[name] = {**rows.get(name, {}), **row}
                changed.append(f"{group}.{key}.{name}")
            merged[key] = rows
        else:
            merged[key] = value
            changed.append(f"{group}.{key}")
    return merged, changed


def _parse(text: str, subject: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RequestError("SG-RECORD-002", subject, f"is not TOML: {error}.", "Correct the line named.") from error


def standard_from_toml(base: str, override: str = "") -> NationalStandard:
    """Return the rule pack written in `base`, with the values of `override` in place of the base's.

    Parameters
    ----------
    base : TOML text with ``name``, ``edition``, ``[editions]``, ``[intake]``, ``[programme]``.
    override : TOML text with any of the same keys; each one used is listed in ``overrides``.

    Raises
    ------
    RequestError : not TOML, a key that is unknown or missing, or a value of another type (``SG-RECORD-002``).
    """
    merged, changed = _merged(_parse(base, "standard"), _parse(override, "override"))
    clearance = merged.get("clearance", {})
    if set(clearance) - {"depth_cm"}:
        raise RequestError("SG-RECORD-002", "[clearance]", f"unknown keys {sorted(set(clearance) - {'depth_cm'})}.",
                           "Keys of [clearance]: depth_cm.")
    return NationalStandard(
        name=_typed(str, merged["name"], "name"), edition=_typed(str, merged["edition"], "edition"),
        editions=tuple((key, _typed(str, value, f"editions.{key}")) for key, value in merged["editions"].items()),
        intake=_group(IntakeRules, "intake", merged["intake"]),
        programme=_group(ProgrammeRules, "programme", merged["programme"]),
        clearance_depth_cm=_typed(float, clearance["depth_cm"], "clearance.depth_cm") if clearance else None,
        overrides=changed, **{stage: _group(kind, stage, merged[stage]) for stage, kind in _STAGES.items()
                              if stage in merged})


def _merged(base: dict[str, Any], override: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the base with the override's values in place, and the keys that were given."""
    changed: list[str] = []
    for pack in (base, override):
        unknown = sorted(set(pack) - _PLAIN - _TABLES)
        wrong = sorted(key for key, value in pack.items() if (key in _TABLES) != isinstance(value, dict))
        if unknown or wrong:
            raise RequestError("SG-RECORD-002", "standard", f"unknown keys {unknown}, no table or no text: {wrong}.",
                               _PACK)
    merged = {key: dict(value) if isinstance(value, dict) else value for key, value in base.items()}
    for key, value in override.items():
        if isinstance(value, dict):
            merged[key], inner = _overlaid(merged.get(key, {}), value, key)
            changed += inner
        else:
            merged[key] = value
            changed.append(key)
    missing = sorted((_PLAIN | _TABLES) - _OPTIONAL - set(merged))
    if missing:
        raise RequestError("SG-RECORD-002", "standard", f"missing keys {missing}.",
                           _PACK)
    return merged, tuple(changed)
