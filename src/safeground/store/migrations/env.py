"""Alembic's entry: runs on the connection and in the transaction that it is handed."""

from __future__ import annotations

from alembic import context

from safeground.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA,
                  transactional_ddl=False)
context.run_migrations()
