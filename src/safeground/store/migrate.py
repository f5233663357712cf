"""Bring a project's schema to this version's, inside one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from safeground.foundation.errors import RequestError, SourceError
from safeground.store.schema import REVISION


def upgrade(connection: Connection, at: str) -> None:
    """Run the migrations that are missing, in the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes.update(connection=connection, at=at)
    command.upgrade(config, "head")


def revision_of(connection: Connection, subject: str) -> str:
    """Return the schema revision of a project.

    Raises
    ------
    SourceError : no project (``SG-STORE-003``).  RequestError : a newer Safeground wrote it (``SG-STORE-004``).
    """
    if not inspect(connection).has_table("alembic_version") or not inspect(connection).has_table("sg_journal"):
        raise SourceError("SG-STORE-003", subject, "is no Safeground project.",
                          "Make one with 'safeground new', and take this in with 'safeground intake'.")
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    revision = str(found or "")
    if revision > REVISION:
        raise RequestError("SG-STORE-004", subject, f"has schema {revision}; this version knows up to {REVISION}.",
                           "Upgrade Safeground.")
    return revision
