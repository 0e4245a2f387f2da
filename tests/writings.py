"""Small documents for tests, such as hypothesis makes, and what is read of them in HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

from hypothesis import strategies as st

from imagestolive.teaching import source
from imagestolive.teaching.blocks import (
    Big,
    Block,
    Box,
    Choice,
    Cutout,
    Document,
    Figure,
    Fold,
    Heading,
    Items,
    Lines,
    NewPage,
    Notes,
    Paragraph,
    Run,
    Said,
    Table,
    texts,
)
from imagestolive.teaching.filling import NOTHING, Filling
from imagestolive.teaching.reading import Reading

HEADER = 'title: "Small: a plan"\nlanguage: en\nlead: Short.\ntime: 5 min\nage: all\nversion: 1\n'
AGES = {"11-14": "Ages 11 to 14", "15-18": "Ages 15 to 18", "adult": "Adults"}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect id="frame" fill="#fff"/><use href="#frame"/></svg>'
EMPTY_TAGS = ("br", "hr", "meta", "rect", "use")


def figure(name: str = "small", alt: str = "A frame.") -> Figure:
    return Figure(name=name, alt=alt, svg=SVG)


def reading(*, age: str | None = None, filling: Filling = NOTHING) -> Reading:
    return Reading(file="small.en.md", key="plan", ages=AGES, draw=figure, age=age, filling=filling)


def small(markdown: str, *, age: str | None = None, filling: Filling = NOTHING) -> Document:
    return source.parse(f"---\n{HEADER}---\n{markdown}", reading(age=age, filling=filling))


def made(*blocks: Block, title: str = "Small", code: str | None = None, lang: str = "en") -> Document:
    return Document(key="plan", title=title, lang=lang, lead="Short.", time="5 min", age="all", version="1", blocks=blocks, code=code)


def paragraph(text: str) -> Paragraph:
    return Paragraph(runs=(Run(text=text),))


def squeezed(text: str) -> str:
    """Without the signs that no format shows, and with one space where there is any room."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())


def missing(document: Document, said: str) -> list[str]:
    """Which texts of a document are not said, in its order."""
    lost, at, said = [], 0, squeezed(said)
    for text in map(squeezed, texts(document)):
        found = said.find(text, at)
        if found < 0:
            lost.append(text)
        else:
            at = found + len(text)
    return lost


class Reader(HTMLParser):
    """Notes the tags and words of a piece of HTML, and fails on a tag that is closed out of turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""  # without style sheets
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def of(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of each such tag."""
        return [attributes for tag, attributes in self.tags if tag in names]

    @property
    def levels(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.tags if re.fullmatch(r"h\d", tag)]

    @property
    def leaps(self) -> list[tuple[int, int]]:
        """Headings more than one level below the one before; the first is below a h1."""
        return [(before, level) for before, level in pairwise([1, *self.levels]) if level > before + 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.words += "" if tag in ("em", "strong", "a", "span") else " "
        if tag not in EMPTY_TAGS:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self.words += "" if tag in ("em", "strong", "a", "span") else " "

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words += data


# ---- what hypothesis makes ---------------------------------------------------------------------------------------------

# Much of what means something to Markdown and HTML.
_SIGNS = st.sampled_from([*"*_[]()<>&#-+=~`|\\!.:;\"'{}", "**", "__", "&amp;", "1. ", "- ", "\n", "a", "é", "“", " ", "<b>", "](", "x_y"])
said = st.lists(st.one_of(_SIGNS, st.text(max_size=4)), min_size=1, max_size=8).map("".join)
addresses = st.sampled_from(
    [None, None, "https://example.org/a_b?c=1&d=(2)", "http://example.org/é|<x>", "#one", "mailto:a@example.org", "javascript:alert(1)"]
)
runs = st.lists(st.builds(Run, text=said, strong=st.booleans(), emphasis=st.booleans(), href=addresses), min_size=1, max_size=4).map(tuple)
titles = said.filter(lambda text: squeezed(text) != "")
_paragraphs = st.builds(Paragraph, runs=runs)
_leaves = st.one_of(
    _paragraphs,
    _paragraphs,
    st.builds(Choice, runs=runs),
    st.builds(Big, runs=runs),
    st.builds(Lines, count=st.integers(1, 3)),
    st.builds(Box, height_mm=st.integers(1, 99)),
    st.just(Fold()),
    st.just(NewPage()),
    st.builds(figure, alt=titles),
    st.integers(1, 3).flatmap(
        lambda columns: st.builds(
            Table,
            head=st.tuples(*[st.one_of(st.just(()), runs)] * columns),
            rows=st.lists(st.tuples(*[st.one_of(st.just(()), runs)] * columns), max_size=3).map(tuple),
            row_heads=st.booleans(),
        )
    ),
)


def _within(blocks: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    some = st.lists(blocks, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Items, items=st.lists(some, min_size=1, max_size=3).map(tuple), ordered=st.booleans()),
        st.builds(Items, items=st.lists(st.tuples(_paragraphs, blocks), min_size=1, max_size=3).map(tuple), boxes=st.just(True)),
        st.builds(Said, blocks=some),
        st.builds(Notes, blocks=some),
        st.builds(Cutout, name=st.just("data"), blocks=some),
    )


blocks = st.recursive(_leaves, _within, max_leaves=6)
headings = st.builds(
    Heading,
    id=st.from_regex(r"[a-z]{1,9}", fullmatch=True),
    level=st.integers(2, 4),
    title=titles,
    minutes=st.one_of(st.none(), st.integers(0, 90)),
)
documents = st.builds(lambda title, parts: made(*parts, title=title), titles, st.lists(st.one_of(blocks, blocks, headings), max_size=5))
