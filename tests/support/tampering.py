"""A person with a database tool who changes the journal: every way of doing so, drawn at random."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import apsw

COLUMNS = ("operation_seq", "at", "kind", "subject_type", "subject_id", "payload", "previous_hash", "hash")
WAYS = ("change", "remove", "swap", "insert", "cut")


def tamper(source: Path, target: Path, chance: random.Random) -> str:
    """Copy a project, change its journal behind the store's back, and say how."""
    shutil.copyfile(source, target)
    connection = apsw.Connection(str(target))
    for name in ("sg_journal_no_update", "sg_journal_no_delete"):
        connection.execute(f"DROP TRIGGER {name}")
    last = connection.execute("SELECT max(seq) FROM sg_journal").fetchone()[0]
    way = chance.choice(WAYS)
    seq = chance.randrange(1, last + 1)
    if way == "change":
        column = chance.choice(COLUMNS)
        value = str(connection.execute(f"SELECT {column} FROM sg_journal WHERE seq = ?", (seq,)).fetchone()[0])
        at = chance.randrange(max(len(value), 1))
        letter = chr((ord(value[at]) - 32 + chance.randrange(1, 90)) % 94 + 32) if value else "x"
        changed = value[:at] + letter + value[at + 1:]
        if changed == value:
            changed = value + "x"
        connection.execute(f"UPDATE sg_journal SET {column} = ? WHERE seq = ?", (changed, seq))
    elif way == "remove":
        connection.execute("DELETE FROM sg_journal WHERE seq = ?", (seq,))
    elif way == "swap":
        other = seq % last + 1
        connection.execute("UPDATE sg_journal SET seq = -1 WHERE seq = ?", (seq,))
        connection.execute("UPDATE sg_journal SET seq = ? WHERE seq = ?", (seq, other))
        connection.execute("UPDATE sg_journal SET seq = ? WHERE seq = -1", (other,))
    elif way == "insert":
        connection.execute("INSERT INTO sg_journal SELECT ?, operation_seq, at, kind, subject_type, subject_id, "
                           "payload, previous_hash, hash FROM sg_journal WHERE seq = ?", (last + 1, seq))
    else:
        connection.execute("DELETE FROM sg_journal WHERE seq >= ?", (seq,))
    connection.close()
    return f"{way} at {seq}"


def cut_with_head(source: Path, target: Path, chance: random.Random) -> str:
    """Cut the journal's tail and make the head fit: only a checkpoint kept elsewhere can show it."""
    shutil.copyfile(source, target)
    connection = apsw.Connection(str(target))
    connection.execute("DROP TRIGGER sg_journal_no_delete")
    last = connection.execute("SELECT max(seq) FROM sg_journal").fetchone()[0]
    seq = chance.randrange(2, last + 1)
    connection.execute("DELETE FROM sg_journal WHERE seq >= ?", (seq,))
    connection.execute("UPDATE sg_head SET seq = ?, hash = (SELECT hash FROM sg_journal WHERE seq = ?)",
                       (seq - 1, seq - 1))
    connection.close()
    return f"cut with head at {seq}"
