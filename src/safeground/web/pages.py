"""The stages' pages, served: field work, inspection, release, and what hazard, plan and forecast last wrote.

Each shows the project as it stands and changes nothing; the command line's own operations make it.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import PurePath
from threading import Lock
from typing import Any, TypeVar
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from safeground.foundation.errors import SafegroundError
from safeground.operations.context import Caller
from safeground.operations.inspection_show import inspection_page, lot_picture, samples_geojson, show
from safeground.operations.plan_orders import issued_sheet, lane_file, plan_orders
from safeground.operations.progress import ProgressRequest, progress_json, take_returns
from safeground.operations.progress_view import progress_page
from safeground.operations.release import check_json, check_release
from safeground.operations.release_page import page_of, release_list_page, releases_json
from safeground.operations.stored_pages import STORED, stored_page
from safeground.report.plain_page import plain_html
from safeground.report.plan_page import with_orders
from safeground.report.words import counted
from safeground.store.project import Project
from safeground.web.errors import status_of
from safeground.web.links import with_links

T = TypeVar("T")
SHEET = "sheet.pdf"
#: Name and media type of a lane file by its ending.
_LANE_FORMS = {".gpx": ("GPX", "application/gpx+xml"), ".kml": ("KML", "application/vnd.google-earth.kml+xml"),
               ".geojson": ("GeoJSON", "application/geo+json")}
_COMMANDS = {"hazard": "safeground hazard PROJECT", "forecast": "safeground forecast PROJECT",
             "plan": "safeground plan PROJECT --teams FILE --start DAY --days N"}


class Kept:
    """Answers that take a second or more, kept until the journal grows or the day changes.

    One is made at a time: the drawing library is not made for threads, and two browsers that ask for the same page do
    not make it twice.
    """

    def __init__(self, project: Project, caller: Caller, most: int = 64) -> None:
        self._project, self._caller, self._most = project, caller, most
        self._lock = Lock()
        self._state: tuple[tuple[int, str], date] | None = None
        self._held: OrderedDict[str, Any] = OrderedDict()

    def get(self, name: str, make: Callable[[], T]) -> T:
        """Return an answer by name, made if the one at hand is of an older state."""
        with self._lock:
            with self._project.read() as reader:
                state = (reader.head(), self._caller.clock().date())
            if state != self._state:
                self._held.clear()
                self._state = state
            if name not in self._held:
                self._held[name] = make()
                while len(self._held) > self._most:
                    self._held.popitem(last=False)
            found: T = self._held[name]
            return found


def lot_address(lot_id: str, kind: str) -> str:
    """Return where a lot's picture is served."""
    return f"/inspection/{quote(lot_id, '')}/{kind}.png"


def area_address(area_id: str) -> str:
    """Return where an area's release page is served."""
    return f"/release/{quote(area_id, '')}"


def order_address(order_id: str, name: str) -> str:
    """Return where an order's sheet or lane file is served."""
    return f"/task/{quote(order_id, '')}/{quote(name, '')}"


