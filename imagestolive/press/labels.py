"""Addresses on sheets of labels, each with the number of its person and the set's code.

Sizes are those the makers publish, not verified on paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from imagestolive import pdf
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.faces import Item, Side
from imagestolive.faces.setter import CAPITALS, DESCENT, Setter
from imagestolive.pipeline import DrawnSet
from imagestolive.press import Press, warning
from imagestolive.press.recipients import Recipients
from imagestolive.sets import shown, written
from imagestolive.sheets import Page, Placed
from imagestolive.typeset import Metrics, isolated
from imagestolive.units import A4, LETTER, Paper, mm, pt
from imagestolive.words import Words

PADDING_MM = 3.0  # within a label: sheets lie crooked in printers
KEY_PT = 6.0
LEAD = 1.2
SIZES_PT = (11.0, 10.0, 9.0, 8.0)  # in which each line stays one
SMALL_SIZES_PT = (8.0, 7.0, 6.0)  # in which long lines are broken


@dataclass(frozen=True, kw_only=True)
class LabelSheet:
    """A sheet of labels: the first one's corner, and how far it is from one to the next."""

    key: str
    name: str
    paper: Paper
    columns: int
    rows: int
    width_mm: float
    height_mm: float
    left_mm: float
    top_mm: float
    pitch_x_mm: float
    pitch_y_mm: float

    @property
    def slots(self) -> int:
        return self.columns * self.rows

    def corner_mm(self, slot: int) -> tuple[float, float]:
        """The top left corner of a label, from 0, row by row."""
        row, column = divmod(slot, self.columns)
        return self.left_mm + column * self.pitch_x_mm, self.top_mm + row * self.pitch_y_mm


LABEL_SHEETS = {
    sheet.key: sheet
    for sheet in (
        LabelSheet(
            key="l7160", name="Avery L7160", paper=A4, columns=3, rows=7,
            width_mm=63.5, height_mm=38.1, left_mm=7.21, top_mm=15.15, pitch_x_mm=66.04, pitch_y_mm=38.1,
        ),
        LabelSheet(
            key="l7163", name="Avery L7163", paper=A4, columns=2, rows=7,
            width_mm=99.1, height_mm=38.1, left_mm=4.65, top_mm=15.15, pitch_x_mm=101.6, pitch_y_mm=38.1,
        ),
        LabelSheet(  # 2 5/8 x 1 inch; 3/16 and 1/2 inch from the corner; 2 3/4 inches apart
            key="5160", name="Avery 5160", paper=LETTER, columns=3, rows=10,
            width_mm=66.675, height_mm=25.4, left_mm=4.7625, top_mm=12.7, pitch_x_mm=69.85, pitch_y_mm=25.4,
        ),
        LabelSheet(  # 4 x 2 inches; 5/32 and 1/2 inch from the corner; 4 3/16 inches apart
            key="5163", name="Avery 5163", paper=LETTER, columns=2, rows=5,
            width_mm=101.6, height_mm=50.8, left_mm=3.96875, top_mm=12.7, pitch_x_mm=106.3625, pitch_y_mm=50.8,
        ),
    )
}  # fmt: skip


class NotALabelSheet(ImagesToLiveError):
    sentence = N_("“{typed}” is no sheet of labels: take {known}.")
    field = "labels"


class NoSuchLabel(ImagesToLiveError):
    """The first sheet has fewer labels than were to be skipped."""

    sentence = N_("Printing cannot start at label {start}: a sheet has {slots}.")
    field = "start"


def label_sheet(key: str) -> LabelSheet:
    """A sheet by its key, however it is written. Raises NotALabelSheet.

    >>> label_sheet("Avery L7160").slots
    21
    """
    typed = key.strip().lower().removeprefix("avery").strip(" -")
    if typed not in LABEL_SHEETS:
        raise NotALabelSheet(typed=shown(key), known=[known.upper() for known in LABEL_SHEETS])
    return LABEL_SHEETS[typed]


def labels(
    press: Press, drawn: DrawnSet, recipients: Recipients, out: BinaryIO, words: Words, *, sheet: LabelSheet, start: int = 1
) -> list[str]:
    """Writes a PDF with a label for each person who has an address, and gives what must be said of them, a sentence each.

    `start`: the first label that is left on the first sheet, from 1. Raises NoSuchLabel. Nothing else is in the file: no set file.
    """
    if not 1 <= start <= sheet.slots:
        raise NoSuchLabel(start=start, slots=sheet.slots)
    made = [
        label(recipients.lines(row), _key(drawn, row + 1, words), sheet, press.metrics)
        for row in range(min(len(recipients.rows), drawn.request.people))
    ]
    document = pdf.Document(press.fonts, out)
    for page in label_pages(len(made), sheet, start):
        document.sheet(page, lambda place: made[place.index])
    title = words.say("Labels of set {code}", code=written(drawn.code))
    document.save(pdf.About(title=title, lang=words.lang))
    return _told(made, words)


