"""Results as plain JSON values: one shape for the command line and the web."""

from __future__ import annotations

from typing import Any

from safeground.operations.ledger import LedgerResult


def ledger_plain(result: LedgerResult) -> dict[str, Any]:
    """Return the land book as every face's JSON shows it."""
    return {
        "project": result.project,
        "areas": [{"id": row.hazardous_area_id, "name": row.name, "contamination": row.contamination,
                   "admin_unit": row.admin_unit, "opening_cm2": row.opening_cm2,
                   "by_status": {status.value: area for status, area in row.by_status_cm2},
                   "pending_cm2": row.pending_cm2, "entries": list(row.entry_ids)} for row in result.sheet.rows],
        "groups": {name: {status.value: area for status, area in totals.items()}
                   for name, totals in result.groups.items()},
        "totals": {status.value: area for status, area in result.sheet.totals_cm2},
        "opening_cm2": result.sheet.opening_cm2, "pending_cm2": result.sheet.pending_cm2,
        "contested_cm2": result.contested_cm2,
        "overlaps": [{"counted_in": o.counted_in, "other": o.other, "counted_status": o.counted_status.value,
                      "other_status": o.other_status.value, "area_cm2": o.area_cm2} for o in result.overlaps],
        "balanced": result.sheet.balanced, "chain_ok": result.chain_ok, "audited": result.audited,
        "book_cm2": result.book_cm2, "measured_cm2": result.measured_cm2,
        "journal": {"seq": result.journal_seq, "hash": result.journal_hash},
        "findings": [finding.as_plain() for finding in result.findings]}
