"""What a job's file is made for, beside its set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("job", sa.Column("options", sa.Text, nullable=False, server_default="{}"))
