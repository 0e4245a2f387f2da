"""A document as data for paper.typ: blocks as objects with a kind, texts as lines of pieces, ready to be drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from itertools import groupby
from typing import Any

from imagestolive import resources
from imagestolive.errors import N_
from imagestolive.fonts import NO_GLYPH
from imagestolive.teaching import PlanBroken
from imagestolive.teaching.blocks import (
    Big,
    Block,
    Box,
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
    texts,
)
from imagestolive.teaching.paper_texts import LONG, drawable, pieces

_SECTIONS_ON_PAGES = ("worksheets",)
_FEW_LETTERS = 600
_HALF_MM, _HALF_COLUMNS = 85.0, 46  # of a page: what stands beside something else; columns of letters as wide as most
_LINKED = re.compile(r"(?:https?://|mailto:)\S{1,4000}")  # others lead nowhere from a file


def data_of(document: Document, paper: str) -> dict[str, object]:
    """What paper.typ prints; JSON can hold it. Raises PlanBroken."""
    return _Data(document).whole(paper)


class _Data:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._level = 1  # of the heading before

    def whole(self, paper: str) -> dict[str, object]:
        document, words = self._document, resources.words(self._document.lang)
        parts = self._slides() if document.key == "slides" else self._parts(document.blocks)
        language, _, region = document.lang.partition("-")
        return {
            "key": document.key,
            "paper": paper,
            "lang": language,
            "region": region or None,
            "title": pieces(_seen(document.title)),
            "title_text": drawable(_seen(document.title)),
            "lead": pieces(document.lead),
            "lead_text": drawable(document.lead),
            "facts": [pieces(fact) for fact in self._facts()],
            "code": drawable(document.code) if document.code else None,
            "hangs": any(heading.minutes is not None for heading in document.headings) and document.key != "slides",
            "words": {
                "page": words.say(N_("Page {number} of {of}"), number="{number}", of="{of}"),
                "fold": words.say(N_("Fold here")),
                "notes": words.say(N_("What to say")),
            },
            "parts": list(parts),
        }

    def _facts(self) -> Iterator[str]:
        document, words = self._document, resources.words(self._document.lang)
        if document.time:
            yield words.say(N_("Time: {value}"), value=document.time)
        if document.age:
            yield words.say(N_("Age: {value}"), value=document.age)
        if document.version:
            yield words.say(N_("Version: {value}"), value=document.version)

    def _parts(self, blocks: Sequence[Block]) -> Iterator[dict[str, object]]:
        """Pages, cards, pages ..., in order. The first part is pages, for the title."""
        groups = [(cards, tuple(group)) for cards, group in groupby(blocks, key=lambda block: isinstance(block, Cutout))]
        if not groups or groups[0][0]:
            groups.insert(0, (False, ()))
        for number, (cards, group) in enumerate(groups):
            if cards:
                yield {"kind": "cards", "of": [self._card(card) for card in group if isinstance(card, Cutout)]}
            else:
                yield {
                    "kind": "pages",
                    "of": [self._leaf(leaf, titled=not (number or at)) for at, leaf in enumerate(self._leaves(group))],
                }

    def _card(self, card: Cutout) -> dict[str, object]:
        return {"name": card.name, "blocks": self._blocks(card.blocks)}

    def _leaves(self, blocks: Sequence[Block]) -> list[list[Block]]:
        """What begins a page, and what follows it."""
        leaves: list[list[Block]] = [[]]
        for block in blocks:
            section = isinstance(block, Heading) and block.level == 2 and self._document.key in _SECTIONS_ON_PAGES
            if (section or isinstance(block, NewPage)) and leaves[-1]:
                leaves.append([])
            if not isinstance(block, NewPage):
                leaves[-1].append(block)
        return leaves

    def _leaf(self, leaf: Sequence[Block], *, titled: bool) -> dict[str, object]:
        folds = [at for at, block in enumerate(leaf) if isinstance(block, Fold)]
        if len(folds) > 1:
            raise PlanBroken(file=self._document.key, detail="a page is folded twice.")
        blocks = self._blocks(tuple(block for block in leaf if not isinstance(block, Fold)))
        if _is_of_one_figure(leaf):
            blocks = [block | {"alone": block["kind"] == "Figure"} for block in blocks]
        fold = folds[0] if folds else None
        return {"name": _name(leaf), "titled": titled, "fold": fold, "blocks": blocks if folds else list(_together(blocks))}

    def _slides(self) -> Iterator[dict[str, object]]:
        slides: list[list[Block]] = []
        for block in self._document.blocks:
            if (isinstance(block, Heading) and block.level == 2) or isinstance(block, NewPage) or not slides:
                slides.append([])
            if not isinstance(block, NewPage):
                slides[-1].append(block)
        yield {"kind": "slides", "of": [self._slide(slide) for slide in slides if slide]}
        self._level = 3
        notes = [self._notes(slide) for slide in slides if any(isinstance(block, Notes) for block in slide)]
        if notes:
            yield {"kind": "notes", "of": notes}

    def _slide(self, slide: Sequence[Block]) -> dict[str, object]:
        shown = tuple(block for block in slide if not isinstance(block, Notes))
        big = any(isinstance(block, Big) for block in shown)
        return {"name": _name(slide), "big": big, "blocks": self._blocks(shown)}

    def _notes(self, slide: Sequence[Block]) -> dict[str, object]:
        said = tuple(block for notes in slide if isinstance(notes, Notes) for block in notes.blocks)
        name = _name(slide)
        return {"name": pieces(_seen(name)) if name else [], "blocks": self._blocks(said)}

    def _blocks(self, blocks: Sequence[Block]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for at, block in enumerate(blocks):
            data = self._of(block)
            if isinstance(block, Paragraph):
                data["leads"] = at + 1 < len(blocks) and _leads(block, blocks[at + 1])
            if isinstance(block, Heading):
                data["first"] = at == 0 or isinstance(blocks[at - 1], Heading)
            found.append(data)
        return found

    def _of(self, block: Block) -> dict[str, Any]:
        kept: dict[str, Any] = {field.name: self._value(getattr(block, field.name)) for field in fields(block)}
        kept["kind"] = type(block).__name__
        if isinstance(block, Heading):
            self._level = kept["level"] = min(block.level, self._level + 1)  # a card may begin with a small one
            kept |= {"runs": [_run(Run(text=_seen(block.title)))], "is_step": block.is_step}
            kept["minutes"] = None if block.minutes is None else f"{block.minutes} min"
        elif isinstance(block, Table):
            kept |= _measures(block)
        elif isinstance(block, Figure):
            kept["svg"] = weighed(block.svg)
        return kept

    def _value(self, value: object) -> object:
        if isinstance(value, Run):
            return _run(value)
        if isinstance(value, str):
            return drawable(value)
        if not isinstance(value, tuple):
            return value
        blocks = value and is_dataclass(value[0]) and not isinstance(value[0], Run)
        return self._blocks(value) if blocks else list(map(self._value, value))


def _run(run: Run) -> dict[str, object]:
    href = run.href if run.href and _LINKED.fullmatch(run.href) else None
    return {"lines": list(map(pieces, run.text.split("\n"))), "strong": run.strong, "emphasis": run.emphasis, "href": href}


def _seen(title: str) -> str:
    """A title of which something is to be seen: typst refuses a heading without."""
    return title if drawable(title).strip() else NO_GLYPH


def _leads(paragraph: Paragraph, following: Block) -> bool:
    """Whether it must not stand at the foot of a page without what follows."""
    said = plain(paragraph.runs)
    announces = len(said) < 160 or said.endswith(":")
    return all(run.strong for run in paragraph.runs) or (announces and isinstance(following, Items | Lines | Box | Table | Said | Figure))


def _is_of_one_figure(leaf: Sequence[Block]) -> bool:
    """Whether a page shows a drawing and says few words of it: so large a drawing can be hung up."""
    figures = [block for block in leaf if isinstance(block, Figure)]
    words = [block for block in leaf if isinstance(block, Heading | Paragraph)]
    return len(figures) == 1 and len(words) == len(leaf) - 1 and sum(map(len, texts(tuple(words)))) < _FEW_LETTERS


def _together(blocks: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each heading with the chart and the table that stand under it, on one page where they fit it."""
    at = 0
    while at < len(blocks):
        end = at + 1
        while blocks[at]["kind"] == "Heading" and end < len(blocks) and blocks[end]["kind"] == "Paragraph":
            end += 1
        if [block["kind"] for block in blocks[end : end + 2]] == ["Figure", "Table"]:
            yield {"kind": "Together", "blocks": [*blocks[at:end], *_beside(blocks[end], blocks[end + 1])]}
            end += 2
        else:
            end = at + 1
            yield blocks[at]
        at = end


