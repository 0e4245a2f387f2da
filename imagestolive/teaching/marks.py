"""The Markdown of a source, between its lines of three colons -> blocks. What it may hold: source.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

from imagestolive.teaching.blocks import BLANK, Block, Heading, Items, Paragraph, Run, Runs, Said, Table
from imagestolive.teaching.reading import Reading

_LEVELS = range(2, 5)
_MINUTES = re.compile(r"(?P<title>.+?)(?: \((?P<minutes>[0-9]{1,3}) min\))?")
_ENCODED_WORD = re.compile(r"%7B([a-z-]+)%7D")
_TICK = re.compile(r"\[ \] ")

# Titles underlined by hyphens, and addresses at the end of the text, would swallow what a reader of the bare source sees.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["lheading", "reference"])


def blocks_of(markdown: str, reading: Reading) -> Iterator[Block]:
    """Raises PlanBroken."""
    tokens = _MARKDOWN.parse(markdown)
    return _Tokens(tokens, reading).blocks(0, len(tokens))


class _Tokens:
    def __init__(self, tokens: Sequence[Token], reading: Reading) -> None:
        self._tokens, self._reading = tokens, reading

    def blocks(self, start: int, end: int) -> Iterator[Block]:
        for at, close in self._parts(start, end):
            yield self._block(at, close)

    def _parts(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where each thing between two places opens, and where it closes: the same place, if it is one token."""
        at, deep = start, 0
        for place in range(start, end):
            deep += self._tokens[place].nesting
            if deep == 0:
                yield at, place
                at = place + 1

    def _block(self, at: int, close: int) -> Block:
        token = self._tokens[at]
        match token.type:
            case "heading_open":
                return self._heading(token, self._tokens[at + 1])
            case "paragraph_open":
                return Paragraph(runs=self._runs(self._tokens[at + 1]))
            case "blockquote_open":
                return Said(blocks=tuple(self.blocks(at + 1, close)))
            case "bullet_list_open" | "ordered_list_open":
                return self._items(at, close)
            case "table_open":
                return self._table(at, close)
        raise self._reading.broken(f"a {token.type} has no place in a document: “{token.content.strip()}”.")

    def _heading(self, token: Token, inline: Token) -> Heading:
        runs, said, level = self._runs(inline), inline.content, int(token.tag[1:])
        found = _MINUTES.fullmatch(_plain_only(runs))
        if found is None or token.level or level not in _LEVELS:
            raise self._reading.broken(f"the heading “{said}” is not plain, of no level from 2 to 4, or within something else.")
        if self._reading.has_words(said):
            raise self._reading.broken(f"the heading “{said}” has a word to be filled in.")
        return Heading(
            id=re.sub(r"\W+", "-", found["title"].partition(":")[0].lower()).strip("-"),
            level=level,
            title=found["title"],
            minutes=int(found["minutes"]) if found["minutes"] else None,
        )

    def _items(self, at: int, close: int) -> Items:
        ordered = self._tokens[at].type == "ordered_list_open"
        if self._tokens[at].attrs.get("start", 1) != 1:
            raise self._reading.broken(f"a list begins with {self._tokens[at].attrs['start']}, not with 1.")
        items = [tuple(self.blocks(opens + 1, closes)) for opens, closes in self._parts(at + 1, close)]
        ticked = [_without_tick(item) for item in items]
        if any(ticked) and not all(ticked):
            raise self._reading.broken("some items of a list have boxes to tick, and some have none.")
        return Items(items=tuple(filter(None, ticked)) if any(ticked) else tuple(items), ordered=ordered, boxes=any(ticked))

    def _table(self, at: int, close: int) -> Table:
        rows: list[list[Runs]] = []
        for place in range(at, close):
            if self._tokens[place].type == "tr_open":
                rows.append([])
            elif self._tokens[place].type in ("th_open", "td_open"):
                rows[-1].append(self._runs(self._tokens[place + 1]))
        head, *others = rows
        strong = all(row[0] and all(run.strong for run in row[0]) for row in others)
        return Table(head=tuple(head), rows=tuple(map(tuple, others)), row_heads=bool(others) and strong)

    def _runs(self, inline: Token) -> Runs:
        runs: list[Run] = []
        now = Run(text="")
        for token in inline.children or ():
            match token.type:
                case "text":
                    runs.append(replace(now, text=self._reading.filled(token.content)))
                case "softbreak":
                    runs.append(replace(now, text=" "))
                case "hardbreak":
                    runs.append(replace(now, text="\n"))
                case "strong_open" | "strong_close":
                    now = replace(now, strong=token.nesting == 1)
                case "em_open" | "em_close":
                    now = replace(now, emphasis=token.nesting == 1)
                case "link_open" | "link_close":
                    now = replace(now, href=self._href(token) if token.nesting == 1 else None)
                case _:
                    raise self._reading.broken(f"a {token.type} in “{inline.content}” has no place in a document.")
        return _joined(runs)

    def _href(self, token: Token) -> str | None:
        """Where a link leads; nowhere while that is still to be filled in."""
        href = self._reading.filled(_ENCODED_WORD.sub(r"{\1}", str(token.attrs["href"])))
        return None if BLANK in href else href


def _plain_only(runs: Runs) -> str:
    """The text of runs that are nothing but text; "" of others."""
    return runs[0].text if len(runs) == 1 and runs[0] == Run(text=runs[0].text) else ""


def _without_tick(item: tuple[Block, ...]) -> tuple[Block, ...] | None:
    """An item that begins with a box to tick, without it; None: it begins otherwise."""
    first = item[0] if item else None
    if not isinstance(first, Paragraph) or not first.runs or not _TICK.match(first.runs[0].text):
        return None
    begin = replace(first.runs[0], text=_TICK.sub("", first.runs[0].text, count=1))
    return (Paragraph(runs=_joined([begin, *first.runs[1:]])), *item[1:])


def _joined(runs: Sequence[Run]) -> Runs:
    """Neighbours of one kind as one run."""
    found: list[Run] = []
    for run in runs:
        if found and replace(found[-1], text="") == replace(run, text=""):
            found[-1] = replace(run, text=found[-1].text + run.text)
        elif run.text:
            found.append(run)
    return tuple(found)
