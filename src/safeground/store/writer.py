"""Changes to a project: under one operation, in one transaction, each with its event in the journal."""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from safeground.foundation.canonical import canonical_json
from safeground.foundation.errors import RefusedError, RequestError
from safeground.foundation.finding import Finding
from safeground.foundation.invariant import invariant
from safeground.records.base import Record
from safeground.records.land import BalanceAssertion, LandEntry
from safeground.records.nouns import WORD_OF, Source
from safeground.records.payload import to_plain, to_plain_many
from safeground.records.quarantine import QuarantinedRow
from safeground.store.bulk import insert_features, remove_features
from safeground.store.journal import Chain
from safeground.store.layers import features_of
from safeground.store.reader import Reader
from safeground.store.rows import insert_rows
from safeground.store.schema import (
    ASSERTION,
    ENTRY,
    FINDING,
    POSTING,
    QUARANTINE,
    RECORD,
    SETTING,
    SOURCE,
    SOURCE_BYTES,
)

_CHUNK = 1 << 20
_BATCH = 20_000
_IN = 5000


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def noun_of_mapping(source: Source) -> str:
    """Return the noun a source was read as, from its mapping."""
    found = re.search(r'^noun\s*=\s*"([^"]*)"', source.mapping, re.MULTILINE)
    return found.group(1) if found else ""


