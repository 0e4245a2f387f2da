"""What a reader skipped, and why: counted, never fatal, never silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imagestolive.datasets.locators import shown
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.words import Words

KEPT = 20
_FACT_CHARACTERS = 100
_FOUND_CHARACTERS = 400


class NotThisFormat(ImagesToLiveError):
    """The folder holds something else than this reader reads."""

    sentence = N_("{folder} does not look as expected. Expected: {expected}. Found: {found}.")

    def __init__(self, *, folder: str, expected: str, found: str) -> None:
        super().__init__(folder=shown(folder, _FOUND_CHARACTERS), expected=expected, found=shown(found, _FOUND_CHARACTERS))


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that was skipped. `sentence` is English with {names}, as in errors.py; `facts` fill it."""

    file: str  # relative to the data set's root, fit to be shown
    row: int | None = None  # the line it begins on, the first is 1; in a JSON file the place in its list
    sentence: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    def said(self, words: Words) -> str:
        """The whole line in one language.

        >>> Problem(file="credits.csv", row=7, sentence="{n} columns are too many.", facts={"n": 9}).said(Words("en"))
        'credits.csv, row 7: 9 columns are too many.'
        """
        text = words.say(self.sentence, **self.facts)
        if self.row is None:
            return words.say("{file}: {problem}", file=self.file, problem=text)
        return words.say("{file}, row {row}: {problem}", file=self.file, row=self.row, problem=text)


class Problems:
    """Collects while a reader runs. All are counted; the first 20 and all sums are kept."""

    def __init__(self) -> None:
        self.count = 0
        self._first: list[Problem] = []
        self._sums: list[Problem] = []

    def add(self, file: str, sentence: str, *, row: int | None = None, **facts: str | int) -> None:
        """One thing skipped; `sentence` is marked with N_ where it is written."""
        self.count += 1
        if len(self._first) < KEPT:
            self._first.append(_problem(file, sentence, row, facts))

    def add_sum(self, file: str, sentence: str, n: int) -> None:
        """Many of a kind in one line, whose sentence holds {n}; none is no problem."""
        if n:
            self.count += n
            self._sums.append(_problem(file, sentence, None, {"n": n}))

    @property
    def kept(self) -> tuple[Problem, ...]:
        return (*self._first, *self._sums)


def _problem(file: str, sentence: str, row: int | None, facts: Mapping[str, str | int]) -> Problem:
    fit = {name: shown(fact, _FACT_CHARACTERS) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return Problem(file=shown(file), row=row, sentence=sentence, facts=fit)
