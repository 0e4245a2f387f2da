from __future__ import annotations

import pytest

from imagestolive.datasets.values import text, web_address


@pytest.mark.parametrize("cell", [None, "", "  ", 7, ["a"]])
def test_what_is_no_text_is_none(cell: object) -> None:
    assert text(cell) is None


@pytest.mark.parametrize("cell", ["https://example.org/a?b=c#d", "http://example.org", " https://example.org/é "])
def test_web_addresses_are_taken(cell: str) -> None:
    assert web_address(cell) == cell.strip()


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        "example.org",
        "Brooklyn Museum",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://",
        "http://[",
        "https://example.org/a b",
        "https://example.org/\u202eb",
        "https://example.org/" + "x" * 3000,
    ],
)
def test_nothing_else_is_an_address(cell: str | None) -> None:
    assert web_address(cell) is None
