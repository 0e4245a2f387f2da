from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets.commons import NO_CREDIT, Credit, credit, credit_of, file_name, file_page, plain_text

UPLOAD = "https://upload.wikimedia.org/wikipedia/commons"
PAGE = "https://commons.wikimedia.org/wiki/File:"

# As Commons builds it for an artist of whom it has a whole table.
CREATOR = """
<table class="fileinfotpl-creator"><tbody>
<tr><th colspan="4"><bdi><a href="https://www.wikidata.org/wiki/Q1">Anita Malfatti</a></bdi>&nbsp; (1889–1964)</th></tr>
<tr><td>Description</td><td>Brazilian painter</td></tr>
<tr><td>Date of birth</td><td>2 December 1889</td></tr>
</tbody></table>"""


@pytest.mark.parametrize(
    ("url", "page"),
    [
        (f"{UPLOAD}/a/ab/Name.jpg", "Name.jpg"),
        (f"{UPLOAD}/a/ab/Name.jpg?download#x", "Name.jpg"),
        (f"http{UPLOAD[5:]}/a/ab/Name.jpg", "Name.jpg"),
        (f"{UPLOAD}/thumb/a/ab/Name.svg/300px-Name.svg.png", "Name.svg"),
        (f"{UPLOAD}/a/ab/St_Leonard%27s_Church%2C_100%25.jpg", "St_Leonard's_Church,_100%25.jpg"),
        (f"{UPLOAD}/a/ab/%C3%81gua%3F.jpg", "%C3%81gua%3F.jpg"),
        (f"{UPLOAD}/a/ab/Água.jpg", "%C3%81gua.jpg"),
        (f"{UPLOAD}/a/ab/Twice%2520encoded.jpg", "Twice%2520encoded.jpg"),
        ("http://commons.wikimedia.org/wiki/File:Name of it.jpg", "Name_of_it.jpg"),
    ],
)
def test_an_address_of_a_file_leads_to_its_page(url: str, page: str) -> None:
    assert file_page(url) == PAGE + page
    assert file_page(PAGE + page) == PAGE + page


@pytest.mark.parametrize(
    "url",
    [
        "https://upload.wikimedia.org/wikipedia/en/a/ab/Logo.png",
        "https://upload.wikimedia.org.example.org/wikipedia/commons/a/ab/Name.jpg",
        "https://example.org/?https://upload.wikimedia.org/wikipedia/commons/a/ab/Name.jpg",
        f"{UPLOAD}/a/ab/",
        f"{UPLOAD}/archive/a/ab/20100101000000%21Name.jpg",
        f"{UPLOAD}/a/ab/%FF.jpg",
        f"{UPLOAD}/a/ab/a%2Fb.jpg",
        f"{UPLOAD}/a/ab/a%0Ab.jpg",
        f"{UPLOAD}/a/ab/_.jpg/x",
        f"{UPLOAD}/thumb/a/ab/Name.jpg",
        "",
    ],
)
def test_a_file_that_lies_elsewhere_has_no_page_at_commons(url: str) -> None:
    assert (file_name(url), file_page(url)) == (None, None)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("Ana", "Ana"),
        ("Ana &amp;amp; Bia", "Ana &amp; Bia"),
        ("<p>One.</p><p>Two<br>three.</p>", "One. Two three."),
        ("a<b>b</b>c <script>alert(1)</script><!-- no -->d", "abc d"),
        ('Ana<span style="display: none;">vcard <b>hidden</b></span> Souza', "Ana Souza"),
        ('<div style="display:none"><img src=x><p>hidden</div>Ana', "Ana"),
        ("<td>a</td><td>b</td>", "a b"),
        ("Ana <![if x]>", "Ana"),
        ("1 < 2", "1 < 2"),
        ("<i></i>", None),
        ("", None),
    ],
)
def test_html_becomes_words(html: str, words: str | None) -> None:
    assert plain_text(html) == words


