"""Many rows into one table, without building each statement anew."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table


@cache
def _statement(table: str, columns: tuple[str, ...], mark: str) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join([mark] * len(columns))})'


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns; geometries come encoded for the backend."""
    if not rows:
        return
    columns = tuple(rows[0])
    take = itemgetter(*columns)
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    values = [take(row) for row in rows] if len(columns) > 1 else [(take(row),) for row in rows]
    connection.exec_driver_sql(_statement(table.name, columns, mark), values)
