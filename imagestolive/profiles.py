"""What the records of a data set amount to, as shares of its images. Pure.

Nobody is named: of authors only how many there are and how much the ten with most images made. A word or a domain is named only where
enough images have it, and words only as far as the images they were written of may be shown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal
from urllib.parse import urlsplit

from imagestolive import licenses
from imagestolive.draw import numbers
from imagestolive.records import ImageRecord

LOOKED_AT_MOST = 10_000  # rows
BLOCKS = 32  # that are looked at of tables whose rows come many at once
NAMED_MOST = 10  # licenses, domains
YEARS_MOST = 15
WORDS_MOST = 20
AUTHORS_MOST = 10  # whose images are counted together
WORD_IMAGES_LEAST = 2
DOMAIN_IMAGES_LEAST = 10
DOMAIN_SHARE_LEAST = 20  # one image in so many

PEOPLE = ("none", "some", "unknown")
Written = Literal["labels", "captions", "titles"]
Missing = Literal["author", "title", "license", "day", "words", "address"]
MISSING: tuple[Missing, ...] = ("author", "title", "license", "day", "words", "address")

_WORD = re.compile(r"[^\W\d_]+")
_LATIN_ENDS = "\u024f"  # the last of its letters, with accents and all
_LETTERS_LEAST = 4  # of a Latin word: most shorter ones only hold others together, or are the names of cameras' files
_OTHER_WORDS = """
    about above after along also among around back been before behind being below between both down each from have here into just like
    made more most near next only other over some such than that their them then there these they this those through under very were
    what when where which while with your image images photo photograph photos picture pictures
    como dele dela esta este isso mais mesmo para pela pelo quando sobre foto fotos imagem
    avec dans pour sous como desde entre eine einem einer nach
"""
_HOLD_TOGETHER = frozenset(_OTHER_WORDS.split())


@dataclass(frozen=True, kw_only=True)
class Share:
    """So many of the images looked at."""

    name: str
    images: int


@dataclass(frozen=True, kw_only=True)
class Part:
    """Each image looked at stands in one of `named`, in `others`, or in `none`."""

    named: tuple[Share, ...]
    others: int = 0  # images under a name that is not listed
    none: int = 0  # images of which nothing is recorded


@dataclass(frozen=True, kw_only=True)
class Authors:
    different: int
    most: int  # images that the AUTHORS_MOST with most images made
    none: int  # images without an author


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What is written of images. An image may have several words."""

    kind: Written | None  # where the words are taken from; None: nothing is written of any image
    words: tuple[Share, ...] = ()  # the most frequent first
    by: tuple[Share, ...] = ()  # who says so, in the makers' words; images
    nobody: int = 0  # images with words of which the makers do not say whose they are
    kept_back: int = 0  # images whose words are not counted, because they may not be shown


@dataclass(frozen=True, kw_only=True)
class Profile:
    looked_at: int
    of_rows: int
    licenses: Part  # ids
    authors: Authors
    years: Part
    written: Wording
    places: Part  # domains of addresses, and top-level domains (".br") of those that are rare
    people: tuple[Share, ...]  # by PEOPLE
    flags: tuple[Share, ...]  # those that are there, most first
    missing: tuple[Share, ...]  # by MISSING: images without it

    @property
    def is_sample(self) -> bool:
        return self.looked_at < self.of_rows


