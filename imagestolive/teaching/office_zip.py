"""Office files are ZIP files of named parts, among them one about the file: without an author, a date or a program.

The same parts make the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

from imagestolive.teaching.blocks import Document
from imagestolive.teaching.office_tree import clean
from imagestolive.zips import entry_of

Parts = dict[str, bytes]  # name -> content, in the order of the file
Convert = Callable[[object, Parts], Parts]  # a tree of pandoc and a reference document -> what pandoc makes of them

_STORED = ("mimetype",)  # read by systems at its place in the file: OpenDocument 1.3, part 2, 3.3


def unpacked(file: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(file)) as opened:
        return {entry.filename: opened.read(entry) for entry in opened.infolist() if not entry.is_dir()}


def packed(parts: Parts) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name, content in parts.items():
            entry = entry_of(name)
            entry.compress_type = zipfile.ZIP_STORED if name in _STORED or name.endswith(".png") else zipfile.ZIP_DEFLATED
            file.writestr(entry, content)
    return made.getvalue()


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_DUBLIN = "http://purl.org/dc/elements/1.1/"


def core(document: Document) -> bytes:
    """What DOCX and PPTX say of themselves."""
    space = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
    return f'{XML}<cp:coreProperties xmlns:cp="{space}" xmlns:dc="{_DUBLIN}">{_about(document)}</cp:coreProperties>'.encode()


def app() -> bytes:
    return f'{XML}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'.encode()


def opendocument_meta(document: Document) -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    return (
        f'{XML}<office:document-meta xmlns:office="{space}" xmlns:dc="{_DUBLIN}" office:version="1.3"><office:meta>{_about(document)}'
        "</office:meta></office:document-meta>"
    ).encode()


def _about(document: Document) -> str:
    return f"<dc:title>{escape(clean(document.title))}</dc:title><dc:language>{escape(clean(document.lang))}</dc:language>"
