"""The append-only, hash-chained journal: one event for each change, in commit order."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from safeground.foundation.canonical import canonical_json
from safeground.foundation.clock import iso_utc
from safeground.records.journal import JournalEvent, OperationInfo
from safeground.records.payload import to_plain
from safeground.store.rows import insert_rows
from safeground.store.schema import HEAD, JOURNAL

#: Hash before the first event.
GENESIS = "0" * 64
Row = dict[str, Any]


def link(row: Row) -> str:
    """Return the hash of an event: SHA-256 over its canonical head, a line feed, and its payload as stored.

    The head holds seq, operation_seq, at, kind, subject_type, subject_id and the previous event's hash, so that no
    event can be changed, removed, added or moved without breaking every later link.
    """
    head = [row["seq"], row["operation_seq"], row["at"], row["kind"], row["subject_type"], row["subject_id"],
            row["previous_hash"]]
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{text}\n{row['payload']}".encode("utf-8", "surrogatepass")).hexdigest()


def event_of(row: Any) -> JournalEvent:
    """Return a journal row as the event it is."""
    return JournalEvent(
        seq=row.seq, operation_seq=row.operation_seq, at=datetime.fromisoformat(row.at), kind=row.kind,
        subject_type=row.subject_type, subject_id=row.subject_id, payload=json.loads(row.payload),
        previous_hash=row.previous_hash, hash=row.hash)


class Chain:
    """The journal's open end inside one write transaction.

    The head's row is locked until the commit, so that events are numbered in commit order on both backends.
    """

    def __init__(self, connection: Connection, info: OperationInfo, at: datetime) -> None:
        self._connection, self._info, self.at = connection, info, iso_utc(at)
        head = connection.execute(select(HEAD.c.seq, HEAD.c.hash).with_for_update()).one()
        self.seq, self.hash = int(head.seq), str(head.hash)
        self._opened = 0
        self._rows: list[Row] = []

    def append(self, kind: str, subject_type: str, subject_id: str, payload: Any) -> int:
        """Add one event and return its seq; the first one is preceded by the operation's own."""
        if not self._opened:
            self._opened = self.seq + 1
            self._add("operation", "stage", self._info.stage, to_plain(self._info))
        return self._add(kind, subject_type, subject_id, payload)

    def _add(self, kind: str, subject_type: str, subject_id: str, payload: Any) -> int:
        row: Row = {"seq": self.seq + 1, "operation_seq": self._opened, "at": self.at, "kind": kind,
               "subject_type": subject_type, "subject_id": subject_id, "payload": canonical_json(payload).decode(),
               "previous_hash": self.hash}
        row["hash"] = link(row)
        self.seq, self.hash = row["seq"], row["hash"]
        self._rows.append(row)
        return self.seq

    def flush(self) -> None:
        """Write the events that were added, and the new head."""
        if self._rows:
            insert_rows(self._connection, JOURNAL, self._rows)
            self._connection.execute(update(HEAD).values(seq=self.seq, hash=self.hash))
            self._rows = []
