"""The credits of a set as tables."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pressed import EN, Made

from imagestolive import resources
from imagestolive.press.credits import FORMS, Form, table, write_credits
from imagestolive.words import Words

HOSTILE = {
    "title": '</style><script>alert("1")</script><img src=x onerror=alert(1)>',
    "author": '=HYPERLINK("http://example.org","you")',
    "landing_url": 'https://example.org/"onmouseover="x?a=1&b=<2>',
}


def hostile(root: Path) -> None:
    with (root / "credits.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "license", *HOSTILE))
        for n in range(6):
            rows.writerow((f"{n:03}.jpg", "CC BY 2.0", *HOSTILE.values()))


def written(made: Made, form: Form, words: Words = EN, **more: object) -> bytes:
    out = BytesIO()
    write_credits(made.press, made.drawn, made.policy, out, words, form=form, **more)  # type: ignore[arg-type]
    return out.getvalue()


def rows(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_all_three_forms_say_the_same_of_each_card(made: Made) -> None:
    table_rows = rows(written(made, "csv"))
    said = json.loads(written(made, "json"))
    page = Seen(written(made, "html").decode())
    assert said["code"] == "K7Q2-9FXD"
    assert [row["number"] for row in table_rows] == ["1", "2", "3", "4", "5"]
    assert [row["person"] for row in table_rows] == ["1", "1", "2", "2", ""]
    for of_table, of_json in zip(table_rows, said["credits"], strict=True):
        assert of_table == {name: "" if value is None else str(value) for name, value in of_json.items()}
        pick = made.drawn.picks[of_json["number"]]
        assert of_json["sha256"] == pick.sha256
        n = int(pick.image_id[:3])
        assert (of_json["title"], of_json["author"], of_json["license"]) == (f"Picture {n}", f"Author {n}", "CC BY 2.0")
        assert of_json["source"] == f"https://www.flickr.com/photos/ana/{5000 + n}"
        assert of_json["credit"] in page.text
        assert pick.sha256 in page.text
        assert ("href", of_json["source"]) in page.attributes
    assert [heading in page.text for heading in ("Person 1", "Person 2", "Spare cards", "Card 5")] == [True] * 4


def test_a_withdrawn_image_has_its_notice_and_nothing_else(make: Callable[..., Made]) -> None:
    made = make(1, 2)
    made.policy = made.withdraw(1)
    first, second = json.loads(written(made, "json"))["credits"]
    assert {name: value for name, value in first.items() if value is not None} == {
        "number": 1,
        "person": 1,
        "notice": "This picture is no longer handed out.",
    }
    assert second["notice"] is None
    for form in FORMS:
        data = written(made, form).decode()
        assert made.drawn.picks[1].sha256 not in data
        assert "no longer handed out" in data


def test_what_an_image_says_of_itself_is_no_code_to_a_browser_or_a_spreadsheet(make: Callable[..., Made]) -> None:
    made = make(1, 2, paint=hostile)
    page = Seen(written(made, "html").decode())
    assert page.tags == {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "section", "p", "dl", "dt", "dd", "bdi", "a", "footer",
    }  # fmt: skip
    assert {name for name, _ in page.attributes} == {"lang", "charset", "name", "content", "http-equiv", "class", "href", "rel"}
    assert HOSTILE["title"].replace('"1"', "“1”")[:20] in page.text
    assert HOSTILE["author"] in page.text
    row = rows(written(made, "csv"))[0]
    assert row["author"] == f"'{HOSTILE['author']}"
    assert row["title"].startswith("</style>")


def test_the_page_stands_alone_and_says_its_language(make: Callable[..., Made]) -> None:
    made = make(1, 1, lang="pt-BR")
    page = written(made, "html", resources.words("pt-BR"))
    seen = Seen(page.decode())
    assert ("lang", "pt-BR") in seen.attributes
    assert not [value for name, value in seen.attributes if name in ("src", "srcset")]
    assert b"url(" not in page
    assert b"default-src 'none'" in page


def test_excel_opens_the_table_as_what_it_is_in_both_countries(make: Callable[..., Made]) -> None:
    made = make(1, 2, lang="pt-BR")
    data = written(made, "csv", resources.words("pt-BR"))
    assert data.startswith(b"\xef\xbb\xbfnumber;person;title;")
    assert b"\r\n" in data
    assert written(made, "csv").startswith(b"\xef\xbb\xbfnumber,person,title,")
    assert [row["number"] for row in rows(data, ";")] == ["1", "2"]


@pytest.mark.parametrize("form", FORMS)
def test_some_cards_alone_can_be_asked_for_and_the_bytes_are_the_same_again(made: Made, form: Form) -> None:
    assert written(made, form, only=[3]) == written(made, form, only=[3])
    assert made.drawn.picks[3].sha256.encode() in written(made, form, only=[3])
    assert made.drawn.picks[1].sha256.encode() not in written(made, form, only=[3])


@pytest.mark.parametrize("cell", ["=1+1", "＝1+1", "\u200b=1+1", "\u2060＋1", " @SUM(A1)", "\ufeff－1"])
def test_a_formula_that_begins_with_wide_or_unseen_signs_is_none(cell: str) -> None:
    assert f"'{cell}" in table([[cell]], EN).decode().removeprefix("\ufeff")


@given(cells=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12), min_size=1, max_size=4))
def test_no_cell_of_a_table_is_a_formula_and_none_loses_a_sign(cells: list[str]) -> None:
    for lang, delimiter in (("en", ","), ("pt-BR", ";")):
        text = table([cells], Words(lang)).decode("utf-8-sig")
        (read,) = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for cell, found in zip(cells, read, strict=True):
            assert found in (cell, f"'{cell}")
            assert found != cell or cell[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
