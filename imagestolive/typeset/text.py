"""Strings as readers see them: clean, in clusters, with the places where a line may break."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

from imagestolive.typeset.isolates import END, OPENING, settled
from imagestolive.typeset.patterns import Pattern

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2065\u206a-\u206f\ufeff]")  # bidi controls, soft hyphen
_PLAIN = re.compile("[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027]*")  # Latin without marks, and our punctuation: a character a cluster
# Joiners shape Arabic and Indic letters and make one emoji of many; elsewhere they would only tell equal words apart.
_IDLE_JOINER = Pattern(
    r"(?<![^\p{Latin}\p{Greek}\p{Cyrillic}\p{Han}\p{P}\p{N}\p{Z}\p{C}])[\u200c\u200d]+|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
_IGNORABLE = Pattern(r"\p{Default_Ignorable_Code_Point}+")
_HEAP = Pattern(r"(\p{Mn}{6})\p{Mn}+")  # more marks than any language puts on a letter: they would cover the lines around
_CLUSTER = Pattern(r" |(?! )\X")  # a space stays one, whatever mark follows it: lines end there

_EAST = r"\p{Han}\p{Hiragana}\p{Katakana}\u3000-\u303f\uff00-\uffef"
_EASTERN = Pattern(f"[{_EAST}]")
_NOT_FIRST = (
    r"\p{Pe}\p{Pf}\p{Po}\u3005\u301c\u30fb-\u30fe\u309b-\u309e\uff5e々ーぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰ-ㇿ%％℃…‥" + END
)
_NOT_LAST = r"\p{Ps}\p{Pi}\p{Nd}¥￥$＄" + OPENING
_BREAK = Pattern(rf"(?<=[{_EAST}])(?<![{_NOT_LAST}])(?=[^{_NOT_FIRST}\p{{M}}])|(?<![{_NOT_LAST}])(?=[{_EAST}])(?![{_NOT_FIRST}])")
_LEADS = re.compile(rf"[เแโใไເແໂໃໄ{OPENING}]$")  # Thai and Lao vowels that are written before their consonant; isolates


def clean(text: str) -> str:
    """Text as it may stand on a line: NFC, no control characters but those around isolates, single spaces.

    >>> clean("evil\\u202egpj.exe \\n\\x00 two")
    'evilgpj.exe two'
    """
    if not text.isprintable():
        text = settled(_CONTROLS.sub("", _INVISIBLE.sub("", text)))
    if not _PLAIN.fullmatch(text):
        text = unicodedata.normalize("NFC", _HEAP.sub(r"\1", _IDLE_JOINER.sub("", text)))
    return " ".join(text.split())


def clusters(text: str) -> list[str]:
    """What a reader takes for one character each: letter and marks, flag, emoji joined of several."""
    if _PLAIN.fullmatch(text):
        return list(text)
    found: list[str] = _CLUSTER.findall(text)
    return found


def seen(text: str) -> str:
    """The characters that need a glyph: not joiners, fillers, variation selectors and the like."""
    needed: str = _IGNORABLE.sub("", text)
    return needed


def without_marks(text: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", text) if unicodedata.category(part)[0] != "M")


def cuts(word: str) -> list[int]:
    """Where a word that is longer than a line may be cut, its end included: between clusters."""
    parts = clusters(word)
    ends = list(accumulate(map(len, parts)))
    return [end for part, end in zip(parts, ends, strict=True) if end == len(word) or not (_LEADS.search(part) or word[end] == END)]


def breaks(word: str) -> list[int]:
    """Where a line may end within a word: in Chinese and Japanese nearly everywhere, elsewhere nowhere.

    >>> breaks("「東京」へ")
    [2, 4]
    """
    if _PLAIN.fullmatch(word) or not _EASTERN.search(word):
        return []
    return [place for found in _BREAK.finditer(word) if 0 < (place := found.start()) < len(word)]
