"""A document -> the syntax tree of pandoc, as it reads it from JSON (pandoc-types 1.23).

What pandoc has no word for (lines to write on, frames, tables with room in them) is handed to the writer of the format as XML of
ours around the blocks of pandoc: see `Shapes`.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from imagestolive import resources
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
    Runs,
    Said,
    Table,
    plain,
    texts,
)
from imagestolive.words import Words

Node = dict[str, object]

API_VERSION = [1, 23, 1, 1]
MARGIN_MM = 20.0
SHEET_TOP_MM = 12.0
PAPER_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
LINE_APART_MM = 9.5
_LONG_CARD = 500  # letters: more than an A6 card holds in 12 pt
ROOM_MM = 12.0  # the least height of a row to write in
CARD_MM = (148.0, 105.0)
LONG_CARD_MM = 118.0  # high: two of them fill a page of Letter
CARD_PADDING_MM = 8.0
HIGHEST_MM = 150.0  # a drawing: a heading and some words stand on its page
NO_BREAK = "\u2011"  # a hyphen
TICK = "☐"
COLUMN_MM = range(8, 91)  # what a column asks for; all of them share the width of the text

TITLE_MM = 11.0  # the title and the lead of worksheets, over the first of them
FOLD_BEFORE_PT = 6.0  # from what stands above a fold to its line

_MM_PT = 25.4 / 72
_PPI = 300
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def clean(text: str) -> str:
    """Text as XML can hold it, on as many lines as it has. Control characters fall away; a tab is a space."""
    return _NOT_IN_XML.sub("", text).replace("\t", " ").replace("\r", "")


@dataclass(frozen=True, kw_only=True)
class Look:
    """Sizes of type and room between paragraphs, in pt; `lines`: from line to line, of the size of a line."""

    text: float = 11.0
    small: float = 9.5  # tables
    title: float = 24.0
    lead: float = 13.0
    lead_after: float = 14.0
    heading_before: float = 22.0
    after: float = 6.0
    lines: float = 1.25
    heading_line: float = 0.0  # the exact height of a section's heading; 0: what its type asks for
    step_before: float = 14.0  # of headings within sections, and of cards
    choice: float = 8.0  # around one
    gap: float = 6.0  # behind lines, frames and tables


_CARDS = Look(text=12.0, step_before=0.0, after=4.0, lines=1.1, gap=2.0)  # two to a page of either paper
_LOOKS = {  # of what students read, and write on: a worksheet is to stand on one page of either paper
    "assignment": Look(text=12.0, small=12.0, title=20.0),
    "worksheets": Look(
        text=12.0,
        small=12.0,
        title=10.0,
        lead=8.5,
        lead_after=0.0,
        heading_before=0.0,
        heading_line=24.0,
        after=2.0,
        lines=1.1,
        choice=3.0,
        gap=3.0,
    ),
    "question-cards": _CARDS,
    "case-cards": _CARDS,
}
_FOR_STUDENTS = ("assignment", "worksheets")


def look_of(document: Document) -> Look:
    return _LOOKS.get(document.key, Look())


def for_students(document: Document) -> bool:
    return document.key in _FOR_STUDENTS


def is_folded(document: Document) -> bool:
    """Its sheets are folded at half their height, so it is known where everything above a fold begins."""
    return document.key == "worksheets"


def top_mm(document: Document) -> float:
    """The margin at the top. On Letter, half of a page less 20 mm is too low for three images and their lines."""
    return SHEET_TOP_MM if is_folded(document) else MARGIN_MM


def half_mm(document: Document, paper: str) -> float:
    """From the margin at the top of a page to its middle."""
    return PAPER_MM[paper][1] / 2 - top_mm(document)


def text_width_mm(paper: str) -> float:
    return PAPER_MM[paper][0] - 2 * MARGIN_MM


class Shapes(Protocol):
    """XML of a format around and between the blocks of pandoc. `weights`: how wide the columns of a table stand to each other."""

    @property
    def markup(self) -> str: ...  # as pandoc calls it
    @property
    def tick(self) -> str: ...  # a large box, and a tab behind it
    @property
    def cell_close(self) -> str: ...
    @property
    def row_close(self) -> str: ...
    @property
    def head_close(self) -> str: ...  # of the row of heads
    @property
    def table_close(self) -> str: ...
    @property
    def zone_close(self) -> str: ...
    @property
    def card_close(self) -> str: ...

    def style(self, name: str) -> str: ...  # the name of a style as pandoc is to write it
    def lines(self, count: int) -> str: ...
    def box(self, height_mm: float) -> str: ...
    def zone_open(self, height_mm: float) -> str: ...  # of a part of the page that is so high, without a frame
    def card_open(self, height_mm: float) -> str: ...
    def fold(self, word: str) -> str: ...
    def new_page(self) -> str: ...
    def empty_paragraph(self, style: str) -> str: ...
    def table_open(self, weights: Sequence[int], *, row_heads: bool) -> str: ...
    def row_open(self, *, is_head: bool, has_room: bool) -> str: ...
    def cells_open(self, weights: Sequence[int], *, has_room: bool) -> list[str]: ...  # for each column
    def ticks(self, items: Sequence[list[Node]]) -> list[Node]: ...


def tree(document: Document, blocks: list[Node], *, under_lead: str = "") -> Node:
    meta: Node = {"lang": {"t": "MetaString", "c": document.lang}}
    if not is_folded(document):
        meta |= {"title": _meta(document.title), "subtitle": _meta(document.lead, under_lead)}
    return {"pandoc-api-version": API_VERSION, "meta": meta, "blocks": blocks}


def _meta(*lines: str) -> Node:
    return {"t": "MetaInlines", "c": inlines([Run(text="\n".join(filter(None, lines)))])}


# ---- nodes -------------------------------------------------------------------------------------------------------------


def string(text: str) -> Node:
    return {"t": "Str", "c": clean(text)}


def inlines(runs: Iterable[Run]) -> list[Node]:
    return [node for run in runs for node in _run(run)]


def unbroken(text: str, code: str | None) -> str:
    """The code of a set stays on one line, by a hyphen that does not break, except in an address."""
    return re.sub(rf"(?<![\w/=&?.-]){re.escape(code)}(?![\w/=&?-])", code.replace("-", NO_BREAK), text) if code else text


def _run(run: Run) -> list[Node]:
    nodes: list[Node] = []
    for number, line in enumerate(clean(run.text).split("\n")):
        nodes += [{"t": "LineBreak"}] if number else []
        nodes += [string(line)] if line else []
    for kind, wanted in (("Emph", run.emphasis), ("Strong", run.strong)):
        nodes = [{"t": kind, "c": nodes}] if wanted and nodes else nodes
    return [{"t": "Link", "c": [_attributes(), nodes, [clean(run.href), ""]]}] if run.href and nodes else nodes


def para(nodes: list[Node]) -> Node:
    return {"t": "Para", "c": nodes}


def header(level: int, name: str, text: str) -> Node:
    return {"t": "Header", "c": [level, [clean(name), [], []], [string(text)]]}


def styled(style: str, blocks: list[Node]) -> Node:
    return {"t": "Div", "c": [_attributes(("custom-style", style)), blocks]}


def of_class(name: str, blocks: list[Node]) -> Node:
    return {"t": "Div", "c": [["", [name], []], blocks]}


def raw(markup: str, xml: str) -> Node:
    return {"t": "RawBlock", "c": [markup, xml]}


def raw_inline(markup: str, xml: str) -> Node:
    return {"t": "RawInline", "c": [markup, xml]}


def bullets(items: list[list[Node]], *, ordered: bool) -> Node:
    if ordered:
        return {"t": "OrderedList", "c": [[1, {"t": "Decimal"}, {"t": "Period"}], items]}
    return {"t": "BulletList", "c": items}


def image(png: bytes, alt: str, *, title: str = "", width_mm: float | None = None) -> Node:
    size = (("width", f"{width_mm:g}mm"),) if width_mm else ()
    address = "data:image/png;base64," + base64.b64encode(png).decode()
    return {"t": "Image", "c": [_attributes(*size), [string(alt)] if alt else [], [address, clean(title)]]}


def _attributes(*pairs: tuple[str, str]) -> list[object]:
    return ["", [], [list(pair) for pair in pairs]]


def picture_of(figure: Figure, *, width_mm: float, ppi: int = _PPI) -> bytes:
    from imagestolive.teaching.paper import to_png  # it loads another library, and only drawings need it

    return to_png(figure.svg, width_mm, ppi)


def heading_text(block: Heading) -> str:
    return block.title if block.minutes is None else f"{block.title}, {block.minutes} min"


# ---- a document of pages -----------------------------------------------------------------------------------------------


_LED = (Lines, Box, Table, Items)


class Maker:
    """Blocks of a document -> nodes of pandoc, with the shapes of one format. Widths in mm."""

    def __init__(self, document: Document, shapes: Shapes, *, width_mm: float, height_mm: float = HIGHEST_MM, half_mm: float = 0.0) -> None:
        self._document, self._shapes, self._half_mm = document, shapes, half_mm
        self._width_mm, self._height_mm = width_mm, height_mm  # of drawings
        self._words = resources.words(document.lang)
        self._makers: dict[type[Block], Callable[..., list[Node]]] = {
            Heading: self._heading,
            Paragraph: lambda block: [self._para(block.runs)],
            Items: self._items,
            Said: lambda block: self._in_style("Said", block.blocks),
            Table: self._table,
            Lines: lambda block: [self._raw(shapes.lines(block.count))],
            Box: lambda block: [self._raw(shapes.box(block.height_mm))],
            Fold: lambda _: [self._raw(shapes.fold(self._words.say("Fold here")))],
            NewPage: lambda _: [self._raw(shapes.new_page())],
            Choice: self._choice,
            Figure: self._figure,
            Cutout: self._card,
            Big: lambda block: [self._styled("Big", [para(self._inlines(block.runs))])],
            Notes: lambda block: self._in_style("Said", block.blocks),
        }

    def nodes(self) -> list[Node]:
        blocks = self._with_pages(self._document.blocks)
        if is_folded(self._document):
            return [*self._title(), *self._sheets(blocks)]
        return [*self._facts(), *self._of(blocks)]

    def _title(self) -> list[Node]:
        document = self._document
        lines = (("Title", document.title), ("Subtitle", document.lead))
        return self._zone(TITLE_MM, [self._styled(style, [para([string(text)])]) for style, text in lines if text])

    def _sheets(self, blocks: Sequence[Block]) -> list[Node]:
        """What stands between the heading of a sheet and its fold is as high as brings the fold to half of the page.

        The heading stands before it: Word's navigation knows none inside tables.
        """
        nodes: list[Node] = []
        done = 0
        for fold in (number for number, block in enumerate(blocks) if isinstance(block, Fold)):
            begin = max((number + 1 for number in range(done, fold) if isinstance(blocks[number], (Heading, NewPage, Fold))), default=done)
            nodes += self._of(blocks[done:begin])
            is_first = not any(isinstance(block, NewPage) for block in blocks[:fold])
            look = look_of(self._document)
            above_pt = look.heading_line + look.after + FOLD_BEFORE_PT
            height_mm = self._half_mm - above_pt * _MM_PT - (TITLE_MM if is_first else 0)
            nodes += self._zone(height_mm, self._of(blocks[begin:fold]))
            done = fold
        return nodes + self._of(blocks[done:])

    def _zone(self, height_mm: float, nodes: list[Node]) -> list[Node]:
        return [self._raw(self._shapes.zone_open(height_mm)), *nodes, self._raw(self._shapes.zone_close)]

    def _with_pages(self, blocks: Sequence[Block]) -> list[Block]:
        """Sheets and classes begin a page, the first sheet under the title; so does the first card, as all are cut in one pile."""
        paged: list[Block] = []
        for block in blocks:
            begins = isinstance(block, Heading) and block.level == 2 and (block.minutes is not None or is_folded(self._document))
            begins |= isinstance(block, Cutout) and not any(isinstance(before, Cutout) for before in paged)
            if begins and paged and not isinstance(paged[-1], NewPage):
                paged.append(NewPage())
            paged.append(block)
        return paged

    def _facts(self) -> list[Node]:
        """Who plans a class reads how long it takes and for whom it is; who is in the class does not."""
        document, say = self._document, self._words.say
        if for_students(document) or not document.time:
            return []
        facts = ((say("Time"), document.time), (say("Age"), document.age), (say("Version"), document.version))
        return [self._styled("Facts", [para([{"t": "Strong", "c": [string(name)]}, string(f" {fact}")]) for name, fact in facts if fact])]

    def _of(self, blocks: Iterable[Block]) -> list[Node]:
        """A paragraph that says what comes next stays on its page."""
        listed = list(blocks)
        nodes: list[Node] = []
        for block, following in zip(listed, [*listed[1:], None], strict=True):
            made = self._makers[type(block)](block)
            leads = isinstance(block, Paragraph) and (isinstance(following, _LED) or all(run.strong for run in block.runs))
            nodes += [self._styled("Lead In", made)] if leads else made
        return nodes

    def _raw(self, xml: str) -> Node:
        return raw(self._shapes.markup, xml)

    def _styled(self, style: str, nodes: list[Node]) -> Node:
        return styled(self._shapes.style(style), nodes)

    def _in_style(self, style: str, blocks: Iterable[Block]) -> list[Node]:
        return [self._styled(style, self._of(blocks))]

    def _inlines(self, runs: Runs) -> list[Node]:
        return inlines(replace(run, text=unbroken(run.text, self._document.code)) for run in runs)

    def _para(self, runs: Runs) -> Node:
        return para(self._inlines(runs))

    def _heading(self, block: Heading) -> list[Node]:
        """Level 2 is the first under the title."""
        return [header(block.level - 1, block.id, unbroken(heading_text(block), self._document.code))]

    def _items(self, block: Items) -> list[Node]:
        items = [self._item(item) for item in block.items]
        return self._shapes.ticks(items) if block.boxes else [bullets(items, ordered=block.ordered)]

    def _item(self, blocks: Sequence[Block]) -> list[Node]:
        return [
            {"t": "Plain", "c": self._inlines(block.runs)} if isinstance(block, Paragraph) else node
            for block in blocks
            for node in self._of([block])
        ]

    def _choice(self, block: Choice) -> list[Node]:
        box = raw_inline(self._shapes.markup, self._shapes.tick)
        return [self._styled("Choice", [para([box, *self._inlines(block.runs)])])]

    def _figure(self, block: Figure) -> list[Node]:
        most_mm = min(block.width_mm, self._width_mm)
        png = picture_of(block, width_mm=most_mm)
        width_px, height_px = struct.unpack(">II", png[16:24])  # PNG, third edition, 11.2.1
        width_mm = min(most_mm, self._height_mm * width_px / height_px)
        return [self._styled("Figure", [para([image(png, block.alt, width_mm=round(width_mm, 1))])])]

    def _card(self, block: Cutout) -> list[Node]:
        width_mm, height_mm = (side_mm - 2 * CARD_PADDING_MM for side_mm in CARD_MM)
        inside = Maker(self._document, self._shapes, width_mm=width_mm, height_mm=height_mm / 2)._of(block.blocks)
        return [self._raw(self._shapes.card_open(self._card_height_mm(block.name))), *inside, self._raw(self._shapes.card_close)]

    def _card_height_mm(self, stack: str) -> float:
        """The cards of a stack are equally high, so that they are cut in one pile."""
        cards = [block for block in self._document.blocks if isinstance(block, Cutout) and block.name == stack]
        return LONG_CARD_MM if any(sum(map(len, texts(card))) > _LONG_CARD for card in cards) else CARD_MM[1]

    # ---- tables

    def _table(self, block: Table) -> list[Node]:
        shapes, weights = self._shapes, weights_of(block)
        nodes = [self._raw(shapes.table_open(weights, row_heads=block.row_heads))]
        has_room = any(not plain(cell).strip() for row in block.rows for cell in row)
        nodes += self._row(block.head, weights, is_head=True, has_room=has_room)
        for row in block.rows:
            nodes += self._row(row, weights, is_head=False, has_room=has_room, row_head=block.row_heads)
        return [*nodes, self._raw(shapes.table_close)]

    def _row(self, cells: Sequence[Runs], weights: Sequence[int], *, is_head: bool, has_room: bool, row_head: bool = False) -> list[Node]:
        shapes = self._shapes
        high = not is_head and any(not plain(cell).strip() for cell in cells)
        nodes = [self._raw(shapes.row_open(is_head=is_head, has_room=high))]
        for number, (cell, cell_open) in enumerate(zip(cells, shapes.cells_open(weights, has_room=has_room), strict=False)):
            style = "Table Head" if is_head else "Table Side" if row_head and not number else "Table Text"
            nodes += [self._raw(cell_open), self._cell(cell, style), self._raw(shapes.cell_close)]
        return [*nodes, self._raw(shapes.head_close if is_head else shapes.row_close)]

    def _cell(self, cell: Runs, style: str) -> Node:
        nodes = self._inlines(cell)
        return self._styled(style, [para(nodes)]) if nodes else self._raw(self._shapes.empty_paragraph(style))


def weights_of(table: Table) -> list[int]:
    """What each column asks for in mm: its longest cell on one line, or room to write in, and at least its longest word."""
    columns = zip(table.head, *table.rows, strict=False)
    return [_weight([plain(cell).strip() for cell in column]) for column in columns]


def _weight(cells: Sequence[str]) -> int:
    """Letters are 2.3 mm wide, or a little less; an empty cell asks for 50 mm."""
    longest = max(len(cell) * 2.3 + 4 if cell else 50 for cell in cells[1:] or cells)
    words = max((len(word) * 2.6 + 5 for cell in cells for word in cell.split()), default=0)
    return round(min(max(longest, words, COLUMN_MM[0]), COLUMN_MM[-1]))


def footer_words(words: Words) -> tuple[str, str, str]:
    """What stands before, between and behind the number of a page and the number of all."""
    before, _, rest = words.say("Page {number} of {of}", number="\x00", of="\x01").partition("\x00")
    between, _, behind = rest.partition("\x01")
    return before, between, behind
