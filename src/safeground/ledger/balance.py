"""Balance sheets: every area's line, totals, groups, and the gaps to what others published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.foundation.seeds import stable_id
from safeground.foundation.units import cm2_to_m2
from safeground.ledger.book import LandBook
from safeground.records.land import (
    Account,
    BalanceAssertion,
    BalanceRow,
    BalanceSheet,
    EntryKind,
    EntryState,
    LandEntry,
    Parcel,
    Posting,
)
from safeground.records.vocabulary import LandStatus

_SHOWN = tuple(status for status in LandStatus if status is not LandStatus.OUTSIDE)


def balance_sheet(
    entries: Sequence[LandEntry], parcels: Sequence[Parcel], *, period: tuple[date, date] | None = None
) -> BalanceSheet:
    """Return one line for each area and the totals, as they stand at the end of a period.

    Parameters
    ----------
    period : first and last day; entries with a later effective date are left out, and lines name the entries of the
        period alone.  None = everything.

    Returns
    -------
    `balanced` holds if every line's accounts sum to what was opened for it, what was opened equals the parcel's booked
    area, and all accounts of the book together are 0.
    """
    counted = [entry for entry in entries if period is None or entry.effective_date <= period[1]]
    book = LandBook.from_entries(counted)
    told: dict[str, list[str]] = {}
    for entry in counted:
        if period is None or entry.effective_date >= period[0]:
            for area_id in dict.fromkeys(p.account.hazardous_area_id for p in entry.postings):
                told.setdefault(area_id, []).append(entry.id)
    waiting: dict[str, int] = {}
    for entry in book.pending():
        for posting in entry.postings:
            if posting.amount_cm2 > 0:
                area_id = posting.account.hazardous_area_id
                waiting[area_id] = waiting.get(area_id, 0) + posting.amount_cm2
    opened = [parcel for parcel in parcels if book.opening(parcel.id) or parcel.id in told]
    known = {parcel.id for parcel in opened}
    others = [area_id for area_id in _areas(counted)
              if area_id not in known and (book.opening(area_id) or book.held(area_id))]
    rows = [_row(book, p.id, p.name, p.contamination, p.admin_unit, waiting, told) for p in opened]
    rows += [_row(book, area_id, "", "", "", waiting, told) for area_id in others]
    totals = {status: sum(dict(row.by_status_cm2).get(status, 0) for row in rows) for status in _SHOWN}
    balanced = (book.total() == 0 and all(sum(a for _, a in row.by_status_cm2) == row.opening_cm2 for row in rows)
                and all(book.opening(p.id) == p.area_cm2 for p in opened if book.opening(p.id)))
    return BalanceSheet(
        rows=tuple(rows), totals_cm2=tuple(totals.items()), opening_cm2=sum(row.opening_cm2 for row in rows),
        pending_cm2=sum(row.pending_cm2 for row in rows), balanced=balanced,
        period_start=period[0] if period else None, period_end=period[1] if period else None)


def _areas(entries: Iterable[LandEntry]) -> list[str]:
    return list(dict.fromkeys(p.account.hazardous_area_id for entry in entries for p in entry.postings))


def _row(
    book: LandBook, area_id: str, name: str, contamination: str, admin_unit: str, waiting: dict[str, int],
    told: dict[str, list[str]],
) -> BalanceRow:
    held = book.held(area_id)
    return BalanceRow(
        hazardous_area_id=area_id, name=name, contamination=contamination, admin_unit=admin_unit,
        opening_cm2=book.opening(area_id), by_status_cm2=tuple((s, held[s]) for s in _SHOWN if s in held),
        pending_cm2=waiting.get(area_id, 0), entry_ids=tuple(told.get(area_id, ())))


#: Account of the gap to a published figure: this and the figure's id.
_GAP = "assertion:"


def group_balance(sheet: BalanceSheet, by: str) -> dict[str, dict[LandStatus, int]]:
    """Return a sheet's totals by ``contamination`` or ``admin_unit``, cm².  Conserves: they sum to the sheet's totals.

    Raises
    ------
    RequestError : another way to group (``SG-LEDGER-001``).
    """
    if by not in ("contamination", "admin_unit"):
        raise RequestError("SG-LEDGER-001", by, "is no way to group a balance sheet.", "Use contamination or "
                           "admin_unit.")
    groups: dict[str, dict[LandStatus, int]] = {}
    for row in sheet.rows:
        group = groups.setdefault(getattr(row, by), {})
        for status, amount in row.by_status_cm2:
            group[status] = group.get(status, 0) + amount
    return dict(sorted(groups.items()))


def assertion_gap_cm2(assertion: BalanceAssertion, entries: Sequence[LandEntry]) -> int:
    """Return the published figure less the book's, cm²."""
    book = LandBook.from_entries(entry for entry in entries if entry.effective_date <= assertion.as_of)
    areas = assertion.hazardous_area_ids or tuple(_areas(entries))
    return assertion.area_cm2 - sum(book.balance(Account(area_id, assertion.status)) for area_id in areas)