def test_many_words_are_shortened_between_two_of_them() -> None:
    assert plain_text("word " * 100, most=12) == "word word…"
    assert plain_text("x" * 100, most=12) == "x" * 12 + "…"


def test_of_very_long_html_the_beginning_is_read_up_to_a_whole_tag() -> None:
    assert plain_text("<p>Ana</p>" + "<i></i>" * 10_000) == "Ana"
    assert plain_text("<b>a " + "a " * 10_000, most=3) == "a…"


@given(st.text(alphabet=st.sampled_from("ab <>/!-[]&;#x\"'=\0\n\ud83d") | st.characters(), max_size=60))
def test_any_text_becomes_one_line_that_can_be_kept(html: str) -> None:
    words = plain_text(html)
    assert words is None or (words.encode() and words == " ".join(words.split()) and "\0" not in words)


def test_a_credit_is_read_out_of_html() -> None:
    said = {
        "Artist": {
            "value": '<a href="//commons.wikimedia.org/wiki/User:Ana" title="User:Ana">Ana &amp; Bia</a>',
            "source": "commons-desc-page",
        },
        "Credit": {"value": "Own work"},
        "LicenseShortName": {"value": "CC BY-SA 3.0"},
        "LicenseUrl": {"value": "https://creativecommons.org/licenses/by-sa/3.0"},
        "AttributionRequired": {"value": "true"},
        "ImageDescription": {"value": "<p>A <i>bridge</i>.</p>"},
    }
    assert credit(said) == Credit(
        author="Ana & Bia",
        author_url="https://commons.wikimedia.org/wiki/User:Ana",
        license_raw="https://creativecommons.org/licenses/by-sa/3.0",
        license="by-sa-3.0",
        description="A bridge.",
    )
    assert credit_of(json.dumps(said)) == credit(said)


def test_of_a_table_about_an_artist_the_first_row_is_the_name() -> None:
    found = credit({"Artist": CREATOR})
    assert (found.author, found.author_url) == ("Anita Malfatti (1889–1964)", "https://www.wikidata.org/wiki/Q1")


def test_several_authors_stay_apart() -> None:
    assert credit({"Artist": "<ul><li>Ana</li><li>Bia</li></ul>"}).author == "Ana, Bia"


@pytest.mark.parametrize(
    ("said", "raw", "license_id"),
    [
        (
            {"LicenseUrl": "//creativecommons.org/licenses/by/4.0", "LicenseShortName": "CC0"},
            "//creativecommons.org/licenses/by/4.0",
            "by-4.0",
        ),
        ({"LicenseUrl": "https://example.org/terms", "LicenseShortName": "CC BY 2.0"}, "CC BY 2.0", "by-2.0"),
        ({"LicenseShortName": "Public domain"}, "Public domain", "pd"),
        ({"LicenseShortName": "Copyrighted free use"}, "Copyrighted free use", None),
        ({}, None, None),
    ],
)
def test_the_address_of_a_license_tells_more_than_its_name(said: dict[str, str], raw: str | None, license_id: str | None) -> None:
    found = credit(said)
    assert (found.license_raw, found.license) == (raw, license_id)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("/wiki/User:Ana", "https://commons.wikimedia.org/wiki/User:Ana"),
        ("javascript:alert(1)", None),
        ("//commons.wikimedia.org/w/index.php?title=User:Ana&amp;action=edit&amp;redlink=1", None),
    ],
)
def test_an_author_has_a_page_if_there_is_one(href: str, url: str | None) -> None:
    assert credit({"Artist": f'<a href="{href}">Ana</a>'}).author_url == url


@pytest.mark.parametrize("cell", [None, "", "{", "[1]", "text", 7, "{}", "[" * 100_000, '{"Artist": 7}', {"Artist": {"value": None}}])
def test_a_cell_without_a_credit_says_nothing(cell: object) -> None:
    assert credit_of(cell) == NO_CREDIT
