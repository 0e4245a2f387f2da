"""What may be handed out today: the license rule and the lists, frozen, with a hash so that a change is seen."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

TermsAllow = Literal["open", "teaching", "research", "nothing-stated"]


def flag_key(dataset: str, image_id: str) -> tuple[str, str]:
    """What a flagged image is known by: a list typed by hand must hold back what it means, so spaces around an id and the way its
    accents are stored do not count."""
    return dataset.strip(), unicodedata.normalize("NFC", image_id.strip())


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Handed to every rule; the rules hold no state of their own.

    `terms_allow` says what each data set's terms allow where an image has no license of its own (rights: open and
    teaching sets may be printed for class; the others need the operator's word, `allow_unlicensed`).
    """

    sold: bool = False
    allow_unlicensed: bool = False
    terms_allow: Mapping[str, TermsAllow] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)  # data set -> why nothing of it is handed out
    flagged: Mapping[tuple[str, str], str] = field(default_factory=dict)  # flag_key -> reason in the operator's words
    flagged_sha256: Mapping[str, str] = field(default_factory=dict)  # the same files under any other name
    flagged_photos: Mapping[str, str] = field(default_factory=dict)  # and the same photographs of Flickr, by their ids

    @property
    def hash(self) -> str:
        """Equal for equal policies, whatever the order they were put together in."""
        facts = (
            self.sold,
            self.allow_unlicensed,
            *(sorted(part.items()) for part in (self.terms_allow, self.refused, self.flagged, self.flagged_sha256, self.flagged_photos)),
        )
        return hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()
