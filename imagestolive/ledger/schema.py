"""The ledger's tables as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

job = Table(
    "job",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),  # the order of jobs: clocks jump
    Column("id", String(64), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("once", String(64), nullable=False),  # hash of client, kind and content: what is asked for twice is made once
    Column("client", String(64), nullable=False),  # hash of a random value in a cookie
    Column("lang", String(16), nullable=False),
    Column("back", Text, nullable=False),
    Column("cards", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("of", Integer, nullable=False),
    Column("counts", Text, nullable=False),  # JSON: an image's outcome -> how many
    Column("attempts", Integer, nullable=False),  # how often it was begun; who holds the job knows the number
    Column("lost", Integer, nullable=False),  # how often its worker fell silent
    Column("accepted_s", Float(53), nullable=False),
    Column("started_s", Float(53)),
    Column("heartbeat_s", Float(53)),
    Column("finished_s", Float(53)),
    Column("problem", Text),
    Column("name", Text),
    Column("media_type", String(128)),
    Index("job_state", "state", "seq"),
    Index("job_client", "client", "state"),
    Index("job_once", "once"),
    Index("job_finished", "finished_s"),
)
