"""The drawings of documents, as SVG: black on white, without shades, so that any printer prints them.

Units are those of each drawing's own viewBox. Nothing in a drawing refers to anything outside it, and nothing has an id, so that
several may stand on one page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from imagestolive.teaching import PlanBroken
from imagestolive.teaching.blocks import Figure


def drawn(lang: str, name: str, alt: str) -> Figure:
    """One of FIGURES, with its words in a language. Raises PlanBroken."""
    if name not in FIGURES:
        raise PlanBroken(file=name, detail="there is no such drawing.")
    if not alt:
        raise PlanBroken(file=name, detail="nothing says in words what it shows.")
    return Figure(name=name, alt=alt, svg=FIGURES[name](lang), width_mm=WIDTHS_MM[name])


# ---- marks on paper ----------------------------------------------------------------------------------------------------

# One face, as our web pages and as paper call it. The inner quotes are needed: no bare name has a word that begins with a digit.
_FAMILY = "'ImagesToLive Sans', 'Source Sans 3', sans-serif"
_SOLID = ""
_DOTTED = "1 3"


def _sheet(width: float, height: float, marks: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}">'
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>{"".join(marks)}</svg>'
    )


def _rect(x: float, y: float, width: float, height: float, *, stroke: float = 1, dashes: str = _SOLID) -> str:
    dashed = f' stroke-dasharray="{dashes}" stroke-linecap="round"' if dashes else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="none" stroke="#000" stroke-width="{stroke:g}"{dashed}/>'


def _line(*points: tuple[float, float], stroke: float = 1) -> str:
    path = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="#000" stroke-width="{stroke:g}"/>'


def _tip(x: float, y: float, dx: float, dy: float) -> str:
    """The head of an arrow at (x, y) that points along (dx, dy), a direction of length 1."""
    back = [(x - 7 * dx + side * 3.5 * dy, y - 7 * dy - side * 3.5 * dx) for side in (1, -1)]
    return f'<polygon points="{" ".join(f"{px:g},{py:g}" for px, py in ((x, y), *back))}" fill="#000"/>'


def _text(x: float, y: float, said: str, *, size: float = 13, strong: bool = False, middle: bool = False) -> str:
    # The axis is named as well: where a variable font is asked for weight 400, typst 0.15 draws its thinnest instance.
    weight = 600 if strong else 400
    weighed = f'font-weight="{weight}" font-variation-settings="\'wght\' {weight}"'
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x:g}" y="{y:g}" font-family="{_FAMILY}" font-size="{size:g}" {weighed}{anchor} fill="#000">{escape(said)}</text>'


# ---- an image system, after Salvaggio's four parts, and what stays outside of such a drawing ----------------------------


@dataclass(frozen=True, kw_only=True)
class SystemWords:
    """Named pairs, in the order in which they are read."""

    stations: tuple[tuple[str, str], ...]  # four: name, what is there
    flows: tuple[str, ...]  # three: what leads from each to the next
    back: tuple[str, str]  # what leads from the last to the first, on two lines
    outside: str
    left_out: tuple[tuple[str, str], ...]  # four: name, who or what

    @property
    def all(self) -> tuple[str, ...]:
        named = [word for pair in (*self.stations, *self.left_out) for word in pair]
        return (*named, *self.flows, " ".join(self.back), self.outside)


SYSTEM_WORDS: Mapping[str, SystemWords] = {
    "en": SystemWords(
        stations=(
            ("Data", "images and the words beside them"),
            ("Interface", "where people and system meet"),
            ("Image", "what comes out"),
            ("Media", "where images are met and believed"),
        ),
        flows=("a program is adjusted", "something is asked for", "is shown and sent on"),
        back=("is collected", "again"),
        outside="What such drawings leave out",
        left_out=(
            ("Work", "who took, chose, labelled, checked"),
            ("Pay", "who earned, and who did not"),
            ("Energy, water, minerals", "what is used up"),
            ("The people shown", "who was asked, who was not"),
        ),
    ),
    "pt-BR": SystemWords(
        stations=(
            ("Dados", "imagens com as suas palavras"),
            ("Interface", "entre as pessoas e o sistema"),
            ("Imagem", "o que sai dali"),
            ("Mídias", "onde as imagens convencem"),
        ),
        flows=("ajusta-se um programa", "pede-se alguma coisa", "é mostrada e repassada"),
        back=("é coletada", "de novo"),
        outside="O que desenhos assim deixam de fora",
        left_out=(
            ("Trabalho", "quem fez, escolheu, rotulou, conferiu"),
            ("Pagamento", "quem ganhou e quem não ganhou"),
            ("Energia, água, minérios", "o que se gasta"),
            ("As pessoas mostradas", "quem foi consultado, quem não foi"),
        ),
    ),
}

_STATION_WIDTH, _STATION_HEIGHT, _STATION_STEP = 220, 46, 74


def _image_system(lang: str) -> str:
    """Narrow, so that its words can be read on a phone."""
    words = SYSTEM_WORDS[lang]
    left, top = 16, 18
    right, middle, way_back = left + _STATION_WIDTH, left + 30, 270
    tops = [top + place * _STATION_STEP for place in range(len(words.stations))]
    marks = [_rect(5, 5, 310, tops[-1] + _STATION_HEIGHT + 8, stroke=1.5, dashes=_DOTTED)]
    for y, (name, said) in zip(tops, words.stations, strict=True):
        marks += [_rect(left, y, _STATION_WIDTH, _STATION_HEIGHT, stroke=1.2)]
        marks += [_text(left + 8, y + 19, name, size=16, strong=True), _text(left + 8, y + 37, said)]
    for (above, below), said in zip(pairwise(tops), words.flows, strict=True):
        marks += [_line((middle, above + _STATION_HEIGHT), (middle, below - 6)), _tip(middle, below, 0, 1)]
        marks += [_text(middle + 10, below - 10, said)]
    first, last = tops[0] + _STATION_HEIGHT / 2, tops[-1] + _STATION_HEIGHT / 2
    gap = (first + last) / 2
    marks += [
        _line((right, last), (way_back, last), (way_back, gap + 22)),
        _line((way_back, gap - 20), (way_back, first), (right + 6, first)),
    ]
    marks += [
        _tip(right, first, -1, 0),
        *(_text(way_back + 4, gap + 16 * row - 3, said, middle=True) for row, said in enumerate(words.back)),
    ]
    return _sheet(320, 476, [*marks, *_outside(words, top=tops[-1] + _STATION_HEIGHT + 42)])


def _outside(words: SystemWords, *, top: float) -> list[str]:
    marks = [_text(5, top, words.outside, size=16, strong=True)]
    for row, (name, said) in enumerate(words.left_out):
        y = top + 23 + row * 34
        marks += [_text(5, y, name, strong=True), _text(5, y + 15, said)]
    return marks


# ---- drawings to write in ----------------------------------------------------------------------------------------------


def _frame(_lang: str) -> str:
    """In mm: room for an image of card shape, and room around it."""
    width, height, inner_width, inner_height = 160, 84, 51, 36
    inner = _rect((width - inner_width) / 2, (height - inner_height) / 2, inner_width, inner_height, stroke=0.6)
    return _sheet(width, height, [_rect(0.2, 0.2, width - 0.4, height - 0.4, stroke=0.2), inner])


def _relations(_lang: str) -> str:
    """In mm: three cards, and a line between any two."""
    wide, high = 26, 18
    cards = {"1": (0.3, 27), "2": (47, 0.3), "3": (93.7, 27)}
    marks = [_line((27.5, 30), (46, 15), stroke=0.3), _line((74, 15), (92.5, 30), stroke=0.3), _line((28, 40), (92, 40), stroke=0.3)]
    for number, (x, y) in cards.items():
        marks += [_rect(x, y, wide, high, stroke=0.4), _text(x + wide / 2, y + high / 2 + 2, number, size=6, middle=True)]
    return _sheet(120, 46, marks)


FIGURES: Mapping[str, Callable[[str], str]] = {  # name -> language -> SVG
    "image-system": _image_system,
    "frame": _frame,
    "relations": _relations,
}
WIDTHS_MM: Mapping[str, float] = {"image-system": 102, "frame": 176, "relations": 110}
