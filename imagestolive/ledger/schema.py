"""The ledger's tables as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

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
    Column("options", Text, nullable=False, server_default="{}"),  # JSON: what the file is made for, beside its set
    Index("job_state", "state", "seq"),
    Index("job_client", "client", "state"),
    Index("job_once", "once"),
    Index("job_finished", "finished_s"),
)

decision = Table(  # rows are added, never changed or deleted
    "decision",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("when_s", Float(53), nullable=False),
    Column("who", Text, nullable=False),  # an operator's label; empty: a visitor
    Column("decided", Boolean, nullable=False),  # by an operator
    Column("kind", String(16), nullable=False),
    Column("target", String(16), nullable=False),
    Column("dataset", Text),
    Column("value", Text, nullable=False),  # as care.py writes keys
    Column("files", Text, nullable=False),  # SHA-256 of the image's files, with spaces between
    Column("reason", String(32), nullable=False),
    Column("why", Text, nullable=False),  # in an operator's words; those of visitors are in `told`
    Column("force", String(16), nullable=False),
    Column("supersedes", String(64)),  # id of the row that this one ends
    Column("code", String(16)),  # of the set in which it was seen
    Column("client", String(64)),  # hash of a random value in a cookie
    Column("photo", Text),  # Flickr's id of the photograph that the image is
    Index("decision_client", "client", "kind", "when_s"),
)

told = Table(  # what visitors wrote: deleted in time
    "told",
    metadata,
    Column("id", String(64), primary_key=True),  # of the decision
    Column("why", Text, nullable=False),
    Column("contact", Text, nullable=False),
    Column("until_s", Float(53), nullable=False),
    Index("told_until", "until_s"),
)

hashed = Table(  # what other operators block
    "hashed",
    metadata,
    Column("id", String(64), primary_key=True),  # of the decision that took over the list
    Column("hash", String(64), primary_key=True),
)

mark = Table(  # what somebody said of a card of a set
    "mark",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("owner", String(64), primary_key=True),  # hash of whoever marks, or of the link that several share
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("dataset", Text, nullable=False),
    Column("image_id", Text, nullable=False),
    Column("mark", String(16), nullable=False),
    Column("when_s", Float(53), nullable=False),
    Index("mark_when", "when_s"),
)

link = Table(  # whoever knows the token shares the marks of a set
    "link",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("code", String(16), nullable=False),
    Column("client", String(64), nullable=False),  # who made it
    Column("owner", String(64), nullable=False),  # the marks' own
    Column("when_s", Float(53), nullable=False),
    Index("link_client", "client", "code"),
    Index("link_owner", "owner", "code"),
    Index("link_when", "when_s"),
)

secret = Table(  # a random value that signs what is handed out and comes back
    "secret",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("value", String(64), nullable=False),
)

known_set = Table(  # sets drawn lately, and what was left out of them
    "known_set",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("cards", Integer, nullable=False),
    Column("left_out", Text, nullable=False),  # JSON: reason -> how many
    Column("when_s", Float(53), nullable=False),
    Index("known_set_when", "when_s"),
)
