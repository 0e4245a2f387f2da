"""A set on paper: cards in, files out. Each image passes the gate as it comes, and before a file leaves the rules are asked once more.

What a file shows is drawn when its page is, and forgotten then; of each card only its text is kept.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, BinaryIO, Literal, TypeVar, cast

from imagestolive import faces, pdf, sheets
from imagestolive.cards import Card
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.faces import Side
from imagestolive.pdf.images import Quality
from imagestolive.pipeline import DrawnSet, Pipeline, Progress
from imagestolive.policy import Policy
from imagestolive.press.listing import credit_pages, sheet_line
from imagestolive.records import ImageRecord
from imagestolive.sets import Request, written
from imagestolive.sheets import Flip, Layout, Page, Placed, SheetSpec
from imagestolive.typeset import Metrics
from imagestolive.units import CARD_AS_PAPER, card_size, name_said, paper
from imagestolive.words import Words

_T = TypeVar("_T")
Part = Literal["all", "fronts", "backs"]

# What faces had to give up, in words.
_WARNINGS = {
    "no-glyph": N_("The typefaces have no sign for {signs}; □ stands in their place."),
    "title-shortened": N_("The title is shortened."),
    "source-shortened": N_("The source is given in its short form."),
    "source-left-out": N_("The source’s address is too long to be printed; it is left out."),
    "small-type": N_("The credit is set in smaller type."),
    "text-cut": N_("Not all that is recorded fits on the back."),
    "not-cropped": N_("The image keeps its white border: no license that we know of allows cutting it, or too little of it would be left."),
    "too-small-to-post": N_("The card is too small for an address: its back has the credit instead."),
    "too-small-beside": N_("The card is too small for two columns: its back has the credit alone."),
    "code-left-out": N_("The card is too small for a QR code."),
}


class Press:
    """The sides of cards and the files made of them, for one pipeline. Safe for several threads.

    `backs_kept`: so many backs are kept as they were laid out, where a page shows those whose PDF is asked for next; each takes some 10 kB.
    """

    def __init__(self, pipeline: Pipeline, *, backs_kept: int = 0) -> None:
        self.pipeline = pipeline
        self.fonts = pipeline.fonts
        self.metrics = Metrics(pipeline.fonts)
        self._backs: OrderedDict[tuple[object, ...], Side] = OrderedDict()
        self._backs_kept = backs_kept
        self._lock = threading.Lock()

    # ---- sides --------------------------------------------------------------------------------------------------------

    def front(self, card: Card, request: Request) -> Side:
        """The front of a card; with the credit as a caption where that is asked for or nothing else carries it."""
        return faces.front(
            card,
            card_size(request.card),
            self.metrics,
            caption=captioned(request),
            small=cast("faces.Small", request.printing.small),
            bleeds=request.printing.border == "bleed",
        )

    def back(self, card: Card, request: Request, words: Words) -> Side:
        """The back of a card, of the kind that the request names."""
        if not self._backs_kept:
            return self._laid_back(card, request, words)
        known = put_away(card), request.card, request.back, request.flip, request.printing, words.lang  # all that decides on a back
        with self._lock:
            if known in self._backs:
                self._backs.move_to_end(known)
                return self._backs[known]
        laid = self._laid_back(card, request, words)
        with self._lock:
            self._backs[known] = laid
            if len(self._backs) > self._backs_kept:
                self._backs.popitem(last=False)
        return laid

    def _laid_back(self, card: Card, request: Request, words: Words) -> Side:
        return faces.back(
            card,
            card_size(request.card),
            words,
            self.metrics,
            kind=cast("faces.Kind", request.back),
            caption=captioned(request),
            small=cast("faces.Small", request.printing.small),
            bleeds=request.printing.border == "bleed",
            quality_small=request.printing.quality == "small",
        )

    def fit(self, card: Card, request: Request) -> faces.Fit | None:
        """How a card's image is printed; None where it shows none."""
        return faces.fit_of(
            card,
            card_size(request.card),
            caption=captioned(request),
            small=cast("faces.Small", request.printing.small),
            bleeds=request.printing.border == "bleed",
        )

    # ---- sheets -------------------------------------------------------------------------------------------------------

    def sheets(
        self,
        drawn: DrawnSet,
        policy: Policy,
        out: BinaryIO,
        words: Words,
        *,
        part: Part = "all",
        only: Collection[int] = (),
        progress: Progress | None = None,
    ) -> list[Card]:
        """Writes the sheets of a set as a PDF and gives its cards, without their pictures' data.

        `out` is a file that can be written again from its beginning. `only`: the numbers of the cards wanted; none: all.
        Raises TooFewImages, NoSuchCard, and DoesNotFit for a card that is too large for the paper.
        """
        drawn.check_complete(words)
        return self.under_todays_rules(
            policy, out, lambda today: self._sheets(drawn, today, out, words, part=part, only=only, progress=progress)
        )

    def _sheets(
        self, drawn: DrawnSet, policy: Policy, out: BinaryIO, words: Words, *, part: Part, only: Collection[int], progress: Progress | None
    ) -> list[Card]:
        request = drawn.request
        spec = check(request)
        document = pdf.Document(self.fonts, out, quality=cast("Quality", request.printing.quality))
        cards, turned = [], []
        for card in self.chosen(drawn, policy, words, only, progress):
            front = self.front(card, request)
            if part != "backs":
                document.put(front)
            turned.append(front.height_mm > front.width_mm)
            cards.append(put_away(card))
        told: dict[int, tuple[str, ...]] = {}

        def tell(place: int, warnings: tuple[str, ...]) -> None:
            told[place] = tuple(dict.fromkeys((*told.get(place, ()), *warnings)))

        def side(place: Placed) -> Side:
            card = cards[place.index]
            drawn_side = self.front(card, request) if place.side == "front" else self.back(card, request, words)
            tell(place.index, drawn_side.warnings)
            return drawn_side

        pages = part_of(sheets.impose(turned, spec, layout_of(request)), part)
        named: set[int | None] = set()
        for page in pages:
            for person in dict.fromkeys(cards[place.index].person for place in page.placed):
                if person not in named:
                    named.add(person)
                    document.bookmark(person_said(person, words))
            document.sheet(page, side, spec.bleed_mm, self._sheet_line(page, drawn, words))
        if request.flip == "credits" and part != "backs":
            for listing in credit_pages(cards, spec.paper, words, self.metrics, code=written(drawn.code), told=tell):
                document.side(listing)
        document.save(about(drawn, words, flip=request.flip))
        return [dataclasses.replace(card, warnings=told[place]) if told.get(place) else card for place, card in enumerate(cards)]

    def _sheet_line(self, page: Page, drawn: DrawnSet, words: Words) -> Sequence[faces.Item]:
        """Code and number of a sheet, where there is waste enough to stand on."""
        if page.line is None:
            return ()
        says = {
            "fronts": words.say("{code} · sheet {number} of {of}, fronts", code=written(drawn.code), number=page.sheet, of=page.of),
            "backs": words.say("{code} · sheet {number} of {of}, backs", code=written(drawn.code), number=page.sheet, of=page.of),
            "both": words.say("{code} · sheet {number} of {of}", code=written(drawn.code), number=page.sheet, of=page.of),
        }
        hints = {
            "long": words.say("actual size, turn on the long edge"),
            "short": words.say("actual size, turn on the short edge"),
        }
        said = says[page.shows]
        hint = hints.get(drawn.request.flip, words.say("actual size"))
        return sheet_line(said, hint, page.line, self.metrics)

    # ---- what files have in common ------------------------------------------------------------------------------------

    def chosen(self, drawn: DrawnSet, policy: Policy, words: Words, only: Collection[int], progress: Progress | None) -> Iterator[Card]:
        """The cards wanted, in order of their numbers, each with its picture's data."""
        if not only:
            return self.pipeline.cards(drawn, policy, words, progress=progress)
        return (self.pipeline.card(drawn, number, policy, words) for number in sorted(set(only)))

    def under_todays_rules(self, policy: Policy, out: BinaryIO, make: Callable[[Policy], _T]) -> _T:
        """Makes a file; if the rules have changed meanwhile, makes it anew, so that nothing leaves that they hold back."""
        while True:
            made = make(policy)
            today = self.pipeline.today(policy)
            if today.hash == policy.hash:
                return made
            policy = today
            out.seek(0)
            out.truncate()

    # ---- report -------------------------------------------------------------------------------------------------------

    def report(self, drawn: DrawnSet, policy: Policy, words: Words, *, progress: Progress | None = None) -> dict[str, Any]:
        """The set file's content and, per card, record, credit line, decision and ppi."""
        content: dict[str, Any] = dataclasses.asdict(drawn.set_file())
        content["cards"] = []
        for slot in range(1, drawn.request.slots + 1):
            content["cards"].append(self._reported(drawn, slot, policy, words))
            if progress:
                progress(slot, drawn.request.slots)
        return content

    def _reported(self, drawn: DrawnSet, slot: int, policy: Policy, words: Words) -> dict[str, Any]:
        place = {"number": slot, "person": drawn.request.person(slot)}
        card = self.pipeline.card(drawn, slot, policy, words)
        fit = self.fit(card, drawn.request)
        if card.credit is None or fit is None:
            reason = self.pipeline.reason(drawn, slot, policy)
            return {**place, "record": None, "credit": None, "decision": {"allowed": False, "reason": reason}, "ppi": None}
        record = self.pipeline.record(drawn, slot)
        return {
            **place,
            "record": record and _plain(record),
            "credit": card.credit.line,
            "warnings": list(card.credit.warnings),
            "decision": {"allowed": True, "reason": None},
            "ppi": round(fit.ppi, 1),
        }


