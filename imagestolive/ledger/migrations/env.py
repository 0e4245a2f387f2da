"""Run by alembic: takes the steps in the transaction that the ledger has opened."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