class Writer(Reader):
    """One write transaction: reads see what was written so far; nothing is kept unless all of it is."""

    def __init__(self, connection: Connection, backend: str, chain: Chain) -> None:
        super().__init__(connection, backend)
        self._chain = chain

    def _existing(self, table: Table, column: str, ids: Sequence[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for batch in _batches(ids, _IN):
            for row in self.connection.execute(
                    select(table.c.id, table.c[column]).where(table.c.id.in_(batch))):
                found[row[0]] = row[1]
        return found

    def put(self, records: Iterable[Record]) -> None:
        """Write records: version 1 of a new one, the next version of one that is held.

        Raises
        ------
        RequestError : a version that does not follow the one held (``SG-STORE-011``).
        """
        for batch in _batches(records, _BATCH):
            self._put(batch)

    def _put(self, records: list[Record]) -> None:
        held = self._existing(RECORD, "version", [record.id for record in records])
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for record, plain in zip(records, to_plain_many(records), strict=True):
            before = held.get(record.id, 0)
            if record.version != before + 1:
                raise RequestError("SG-STORE-011", record.id, f"version {record.version} does not follow {before}.",
                                   "Read the project again and repeat the change.")
            held[record.id] = record.version
            noun = WORD_OF[type(record)]
            seq = self._chain.append("source" if noun == "source" else "put", noun, record.id, plain)
            (changed if before else new).append({
                "id": record.id, "noun": noun, "version": record.version, "local_id": record.local_id,
                "source_id": record.source_id, "seq": seq})
        self._chain.flush()
        if new:
            insert_rows(self.connection, RECORD, new)
        for row in changed:
            self.connection.execute(update(RECORD).where(RECORD.c.id == row["id"]).values(**row))
        self._sources([record for record in records if isinstance(record, Source)], {row["id"] for row in new})
        latest = {record.id: record for record in records}
        if changed:
            remove_features(self.connection, {row["noun"] for row in changed}, [row["id"] for row in changed])
        insert_features(self.connection, self.backend, features_of(latest.values()), self._chain.at)

    def _sources(self, sources: list[Source], new: set[str]) -> None:
        rows = [{"id": s.id, "sha256": s.sha256, "noun": noun_of_mapping(s), "layer": s.layer}
                for s in sources if s.id in new]
        if rows:
            self.connection.execute(insert(SOURCE), rows)

    def add_entries(self, entries: Iterable[LandEntry]) -> None:
        """Write entries of the land book; an entry is reversed or decided at most once.

        Raises
        ------
        RequestError : an entry is there already, or was reversed or decided before (``SG-STORE-009``).
        """
        for batch in _batches(entries, _BATCH):
            rows, postings = [], []
            for entry in batch:
                seq = self._chain.append("entry", "land_entry", entry.id, to_plain(entry))
                rows.append({"id": entry.id, "seq": seq, "kind": entry.kind.value, "state": entry.state.value,
                             "effective_date": entry.effective_date.isoformat(), "reverses": entry.reverses or None,
                             "decides": entry.decides or None})
                postings += [{"entry_id": entry.id, "position": i, "status": p.account.status.value,
                              "hazardous_area_id": p.account.hazardous_area_id, "amount_cm2": p.amount_cm2}
                             for i, p in enumerate(entry.postings)]
            self._chain.flush()
            insert_rows(self.connection, ENTRY, rows)
            insert_rows(self.connection, POSTING, postings)

    def add_assertions(self, assertions: Iterable[BalanceAssertion]) -> None:
        """Pin published totals to the book.

        Raises
        ------
        RequestError : the same total is pinned already (``SG-STORE-009``).
        """
        rows = [{"id": a.id, "seq": self._chain.append("assertion", "assertion", a.id, to_plain(a))}
                for a in assertions]
        self._chain.flush()
        if rows:
            self.connection.execute(insert(ASSERTION), rows)

    def add_findings(self, findings: Iterable[Finding]) -> None:
        """Keep findings."""
        for batch in _batches(findings, _BATCH):
            rows = []
            for f in batch:
                seq = self._chain.append("finding", "finding", f.subject, to_plain(f))
                rows.append({"seq": seq, "severity": f.severity.value, "code": f.code, "subject": f.subject,
                             "message": f.message, "remedy": f.remedy, "file": f.source.file,
                             "layer": f.source.layer, "source_row": f.source.row, "field": f.source.field})
            self._chain.flush()
            insert_rows(self.connection, FINDING, rows)

    def add_quarantine(self, rows: Iterable[QuarantinedRow]) -> None:
        """Keep rows aside; one that is kept already is replaced, its former state stays in the journal."""
        for batch in _batches(rows, _BATCH):
            latest = {row.id: row for row in batch}
            held = self._existing(QUARANTINE, "seq", list(latest))
            values = [{"id": row.id, "seq": self._chain.append("quarantine", "quarantine", row.id, to_plain(row)),
                       "noun": row.noun, "source_id": row.source_id, "source_row": row.source_row,
                       "resolved": row.resolved} for row in latest.values()]
            self._chain.flush()
            for ids in _batches(held, _IN):
                self.connection.execute(delete(QUARANTINE).where(QUARANTINE.c.id.in_(ids)))
            if held:
                remove_features(self.connection, {"quarantine"}, list(held))
            insert_rows(self.connection, QUARANTINE, values)
            insert_features(self.connection, self.backend, features_of(latest.values()), self._chain.at)

    def keep_bytes(self, source_id: str, content: bytes | Path) -> None:
        """Keep a source's bytes as received, once for all sources of the same bytes.

        Raises
        ------
        RefusedError : the bytes are not those that were read: the file changed meanwhile (``SG-STORE-010``).
        """
        source = self.get("source", source_id)
        invariant(isinstance(source, Source), f"source {source_id} is not held", subject=source_id)
        sha256 = getattr(source, "sha256", "")
        held = self.connection.execute(
            select(SOURCE_BYTES.c.chunk).where(SOURCE_BYTES.c.sha256 == sha256).limit(1)).first()
        if held is not None:
            return
        digest, pack = hashlib.sha256(), zlib.compressobj(6)
        rows: list[dict[str, Any]] = []
        for part in _parts(content):
            digest.update(part)
            rows.append({"sha256": sha256, "chunk": len(rows), "data": pack.compress(part)})
        rows.append({"sha256": sha256, "chunk": len(rows), "data": pack.flush()})
        if digest.hexdigest() != sha256:
            raise RefusedError("SG-STORE-010", getattr(source, "file_name", source_id),
                               "changed while it was being taken in; nothing was saved.", "Take it in again.",
                               criterion="what is kept is what was read", clause="programme setting")
        self.connection.execute(insert(SOURCE_BYTES), rows)

    def set_setting(self, key: str, value: Any) -> None:
        """Change a setting; its former value stays in the journal."""
        seq = self._chain.append("setting", "setting", key, {"value": value})
        self._chain.flush()
        row = {"seq": seq, "value": canonical_json(value).decode()}
        done = self.connection.execute(update(SETTING).where(SETTING.c.key == key).values(**row))
        if not done.rowcount:
            self.connection.execute(insert(SETTING).values(key=key, **row))


def _parts(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield from (content[at : at + _CHUNK] for at in range(0, max(len(content), 1), _CHUNK))
        return
    with content.open("rb") as file:
        while part := file.read(_CHUNK):
            yield part