class NoPlaceForTheCredit(ImagesToLiveError):
    """Images to the edge on sheets that are printed on one side, or with captions."""

    sentence = N_("Images that reach the edge leave no room for a caption: print backs, or a sheet of credits, or keep the white border.")
    field = "border"


class NoSuchSlot(ImagesToLiveError):
    """The first sheet has fewer slots than were to be skipped."""

    sentence = N_("Printing cannot start at place {start}: a sheet has {slots}.")
    field = "start"


def check(request: Request) -> SheetSpec:
    """How the sheets of a request are divided. Raises DoesNotFit, NoPlaceForTheCredit, NoSuchSlot."""
    spec = spec_of(request)
    if request.printing.border == "bleed" and captioned(request):
        raise NoPlaceForTheCredit
    slots = sheets.slots_of(spec, cast("Flip", request.flip))
    if request.printing.start > slots:
        raise NoSuchSlot(start=request.printing.start, slots=slots)
    return spec


def spec_of(request: Request) -> SheetSpec:
    """How the sheets of a request are divided; raises DoesNotFit."""
    size = card_size(request.card)
    bleed_mm = faces.BLEED_MM if request.printing.border == "bleed" else 0.0
    if request.paper == CARD_AS_PAPER:
        spec = sheets.one_up(size, bleed_mm)
        if request.flip == "fold":
            raise sheets.DoesNotFold(card_width=size.width_mm, card_height=size.height_mm, paper=name_said(spec.paper))
        return spec
    return sheets.spec_for(paper(request.paper), size, bleed_mm=bleed_mm, fold=request.flip == "fold")


