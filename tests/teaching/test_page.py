"""The one file: it holds all it needs, asks for nothing, and prints."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from writings import Reader, made, paragraph

from imagestolive.teaching import DOCUMENTS, formats
from imagestolive.teaching.documents import document
from imagestolive.words import LANGUAGES


def page_of(key: str, lang: str, paper: str = "a4") -> str:
    return formats.write(document(key, lang), "html", paper=paper).decode()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", DOCUMENTS)
def test_a_page_asks_for_nothing_outside_and_runs_nothing(key: str, lang: str) -> None:
    page = page_of(key, lang)
    read = Reader(page)
    assert {tag for tag, _ in read.tags} & {"script", "link", "img", "iframe", "object", "base", "form"} == set()
    for _, attributes in read.tags:
        assert not {name for name in attributes if name in ("src", "srcset", "style") or name.startswith("on")}
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(style) == 1
    assert not re.findall(r"url\(|@import|expression", style[0])
    allowed = b64encode(sha256(style[0].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{allowed}';" in str(read.of("meta")[1]["content"])
    assert len(page.encode()) < 60_000


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_says_its_language_title_and_facts(lang: str) -> None:
    plan = document("plan", lang)
    page = page_of("plan", lang)
    read = Reader(page)
    assert page.startswith("<!doctype html>\n")
    assert read.of("html") == [{"lang": lang}]
    assert f"<title>{plan.title}</title>" in page
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in read.of("meta")
    assert read.levels.count(1) == 1
    for said in (plan.title, plan.lead, plan.time, plan.age, plan.version):
        assert said in read.words


def test_a_page_prints_on_the_paper_that_is_asked_for() -> None:
    assert "@page { size: A4; margin: 18mm 20mm; }" in page_of("plan", "en")
    assert "@page { size: letter; margin: 18mm 20mm; }" in page_of("plan", "en", "letter")


@pytest.mark.parametrize(("paper", "name", "half_mm"), [("a4", "A4", 148.5), ("letter", "letter", 139.7)])
def test_a_worksheet_is_folded_at_the_half_of_its_paper(paper: str, name: str, half_mm: float) -> None:
    page = page_of("worksheets", "en", paper)
    margin_mm, room_mm = re.findall(rf"@page {{ size: {name}; margin: (\d+)mm 20mm; }}", page), re.findall(r"--half: ([\d.]+)mm", page)
    assert [float(margin) + float(room) for margin, room in zip(margin_mm, room_mm, strict=True)] == [half_mm]
    assert '<main class="sheets">' in page
    assert "--half" not in page_of("plan", "en", paper)


def test_a_page_escapes_what_it_says_and_names_the_set() -> None:
    page = formats.write(made(paragraph("a"), title="</title><script>x", code='K7Q2"<b>'), "html").decode()
    read = Reader(page)
    assert "</title><script>x" in read.words
    assert '<dd class="code">K7Q2&quot;&lt;b&gt;</dd>' in page
    assert not read.of("script", "b")


def test_what_is_not_known_is_not_named() -> None:
    assert "<dt>Set code</dt>" not in formats.write(made(), "html").decode()


def test_the_same_document_makes_the_same_page() -> None:
    assert page_of("plan", "en") == page_of("plan", "en")
