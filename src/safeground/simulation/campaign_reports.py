"""Report totals against the auditor's own book, to the square centimetre."""

from __future__ import annotations

from typing import Any

from safeground.operations.report import read_figures
from safeground.simulation.campaign_books import HAZARDOUS, RELEASED, OwnBooks
from safeground.simulation.campaign_desk import Desk


def report_checks(desk: Desk, books: OwnBooks) -> list[dict[str, Any]]:
    """Return the check that every land total of the situation report is the own book's, to the square centimetre."""
    figures = {figure.name: figure.value for figure in read_figures(desk.project, desk.caller())}
    own = {status: sum(accounts.get(status, 0) for accounts in books.balance.values())
           for status in (*HAZARDOUS, *RELEASED, "overlap")}
    own["pending inspection"] = sum(books.pending_of(area) for area in books.opened)
    failures = [f"{name}: report {figures.get(name)} m², own {cm2 / 1e4} m²" for name, cm2 in own.items()
                if name not in figures or round(figures[name] * 1e4) != cm2]
    return [{"name": "situation report: land totals are the own book's, cm²", "looked": len(own),
             "holds": not failures, "failed": len(failures), "first_failures": failures[:5]}]
