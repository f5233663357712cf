"""Chromium and a server of our own for tests that open pages: both end with the test that started them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from support.needs import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ARGUMENTS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-quic",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
COMMAND = [sys.executable, "-c", "import sys; from safeground.cli.main import main; sys.exit(main(sys.argv[1:]))"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src")}


@contextmanager
def serving(project: Path) -> Iterator[str]:
    """Serve a project on a free port; gives the address as the command says it."""
    server = subprocess.Popen([*COMMAND, "serve", str(project)], stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    assert server.stderr is not None
    found = re.search(r"http://\S+", server.stderr.readline())
    assert found
    yield found.group()
    server.terminate()
    server.wait(10)
    server.stderr.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium without a screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield started
        started.close()
