"""A private PostgreSQL server with PostGIS: on loopback, on a free port, in a folder of its own, gone afterwards."""

from __future__ import annotations

import glob
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TEMPLATE = "safeground_template"


@dataclass
class PostgisServer:
    """A running server; `made` counts the databases made so far."""

    port: int
    made: int = 0

    def url(self, database: str) -> str:
        """Return the URL of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, *, database: str = "postgres") -> None:
        """Run a statement outside any transaction."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def new_database(self) -> str:
        """Return the name of a fresh, empty database with PostGIS."""
        self.made += 1
        name = f"db{self.made}"
        self.run(f"create database {name} template {TEMPLATE}")
        return name


def postgres_bin() -> Path | None:
    """Return the folder of the newest PostgreSQL server whose PostGIS is installed too, None = there is none."""
    for control in sorted(glob.glob("/usr/share/postgresql/*/extension/postgis.control"), reverse=True):
        folder = Path("/usr/lib/postgresql") / Path(control).parts[4] / "bin"
        if (folder / "initdb").is_file():
            return folder
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _call(*command: str | Path) -> None:
    done = subprocess.run([str(part) for part in command], cwd="/", capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[-1]}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


@contextmanager
def private_server(*settings: str) -> Iterator[PostgisServer]:
    """Start a server for the time of a block.

    Parameters
    ----------
    settings : as ``fsync=off``; none = PostgreSQL's own, every commit synced.

    Raises
    ------
    RuntimeError : PostgreSQL or PostGIS is not installed, or does not start.
    """
    binaries = postgres_bin()
    if binaries is None:
        raise RuntimeError("PostgreSQL with PostGIS is not installed (Debian: postgresql postgresql-15-postgis-3).")
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
        own = ("listen_addresses=127.0.0.1", f"port={server.port}", f"unix_socket_directories={folder}")
        options = " ".join(f"-c {setting}" for setting in (*own, *settings))
        _call(*become, control, "-D", data, "-l", folder / "log", "-w", "-t", "60", "-o", options, "start")
        try:
            server.run(f"create database {TEMPLATE}")
            server.run("create extension postgis", database=TEMPLATE)
            yield server
        finally:
            _call(*become, control, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
