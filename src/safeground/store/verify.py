"""Verification: the chain link by link, and every table against a replay of the journal."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import shapely
from sqlalchemy import Table, select

from safeground.foundation.canonical import canonical_json, sha256_hex
from safeground.foundation.finding import Finding, Severity
from safeground.records.land import LandEntry
from safeground.records.nouns import NOUNS, Source
from safeground.records.payload import from_plain
from safeground.records.quarantine import QuarantinedRow
from safeground.store.geom import decode
from safeground.store.journal import GENESIS, link
from safeground.store.layers import LAYERS, features_of
from safeground.store.project import Project
from safeground.store.reader import Reader
from safeground.store.schema import (
    ASSERTION,
    ENTRY,
    FINDING,
    JOURNAL,
    LAYER_TABLES,
    POSTING,
    QUARANTINE,
    RECORD,
    SETTING,
    SOURCE,
    SOURCE_BYTES,
)
from safeground.store.writer import noun_of_mapping

_SHOWN = 20
_RESTORE = "Restore the last backup that verifies, and find out who changed the project outside Safeground."


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalCheck:
    """What a verification found: whether the chain and every table hold, over how many events."""

    chain_ok: bool
    events: int
    findings: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Replay:
    """What the tables must hold, by the journal: table -> key -> hash of the row."""

    tables: dict[str, dict[Any, str]] = field(default_factory=dict)
    latest: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def expect(self, table: str, key: Any, values: Any) -> None:
        self.tables.setdefault(table, {})[key] = _digest(values)


def _digest(values: Any) -> str:
    return hashlib.sha256(canonical_json(values)).hexdigest()[:32]


def checkpoint(project: Project) -> dict[str, object]:
    """Return the journal's head, to be kept elsewhere: only it can show that the journal's tail was cut."""
    with project.read() as reader:
        seq, digest = reader.head()
    return {"schema": "safeground/checkpoint/1", "project": project.name, "seq": seq, "hash": digest}


def verify_journal(project: Project, checkpoint: dict[str, object] | None = None) -> JournalCheck:
    """Recompute the chain and replay the journal into every table.

    Parameters
    ----------
    checkpoint : a head kept elsewhere (:func:`checkpoint`), None = none.

    Returns
    -------
    Findings name the first broken event and each row that differs (``SG-STORE-020`` … ``-023``).
    """
    with project.read() as reader:
        findings, replay, events = _chain(reader, checkpoint)
        if not findings:
            _expect_features(replay)
            findings.extend(_compare(reader, replay))
            findings.extend(_bytes(reader))
    return JournalCheck(chain_ok=not findings, events=events, findings=tuple(findings))


def _fault(code: str, subject: str, message: str) -> Finding:
    return Finding(Severity.ERROR, code, subject, message, _RESTORE)


def _chain(reader: Reader, checkpoint: dict[str, object] | None) -> tuple[list[Finding], _Replay, int]:
    replay, previous, seq, operation = _Replay(), GENESIS, 0, 0
    mark = (int(str(checkpoint["seq"])), str(checkpoint["hash"])) if checkpoint else None
    findings: list[Finding] = []
    for row in reader.rows(select(JOURNAL).order_by(JOURNAL.c.seq)):
        event = dict(row._mapping)
        fault = _event_fault(event, seq, previous, operation)
        if fault:
            return [_fault("SG-STORE-020", f"event {row.seq}", fault)], replay, seq
        seq, previous = row.seq, row.hash
        operation = seq if row.kind == "operation" else operation
        if mark and seq == mark[0] and previous != mark[1]:
            findings.append(_fault("SG-STORE-020", f"event {seq}", "is another event than the checkpoint's."))
        try:
            _apply(replay, event)
        except (KeyError, TypeError, ValueError) as error:
            return [_fault("SG-STORE-020", f"event {seq}", f"holds no readable value: {error}.")], replay, seq
    head = reader.head()
    if head != (seq, previous):
        findings.append(_fault("SG-STORE-021", "journal", f"ends at event {seq}; its head says {head[0]}."))
    if mark and seq < mark[0]:
        findings.append(_fault("SG-STORE-021", "journal", f"ends at event {seq}; the checkpoint is event {mark[0]}."))
    return findings, replay, seq


def _event_fault(event: dict[str, Any], seq: int, previous: str, operation: int) -> str:
    if event["seq"] != seq + 1:
        return f"follows event {seq}; events between them are missing."
    if event["previous_hash"] != previous:
        return "does not continue the event before it."
    if link(event) != event["hash"]:
        return "was changed: its hash does not fit what it holds."
    if event["operation_seq"] != (event["seq"] if event["kind"] == "operation" else operation):
        return "does not belong to the operation it names."
    return ""


def _apply(replay: _Replay, event: dict[str, Any]) -> None:
    kind, key, seq, payload = event["kind"], event["subject_id"], event["seq"], json.loads(event["payload"])
    if kind in ("put", "source"):
        noun = event["subject_type"]
        replay.latest[key] = (noun, payload)
        replay.expect("sg_record", key, [key, noun, payload["version"], payload["local_id"], payload["source_id"], seq])
        if kind == "source":
            source = from_plain(Source, payload)
            replay.expect("sg_source", key, [key, source.sha256, noun_of_mapping(source), source.layer])
    elif kind == "entry":
        entry = from_plain(LandEntry, payload)
        replay.expect("sg_land_entry", key, [key, seq, payload["kind"], payload["state"], payload["effective_date"],
                                             payload["reverses"] or None, payload["decides"] or None])
        for i, p in enumerate(entry.postings):
            replay.expect("sg_posting", (key, i), [key, i, p.account.hazardous_area_id, p.account.status.value,
                                                   p.amount_cm2])
    elif kind == "assertion":
        replay.expect("sg_assertion", key, [key, seq])
    elif kind == "finding":
        place = payload["source"]
        replay.expect("sg_finding", seq, [seq, payload["severity"], payload["code"], payload["subject"],
                                          payload["message"], payload["remedy"], place["file"], place["layer"],
                                          place["row"], place["field"]])
    elif kind == "quarantine":
        replay.latest[key] = ("quarantine", payload)
        replay.expect("sg_quarantine", key, [key, seq, payload["noun"], payload["source_id"], payload["source_row"],
                                             payload["resolved"]])
    elif kind == "setting":
        replay.expect("sg_setting", key, [key, seq, canonical_json(payload["value"]).decode()])
    elif kind != "operation":
        raise ValueError(f"unknown kind {kind!r}")


def _expect_features(replay: _Replay) -> None:
    def records() -> Iterator[Any]:
        for noun, payload in replay.latest.values():
            yield from_plain(QuarantinedRow if noun == "quarantine" else NOUNS[noun], payload)

    for name, (rows, geometries) in features_of(records()).items():
        shapes = shapely.to_wkb(geometries, byte_order=1)
        for row, shape in zip(rows, shapes, strict=True):
            replay.expect(name, row["id"], [*row.values(), sha256_hex(shape)])


def _table_rows(reader: Reader, table: Table, key: Callable[[Any], Any]) -> Iterator[tuple[Any, list[Any]]]:
    for row in reader.rows(select(table)):
        yield key(row), list(row)


def _layer_rows(reader: Reader, table: Table) -> Iterator[tuple[Any, list[Any]]]:
    columns = [c for c in table.c if c.name not in ("fid", "geom")]
    with reader.connection.execute(select(table.c.geom, *columns)) as result:
        for batch in result.partitions(5000):
            shapes = shapely.to_wkb(decode([row[0] for row in batch], reader.backend), byte_order=1)
            for row, shape in zip(batch, shapes, strict=True):
                yield row[1], [*row[1:], None if shape is None else sha256_hex(shape)]


def _compare(reader: Reader, replay: _Replay) -> Iterator[Finding]:
    plain: tuple[tuple[Table, Callable[[Any], Any]], ...] = (
        (RECORD, lambda row: row.id), (SOURCE, lambda row: row.id), (ENTRY, lambda row: row.id),
        (POSTING, lambda row: (row.entry_id, row.position)), (ASSERTION, lambda row: row.id),
        (FINDING, lambda row: row.seq), (QUARANTINE, lambda row: row.id), (SETTING, lambda row: row.key))
    for table, key in plain:
        yield from _table(replay, table.name, _table_rows(reader, table, key))
    for layer in LAYERS:
        yield from _table(replay, layer.name, _layer_rows(reader, LAYER_TABLES[layer.name]))


def _table(replay: _Replay, name: str, rows: Iterator[tuple[Any, list[Any]]]) -> Iterator[Finding]:
    expected = replay.tables.get(name, {})
    missing, told = set(expected), 0
    for key, values in rows:
        missing.discard(key)
        if expected.get(key) != _digest(values) and told < _SHOWN:
            told += 1
            why = "is not in the journal" if key not in expected else "differs from the journal"
            yield _fault("SG-STORE-022", f"{name} {key}", f"{why}.")
    for key in sorted(missing, key=str)[:_SHOWN]:
        yield _fault("SG-STORE-022", f"{name} {key}", "is in the journal and not in the table.")


def _bytes(reader: Reader) -> Iterator[Finding]:
    hashes = {source.sha256: source.file_name for source in reader.sources()}
    for sha256, name in sorted(hashes.items()):
        unpack, digest, chunks = zlib.decompressobj(), hashlib.sha256(), 0
        try:
            for row in reader.connection.execute(
                    select(SOURCE_BYTES.c.data).where(SOURCE_BYTES.c.sha256 == sha256).order_by(SOURCE_BYTES.c.chunk)):
                digest.update(unpack.decompress(bytes(row.data)))
                chunks += 1
            digest.update(unpack.flush())
        except zlib.error:
            yield _fault("SG-STORE-023", name, "the kept bytes cannot be unpacked.")
            continue
        if chunks and digest.hexdigest() != sha256:
            yield _fault("SG-STORE-023", name, f"the kept bytes have hash {digest.hexdigest()}, not {sha256}.")
