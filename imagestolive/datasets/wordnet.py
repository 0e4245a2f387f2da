"""The nouns of WordNet 3.0, by whose numbers (wnids) ImageNet and what came of it name their classes; and which of them are held back.

The lists in wordnet_ids/ are made by tools/wordnet_ids.py.
"""

from __future__ import annotations

import functools
import re
from itertools import accumulate
from pathlib import Path

from imagestolive.records import Flag

_LISTS = Path(__file__).parent / "wordnet_ids"
_WNID = re.compile("n([0-9]{8})")

# The classes of the challenge of 2012 in which Prabhu and Birhane found, by hand, pictures taken in secret or showing private parts:
# 61 pictures, 56 of them in the first five, whose mean score for nudity is the highest of all thousand (Large image datasets: A
# pyrrhic win for computer vision?, WACV 2021; counted in df_hand_survey.csv and df_nsfw.csv of github.com/vinayprabhu/Dataset_audits).
_DENIED = {
    "n02837789",  # bikini, two-piece
    "n03710637",  # maillot
    "n03710721",  # maillot, tank suit
    "n03770439",  # miniskirt, mini
    "n02892767",  # brassiere, bra, bandeau
    "n04209133",  # shower cap
    "n03527444",  # holster
    "n03617480",  # kimono
}


def is_wnid(text: str) -> bool:
    return _WNID.fullmatch(text) is not None


def is_known(wnid: str) -> bool:
    return _number(wnid) in _ids("nouns.txt")


def is_person(wnid: str) -> bool:
    """Whether it stands at or below n00007846, person.

    >>> is_person("n10148035"), is_person("n01440764")  # groom, tench
    (True, False)
    """
    return _number(wnid) in _ids("person.txt")


@functools.lru_cache(maxsize=2**15)  # ImageNet's millions are of some 20,000 classes
def held_back(wnid: str) -> tuple[Flag, ...]:
    """The flags of an image of this class. What is no noun of WordNet 3.0 is held back too: nobody can say what it stands for.

    >>> held_back("n10148035"), held_back("n01440764"), held_back("n00000000"), held_back("tench")
    (('person', 'review'), (), ('review',), ('review',))
    """
    if is_person(wnid):
        return "person", "review"
    return ("review",) if wnid in _DENIED or not is_known(wnid) else ()


def _number(wnid: str) -> int | None:
    found = _WNID.fullmatch(wnid)
    return int(found[1]) if found else None


@functools.cache
def _ids(name: str) -> frozenset[int]:
    """n00001740 5a 5r: a number in full, then the steps to the next ones in base 36."""
    ids: set[int] = set()
    for line in (_LISTS / name).read_text(encoding="utf-8").splitlines()[1:]:
        first, *steps = line.split()
        ids.update(accumulate((int(step, 36) for step in steps), initial=int(first[1:])))
    return frozenset(ids)
