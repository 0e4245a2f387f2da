"""The calibration page: printed once on a printer, it shows where that lays backs beside their fronts, and says what to type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, cast

from imagestolive import calibration as geometry
from imagestolive import pdf
from imagestolive.calibration import LABEL_PT, Box, Calibration, Label, Marks
from imagestolive.faces import Item, Rule, Side, Text
from imagestolive.faces.setter import SMALL_LEAD, Setter
from imagestolive.press import Press
from imagestolive.printers import Printer, said
from imagestolive.sheets import Flip, Layout, Page, Placed, as_laid
from imagestolive.units import Paper, mm, name_said, pt
from imagestolive.words import Words

HEAD_PT = 15.0
TYPE_PT = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5)  # the largest with which all sentences fit their box
GAP = 0.45  # of a line, between two sentences


def calibration(press: Press, paper: Paper, out: BinaryIO, words: Words, *, printer: Printer) -> None:
    """Writes the page, with its back as this printer is told to lay it. Raises TooSmallToCalibrate."""
    flip = cast("Flip", printer.flip)
    made = geometry.calibration(paper, flip)
    setter = Setter(press.metrics)
    told = said(printer, words) if printer != Printer(flip=printer.flip) else None
    title = words.say("Calibration page, {paper}", paper=name_said(paper))
    sides = [_side(made.front, paper, setter, _front_boxes(made, words, title, told))]
    if made.back.ticks:
        sides.append(_side(made.back, paper, setter, {"title": [words.say("Back of the calibration page"), words.say("Read the front.")]}))
    document = pdf.Document(press.fonts, out)
    for side, shows in zip(sides, ("front", "back"), strict=False):
        place = _place(paper, printer) if shows == "back" else _place(paper, Printer())
        page = Page(sheet=1, of=1, shows="backs" if shows == "back" else "fronts", placed=(place,), ticks=(), line=None, paper=paper)
        document.sheet(page, lambda _, side=side: side)  # type: ignore[misc]
    document.save(pdf.About(title=title, lang=words.lang, flip=flip))


def _place(paper: Paper, printer: Printer) -> Placed:
    """The whole page, laid as a back is."""
    whole = Placed(index=0, side="back", x_mm=0, y_mm=0, width_mm=paper.width_mm, height_mm=paper.height_mm, rotation_deg=0)
    layout = Layout(
        turn_backs=printer.turn_backs,
        back_x_mm=printer.back_x_mm,
        back_y_mm=printer.back_y_mm,
        back_scale_percent=printer.back_scale_percent,
    )
    return as_laid(whole, paper, layout)


def _front_boxes(made: Calibration, words: Words, title: str, told: str | None) -> dict[str, Sequence[str]]:
    """What stands in each box of the front, the first of the title as its head."""
    edges = {
        "long": words.say("Print this page at actual size on both sides, turned on the long edge."),
        "short": words.say("Print this page at actual size on both sides, turned on the short edge."),
        "manual": words.say(
            "Print this page at actual size; then put the sheet back, turned over on its long edge, and print the other side."
        ),
    }
    first = [title, edges.get(made.flip, words.say("Print this page at actual size."))]
    if told:
        first.append(words.say("The back is laid as this printer is told now: {printer}. All should lie in its place.", printer=told))
    first.append(
        words.say(
            "Measure the upright bar at the left. If it is not {length} mm long, the printer has scaled the page: choose “actual size” "
            "and print it again.",
            length=f"{made.bar_mm:g}",
        )
    )
    return {"title": first, "reading": _reading(made, words), "edges": [_edges(words)]}


def _reading(made: Calibration, words: Words) -> list[str]:
    if not made.back.ticks:
        return []
    return [
        words.say("Hold the sheet against the light, this side towards you: the large cross of the back lies over both scales."),
        words.say(
            "To the right: the number where it cuts the level scale. Down: the number where it cuts the upright scale. "
            "Type both, with their signs."
        ),
        words.say("The slanted cross should lie in square 1. If it lies in square 2, backs come out upside down: let them be turned."),
        words.say(
            "The small crosses left and right should lie at −{across} and +{across}. Where they do not, type as scale 100 × {apart} ÷ "
            "the millimetres between them.",
            across=str(made.across_mm),
            apart=str(2 * made.across_mm),
        ),
    ]


def _edges(words: Words) -> str:
    return words.say(
        "The steps at the edges: the lowest number whose step you can see whole is how many millimetres this printer leaves white."
    )


def _side(marks: Marks, paper: Paper, setter: Setter, said_in: dict[str, Sequence[str]]) -> Side:
    items: list[Item] = [
        Rule(x0_mm=tick.x0_mm, y0_mm=tick.y0_mm, x1_mm=tick.x1_mm, y1_mm=tick.y1_mm, grey=tick.grey, width_pt=tick.width_pt)
        for tick in marks.ticks
    ]
    items += [_label(label, setter) for label in marks.labels]
    for name, sentences in said_in.items():
        items += _sentences(marks.boxes[name], sentences, setter, headed=name == "title")
    return Side(width_mm=paper.width_mm, height_mm=paper.height_mm, items=tuple(items), warnings=setter.warnings())


def _label(label: Label, setter: Setter) -> Text:
    text = setter.text(label.x_mm, label.baseline_mm, label.string, "sans", LABEL_PT)
    if label.anchor == "start":
        return text
    return setter.text(label.x_mm - text.width_mm / 2, label.baseline_mm, label.string, "sans", LABEL_PT)


def _sentences(box: Box, sentences: Sequence[str], setter: Setter, *, headed: bool) -> Iterator[Text]:
    """Sentences one below the other, in the largest type with which they fit."""
    head, rest = (sentences[0], sentences[1:]) if headed else (None, sentences)
    width_pt = pt(box.width_mm)
    heads = setter.metrics.wrap(head, "serif", HEAD_PT, width_pt) if head else []
    head_mm = mm(HEAD_PT) * 1.3
    for size_pt in TYPE_PT:
        wrapped = [setter.metrics.wrap(sentence, "sans", size_pt, width_pt) for sentence in rest]
        lead_mm = mm(size_pt * SMALL_LEAD)
        height_mm = head_mm * len(heads) + lead_mm * (sum(map(len, wrapped)) + GAP * len(wrapped))
        if height_mm <= box.height_mm:
            break
    y_mm = box.y_mm
    for line in heads:
        yield setter.text(box.x_mm, y_mm + mm(HEAD_PT) * 0.7, line, "serif", HEAD_PT)
        y_mm += head_mm
    for lines in wrapped:
        for line in lines:
            yield setter.text(box.x_mm, y_mm + mm(size_pt) * 0.8, line, "sans", size_pt)
            y_mm += lead_mm
        y_mm += GAP * lead_mm
