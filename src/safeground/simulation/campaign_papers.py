"""A campaign's papers as a programme would send them: GeoJSON, CSV and XLSX; one seed gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import shapely
from pyproj import Transformer
from shapely import Geometry

from safeground.simulation.campaign_field import ReturnPaper
from safeground.simulation.campaign_world import ORGANISATIONS, START, CampaignWorld
from safeground.simulation.worlds import CATEGORY, CLASSES

_BACK = Transformer.from_crs(32626, 4326, always_xy=True)
_TO = Transformer.from_crs(4326, 32626, always_xy=True)
MODELS = ("PMN-2", "PMA-2", "TM-62M", "M42", "152 mm shell")
RETURN_COLUMNS = ("submission_id", "corrects", "team_id", "work_date", "hazardous_area_id", "method", "depth_cm",
                  "hours", "crew", "downtime_hours", "downtime_reason", "final_pass", "received_date")
FIND_COLUMNS = ("id", "submission_id", "hazardous_area_id", "category", "model", "quantity", "depth_cm", "date_found",
                "latitude", "longitude", "disposal")
#: File form of each organisation's returns.
FORMS = dict(zip(ORGANISATIONS, ("geojson", "csv", "xlsx"), strict=True))


def degrees(shape: Geometry) -> Geometry:
    """Return UTM 26 N outlines in degrees, rounded to 7 decimals (a centimetre)."""
    return shapely.transform(shape, lambda c: np.column_stack(_BACK.transform(c[:, 0], c[:, 1])).round(7))


def metres(shape: Geometry) -> Geometry:
    """Return outlines in degrees as UTM 26 N, m."""
    return shapely.transform(shape, lambda c: np.column_stack(_TO.transform(c[:, 0], c[:, 1])))


def place(x: float, y: float) -> tuple[float, float]:
    """Return latitude and longitude of a point in UTM, degrees."""
    longitude, latitude = _BACK.transform(x, y)
    return round(float(latitude), 7), round(float(longitude), 7)


def write_start(world: CampaignWorld, folder: Path) -> dict[str, str]:
    """Write what is there on the first day: areas and teams; return file -> noun."""
    folder.mkdir(parents=True, exist_ok=True)
    nouns: dict[str, str] = {}
    for kind in ("CHA", "SHA"):
        rows = [_feature(degrees(a.outline), {"id": a.local_id, "name": a.local_id, "status": kind,
                                              "contamination": "anti-personnel mine", "date": START.isoformat()})
                for a in world.areas if a.kind == kind]
        if rows:
            _geojson(folder / f"{kind.lower()}.geojson", rows)
            nouns[f"{kind.lower()}.geojson"] = kind.lower()
    _csv(folder / "teams.csv", ("id", "name", "organisation", "asset_type", "size"),
         [(t.local_id, t.local_id, t.organisation, t.method, t.crew) for t in world.teams])
    nouns["teams.csv"] = "team"
    return nouns


def write_lanes(world: CampaignWorld, folder: Path, rng: np.random.Generator) -> Path:
    """Write the results of each team's blind lane tests."""
    words = ("apm", "apm", "avm", "cmr", "uxo")
    rows = []
    for team in world.teams:
        for k in range(len(CLASSES)):
            rows.append((team.method, team.local_id, words[k], 30, int(rng.binomial(30, team.skill[k]))))
    _csv(folder / "lanes.csv", ("method", "organisation", "class", "targets", "found"), rows)
    return folder / "lanes.csv"


def write_returns(world: CampaignWorld, papers: Sequence[ReturnPaper], day: date, folder: Path) -> list[Path]:
    """Write the returns that came in on a day, one file for each organisation, in its form."""
    out = []
    for organisation, form in FORMS.items():
        mine = [p for p in papers if p.organisation == organisation]
        if not mine:
            continue
        path = folder / f"returns-{day:%Y%m%d}-{organisation[-1]}.{form}"
        shapes = [degrees(p.reported) for p in mine]
        shapes = [shapely.transform(s, lambda c: c[:, ::-1]) if p.swapped else s
                  for s, p in zip(shapes, mine, strict=True)]
        rows = [_return_row(world, p, day) for p in mine]
        if form == "geojson":
            _geojson(path, [_feature(s, dict(zip(RETURN_COLUMNS, r, strict=True)))
                            for s, r in zip(shapes, rows, strict=True)])
        else:
            with_shape = [(*r, shapely.to_wkt(s, rounding_precision=7)) for s, r in zip(shapes, rows, strict=True)]
            (_csv if form == "csv" else _xlsx)(path, (*RETURN_COLUMNS, "wkt"), with_shape)
        out.append(path)
    return out


def _return_row(world: CampaignWorld, paper: ReturnPaper, day: date) -> tuple[Any, ...]:
    return (paper.submission, paper.corrects, paper.team, paper.day.isoformat(), world.areas[paper.area].local_id,
            paper.method, paper.depth_cm, paper.hours, paper.crew, paper.downtime_hours, paper.downtime_reason,
            "yes" if paper.final else "no", day.isoformat())


def write_finds(world: CampaignWorld, papers: Sequence[ReturnPaper], day: date, folder: Path) -> list[Path]:
    """Write the items found in the work of the returns that came in on a day, as one file."""
    rows = []
    seen: set[str] = set()
    for paper in papers:
        for find in paper.finds:
            if find.find_id not in seen:
                seen.add(find.find_id)
                kind = world.item_class[find.item]
                rows.append((find.find_id, paper.submission, world.areas[paper.area].local_id, CATEGORY[kind],
                             MODELS[kind], 1, find.depth_cm, paper.day.isoformat(), *place(find.x, find.y),
                             find.disposal))
    if not rows:
        return []
    path = folder / f"finds-{day:%Y%m%d}.csv"
    _csv(path, FIND_COLUMNS, rows)
    return [path]


def _feature(outline: Geometry, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(outline))}


def _geojson(path: Path, features: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8", newline="\n")


def write_geojson(path: Path, rows: Sequence[tuple[Geometry | None, dict[str, Any]]]) -> Path:
    """Write outlines (degrees) with properties as GeoJSON; an outline may be None."""
    _geojson(path, [{"type": "Feature", "properties": p, "geometry": None} if s is None else _feature(s, p)
                    for s, p in rows])
    return path


def _csv(path: Path, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


_XLSX = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.'
    'sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
    'Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="returns" '
    'sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'}


def _cell(value: Any) -> str:
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' if value != "" else "<c/>"


def _xlsx(path: Path, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a table as a workbook of one sheet whose bytes depend on the table alone."""
    lines = "".join(f"<row>{''.join(_cell(v) for v in row)}</row>" for row in (head, *rows))
    sheet = ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
             f"{lines}</sheetData></worksheet>")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as book:
        for name, text in {**_XLSX, "xl/worksheets/sheet1.xml": sheet}.items():
            entry = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            book.writestr(entry, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
    path.write_bytes(packed.getvalue())
