"""Who gets which cards: a list to pack by, and a table for the letters that go with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from imagestolive import pdf
from imagestolive.faces import Frame, Item, Rule, Side
from imagestolive.faces.setter import CAPITALS, SMALL_PT, Setter
from imagestolive.pipeline import DrawnSet
from imagestolive.press import Press, person_said, warning
from imagestolive.press.credits import table
from imagestolive.press.listing import HEAD_MM, HEAD_PT, PAGE_MARGIN_MM
from imagestolive.press.names import file_name
from imagestolive.press.papers import large_paper
from imagestolive.press.recipients import Recipients
from imagestolive.sets import written
from imagestolive.typeset import Metrics, dotted, isolated
from imagestolive.units import Paper, mm, pt
from imagestolive.words import Words

PERSON_MM, NAME_MM = 24.0, 50.0  # columns
BOX_MM, BOX_STEP_MM, LINE_MM = 3.2, 13.0, 6.0
RULE_UP_MM = 3.9  # from the next row's baseline
TYPE_PT = 9.0
RULE_GREY, RULE_PT = 0.7, 0.25


def packing_list(
    press: Press, drawn: DrawnSet, out: BinaryIO, words: Words, *, paper_key: str, recipients: Recipients | None = None
) -> list[str]:
    """Writes a PDF that lists each person's cards with a box to tick, and gives what must be said of it, a sentence each.

    Raises NotASize, PaperTooSmall. It shows nothing of any image.
    """
    sheet = large_paper(paper_key)
    sides = list(list_pages(drawn, sheet, words, press.metrics, recipients))
    document = pdf.Document(press.fonts, out)
    for side in sides:
        document.side(side)
    title = words.say("Packing list of set {code}", code=written(drawn.code))
    document.save(pdf.About(title=title, lang=words.lang))
    lost = dict.fromkeys(code for side in sides for code in side.warnings if code.startswith("no-glyph"))
    return [warning(code, words) for code in lost]


def list_pages(drawn: DrawnSet, sheet: Paper, words: Words, metrics: Metrics, recipients: Recipients | None) -> Iterator[Side]:
    """Pages with a row for each person and one for the spare cards."""
    boxes_x_mm = PAGE_MARGIN_MM + PERSON_MM + (NAME_MM if recipients else 0.0)
    in_line = int((sheet.width_mm - PAGE_MARGIN_MM - boxes_x_mm) / BOX_STEP_MM)
    rows = [(person, numbers, -(-len(numbers) // in_line)) for person, numbers in cards_of(drawn)]
    first_mm, foot_mm = PAGE_MARGIN_MM + HEAD_MM, sheet.height_mm - PAGE_MARGIN_MM
    pages: list[list[tuple[int | None, Sequence[int], int]]] = [[]]
    y_mm = first_mm
    for row in rows:
        if pages[-1] and y_mm + row[2] * LINE_MM > foot_mm:
            pages.append([])
            y_mm = first_mm
        pages[-1].append(row)
        y_mm += row[2] * LINE_MM
    for number, page in enumerate(pages, start=1):
        setter = Setter(metrics)
        title = words.say("Packing list of set {code}", code=written(drawn.code))
        said = words.say("Page {number} of {of}", number=number, of=len(pages))
        items: list[Item] = [
            setter.text(PAGE_MARGIN_MM, PAGE_MARGIN_MM + CAPITALS * mm(HEAD_PT), title, "serif", HEAD_PT),
            setter.text(PAGE_MARGIN_MM, foot_mm + LINE_MM, said, "sans", SMALL_PT),
        ]
        y_mm = first_mm
        for person, numbers, lines in page:
            items += _row(person, numbers, y_mm, boxes_x_mm, in_line, setter, words, recipients)
            y_mm += lines * LINE_MM
            items.append(_rule(y_mm - RULE_UP_MM, sheet))
        yield Side(width_mm=sheet.width_mm, height_mm=sheet.height_mm, items=tuple(items), warnings=setter.warnings())


def cards_of(drawn: DrawnSet) -> list[tuple[int | None, Sequence[int]]]:
    """Each person's card numbers, and at the end those of the spare cards."""
    request = drawn.request
    people: list[tuple[int | None, Sequence[int]]] = [
        (person, range((person - 1) * request.cards + 1, person * request.cards + 1)) for person in range(1, request.people + 1)
    ]
    spare = range(request.people * request.cards + 1, request.slots + 1)
    return [*people, (None, spare)] if spare else people


def merge_table(drawn: DrawnSet, recipients: Recipients, words: Words, *, set_file_name: str | None = None) -> bytes:
    """The recipients' own table as CSV, with four columns more: person, set code, card numbers and the set file's name.

    A recipient beyond the people of the set has nothing in them.
    """
    width = len(recipients.rows[0])
    own = [*recipients.columns, *(f"line{place + 1}" for place in range(len(recipients.columns), width))]
    rows: list[list[str]] = [[*own, *_unlike(own, ("person", "set", "cards", "set_file"))]]
    for place, cells in enumerate(recipients.rows, start=1):
        added = ["", "", "", ""]
        if place <= drawn.request.people:
            first = (place - 1) * drawn.request.cards + 1
            numbers = ", ".join(str(number) for number in range(first, first + drawn.request.cards))
            added = [str(place), written(drawn.code), numbers, set_file_name or file_name(drawn.code, "set", "json")]
        rows.append([*cells, *added])
    return table(rows, words)


def _unlike(own: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """Column names that the table has not: an underscore is added to one that it has."""
    taken = {name.casefold() for name in own}
    for name in names:
        while name in taken:
            name += "_"
        yield name


def _row(
    person: int | None,
    numbers: Sequence[int],
    y_mm: float,
    boxes_x_mm: float,
    in_line: int,
    setter: Setter,
    words: Words,
    recipients: Recipients | None,
) -> Iterator[Item]:
    yield setter.text(PAGE_MARGIN_MM, y_mm, person_said(person, words), "sans-semibold", TYPE_PT)
    if recipients and person and person <= len(recipients.rows):
        name = isolated(setter.drawable(recipients.first_line(person - 1), "sans"))
        lines = setter.metrics.wrap(name, "sans", TYPE_PT, pt(NAME_MM - 3))
        shown = lines[0] if len(lines) < 2 else dotted(lines[0])
        yield setter.text(PAGE_MARGIN_MM + PERSON_MM, y_mm, shown, "sans", TYPE_PT)
    for place, number in enumerate(numbers):
        line, column = divmod(place, in_line)
        x_mm, baseline_mm = boxes_x_mm + column * BOX_STEP_MM, y_mm + line * LINE_MM
        yield Frame(x_mm=x_mm, y_mm=baseline_mm - BOX_MM + 0.5, width_mm=BOX_MM, height_mm=BOX_MM, grey=0, width_pt=0.5)
        yield setter.text(x_mm + BOX_MM + 1.2, baseline_mm, str(number), "sans", TYPE_PT)


def _rule(y_mm: float, sheet: Paper) -> Rule:
    right_mm = sheet.width_mm - PAGE_MARGIN_MM
    return Rule(x0_mm=PAGE_MARGIN_MM, y0_mm=y_mm, x1_mm=right_mm, y1_mm=y_mm, grey=RULE_GREY, width_pt=RULE_PT)
