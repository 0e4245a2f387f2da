"""How a source is read: for whom, with what filled in, and what is said of what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from imagestolive.teaching import PlanBroken
from imagestolive.teaching.blocks import Figure
from imagestolive.teaching.filling import NOTHING, Filling

Draw = Callable[[str, str], Figure]  # name and alternative text -> a drawing

_WORD = re.compile(r"\{([a-z-]+)\}")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a source is read. `age`: one of AGES; None: what is for one age only has `ages[that age]` before it."""

    file: str  # its name, for messages
    key: str
    ages: Mapping[str, str]
    draw: Draw
    age: str | None = None
    filling: Filling = NOTHING

    def broken(self, detail: str) -> PlanBroken:
        return PlanBroken(file=self.file, detail=detail)

    def filled(self, text: str) -> str:
        """The text with what stands for each {word}. Raises PlanBroken."""

        def word(found: re.Match[str]) -> str:
            said = self.filling.word(found[1])
            if said is None:
                raise self.broken(f"nobody knows what {found[0]} is.")
            return said

        return _WORD.sub(word, text)

    def has_words(self, text: str) -> bool:
        return _WORD.search(text) is not None
