"""Pickles of plain data and of arrays of bytes, as Python 2, Python 3 and NumPy wrote them, read without running what they ask for.

A pickle is a program, and `pickle.load` runs it: it may call any function there is. Here its instructions are gone through one by
one. Those that make plain values are followed, the few names that an array of bytes needs are known by sight, all else raises
ValueError. Long bytes stay in the file (`Bytes` says where), and what is made in memory is limited.
"""

from __future__ import annotations

import codecs
import enum
import math
import os
import pickletools
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

STEPS_MOST = 1_000_000  # the training rows of CIFAR-100 take some 300,000
KEPT_MOST_BYTES = 64 * 2**20  # of all that is read into memory
_SIDES_MOST = 4
LEFT_IN_FILE_BYTES = 64 * 1024  # longer bytes are not read


@dataclass(frozen=True, kw_only=True)
class Bytes:
    """Bytes that were left where they are."""

    offset: int  # in the file
    size: int

    def __len__(self) -> int:
        return self.size


@dataclass(kw_only=True)
class Array:
    """An array of unsigned bytes."""

    shape: tuple[int, ...] = ()
    data: bytes | Bytes = b""
    column_major: bool = False  # the first index runs fastest

    def row(self, file: BinaryIO, row: int) -> bytes:
        """One row of a table, out of the file that the array came from. Raises IndexError, and ValueError for a file that changed."""
        rows, columns = self.shape
        if not 0 <= row < rows:
            raise IndexError(row)
        first, step = (row, rows) if self.column_major else (row * columns, 1)
        if isinstance(self.data, bytes):
            return self.data[first : first + step * columns : step]
        data = _strided(file, self.data.offset + first, step, columns)
        if len(data) < columns:
            raise ValueError("it ends too early")
        return data


def load(file: BinaryIO) -> Any:
    """What a pickle holds: None, bool, int, float, str, bytes (strings of Python 2, too), list, tuple, dict, Array. Raises ValueError,
    OSError. Lists may hold themselves: nobody should walk the whole of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of escapes such as \\u in a string of bytes
            return _Machine(file).run()
    except (IndexError, KeyError, TypeError, OverflowError, struct.error):
        raise ValueError("no pickle of plain data") from None


class _Name(enum.Enum):
    """What a pickle calls by name. Nothing is ever looked up under these names."""

    NDARRAY = enum.auto()
    DTYPE = enum.auto()
    RECONSTRUCT = enum.auto()  # makes an empty array, to be filled by BUILD
    FROM_BUFFER = enum.auto()  # makes an array at once
    ENCODE = enum.auto()  # how Python 3 writes bytes for Python 2
    BYTES = enum.auto()  # and empty ones
    UINT8 = enum.auto()  # what DTYPE made


_NAMES = {
    "numpy ndarray": _Name.NDARRAY,
    "numpy dtype": _Name.DTYPE,
    "numpy.core.multiarray _reconstruct": _Name.RECONSTRUCT,
    "numpy._core.multiarray _reconstruct": _Name.RECONSTRUCT,
    "numpy.core.numeric _frombuffer": _Name.FROM_BUFFER,
    "numpy._core.numeric _frombuffer": _Name.FROM_BUFFER,
    "_codecs encode": _Name.ENCODE,
    "__builtin__ bytes": _Name.BYTES,
}
_BY_CODE = {instruction.code: instruction for instruction in pickletools.opcodes}
_LENGTHS = {
    "BINSTRING": struct.Struct("<i"),
    "BINBYTES": struct.Struct("<I"),
    "BINBYTES8": struct.Struct("<Q"),
    "BYTEARRAY8": struct.Struct("<Q"),
}


class _Machine:
    """Follows the instructions of one pickle. `read` and `readline` are what pickletools' readers of arguments ask for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left_bytes = KEPT_MOST_BYTES
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> Any:
        for _ in range(STEPS_MOST):
            instruction = _BY_CODE[self._file.read(1).decode("latin-1")]
            if instruction.name == "STOP":
                return self._stack.pop()
            follow = _INSTRUCTIONS[instruction.name]  # asked first: nothing is read for what is not followed
            if instruction.name in _LENGTHS:
                argument: Any = self._bytes(_LENGTHS[instruction.name])
            elif instruction.name == "STRING":
                argument = codecs.escape_decode(pickletools.read_stringnl(cast("IO[bytes]", self), decode=False))[0]
            else:
                argument = instruction.arg.reader(cast("IO[bytes]", self)) if instruction.arg else None
            follow(self, argument)
        raise ValueError("too many instructions")

    def read(self, size: int) -> bytes:
        self._spend(size)
        data = self._file.read(size)
        if len(data) < size:
            raise ValueError("it ends too early")
        return data

    def readline(self) -> bytes:
        line = self._file.readline(self._left_bytes + 1)
        self._spend(len(line))
        return line

    def _spend(self, size: int) -> None:
        self._left_bytes -= size
        if size < 0 or self._left_bytes < 0:
            raise ValueError("more than is kept in memory")

    def _bytes(self, length: struct.Struct) -> bytes | Bytes:
        (size,) = length.unpack(self.read(length.size))
        if size <= LEFT_IN_FILE_BYTES:
            return self.read(size)
        offset = self._file.tell()
        if offset + size > self._file.seek(0, os.SEEK_END):
            raise ValueError("it ends too early")
        self._file.seek(offset + size)
        return Bytes(offset=offset, size=size)

    def pass_over(self, argument: Any) -> None:
        pass

    def push(self, value: Any) -> None:
        self._stack.append(value)

    def push_old_text(self, text: str) -> None:
        self.push(text.encode("latin-1"))

    def mark(self, _: None) -> None:
        self._marks.append(len(self._stack))

    def take_since_mark(self) -> list[Any]:
        return self.take(len(self._stack) - self._marks.pop())

    def take(self, count: int) -> list[Any]:
        """The last values on the stack, which lose their place there."""
        start = len(self._stack) - count
        if count < 0 or start < 0:
            raise ValueError("nothing is left to take")
        values = self._stack[start:]
        del self._stack[start:]
        return values

    def push_dict(self, values: list[Any]) -> None:
        self.push({})
        self.set(values)

    def append(self, values: list[Any]) -> None:
        _of(list, self._stack[-1]).extend(values)

    def set(self, values: list[Any]) -> None:
        items = _of(dict, self._stack[-1])
        for key, value in zip(values[::2], values[1::2], strict=True):
            items[_of((str, bytes, int), key)] = value  # a tuple in a tuple in a … would be hashed by recursion

    def get(self, number: int) -> None:
        self.push(self._memo[number])

    def put(self, number: int) -> None:
        self._memo[number] = self._stack[-1]

    def memoize(self, _: None) -> None:
        self.put(len(self._memo))

    def push_name(self, name: str) -> None:
        if name not in _NAMES:
            raise ValueError(f"it names {name[:80]!r}")
        self.push(_NAMES[name])

    def push_stacked_name(self, _: None) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self.push_name(f"{_of(str, module)} {_of(str, name)}")

    def call(self, _: None) -> None:
        arguments, name = _of(tuple, self._stack.pop()), self._stack.pop()
        if name is _Name.RECONSTRUCT and arguments[0] is _Name.NDARRAY:
            self.push(Array())
        elif name is _Name.DTYPE and arguments[0] in ("u1", b"u1"):
            self.push(_Name.UINT8)
        elif name is _Name.FROM_BUFFER:
            data, kind, shape, order = arguments
            self.push(_fill(Array(), kind, shape, data, column_major=order == "F"))
        elif name is _Name.ENCODE and arguments[1] == "latin1":
            self._spend(len(arguments[0]))  # the same text may be asked for again and again
            self.push(_of(str, arguments[0]).encode("latin-1"))
        elif name is _Name.BYTES and not arguments:
            self.push(b"")
        else:
            raise ValueError("it calls what cannot be called")

    def build(self, _: None) -> None:
        state, made = _of(tuple, self._stack.pop()), self._stack[-1]
        if made is not _Name.UINT8:  # whose state says nothing more
            _version, shape, kind, column_major, data = state
            _fill(_of(Array, made), kind, shape, data, column_major=bool(column_major))