def check_assertions(assertions: Iterable[BalanceAssertion], entries: Sequence[LandEntry]) -> list[Finding]:
    """Return a finding for each published figure that differs from the book: shown, never absorbed.

    A gap that was booked openly stays in sight, as information; one that was not is a warning.
    """
    findings = []
    explained = _booked_gaps(entries)
    for assertion in assertions:
        gap = assertion_gap_cm2(assertion, entries)
        if not gap:
            continue
        booked, open_cm2 = cm2_to_m2(assertion.area_cm2 - gap), gap - explained.get(assertion.id, 0)
        words = (f"published {cm2_to_m2(assertion.area_cm2):,.2f} m² {assertion.status} as of "
                 f"{assertion.as_of.isoformat()}; the book has {booked:,.2f} m² (gap {cm2_to_m2(gap):+,.2f} m²")
        if open_cm2:
            findings.append(Finding(
                Severity.WARNING, "SG-LEDGER-010", assertion.publisher,
                f"{words}, {cm2_to_m2(open_cm2):+,.2f} m² of it not booked).",
                "Find the missing records, or book the gap openly with --book-gap REASON."))
        else:
            findings.append(Finding(
                Severity.INFO, "SG-LEDGER-011", assertion.publisher, f"{words}, booked as unexplained).",
                "Find the missing records, and reverse the entry then."))
    return findings


def _booked_gaps(entries: Iterable[LandEntry]) -> dict[str, int]:
    """Return what is booked as unexplained for each published figure, cm²."""
    found: dict[str, int] = {}
    for entry in entries:
        if entry.state is EntryState.POSTED:
            for posting in entry.postings:
                area_id = posting.account.hazardous_area_id
                if posting.account.status is LandStatus.UNEXPLAINED and area_id.startswith(_GAP):
                    found[area_id[len(_GAP):]] = found.get(area_id[len(_GAP):], 0) + posting.amount_cm2
    return found


def book_gap(assertion: BalanceAssertion, entries: Sequence[LandEntry], *, on: date, reason: str) -> LandEntry | None:
    """Return the entry that books a gap openly to ``unexplained``, None if there is no gap."""
    gap = assertion_gap_cm2(assertion, entries) - _booked_gaps(entries).get(assertion.id, 0)
    if not gap:
        return None
    area_id = f"{_GAP}{assertion.id}"
    return LandEntry(
        id=stable_id("gap", assertion.id, str(len(entries))), kind=EntryKind.ASSERTION_GAP, state=EntryState.POSTED,
        effective_date=on, reason=reason, evidence_ids=(assertion.id,),
        postings=(Posting(Account(area_id, LandStatus.OUTSIDE), -gap),
                  Posting(Account(area_id, LandStatus.UNEXPLAINED), gap)))
