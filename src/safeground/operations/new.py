"""Start a project: one file that QGIS opens, with a rule pack and a place."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pyproj import CRS

from safeground.foundation.errors import RequestError
from safeground.ground.crs import choose_working_crs, parse_crs
from safeground.operations.context import Caller, standard_text
from safeground.records.standard import standard_from_toml
from safeground.store.project import create_project

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResult:
    """What was made: the project, its rule pack and its working coordinate system."""

    project: str
    backend: str
    standard: str
    edition: str
    overrides: tuple[str, ...]
    crs: str
    region: Bounds | None


def check_region(region: Bounds | None) -> None:
    """Refuse a region that is not west, south, east, north in degrees.

    Raises
    ------
    RequestError : not finite, out of range, or empty (``SG-OPS-007``).
    """
    if region is None:
        return
    west, south, east, north = region
    finite = all(math.isfinite(value) for value in region)
    if not finite or not (-180 <= west < east <= 180) or not (-90 <= south < north <= 90):
        raise RequestError("SG-OPS-007", "region", f"{region} is not west < east within 180 and south < north within "
                           "90 degrees.", "Give WEST,SOUTH,EAST,NORTH in decimal degrees.")


def _crs_name(crs: CRS) -> str:
    authority = crs.to_authority()
    return f"{authority[0]}:{authority[1]}" if authority else crs.to_string()


def create(
    location: str, caller: Caller, *, name: str, standard: str = "imas", override: str = "", crs: str = "",
    region: Bounds | None = None,
) -> NewResult:
    """Make a new, empty project.

    Parameters
    ----------
    location : path of a file that does not exist yet, ending in ``.gpkg``; or a PostgreSQL URL.
    name : the programme's or the district's name, printed on reports.
    standard : shipped pack's name or path of a TOML file; `override` : path of a national override, "" = none.
    crs : working coordinate system for display and metres ("" = chosen from the region; never degrees).
    region : west, south, east, north in degrees (WGS 84): the second reference against which rows are checked.

    Raises
    ------
    RequestError : the file exists, the pack or the CRS is faulty, the region is not one.
    """
    check_region(region)
    base = standard_text(standard)
    changes = standard_text(override) if override else ""
    pack = standard_from_toml(base, changes)
    working = parse_crs(crs) if crs else choose_working_crs(region) if region else None
    crs_name = _crs_name(working) if working is not None else ""
    info = caller.info("new", parameters=(("name", name), ("standard", pack.name), ("crs", crs_name)))
    project = create_project(location, name=name, standard_toml=base, crs=crs_name, clock=caller.clock, info=info)
    try:
        with project.write(caller.info("new", parameters=(("settings", "region, override"),))) as writer:
            writer.set_setting("standard_override_toml", changes)
            writer.set_setting("region", list(region) if region else None)
        return NewResult(project=project.location, backend=project.backend, standard=pack.name, edition=pack.edition,
                         overrides=pack.overrides, crs=crs_name, region=region)
    finally:
        project.close()