def label_pages(count: int, sheet: LabelSheet, start: int) -> list[Page]:
    """Where so many labels lie, row by row, the first one in slot `start` of the first sheet."""
    slots = range(start - 1, start - 1 + count)
    of = -(-slots.stop // sheet.slots)
    pages = []
    for number in range(of):
        placed = []
        for slot in slots:
            if slot // sheet.slots == number:
                x_mm, y_mm = sheet.corner_mm(slot % sheet.slots)
                index = slot - slots.start
                placed.append(
                    Placed(
                        index=index, side="front", x_mm=x_mm, y_mm=y_mm, width_mm=sheet.width_mm, height_mm=sheet.height_mm, rotation_deg=0
                    )
                )
        pages.append(Page(sheet=number + 1, of=of, shows="fronts", placed=tuple(placed), ticks=(), line=None, paper=sheet.paper))
    return pages


def label(lines: Sequence[str], key: str, sheet: LabelSheet, metrics: Metrics) -> Side:
    """An address as large as its label allows, and above it whose it is: machines that sort letters read from the foot.

    Long lines make it smaller, then break; what is still too much is cut.
    """
    setter = Setter(metrics)
    drawable = [isolated(setter.drawable(line, "sans")) for line in lines]
    room_mm, room_pt = sheet.height_mm - 2 * PADDING_MM - mm(KEY_PT) * LEAD, pt(sheet.width_mm - 2 * PADDING_MM)
    size_pt, broken = _fitting(drawable, room_mm, room_pt, metrics)
    if size_pt < SIZES_PT[-1]:
        setter.gave_way("small-type")
    most = int(room_mm / mm(size_pt * LEAD))
    if len(broken) > most:
        setter.gave_way("text-cut")
        broken = broken[:most]
    high_mm = mm(size_pt) * (LEAD * (len(broken) - 1) + CAPITALS + DESCENT)
    y_mm = PADDING_MM + mm(KEY_PT) * LEAD + (room_mm - high_mm) / 2 + CAPITALS * mm(size_pt)
    items: list[Item] = [setter.text(PADDING_MM, PADDING_MM + CAPITALS * mm(KEY_PT), key, "sans", KEY_PT)]
    items += [setter.text(PADDING_MM, y_mm + n * mm(size_pt * LEAD), line, "sans", size_pt) for n, line in enumerate(broken)]
    return Side(width_mm=sheet.width_mm, height_mm=sheet.height_mm, items=tuple(items), warnings=setter.warnings())


def _fitting(lines: Sequence[str], room_mm: float, room_pt: float, metrics: Metrics) -> tuple[float, list[str]]:
    """The largest type in which the lines fit, and the lines as they are broken in it; else the smallest."""
    for size_pt in SIZES_PT:
        high = len(lines) * mm(size_pt * LEAD) <= room_mm
        if high and all(metrics.width_pt(line, "sans", size_pt) <= room_pt for line in lines):
            return size_pt, list(lines)
    broken: list[str] = []
    for size_pt in SMALL_SIZES_PT:
        broken = [part for line in lines for part in metrics.wrap(line, "sans", size_pt, room_pt)]
        if len(broken) * mm(size_pt * LEAD) <= room_mm:
            return size_pt, broken
    return SMALL_SIZES_PT[-1], broken


def _key(drawn: DrawnSet, person: int, words: Words) -> str:
    return f"{written(drawn.code)} · {words.say('Person {person}', person=person)}"


def _told(made: Sequence[Side], words: Words) -> list[str]:
    """What was lost on which labels."""

    def who(code: str) -> list[int]:
        return [person for person, side in enumerate(made, start=1) if code in side.warnings]

    told = []
    if cut := who("text-cut"):
        told.append(words.say("Part of the address does not fit on the label and is missing (person {persons}).", persons=cut))
    if small := who("small-type"):
        told.append(words.say("The address is set very small (person {persons}).", persons=small))
    lost = dict.fromkeys(code for side in made for code in side.warnings if code.startswith("no-glyph"))
    return [*told, *(warning(code, words) for code in lost)]
