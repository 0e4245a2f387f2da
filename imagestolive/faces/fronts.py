"""The front: nothing but an image and white paper, or words where there is no image."""

from __future__ import annotations

from dataclasses import replace

from imagestolive.cards import Card
from imagestolive.credits import Credit
from imagestolive.faces.credit import CREDIT_PT, clipped_title, ever_shorter
from imagestolive.faces.fits import BORDER_MM, CAPTION_DROP_MM, CAPTION_LINES, Fit, Small, fit_of
from imagestolive.faces.items import Frame, Image, Item, Side, Span, Text
from imagestolive.faces.setter import CAPITALS, CREDIT_LEAD, MARGIN_MM, PART_MOST, SMALL_LEAD, SMALL_PT, Setter
from imagestolive.typeset import Metrics
from imagestolive.units import CardSize, mm, pt

KEYLINE_GREY, KEYLINE_PT = 0.7, 0.25


def front(card: Card, size: CardSize, metrics: Metrics, *, caption: bool = False, small: Small = "fill", bleeds: bool = False) -> Side:
    """Nothing but the image, with a keyline where it is as white as the paper; or a notice where there is none.

    With `caption` the credit stands below it in one line: for cards without a back. An image `bleeds` if its license lets it be cut.
    """
    place = fit_of(card, size, caption=caption, small=small, bleeds=bleeds)
    if card.picture is None or place is None:
        return _notice(card.notice or "", size, metrics)
    setter = Setter(metrics)
    if bleeds and not place.bleeds:
        setter.gave_way("not-cropped")
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
    if card.picture.pale_edge and not place.bleeds:
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
    return Side(width_mm=width, height_mm=height, items=tuple(items), warnings=setter.warnings(), bleeds=place.bleeds)


def _caption(credit: Credit, dataset: str, place: Fit, card_width_mm: float, setter: Setter) -> list[Text]:
    """“Title” by Author · CC BY 2.0 · Data set, year: no wider than the image; where that is too narrow, as wide as the border allows.

    The title is cut first. Author and license never are: a caption that is still too long gets more lines, and then smaller type.
    """
    title, *author = (setter.drawable(clipped_title(part), "sans", PART_MOST) for part in credit.sense[:2])
    tail = setter.drawable(f"{' '.join(author).rstrip(',')} · {credit.license_name} · {dataset}", "sans", PART_MOST)
    image_foot = place.y_mm + place.height_mm
    wide = BORDER_MM, card_width_mm - 2 * BORDER_MM
    titles = list(ever_shorter(title))
    for x_mm, width_mm in ((place.x_mm, place.width_mm), wide):
        for words in titles:
            line = setter.line(x_mm, image_foot + CAPTION_DROP_MM[0], f"{words} {tail}", "sans", SMALL_PT)
            if line.width_mm <= width_mm:
                if words != title:
                    setter.gave_way("title-shortened")
                return [line]
    size_pt = SMALL_PT
    while len(lines := setter.metrics.wrap(f"{titles[-1]} {tail}", "sans", size_pt, pt(wide[1]))) > CAPTION_LINES:
        size_pt *= 0.9
    setter.gave_way("title-shortened")
    baseline, lead = image_foot + CAPTION_DROP_MM[len(lines) > 1], mm(size_pt * SMALL_LEAD)
    return [setter.line(wide[0], baseline + n * lead, line, "sans", size_pt) for n, line in enumerate(lines)]


def _notice(notice: str, size: CardSize, metrics: Metrics) -> Side:
    setter = Setter(metrics)
    type_pt = CREDIT_PT[0]
    string = setter.drawable(notice, "serif")
    lines = metrics.balance(string, "serif", type_pt, pt(size.width_mm - 2 * MARGIN_MM))
    lead = mm(type_pt * CREDIT_LEAD)
    baseline = (size.height_mm - lead * (len(lines) - 1) + CAPITALS * mm(type_pt)) / 2
    items = []
    for line in lines:
        text = setter.line(0, baseline, line, "serif", type_pt)
        items.append(replace(text, x_mm=(size.width_mm - text.width_mm) / 2))
        baseline += lead
    return Side(width_mm=size.width_mm, height_mm=size.height_mm, items=tuple(items), warnings=setter.warnings())
