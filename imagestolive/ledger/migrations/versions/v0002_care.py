"""What people ask to be left out and operators decide; what a set's viewers have marked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _decisions()
    _marks()


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("seq", _NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("when_s", sa.Float(53), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("decided", sa.Boolean, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target", sa.String(16), nullable=False),
        sa.Column("dataset", sa.Text),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("force", sa.String(16), nullable=False),
        sa.Column("supersedes", sa.String(64)),
        sa.Column("code", sa.String(16)),
        sa.Column("client", sa.String(64)),
    )
    op.create_index("decision_client", "decision", ["client", "kind", "when_s"])
    op.create_table(
        "told",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("until_s", sa.Float(53), nullable=False),
    )
    op.create_index("told_until", "told", ["until_s"])
    op.create_table(
        "hashed",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("hash", sa.String(64), primary_key=True),
    )


def _marks() -> None:
    op.create_table(
        "mark",
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("slot", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("dataset", sa.Text, nullable=False),
        sa.Column("image_id", sa.Text, nullable=False),
        sa.Column("mark", sa.String(16), nullable=False),
        sa.Column("when_s", sa.Float(53), nullable=False),
    )
    op.create_index("mark_when", "mark", ["when_s"])
    op.create_table(
        "link",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("client", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("when_s", sa.Float(53), nullable=False),
    )
    op.create_index("link_client", "link", ["client", "code"])
    op.create_index("link_owner", "link", ["owner", "code"])
    op.create_index("link_when", "link", ["when_s"])
    op.create_table(
        "known_set",
        sa.Column("code", sa.String(16), primary_key=True),
        sa.Column("cards", sa.Integer, nullable=False),
        sa.Column("left_out", sa.Text, nullable=False),
        sa.Column("when_s", sa.Float(53), nullable=False),
    )
    op.create_index("known_set_when", "known_set", ["when_s"])
