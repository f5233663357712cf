"""A day's files as records: read, mapped and checked like any intake; nothing is compared or written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from safeground.foundation.errors import RequestError
from safeground.foundation.finding import Finding, Severity
from safeground.foundation.seeds import stable_id
from safeground.intake.day_tables import kind_of_day_table, not_read, without_finds
from safeground.intake.mapping import Mapping, dump_mapping, load_mapping
from safeground.intake.pipeline import IntakeContext, TableIntake, take_in
from safeground.intake.proposal import propose_mapping
from safeground.intake.readers import ReadOptions, read_source
from safeground.intake.table import RawTable, ReadResult
from safeground.operations.context import Caller
from safeground.records.nouns import Source


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TakenTable:
    """A table of a file as records, with the source that it is."""

    path: Path
    read: ReadResult
    noun: str
    source: Source
    taken: TableIntake


@dataclass(slots=True)
class TakenFiles:
    """All tables of the files, files that could not be read, and what was found; `given` = how many files."""

    given: int = 0
    tables: list[TakenTable] = field(default_factory=list)
    refused: list[ReadResult] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def source_of(read: ReadResult, table: RawTable, mapping: Mapping) -> Source:
    """Return the source that a table of a file is; the same bytes read as the same noun are the same source."""
    return Source(
        id=stable_id("source", read.sha256, mapping.noun, table.layer), file_name=read.file, sha256=read.sha256,
        byte_count=read.byte_count, format=read.format, layer=table.layer, crs=mapping.crs or table.crs_text or "",
        encoding=read.encoding, mapping=dump_mapping(mapping), row_count=len(table.row_numbers))


def read_files(
    paths: list[Path], caller: Caller, context: IntakeContext, options: ReadOptions, mapping_toml: str, noun: str = ""
) -> TakenFiles:
    """Return the records of a day's files.

    Parameters
    ----------
    mapping_toml : a person's mapping for the tables of its noun, "" = each table's own proposal.
    noun : of all rows; "" = returns and items found, as each table's columns say.

    Raises
    ------
    RequestError : a file is given twice (``SG-OPS-011``), or the mapping is faulty.
    """
    doubled = {path for path in paths if paths.count(path) > 1}
    if doubled:
        raise RequestError("SG-OPS-011", min(p.name for p in doubled), "is given more than once.", "Name it once.")
    stated = load_mapping(mapping_toml) if mapping_toml else None
    found = TakenFiles(given=len(paths))
    for number, path in enumerate(paths):
        caller.progress(f"reading {path.name}", number / len(paths))
        read = read_source(path, options=options)
        found.findings += read.findings
        if any(f.severity is Severity.REFUSAL for f in read.findings):
            found.refused.append(read)
        for table in read.tables:
            _take_table(found, path, read, table, stated, context, noun)
    return found


def _take_table(found: TakenFiles, path: Path, read: ReadResult, table: RawTable, stated: Mapping | None,
                context: IntakeContext, noun: str) -> None:
    kind = noun or kind_of_day_table(table)
    if not kind:
        found.findings.append(not_read(table))
        return
    more: tuple[RawTable, ...] = ()
    if kind == "progress_return":
        table, more = without_finds(table)
    for one, word in ((table, kind), *((extra, "ordnance") for extra in more)):
        if not one.row_numbers:
            continue
        mapping, questions = (stated, ()) if stated is not None and stated.noun == word else propose_mapping(
            one, word, context.standard)
        source = source_of(read, one, mapping)
        taken = take_in(one, mapping, mapping.noun, source, context)
        found.findings += [q for q in questions if q not in taken.findings]
        found.findings += taken.findings
        found.tables.append(TakenTable(path=path, read=read, noun=word, source=source, taken=taken))
