"""Lists of words: what is read out of a file, and what is one word."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.errors import ImagesToLiveError
from imagestolive.wordlists import LINE_MOST, LineTooLong, LineWithoutWord, NotText, TooManyLines, WordLists, read_list, words_of


def test_a_list_is_a_word_or_phrase_a_line_and_comments_are_none() -> None:
    assert read_list("\ufeff# ours\r\n\r\n  gore \nwet market\ngore\n".encode()) == ("gore", "wet market")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ("caçador".encode("latin-1"), NotText),
        (b"a" * (LINE_MOST + 1), LineTooLong),
        (b"gore\n***\n", LineWithoutWord),
        (b"a\n" * 20_001, TooManyLines),
    ],
)
def test_a_list_that_cannot_be_trusted_is_refused(data: bytes, error: type[ImagesToLiveError]) -> None:
    with pytest.raises(error):
        read_list(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_are_refused(data: bytes) -> None:
    try:
        entries = read_list(data)
    except ImagesToLiveError:
        return
    lists = WordLists(lists={"en": entries})
    assert all(lists.found([entry]) is not None for entry in entries)


@given(st.text(max_size=60))
def test_case_and_the_way_accents_are_stored_change_no_word(text: str) -> None:
    assert words_of(text) == words_of(unicodedata.normalize("NFD", text)) == words_of(unicodedata.normalize("NFC", text))
    assert words_of(" ".join(words_of(text))) == words_of(text)


@given(st.lists(st.sampled_from(["ave", "mar", "sol", "aveia"]), min_size=1, max_size=8))
def test_a_phrase_is_found_where_its_words_follow_each_other_and_nowhere_else(words: list[str]) -> None:
    found = WordLists(lists={"pt-BR": ("ave mar",)}).found(["-".join(words).upper()])
    assert (found is not None) == (("ave", "mar") in set(itertools.pairwise(words)))


def test_the_order_of_lines_changes_no_hash_and_a_word_does() -> None:
    one, other = WordLists(lists={"en": ("a", "b")}), WordLists(lists={"en": ("b", "a")})
    assert one.hash == other.hash != WordLists(lists={"en": ("a",)}).hash
    assert not WordLists(lists={"en": ()})
