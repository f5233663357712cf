"""JSON for the page: the same figures as the command line's."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Query

from safeground.operations import browse
from safeground.operations.context import Caller
from safeground.operations.ledger import show
from safeground.operations.plain import ledger_plain
from safeground.operations.report import read_figures
from safeground.store.project import Project

Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Limit = Annotated[int, Query(ge=1, le=1000)]


def make_api(project: Project, caller: Caller) -> APIRouter:
    """Return the routes under ``/api``; dear answers are kept until the journal grows."""
    api = APIRouter(prefix="/api")

    def head() -> tuple[int, str]:
        with project.read() as reader:
            return reader.head()

    def kept(make: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
        cached = lru_cache(maxsize=1)(lambda at: make())
        return lambda: cached(head())

    def read_project() -> dict[str, Any]:
        with project.read() as reader:
            return {"schema": "safeground/project/1", **browse.project_view(project, reader)}

    def read_ledger() -> dict[str, Any]:
        return {"schema": "safeground/ledger/1", **ledger_plain(show(project, caller))}

    def read_all_figures() -> dict[str, Any]:
        return {"schema": "safeground/figures/1", "figures": [
            {"name": f.name, "value": f.value, "unit": f.unit, "records": list(f.records)}
            for f in read_figures(project, caller)]}

    api.get("/project")(kept(read_project))
    api.get("/ledger")(kept(read_ledger))
    api.get("/figures")(kept(read_all_figures))

    @api.get("/sources")
    def sources() -> dict[str, Any]:
        with project.read() as reader:
            return {"schema": "safeground/sources/1", **browse.sources_view(reader)}

    @api.get("/findings")
    def findings(offset: Offset = 0, limit: Limit = 100, code: str = "") -> dict[str, Any]:
        with project.read() as reader:
            return {"schema": "safeground/findings/1", **browse.findings_view(reader, offset, limit, code)}

    @api.get("/quarantine")
    def quarantine(offset: Offset = 0, limit: Limit = 100) -> dict[str, Any]:
        with project.read() as reader:
            return {"schema": "safeground/quarantine/1", **browse.quarantine_view(reader, offset, limit)}

    @api.get("/records/{noun}/{record_id}")
    def record(noun: str, record_id: str) -> dict[str, Any]:
        with project.read() as reader:
            return {"schema": "safeground/record/1", **browse.record_view(reader, noun, record_id)}

    return api
