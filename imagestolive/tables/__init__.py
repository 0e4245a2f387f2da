"""A data set's records by dense row number: build once, then count, take a row, find. SQLite form in sqlite.py."""

from imagestolive.tables.sqlite import Table, TableGone, TableNotBuilt, build, is_current, open_table

__all__ = ["Table", "TableGone", "TableNotBuilt", "build", "is_current", "open_table"]
