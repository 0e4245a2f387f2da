"""No test here calls pickle.load: what is made by `pickle.dumps` is read back by our own reader."""

from __future__ import annotations

import io
import os
import pickle
import struct
import time
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets import plainpickle
from imagestolive.datasets.plainpickle import Array, Bytes

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def load(data: bytes) -> Any:
    return plainpickle.load(io.BytesIO(data))


keys = st.text(max_size=5) | st.binary(max_size=5) | st.integers(-(2**40), 2**40)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda values: st.lists(values) | st.lists(values).map(tuple) | st.dictionaries(keys, values),
    max_leaves=20,
)


@given(plain, st.sampled_from(PROTOCOLS))
def test_plain_data_come_back(value: Any, protocol: int) -> None:
    assert load(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(3, 5), (40, 3072)], ids=["kept", "left in the file"])
def test_arrays_of_numpy_come_back_row_by_row(protocol: int, order: str, shape: tuple[int, int]) -> None:
    made = np.random.default_rng(7).integers(0, 256, shape, np.uint8)
    file = io.BytesIO(pickle.dumps({"data": np.asarray(made, order=order), "labels": [1, 2]}, protocol))
    found = plainpickle.load(file)
    array = found["data"]
    assert isinstance(array, Array)
    assert (array.shape, found["labels"]) == (shape, [1, 2])
    assert [array.row(file, row) for row in range(shape[0])] == [row.tobytes() for row in made]
    for beyond in (-1, shape[0]):
        with pytest.raises(IndexError):
            array.row(file, beyond)


def test_long_bytes_stay_in_the_file() -> None:
    made = np.zeros((1000, 3072), np.uint8)
    file = io.BytesIO(pickle.dumps({"data": made}, 4))
    tracemalloc.start()
    array = plainpickle.load(file)["data"]
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(array.data, Bytes)
    assert peak_bytes < 2**20


# As Python 2 and the NumPy of its time wrote a batch of two images of three bytes: short strings are BINSTRINGs, names are old.
PYTHON_2 = (
    b"\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15training batch 1 of 5q\x03U\x06labelsq\x04]q\x05(K\x06K\te"
    b"U\x04dataq\x06cnumpy.core.multiarray\n_reconstruct\nq\x07cnumpy\nndarray\nq\x08K\x00\x85U\x01b\x87Rq\t"
    b"(K\x01K\x02K\x03\x86cnumpy\ndtype\nq\nU\x02u1K\x00K\x01\x87Rq\x0b(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    b"\x89T\x06\x00\x00\x00\x80\x81\x82\xfd\xfe\xfftbU\tfilenamesq\x0c]q\r(U\x05a.pngU\x05\xe9.pngeu."
)
PYTHON_2_IN_LETTERS = (
    b"(dp1\nS'data'\np2\ncnumpy.core.multiarray\n_reconstruct\np3\n(cnumpy\nndarray\np4\n(I0\ntS'b'\ntRp5\n"
    b"(I1\n(I2\nI3\ntcnumpy\ndtype\np6\n(S'u1'\nI0\nI1\ntRp7\n(I3\nS'|'\nNNNI-1\nI-1\nI0\ntbI00\n"
    b"S'\\x80\\x81\\x82\\xfd\\xfe\\xff'\ntbsS'labels'\n(lp8\nI6\naL9L\nas."
)


def test_a_batch_written_by_python_2_is_read() -> None:
    found = load(PYTHON_2)
    assert found == {
        b"batch_label": b"training batch 1 of 5",
        b"labels": [6, 9],
        b"data": Array(shape=(2, 3), data=b"\x80\x81\x82\xfd\xfe\xff"),
        b"filenames": [b"a.png", b"\xe9.png"],
    }


def test_a_batch_written_by_python_2_in_letters_is_read() -> None:
    assert load(PYTHON_2_IN_LETTERS) == {b"data": Array(shape=(2, 3), data=b"\x80\x81\x82\xfd\xfe\xff"), b"labels": [6, 9]}


@given(st.integers(0, len(PYTHON_2) - 1), st.binary(min_size=1, max_size=4))
def test_a_broken_batch_is_refused_or_read_and_nothing_else(at: int, put: bytes) -> None:
    for data in (PYTHON_2[:at], PYTHON_2[:at] + put + PYTHON_2[at + len(put) :]):
        try:
            load(data)
        except ValueError:
            continue


# ---- hostile ones ---------------------------------------------------------------------------------------------------------