def make_pages(project: Project, caller: Caller) -> APIRouter:
    """Return the routes of the stages' pages, and of the same figures as JSON under ``/api``."""
    routes, kept = APIRouter(), Kept(project, caller)
    _add_json(routes, project, caller)

    def shown(path: str, make: Callable[[], bytes]) -> HTMLResponse:
        try:
            return HTMLResponse(kept.get(path, lambda: with_links(make(), path)))
        except SafegroundError as error:
            said = plain_html(f"{project.name}: cannot be shown", f"{error.subject}: {error.message} {error.remedy}")
            return HTMLResponse(with_links(said, path), status_code=status_of(error))

    @routes.get("/progress", include_in_schema=False)
    def field_work() -> HTMLResponse:
        return shown("/progress", lambda: progress_page(project, caller))

    @routes.get("/inspection", include_in_schema=False)
    def lots() -> HTMLResponse:
        return shown("/inspection", lambda: inspection_page(project, caller, lot_address))

    @routes.get("/inspection/{lot}/{kind}.png", include_in_schema=False)
    def picture(lot: str, kind: str) -> Response:
        return Response(kept.get(lot_address(lot, kind), lambda: lot_picture(project, lot, kind, caller)),
                        media_type="image/png")

    @routes.get("/api/inspection/samples")
    def samples() -> Response:
        content = kept.get("samples", lambda: json.dumps(samples_geojson(project, caller)).encode())
        return Response(content, media_type="application/geo+json")

    @routes.get("/release", include_in_schema=False)
    def releases() -> HTMLResponse:
        return shown("/release", lambda: release_list_page(project, caller, area_address))

    @routes.get("/release/{area}", include_in_schema=False)
    def release(area: str) -> HTMLResponse:
        return shown(area_address(area), lambda: page_of(check_release(project, area, caller)))

    _add_papers(routes, project, caller, kept)

    def written(stage: str) -> Callable[[], HTMLResponse]:
        return lambda: shown(f"/{stage}", lambda: _stored(project, stage, caller))

    for stage in STORED:
        routes.get(f"/{stage}", include_in_schema=False)(written(stage))
    return routes


def _stored(project: Project, stage: str, caller: Caller) -> bytes:
    """Return the page that a command wrote, or what to do where there is none."""
    page = stored_page(project, stage, caller)
    if page.content is None or page.made_at is None:
        return plain_html(f"{stage.capitalize()}: {page.project}", page.why, (
            (f"Compute the {stage} and write its page", _COMMANDS[stage]),))
    since = (f"; {counted(page.newer, 'record')} of areas, work, finds or accidents came in or changed since: compute "
             f"it anew with “{_COMMANDS[stage]}”" if page.newer else "")
    content = with_orders(page.content, _orders(project, caller)) if stage == "plan" else page.content
    return content.replace(b"<header>", f'<p class="made">As computed on {page.made_at:%Y-%m-%d %H:%M} UTC{since}.'
                                "</p><header>".encode(), 1)


def _form(name: str) -> tuple[str, str]:
    return _LANE_FORMS.get(PurePath(name).suffix, (name, "application/octet-stream"))


def _orders(project: Project, caller: Caller) -> list[dict[str, Any]]:
    """Return the plan's orders with the addresses of what may be handed out."""
    return [{**asdict(order), "links": [
        *([("sheet (PDF)", order_address(order.order_id, SHEET))] if order.has_sheet else []),
        *((_form(name)[0], order_address(order.order_id, name)) for name in order.lane_files)]}
        for order in plan_orders(project, caller)]


def _add_papers(routes: APIRouter, project: Project, caller: Caller, kept: Kept) -> None:
    """Add the sheets and lane files of issued orders."""

    @routes.get("/task/{order}/sheet.pdf", include_in_schema=False)
    def sheet(order: str) -> Response:
        content = kept.get(order_address(order, SHEET), lambda: issued_sheet(project, order, caller))
        return Response(content, media_type="application/pdf")

    @routes.get("/task/{order}/{name}", include_in_schema=False)
    def lanes(order: str, name: str) -> Response:
        return Response(lane_file(project, order, name, caller), media_type=_form(name)[1],
                        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, '')}"})


def _add_json(routes: APIRouter, project: Project, caller: Caller) -> None:
    """Add the stages' JSON: the schemas of the commands with ``--json``."""

    @routes.get("/api/progress")
    def progress() -> dict[str, Any]:
        request = ProgressRequest(page=False, dry_run=True)
        return {"schema": "safeground/progress/1", **progress_json(take_returns(project, [], caller, request))}

    @routes.get("/api/inspection")
    def inspection() -> dict[str, Any]:
        return {"schema": "safeground/inspection/1", **show(project, caller, page=False)}

    @routes.get("/api/release")
    def releases() -> dict[str, Any]:
        return {"schema": "safeground/release/1", **releases_json(project, caller)}

    @routes.get("/api/release/{area}")
    def release(area: str) -> dict[str, Any]:
        return {"schema": "safeground/release/1", **check_json(check_release(project, area, caller))}
