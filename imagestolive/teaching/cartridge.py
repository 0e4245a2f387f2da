"""Documents -> an IMS Common Cartridge 1.1, the package that Moodle, Canvas and other learning platforms restore.

A ZIP file with `imsmanifest.xml`, which names each file once as a resource and once, by its title, in a list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from xml.sax.saxutils import escape, quoteattr

from imagestolive.teaching import lms
from imagestolive.teaching.blocks import Document
from imagestolive.teaching.office_zip import packed

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NOT_IN_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier={manifest}
 xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
 xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1 \
http://www.imsglobal.org/profile/cc/ccv1p1/ccv1p1_imscp_v1p2_v1p0.xsd \
http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest \
http://www.imsglobal.org/profile/cc/ccv1p1/LOM/ccv1p1_lommanifest_v1p0.xsd">
<metadata>
<schema>IMS Common Cartridge</schema>
<schemaversion>1.1.0</schemaversion>
<lomimscc:lom><lomimscc:general>
<lomimscc:title><lomimscc:string language={lang}>{title}</lomimscc:string></lomimscc:title>
<lomimscc:language>{lang_said}</lomimscc:language>
</lomimscc:general></lomimscc:lom>
</metadata>
<organizations>
<organization identifier={organization} structure="rooted-hierarchy">
<item identifier={root}>
{items}</item>
</organization>
</organizations>
<resources>
{resources}</resources>
</manifest>
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file, and what it is called where people choose it."""

    title: str
    file: str  # ASCII letters, digits, hyphens, points; no folders
    data: bytes


def write(document: Document, form: str, paper: str) -> bytes:
    """One document, as a page."""
    page = Entry(title=document.title, file=f"{document.key}.html", data=lms.write(document, form, paper))
    return pack(document.title, document.lang, [page], code=document.code)


def pack(title: str, lang: str, entries: Sequence[Entry], *, code: str | None = None) -> bytes:
    """A cartridge of files, in their order. `code`: of the set that they are filled in for. Raises ValueError for unfit file names."""
    if len({entry.file.lower() for entry in entries}) < len(entries) or not all(_FILE.fullmatch(entry.file) for entry in entries):
        raise ValueError([entry.file for entry in entries])
    folder = f"images-to-live-with_{lang}{f'_{code}' if code else ''}"
    files = [(f"{folder}/{entry.file}", entry) for entry in entries]
    return packed({"imsmanifest.xml": _manifest(title, lang, files, folder), **{name: entry.data for name, entry in files}})


def _manifest(title: str, lang: str, files: Sequence[tuple[str, Entry]], folder: str) -> bytes:
    items = "".join(
        f"<item identifier={_id('item', name)} identifierref={_id('resource', name)}><title>{_said(entry.title)}</title></item>\n"
        for name, entry in files
    )
    resources = "".join(
        f'<resource identifier={_id("resource", name)} type="webcontent" href={quoteattr(name)}><file href={quoteattr(name)}/></resource>\n'
        for name, _ in files
    )
    names = [name for name, _ in files]
    manifest, organization, root = (_id(kind, folder, *names) for kind in ("manifest", "organization", "root"))
    return _MANIFEST.format(
        manifest=manifest,
        organization=organization,
        root=root,
        title=_said(title),
        lang=quoteattr(lang),
        lang_said=_said(lang),
        items=items,
        resources=resources,
    ).encode()


def _id(kind: str, *names: str) -> str:
    """An attribute that is the same whenever the same is packed, and another one for other sets: platforms replace what has the same."""
    return quoteattr(f"{kind}-{sha256('/'.join(names).encode()).hexdigest()[:16]}")


def _said(text: str) -> str:
    return escape(_NOT_IN_XML.sub(" ", text))
