"""A report is of a photograph, too, under whatever ids data sets have it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("decision", sa.Column("photo", sa.Text))
