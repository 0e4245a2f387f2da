"""A document -> Markdown that reads well bare, and as GitHub and most tools show it. What means something to Markdown is escaped.

Lines to write on are lines of underscores, cards stand between rules, what is said to a slide is a quote under its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

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
)
from imagestolive.teaching.html import BOX_SIGN, NOTES
from imagestolive.teaching.lms import DRAWING
from imagestolive.teaching.markdown_runs import inline
from imagestolive.words import Words

_LINE = "_" * 40
_RULE = "---"
_FOLD = "- " * 20 + "-"

_PLAIN_VALUE = re.compile(r"[\w][\w ,;.()/–-]*")
_AT_LINE_START = re.compile(r"^(?=#|>|=+$|[-+](?:[\s-]|$)|::|:?-+:?$|_[_\s]+$)")
_NUMBER_AT_LINE_START = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")
_CLOSING = re.compile(r"(?=#+$)")


def write(document: Document, form: str, paper: str) -> bytes:
    del form, paper  # there is one, and no pages
    body = [f"# {_one_line(document.title)}", _paragraph((Run(text=document.lead),))]
    body += _Writer(resources.words(document.lang)).pieces(document.blocks)
    return f"{_header(document)}\n{_joined(body)}\n".encode()


def _header(document: Document) -> str:
    values = {
        "title": document.title,
        "language": document.lang,
        "lead": document.lead,
        "time": document.time,
        "age": document.age,
        "version": document.version,
        "set": document.code or "",
    }
    lines = "".join(f"{key}: {_value(value)}\n" for key, value in values.items() if value)
    return f"---\n{lines}---\n"


def _value(text: str) -> str:
    """As YAML."""
    return text if _PLAIN_VALUE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _joined(pieces: Iterable[str]) -> str:
    """With an empty line between each, and one rule where two would meet."""
    found: list[str] = []
    for piece in pieces:
        if piece and not (piece == _RULE and found and found[-1] == _RULE):
            found.append(piece)
    return "\n\n".join(found)


class _Writer:
    def __init__(self, words: Words) -> None:
        self._words = words
        self._writers: dict[type[Block], Callable[..., Iterator[str]]] = {
            Heading: self._heading,
            Paragraph: lambda block: iter([_paragraph(block.runs)]),
            Said: lambda block: iter([self._quote(block.blocks)]),
            Table: lambda block: iter([_table(block)]),
            Lines: lambda block: iter([_LINE] * block.count),
            Box: lambda _: iter([_LINE, "\n\n\n", _LINE]),
            Fold: lambda _: iter([_FOLD]),
            NewPage: lambda _: iter(()),
            Choice: lambda block: iter([f"{BOX_SIGN} {_paragraph(block.runs)}"]),
            Figure: lambda block: iter([_paragraph((Run(text=words.say(DRAWING, what=block.alt), emphasis=True),))]),
            Cutout: lambda block: iter([_RULE, *self.pieces(block.blocks), _RULE]),
            Big: lambda block: iter([_paragraph(tuple(replace(run, strong=True) for run in block.runs))]),
            Notes: self._notes,
        }

    def pieces(self, blocks: Sequence[Block]) -> list[str]:
        """What stands between empty lines. Of two lists side by side the second has other marks, or they would be one."""
        found: list[str] = []
        before: Items | None = None
        other = False
        for block in blocks:
            if isinstance(block, Items):
                other = before is not None and before.ordered == block.ordered and not other
                found.append(self._items(block, other=other))
                before = block
            else:
                found += self._writers[type(block)](block)
                before = None if not isinstance(block, NewPage) else before
        return found

    def _heading(self, block: Heading) -> Iterator[str]:
        minutes = f" ({block.minutes} min)" if block.minutes is not None else ""
        yield f"{'#' * block.level} {_one_line(block.title)}{minutes}"

    def _items(self, block: Items, *, other: bool) -> str:
        tight = all(len(item) == 1 and isinstance(item[0], Paragraph) for item in block.items)
        items = []
        for number, item in enumerate(block.items, 1):
            mark = f"{number}{')' if other else '.'} " if block.ordered else "* " if other else "- "
            items.append(_hung(self._ticked(item) if block.boxes else _joined(self.pieces(item)), mark))
        return ("\n" if tight else "\n\n").join(items)

    def _ticked(self, item: Sequence[Block]) -> str:
        beside, below = (item[0].runs, item[1:]) if item and isinstance(item[0], Paragraph) else ((), item)
        return _joined([f"[ ] {_paragraph(beside)}".rstrip(), *self.pieces(below)])

    def _quote(self, blocks: Sequence[Block]) -> str:
        return "\n".join(f"> {line}".rstrip() for line in _joined(self.pieces(blocks)).split("\n"))

    def _notes(self, block: Notes) -> Iterator[str]:
        yield self._quote((Paragraph(runs=(Run(text=self._words.say(NOTES), strong=True),)), *block.blocks))


def _hung(text: str, mark: str) -> str:
    first, *others = text.split("\n")
    return "\n".join([f"{mark}{first}".rstrip(), *(f"{' ' * len(mark)}{line}".rstrip() for line in others)])


def _table(block: Table) -> str:
    rows = (block.head, tuple(() for _ in block.head), *block.rows)
    lines = [f"| {' | '.join(_cell(cell) for cell in cells)} |" for cells in rows]
    lines[1] = f"|{'---|' * len(block.head)}"
    return "\n".join(lines)


def _cell(runs: Runs) -> str:
    return inline(runs).replace("\n", "<br>")


def _paragraph(runs: Runs) -> str:
    """Its lines; a break is a backslash at the end of one."""
    lines = [line.strip(" ") for line in inline(runs).split("\n")]
    return "\\\n".join(_NUMBER_AT_LINE_START.sub(r"\1\\", _AT_LINE_START.sub(r"\\", line)) for line in lines if line)


def _one_line(text: str) -> str:
    return _CLOSING.sub(r"\\", inline((Run(text=text),)).replace("\n", " ").strip(" "), count=1)
