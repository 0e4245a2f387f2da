"""Sides and sheets -> a PDF for home and school printers, PDF/A-3b, with the set file attached.

It is written piece by piece, so that a thousand cards take no more memory than ten. The same sides, fonts and library
versions give the same bytes, whatever the clock, the zone, the locale or what was made before.

pikepdf reads and proves files; it is loaded when it is asked to, for loading it takes as long as making thirty cards.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.faces import Image, Item, Side
from imagestolive.fonts import Fonts
from imagestolive.pdf.archive import SET_FILE, attached, declared, information
from imagestolive.pdf.images import Bitmaps, Quality
from imagestolive.pdf.objects import Objects, array, references, text
from imagestolive.pdf.pages import Content, Lettering
from imagestolive.pdf.type import Type
from imagestolive.sets import SET_FILE_MOST_BYTES
from imagestolive.sheets import Page, Placed
from imagestolive.units import CARD_AS_PAPER, pt
from imagestolive.words import DEFAULT_LANGUAGE

ARTICLE = (
    "After Gabriel Pereira and Bruno Moreschi, “Living with images from large-scale data sets: A critical pedagogy for scaling down”, "
    "Photographies (2023), https://doi.org/10.1080/17540763.2023.2189285"
)
FLAVOUR = "3b"

_DUPLEX = {"long": "/DuplexFlipLongEdge", "short": "/DuplexFlipShortEdge"}


class NoSetInside(ImagesToLiveError):
    """A file that was to be opened again is not one of our PDFs."""

    sentence = N_("There is no set in this PDF: only those that this program made of cards and images hold one.")
    field = "from"


@dataclass(frozen=True, kw_only=True)
class About:
    """What a PDF says of itself."""

    title: str
    subject: str = ARTICLE
    lang: str
    flip: str = "none"  # of sheets.Flip: what a printer is asked to do
    set_file: bytes | None = None


class Document:
    """A PDF in the making. What is drawn is written to `out` at once, and is no PDF before `save`; nothing of it is read again.

    A picture is written when it is first put or drawn; from then on what is drawn may come without its data.
    """

    def __init__(self, fonts: Fonts, out: BinaryIO, *, quality: Quality = "original") -> None:
        self._objects = Objects(out)
        self._root, self._tree, self._fonts_number = (self._objects.reserve() for _ in range(3))
        self._type = Type(fonts)
        self._lettering = Lettering(self._type)
        self._bitmaps = Bitmaps(self._objects, quality)
        self._pages: list[int] = []
        self._bookmarks: list[tuple[str, int]] = []  # title, number of the page's object

    def put(self, side: Side) -> None:
        """Writes the pictures of a side that is drawn later."""
        for item in side.items:
            if isinstance(item, Image):
                self._bitmaps.number(item)

    def bookmark(self, title: str) -> None:
        """A line of the outline that leads to the page drawn next."""
        self._bookmarks.append((title, len(self._pages)))

    def sheet(self, page: Page, side: Callable[[Placed], Side], bleed_mm: float = 0.0, above: Sequence[Item] = ()) -> None:
        """One page of a sheet; `above` is drawn over it, in the sheet's own coordinates. A card's own paper is trimmed to the card."""
        content = Content(page.paper.height_mm, self._lettering, self._bitmaps)
        for place in page.placed:
            content.placed(place, side(place), bleed_mm)
        for tick in page.ticks:
            content.tick(tick)
        for item in above:
            content.item(item)
        self._page(content, page.paper.width_mm, page.paper.height_mm, bleed_mm if page.paper.key == CARD_AS_PAPER else 0.0)

    def side(self, side: Side, bleed_mm: float = 0.0) -> None:
        """A page of one side alone, in the side's own size; with bleed the page is larger than what is to be left of it."""
        content = Content(side.height_mm + 2 * bleed_mm, self._lettering, self._bitmaps)
        if bleed_mm:
            content.moved(bleed_mm, bleed_mm)
        content.side(side, bleed_mm)
        self._page(content, side.width_mm + 2 * bleed_mm, side.height_mm + 2 * bleed_mm, bleed_mm)

    def _page(self, content: Content, width_mm: float, height_mm: float, bleed_mm: float) -> None:
        stream = self._objects.stream("", content.data())
        width_pt, height_pt, bleed_pt = pt(width_mm), pt(height_mm), pt(bleed_mm)
        media = array(f"{side:.4f}" for side in (0, 0, width_pt, height_pt))
        trim = array(f"{side:.4f}" for side in (bleed_pt, bleed_pt, width_pt - bleed_pt, height_pt - bleed_pt))
        images = "".join(f"{name} {number} 0 R" for name, number in content.called.items())
        page = self._objects.write(
            f"<</Type/Page/Parent {self._tree} 0 R/MediaBox{media}/BleedBox{media}/TrimBox{trim}"
            f"/Resources<</Font {self._fonts_number} 0 R/XObject<<{images}>>>>/Contents {stream} 0 R>>"
        )
        self._pages.append(page)

    def save(self, about: About) -> None:
        """Writes what a PDF ends with; nothing can be drawn afterwards."""
        objects = self._objects
        objects.write(f"<<{self._type.embed(objects)}>>", self._fonts_number)
        objects.write(f"<</Type/Pages/Count {len(self._pages)}/Kids{references(self._pages)}>>", self._tree)
        duplex = f"/Duplex{_DUPLEX.get(about.flip, '/Simplex')}"
        outlines = f"/Outlines {self._outline()} 0 R/PageMode/UseOutlines" if self._bookmarks else ""
        archive = declared(objects, title=about.title, subject=about.subject)
        set_file = attached(objects, about.set_file) if about.set_file is not None else ""
        objects.write(
            f"<</Type/Catalog/Pages {self._tree} 0 R/Lang{text(about.lang)}"
            f"/ViewerPreferences<<{duplex}/PrintScaling/None/DisplayDocTitle true>>{outlines}{archive}{set_file}>>",
            self._root,
        )
        objects.close(self._root, information(objects, title=about.title, subject=about.subject))

    def _outline(self) -> int:
        """A flat outline."""
        objects = self._objects
        root, items = objects.reserve(), [objects.reserve() for _ in self._bookmarks]
        for place, (title, page) in enumerate(self._bookmarks):
            before = f"/Prev {items[place - 1]} 0 R" if place else ""
            after = f"/Next {items[place + 1]} 0 R" if place + 1 < len(items) else ""
            target = self._pages[min(page, len(self._pages) - 1)]
            objects.write(f"<</Title{text(title)}/Parent {root} 0 R{before}{after}/Dest[{target} 0 R/Fit]>>", items[place])
        objects.write(f"<</Type/Outlines/First {items[0]} 0 R/Last {items[-1]} 0 R/Count {len(items)}>>", root)
        return root


