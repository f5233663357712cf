"""A project by name or already open: every operation takes either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from safeground.operations.context import Caller
from safeground.store.project import Project, open_project


@contextmanager
def opened(project: Project | str, caller: Caller) -> Iterator[Project]:
    """Yield the project; one that was given by name is closed again, one that was given open stays open.

    Raises
    ------
    RequestError : no such project, or one written by a newer Safeground.
    """
    if isinstance(project, Project):
        yield project
        return
    held = open_project(project, clock=caller.clock)
    try:
        yield held
    finally:
        held.close()
