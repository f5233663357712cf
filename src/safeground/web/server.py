"""Serve a project on this machine."""

from __future__ import annotations

import socket
import threading
import webbrowser
from collections.abc import Callable

import uvicorn

from safeground.foundation.errors import RequestError, SurroundingsError
from safeground.operations.context import Caller
from safeground.operations.project import opened
from safeground.web.app import create_app
from safeground.web.security import LOOPBACK


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises
    ------
    SurroundingsError : the port is taken or the address is not this machine's (``SG-WEB-007``).
    """
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise SurroundingsError("SG-WEB-007", f"{host}:{port}", f"cannot be used: {error.strerror}.",
                                "Choose another port with --port, or 0 for a free one.") from error


def serve(
    location: str, *, host: str = "127.0.0.1", port: int = 0, open_browser: bool = False,
    on_ready: Callable[[str], None] = lambda url: None, loopback_only: bool = True, person: str = "",
) -> None:
    """Serve a project until interrupted.

    Parameters
    ----------
    host, port : where to listen; 0 = a free port.
    person : in whose name decisions on the claims page are written; "" = the pages only show.
    on_ready : told the page's address once the server listens.

    Raises
    ------
    RequestError : an address other than loopback (``SG-WEB-005``): there are no accounts yet, so that everybody on the
        network could read hazard positions.  SurroundingsError : the port is taken.
    """
    if loopback_only and host not in LOOPBACK:
        raise RequestError("SG-WEB-005", host, "is not this machine's loopback; without accounts everybody on the "
                                               "network "
                           "could read hazard positions.", "Leave --host out; use a server with PostGIS for several "
                                                           "people.")
    caller = Caller(actor="browser")
    with opened(location, caller) as project, listening(host, port) as listener:
        bound = listener.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{bound}/"
        server = uvicorn.Server(uvicorn.Config(
            create_app(project, caller, hosts=frozenset({*LOOPBACK, host}),
                       person=person), log_level="warning", access_log=False,
            server_header=False))
        on_ready(url)
        if open_browser:
            threading.Timer(0.5, webbrowser.open, args=(url,)).start()
        server.run(sockets=[listener])
