"""Report totals against the auditor's own book, to the square centimetre."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from safeground.operations.report import read_figures
from safeground.operations.treaty import ReportChoice, figures_plain, make_document
from safeground.simulation.campaign_books import HAZARDOUS, RELEASED, OwnBooks
from safeground.simulation.campaign_desk import Desk

#: Kinds of report that cover a period, all of which carry the land's way from opening to remaining.
KINDS = ("article5", "article7", "monthly", "donor")
#: Contamination that falls under the Anti-Personnel Mine Ban Convention, or may.
_MINED = ("apm", "mixed", "unknown")
_FLOWS = {"cancelled": "cancellation", "reduced": "reduction", "cleared": "clearance"}


def own_totals(books: OwnBooks, areas: Collection[str]) -> dict[str, int]:
    """Return the own book's totals of areas, cm²: what is held by status, what waits, what moved by kind of entry."""
    totals = {status: sum(accounts.get(status, 0) for area, accounts in books.balance.items() if area in areas)
              for status in (*HAZARDOUS, *RELEASED, "overlap")}
    totals["pending inspection"] = sum(books.pending_of(area) for area in books.opened if area in areas)
    totals["remaining"] = sum(totals[status] for status in HAZARDOUS)
    for status, kind in _FLOWS.items():
        totals[f"flow {status}"] = sum(
            posting["amount_cm2"] for entry_id, entry in books.posted.items() for posting in entry["postings"]
            if entry["kind"] == kind and entry_id not in books.reversed and posting["account"]["status"] == status
            and posting["account"]["hazardous_area_id"] in areas)
    return totals


def mined_areas(books: OwnBooks) -> set[str]:
    """Return the areas of an article 7 report: anti-personnel mines, or nobody knows that there are none."""
    return {area for area, record in books.records["hazardous_area"].items() if record["contamination"] in _MINED}


def own_items(books: OwnBooks) -> int:
    """Return how many items of ordnance are on record."""
    return sum(int(item["quantity"]) for item in books.records["ordnance"].values())


def situation_faults(figures: Mapping[str, Any], own: Mapping[str, int]) -> list[str]:
    """Return where land figures of the situation report (m²) differ from the own totals (cm²)."""
    names = (*HAZARDOUS, *RELEASED, "overlap", "pending inspection")
    return [f"situation {name}: report {figures.get(name)} m², own {own[name] / 1e4} m²" for name in names
            if name not in figures or round(figures[name] * 1e4) != own[name]]


def period_faults(kind: str, figures: Mapping[str, Any], own: Mapping[str, int]) -> list[str]:
    """Return where a report of a period differs from the own totals: what remains, waits, and was released."""
    expected = {f"{kind}/waterfall/remaining": own["remaining"], f"{kind}/waiting/total/0": own["pending inspection"]}
    expected |= {f"{kind}/waterfall/{status}": -own[f"flow {status}"] for status in _FLOWS}
    if kind == "donor":
        expected = {"donor/waiting/total/0": own["pending inspection"]}
        expected |= {f"donor/land/-/{status}": own[f"flow {status}"] for status in _FLOWS}
    if kind == "monthly":
        expected = {name: cm2 for name, cm2 in expected.items() if "waiting" not in name}
    return [f"{name}: report {figures.get(name)} m², own {cm2 / 1e4} m²" for name, cm2 in expected.items()
            if name not in figures or round(float(figures[name]) * 1e4) != cm2]


def report_checks(desk: Desk, books: OwnBooks, start: date, end: date) -> list[dict[str, Any]]:
    """Return the checks that every land total of the reports, and the count of items, is the own book's."""
    own, mined = own_totals(books, set(books.opened)), own_totals(books, mined_areas(books))
    faults = situation_faults({f.name: f.value for f in read_figures(desk.project, desk.caller())}, own)
    items: list[str] = []
    for kind in KINDS:
        document, _ = make_document(desk.project, ReportChoice(kind=kind, start=start, end=end), desk.caller())
        figures = {figure["name"]: figure["value"] for figure in figures_plain(document)}
        faults += period_faults(kind, figures, mined if kind == "article7" else own)
        if kind == "monthly" and figures.get("monthly/finds/total/0") != own_items(books):
            items.append(f"monthly: {figures.get('monthly/finds/total/0')} items, own {own_items(books)}")
    return [{"name": "report totals are the own book's, cm²: situation, article 5, article 7, monthly, donor",
             "looked": len(KINDS) + 1, "holds": not faults, "failed": len(faults), "first_failures": faults[:5]},
            {"name": "items in the monthly report are the items on record", "looked": 1, "holds": not items,
             "failed": len(items), "first_failures": items}]
