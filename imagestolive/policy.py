"""What may be handed out today: the license rule and the lists, frozen, with a hash so that a change is seen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from imagestolive.care import Blocked
from imagestolive.records import Band, ImageRecord
from imagestolive.wordlists import WordLists

TermsAllow = Literal["open", "teaching", "research", "nothing-stated"]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Handed to every rule; the rules hold no state of their own.

    `terms_allow` says what each data set's terms allow where an image has no license of its own (rights: open and
    teaching sets may be printed for class; the others need the operator's word, `allow_unlicensed`).
    `school`: no people unless somebody said that there are none, nothing on the operator's word alone, nothing that a person would have
    to look at first.
    """

    sold: bool = False
    allow_unlicensed: bool = False
    terms_allow: Mapping[str, TermsAllow] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)  # data set -> why nothing of it is handed out
    flagged: Mapping[tuple[str, str], str] = field(default_factory=dict)  # flag_key -> reason in the operator's words
    client: str | None = None  # for whose sets some of what is blocked is so
    blocked: Blocked = field(default_factory=Blocked)
    when_made: Blocked | None = None  # what was blocked when the set was made, where that is not what is blocked now
    since: Blocked | None = None  # while a set is drawn as it was made: what is blocked now
    flagged_sha256: Mapping[str, str] = field(default_factory=dict)  # the same files under any other name
    flagged_photos: Mapping[str, str] = field(default_factory=dict)  # and the same photographs of Flickr, by their ids
    school: bool = False
    words: WordLists = field(default_factory=WordLists)
    bands: Mapping[str, Band] = field(default_factory=dict)  # by the name of what gives the scores: "nsfw"
    reviewed: frozenset[tuple[str, str]] = frozenset()  # flag_key of images that a person looked at and kept in this set
    held_pass: bool = False  # they pass: to be drawn, or to be looked at by the person who decides; never to be handed out

    @property
    def without_license(self) -> bool:
        """Whether the operator answers for images that have no license of their own."""
        return self.allow_unlicensed and not self.school

    def to_draw(self) -> Policy:
        """As it holds for drawing: images held for review are drawn, and what people kept or not does not change which images those are.
        Nor does what was taken out after the set was made, where that moment is known."""
        policy = replace(self, reviewed=frozenset(), held_pass=not self.school)
        return policy if self.when_made is None else replace(policy, blocked=self.when_made, when_made=None, since=self.blocked)

    def taken_out_since(self, record: ImageRecord) -> bool:
        """Whether people had an image taken out after the set was made that is drawn: it keeps its place, and is not shown there."""
        return self.since is not None and self.since.reason_of(record) is not None

    def to_look(self) -> Policy:
        """As it holds for the person who looks at what is held for review. What it lets pass is for that screen alone."""
        return replace(self, held_pass=not self.school)

    @property
    def hash(self) -> str:
        """Equal where the same may be handed out, whatever the order it was put together in. What was blocked once decides nothing here."""
        facts = (
            self.sold,
            self.allow_unlicensed,
            self.blocked.version,
            self.school,
            self.words.hash,
            sorted(self.reviewed),
            self.held_pass,
            sorted((name, band.review, band.hold) for name, band in self.bands.items()),
            *(sorted(part.items()) for part in (self.terms_allow, self.refused, self.flagged, self.flagged_sha256, self.flagged_photos)),
        )
        return hashlib.blake2b(repr(facts).encode(), digest_size=16).hexdigest()
