"""The web application over one open project."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from safeground import __version__
from safeground.foundation.errors import SurroundingsError
from safeground.operations.context import Caller
from safeground.store.project import Project
from safeground.web import errors, security
from safeground.web.api import make_api
from safeground.web.claims import DECIDE, make_claims
from safeground.web.ogc import make_ogc
from safeground.web.pages import make_pages

UI = Path(__file__).parent / "ui"


def create_app(project: Project, caller: Caller, *, hosts: frozenset[str] = frozenset(security.LOOPBACK),
               person: str = "") -> FastAPI:
    """Return the application.

    Parameters
    ----------
    project : open for as long as the application lives; the caller closes it.
    hosts : names under which the server answers; everything else is refused.
    person : in whose name the claims page's decisions are written; "" = nothing can be changed.
    """
    app = FastAPI(title=f"Safeground: {project.name}", version=__version__, docs_url=None, redoc_url=None)
    errors.install(app)
    security.install(app, hosts, frozenset({DECIDE}) if person else frozenset())
    app.include_router(make_api(project, caller))
    app.include_router(make_ogc(project))
    app.include_router(make_claims(project, caller, person))
    app.include_router(make_pages(project, caller))
    if (UI / "assets").is_dir():
        app.mount("/assets", StaticFiles(directory=UI / "assets"), name="assets")

    @app.get("/", include_in_schema=False)
    def page() -> FileResponse:
        if not (UI / "index.html").is_file():
            raise SurroundingsError("SG-WEB-006", "page", "was not built into this installation.",
                                    "Install again without SAFEGROUND_SKIP_UI, with network for npm; the JSON is at "
                                    "/api/project.")
        return FileResponse(UI / "index.html", media_type="text/html")

    return app
