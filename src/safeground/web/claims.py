"""The claims page, served: it shows, and where the server was started in a person's name that person decides on it."""

from __future__ import annotations

import secrets
from dataclasses import replace
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from safeground.foundation.errors import RefusedError, RequestError
from safeground.operations.claims import ClaimsRequest, claims_json, decide, read_claims
from safeground.operations.context import Caller
from safeground.report.claims_page import claims_html
from safeground.store.project import Project
from safeground.web.links import with_links

#: The one path under which something can be changed.
DECIDE = "/api/claims/decide"
Key = Annotated[str, Field(min_length=1, max_length=200)]


class Decision(BaseModel):
    """What a person decides: claims confirmed or rejected, or one origin merged into another, and why."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[str, Field(min_length=1, max_length=500)]
    confirm: Annotated[list[Key], Field(max_length=500)] = []
    reject: Annotated[list[Key], Field(max_length=500)] = []
    merge: Annotated[list[Key], Field(min_length=2, max_length=2)] | None = None


def make_claims(project: Project, caller: Caller, person: str) -> APIRouter:
    """Return the routes of the claims page.

    Parameters
    ----------
    person : in whose name decisions are written, set when the server was started; "" = the page only shows.  A page
        cannot choose another name, and every decision brings the token that only this server's page holds.
    """
    routes = APIRouter()
    token = secrets.token_urlsafe(32)

    @routes.get("/claims", include_in_schema=False)
    def page() -> HTMLResponse:
        values = claims_json(read_claims(project, ClaimsRequest(), caller), everything=True)
        return HTMLResponse(with_links(claims_html(values, person=person, token=token if person else ""), "/claims"))

    @routes.get("/claims/decide.js", include_in_schema=False)
    def script() -> Response:
        return Response(files("safeground.web").joinpath("claims_decide.js").read_bytes(),
                        media_type="text/javascript; charset=utf-8")

    @routes.get("/api/claims")
    def shown() -> dict[str, Any]:
        return {"schema": "safeground/claims/1", **claims_json(read_claims(project, ClaimsRequest(), caller))}

    @routes.post(DECIDE, include_in_schema=bool(person))
    def decided(decision: Decision, x_safeground_token: Annotated[str, Header()] = "") -> dict[str, Any]:
        if not person or not secrets.compare_digest(x_safeground_token.encode(), token.encode()):
            raise RefusedError("SG-WEB-008", "decision", "does not come from this server's own page.",
                               "Load the claims page again, and start 'serve' with --as NAME to decide.",
                               criterion="a decision is a named person's", clause="claims page")
        if len([part for part in (decision.confirm, decision.reject, decision.merge) if part]) != 1:
            raise RequestError("SG-WEB-003", "decision", "must confirm, reject or merge, one of them.",
                               "Choose one.")
        merge = (decision.merge[0], decision.merge[1]) if decision.merge else None
        result = decide(project, replace(caller, actor=person, reason=decision.reason.strip()),
                        confirm=decision.confirm, reject=decision.reject, merge=merge)
        return {"schema": "safeground/claims/1", **claims_json(result)}

    return routes