def rows_to_look_at(key: str, rows: int, *, at_once: int = 1) -> Sequence[int]:
    """All rows of a small table; of a large one LOOKED_AT_MOST, ascending, the same ones on any machine.

    `at_once`: how many rows come at the price of one. Where that is more than one, few blocks of so many rows are chosen first.
    """
    if rows <= LOOKED_AT_MOST:
        return range(rows)
    if at_once == 1:
        return _chosen(rows, LOOKED_AT_MOST, numbers("profile", key))
    enough = max(BLOCKS, -(-LOOKED_AT_MOST // at_once) + 1)  # the last block may be a short one
    blocks = _chosen(-(-rows // at_once), enough, numbers("profile", key, "block"))
    ends = list(accumulate(min(at_once, rows - block * at_once) for block in blocks))
    return list(_rows_at(_chosen(ends[-1], LOOKED_AT_MOST, numbers("profile", key)), blocks, ends, at_once))


def _rows_at(places: Iterable[int], blocks: Sequence[int], ends: Sequence[int], at_once: int) -> Iterator[int]:
    """Places in the blocks, laid end to end, -> rows of the table; both ascend."""
    block = 0
    for place in places:
        while place >= ends[block]:
            block += 1
        yield blocks[block] * at_once + place - (ends[block - 1] if block else 0)


def _chosen(of: int, most: int, number: Callable[[object], int]) -> list[int]:
    """So many different ones of 0..of-1, ascending; all, if there are no more."""
    if of <= most:
        return list(range(of))
    found: set[int] = set()
    n = 0
    while len(found) < most:
        found.add(number(n) * of >> 128)
        n += 1
    return sorted(found)


def profile_of(records: Iterable[ImageRecord], *, of_rows: int, kept_back: Callable[[ImageRecord], bool] = lambda _: False) -> Profile:
    """What these records of a table with `of_rows` rows amount to. Images that are `kept_back` count, but give no word and no name."""
    counted = _Counted()
    for record in records:
        counted.add(record, kept_back(record))
    return counted.profile(of_rows)


class _Counted:
    """What is counted while records go by."""

    def __init__(self) -> None:
        self.looked_at = self.kept_back = 0
        self.licenses: Counter[str | None] = Counter()
        self.authors: Counter[str | None] = Counter()
        self.years: Counter[str | None] = Counter()
        self.domains: Counter[str | None] = Counter()
        self.people: Counter[str] = Counter()
        self.flags: Counter[str] = Counter()
        self.missing: Counter[Missing] = Counter()
        self.words: dict[Written, _Words] = {"labels": _Words(), "captions": _Words(), "titles": _Words()}  # the first that has any counts
        self.by: Counter[str | None] = Counter()

    def add(self, record: ImageRecord, kept_back: bool) -> None:
        self.looked_at += 1
        author = record.author_id or record.author or record.author_url
        domain = _domain(record.source_url or record.landing_url)
        self.licenses[_license(record)] += 1
        self.authors[author] += 1
        self.years[record.collected_on[:4] if record.collected_on else None] += 1
        self.domains[_top(domain) if domain and kept_back else domain] += 1
        self.people[record.people] += 1
        self.flags.update(record.flags)
        self.missing.update(_missing(record))
        if kept_back:
            self.kept_back += 1
            return
        self.by.update({label.by for label in record.labels})
        labels, captions, titles = self.words.values()
        labels.add({label.text for label in record.labels}, author)
        if not labels.images:  # else nobody will ask for the others
            captions.add(_words_in(record.captions), author)
        if not labels.images and not captions.images:
            titles.add(_words_in([record.title or ""]), author)

    def profile(self, of_rows: int) -> Profile:
        authors = Counter({author: n for author, n in self.authors.items() if author is not None})
        return Profile(
            looked_at=self.looked_at,
            of_rows=of_rows,
            licenses=_part(self.licenses),
            authors=Authors(different=len(authors), most=sum(n for _, n in authors.most_common(AUTHORS_MOST)), none=self.authors[None]),
            years=_in_time(_part(self.years, YEARS_MOST)),
            written=self._wording(),
            places=_part(_frequent(self.domains)),
            people=tuple(Share(name=name, images=self.people[name]) for name in PEOPLE),
            flags=tuple(
                Share(name=name, images=self.flags[name]) for name in sorted(self.flags, key=lambda name: (-self.flags[name], name))
            ),
            missing=tuple(Share(name=name, images=self.missing[name]) for name in MISSING),
        )

    def _wording(self) -> Wording:
        kind = next((kind for kind, words in self.words.items() if words.images), None)
        if kind is None:
            return Wording(kind=None, kept_back=self.kept_back)
        by = self.by if kind == "labels" else Counter[str | None]()
        return Wording(
            kind=kind, words=self.words[kind].frequent(), by=_part(by, NAMED_MOST).named, nobody=by[None], kept_back=self.kept_back
        )


class _Words:
    """How many images each word was written of, and whether by more than one author as far as authors are recorded: a name that one
    person wrote on pictures of their family is nobody else's business."""

    def __init__(self) -> None:
        self.images: Counter[str] = Counter()
        self._first: dict[str, str | None] = {}
        self._shared: set[str] = set()

    def add(self, words: Iterable[str], author: str | None) -> None:
        for word in words:
            self.images[word] += 1
            if author is None or self._first.setdefault(word, author) != author:
                self._shared.add(word)

    def frequent(self) -> tuple[Share, ...]:
        shared = Counter({word: n for word, n in self.images.items() if n >= WORD_IMAGES_LEAST and word in self._shared})
        return _most(shared, WORDS_MOST)


def _words_in(texts: Iterable[str]) -> set[str]:
    """The words that say something, in small letters.

    >>> sorted(_words_in(["A Cat on the sofa, with São Paulo behind. IMG_0001"]))
    ['paulo', 'sofa']
    """
    found = {word for text in texts for word in _WORD.findall(text.lower())}
    return {word for word in found if (len(word) >= _LETTERS_LEAST or max(word) > _LATIN_ENDS) and word not in _HOLD_TOGETHER}


def _license(record: ImageRecord) -> str | None:
    """The id of an image's own license; None where none is recorded. What cannot be read is not the same as none."""
    recorded = (record.license_raw or "").strip() or record.license
    if recorded is None:
        return None
    own = licenses.read(recorded).license
    return None if own == licenses.NOT_RECORDED else own.id


def _missing(record: ImageRecord) -> Iterator[Missing]:
    has: dict[Missing, object] = {
        "author": record.author or record.author_id,
        "title": record.title,
        "license": record.license,
        "day": record.collected_on,
        "words": record.labels or record.captions,
        "address": record.source_url or record.landing_url,
    }
    return (name for name, value in has.items() if not value)


def _domain(address: str | None) -> str | None:
    """The part of a host's name that somebody registered, as far as its look says so.

    >>> _domain("http://farm1.staticflickr.com/8/1_2.jpg"), _domain("https://www.fotos.com.br/1"), _domain("http://10.0.0.1/1")
    ('staticflickr.com', 'fotos.com.br', 'IP')
    """
    try:
        host = urlsplit(address or "").hostname
    except ValueError:
        return None
    if not host:
        return None
    *_, last = labels = host.rstrip(".").split(".")
    if ":" in host or last.isdigit():
        return "IP"
    kept = 3 if len(labels) > 2 and len(last) == 2 and len(labels[-2]) <= 3 else 2
    return ".".join(labels[-kept:])


def _top(domain: str) -> str:
    """
    >>> _top("fotos.com.br")
    '.br'
    """
    return f".{domain.rpartition('.')[2]}" if "." in domain else domain


def _frequent(domains: Counter[str | None]) -> Counter[str | None]:
    """The same, those that few images come from by the last part of their names."""
    least = max(DOMAIN_IMAGES_LEAST, domains.total() / DOMAIN_SHARE_LEAST)
    found: Counter[str | None] = Counter()
    for domain, n in domains.items():
        found[domain if domain is None or n >= least else _top(domain)] += n
    return found


def _part(counted: Counter[str | None], most: int = NAMED_MOST) -> Part:
    named = Counter({name: n for name, n in counted.items() if name is not None})
    shares = _most(named, most)
    return Part(named=shares, others=named.total() - sum(share.images for share in shares), none=counted[None])


def _most(counted: Counter[str], most: int) -> tuple[Share, ...]:
    """The most frequent first; of equal ones in code point order."""
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Share(name=name, images=n) for name, n in ordered[:most])


def _in_time(part: Part) -> Part:
    return Part(named=tuple(sorted(part.named, key=lambda share: share.name)), others=part.others, none=part.none)
