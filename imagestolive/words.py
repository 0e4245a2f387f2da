"""A language's sentences, plurals, numbers and dates. The English sentence is the key; catalogues are handed in (see resources.py)."""

from __future__ import annotations

import datetime
import gettext
from collections.abc import Mapping

from imagestolive.errors import ImagesToLiveError, in_language

LANGUAGES = ("en", "pt-BR")  # as in BCP 47, and as in a set file's request
DEFAULT_LANGUAGE = "en"

_THOUSANDS = {"en": ",", "pt-BR": "."}
_POINT = {"en": ".", "pt-BR": ","}
_MONTHS = {
    "en": ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
    "pt-BR": ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"],
}


class Words:
    """Says sentences in one language.

    >>> Words("en").say("Card {number} of {all}", number=7, all=90)
    'Card 7 of 90'
    """

    def __init__(self, lang: str, catalogue: gettext.NullTranslations | None = None) -> None:
        self.lang = lang
        self._catalogue = catalogue or gettext.NullTranslations()

    def say(self, sentence: str, /, **facts: object) -> str:
        """The sentence in this language with its {names} filled in."""
        return self._fill(self._catalogue.gettext(sentence), facts)

    def count(self, one: str, many: str, n: int, /, **facts: object) -> str:
        """The form for n things; {n} is the number, written as this language writes numbers."""
        return self._fill(self._catalogue.ngettext(one, many, n), {"n": n, **facts})

    def error(self, error: ImagesToLiveError) -> str:
        """What an error says, in this language."""
        return self.say(error.sentence, **error.facts)

    def hint(self, error: ImagesToLiveError) -> str | None:
        """What an operator can do about it, in this language."""
        return self.say(error.hint, **error.facts) if error.hint else None

    def number(self, n: int) -> str:
        """1797 is 1,797 in English and 1.797 in Portuguese."""
        return f"{n:,}".replace(",", _THOUSANDS.get(self.lang, ","))

    def decimal(self, value: float | str) -> str:
        """215.9 is 215.9 in English and 215,9 in Portuguese; so are the numbers of a size's name, such as 5.5 × 4.25 in."""
        return (value if isinstance(value, str) else f"{value:g}").replace(".", _POINT.get(self.lang, "."))

    def date(self, day: datetime.date) -> str:
        """A day in words: 21 November 2026; 21 de novembro de 2026."""
        month = _MONTHS[self.lang][day.month - 1]
        return f"{day.day} de {month} de {day.year}" if self.lang == "pt-BR" else f"{day.day} {month} {day.year}"

    def _fill(self, sentence: str, facts: Mapping[str, object]) -> str:
        return sentence.format(**{name: self._fact(value) for name, value in facts.items()})

    def _fact(self, value: object) -> object:
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return self.number(value)
        if isinstance(value, float):
            return self.decimal(value)
        if isinstance(value, ImagesToLiveError):
            return self.error(value)
        if isinstance(value, (list, tuple)) and any(isinstance(part, ImagesToLiveError) for part in value):
            return " ".join(str(self._fact(part)) for part in value)
        if isinstance(value, (list, tuple)):
            return ", ".join(str(self._fact(part)) for part in value)
        return in_language(value, self.lang)
