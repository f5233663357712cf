"""A private PostgreSQL server with PostGIS for the tests: each test gets an empty database made from a template.

Nothing is synced to disk: the server is for tests only.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from benchmarks._postgis import PostgisServer, private_server


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[PostgisServer]:
    """One server for the session (for each worker its own), started by the first test that asks for it."""
    with private_server("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB") as server:
        yield server


@pytest.fixture
def postgis_url(postgis_server: PostgisServer) -> Iterator[str]:
    """URL of a fresh, empty database with PostGIS; dropped after the test."""
    name = postgis_server.new_database()
    yield postgis_server.url(name)
    postgis_server.run(f"drop database {name} with (force)")
