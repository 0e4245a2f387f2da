"""A document -> a piece of HTML for a page that has its own h1. What a source holds of HTML is shown, not obeyed.

No style attributes and no scripts, so that it stands on pages whose policy allows neither. What is only there to be written on
is hidden from screen readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby

from imagestolive import resources
from imagestolive.errors import N_
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
    plain,
)
from imagestolive.teaching.links import followed, is_elsewhere
from imagestolive.words import Words

NOTES = N_("To say and do")
BOX_SIGN = "☐"

_BOX_WIDTH_MM = 160
_PROLOG = re.compile(r"^\s*(<\?xml.*?\?>\s*|<!DOCTYPE.*?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_ID = re.compile(r'\sid="|href="#|url\(#')
_GROUND, _INK = re.compile(r'"#fff(?:fff)?"'), re.compile(r'"#000(?:000)?"')
_OWN = re.compile(r'\s(?:role|aria-\w+|focusable|width|height)="[^"]*"')


def render(document: Document) -> str:
    """Sections as h2 with an id, steps as `<ol class="steps">` with their minutes beside them, blockquotes for words said aloud."""
    return Writer(resources.words(document.lang)).document(document.blocks)


_CODE = re.compile(r"(?<![\w/-])[0-9A-Z]{4}-[0-9A-Z]{4}(?![\w-])")


class Writer:
    """Writes the blocks of one document."""

    with_boxes = ' class="boxes"'

    def __init__(self, words: Words) -> None:
        self.words = words
        self._figures = 0
        self._writers: dict[type[Block], Callable[..., str]] = {
            Heading: self.heading,
            Paragraph: lambda block: f"<p>{self.runs(block.runs)}</p>",
            Items: self.items,
            Said: lambda block: f"<blockquote>\n{self.blocks(block.blocks)}</blockquote>",
            Table: self.table,
            Lines: self.lines,
            Box: self.box,
            Fold: self.fold,
            NewPage: self.new_page,
            Choice: self.choice,
            Figure: self.figure,
            Cutout: self.card,
            Big: self.big,
            Notes: self.notes,
        }

    def document(self, blocks: Sequence[Block]) -> str:
        """What stands on a page above its fold is held together: in print, it takes the upper half."""
        pieces, done = [], 0
        for fold in (at for at, block in enumerate(blocks) if isinstance(block, Fold)):
            begins = max((at + 1 for at in range(done, fold) if isinstance(blocks[at], NewPage)), default=done)
            pieces += [self._flow(blocks[done:begins]), self._upper(blocks[begins:fold])]
            done = fold
        return "".join((*pieces, self._flow(blocks[done:])))

    def _upper(self, blocks: Sequence[Block]) -> str:
        return f'<div class="upper">\n{self._flow(blocks)}</div>\n' if blocks else ""

    def _flow(self, blocks: Sequence[Block]) -> str:
        pieces: list[str] = []
        for in_steps, group in groupby(_parts(blocks), key=lambda part: part[0] is not None and part[0].is_step):
            texts = [self._step(heading, inner) if in_steps and heading else self.blocks(inner) for heading, inner in group]
            pieces += ['<ol class="steps">\n', *texts, "</ol>\n"] if in_steps else texts
        return "".join(pieces)

    def blocks(self, blocks: Iterable[Block]) -> str:
        """Each on lines of its own; what a format leaves out, on none."""
        return "".join(f"{text}\n" for block in blocks if (text := self._writers[type(block)](block)))

    def runs(self, runs: Iterable[Run]) -> str:
        return "".join(map(self.run, runs))

    def run(self, run: Run) -> str:
        text = self.codes(escape(run.text, quote=False).replace("\n", "<br>"))
        for tag, wanted in (("em", run.emphasis), ("strong", run.strong)):
            text = f"<{tag}>{text}</{tag}>" if wanted else text
        return self.link(text, href) if (href := followed(run.href)) else text

    def link(self, text: str, href: str) -> str:
        apart = ' rel="noreferrer"' if is_elsewhere(href) else ""
        return f'<a href="{escape(href)}"{apart}>{text}</a>'

    def heading(self, block: Heading) -> str:
        minutes = f", {block.minutes} min" if block.minutes is not None and not block.is_step else ""
        return f'<h{block.level} id="{escape(block.id)}">{escape(block.title, quote=False)}{minutes}</h{block.level}>'

    def _step(self, heading: Heading, blocks: Sequence[Block]) -> str:
        return f'<li><span class="min">{heading.minutes} min</span><div>\n{self.blocks(blocks)}</div></li>\n'

    def items(self, block: Items) -> str:
        tag = "ol" if block.ordered else "ul"
        items = "".join(f"<li>{self.tick() if block.boxes else ''}{self._item(item)}</li>\n" for item in block.items)
        with_boxes = self.with_boxes if block.boxes else ""
        return f"<{tag}{with_boxes}>\n{items}</{tag}>"

    def _item(self, blocks: Sequence[Block]) -> str:
        """Its first paragraph stands in an item without a p, beside the box to tick."""
        if blocks and isinstance(blocks[0], Paragraph):
            rest = self.blocks(blocks[1:])
            return self.runs(blocks[0].runs) + (f"\n{rest}" if rest else "")
        return self.blocks(blocks)

    def table(self, block: Table) -> str:
        head = "".join(self._cell(cell, scope="col") for cell in block.head)
        rows = "".join(self._row(cells, row_heads=block.row_heads) for cells in block.rows)
        return f"{self.table_begins(block)}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n{self.table_ends()}"

    def _row(self, cells: Sequence[Sequence[Run]], *, row_heads: bool) -> str:
        return (
            f"<tr>{''.join(self._cell(cell, scope='row' if row_heads and not place else None) for place, cell in enumerate(cells))}</tr>\n"
        )

    def _cell(self, runs: Sequence[Run], *, scope: str | None) -> str:
        """An empty head heads nothing."""
        return f'<th scope="{scope}">{self.runs(runs)}</th>' if scope and runs else f"<td>{self.runs(runs)}</td>"

    # What other kinds of HTML write otherwise

    def codes(self, text: str) -> str:
        """The codes of sets do not break at their hyphens."""
        return _CODE.sub(r'<span class="code">\g<0></span>', text)

    def tick(self) -> str:
        return f'<span class="tick" aria-hidden="true">{BOX_SIGN}</span> '

    def table_begins(self, block: Table) -> str:
        """On a small screen it is moved sideways, by keys too; its heads name it."""
        name = escape(", ".join(plain(cell) for cell in block.head if cell).replace("\n", " "))
        return f'<div class="wide-table" role="group" tabindex="0" aria-label="{name}"><table>'

    def table_ends(self) -> str:
        return "</table></div>"

    def lines(self, block: Lines) -> str:
        return f'<div class="lines" aria-hidden="true">{"<hr>" * block.count}</div>'

    def box(self, block: Box) -> str:
        """As a drawing: it keeps its shape where no style may be given."""
        frame = f'<rect width="{_BOX_WIDTH_MM}" height="{block.height_mm:g}" fill="none" stroke="currentColor"/>'
        return f'<svg class="box" viewBox="0 0 {_BOX_WIDTH_MM} {block.height_mm:g}" aria-hidden="true" focusable="false">{frame}</svg>'

    def fold(self, _: Fold) -> str:
        return '<hr class="fold" aria-hidden="true">'

    def new_page(self, _: NewPage) -> str:
        return '<div class="new-page"></div>'

    def choice(self, block: Choice) -> str:
        return f'<p class="choice">{self.tick()}{self.runs(block.runs)}</p>'

    def figure(self, block: Figure) -> str:
        self._figures += 1
        return f"<figure>{inline(block, prefix=f'{block.name}-{self._figures}-')}</figure>"

    def card(self, block: Cutout) -> str:
        return f'<section class="paper">\n{self.blocks(block.blocks)}</section>'

    def big(self, block: Big) -> str:
        return f'<p class="big">{self.runs(block.runs)}</p>'

    def notes(self, block: Notes) -> str:
        head = f'<p class="head">{escape(self.words.say(NOTES), quote=False)}</p>'
        return f'<div class="notes" role="note">\n{head}\n{self.blocks(block.blocks)}</div>'


def inline(figure: Figure, *, prefix: str) -> str:
    """The drawing as an element of a page: with its name for screen readers, its width, and ids that begin with `prefix`.

    What is black in it takes the colour of the text around it, what is white shows the page, so that it can be read on a dark one.
    """
    svg = _ID.sub(lambda found: found[0] + prefix, _PROLOG.sub("", figure.svg).strip())
    svg = _GROUND.sub('"none"', _INK.sub('"currentColor"', svg))
    root, closes, rest = svg.partition(">")
    own = f'role="img" aria-label="{escape(figure.alt)}" focusable="false" width="{figure.width_mm:g}mm"'
    return _OWN.sub("", root).replace("<svg", f"<svg {own}", 1) + closes + rest


def _parts(blocks: Sequence[Block]) -> list[tuple[Heading | None, list[Block]]]:
    """Each heading with itself and what stands under it."""
    parts: list[tuple[Heading | None, list[Block]]] = []
    for block in blocks:
        if isinstance(block, Heading) or not parts:
            parts.append((block if isinstance(block, Heading) else None, []))
        parts[-1][1].append(block)
    return parts