def page(out: BinaryIO, side: Side, fonts: Fonts) -> None:
    """A PDF of one side, for drawing it on a screen."""
    document = Document(fonts, out)
    document.side(side)
    document.save(About(title="", lang=DEFAULT_LANGUAGE))


def read_set_file(source: Path | BinaryIO) -> bytes:
    """The set file attached to a PDF that `Document.save` made; raises NoSetInside for any other file."""
    import pikepdf

    try:
        with pikepdf.open(source) as pdf:
            stream = pdf.attachments[SET_FILE].obj.EF.F
            filters: object = stream.get(pikepdf.Name.Filter)
            data = stream.read_raw_bytes()
            if filters in (pikepdf.Name.FlateDecode, [pikepdf.Name.FlateDecode]):
                data = zlib.decompressobj().decompress(data, SET_FILE_MOST_BYTES + 1)  # however far it would unfold
            return data
    except (pikepdf.PdfError, pikepdf.PasswordError, AttributeError, KeyError, TypeError, ValueError, zlib.error):
        raise NoSetInside from None


def faults(source: Path | BinaryIO) -> list[str]:
    """What keeps a file from being PDF/A-3b, a line each, in the words of the validator; empty where nothing does."""
    from pikepdf import pdfa

    return [str(finding) for finding in pdfa.validate_written(source, FLAVOUR).findings]
