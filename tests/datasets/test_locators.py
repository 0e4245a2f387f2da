from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets.locators import Place, cell_locator, is_elsewhere, locator, member_locator, part_locator, place, shown


@given(st.text(min_size=1))
def test_every_name_comes_back_from_its_locator(name: str) -> None:
    assert place(locator(name)) == Place(file=name)


@given(st.text(min_size=1), st.integers(min_value=0, max_value=10**17))
def test_every_row_comes_back_from_its_locator(name: str, row: int) -> None:
    assert place(locator(name, row=row, layout="npy")) == Place(file=name, row=row, layout="npy")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("trees/oak.jpg", "trees/oak.jpg"),
        ("50 %.jpg", "50 %25.jpg"),
        ("#1.jpg", "%231.jpg"),
        ("a\nb.jpg", "a%0Ab.jpg"),
        ("\x1b[31m.jpg", "%1B[31m.jpg"),
        ("evil\u202egpj.exe", "evil%E2%80%AEgpj.exe"),
        ("ação.jpg", "ação.jpg"),
    ],
)
def test_what_would_be_misread_is_percent_encoded(name: str, written: str) -> None:
    assert locator(name) == written


@pytest.mark.parametrize(
    "text",
    [
        "a.npy#",
        "a.npy#x:npy",
        "a.npy#1:exe",
        "a.npy#-1:npy",
        "a.npy#1:npy#2:npy",
        "a.tar#@5",
        "a.tar#@-5+10",
        "a.tgz#!",
        "a.parquet#1:parquet:",
        "%FF.jpg",
    ],
)
def test_a_form_we_do_not_know_is_no_locator(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        place(text)


def test_every_kind_of_locator_is_read_back() -> None:
    assert place(part_locator("a#b.tar", 512, 7)) == Place(file="a#b.tar", offset=512, size=7)
    assert place(member_locator("a.tgz", "100% #1/é.jpg")) == Place(file="a.tgz", member="100% #1/é.jpg")
    assert place(cell_locator("a.parquet", 3, "image.bytes")) == Place(file="a.parquet", row=3, column="image.bytes")


def test_only_an_address_leads_elsewhere() -> None:
    assert is_elsewhere("https://example.org/a.jpg")
    assert not is_elsewhere(locator("https:/a.jpg"))


def test_names_are_shown_without_what_cannot_be_seen() -> None:
    assert shown("a\nb\u202ec\x00.jpg") == "a%0Ab%E2%80%AEc%00.jpg"
    assert shown("50 %.jpg") == "50 %.jpg"
    assert shown(b"caf\xe9.jpg".decode("utf-8", "surrogateescape")) == r"caf\udce9.jpg"


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    short = shown("a" * 300 + ".jpg", most=40)
    assert len(short) == 40
    assert short.startswith("aaa")
    assert short.endswith(".jpg")
