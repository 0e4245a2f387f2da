"""Datasheets: what is known of a data set, one YAML file each in catalogue/.

Prose stands in every language; what is not known says so there, and what nobody checked says that too.
Loading checks every field, so that a slip in the catalogue is named and does not reach a page.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from imagestolive.config import HOST, load_yaml
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import FLAGS, Flag, People
from imagestolive.words import LANGUAGES

Prose = Mapping[str, str]  # language -> text
TermsAllow = Literal["open", "teaching", "research", "nothing-stated"]
Status = Literal["available", "on request", "withdrawn"]

SHORT_MOST_CHARACTERS = 30  # it stands on every card: "From the data set COCO, 2014"


class BadDatasheet(ImagesToLiveError):
    """A field of a catalogue file is missing, unknown or of the wrong kind."""

    sentence = N_("{file}: {name} {problem}.")


@dataclass(frozen=True, kw_only=True)
class SheetFile:
    """One image that a package brings along, and its credit as the package documents it. What it does not say is None."""

    file: str
    license: str
    title: str | None = None
    author: str | None = None
    author_url: str | None = None
    landing_url: str | None = None
    photo_id: str | None = None
    seen_on: str | None = None  # ISO date: when the package's people took the image and saw its license
    changes: Prose | None = None  # what they did to it
    people: People | None = None  # None: as the sheet says
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MakersFile:
    """A file of metadata that the makers publish for everybody: what `imagestolive get` downloads. What they do not say of it is None."""

    part: str  # what is asked for together: "validation"
    url: str
    file: str  # its name in the data set's folder
    bytes: int | None = None
    md5: str | None = None  # hex
    sha256: str | None = None  # hex


@dataclass(frozen=True, kw_only=True)
class Datasheet:
    """One data set."""

    key: str
    title: str
    short: str  # for the card
    makers: Prose
    year: int | None  # None: not known
    images: int | None
    purpose: Prose
    collected: Prose  # how the images came together
    license: str | None  # the set's own, or its terms in a few words, as far as they cover its images; None: nothing of the kind
    license_said: Prose | None = None  # the same in each language, where it is terms in words
    altered: Prose | None = None  # what reading does to each image: a card says so
    terms: Prose
    terms_allow: TermsAllow  # what these terms allow where an image has no license of its own
    status: Status
    refused: Prose | None = None  # why nothing of it is handed out
    homepage: str | None
    citation: str | None
    critique: Prose
    care: Prose  # people, faces, children, what is held back
    people: People  # of an image about which its maker says nothing
    flags: tuple[Flag, ...] = ()  # of every image
    captions_paid: bool = False  # its captions were written by paid workers
    opt_out: Prose | None  # None: no way out is known
    reader: str | None  # name in READERS; None: not read here
    layout: Prose  # what the reader expects to find where
    joins: str | None = None  # a data set whose records fill what these leave out of the same Flickr photograph
    package: str | None = None  # "skimage/data": a folder of an installed package is the root
    files: tuple[SheetFile, ...] = ()
    hosts: tuple[str, ...] = ()  # where its images may be fetched from: these hosts and those below them; "*": any public host
    remote_only: bool = False  # its images are not kept beyond the job they were fetched for
    metadata: tuple[MakersFile, ...] = ()  # the first one's part is what is got when no part is named
    seen_on: str  # ISO date on which these facts were last gone through

    def prose(self, name: str, lang: str) -> str | None:
        """A prose field in one language; None where the field is empty."""
        texts: Prose | None = getattr(self, name)
        return None if texts is None else texts[lang]

    def changes(self, image_id: str, lang: str) -> str | None:
        """What was done to this image by the people who pass it on, or in reading it."""
        for listed in self.files:
            if listed.file == image_id and listed.changes is not None:
                return listed.changes[lang]
        return self.prose("altered", lang)

    @property
    def parts(self) -> tuple[str, ...]:
        """What its makers' metadata can be got in."""
        return tuple(dict.fromkeys(file.part for file in self.metadata))

    def with_facts(self, facts: Mapping[str, str]) -> Datasheet:
        """The sheet with what an operator knows better; their words stand in every language as they wrote them."""
        known: dict[str, Any] = dict(facts)
        known |= {name: dict.fromkeys(LANGUAGES, facts[name]) for name in ("makers", "terms") if name in facts}
        if "license" in facts:
            known["license_said"] = None
        return dataclasses.replace(self, **known)

    @property
    def digest(self) -> str:
        """Equal where records are: of the facts that records carry. Other words on a datasheet make no table old."""
        facts = (self.key, self.license, self.people, self.flags, self.files, self.joins)
        return hashlib.blake2b(repr(facts).encode(), digest_size=8).hexdigest()


def load_datasheet(path: Path) -> Datasheet:
    """Reads one catalogue file. Raises BadDatasheet, or what config.load_yaml raises."""
    sheet: Datasheet = _build(Datasheet, _DATASHEET, load_yaml(path), path.name, "")
    if sheet.license_said is not None and sheet.license_said["en"] != sheet.license:
        raise BadDatasheet(file=path.name, name="license_said, en", problem=f"must be {sheet.license}, as license says")
    if sheet.key != path.stem:
        raise BadDatasheet(file=path.name, name="key", problem=f"must be {path.stem}, as the file is called")
    return sheet