class Runs:
    """What pickles as a call of any function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.call


def calls(module: str, name: str, argument: str) -> dict[str, bytes]:
    """A call of a function in each way a pickle has."""
    text = b"X" + struct.pack("<I", len(argument)) + argument.encode()
    of, what = module.encode(), name.encode()
    return {
        "REDUCE": b"c%b\n%b\n(%btR." % (of, what, text),
        "INST": b"(%bi%b\n%b\n." % (text, of, what),
        "OBJ": b"(c%b\n%b\n%bo." % (of, what, text),
        "NEWOBJ": b"c%b\n%b\n%b\x85\x81." % (of, what, text),
        "STACK_GLOBAL": b"\x8c%c%b\x8c%c%b\x93%b\x85R." % (len(of), of, len(what), what, text),
    }


@pytest.mark.parametrize("way", ["REDUCE", "INST", "OBJ", "NEWOBJ", "STACK_GLOBAL"])
@pytest.mark.parametrize("called", ["os.system", "posix.system", "builtins.eval", "__builtin__.eval", "builtins.exec"])
def test_nothing_is_run(tmp_path: Path, called: str, way: str) -> None:
    canary = tmp_path / "canary"
    module, name = called.split(".")
    asked = f"touch {canary}" if name == "system" else f"open({str(canary)!r}, 'w')"
    with pytest.raises(ValueError, match=r"."):
        load(calls(module, name, asked)[way])
    assert not canary.exists()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nothing_is_run_that_hides_among_data(tmp_path: Path, protocol: int) -> None:
    canary = tmp_path / "canary"
    hidden = {"labels": [1, 2], "data": np.zeros((2, 3), np.uint8), "x": Runs(os.system, f"touch {canary}")}
    with pytest.raises(ValueError, match=r"it names '(posix|nt) system'"):
        load(pickle.dumps(hidden, protocol))
    assert not canary.exists()


ARRAY = b"cnumpy\nndarray\n"
UINT8 = b"cnumpy\ndtype\n(S'u1'\nI0\nI1\ntR"
EMPTY = b"cnumpy.core.multiarray\n_reconstruct\n(" + ARRAY + b"(I0\ntS'b'\ntR"
HOSTILE = {
    "a number by name": b"Pos.system\n.",
    "a number by value": b"K\x01Q.",
    "an extension": b"\x82\x01.",
    "an extension of two bytes": b"\x83\x01\x00.",
    "an extension of four bytes": b"\x84\x01\x00\x00\x00.",
    "a buffer from elsewhere": b"\x97.",
    "an attribute of what is known": b"\x80\x04\x8c\x05numpy\x8c\x0bndarray.tag\x93.",
    "a known name with an argument of its own": b"c_codecs\nencode\n(S'a'\nS'rot13'\ntR.",
    "another kind of numbers": b"cnumpy\ndtype\n(S'O8'\nI0\nI1\ntR.",
    "an array class of its own": b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\ndtype\n(I0\ntS'b'\ntR.",
    "a call of what is no function": b"K\x01)R.",
    "a state for what has none": b"K\x01(K\x01tb.",
    "an array larger than its bytes": EMPTY + b"(I1\n(I10000000000\ntq\x00" + UINT8 + b"I00\nS'a'\ntb.",
    "an array of negative sides": EMPTY + b"(I1\n(I-1\nI-1\nt" + UINT8 + b"I00\nS'a'\ntb.",
    "an array of a hundred thousand sides": EMPTY + b"(I1\n(" + b"I999999999999\n" * 100_000 + b"t" + UINT8 + b"I00\nS'a'\ntb.",
    "bytes of ten gigabytes": b"\x8e" + struct.pack("<Q", 10**10),
    "a text of ten gigabytes": b"\x8d" + struct.pack("<Q", 10**10),
    "a text of four gigabytes": b"X\xff\xff\xff\xff",
    "a string of a negative length": b"T\xff\xff\xff\xff",
    "a bytearray of ten gigabytes": b"\x96" + struct.pack("<Q", 10**10),
    "a number of two gigabytes": b"\x8b\xff\xff\xff\x7f",
    "a number of a million digits": b"L" + b"9" * 10**6 + b"L\n.",
    "a key that is no name": b"}((((((ttttttK\x01s.",
    "a list as key": b"}]K\x01s.",
    "an item of what is no list": b"}K\x01a.",
    "odd items": b"}(K\x01u.",
    "a mark that is gone": b"(K\x011e.",
    "more taken than there is": b"K\x01\x87.",
    "memory that was never written": b"h\x07.",
    "nothing on the stack": b".",
    "nothing at all": b"",
    "no end": b"K\x01",
    "an unknown instruction": b"\xff.",
    "no pickle": b"\x89PNG\r\n\x1a\n",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_not_plain_is_refused_at_once(data: bytes) -> None:
    started = time.monotonic()
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"."):
        load(data)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 64 * 2**20
    assert time.monotonic() - started < 20


TEXT = b"X" + struct.pack("<I", 4000) + b"a" * 4000
TOO_MUCH = {
    "instructions": (b"(" + b"N" * 2_000_000 + b"l.", "too many instructions"),
    "a long line": (b"V" + b"a" * 200_000 + b"\n.", "more than is kept"),
    "many texts": (TEXT * 50 + b".", "more than is kept"),
    "one text encoded again and again": (
        b"(c_codecs\nencode\nq\x00" + TEXT + b"q\x01" + b"h\x00h\x01X\x06\x00\x00\x00latin1\x86R" * 500 + b"l.",
        "more than is kept",
    ),
}


@pytest.mark.parametrize(("data", "reason"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_no_pickle_makes_more_than_is_allowed(data: bytes, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plainpickle, "KEPT_MOST_BYTES", 100_000)
    with pytest.raises(ValueError, match=reason):
        load(data)


def test_lists_that_hold_themselves_and_each_other_are_no_matter() -> None:
    circle = load(b"]q\x00h\x00a.")
    assert circle[0] is circle
    doubled = load(b"]q\x00K\x01a" + b"".join(b"]q%c(h%ch%ce" % (n, n - 1, n - 1) for n in range(1, 100)) + b".")
    assert len(doubled) == 2
