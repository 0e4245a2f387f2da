"""What a document is made of, whatever it becomes: runs of text, blocks of them, and the document they stand in.

Every writer (html.py, paper.py, ...) takes a `Document` and shows each block; `texts` gives what a reader must find in each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass

BLANK = "__________"  # a place to be filled in by hand


@dataclass(frozen=True, kw_only=True)
class Run:
    """Text of one kind. A line end within it is a break."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str | None = None


Runs = tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class Heading:
    """Level 2 is a section (of slides: one slide), 3 and more stand within it; the document's title is no heading of its own."""

    id: str  # the same in every language
    level: int  # 2 ... 4
    title: str  # plain text, without the minutes
    minutes: int | None = None

    @property
    def is_step(self) -> bool:
        return self.level == 3 and self.minutes is not None


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True, kw_only=True)
class Items:
    """A list. `boxes`: each item has a box to tick."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    boxes: bool = False


@dataclass(frozen=True, kw_only=True)
class Said:
    """Words to say aloud."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Every table has a row of heads. `row_heads`: the first cell of each row is a head, too. An empty cell is room to write in."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    row_heads: bool = False


@dataclass(frozen=True, kw_only=True)
class Lines:
    """So many lines to write on, 9.5 mm apart. Nothing is read there."""

    count: int


@dataclass(frozen=True, kw_only=True)
class Box:
    """A frame to draw or paste in, as wide as the text."""

    height_mm: float


@dataclass(frozen=True, kw_only=True)
class Fold:
    """A dotted line across the page along which paper is folded."""


@dataclass(frozen=True, kw_only=True)
class NewPage:
    """What follows begins a page, where there are pages."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A box to tick, set apart, and what ticking it says."""

    runs: Runs


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A drawing. `alt` says all that it says; `svg` is a whole SVG document."""

    name: str  # for a file: letters, digits, hyphens
    alt: str
    svg: str
    width_mm: float = 160.0  # at most; it is never wider than the text


@dataclass(frozen=True, kw_only=True)
class Cutout:
    """Blocks that are cut out together as a card of A6 size; `name` is the name of its stack ("data", "case").

    It may have a heading of level 3 or 4: its title. No other block holds headings.
    """

    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Big:
    """A few words, or a number, as large as they go: on slides."""

    runs: Runs


@dataclass(frozen=True, kw_only=True)
class Notes:
    """What the one who shows a slide says or does; not on the slide itself."""

    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Items | Said | Table | Lines | Box | Fold | NewPage | Choice | Figure | Cutout | Big | Notes


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document in one language, filled in or not, for one age or all."""

    key: str  # of teaching.DOCUMENTS, or of a document made of data
    title: str
    lang: str
    lead: str  # what it is, in a sentence or two
    time: str  # "" where there is none
    age: str
    version: str
    blocks: tuple[Block, ...]
    code: str | None = None  # of the set it is filled in for, as it is written: on every page

    @property
    def headings(self) -> tuple[Heading, ...]:
        """In order, those within cards too."""
        return tuple(_headings(self.blocks))

    @property
    def sections(self) -> tuple[Heading, ...]:
        return tuple(heading for heading in self.headings if heading.level == 2)

    @property
    def shape(self) -> tuple[tuple[int, int | None], ...]:
        """What every language has in common at least: level and minutes of each heading."""
        return tuple((heading.level, heading.minutes) for heading in self.headings)


def _headings(blocks: Iterable[Block]) -> Iterator[Heading]:
    for block in blocks:
        if isinstance(block, Heading):
            yield block
        elif isinstance(block, Cutout):
            yield from _headings(block.blocks)


def plain(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def texts(part: object) -> Iterator[str]:
    """All that is read in a document, a block or blocks, in order, a piece for each run of paragraphs, cells and titles.

    Alternative texts of figures are left out: only some formats can show them. Minutes stand beside their headings as writers like.
    """
    if isinstance(part, Heading):
        yield part.title
    elif isinstance(part, Figure):
        return
    elif isinstance(part, Document):
        yield part.title
        yield from texts(part.blocks)
    elif isinstance(part, tuple):
        if part and all(isinstance(run, Run) for run in part):
            yield plain(part)
        else:
            for inner in part:
                yield from texts(inner)
    elif is_dataclass(part):
        for field in fields(part):
            if isinstance(value := getattr(part, field.name), tuple):
                yield from texts(value)
