"""What a project holds, read from one unchanging state."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    text,
    union_all,
)

from safeground.foundation.finding import Finding
from safeground.records.base import Record
from safeground.records.journal import JournalEvent
from safeground.records.land import BalanceAssertion, LandEntry
from safeground.records.nouns import NOUNS, Source
from safeground.records.payload import from_plain, from_plain_many
from safeground.records.quarantine import QuarantinedRow
from safeground.store.geom import SRS_ID, Objects, decode
from safeground.store.journal import event_of
from safeground.store.layers import LAYERS, LAYERS_OF_NOUN, LayerInfo, layer_named
from safeground.store.schema import (
    ASSERTION,
    ENTRY,
    FINDING,
    HEAD,
    JOURNAL,
    LAYER_TABLES,
    POSTING,
    QUARANTINE,
    RECORD,
    SETTING,
    SOURCE,
    SOURCE_BYTES,
)

Bounds = tuple[float, float, float, float]
T = TypeVar("T")
_FETCH = 2000


@dataclass(frozen=True, slots=True)
class FeatureBatch:
    """Features of one layer: ids (n,), geometries (n,) in EPSG:4326, and columns by name, each of length n."""

    ids: tuple[str, ...]
    geometry: Objects
    columns: dict[str, npt.NDArray[np.object_]]


@dataclass(frozen=True, slots=True)
class Overview:
    """Where a layer's features are, without their outlines.

    Attributes
    ----------
    rows : shape (n,), row numbers for :meth:`Reader.features`.
    bounds : shape (n, 4), west, south, east, north, degrees; may be wider than the feature by a float32's rounding.
    kinds : shape (n,), a number for each combination of the columns asked for.
    """

    rows: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.float64]
    kinds: npt.NDArray[np.int64]


class Reader:
    """One consistent state of a project; what others commit meanwhile is not seen."""

    def __init__(self, connection: Connection, backend: str) -> None:
        self.connection = connection
        self.backend = backend

    def rows(self, statement: Select[Any]) -> Iterator[Any]:
        """Yield a statement's rows as they arrive."""
        with self.connection.execute(statement.execution_options(yield_per=_FETCH)) as result:
            yield from result

    def get(self, noun: str, record_id: str) -> Record | None:
        """Return the newest version of a record, None = not held."""
        row = self.connection.execute(
            select(JOURNAL.c.payload).join(RECORD, RECORD.c.seq == JOURNAL.c.seq)
            .where(RECORD.c.id == record_id, RECORD.c.noun == noun)).first()
        return None if row is None else from_plain(NOUNS[noun], json.loads(row.payload))

    def records(self, noun: str, *, bbox: Bounds | None = None) -> Iterator[Any]:
        """Yield the newest version of every record of a noun, in order of their last change.

        Parameters
        ----------
        bbox : west, south, east, north in degrees: only records whose geometry's bounds meet it.
        """
        statement = (select(JOURNAL.c.payload).join(RECORD, RECORD.c.seq == JOURNAL.c.seq)
                     .where(RECORD.c.noun == noun).order_by(RECORD.c.seq))
        if bbox is not None:
            tables = [LAYER_TABLES[layer.name] for layer in LAYERS_OF_NOUN.get(noun, ())]
            if not tables:
                return
            near = union_all(*(select(t.c.id).where(self._meets(t, bbox)) for t in tables)).subquery()
            statement = statement.where(RECORD.c.id.in_(select(near.c.id)))
        yield from self._decoded(NOUNS[noun], statement)

    def changed_since(self, seq: int, nouns: Sequence[str]) -> tuple[Record, ...]:
        """Return the newest version of each record of some nouns that was written or changed after an event."""
        found: list[Record] = []
        for noun in nouns:
            statement = (select(JOURNAL.c.payload).join(RECORD, RECORD.c.seq == JOURNAL.c.seq)
                         .where(RECORD.c.noun == noun, RECORD.c.seq > seq).order_by(RECORD.c.seq))
            found.extend(self._decoded(NOUNS[noun], statement))
        return tuple(found)

    def count(self, noun: str) -> int:
        """Return how many records of a noun are held."""
        return int(self.connection.execute(
            select(func.count()).select_from(RECORD).where(RECORD.c.noun == noun)).scalar_one())

    def ids_by_local_id(self, noun: str) -> dict[str, tuple[str, ...]]:
        """Return the record ids under each identifier of the senders ("" left out)."""
        found: dict[str, list[str]] = {}
        statement = select(RECORD.c.local_id, RECORD.c.id).where(RECORD.c.noun == noun, RECORD.c.local_id != "")
        for row in self.rows(statement.order_by(RECORD.c.seq)):
            found.setdefault(row.local_id, []).append(row.id)
        return {key: tuple(ids) for key, ids in found.items()}

    def records_by_source(self) -> dict[str, int]:
        """Return how many records each source gave."""
        rows = self.connection.execute(select(RECORD.c.source_id, func.count()).group_by(RECORD.c.source_id))
        return {row[0]: int(row[1]) for row in rows}

    def event(self, seq: int) -> JournalEvent:
        """Return one event of the journal."""
        return event_of(self.connection.execute(select(JOURNAL).where(JOURNAL.c.seq == seq)).one())

    def history(self, subject_id: str) -> tuple[JournalEvent, ...]:
        """Return every event about a record, entry, row or setting, oldest first."""
        statement = select(JOURNAL).where(JOURNAL.c.subject_id == subject_id).order_by(JOURNAL.c.seq)
        return tuple(event_of(row) for row in self.rows(statement))

    def changes_since(self, seq: int, limit: int = 1000) -> tuple[JournalEvent, ...]:
        """Return the events after `seq`, oldest first; numbered in commit order, so that none is ever skipped."""
        statement = select(JOURNAL).where(JOURNAL.c.seq > seq).order_by(JOURNAL.c.seq).limit(limit)
        return tuple(event_of(row) for row in self.rows(statement))

    def head(self) -> tuple[int, str]:
        """Return the last event's number and hash."""
        row = self.connection.execute(select(HEAD.c.seq, HEAD.c.hash)).one()
        return int(row.seq), str(row.hash)

    def _decoded(self, cls: type[T], statement: Select[Any]) -> Iterator[T]:
        """Yield the values of a statement's payloads, decoded batch by batch."""
        with self.connection.execute(statement.execution_options(yield_per=_FETCH)) as result:
            for batch in result.partitions(_FETCH):
                yield from from_plain_many(cls, [json.loads(row[0]) for row in batch])

    def _kept(self, cls: type[T], table: Table) -> tuple[T, ...]:
        statement = select(JOURNAL.c.payload).join(table, table.c.seq == JOURNAL.c.seq).order_by(table.c.seq)
        return tuple(self._decoded(cls, statement))

    def entries(self) -> tuple[LandEntry, ...]:
        """Return the land book's entries in the order in which they were written."""
        return self._kept(LandEntry, ENTRY)

    def entries_of(self, area_id: str) -> tuple[LandEntry, ...]:
        """Return the entries that move land of one area, in the order in which they were written."""
        ids = select(POSTING.c.entry_id).where(POSTING.c.hazardous_area_id == area_id)
        statement = (select(JOURNAL.c.payload).join(ENTRY, ENTRY.c.seq == JOURNAL.c.seq).where(ENTRY.c.id.in_(ids))
                     .order_by(ENTRY.c.seq))
        return tuple(from_plain(LandEntry, json.loads(row.payload)) for row in self.rows(statement))

    def assertions(self) -> tuple[BalanceAssertion, ...]:
        """Return the published totals pinned to the book."""
        return self._kept(BalanceAssertion, ASSERTION)

    def findings(self) -> tuple[Finding, ...]:
        """Return every finding, oldest first."""
        return self._kept(Finding, FINDING)

    def quarantine(self) -> tuple[QuarantinedRow, ...]:
        """Return every row kept aside, resolved ones included."""
        return self._kept(QuarantinedRow, QUARANTINE)

    def sources(self) -> tuple[Source, ...]:
        """Return the files taken in."""
        return tuple(self.records("source"))

    def source_by_sha256(self, sha256: str, noun: str) -> Source | None:
        """Return a source by its bytes' hash and the noun it was read as, None = not held."""
        found = self.connection.execute(
            select(SOURCE.c.id).where(SOURCE.c.sha256 == sha256, SOURCE.c.noun == noun).order_by(SOURCE.c.id)).first()
        record = None if found is None else self.get("source", found.id)
        return record if isinstance(record, Source) else None

    def source_bytes(self, source_id: str) -> bytes | None:
        """Return a source's bytes as received, None = not kept."""
        source = self.get("source", source_id)
        if not isinstance(source, Source):
            return None
        unpack, parts = zlib.decompressobj(), []
        statement = select(SOURCE_BYTES.c.data).where(SOURCE_BYTES.c.sha256 == source.sha256)
        for row in self.connection.execute(statement.order_by(SOURCE_BYTES.c.chunk)):
            parts.append(unpack.decompress(bytes(row.data)))
        return b"".join([*parts, unpack.flush()]) if parts else None

    def setting(self, key: str, default: Any = None) -> Any:
        """Return a setting's value."""
        row = self.connection.execute(select(SETTING.c.value).where(SETTING.c.key == key)).first()
        return default if row is None else json.loads(row.value)

    def settings(self) -> dict[str, Any]:
        """Return all settings by key."""
        rows = self.connection.execute(select(SETTING.c.key, SETTING.c.value).order_by(SETTING.c.key))
        return {row.key: json.loads(row.value) for row in rows}

    def _meets(self, table: Table, bbox: Bounds) -> ColumnElement[bool]:
        west, south, east, north = bbox
        if self.backend == "postgis":
            return table.c.geom.op("&&")(func.ST_MakeEnvelope(west, south, east, north, SRS_ID))
        tree = text(f'SELECT id FROM "rtree_{table.name}_geom" WHERE minx <= :east AND maxx >= :west '
                    "AND miny <= :north AND maxy >= :south")
        return and_(table.c.fid.in_(tree.bindparams(west=west, south=south, east=east, north=north)))

    def _in_rows(self, table: Table, rows: Sequence[int]) -> ColumnElement[bool]:
        if self.backend == "postgis":
            return table.c.fid == func.any(bindparam("rows", list(rows), ARRAY(BigInteger)))
        return table.c.fid.in_(text("SELECT value FROM json_each(:rows)").bindparams(rows=json.dumps(list(rows))))

    def layers(self) -> tuple[LayerInfo, ...]:
        """Return every layer with its count and bounds, empty ones included."""
        return tuple(self._layer_info(layer.name, layer.title, layer.kind) for layer in LAYERS)

    def _layer_info(self, name: str, title: str, kind: str) -> LayerInfo:
        table = LAYER_TABLES[name]
        count = int(self.connection.execute(select(func.count()).select_from(table)).scalar_one())
        if not count:
            return LayerInfo(name, title, kind, 0, None)
        if self.backend == "postgis":
            box: ColumnElement[Any] = literal_column(f"ST_Extent({name}.geom)")
            row = self.connection.execute(select(
                func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box)).select_from(table)).one()
        else:
            row = self.connection.exec_driver_sql(
                f'SELECT min(minx), min(miny), max(maxx), max(maxy) FROM "rtree_{name}_geom"').one()
        west, south, east, north = row
        return LayerInfo(name, title, kind, count, None if west is None else (west, south, east, north))

    def features_count(self, layer: str, bbox: Bounds | None = None, *, stop: int | None = None) -> int:
        """Return how many features of a layer have bounds that meet `bbox`; counting ends at `stop`."""
        table = LAYER_TABLES[layer_named(layer).name]
        found = select(table.c.fid)
        if bbox is not None:
            found = found.where(self._meets(table, bbox))
        return int(self.connection.execute(select(func.count()).select_from(found.limit(stop).subquery())).scalar_one())

    def overview(self, layer: str, columns: Sequence[str] = ()) -> Overview:
        """Return where all features of a layer are, and which agree in `columns`."""
        table = LAYER_TABLES[layer_named(layer).name]
        if self.backend == "postgis":
            sides: list[ColumnElement[Any]] = [
                func.ST_XMin(table.c.geom), func.ST_YMin(table.c.geom), func.ST_XMax(table.c.geom),
                func.ST_YMax(table.c.geom)]
            held: Any = table
        else:
            tree = f"rtree_{table.name}_geom"
            sides = [literal_column(f'"{tree}".{side}') for side in ("minx", "miny", "maxx", "maxy")]
            held = table.join(text(f'"{tree}"'), table.c.fid == literal_column(f'"{tree}".id'))
        found = self.connection.execute(
            select(table.c.fid, *sides, *(table.c[name] for name in columns)).select_from(held)).all()
        numbers: dict[tuple[Any, ...], int] = {}
        kinds = [numbers.setdefault(tuple(row[5:]), len(numbers)) for row in found]
        return Overview(np.array([row[0] for row in found], dtype=np.int64),
                        np.array([row[1:5] for row in found], dtype=np.float64).reshape(-1, 4),
                        np.array(kinds, dtype=np.int64))

    def features(
        self, layer: str, bbox: Bounds | None = None, *, limit: int | None = None, offset: int = 0,
        columns: Sequence[str] | None = None, ids: Sequence[str] | None = None, rows: Sequence[int] | None = None,
    ) -> FeatureBatch:
        """Return the features of a layer, in order of writing.

        Parameters
        ----------
        bbox : west, south, east, north in degrees; features whose own bounds meet it are returned.
        limit, offset : at most so many, after leaving out so many; None = all.
        columns : names to read, None = all of the layer's.
        ids, rows : only the features of these ids, of these row numbers of an :class:`Overview`.
        """
        spec = layer_named(layer)
        table = LAYER_TABLES[spec.name]
        names = [c.name for c in table.c if c.name not in ("fid", "geom", "id")] if columns is None else list(columns)
        statement = select(table.c.id, table.c.geom, *(table.c[name] for name in names)).order_by(table.c.fid)
        if bbox is not None:
            statement = statement.where(self._meets(table, bbox))
        if ids is not None:
            statement = statement.where(table.c.id.in_(list(ids)))
        if rows is not None:
            statement = statement.where(self._in_rows(table, rows))
        found = self.connection.execute(statement.limit(limit).offset(offset or None)).all()
        geometry = decode([row[1] for row in found], self.backend)
        keep = np.ones(len(found), dtype=bool)
        if bbox is not None and len(found):  # the index rounds outward to float32: test the exact bounds again
            low_x, low_y, high_x, high_y = shapely.bounds(geometry).T
            keep = (low_x <= bbox[2]) & (high_x >= bbox[0]) & (low_y <= bbox[3]) & (high_y >= bbox[1])
        kept = [row for row, yes in zip(found, keep, strict=True) if yes]
        return FeatureBatch(
            ids=tuple(row[0] for row in kept), geometry=geometry[keep],
            columns={name: np.array([row[i + 2] for row in kept], dtype=object) for i, name in enumerate(names)})

