"""Runs of text -> Markdown within a line: what means something is escaped, and marks stand only where they are read as marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from imagestolive.teaching.blocks import Run
from imagestolive.teaching.links import followed

_NO_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LIKE_ENTITY = re.compile(r"&(?=#?\w+;)")
_MEANS_SOMETHING = re.compile(rf"_+|[\\`*~\[\]|]|<(?=[A-Za-z/!?])|{_LIKE_ENTITY.pattern}")
_SAYS_ITSELF = re.compile(r"https?://(?!\S*xn--)[a-z0-9.-]+(:\d+)?/[A-Za-z0-9/._?=&-]*")
_IN_ADDRESS = "!#$%&'*+,/:;=?@~-._"
_ESCAPE = r"\\\g<0>"
_SPACE = " \n"
_AFTER_BLANK = " \n.,;:"


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """Text that is written in one way."""

    text: str
    marks: str = ""  # *, ** or ***
    href: str | None = None


def inline(runs: Iterable[Run]) -> str:
    """Text with marks; a line end is a break. What means something at the start of a line is left to who makes lines of it."""
    pieces = _merged(
        _marked([_Piece(text=_NO_TEXT.sub(" ", run.text), marks=_marks(run), href=followed(run.href)) for run in runs if run.text])
    )
    written = ""
    for place, piece in enumerate(pieces):
        if piece.href and written.endswith("!"):
            written = f"{written[:-1]}\\!"  # or the link would be an image
        written += _written(piece, before="*" if place else "", after="*" if place < len(pieces) - 1 else "")
    return written


def _marks(run: Run) -> str:
    return "*" * (2 * run.strong + run.emphasis)


def _marked(pieces: Sequence[_Piece]) -> Iterator[_Piece]:
    """Without the marks that Markdown would take for asterisks where they stand, such as within a word before a quotation mark."""
    touched = False  # by marks of the piece before
    for place, piece in enumerate(pieces):
        core = piece.text.strip()
        before = pieces[place - 1].text[-1] if place else ""
        after = pieces[place + 1].text[0] if place < len(pieces) - 1 else ""
        begins = not piece.text.startswith(core) or not before or before in _SPACE or (core[:1].isalnum() and not touched)
        ends = not piece.text.endswith(core) or not after or after in _SPACE or core[-1:].isalnum()
        if piece.marks and not (core and (piece.href or (begins and ends))):
            piece = replace(piece, marks="")
        touched = bool(piece.marks) and not piece.href and piece.text.endswith(core)
        yield piece


def _merged(pieces: Iterable[_Piece]) -> list[_Piece]:
    found: list[_Piece] = []
    for piece in pieces:
        if found and replace(found[-1], text="") == replace(piece, text=""):
            found[-1] = replace(piece, text=found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def _written(piece: _Piece, *, before: str, after: str) -> str:
    if piece.href:
        if piece.text == piece.href and _SAYS_ITSELF.fullmatch(piece.text):
            return f"<{piece.text}>"
        said = _written(replace(piece, href=None), before="[", after="]")
        return f"[{said}]({_LIKE_ENTITY.sub(_ESCAPE, quote(piece.href, safe=_IN_ADDRESS))})"
    core = piece.text.strip()
    if not piece.marks:
        return _escaped(piece.text, before, after)
    start = piece.text.index(core)
    return f"{piece.text[:start]}{piece.marks}{_escaped(core, '*', '*')}{piece.marks}{piece.text[start + len(core) :]}"


def _escaped(text: str, before: str, after: str) -> str:
    """Underscores stay bare within words, and between spaces, as places to be filled in."""

    def escaped(found: re.Match[str]) -> str:
        if not found[0].startswith("_"):
            return f"\\{found[0]}"
        left, right = text[: found.start()][-1:] or before, text[found.end() :][:1] or after
        apart = (not left or left in _SPACE) and (not right or right in _AFTER_BLANK)
        return found[0] if apart or (left.isalnum() and right.isalnum()) else "\\_" * len(found[0])

    return _MEANS_SOMETHING.sub(escaped, text)
