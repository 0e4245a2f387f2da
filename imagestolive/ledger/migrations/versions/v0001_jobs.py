"""The table of jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("once", sa.String(64), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("lang", sa.String(16), nullable=False),
        sa.Column("back", sa.Text, nullable=False),
        sa.Column("cards", sa.Integer, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("of", sa.Integer, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lost", sa.Integer, nullable=False),
        sa.Column("accepted_s", sa.Float(53), nullable=False),
        sa.Column("started_s", sa.Float(53)),
        sa.Column("heartbeat_s", sa.Float(53)),
        sa.Column("finished_s", sa.Float(53)),
        sa.Column("problem", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("media_type", sa.String(128)),
    )
    op.create_index("job_state", "job", ["state", "seq"])
    op.create_index("job_client", "job", ["client", "state"])
    op.create_index("job_once", "job", ["once"])
    op.create_index("job_finished", "job", ["finished_s"])
