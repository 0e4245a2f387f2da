"""A document -> HTML for the editor of a learning platform: it strips styles, scripts, ids and drawings, so there are none.

Opened by itself it is a page; what stands in its body can be pasted. Platforms keep h1 for the title of their page, so the
document's own title is h2 here, its sections are h3. Drawings are told in words; lines and frames to write in are left out.
"""

from __future__ import annotations

from html import escape

from imagestolive import resources
from imagestolive.errors import N_
from imagestolive.teaching.blocks import Big, Box, Choice, Cutout, Document, Figure, Fold, Heading, Lines, NewPage, Notes, Table
from imagestolive.teaching.html import BOX_SIGN, NOTES, Writer
from imagestolive.teaching.links import is_elsewhere

DRAWING = N_("Drawing: {what}")

_RULE = "<hr>\n"


def write(document: Document, form: str, paper: str) -> bytes:
    del form, paper  # there is one, and no pages
    title = escape(document.title, quote=False)
    return (
        f'<!doctype html>\n<html lang="{document.lang}">\n<head><meta charset="utf-8"><title>{title}</title></head>\n<body>\n'
        f"{fragment(document)}</body>\n</html>\n"
    ).encode()


def fragment(document: Document) -> str:
    """What is pasted; it says its language, since the platform's may be another."""
    title, lead = (escape(text, quote=False) for text in (document.title, document.lead))
    body = _Writer(resources.words(document.lang)).blocks(document.blocks)
    return f'<div lang="{document.lang}">\n<h2>{title}</h2>\n<p>{lead}</p>\n{body.replace(_RULE * 2, _RULE)}</div>\n'


class _Writer(Writer):
    with_boxes = ""

    def link(self, text: str, href: str) -> str:
        """Places within the document have no ids here."""
        return f'<a href="{escape(href)}">{text}</a>' if is_elsewhere(href) else text

    def heading(self, block: Heading) -> str:
        minutes = f", {block.minutes} min" if block.minutes is not None else ""
        return f"<h{block.level + 1}>{escape(block.title, quote=False)}{minutes}</h{block.level + 1}>"

    def codes(self, text: str) -> str:
        return text

    def tick(self) -> str:
        return f"{BOX_SIGN} "

    def table_begins(self, _: Table) -> str:
        return '<table border="1">'  # a bare table has no lines, and empty cells would not be seen

    def table_ends(self) -> str:
        return "</table>"

    def lines(self, _: Lines) -> str:
        return ""

    def box(self, _: Box) -> str:
        return ""

    def fold(self, _: Fold) -> str:
        return ""

    def new_page(self, _: NewPage) -> str:
        return ""

    def choice(self, block: Choice) -> str:
        return f"<p>{self.tick()}{self.runs(block.runs)}</p>"

    def figure(self, block: Figure) -> str:
        return f"<p><em>{escape(self.words.say(DRAWING, what=block.alt), quote=False)}</em></p>"

    def card(self, block: Cutout) -> str:
        return f"{_RULE}{self.blocks(block.blocks)}{_RULE.strip()}"

    def big(self, block: Big) -> str:
        return f"<p><strong>{self.runs(block.runs)}</strong></p>"

    def notes(self, block: Notes) -> str:
        head = f"<p><strong>{escape(self.words.say(NOTES), quote=False)}</strong></p>"
        return f"<blockquote>\n{head}\n{self.blocks(block.blocks)}</blockquote>"
