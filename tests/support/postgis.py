"""A private PostgreSQL server with PostGIS for the tests: on loopback, in a folder of its own, gone afterwards.

Each test gets an empty database made from a template.  Nothing is synced to disk: the server is for tests only.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.needs import postgres_bin

TEMPLATE = "safeground_template"


@dataclass
class PostgisServer:
    """A running server; `made` counts the databases made so far."""

    port: int
    made: int = 0

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, *, database: str = "postgres") -> None:
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def new_database(self) -> str:
        self.made += 1
        name = f"db{self.made}"
        self.run(f"create database {name} template {TEMPLATE}")
        return name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _call(*command: str | Path) -> None:
    done = subprocess.run([str(part) for part in command], cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[-1]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[PostgisServer]:
    """One server for the session (for each worker its own), started by the first test that asks for it."""
    binaries = postgres_bin()
    if binaries is None:
        pytest.fail("postgis_url was asked for without the mark needs_postgis")
    folder = Path(tempfile.mkdtemp(prefix="safeground-postgis-"))
    become: tuple[str, ...] = ()
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        become = ("runuser", "-u", "postgres", "--")
    data, control = folder / "data", binaries / "pg_ctl"
    try:
        _call(*become, binaries / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
              "--locale=C.UTF-8", "--no-sync")
        server = PostgisServer(_free_port())
        options = (f"-c listen_addresses=127.0.0.1 -p {server.port} -c unix_socket_directories={folder} -c fsync=off "
                   "-c full_page_writes=off -c synchronous_commit=off -c shared_buffers=32MB")
        _call(*become, control, "-D", data, "-l", folder / "log", "-w", "-t", "60", "-o", options, "start")
        try:
            server.run(f"create database {TEMPLATE}")
            server.run("create extension postgis", database=TEMPLATE)
            yield server
        finally:
            _call(*become, control, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgis_url(postgis_server: PostgisServer) -> Iterator[str]:
    """URL of a fresh, empty database with PostGIS; dropped after the test."""
    name = postgis_server.new_database()
    yield postgis_server.url(name)
    postgis_server.run(f"drop database {name} with (force)")
