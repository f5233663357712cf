"""The land book: the balance sheet, its assertions, and a verification that recomputes everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding
from safeground.foundation.seeds import stable_id
from safeground.foundation.units import cm2_to_m2
from safeground.ledger.audit import audit_book
from safeground.ledger.balance import balance_sheet, book_gap, check_assertions, group_balance
from safeground.ledger.overlaps import overlaps_of
from safeground.operations.booking import held_parcels
from safeground.operations.context import Caller
from safeground.operations.land import contested
from safeground.operations.project import opened
from safeground.records.land import BalanceAssertion, BalanceSheet, Overlap
from safeground.records.vocabulary import LandStatus
from safeground.store.project import Project
from safeground.store.verify import verify_journal


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerResult:
    """The book as it stands.

    Attributes
    ----------
    sheet : one line for each area, and totals, cm².
    overlaps : ground that two areas share; `contested_cm2` is the part counted as hazardous and recorded as released.
    groups : totals by what was asked for, cm²; {} = nothing was asked for.  Conserves: they sum to the sheet's totals.
    chain_ok : the journal's chain holds; None = not recomputed.
    """

    project: str
    sheet: BalanceSheet
    overlaps: tuple[Overlap, ...]
    contested_cm2: int
    findings: tuple[Finding, ...]
    groups: dict[str, dict[LandStatus, int]]
    journal_seq: int
    journal_hash: str
    chain_ok: bool | None = None
    audited: bool = False
    book_cm2: int = 0
    measured_cm2: int = 0


def show(
    location: Project | str, caller: Caller, *, period: tuple[date, date] | None = None, by: str = ""
) -> LedgerResult:
    """Return the balance sheet, with the gaps to published totals.

    Parameters
    ----------
    period : first and last day of the movements; None = all.
    by : ``contamination`` or ``admin_unit``, to group the totals; "" = no groups.

    Raises
    ------
    RequestError : another way to group (``SG-LEDGER-001``).
    """
    with opened(location, caller) as project, project.read() as reader:
        entries = reader.entries()
        parcels = held_parcels(reader, entries)
        sheet = balance_sheet(entries, parcels, period=period)
        overlaps = overlaps_of(parcels)
        seq, digest = reader.head()
        return LedgerResult(
            project=project.location, sheet=sheet, overlaps=tuple(overlaps),
            groups=group_balance(sheet, by) if by else {},
            contested_cm2=sum(o.area_cm2 for o in contested(overlaps)),
            findings=tuple(check_assertions(reader.assertions(), entries)), journal_seq=seq, journal_hash=digest)


def verify(location: Project | str, caller: Caller, *, checkpoint: dict[str, object] | None = None) -> LedgerResult:
    """Recompute everything from the journal: chain, records, tables, balances, and areas by an independent path."""
    with opened(location, caller) as project:
        caller.progress("recomputing the journal's chain", 0.1)
        journal = verify_journal(project, checkpoint=checkpoint)
        shown = show(location, caller)
        with project.read() as reader:
            entries = reader.entries()
            caller.progress("measuring the ground anew", 0.6)
            report = audit_book(entries, held_parcels(reader, entries))
        caller.progress("done", 1.0)
    return LedgerResult(
        project=shown.project, sheet=shown.sheet, overlaps=shown.overlaps, groups={}, contested_cm2=shown.contested_cm2,
        findings=(*journal.findings, *report.findings, *shown.findings), journal_seq=shown.journal_seq,
        journal_hash=shown.journal_hash, chain_ok=journal.chain_ok, audited=True, book_cm2=report.book_cm2,
        measured_cm2=report.measured_cm2)


def pin(
    location: Project | str, caller: Caller, *, publisher: str, as_of: date, status: LandStatus, area_cm2: int,
    document: str = "", gap_reason: str = "",
) -> BalanceAssertion:
    """Enter a published total beside the book; a gap to it is shown from then on, never absorbed.

    Parameters
    ----------
    gap_reason : why the gap is booked as unexplained, openly and in its own account; "" = it is not booked.

    Raises
    ------
    RequestError : the same publisher's figure for the day and status is pinned with another area (``SG-LEDGER-001``).
    """
    assertion = BalanceAssertion(
        id=stable_id("assertion", publisher, as_of.isoformat(), status.value, document), publisher=publisher,
        as_of=as_of, status=status, area_cm2=area_cm2, document=document)
    with opened(location, caller) as project, project.write(caller.info("ledger")) as writer:
        held = {item.id: item for item in writer.assertions()}.get(assertion.id)
        if held is not None and held != assertion:
            raise RequestError(
                "SG-LEDGER-001", publisher, f"published {cm2_to_m2(held.area_cm2):,.2f} m² {status} for "
                f"{as_of.isoformat()} already.", "Name the document of each figure, so that both can stand.")
        writer.add_assertions([] if held is not None else [assertion])
        gap = book_gap(assertion, writer.entries(), on=caller.clock().date(), reason=gap_reason) if gap_reason else None
        writer.add_entries([gap] if gap is not None else [])
    return assertion
