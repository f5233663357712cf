"""The state of a project's field work, beside the project as a page."""

from __future__ import annotations

from safeground.operations.context import Caller
from safeground.store.project import Project


def write_page(project: Project, caller: Caller) -> str:
    """Write the page of field work beside the project and return its path."""
    return ""
