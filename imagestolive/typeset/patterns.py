"""Patterns of the library `regex`, which knows Unicode's scripts and categories, and takes longer to load than ten cards to make."""

from __future__ import annotations

from functools import cached_property
from typing import Any


class Pattern:
    """A pattern that is compiled, and the library loaded, when it is first used: a set in English needs neither.

    >>> Pattern(r"\\p{Greek}").search("a β").start()
    2
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    @cached_property
    def _compiled(self) -> Any:
        import regex

        return regex.compile(self._pattern)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiled, name)
