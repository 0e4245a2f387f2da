"""Sheets -> a PDF for home and school printers: vector pages by reportlab; image streams, boxes, metadata, attachment by pikepdf.

The same sides, fonts and library versions give the same bytes, whatever the clock, the zone, the locale or what was made before.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

import pikepdf
from pikepdf import Array, AttachedFileSpec, Dictionary, Name, String

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.faces import Side
from imagestolive.fonts import Fonts
from imagestolive.pdf.images import Bitmaps
from imagestolive.pdf.pages import draw
from imagestolive.sets import SET_FILE_MOST_BYTES
from imagestolive.sheets import Flip, Sheet, SheetSpec
from imagestolive.units import pt

ARTICLE = (
    "After Gabriel Pereira and Bruno Moreschi, “Living with images from large-scale data sets: A critical pedagogy for scaling down”, "
    "Photographies (2023), https://doi.org/10.1080/17540763.2023.2189285"
)
SET_FILE = "set.json"

_EPOCH = "D:20000101000000+00'00'"  # every date in the file: it has no clock
_AUTHOR = "Images to live with"
_DUPLEX = {"long": Name.DuplexFlipLongEdge, "short": Name.DuplexFlipShortEdge, "none": Name.Simplex}


class NoSetInside(ImagesToLiveError):
    """A file that was to be opened again is not one of our PDFs."""

    sentence = N_("There is no set in this PDF: it is not one that this program made.")
    field = "from"


def write(
    out: BinaryIO,
    *,
    sheets: Sequence[Sheet],
    fronts: Sequence[Side],
    backs: Sequence[Side],
    spec: SheetSpec,
    flip: Flip,
    fonts: Fonts,
    title: str,
    subject: str,
    lang: str,
    set_file: bytes,
) -> None:
    """Writes one PDF: for each sheet its front page and, unless flip is none, its back page. Sides are by card index."""
    bitmaps = Bitmaps()
    pages = draw(sheets, fronts, backs, spec, fonts, bitmaps)
    with pikepdf.open(pages.file) as pdf:
        streams = bitmaps.streams(pdf)
        for page, called in zip(pdf.pages, pages.bitmaps, strict=True):
            page.TrimBox = Array([0, 0, pt(spec.paper.width_mm), pt(spec.paper.height_mm)])
            page.Resources.XObject = Dictionary({name: streams[name] for name in sorted(called)})
            if Name.Trans in page.obj:
                del page.obj[Name.Trans]  # an empty transition that reportlab leaves, and PDF/A refuses
        pdf.Root.Lang = String(lang)
        pdf.Root.ViewerPreferences = Dictionary(Duplex=_DUPLEX[flip], PrintScaling=Name("/None"), DisplayDocTitle=True)
        pdf.trailer.Info = pdf.make_indirect(_metadata(title, subject))
        pdf.attachments[SET_FILE] = _attachment(pdf, set_file)
        pdf.save(out, deterministic_id=True, min_version="1.7")


def read_set_file(source: Path | BinaryIO) -> bytes:
    """The set file attached to a PDF that `write` made; raises NoSetInside for any other file."""
    try:
        with pikepdf.open(source) as pdf:
            stream = pdf.attachments[SET_FILE].obj.EF.F
            filters: object = stream.get(Name.Filter)
            data = stream.read_raw_bytes()
            if filters in (Name.FlateDecode, [Name.FlateDecode]):
                data = zlib.decompressobj().decompress(data, SET_FILE_MOST_BYTES + 1)  # however far it would unfold
            return data
    except (pikepdf.PdfError, pikepdf.PasswordError, AttributeError, KeyError, TypeError, ValueError, zlib.error):
        raise NoSetInside from None


def _metadata(title: str, subject: str) -> Dictionary:
    return Dictionary(
        Title=String(title),
        Author=String(_AUTHOR),
        Subject=String(subject),
        Creator=String("imagestolive"),
        CreationDate=String(_EPOCH),
        ModDate=String(_EPOCH),
    )


def _attachment(pdf: pikepdf.Pdf, set_file: bytes) -> AttachedFileSpec:
    dates = {"creation_date": _EPOCH, "mod_date": _EPOCH}
    attachment = AttachedFileSpec(pdf, set_file, filename=SET_FILE, mime_type="application/json", **dates)
    attachment.obj.AFRelationship = Name.Data
    return attachment
