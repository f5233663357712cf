"""Which positions may leave the project: the one guard that the map and the exports share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import shapely
from shapely import Geometry

from safeground.records.base import Record
from safeground.records.land import BalanceRow
from safeground.records.nouns import Accident, Activity, HazardousArea, OrdnanceItem
from safeground.records.quarantine import QuarantinedRow
from safeground.records.vocabulary import RELEASED_STATUSES, AreaType, LandStatus
from safeground.report.situation import Layer, LayerKind

#: Nouns about people: no position of theirs, nor of a row that failed to become one, is ever shown.
PERSONAL = ("victim", "person")
_YES = ("", "1", "y", "yes", "true", "t")


def geometry_of(record: Record) -> Geometry | None:
    """Return a record's geometry, whatever its field is called; None = it has none."""
    found: Geometry | None = getattr(record, "geometry", getattr(record, "base", None))
    return None if found is None or found.is_empty else found


def is_withheld(record: Record) -> bool:
    """Return whether the sender says that the position must not be recorded (``geo_safe`` is false)."""
    return not getattr(record, "geo_safe", True)


def shown_position(record: Record) -> Geometry | None:
    """Return the geometry that a map or an export may show: None where it is withheld or missing."""
    return None if is_withheld(record) else geometry_of(record)


def shown_outline(row: QuarantinedRow) -> Geometry | None:
    """Return the provisional outline of a row kept aside, unless the row is about people or says ``geo_safe`` = no.

    The sender's own values decide: a row that failed its checks has no typed ``geo_safe`` yet, so that any answer
    other than yes withholds its position.
    """
    if row.noun in PERSONAL or row.provisional_geometry is None or row.provisional_geometry.is_empty:
        return None
    for field, value in row.original:
        name = "".join(c for c in field.lower() if c.isalnum())
        if "geosafe" in name and value.strip().lower() not in _YES:
            return None
    return row.provisional_geometry


def _hazard_kind(record: HazardousArea, row: BalanceRow | None) -> LayerKind:
    if record.area_type is AreaType.INDICATION or not record.geometry.geom_type.endswith("Polygon"):
        return LayerKind.INDICATION
    held = {status for status, cm2 in row.by_status_cm2 if cm2} if row is not None else set()
    if LandStatus.CONFIRMED in held:
        return LayerKind.CONFIRMED
    if LandStatus.SUSPECTED in held:
        return LayerKind.SUSPECTED
    if held and held <= set(RELEASED_STATUSES):
        return LayerKind(next(status.value for status in reversed(RELEASED_STATUSES) if status in held))
    confirmed = record.area_type is AreaType.CONFIRMED_HAZARDOUS_AREA
    return LayerKind.CONFIRMED if confirmed else LayerKind.SUSPECTED


def _kind(record: Record, row: BalanceRow | None) -> LayerKind | None:
    if isinstance(record, HazardousArea):
        return _hazard_kind(record, row)
    if isinstance(record, Activity):
        return None if record.release_method is None else LayerKind(record.release_method.value)
    if isinstance(record, OrdnanceItem):
        return LayerKind.ORDNANCE
    return LayerKind.ACCIDENT if isinstance(record, Accident) else None


def draw_layers(
    records: Iterable[Record], lines: Mapping[str, BalanceRow], aside: Iterable[QuarantinedRow]
) -> tuple[Layer, ...]:
    """Return what the map draws.

    Parameters
    ----------
    lines : the balance sheet's line of each area by id.
    aside : rows that are quarantined or refused.

    Notes
    -----
    An area is drawn as hazardous as long as one square centimetre of it is, and as released only when all of it is;
    an area whose ground is counted elsewhere keeps its own colour.  A provisional outline is shown, not left out.
    """
    found: dict[LayerKind, list[tuple[str, Geometry]]] = {}
    for record in records:
        geometry = shown_position(record)
        kind = None if geometry is None else _kind(record, lines.get(record.id))
        if geometry is not None and kind is not None:
            found.setdefault(kind, []).append((record.id, geometry))
    for row in aside:
        outline = shown_outline(row)
        if outline is not None:
            found.setdefault(LayerKind.QUARANTINED, []).append((row.id, outline))
    layers = []
    for kind in LayerKind:
        held = found.get(kind, [])
        if held:
            shapes = np.empty(len(held), dtype=object)
            shapes[:] = [shapely.force_2d(geometry) for _, geometry in held]
            layers.append(Layer(kind, shapes, tuple(name for name, _ in held)))
    return tuple(layers)