# ---- checks: each takes a plain value and gives it back frozen, or raises ValueError saying what it must be --------------


def _text(value: Any) -> str:
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise ValueError("must be a text")


def _short(value: Any) -> str:
    if len(text := _text(value)) <= SHORT_MOST_CHARACTERS:
        return text
    raise ValueError(f"must have at most {SHORT_MOST_CHARACTERS} characters")


def _whole(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ValueError("must be a whole number above 0")


def _address(value: Any) -> str:
    if re.fullmatch(r"https?://[!-~]+", text := _text(value)):
        return text
    raise ValueError("must be an address that begins with http:// or https://")


def _date(value: Any) -> str:
    text = str(value)  # YAML reads an unquoted day as a date
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("must be a day such as 2026-11-21") from None


def _digits(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[0-9]+", value):
        return value
    raise ValueError("must be digits in quotation marks")


def _prose(value: Any) -> Prose:
    if isinstance(value, dict) and sorted(value) == sorted(LANGUAGES):
        return MappingProxyType({lang: " ".join(_text(value[lang]).split()) for lang in LANGUAGES})
    raise ValueError(f"must have a text for each of {', '.join(LANGUAGES)}")


def _prose_or_name(value: Any) -> Prose:
    return _prose(dict.fromkeys(LANGUAGES, value) if isinstance(value, str) else value)  # names of people are the same everywhere


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value in allowed and isinstance(value, str):
            return value
        raise ValueError(f"must be one of {', '.join(allowed)}")

    return check


def _yes_or_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("must be true or false")


def _or_none(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else check(value)


def _host(value: Any) -> str:
    if isinstance(value, str) and HOST.fullmatch(value):
        return value
    raise ValueError("must be the name of a host, in small letters, or *")


def _list_of(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def checked(value: Any) -> tuple[Any, ...]:
        if isinstance(value, list):
            return tuple(map(check, value))
        raise ValueError("must be a list")

    return checked


def _file_name(value: Any) -> str:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text := _text(value)):
        return text
    raise ValueError("must be a plain file name")


def _hex(digits: int) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if isinstance(value, str) and re.fullmatch(f"[0-9a-f]{{{digits}}}", value):
            return value
        raise ValueError(f"must be {digits} hexadecimal digits in quotation marks")

    return check


_PEOPLE = _one_of(*get_args(People))

_MAKERS_FILE: dict[str, Callable[[Any], Any]] = {
    "part": _text,
    "url": _address,
    "file": _file_name,
    "bytes": _whole,
    "md5": _hex(32),
    "sha256": _hex(64),
}

_SHEET_FILE: dict[str, Callable[[Any], Any]] = {
    "file": _text,
    "license": _text,
    "title": _text,
    "author": _text,
    "author_url": _address,
    "landing_url": _address,
    "photo_id": _digits,
    "seen_on": _date,
    "changes": _prose,
    "people": _PEOPLE,
    "flags": _list_of(_one_of(*FLAGS)),
}

_DATASHEET: dict[str, Callable[[Any], Any]] = {
    "key": _text,
    "title": _text,
    "short": _short,
    "makers": _prose_or_name,
    "year": _or_none(_whole),
    "images": _or_none(_whole),
    "purpose": _prose,
    "collected": _prose,
    "license": _or_none(_text),
    "license_said": _prose,
    "altered": _prose,
    "terms": _prose,
    "terms_allow": _one_of(*get_args(TermsAllow)),
    "status": _one_of(*get_args(Status)),
    "refused": _prose,
    "homepage": _or_none(_address),
    "citation": _or_none(_text),
    "critique": _prose,
    "care": _prose,
    "people": _PEOPLE,
    "flags": _list_of(_one_of(*FLAGS)),
    "captions_paid": _yes_or_no,
    "opt_out": _or_none(_prose),
    "reader": _or_none(_text),
    "layout": _prose,
    "joins": _text,
    "package": _text,
    "files": lambda value: value,  # built below, one by one
    "hosts": _list_of(_host),
    "remote_only": _yes_or_no,
    "metadata": lambda value: value,  # the same
    "seen_on": _date,
}


def _build(kind: Any, checks: Mapping[str, Callable[[Any], Any]], raw: Any, file: str, where: str) -> Any:
    if not isinstance(raw, dict):
        raise BadDatasheet(file=file, name=where.removesuffix(", ") or "the file", problem="must be a mapping of names to values")
    built = {}
    for name, value in raw.items():
        if name not in checks:
            raise BadDatasheet(file=file, name=f"{where}{name}", problem="is not a field of a datasheet")
        try:
            built[name] = checks[name](value)
        except ValueError as error:
            raise BadDatasheet(file=file, name=f"{where}{name}", problem=str(error)) from None
    for part in dataclasses.fields(kind):
        if part.name not in built and part.default is dataclasses.MISSING:
            raise BadDatasheet(file=file, name=f"{where}{part.name}", problem="is missing")
    for name, part_kind, part_checks in (("files", SheetFile, _SHEET_FILE), ("metadata", MakersFile, _MAKERS_FILE)):
        if name in built:
            if not isinstance(built[name], list):
                raise BadDatasheet(file=file, name=name, problem="must be a list")
            built[name] = tuple(
                _build(part_kind, part_checks, listed, file, f"{name}, entry {n}, ") for n, listed in enumerate(built[name], start=1)
            )
    return kind(**built)
