"""Record + license + language -> the attribution line and its parts.

Every credit is a sentence with places for title, author and license, so that a language can put them in its own order.
Text from outside is cleaned here: no control or bidi signs, one line, right-to-left names kept apart from what is around them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from imagestolive import licenses
from imagestolive.errors import N_
from imagestolive.licenses import NOT_RECORDED, License, Reading
from imagestolive.records import ImageRecord
from imagestolive.words import Words


@dataclass(frozen=True, kw_only=True)
class Credit:
    """What a card, a page or a file says about where an image comes from. Addresses stand without a full stop behind them."""

    line: str  # everything in one line, exact: copied text, captions, lists
    sense: tuple[str, ...]  # the sentence it starts with, one sense a line, quotes typographic: “Title” | by Author | is licensed under X
    title: str | None  # None: not recorded
    author: str | None
    license_name: str  # "CC BY 2.0"; where there is no license, the statement that takes its place
    license_url: str | None
    dataset_terms: str | None  # the data set's own license (with its address) or terms, where they differ from the image's
    source: str | None  # where the image can be seen, else where its file is; http and https only
    changes: str | None  # what was done to the image, where its license allows it
    note: str | None  # one or more whole sentences: credit is not required; a statement is no license; shown whole
    warnings: tuple[str, ...]  # codes, for reports


# Each form four times: all is known; no title; no author; neither. Without a title {title} is "Untitled image",
# without an author {author} is "author not recorded".
_SENTENCES = {
    "licensed": (
        N_('"{title}" by {author} is licensed under {license}'),
        N_("{title} by {author} is licensed under {license}"),
        N_('"{title}" ({author}) is licensed under {license}'),
        N_("{title} ({author}) is licensed under {license}"),
    ),
    "marked": (
        N_('"{title}" by {author} is marked with {license}'),
        N_("{title} by {author} is marked with {license}"),
        N_('"{title}" ({author}) is marked with {license}'),
        N_("{title} ({author}) is marked with {license}"),
    ),
    "nkcr": (
        N_('"{title}" by {author} has no known copyright restrictions'),
        N_("{title} by {author} has no known copyright restrictions"),
        N_('"{title}" ({author}) has no known copyright restrictions'),
        N_("{title} ({author}) has no known copyright restrictions"),
    ),
    "usgov": (
        N_('"{title}" by {author} is a United States Government Work'),
        N_("{title} by {author} is a United States Government Work"),
        N_('"{title}" ({author}) is a United States Government Work'),
        N_("{title} ({author}) is a United States Government Work"),
    ),
}
_NO_LICENSE = (  # a statement follows, behind a dot
    N_('"{title}" by {author}'),
    N_("{title} by {author}"),
    N_('"{title}" ({author})'),
    N_("{title} ({author})"),
)
_ALL_RIGHTS = N_("License not recorded; all rights may be reserved.")
_STATEMENTS = {
    "arr": N_("All rights reserved; no reuse license recorded"),
    "cc-unspecified": N_("Creative Commons, exact license not recorded"),
    "not-recorded": N_("Image license not recorded"),
    "pd": N_("Said to be in the public domain (no legal tool named)"),
    "unknown": _ALL_RIGHTS,
}

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_OPENING_QUOTE = re.compile(r'(?:(?<=[\s(\[{«„“‘])|^)"')
_QUOTED = re.compile('"([^"]*)"')
_END_OF_SENSE = re.compile(r"(\{(?:title|author)\}\S*) ")


def credit(record: ImageRecord, *, words: Words, changes: str | None = None, adapts: bool = False) -> Credit:
    """The credit of one image.

    `changes` says in this language what was done to it ("cropped to 3:2"); `adapts` that this makes a changed version in
    the license's sense (crop, blur, grey, outline; not size or file format). Where the license does not allow that, the
    credit has no changes, the warning "crop-refused" and a note: the caller shows the image whole.
    """
    reading = licenses.read(record.license_raw, dataset=record.dataset_license)
    own = reading.license
    refused = changes is not None and adapts and reading.permits_crop_adaptation in ("unclear", "no")
    title, author = _typographic(clean(record.title)), clean(record.author)
    source = next((address for address in (_web_address(record.landing_url), _web_address(record.source_url)) if address), None)
    made = None if refused else clean(changes)
    license_name = name_of_license(own, words)
    dataset_terms = _dataset_terms(reading, words)
    facts = {
        "title": _isolated(title) if title else words.say("Untitled image"),
        "author": _isolated(author) if author else words.say("author not recorded"),
        "license": license_name,
    }
    forms = _SENTENCES.get(own.kind, _NO_LICENSE)
    stated = words.say(_ALL_RIGHTS).rstrip(".") if own == NOT_RECORDED else license_name  # in full on a card, above the data set's terms
    sentence = forms[(title is None) + 2 * (author is None)]
    template = words.say(sentence, **{name: f"{{{name}}}" for name in facts})  # in this language, its places still open
    parts = (
        template.format(**facts),
        license_name if forms is _NO_LICENSE else None,
        own.url,
        dataset_terms,
        source and words.say("Source: {source}", source=source),
        made and words.say("Changes: {changes}", changes=made),
    )
    sense = [part.format(**facts) for part in _END_OF_SENSE.sub("\\1\n", _QUOTED.sub(r"“\1”", template)).split("\n")]
    return Credit(
        line=" · ".join(part for part in parts if part),
        sense=(*sense, f"· {stated}") if forms is _NO_LICENSE else tuple(sense),
        title=title,
        author=author,
        license_name=license_name,
        license_url=own.url,
        dataset_terms=dataset_terms,
        source=source,
        changes=made,
        note=_note(reading, refused, words),
        warnings=(
            *reading.warnings,
            *(() if author else ("author-missing",)),
            *(() if source else ("source-missing",)),
            *(("crop-refused",) if refused else ()),
        ),
    )


def clean(text: str | None) -> str | None:
    """One line of text without control signs, direction signs and lone surrogates; None when nothing is left.

    >>> clean("Two\\nlines\\u202e ")
    'Two lines'
    """
    if text and text.isascii() and text.isprintable():  # as most are; all else is looked at sign by sign
        return " ".join(text.split()) or None
    signs = (" " if sign.isspace() else sign for sign in _BIDI.sub("", text or "") if _is_printed(sign))
    return " ".join("".join(signs).split()) or None


def _is_printed(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cs")


def _typographic(title: str | None) -> str | None:
    """Straight quotes inside a title would close the quotes around it."""
    return title and _OPENING_QUOTE.sub("“", title).replace('"', "”")


def _isolated(text: str) -> str:
    right_to_left = not text.isascii() and any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in text)
    return f"\u2068{text}\u2069" if right_to_left else text


def _web_address(text: str | None) -> str | None:
    address = clean(text)
    return address if address and address.lower().startswith(("http://", "https://")) else None


def name_of_license(row: License, words: Words) -> str:
    """The short name of a license, or what a statement says, in a language."""
    if row.kind == "statement":
        return words.say(_STATEMENTS[row.slug]).removesuffix(".")
    if row.kind == "rightsstatement":
        return words.say("Rights statement: {name}", name=row.name)
    if row.kind == "nkcr":
        return words.say("No known copyright restrictions")
    if row.kind == "usgov":
        return words.say("United States Government Work")
    if "version-missing" in row.warnings:
        return words.say("{license} (version not stated)", license=row.name.removesuffix(" (version not stated)"))
    return row.name


def _dataset_terms(reading: Reading, words: Words) -> str | None:
    row = reading.dataset_license
    if row is None or row == reading.license:
        return None
    if row.kind == "database":
        said = words.say("Database under {license}", license=row.name)
    elif row.kind in ("licensed", "marked"):
        said = words.say("Data set under {license}", license=name_of_license(row, words))
    else:
        terms = clean(row.name) if row.kind == "terms" else name_of_license(row, words)
        said = words.say("Data set terms: {terms}", terms=_isolated(terms or ""))
    return f"{said} · {row.url}" if row.url else said


def _note(reading: Reading, refused: bool, words: Words) -> str | None:
    sentences = (
        ("status-not-license" in reading.warnings, N_("This is a statement about copyright, not a license.")),
        (reading.license.permits_print == "us-only", N_("It is free of copyright in the United States; elsewhere it may not be.")),
        (reading.attribution == "courtesy", N_("Credit is not required here; we give it anyway.")),
        (refused, N_("Its license does not allow changed versions, so it is shown whole.")),
    )
    return " ".join(words.say(sentence) for holds, sentence in sentences if holds) or None
