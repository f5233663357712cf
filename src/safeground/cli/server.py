"""The command that shows a project in the browser: serve."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from safeground.cli.options import ProjectArgument


def serve(
    project: ProjectArgument,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; loopback unless you say otherwise.")]
    = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port; 0 = a free one.")] = 0,
    person: Annotated[str, typer.Option("--as", help="Name in which decisions on the claims page are written; left "
                                                     "out, the pages only show.")] = "",
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = False,
) -> None:
    """Show the project as a map in the browser, on this machine only."""
    from safeground.web.server import serve as run_server

    def ready(url: str) -> None:
        sys.stderr.write(f"Safeground is showing {project} at {url}  (stop with Ctrl-C)\n")
        sys.stderr.flush()

    run_server(project, host=host, port=port, open_browser=open_browser, on_ready=ready,
               person=person.strip())


COMMANDS: dict[str, Callable[..., Any]] = {"serve": serve}