def _of(kind: Any, value: Any) -> Any:
    if isinstance(value, kind):
        return value
    raise ValueError(f"{type(value).__name__} where it cannot be")


def _fill(array: Array, kind: Any, shape: Any, data: Any, *, column_major: bool) -> Array:
    sides = tuple(_of(int, side) for side in _of(tuple, shape)[:_SIDES_MOST])
    if kind is not _Name.UINT8 or min(sides, default=0) < 0 or math.prod(sides) != len(_of((bytes, Bytes), data)):
        raise ValueError("no array of bytes")
    array.shape, array.data, array.column_major = sides, data, column_major
    return array


def _strided(file: BinaryIO, first: int, step: int, count: int) -> bytes:
    """`count` bytes of a file, `step` apart."""
    if step == 1:
        file.seek(first)
        return file.read(count)
    parts = []
    for n in range(count):
        file.seek(first + n * step)
        parts.append(file.read(1))
    return b"".join(parts)


_VALUES = (
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "FLOAT", "BINFLOAT", "STRING", "BINSTRING", "UNICODE", "SHORT_BINUNICODE"),
    *("BINUNICODE", "BINUNICODE8", "SHORT_BINBYTES", "BINBYTES", "BINBYTES8", "BYTEARRAY8"),
)
_INSTRUCTIONS: dict[str, Callable[[_Machine, Any], Any]] = {
    **dict.fromkeys(_VALUES, _Machine.push),
    **dict.fromkeys(("PROTO", "FRAME"), _Machine.pass_over),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT"), _Machine.put),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), _Machine.get),
    "MEMOIZE": _Machine.memoize,
    "SHORT_BINSTRING": _Machine.push_old_text,
    "NONE": lambda machine, _: machine.push(None),
    "NEWTRUE": lambda machine, _: machine.push(True),
    "NEWFALSE": lambda machine, _: machine.push(False),
    "MARK": _Machine.mark,
    "EMPTY_TUPLE": lambda machine, _: machine.push(()),
    "EMPTY_LIST": lambda machine, _: machine.push([]),
    "EMPTY_DICT": lambda machine, _: machine.push({}),
    "TUPLE": lambda machine, _: machine.push(tuple(machine.take_since_mark())),
    "TUPLE1": lambda machine, _: machine.push(tuple(machine.take(1))),
    "TUPLE2": lambda machine, _: machine.push(tuple(machine.take(2))),
    "TUPLE3": lambda machine, _: machine.push(tuple(machine.take(3))),
    "LIST": lambda machine, _: machine.push(machine.take_since_mark()),
    "DICT": lambda machine, _: machine.push_dict(machine.take_since_mark()),
    "APPEND": lambda machine, _: machine.append(machine.take(1)),
    "APPENDS": lambda machine, _: machine.append(machine.take_since_mark()),
    "SETITEM": lambda machine, _: machine.set(machine.take(2)),
    "SETITEMS": lambda machine, _: machine.set(machine.take_since_mark()),
    "GLOBAL": _Machine.push_name,
    "STACK_GLOBAL": _Machine.push_stacked_name,
    "REDUCE": _Machine.call,
    "BUILD": _Machine.build,
}
