"""The one base of every error that is ours. A child holds one sentence and is raised with the facts that fill it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


def N_(sentence: str) -> str:  # noqa: N802 (the name gettext tools look for)
    """Marks a sentence for the catalogues without translating it."""
    return sentence


class ImagesToLiveError(Exception):
    """A sentence for the person who can mend the matter, and the facts it was made from.

    A child sets `sentence` (English, with {names}); `words.Words.error` says it in another language.
    `field` is the form field or option it is about; `exit_code` and `status` are how each edge reports it.
    A fact that is itself a text in several languages is a mapping of language to text.

    >>> class TooMany(ImagesToLiveError):
    ...     sentence = "{asked} cards are too many: {most} at most."
    >>> str(TooMany(asked=9, most=4))
    '9 cards are too many: 4 at most.'
    """

    sentence: ClassVar[str] = "{detail}"
    hint: ClassVar[str | None] = None  # what an operator can do on the command line; pages leave it away
    field: str | None = None
    exit_code: ClassVar[int] = 2
    status: ClassVar[int] = 400

    def __init__(self, *, field: str | None = None, **facts: object) -> None:
        if field is not None:
            self.field = field
        self.facts = facts
        super().__init__(self.sentence.format(**{name: in_language(fact, "en") for name, fact in facts.items()}))


def in_language(fact: object, lang: str) -> object:
    """A fact as text: of a mapping of language to text that language, or English; a decimal number as it is written in English."""
    if isinstance(fact, float):
        return f"{fact:g}"
    return fact.get(lang, fact.get("en", "")) if isinstance(fact, Mapping) else fact
