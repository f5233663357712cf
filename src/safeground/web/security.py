"""Who may ask: this server's own page on its own host; every answer says what the page may load."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.responses import Response

from safeground.web.errors import problem

#: A decision is a reason and some ids; a longer body is refused unread, bytes.
_BODY_MAX = 128 << 10
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; "
                               "style-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self' data:; "
                               "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()"}


def host_of(netloc: str) -> str:
    """Return the host of ``host:port``, without brackets, small letters; "" = not readable."""
    try:
        return (urlsplit(f"//{netloc}").hostname or "").lower()
    except ValueError:
        return ""


def refusal_of(request: Request, hosts: frozenset[str], changing: frozenset[str] = frozenset()) -> str:
    """Return why a request is refused, "" = it may pass.

    A page of another site that a browser has open may send requests here, with this host's name if it rebinds a domain
    name; the Host header, Origin and Sec-Fetch-Site give it away.  Only under the paths ``changing`` may a request
    change something, and only as JSON from this server's own page.
    """
    if host_of(request.headers.get("host", "")) not in hosts:
        return "names another host"
    origin = request.headers.get("origin")
    if origin is not None and host_of(urlsplit(origin).netloc) not in hosts:
        return "comes from a page of another origin"
    if request.headers.get("sec-fetch-site") == "cross-site":
        return "comes from another site"
    if request.method == "POST" and request.url.path in changing:
        json = request.headers.get("content-type", "").partition(";")[0].strip() == "application/json"
        length = request.headers.get("content-length", "")
        if not json or origin is None or not (length.isdigit() and int(length) <= _BODY_MAX):
            return "would change something and is no JSON of this server's own page, or is too long"
        return ""
    if request.method not in ("GET", "HEAD"):
        return "would change something; the page only shows"
    return ""


def install(app: FastAPI, hosts: frozenset[str], changing: frozenset[str] = frozenset()) -> None:
    """Check every request, and give every answer its headers."""

    @app.middleware("http")
    async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        why = refusal_of(request, hosts, changing)
        response = await call_next(request) if not why else problem(
            403, "SG-WEB-002", request.url.path, f"the request {why}.", "Open the page at the address that 'serve' "
                "printed.")
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
