"""What an intake would change in a project: told before anything is overwritten."""

from __future__ import annotations

from dataclasses import dataclass, replace

from safeground.foundation.errors import RefusedError
from safeground.foundation.finding import Finding, Severity, SourceRef
from safeground.foundation.seeds import stable_id
from safeground.intake.difference import DifferenceReport, difference
from safeground.intake.pipeline import TableIntake
from safeground.operations.land import has_account
from safeground.records.base import Record
from safeground.records.nouns import WORD_OF, Source
from safeground.records.payload import to_plain
from safeground.records.quarantine import QuarantinedRow
from safeground.store.project import Reader

REFUSED = "refused: cannot be taken in as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An intake beside what the project holds.

    Attributes
    ----------
    taken : the intake, with rows that would redraw a booked area moved to quarantine.
    new, changed : records to write first, and those to write as a next version.
    unchanged : how many are held already, word for word.
    to_quarantine : rows to keep aside, refused ones included; rows kept aside before and taken now are resolved.
    writes : whether anything would be written.
    """

    taken: TableIntake
    new: tuple[Record, ...]
    changed: tuple[Record, ...]
    unchanged: int
    to_quarantine: tuple[QuarantinedRow, ...]
    writes: bool

    @property
    def to_put(self) -> tuple[Record, ...]:
        """Return the records to write."""
        return (*self.new, *self.changed)


def _held(reader: Reader, records: tuple[Record, ...]) -> dict[str, Record]:
    """Return the project's record for each incoming id that it holds."""
    nouns = {WORD_OF[type(record)] for record in records}
    wanted = {record.id for record in records}
    return {r.id: r for noun in sorted(nouns) if reader.count(noun) for r in reader.records(noun) if r.id in wanted}


def _redrawn(held: Record, incoming: Record) -> bool:
    return has_account(held) and to_plain(getattr(held, "geometry", None)) != to_plain(
        getattr(incoming, "geometry", None))


def _hold_back(taken: TableIntake, redrawn: list[Record], source: Source) -> TableIntake:
    """Move rows that would redraw a booked area from the accepted ones to the quarantine; areas move with them."""
    ids = {record.id for record in redrawn}
    rows, findings = [], []
    for record in redrawn:
        place = SourceRef(source.file_name, source.layer, record.source_row, "geometry")
        findings.append(Finding(
            Severity.ERROR, "SG-OPS-008", record.local_id or record.id,
            "the outline differs from the one that the book holds under this id.",
            "Take it in under a new id after survey, or correct the file; a booked outline is never edited.", place))
        rows.append(QuarantinedRow(
            id=stable_id("quarantine", source.sha256, source.layer, record.source_row), noun=WORD_OF[type(record)],
            source_id=source.id, source_file=source.file_name, source_layer=source.layer,
            source_row=record.source_row, original=record.original, finding_codes=("SG-OPS-008",),
            provisional_geometry=getattr(record, "geometry", None), area_m2=getattr(record, "area_cm2", 0) / 10_000))
    moved = sum(row.area_m2 or 0.0 for row in rows)
    return replace(taken, records=tuple(r for r in taken.records if r.id not in ids),
                   quarantined=(*taken.quarantined, *rows), findings=(*taken.findings, *findings),
                   area_accepted_m2=taken.area_accepted_m2 - moved,
                   area_quarantined_m2=taken.area_quarantined_m2 + moved)


def _refuse_unasked(report: DifferenceReport, source: Source) -> None:
    shown = "; ".join(f"{c.record_id} {c.field}: {c.old!r} → {c.new!r}" for c in report.changed[:5])
    raise RefusedError(
        "SG-OPS-003", source.file_name,
        f"would change {len({c.record_id for c in report.changed})} records that the project holds ({shown}).",
        "Read the difference with --dry-run; to overwrite, run again with --accept-changes.",
        criterion="nothing is overwritten before the difference was read", clause="programme setting")


def compare(reader: Reader, taken: TableIntake, source: Source, *, accept_changes: bool, dry_run: bool) -> Comparison:
    """Return what taking the rows in would change.

    Raises
    ------
    RefusedError : records held would change and neither `accept_changes` nor `dry_run` was given (``SG-OPS-003``).
    """
    held = _held(reader, taken.records)
    redrawn = [r for r in taken.records if r.id in held and _redrawn(held[r.id], r)]
    if redrawn:
        taken = _hold_back(taken, redrawn, source)
    report = difference(tuple(held.values()), taken.records)
    if report.changed and not (accept_changes or dry_run):
        _refuse_unasked(report, source)
    changed_ids = {c.record_id for c in report.changed}
    new = tuple(r for r in taken.records if r.id not in held)
    changed = tuple(replace(r, version=held[r.id].version + 1) for r in taken.records if r.id in changed_ids)
    aside = {row.id: row for row in reader.quarantine()}
    rows = [*taken.quarantined, *(replace(row, resolved=REFUSED) for row in taken.refused)]
    kept = {(row.source_id, row.source_row) for row in rows}
    settled = [replace(row, resolved="taken in with another mapping") for row in aside.values()
               if row.source_id == source.id and (row.source_id, row.source_row) not in kept and not row.resolved]
    fresh = tuple(row for row in (*rows, *settled) if aside.get(row.id) != row)
    known = reader.source_by_sha256(source.sha256, source_noun(source)) is not None
    return Comparison(taken=taken, new=new, changed=changed,
                      unchanged=len(taken.records) - len(new) - len(changed), to_quarantine=fresh,
                      writes=bool(new or changed or fresh or not known))


def source_noun(source: Source) -> str:
    """Return the noun that a source was read as."""
    return next((line.split('"')[1] for line in source.mapping.splitlines() if line.startswith("noun")), "")