def layout_of(request: Request) -> Layout:
    printing = request.printing
    return Layout(
        flip=cast("Flip", request.flip),
        order=cast("sheets.Order", printing.order),
        marks=cast("sheets.Marks", printing.marks),
        start=printing.start,
        turn_backs=printing.turn_backs,
        back_x_mm=printing.back_x_mm,
        back_y_mm=printing.back_y_mm,
        back_scale_percent=printing.back_scale_percent,
    )


def uncropped(drawn: DrawnSet) -> DrawnSet:
    """The set for files that show each image whole, however its cards are printed."""
    printing = dataclasses.replace(drawn.request.printing, border="white")
    return dataclasses.replace(drawn, request=dataclasses.replace(drawn.request, printing=printing))


def part_of(pages: Sequence[Page], part: Part) -> Sequence[Page]:
    """The pages of a file. For printers that are fed by hand the file of backs begins with the last sheet."""
    if part == "fronts":
        return sheets.fronts_file(pages)
    if part == "backs":
        return sheets.backs_file(pages)
    return pages


def captioned(request: Request) -> bool:
    """Sheets without backs carry the credit on the front: no image is handed out without it."""
    return request.flip == "none" or request.printing.front == "caption"


def has_backs(request: Request) -> bool:
    """Whether the cards have backs, wherever on the paper these lie."""
    return request.flip not in ("none", "credits")


def put_away(card: Card) -> Card:
    """The card without its picture's data."""
    picture = card.picture and card.picture.without_data()
    return card if picture is card.picture else dataclasses.replace(card, picture=picture)


def person_said(person: int | None, words: Words) -> str:
    return words.say("Spare cards") if person is None else words.say("Person {person}", person=person)


def about(drawn: DrawnSet, words: Words, *, flip: str = "none") -> pdf.About:
    """What each PDF of a set says of itself; its set file is in it."""
    title = words.say("Images to live with: set {code}", code=written(drawn.code))
    return pdf.About(title=title, lang=drawn.request.lang, flip=flip, set_file=drawn.set_file().to_bytes())


def warning(code: str, words: Words) -> str:
    """A sentence for what was lost in setting a card: "no-glyph: 日本", "title-shortened", ..."""
    kind, _, signs = code.partition(": ")
    return words.say(_WARNINGS[kind], signs=signs)


def _plain(record: ImageRecord) -> dict[str, Any]:
    """A record as JSON takes it: absent fields absent, sets in order."""
    found = {name: value for name, value in dataclasses.asdict(record).items() if value not in (None, (), frozenset())}
    if record.flags:
        found["flags"] = sorted(record.flags)
    return found
