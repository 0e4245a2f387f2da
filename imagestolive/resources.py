"""Where packaged files are: beside pyproject.toml in a checkout, inside the package when installed."""

from __future__ import annotations

import functools
import gettext
from pathlib import Path

from imagestolive.words import DEFAULT_LANGUAGE, Words

PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """`templates` or `teaching_plan`: the checkout's own where there is one, else the copy in the wheel."""
    beside = PACKAGE.parent
    return (beside if (beside / "pyproject.toml").is_file() else PACKAGE) / name


@functools.cache
def words(lang: str) -> Words:
    """The words of a language, with its catalogue; English is the key and needs none."""
    if lang == DEFAULT_LANGUAGE:
        return Words(lang)
    with (PACKAGE / "languages" / f"{lang}.mo").open("rb") as compiled:
        return Words(lang, gettext.GNUTranslations(compiled))
