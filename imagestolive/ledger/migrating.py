"""Brings a ledger's schema up to date with the steps in migrations/."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from imagestolive.ledger import MIGRATIONS


def migrate(connection: Connection) -> bool:
    """Takes the steps that are missing, in the transaction that is open; False where the ledger is newer than any step known here."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        return False
    return True
