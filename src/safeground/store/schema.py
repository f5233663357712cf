"""One schema for both backends: journal, current state, layers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from safeground.store.geom import Geom
from safeground.store.layers import COMMON, LAYERS, LayerSpec

#: Revision of the newest migration; a project of an older one is upgraded when it is opened for writing.
REVISION = "0002"
METADATA = MetaData()
_KEY = BigInteger().with_variant(Integer, "sqlite")
_SQL: dict[str, Any] = {"TEXT": Text(), "INTEGER": _KEY, "REAL": Double()}

JOURNAL = Table(
    "sg_journal", METADATA,
    Column("seq", _KEY, primary_key=True, autoincrement=False),
    Column("operation_seq", _KEY, nullable=False),
    Column("at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index("sg_journal_subject", "subject_id"))
HEAD = Table(
    "sg_head", METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", _KEY, nullable=False),
    Column("hash", Text, nullable=False))
RECORD = Table(
    "sg_record", METADATA,
    Column("id", Text, primary_key=True),
    Column("noun", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("local_id", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("seq", _KEY, nullable=False, unique=True),
    Index("sg_record_noun", "noun", "seq"))
SOURCE = Table(
    "sg_source", METADATA,
    Column("id", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("noun", Text, nullable=False),
    Column("layer", Text, nullable=False),
    UniqueConstraint("sha256", "noun", "layer"))
SOURCE_BYTES = Table(
    "sg_source_bytes", METADATA,
    Column("sha256", Text, primary_key=True),
    Column("chunk", Integer, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False))
ENTRY = Table(
    "sg_land_entry", METADATA,
    Column("id", Text, primary_key=True),
    Column("seq", _KEY, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("effective_date", Text, nullable=False),
    Column("reverses", Text, unique=True),
    Column("decides", Text, unique=True))
POSTING = Table(
    "sg_posting", METADATA,
    Column("entry_id", Text, ForeignKey("sg_land_entry.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("hazardous_area_id", Text, nullable=False, index=True),
    Column("status", Text, nullable=False),
    Column("amount_cm2", _KEY, nullable=False))
ASSERTION = Table(
    "sg_assertion", METADATA,
    Column("id", Text, primary_key=True),
    Column("seq", _KEY, nullable=False, unique=True))
FINDING = Table(
    "sg_finding", METADATA,
    Column("seq", _KEY, primary_key=True, autoincrement=False),
    Column("severity", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("source_row", Integer, nullable=False),
    Column("field", Text, nullable=False))
QUARANTINE = Table(
    "sg_quarantine", METADATA,
    Column("id", Text, primary_key=True),
    Column("seq", _KEY, nullable=False, unique=True),
    Column("noun", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("source_row", Integer, nullable=False),
    Column("resolved", Text, nullable=False))
SETTING = Table(
    "sg_setting", METADATA,
    Column("key", Text, primary_key=True),
    Column("seq", _KEY, nullable=False),
    Column("value", Text, nullable=False))


def _layer_table(layer: LayerSpec) -> Table:
    names = [(name, kind) for name, kind, _ in layer.columns]
    return Table(
        layer.name, METADATA, Column("fid", _KEY, primary_key=True, autoincrement=True),
        Column("geom", Geom(layer.kind)),
        *(Column(name, _SQL[kind], unique=name == "id", nullable=name != "id") for name, kind in (*COMMON, *names)))


LAYER_TABLES: dict[str, Table] = {layer.name: _layer_table(layer) for layer in LAYERS}
#: Tables whose rows may be added but never changed or removed.
APPEND_ONLY = ("sg_journal", "sg_source_bytes")
