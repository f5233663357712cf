"""The sampling sheet of an inspection visit: plan, seal, map, every drawn unit with boxes to fill in, three names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shapely import Geometry

from safeground.report.archival import archival_pdf
from safeground.report.document import Cell, Joined, Measure, Span, Text
from safeground.report.language import Catalogue
from safeground.report.methods import method_cell
from safeground.report.sampling_map import MapMarker, MapUnit, sampling_svg


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SheetUnit:
    """A drawn unit.

    Attributes
    ----------
    number : in the order of the walk.  name, block : as in the files of the draw.
    outline : its ground within the lot; east_m, north_m : a point on it near its middle; m of the sheet's system.
    origin : from which marker or unit bearing and distance lead here; "" = none, and both are None.
    bearing_deg : from true north at `origin`, 0 ≤ bearing < 360.  distance_m : geodesic.
    """

    number: int
    name: str
    block: str
    outline: Geometry
    east_m: float
    north_m: float
    area_m2: float
    origin: str = ""
    bearing_deg: float | None = None
    distance_m: float | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SheetView:
    """All that the sheet says.

    Attributes
    ----------
    methods : of the work in the lot; depths_cm : least and largest depth reported, () = none.
    quality, confidence, detection : shares.  p_accept_limit : probability of acceptance at `defective_limit` units.
    seed_sha256 : as sealed with the lot.  seed : as opened at the draw.
    outline, origin, block_m : as `sampling_svg` takes them.
    from_markers : bearings lead from survey markers, else from unit to unit.
    """

    project: str
    standard: str
    lot: str
    area: str
    area_m2: float
    teams: tuple[str, ...]
    methods: tuple[str, ...]
    first_date: date | None
    last_date: date | None
    depths_cm: tuple[float, ...]
    plan_version: str
    clause: str
    unit_m: float
    unit_count: int
    sample_count: int
    acceptance_number: int
    quality: float
    confidence: float
    detection: float
    defective_limit: int
    p_accept_limit: float
    seed_sha256: str
    seed: str
    drawn_at: datetime
    crs: str
    outline: Geometry
    origin: tuple[float, float]
    block_m: float
    markers: tuple[MapMarker, ...]
    units: tuple[SheetUnit, ...]
    from_markers: bool


class _Said:
    """Words and figures of the sheet in one language."""

    def __init__(self, words: Catalogue) -> None:
        self.words = words

    def __call__(self, key: str, **values: str) -> str:
        return self.words.word(f"sheet.{key}").format(**values)

    def plain(self, value: float, places: int) -> str:
        """Return a number without groups, such as a coordinate that is typed into a handset."""
        return f"{value:.{places}f}".replace(".", self.words.words["number.decimal"])

    def share(self, value: float) -> str:
        """Return a share in percent, trailing zeros left out."""
        return f"{100 * value:.2g}".replace(".", self.words.words["number.decimal"]) if value < 0.1 else (
            f"{100 * value:.6g}".replace(".", self.words.words["number.decimal"]))

    def list(self, cells: Sequence[Cell]) -> str:
        return self.words.say(Joined(tuple(cells))) if cells else self.words.word("word.not_stated")


def _days(view: SheetView, words: Catalogue) -> str:
    if view.first_date is None or view.last_date is None:
        return words.word("word.not_stated")
    return (words.day(view.first_date) if view.first_date == view.last_date else
            words.say(Span(view.first_date, view.last_date)))


def _pair(name: str, value: str, *, code: bool = False) -> dict[str, Any]:
    return {"name": name, "text": value, "code": code}


def _facts(view: SheetView, say: _Said) -> list[dict[str, Any]]:
    """Return what the head of the sheet states of lot, plan and seal."""
    words = say.words
    depth = words.say(Measure(tuple(dict.fromkeys(view.depths_cm)), "cm")) if view.depths_cm else (
        words.word("word.not_stated"))
    return [
        _pair(words.word("head.area"), view.area), _pair(words.word("head.lot"), view.lot),
        _pair(say("ground"), words.say(Measure((view.area_m2,), "m²", 2))),
        _pair(words.word("head.team"), say.list([Text(team) for team in view.teams])),
        _pair(words.word("head.method"), say.list([method_cell(m) for m in view.methods if m])),
        _pair(say("days"), _days(view, words)), _pair(say("depth"), depth),
        _pair(words.word("head.plan"), f"{view.plan_version} ({view.clause})"),
        _pair(say("unit_size"), words.say(Measure((view.unit_m,), "m", 0 if view.unit_m == round(view.unit_m) else 1))),
        _pair(say("drawn"), say("of", n=words.number(view.sample_count), all=words.number(view.unit_count))),
        _pair(say("acceptance"), say("acceptance_value", c=words.number(view.acceptance_number))),
        _pair(say("promise"), say(
            "promise_value", q=say.share(view.quality), k=say.share(view.confidence),
            d=words.number(view.defective_limit), p=say.share(view.p_accept_limit), t=say.share(view.detection))),
        _pair(say("drawn_on"), words.day(view.drawn_at.date())),
        _pair(say("seal"), view.seed_sha256, code=True), _pair(say("seed"), view.seed, code=True)]


def _row(unit: SheetUnit, say: _Said) -> list[str]:
    far = unit.distance_m is not None and unit.bearing_deg is not None
    square = say.plain(unit.area_m2, 2) if unit.area_m2 >= 0.01 else f"<\N{NO-BREAK SPACE}{say.plain(0.01, 2)}"
    return [str(unit.number), unit.name, unit.block, say.plain(unit.east_m, 1), say.plain(unit.north_m, 1),
            square, unit.origin or "–",
            f"{say.plain(unit.bearing_deg or 0.0, 1)}°" if far else "–",
            say.plain(unit.distance_m or 0.0, 1) if far else "–"]


def _data(view: SheetView, words: Catalogue) -> dict[str, Any]:
    say = _Said(words)
    heads = [words.word("head.number"), *(say(key) for key in (
        "unit", "block", "east", "north", "square", "from", "bearing", "distance", "searched", "found",
        "nonconformity", "initials"))]
    origin = say("from_markers" if view.from_markers else "from_walk")
    return {
        "language": words.code, "direction": words.direction, "title": say("title", lot=view.lot),
        "project": view.project, "notices": [say("notice"), say("stop"), say("whole")], "facts": _facts(view, say),
        "map_title": say("map"), "map_note": say("map_note", crs=view.crs),
        "map_alt": say("map_alt", lot=view.lot, n=words.number(len(view.units))),
        "units_title": say("units"), "units_note": say("units_note", crs=view.crs, origin=origin), "heads": heads,
        "rows": [_row(unit, say) for unit in view.units], "given": 9,
        "visit_title": say("visit"), "visit": [say(key) for key in (
            "visit_date", "began", "ended", "depth_searched", "tool", "inspected", "failed", "items")],
        "names_title": words.word("caption.signatures"),
        "names_heads": [words.word("head.role"), words.word("head.name"), say("organisation"), words.word("head.date"),
                        words.word("head.signature")],
        "roles": [words.word("signer.inspector"), say("team_side"), words.word("signer.authority")],
        "footer": " · ".join(part for part in (view.project, view.lot, view.standard) if part)}


def sampling_sheet_pdf(view: SheetView, words: Catalogue) -> tuple[bytes, tuple[str, ...]]:
    """Return the sheet as a tagged PDF in a language, and the standards that it claims (``a-2b`` and ``ua-1``).

    Raises
    ------
    SurroundingsError : typst cannot typeset it (``SG-REPORT-002``).

    Notes
    -----
    Same draw and language, same bytes: the only time is that of the draw.
    """
    drawn = sampling_svg(view.outline, [MapUnit(u.number, u.outline) for u in view.units], view.markers,
                         origin=view.origin, block_m=view.block_m)
    return archival_pdf("sampling_sheet.typ", _data(view, words), {"map.svg": drawn.encode()}, made_at=view.drawn_at,
                        name=f"{view.lot} sheet", missing=words.word("word.fonts_missing"))
