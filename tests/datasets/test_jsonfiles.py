from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagestolive.datasets import jsonfiles
from imagestolive.datasets.jsonfiles import JsonNotUtf8, JsonRefused, JsonTooDeep, JsonTooLarge, first_sign, read_list, read_members

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "instances.json"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def members(folder: Path, text: str | bytes) -> list[tuple[str, Any]]:
    return list(read_members(written(folder, text)))


def test_lists_come_element_by_element(tmp_path: Path) -> None:
    found = members(tmp_path, ' {"info": {"year": 2017}, "images": [ {"id": 1},\n{"id": 2} ], "none": [], "n": 7 } ')
    assert found == [("info", {"year": 2017}), ("images", {"id": 1}), ("images", {"id": 2}), ("n", 7)]


@given(value=st.dictionaries(st.text(), PLAIN), chunk=st.integers(min_value=1, max_value=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wherever_the_file_is_cut_into_chunks_the_same_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: dict[str, Any], chunk: int
) -> None:
    monkeypatch.setattr(jsonfiles, "CHUNK_CHARACTERS", chunk)
    expected = []
    for name, inner in value.items():
        expected += [(name, element) for element in inner] if isinstance(inner, list) else [(name, inner)]
    assert members(tmp_path, json.dumps(value, indent=1)) == expected


@given(value=st.lists(PLAIN), chunk=st.integers(min_value=1, max_value=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_at_the_top_comes_element_by_element(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: list[Any], chunk: int) -> None:
    monkeypatch.setattr(jsonfiles, "CHUNK_CHARACTERS", chunk)
    assert list(read_list(written(tmp_path, json.dumps(value, indent=1)))) == value


@pytest.mark.parametrize("text", ["", "{}", "7", "[1", "[1,", "[1 2]", "[tru]"])
def test_what_is_no_list_or_broken_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(JsonRefused, match=r"^names\.json is no JSON list, or it is broken near character \d+\.$"):
        list(read_list(written(tmp_path, text), name="names.json"))


def test_of_a_long_list_no_more_is_read_than_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonfiles, "CHUNK_CHARACTERS", 10)
    assert next(read_list(written(tmp_path, "[1, 2," + " " * 100 + "broken"))) == 1


@pytest.mark.parametrize(("text", "sign"), [(" \n[1]", "["), ('{"a": 1}', "{"), ("7", "7"), ("", ""), (b"\xef\xbb\xbf []", "[")])
def test_the_sign_a_file_begins_with(tmp_path: Path, text: str | bytes, sign: str) -> None:
    assert first_sign(written(tmp_path, text)) == sign


@pytest.mark.parametrize(
    "text", ["", "[]", "7", '{"a": 1', '{"a": [1', '{"a" 1}', "{7: 1}", '{"a": tru}', '{"a": 1 "b": 2}', '{"a": [1 2]}']
)
def test_what_is_no_object_or_broken_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(JsonRefused, match=r"^instances\.json is no JSON object, or it is broken near character \d+\.$"):
        members(tmp_path, text)


@pytest.mark.parametrize("text", ['{"a": ' + "[" * 100_000, '{"a": [' + '{"a":' * 100_000, "[" * 100_000])
def test_deep_nesting_is_refused_without_a_recursion_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(JsonRefused):
        members(tmp_path, text)


def test_deep_nesting_says_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(JsonTooDeep, match="nested too deeply"):
        members(tmp_path, '{"a": {"b":' + "[" * 100_000)


def test_letters_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    with pytest.raises(JsonNotUtf8):
        members(tmp_path, b'{"a": "\xe9"}')


def test_a_value_of_any_length_is_not_taken_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonfiles, "CHUNK_CHARACTERS", 100)
    monkeypatch.setattr(jsonfiles, "VALUE_MOST_CHARACTERS", 1000)
    with pytest.raises(JsonTooLarge, match="more than 1000 characters"):
        members(tmp_path, '{"a": "' + "x" * 5000 + '"}')


def test_a_value_that_is_too_long_is_refused_though_it_was_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonfiles, "VALUE_MOST_CHARACTERS", 1000)
    assert members(tmp_path, json.dumps({"a": ["x" * 998]})) == [("a", "x" * 998)]
    with pytest.raises(JsonTooLarge):
        members(tmp_path, json.dumps({"a": ["x" * 999]}))


def test_a_long_value_is_taken_apart_anew_only_when_twice_as_much_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []

    class Counted(io.TextIOWrapper):
        def read(self, size: int | None = -1, /) -> str:
            reads.append(size)
            return super().read(size)

    path = written(tmp_path, json.dumps(["x" * 90_000, 7]))
    monkeypatch.setattr(jsonfiles, "CHUNK_CHARACTERS", 100)
    monkeypatch.setattr(Path, "open", lambda path, encoding: Counted(io.FileIO(path), encoding=encoding))
    assert [len(str(value)) for value in read_list(path)] == [90_000, 1]
    assert len(reads) < 15


@pytest.mark.parametrize("text", ["", "[" * 100_000, b"[\xe9", "[" + "9" * 2000])
def test_a_file_with_a_hostile_name_is_refused_under_a_name_fit_to_be_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | bytes
) -> None:
    monkeypatch.setattr(jsonfiles, "VALUE_MOST_CHARACTERS", 1000)
    with pytest.raises(JsonRefused, match=r"^a%1B\[31m\.json "):
        list(read_list(written(tmp_path, text), name="a\x1b[31m.json"))


def test_numbers_that_json_does_not_have_come_as_none(tmp_path: Path) -> None:
    assert members(tmp_path, '{"a": [NaN, Infinity, 1]}') == [("a", None), ("a", None), ("a", 1)]
