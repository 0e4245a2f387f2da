"""The operator's lists of words: what stands in them, and what a text that holds one of them is known by.

A list alone decides nothing: the same word names a plant and an insult. What it finds, a person looks at.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.sets import shown

LINE_MOST = 200  # characters
LINES_MOST = 20_000

_WORD = re.compile(r"[^\W_]+")  # letters and digits of any script; labels join their words by _


class WordsWrong(ImagesToLiveError):
    """A list that cannot be trusted, so nothing is handed out."""

    sentence = N_("The list of words {file} cannot be read, so nothing is handed out. {problem}")
    field = "words"
    status = 503


class NotText(ImagesToLiveError):
    sentence = N_("It is not UTF-8 text.")


class LineTooLong(ImagesToLiveError):
    sentence = N_("Line {line} is longer than {most} characters.")


class LineWithoutWord(ImagesToLiveError):
    sentence = N_("Line {line} holds no word: “{typed}”.")


class TooManyLines(ImagesToLiveError):
    sentence = N_("It has more than {most} lines.")


@dataclass(frozen=True, kw_only=True)
class WordLists:
    """Words, and phrases of several words, by language. All are looked for in every text: nobody says what language a title is in."""

    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # language -> as the operator wrote them

    def __bool__(self) -> bool:
        return any(self.lists.values())

    def found(self, texts: Iterable[str]) -> str | None:
        """The first entry, as the operator wrote it, whose words stand in one of the texts, one after the other; None: none does."""
        if not self._by_first:
            return None
        for text in texts:
            words = words_of(text)
            for place, word in enumerate(words):
                for phrase, entry in self._by_first.get(word, ()):
                    if tuple(words[place : place + len(phrase)]) == phrase:
                        return entry
        return None

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for language in sorted(self.lists):
            for entry in self.lists[language]:
                if phrase := tuple(words_of(entry)):
                    found.setdefault(phrase[0], []).append((phrase, entry))
        return found

    @cached_property
    def hash(self) -> str:
        """Of what the lists find: equal whatever the order of their lines."""
        facts = sorted((language, *sorted(set(entries))) for language, entries in self.lists.items())
        return hashlib.blake2b(repr(facts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def words_of(text: str) -> list[str]:
    """The words of a text, without case and accents and whatever cannot be seen.

    >>> words_of("Über-Mädchen, ON_THE beach"), words_of("AVO\\u0301 av\\u00ado\\u0301")
    (['uber', 'madchen', 'on', 'the', 'beach'], ['avo', 'avo'])
    """
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        text = "".join(sign for sign in apart if unicodedata.category(sign) not in ("Mn", "Me", "Cf"))
    return _WORD.findall(text.casefold())


def read_list(data: bytes) -> tuple[str, ...]:
    """The entries of a list: one a line, blank lines and those that begin with # left away.

    Raises NotText, LineTooLong, LineWithoutWord, TooManyLines.
    """
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise NotText from None
    if len(lines) > LINES_MOST:
        raise TooManyLines(most=LINES_MOST)
    entries = []
    for number, line in enumerate(map(str.strip, lines), start=1):
        if len(line) > LINE_MOST:
            raise LineTooLong(line=number, most=LINE_MOST)
        if not line or line.startswith("#"):
            continue
        if not words_of(line):
            raise LineWithoutWord(line=number, typed=shown(line))
        entries.append(line)
    return tuple(dict.fromkeys(entries))
