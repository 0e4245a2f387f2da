"""The faces as their packages bring them, for typst, which sets variable fonts itself: where they lie, and what they have.

Loading this loads no fontTools beyond its name.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from imagestolive.fonts.others import PROGRAMS, path_of
from imagestolive.fonts.own import RECIPES, FontsMissing, Recipe
from imagestolive.fonts.programs import FontProgram

OTHER_FAMILIES = tuple(face.replace("-", " ") for face in PROGRAMS)  # as typst calls them, in the order in which they are asked


def own() -> tuple[Path, ...]:
    """The folders of our two families. Raises FontsMissing."""
    return tuple(dict.fromkeys(_path_of(recipe).parent for recipe in RECIPES.values()))


def others() -> tuple[Path, ...]:
    """The folders of the faces for other scripts. Raises FontsMissing."""
    return tuple(dict.fromkeys(path_of(program).parent for program in PROGRAMS.values()))


def own_have(characters: str) -> bool:
    """Whether one of our faces, whichever, has them all."""
    return all(character in _OF_LATIN for character in characters) or any(_has(program, characters) for program in _own_programs())


def others_have(characters: str) -> bool:
    """Whether one of the other faces has them all. Opens no more of them than needed. Raises FontsMissing."""
    return any(_has(_other_program(face), characters) for face in PROGRAMS)


_OF_LATIN = frozenset(map(chr, range(0x20, 0x7F)))  # of almost every text, so that it asks no file


def _has(program: FontProgram, characters: str) -> bool:
    return all(map(program.has, characters))


def _path_of(recipe: Recipe) -> Path:
    try:
        path = Path(str(resources.files(recipe.package.replace("-", "_")) / "files" / recipe.file))
    except ModuleNotFoundError as error:
        raise FontsMissing(package=recipe.package) from error
    if not path.is_file():
        raise FontsMissing(package=recipe.package)
    return path


@cache
def _own_programs() -> tuple[FontProgram, ...]:
    return tuple(FontProgram(_path_of(RECIPES[face])) for face in ("serif", "sans"))


@cache
def _other_program(face: str) -> FontProgram:
    program = PROGRAMS[face]
    return FontProgram(path_of(program), name=program.name, index=program.index)
