"""What every test may use, and the summary that says what this machine could not run."""

from __future__ import annotations

from collections import Counter

import pytest

from support.needs import ENABLE_ALL, PACKAGES, SHARED, reason_of
from support.postgis import postgis_server, postgis_url

__all__ = ["postgis_server", "postgis_url"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "missing_capability(reason): a package that this run requires is not there")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("missing_capability"):
        pytest.fail(f"{mark.args[0]}, and SAFEGROUND_REQUIRE_ALL=1 is set", pytrace=False)


def skipped_capabilities(reasons: list[str]) -> list[str]:
    """Lines of the summary: each missing capability with its number of tests, then the one line that enables all."""
    counts = Counter(name for text in reasons for name in PACKAGES if reason_of(name) in text)
    lines = [f"{count} skipped: {reason_of(name)}" for name, count in sorted(counts.items())]
    if lines:
        lines.append(f"to run them: {ENABLE_ALL}")
    absent = sum("needs shared data" in text for text in reasons)
    if absent:
        lines.append(f"{absent} skipped: real data is not at {SHARED.name}/ beside the repository (optional)")
    return lines


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = terminalreporter.stats.get("skipped", [])
    lines = skipped_capabilities([str(report.longrepr) for report in reports])
    if lines:
        terminalreporter.section("what this machine could not run")
        for line in lines:
            terminalreporter.write_line(line)
