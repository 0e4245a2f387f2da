"""One side of a card -> placed items: the design of fronts and backs, and what shortens first.

All places are mm from the top left of the card as it is read, y down. A front is turned (upright) when its image is; backs always
lie. Type is never scaled with the card; grey is 0 black, 1 white, and only lines may be grey.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from imagestolive.cards import Card
from imagestolive.credits import Credit
from imagestolive.datasets.flickr import SHORT_ADDRESS
from imagestolive.qr import QUIET_MODULES, modules
from imagestolive.records import Picture
from imagestolive.typeset import JOINT, SCRAP, Metrics
from imagestolive.units import DOT_MM, MM_PER_INCH, PRINTER_DPI, CardSize, mm, pt
from imagestolive.words import Words

BORDER_MM = 8.0  # white around the image, at least
CAPTION_FOOT_MM, CAPTION_DROP_MM, CAPTION_LINES = 14.0, 4.6, 2  # below a captioned image; from image to baseline
MARGIN_MM = 10.0  # type keeps this far from the trim (7 is the hard limit)
GUTTER_MM = 9.0  # between the two columns of the back
PIXELS_PPI = 72  # below, a pixel is seen as a square, and shown as one

KEYLINE_GREY, KEYLINE_PT = 0.7, 0.25
QR_MM = 18.0
KEY_X_MM = MARGIN_MM + QR_MM + 4
WRITE_LINES, WRITE_STEP_MM, WRITE_GREY, WRITE_PT = 6, 9.5, 0.55, 0.3

CREDIT_LINES = 5
CREDIT_PT = (10.5, 9.5, 8.5)
CREDIT_LEAD = 13.5 / 10.5
SMALL_PT, SMALL_LEAD = 7.5, 10 / 7.5
CAPITALS = 2.5 / mm(10.5)  # height of capitals in ems: they hang from the margin
DESCENT = 0.28  # ems below the last baseline that stay free
STOPS = " ,;:.…-–—"  # what falls away before the dots of a shortened title
PART_MOST, LINE_MOST, ADDRESS_MOST = 600, 300, 250  # characters of a title or author, of a small line, of a source: the rest is accident


@dataclass(frozen=True, kw_only=True)
class Text:
    """One line of type, solid black."""

    x_mm: float
    baseline_mm: float
    string: str
    face: str  # one of fonts.FACES
    size_pt: float
    width_mm: float  # as measured, tracking included
    tracking_pt: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Rule:
    x0_mm: float
    y0_mm: float
    x1_mm: float
    y1_mm: float
    grey: float
    width_pt: float


@dataclass(frozen=True, kw_only=True)
class Frame:
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    grey: float
    width_pt: float


@dataclass(frozen=True, kw_only=True)
class Image:
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    picture: Picture
    dots: int | None  # each pixel prints as a square of so many 1/300 inch; None: no pixel is seen


@dataclass(frozen=True, kw_only=True)
class Code:
    """A QR code; the quiet zone is the white around it."""

    x_mm: float
    y_mm: float
    size_mm: float
    modules: tuple[tuple[bool, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Span:
    """Lines that are copied out of the file as one exact string."""

    items: tuple[Text, ...]
    actual_text: str


Item = Text | Rule | Frame | Image | Code | Span


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a card. `warnings` say what was lost in setting it: "no-glyph: 日本", "title-shortened", "source-shortened",
    "small-type", "text-cut"."""

    width_mm: float
    height_mm: float
    items: tuple[Item, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Fit:
    """Where a whole image lies on its (turned) card, and at how many pixels an inch it prints."""

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    ppi: float
    dots: int | None
    turned: bool


# ---- front ------------------------------------------------------------------------------------------------------------


def fit(width_px: int, height_px: int, size: CardSize, *, foot_mm: float = BORDER_MM) -> Fit:
    """The whole image as large as the white border allows, centred; small images in whole printer's dots.

    `foot_mm` is the border below it: CAPTION_FOOT_MM where a caption stands there.

    >>> from imagestolive.units import A6
    >>> fit(28, 28, A6).dots, round(fit(640, 408, A6).ppi)
    (37, 123)
    """
    turned = 10 * height_px >= 11 * width_px  # 1.1, in whole numbers: 1.1 * 100 is a little more than 110
    card_width, card_height = (size.height_mm, size.width_mm) if turned else (size.width_mm, size.height_mm)
    box_width, box_height = card_width - 2 * BORDER_MM, card_height - BORDER_MM - foot_mm
    mm_a_px = min(box_width / width_px, box_height / height_px)
    dots = None
    if MM_PER_INCH / mm_a_px < PIXELS_PPI:
        dots = int(mm_a_px / DOT_MM + 1e-9)
        mm_a_px = dots * DOT_MM
    width, height = width_px * mm_a_px, height_px * mm_a_px
    return Fit(
        x_mm=(card_width - width) / 2,
        y_mm=BORDER_MM + (box_height - height) / 2,
        width_mm=width,
        height_mm=height,
        ppi=PRINTER_DPI / dots if dots else MM_PER_INCH / mm_a_px,
        dots=dots,
        turned=turned,
    )


def front(card: Card, size: CardSize, metrics: Metrics, *, caption: bool = False) -> Side:
    """Nothing but the image, with a keyline where it is as white as the paper; or a notice where there is none.

    With `caption` the credit stands below it in one line: for cards without a back.
    """
    if card.picture is None:
        return _notice(card.notice or "", size, metrics)
    setter = _Setter(metrics)
    place = fit(card.picture.width_px, card.picture.height_px, size, foot_mm=CAPTION_FOOT_MM if caption else BORDER_MM)
    items: list[Item] = [
        Image(
            x_mm=place.x_mm,
            y_mm=place.y_mm,
            width_mm=place.width_mm,
            height_mm=place.height_mm,
            picture=card.picture,
            dots=place.dots,
        )
    ]
    if card.picture.pale_edge:
        out = mm(KEYLINE_PT) / 2  # the line lies outside the image
        items.append(
            Frame(
                x_mm=place.x_mm - out,
                y_mm=place.y_mm - out,
                width_mm=place.width_mm + 2 * out,
                height_mm=place.height_mm + 2 * out,
                grey=KEYLINE_GREY,
                width_pt=KEYLINE_PT,
            )
        )
    width, height = (size.height_mm, size.width_mm) if place.turned else (size.width_mm, size.height_mm)
    if caption and card.credit:
        lines = _caption(card.credit, card.dataset or "", place, width, setter)
        items.append(Span(items=tuple(lines), actual_text=card.credit.line))
    return Side(width_mm=width, height_mm=height, items=tuple(items), warnings=setter.warnings())


def _caption(credit: Credit, dataset: str, place: Fit, card_width_mm: float, setter: _Setter) -> list[Text]:
    """“Title” by Author · CC BY 2.0 · Data set, year: no wider than the image; where that is too narrow, as wide as the border allows.

    The title is cut first. Author and license never are: a caption that is still too long gets more lines, and then smaller type.
    """
    title, *author = (setter.drawable(_clipped_title(part), "sans", PART_MOST) for part in credit.sense[:2])
    tail = setter.drawable(f"{' '.join(author).rstrip(',')} · {credit.license_name} · {dataset}", "sans", PART_MOST)
    baseline = place.y_mm + place.height_mm + CAPTION_DROP_MM
    wide = BORDER_MM, card_width_mm - 2 * BORDER_MM
    titles = list(_ever_shorter(title))
    for x_mm, width_mm in ((place.x_mm, place.width_mm), wide):
        for words in titles:
            line = setter.text(x_mm, baseline, f"{words} {tail}", "sans", SMALL_PT)
            if line.width_mm <= width_mm:
                if words != title:
                    setter.gave_way("title-shortened")
                return [line]
    size_pt = SMALL_PT
    while len(lines := setter.metrics.wrap(f"{titles[-1]} {tail}", "sans", size_pt, pt(wide[1]))) > CAPTION_LINES:
        size_pt *= 0.9
    setter.gave_way("title-shortened")
    lead = mm(size_pt * SMALL_LEAD)
    return [setter.text(wide[0], baseline + n * lead, line, "sans", size_pt) for n, line in enumerate(lines)]


def _notice(notice: str, size: CardSize, metrics: Metrics) -> Side:
    setter = _Setter(metrics)
    type_pt = CREDIT_PT[0]
    string = setter.drawable(notice, "serif")
    lines = metrics.balance(string, "serif", type_pt, pt(size.width_mm - 2 * MARGIN_MM))
    lead = mm(type_pt * CREDIT_LEAD)
    baseline = (size.height_mm - lead * (len(lines) - 1) + CAPITALS * mm(type_pt)) / 2
    items = []
    for line in lines:
        text = setter.text(0, baseline, line, "serif", type_pt)
        items.append(setter.text((size.width_mm - text.width_mm) / 2, baseline, line, "serif", type_pt))
        baseline += lead
    return Side(width_mm=size.width_mm, height_mm=size.height_mm, items=tuple(items), warnings=setter.warnings())


# ---- back -------------------------------------------------------------------------------------------------------------


def back(card: Card, size: CardSize, words: Words, metrics: Metrics) -> Side:
    """The credit back: credit column and QR code left, six lines to write on right. A withdrawn card: number and code only."""
    setter = _Setter(metrics)
    foot = size.height_mm - MARGIN_MM
    number = words.say("Card {number} of {of} · Person {person}", number=str(card.number), of=str(card.of), person=str(card.person))
    items: list[Item] = [
        setter.text(KEY_X_MM, foot - 5.0, number, "sans", SMALL_PT),
        setter.text(KEY_X_MM, foot, card.code, "sans-semibold", 11, tracking_pt=0.4),
    ]
    if card.picture is not None:
        column_mm = (size.width_mm - 2 * MARGIN_MM - GUTTER_MM) * 61 / 119
        code = modules(card.qr_url, card.qr_level) if card.qr_url else ()
        quiet_mm = QUIET_MODULES * QR_MM / len(code) if code else 0.0
        said = _said(card, card.picture, size, words, setter)
        items = [
            *_credit_column(said, setter, pt(column_mm), foot - QR_MM - quiet_mm),
            setter.text(KEY_X_MM, foot - 13.4, words.say("Images to live with"), "serif-italic", 8.5),
            setter.text(KEY_X_MM, foot - 9.2, words.say("after Pereira and Moreschi, 2023"), "sans", SMALL_PT),
            *items,
            *([Code(x_mm=MARGIN_MM, y_mm=foot - QR_MM, size_mm=QR_MM, modules=code)] if code else []),
            *_lines_to_write_on(size, MARGIN_MM + column_mm + GUTTER_MM, foot),
        ]
    return Side(width_mm=size.width_mm, height_mm=size.height_mm, items=tuple(items), warnings=setter.warnings())


def _lines_to_write_on(size: CardSize, x_mm: float, foot_mm: float) -> Iterator[Rule]:
    for step in range(WRITE_LINES):
        y = foot_mm - step * WRITE_STEP_MM
        yield Rule(x0_mm=x_mm, y0_mm=y, x1_mm=size.width_mm - MARGIN_MM, y1_mm=y, grey=WRITE_GREY, width_pt=WRITE_PT)


class _Setter:
    """Makes lines of type out of strings, and remembers what could not be drawn or had to give way."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics
        self._lost: dict[str, None] = {}
        self._gave_way: dict[str, None] = {}

    def drawable(self, string: str, face: str, most: int = LINE_MOST) -> str:
        """What the face can draw of the string, and at most so many characters of it."""
        if len(string) > most:
            string = string[: most - 1] + "…"
            self.gave_way("text-cut")
        drawn, lost = self.metrics.drawable(string, face)
        self._lost.update(dict.fromkeys(lost))
        return drawn

    def text(self, x_mm: float, baseline_mm: float, string: str, face: str, size_pt: float, *, tracking_pt: float = 0.0) -> Text:
        """A string in one line."""
        string = self.drawable(string, face)
        width_mm = mm(self.metrics.width_pt(string, face, size_pt) + tracking_pt * len(string))
        return Text(
            x_mm=x_mm, baseline_mm=baseline_mm, string=string, face=face, size_pt=size_pt, width_mm=width_mm, tracking_pt=tracking_pt
        )

    def gave_way(self, what: str) -> None:
        self._gave_way[what] = None

    def warnings(self) -> tuple[str, ...]:
        return (*([f"no-glyph: {''.join(self._lost)}"] if self._lost else []), *self._gave_way)


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What a credit column says, each string in full and drawable: the sense in serif, all else in sans."""

    actual_text: str | None  # what the credit is copied as
    sense: tuple[str, ...]
    license: tuple[str, ...]  # its address, the data set's terms
    sources: tuple[tuple[str, ...], ...]  # as recorded; what stands for it where that is too long
    changes: tuple[str, ...]
    note: tuple[str, ...]
    facts: tuple[str, ...]  # data set and year; pixels and ppi
    low_ppi: tuple[str, ...]


def _said(card: Card, picture: Picture, size: CardSize, words: Words, setter: _Setter) -> _Said:
    def small(*strings: str | None) -> tuple[str, ...]:
        return tuple(setter.drawable(string, "sans") for string in strings if string)

    place = fit(picture.width_px, picture.height_px, size)
    width, height = str(picture.width_px), str(picture.height_px)
    ppi = f"{place.ppi:.0f}" if place.ppi >= 1 else "< 1"
    low_ppi = words.say("This image is small. You will see its pixels; that is what the machine was given.") if place.dots else None
    dataset_line = card.dataset and words.say("From the data set {dataset}", dataset=card.dataset)
    if card.dataset and card.license_seen_on:
        dataset_line = words.say(
            "From the data set {dataset}; license as recorded on {date}", dataset=card.dataset, date=card.license_seen_on
        )
    facts = small(dataset_line, words.say("{width} × {height} pixels, printed at {ppi} ppi", width=width, height=height, ppi=ppi))
    credit = card.credit
    if credit is None:
        return _Said(actual_text=None, sense=(), license=(), sources=((),), changes=(), note=(), facts=facts, low_ppi=small(low_ppi))
    short = card.qr_url if card.qr_url and card.qr_url.startswith(SHORT_ADDRESS) else None  # any other code may lead to the data set
    addresses = [address for address in (credit.source, short) if credit.source and address]
    printable = [address for address in addresses if len(address) <= ADDRESS_MOST]
    if len(printable) < len(addresses[:1]):
        setter.gave_way("source-left-out")
    return _Said(
        actual_text=credit.line,
        sense=tuple(re.sub("^· ", JOINT, setter.drawable(_clipped_title(part), "serif", PART_MOST)) for part in credit.sense),
        license=tuple(string.replace(" · ", f" {JOINT}") for string in small(credit.license_url, credit.dataset_terms)),
        sources=tuple(small(words.say("Source: {source}", source=address)) for address in printable) or ((),),
        changes=small(credit.changes and words.say("Changes: {changes}", changes=credit.changes)),
        note=small(credit.note),
        facts=facts,
        low_ppi=small(low_ppi),
    )


def _clipped_title(title: str) -> str:
    """A title of a sane length that keeps its closing quotation mark; any other part as it is."""
    inner, quote, tail = title.rpartition("”")
    return f"{inner[: PART_MOST // 2]}…{quote}{tail}" if title.startswith("“") and len(inner) > PART_MOST // 2 else title


def _credit_column(said: _Said, setter: _Setter, width_pt: float, limit_mm: float) -> list[Item]:
    """The column with as much of what it says as there is room for above limit_mm.

    What gives way, in this order: the remark on small images, words of the title, the source's own address, the note, the size of
    type. Author, license and license address are never cut.
    """

    @cache
    def shorten(size_pt: float, most_lines: int) -> tuple[list[str], bool]:
        return _shorten(said.sense, setter.metrics, size_pt, width_pt, most_lines)

    everything = (said.note, ()), said.sources, range(CREDIT_LINES, 0, -1), (said.low_ppi, ())
    bare = ((),), said.sources[-1:], (1,), ((),)
    for size_pt in _sizes():
        for note, source, most_lines, low_ppi in product(*(everything if size_pt >= CREDIT_PT[-1] else bare)):
            sense, shortened = shorten(size_pt, most_lines)
            if len(sense) > most_lines and size_pt > CREDIT_PT[-1]:
                continue
            small_pt = min(SMALL_PT, size_pt)
            line = _Lines(setter, width_pt, y_mm=MARGIN_MM + CAPITALS * mm(size_pt if sense else small_pt))
            credit = line.set(sense, "serif", size_pt, size_pt * CREDIT_LEAD)
            line.y_mm += 0.6 if sense else 0.0
            credit += line.wrapped((*said.license, *source, *said.changes), small_pt)
            rest = line.wrapped(note, small_pt)
            line.y_mm += 2.0 if credit else 0.0
            rest += line.wrapped((*said.facts, *low_ppi), small_pt)
            if rest[-1].baseline_mm + DESCENT * mm(small_pt) <= limit_mm:
                for happened, what in (
                    (shortened, "title-shortened"),
                    (source != said.sources[0], "source-shortened"),
                    (size_pt < CREDIT_PT[-1], "small-type"),
                ):
                    if happened:
                        setter.gave_way(what)
                return [*([Span(items=tuple(credit), actual_text=said.actual_text)] if said.actual_text else []), *rest]
    raise AssertionError("there is always a smaller size")


def _sizes() -> Iterator[float]:
    """The design's three, and then ever smaller ones, for names such as no person bears: a credit must be whole."""
    yield from CREDIT_PT
    size_pt = CREDIT_PT[-1]
    while True:
        size_pt *= 0.9
        yield size_pt


class _Lines:
    """Sets lines one below the other at the left margin; `y_mm` is the next baseline."""

    def __init__(self, setter: _Setter, width_pt: float, *, y_mm: float) -> None:
        self._setter = setter
        self._width_pt = width_pt
        self.y_mm = y_mm

    def set(self, lines: Iterable[str], face: str, size_pt: float, lead_pt: float) -> list[Text]:
        texts = []
        for line in lines:
            texts.append(self._setter.text(MARGIN_MM, self.y_mm, line, face, size_pt))
            self.y_mm += mm(lead_pt)
        return texts

    def wrapped(self, strings: Iterable[str], size_pt: float) -> list[Text]:
        lines = [line for string in strings for line in self._setter.metrics.wrap(string, "sans", size_pt, self._width_pt)]
        return self.set(lines, "sans", size_pt, size_pt * SMALL_LEAD)


def _shorten(sense: tuple[str, ...], metrics: Metrics, size_pt: float, width_pt: float, most_lines: int) -> tuple[list[str], bool]:
    """The credit sentence in so many lines, and whether its title lost words; in more where the title has no more to lose.

    One sense a line while there is room; then run on; then words leave the end of the title, as few as need be.
    """

    def lines_with(title: str) -> list[str]:
        parts = (title, *sense[1:])
        apart = [line for part in parts for line in metrics.wrap(part, "serif", size_pt, width_pt)]
        return apart if len(apart) <= most_lines else metrics.wrap(" ".join(parts), "serif", size_pt, width_pt)

    if not sense:
        return [], False
    titles = list(_ever_shorter(sense[0]))
    lost = bisect_left(titles, True, hi=len(titles) - 1, key=lambda title: len(lines_with(title)) <= most_lines)
    return lines_with(titles[lost]), lost > 0


def _ever_shorter(title: str) -> Iterator[str]:
    """The title, and its shorter forms down to the shortest."""
    shorter: str | None = title
    while shorter is not None:
        yield shorter
        shorter = _without_last_word(shorter)


def _without_last_word(title: str) -> str | None:
    """“A long title in the sun” with a word less inside its quotation marks, no small word before the dots; None: nothing to lose.

    >>> _without_last_word("“A long title in the sun”,")
    '“A long title…”,'
    """
    if not title.startswith("“"):
        return None
    inner, _, tail = title[1:].rpartition("”")
    words = inner.removesuffix("…").split(" ")
    if len(words) == 1:
        half = len(words[0]) // 2
        return f"“{words[0][:half]}…”{tail}" if half >= SCRAP else None
    words.pop()
    while len(words) > 1 and len(words[-1].strip(STOPS)) <= 3:
        words.pop()
    return f"“{' '.join(words).rstrip(STOPS)}…”{tail}"
