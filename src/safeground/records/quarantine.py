"""Rows that were not taken in: kept whole, with the reason and the choices a person has."""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Geometry


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedRow:
    """A row kept aside until a person decides.

    Attributes
    ----------
    id : stable id, the same at each intake of the same bytes.
    noun : the word it was taken for, e.g. ``hazardous_area``.
    source_id, source_file, source_layer, source_row : where it came from.
    original : the sender's values as text, by the sender's field names, geometry included; never changed.
    finding_codes : the codes that keep it out, in the order found.
    provisional_geometry : what the map shows meanwhile: the convex hull of what could be read (fail-dangerous),
        EPSG:4326, None where nothing could be read.
    area_m2 : geodesic area of the polygon as received if it can be measured, else None.
    resolved : "" while open; else the decision in words.
    """

    id: str
    noun: str
    source_id: str
    source_file: str
    source_layer: str
    source_row: int
    original: tuple[tuple[str, str], ...]
    finding_codes: tuple[str, ...]
    provisional_geometry: Geometry | None = None
    area_m2: float | None = None
    resolved: str = ""
