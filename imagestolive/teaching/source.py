"""A Markdown source -> a document.

A source begins with a header, a line `key: value` for each of `KEYS` between two lines `---` (straight quotes around a
value are dropped, so that the header is YAML too). Then comes Markdown that also reads well bare:

    ## Goals                     a section
    ## First class (30 min)      a section in steps; their minutes add up to this
    ### Ask (5 min)              a step
    > Has anyone here seen ...   words to say aloud
    - [ ] Print one sheet first  a thing to tick off
    The set {set}, on {first}    filled in, or room to write: see filling.py

and lines that begin with three colons. Some stand alone:

    ::: lines 4                  lines to write on
    ::: box 60                   a frame, so many mm high
    ::: fold                     a line to fold along
    ::: page                     what follows begins a page
    ::: figure NAME: its text    a drawing of ours, and what it says in words
    ::: links                    a table of links; also `credits`, `datasheets`: only where they are filled in

The others enclose what stands before the next line of three colons alone:

    ::: age 11-14                only for them
    ::: filled                   only where the document is filled in for a set; `::: filled credits` where its credits are known, too
    ::: unfilled                 only where it is not; `::: unfilled credits` the like
    ::: choice                   a box to tick, and one paragraph
    ::: card data                a card of the stack “data”
    ::: big                      a few words as large as they go
    ::: notes                    what is said to a slide

They may hold one another, but cards and notes hold no cards, notes, folds and pages. Lines of three colons stand at the left
margin, outside of lists and quotes.

Headings are plain text without {words}, from `##` to `####`, none more than one level below the one before; they stand outside
of lists, quotes and notes. The title of a card is one, too (`###`). Every language has the same ones with the same minutes.
Ids are made from the English ones, up to a colon, so that `#first-class` leads to the same place in each.

Lists count from 1; all their items have boxes, or none. Tables have a row of heads; where the first cell of every other row is
strong, it is a head too. Two spaces at the end of a line, or a backslash, break it. Links lead to web pages, mail addresses or
`#ids`. Code, pictures and HTML have no place: what looks like HTML is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from imagestolive.teaching import AGES, PlanBroken
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
    Lines,
    NewPage,
    Notes,
    Paragraph,
    Run,
)
from imagestolive.teaching.marks import blocks_of
from imagestolive.teaching.reading import Reading
from imagestolive.words import DEFAULT_LANGUAGE, LANGUAGES

KEYS = ("title", "language", "lead", "time", "age", "version")

_HEADER = re.compile(r"---\n(?P<lines>.*?\n)---\n(?P<markdown>.*)", re.DOTALL)
_QUOTED = re.compile(r'"(.*)"')
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_COLONS = re.compile(r":::(?: *(?P<name>[a-z]+)(?: +(?P<rest>.*?))?)? *")
_LIKE_COLONS = re.compile(r"[\s>]*:::")
_NAME = re.compile(r"[a-z][a-z0-9-]*")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")

_BLOCKS_OF_SETS = ("links", "credits", "datasheets")
_ALONE = ("lines", "box", "fold", "page", "figure", *_BLOCKS_OF_SETS)
_AROUND = ("age", "filled", "unfilled", "choice", "card", "big", "notes")
_MAY_SAY = ("filled", "unfilled")
_WITH_REST = ("lines", "box", "figure", "age", "card")
_OF_PAGES = (Cutout, Notes, Fold, NewPage)
_DEEPEST = 6
_MOST_LINES, _HIGHEST_BOX_MM = 25, 240  # what a page holds


@dataclass(frozen=True, kw_only=True)
class _Part:
    """Markdown, or what a line of three colons opens."""

    name: str  # "" for Markdown
    rest: str = ""
    markdown: str = ""
    parts: list[_Part] = field(default_factory=list)


def parse(text: str, reading: Reading) -> Document:
    """The document that a source holds, with ids from its own headings. Raises PlanBroken."""
    found = _HEADER.fullmatch(text)
    if found is None:
        raise reading.broken("it does not begin with a header between two lines of ---.")
    if control := _CONTROL.search(text):
        raise reading.broken(f"it holds the control character {ord(control[0]):x}.")
    header = _header(found["lines"], reading)
    document = Document(
        key=reading.key,
        title=header["title"],
        lang=header["language"],
        lead=header["lead"],
        time=header["time"],
        age=reading.ages[reading.age] if reading.age else header["age"],
        version=header["version"],
        blocks=tuple(_blocks(_split(found["markdown"], reading), reading)),
        code=reading.filling.code,
    )
    _check_levels_and_minutes(document.headings, reading)
    if document.lang == DEFAULT_LANGUAGE:
        _check_ids(document.headings, reading)
    return document


def aligned(own: Document, english: Document, *, file: str) -> Document:
    """The document with the ids of the English one, which it must follow heading by heading. Raises PlanBroken."""
    if own.shape != english.shape:
        raise PlanBroken(file=file, detail="its headings, or their minutes, are not those of the English one.")
    ids = iter([heading.id for heading in english.headings])
    return replace(own, blocks=tuple(_with_ids(own.blocks, ids)))


def _with_ids(blocks: Sequence[Block], ids: Iterator[str]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Heading):
            yield replace(block, id=next(ids))
        elif isinstance(block, Cutout):
            yield replace(block, blocks=tuple(_with_ids(block.blocks, ids)))
        else:
            yield block


def _header(lines: str, reading: Reading) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines.split("\n"))
    header = {key.strip(): _QUOTED.sub(r"\1", value.strip()) for key, _, value in pairs}
    for key in KEYS:
        if not header.get(key):
            raise reading.broken(f"its header has no “{key}”.")
    if header["language"] not in LANGUAGES:
        raise reading.broken(f"its language is “{header['language']}”, which is none of {', '.join(LANGUAGES)}.")
    return header


def _check_levels_and_minutes(headings: Sequence[Heading], reading: Reading) -> None:
    """No level is left out on the way down, and the steps of a section take the minutes that its heading names."""
    before = 1
    for number, heading in enumerate(headings):
        if heading.level > before + 1:
            raise reading.broken(f"the heading “{heading.title}” leaves out a level.")
        before = heading.level
        if heading.level == 2 and heading.minutes is not None:
            steps = takewhile(lambda following: following.level > 2, headings[number + 1 :])
            taken = sum(step.minutes or 0 for step in steps)
            if taken != heading.minutes:
                raise reading.broken(f"the steps of “{heading.title}” take {taken} min, not {heading.minutes}.")


def _check_ids(headings: Sequence[Heading], reading: Reading) -> None:
    """Every heading has an id of its own. In other languages than the English one, ids are not asked for."""
    seen = {""}
    for heading in headings:
        if heading.id in seen:
            raise reading.broken(f"two headings have the id “{heading.id}”." if heading.id else f"“{heading.title}” makes no id.")
        seen.add(heading.id)


# ---- lines of three colons ---------------------------------------------------------------------------------------------


def _split(markdown: str, reading: Reading) -> list[_Part]:
    """Markdown and lines of three colons, what they enclose within them."""
    whole = _Part(name="whole")
    stack, lines = [whole], list[str]()

    def close_text() -> None:
        if any(line.strip() for line in lines):
            stack[-1].parts.append(_Part(name="", markdown="\n".join(lines)))
        lines.clear()

    for line in markdown.split("\n"):
        if not _LIKE_COLONS.match(line):
            lines.append(line)
            continue
        close_text()
        colons = _COLONS.fullmatch(line)
        part = _Part(name=colons["name"] or "", rest=colons["rest"] or "") if colons else None
        if part and not part.name and len(stack) > 1:
            stack.pop()
        elif part and part.name in (*_ALONE, *_AROUND) and len(stack) < _DEEPEST:
            stack[-1].parts.append(part)
            if part.name not in _ALONE:
                stack.append(part)
        else:
            raise reading.broken(f"nobody knows what “{line}” is, what it closes, or why it stands so deep.")
    close_text()
    if len(stack) > 1:
        raise reading.broken(f"“::: {stack[-1].name}” is not closed.")
    return whole.parts


def _blocks(parts: Sequence[_Part], reading: Reading) -> Iterator[Block]:
    for part in parts:
        if part.name:
            if part.name not in _MAY_SAY and bool(part.rest) != (part.name in _WITH_REST):
                raise reading.broken(f"“::: {part.name}” says {'more than' if part.rest else 'not all'} it should.")
            yield from _of_part(part, tuple(_blocks(part.parts, reading)), reading)
        else:
            yield from blocks_of(part.markdown, reading)


def _of_part(part: _Part, inner: tuple[Block, ...], reading: Reading) -> Iterator[Block]:
    match part.name:
        case "age":
            yield from _for_age(part.rest, inner, reading)
        case "filled" | "unfilled":
            yield from inner if (part.name == "filled") == _is_filled(part.rest, reading) else ()
        case name if name in _BLOCKS_OF_SETS:
            yield from reading.filling.blocks(part.name)
        case "lines":
            yield Lines(count=_number(part.rest, reading, most=_MOST_LINES))
        case "box":
            yield Box(height_mm=_number(part.rest, reading, most=_HIGHEST_BOX_MM))
        case "fold":
            yield Fold()
        case "page":
            yield NewPage()
        case "figure":
            yield _figure(part.rest, reading)
        case "card":
            yield _card(part.rest, inner, reading)
        case "notes":
            _check_holds_no((*_OF_PAGES, Heading), inner, "notes", reading)
            yield Notes(blocks=inner)
        case _:
            yield (Choice if part.name == "choice" else Big)(runs=_one_paragraph(part.name, inner, reading).runs)


def _is_filled(with_what: str, reading: Reading) -> bool:
    if not with_what:
        return reading.filling.code is not None
    if with_what not in _BLOCKS_OF_SETS:
        raise reading.broken(f"nothing is filled in as “{with_what}”.")
    return bool(reading.filling.blocks(with_what))


def _for_age(age: str, inner: tuple[Block, ...], reading: Reading) -> Iterator[Block]:
    if age not in AGES:
        raise reading.broken(f"“{age}” is none of the ages {', '.join(AGES)}.")
    if reading.age is None:
        yield Paragraph(runs=(Run(text=reading.ages[age], strong=True),))
    if reading.age in (None, age):
        yield from inner


def _figure(rest: str, reading: Reading) -> Figure:
    name, _, alt = rest.partition(":")
    return reading.draw(name.strip(), reading.filled(alt.strip()))


def _card(name: str, inner: tuple[Block, ...], reading: Reading) -> Cutout:
    if not _NAME.fullmatch(name):
        raise reading.broken(f"“{name}” is no name of a stack of cards: a word of small letters.")
    _check_holds_no(_OF_PAGES, inner, f"card {name}", reading)
    if any(isinstance(block, Heading) and block.level == 2 for block in inner):
        raise reading.broken(f"“::: card {name}” holds a section; the title of a card is a heading ###.")
    return Cutout(name=name, blocks=inner)


def _check_holds_no(kinds: tuple[type, ...], inner: tuple[Block, ...], name: str, reading: Reading) -> None:
    for block in inner:
        if isinstance(block, kinds):
            raise reading.broken(f"“::: {name}” holds a {type(block).__name__}, which has no place there.")


def _one_paragraph(name: str, inner: tuple[Block, ...], reading: Reading) -> Paragraph:
    if len(inner) != 1 or not isinstance(inner[0], Paragraph):
        raise reading.broken(f"“::: {name}” holds one paragraph.")
    return inner[0]


def _number(typed: str, reading: Reading, *, most: int) -> int:
    if not _NUMBER.fullmatch(typed) or int(typed) > most:
        raise reading.broken(f"“{typed}” is no number from 1 to {most}.")
    return int(typed)