def _beside(figure: dict[str, Any], table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The chart beside its table, where both are narrow enough."""
    if figure["width_mm"] <= _HALF_MM and table["least"] <= _HALF_COLUMNS:
        yield {"kind": "Beside", "figure": figure, "table": table}
    else:
        yield from (figure, table)


def _name(blocks: Sequence[Block]) -> str:
    return next((block.title for block in blocks if isinstance(block, Heading)), "")


def _measures(table: Table) -> dict[str, object]:
    """How wide columns are, in shares: what cannot break fits, and longer texts get more of what is left. And the size of type, in em."""
    columns = list(zip(table.head, *table.rows, strict=True))
    least = [min(LONG, max(_longest_word(plain(cell)) for cell in column)) + 2 for column in columns]
    wanted = [40 if table.rows and not any(column[1:]) else min(60, max(len(plain(cell)) for cell in column)) for column in columns]
    widths = [low + max(0, want - low) * 0.6 for low, want in zip(least, wanted, strict=True)]
    return {"widths": widths, "least": sum(least), "scale": 0.92 if sum(least) <= 70 else 0.78}


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def weighed(svg: str) -> str:
    """A drawing whose words are as heavy as it says: typst draws the weight 400 of a variable font in its default, the lightest."""
    heavier = "".join(f"[font-weight='{weight}']{{font-variation-settings:'wght' {weight}}}" for weight in (500, 600))
    style = f"<style>svg{{font-variation-settings:'wght' 400}}{heavier}</style>"
    return re.sub(r"<svg\b[^>]*>", lambda found: found[0] + style, svg, count=1)
