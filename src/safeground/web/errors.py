"""Faults as answers: the one table of status codes, one JSON shape."""

from __future__ import annotations

import sys
import traceback

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from safeground.foundation.errors import (
    InvariantBroken,
    RefusedError,
    RequestError,
    SafegroundError,
    SurroundingsError,
)

_STATUS: tuple[tuple[type[SafegroundError], int], ...] = (
    (RefusedError, 409), (SurroundingsError, 503), (InvariantBroken, 500), (RequestError, 422))
#: Codes whose subject is not there, rather than faulty.
_NOT_FOUND = ("SG-OPS-012", "SG-OPS-051", "SG-OPS-057", "SG-STORE-013", "SG-WEB-001")


def problem(status: int, code: str, subject: str, message: str, remedy: str) -> JSONResponse:
    """Return an error in its one shape."""
    return JSONResponse({"schema": "safeground/error/1", "error": {
        "code": code, "subject": subject, "message": message, "remedy": remedy}}, status_code=status)


def status_of(error: SafegroundError) -> int:
    """Return the status code of an error."""
    if error.code in _NOT_FOUND:
        return 404
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def install(app: FastAPI) -> None:
    """Give every fault its answer."""

    @app.exception_handler(SafegroundError)
    def known(request: Request, error: SafegroundError) -> JSONResponse:
        return problem(status_of(error), error.code, error.subject, error.message, error.remedy)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        return problem(422, "SG-WEB-003", ".".join(str(part) for part in first["loc"]), f"{first['msg']}.",
                       "Correct the value.")

    @app.exception_handler(HTTPException)
    def missing(request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, "SG-WEB-001", request.url.path, f"{error.detail}.", "Start at /.")

    @app.exception_handler(Exception)
    def unforeseen(request: Request, error: Exception) -> JSONResponse:
        traceback.print_exception(error, file=sys.stderr)
        return problem(500, "SG-WEB-004", request.url.path, "a fault that nobody foresaw.",
                       "Report it with what the server printed.")
