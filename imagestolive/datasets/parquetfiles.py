"""Parquet files as their makers publish them: their columns, their rows one after another, and single cells. Needs the extra `parquet`.

The only place where pyarrow is loaded, and not before it is needed: the tables of tables/parquet.py come here for it, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from imagestolive.datasets.locators import shown
from imagestolive.datasets.problems import Problems
from imagestolive.errors import N_, ImagesToLiveError

BATCH_ROWS = 1024
_BUFFER_BYTES = 2**16  # a column is read in such steps, not a row group of it at once
_UNREADABLE = N_("The letters of this row are not UTF-8.")


class ParquetMissing(ImagesToLiveError):
    """The extra is not installed."""

    sentence = N_("Parquet files are read and written with pyarrow, which is not installed: pip install 'imagestolive[parquet]'.")
    exit_code = 1
    status = 500


class ParquetRefused(ImagesToLiveError):
    """No Parquet file, or a broken one. Facts: file, problem."""

    sentence = N_("{file} cannot be read as a Parquet file: {problem}.")


def arrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet module. Raises ParquetMissing."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ParquetMissing from None
    return pyarrow, pyarrow.parquet


def columns(path: Path) -> list[str]:
    """The names of its columns, as they are written there. Raises ParquetMissing, ParquetRefused, OSError."""
    with _opened(path) as file:
        return list(file.schema_arrow.names)


def rows(path: Path, names: Sequence[str], problems: Problems) -> Iterator[tuple[int, dict[str, Any]]]:
    """(row, values by name) of every row, in plain Python values; the first is 0, as in cell_locator. Of a column that is not there: None.

    "image.path" is a field of a column of structs: only it is read, and comes under that name. Rows are read a thousand at a time, of the
    named columns alone; one that holds letters that are not UTF-8 is told to `problems` (whose first row is 1) and left out.
    Raises ParquetMissing, ParquetRefused, OSError.
    """
    with _opened(path) as file:
        here = [name for name in names if _has(file.schema_arrow, name)]
        none = dict.fromkeys(names)
        start = 0
        if not here:
            yield from ((row, dict(none)) for row in range(file.metadata.num_rows))
            return
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=here, use_threads=False):
            for row, values in _values(batch, path.name, start, problems):
                yield row, none | {name: _field(values, name) for name in here}
            start += len(batch)


def cell(path: Path, row: int, column: str, most_bytes: int) -> bytes:
    """The bytes in a cell of a column of binaries, or of {bytes, path} as Hugging Face writes images.

    Raises KeyError (no such column), IndexError (no such row), ValueError (no bytes, too many, or no Parquet), OSError, ParquetMissing.
    """
    pyarrow, _ = arrow()
    try:
        return _cell(path, row, column, most_bytes)
    except pyarrow.ArrowException as error:
        raise ValueError(str(error)) from None
    except OSError as error:
        if error.errno is not None:  # the disk's fault, not the file's
            raise
        raise ValueError(str(error)) from None


# ---- rows ---------------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The file, to be read a little at a time. What goes wrong inside is its fault: ParquetRefused."""
    pyarrow, parquet = arrow()
    try:
        with parquet.ParquetFile(path, buffer_size=_BUFFER_BYTES) as file:
            yield file
    except pyarrow.ArrowException as error:
        raise _refused(path, error) from None
    except OSError as error:
        if error.errno is not None:  # the disk's fault, not the file's
            raise
        raise _refused(path, error) from None


def _refused(path: Path, error: Exception) -> ParquetRefused:
    return ParquetRefused(file=shown(path.name), problem=shown(" ".join(str(error).split())).rstrip("."))


def _has(schema: Any, name: str) -> bool:
    """Whether there is such a column, or field of a column of structs."""
    top, _, rest = name.partition(".")
    if schema.get_field_index(top) < 0:
        return False
    kind = schema.field(top).type
    for part in rest.split(".") if rest else ():
        if not hasattr(kind, "get_field_index") or kind.get_field_index(part) < 0:
            return False
        kind = kind.field(part).type
    return True


def _values(batch: Any, name: str, start: int, problems: Problems) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of a batch; pyarrow checks no letters until they are asked for."""
    try:
        yield from enumerate(batch.to_pylist(), start)
    except UnicodeDecodeError:
        for n in range(len(batch)):
            try:
                (values,) = batch.slice(n, 1).to_pylist()
            except UnicodeDecodeError:
                problems.add(name, _UNREADABLE, row=start + n + 1)
            else:
                yield start + n, values


def _field(values: dict[str, Any], name: str) -> Any:
    """image.path of {"image": {"path": "a.jpg"}}."""
    value: Any = values
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


# ---- cells --------------------------------------------------------------------------------------------------------------


def _cell(path: Path, row: int, column: str, most_bytes: int) -> bytes:
    pyarrow, parquet = arrow()
    with parquet.ParquetFile(path) as file:
        leaf = _leaf(pyarrow, file.schema_arrow, column)
        group = 0
        while group < file.metadata.num_row_groups and row >= file.metadata.row_group(group).num_rows:
            row -= file.metadata.row_group(group).num_rows
            group += 1
        if row < 0 or group == file.metadata.num_row_groups:
            raise IndexError(row)
        for batch in file.iter_batches(batch_size=16, row_groups=[group], columns=[leaf], use_threads=False):
            if row < len(batch):
                return _bytes(batch.column(0)[row], most_bytes)
            row -= len(batch)
    raise IndexError(row)


def _leaf(pyarrow: Any, schema: Any, column: str) -> str:
    """How the column that holds the bytes is called. Raises KeyError, ValueError."""
    if schema.get_field_index(column) < 0:
        raise KeyError(column)
    kind = schema.field(column).type
    if pyarrow.types.is_struct(kind) and kind.get_field_index("bytes") >= 0:
        column, kind = f"{column}.bytes", kind.field("bytes").type
    if not (pyarrow.types.is_binary(kind) or pyarrow.types.is_large_binary(kind)):
        raise ValueError(f"{column} holds no bytes")
    return column


def _bytes(scalar: Any, most_bytes: int) -> bytes:
    if scalar.is_valid and scalar.type.num_fields:  # a struct of which one field was read
        scalar = scalar["bytes"]
    if not scalar.is_valid:
        raise ValueError("no bytes")
    buffer = scalar.as_buffer()
    if len(buffer) > most_bytes:
        raise ValueError("too large")
    return bytes(buffer)
