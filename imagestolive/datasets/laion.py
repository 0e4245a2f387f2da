"""Re-LAION, research-safe: Parquet files of addresses with the text of their pages and with what programs say of their images.

    SAMPLE_ID, URL, TEXT, HEIGHT, WIDTH, LICENSE, NSFW, similarity                      as LAION published them in 2022
    url, caption, width, height, similarity, hash, punsafe, pwatermark, ...             joined, cleaned

LAION's lists of before 2024 led to images of child sexual abuse. Nothing of them is read, under whatever name: a file is read only
where its name, its folder or the README beside it says that it is of a Re-LAION “research-safe” release. Of those, an image is free only if
the programs took it for harmless: NSFW is UNLIKELY, and punsafe below 0.1. Every other one comes with a flag, so that it is held back and
counted. The same rules hold for what img2dataset downloaded from LAION (img2dataset.py).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from imagestolive import licenses
from imagestolive.datasets import parquetfiles
from imagestolive.datasets.addresses import address_id, origin
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.locators import elsewhere_locator, shown
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.tree import makers_files
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_, ImagesToLiveError
from imagestolive.records import Flag, ImageRecord

PUNSAFE_MOST = 0.1  # of 0..1, below which an image counts as safe; LAION's own subsets were laxer (0.5)
_EXPECTED = "relaion…-research-safe: *.parquet (URL, TEXT, NSFW, punsafe, …)"
_PATTERNS = ("[!.]*.parquet", "[!.]*/[!.]*.parquet", "[!.]*/[!.]*/[!.]*.parquet")
_README = "README.md"
_README_MOST_BYTES = 2**20

_LAION = re.compile(r"laion", re.IGNORECASE)
_RELEASE = re.compile(r"re-?laion[0-9a-z_ -]{0,30}?research([_ -]safe)?", re.IGNORECASE)  # relaion2B-en-research, …-research-safe
# Of the files of LAION-2B-en, -2B-multi and -1B-nolang as they were published in 2022, plain and joined: whatever their folder is called.
_BEFORE_2024 = re.compile(
    "5114fd87-297e-42b0-9d11-50f1df323dfa|fc82da14-99c9-4ff6-ab6a-ac853ac82819|d6a94da9-d368-4d5b-9ab7-3f6d3c7abdb3"
    "|4cfd6e30-f032-46ee-9105-8696034a8373|fcd86c9b-36f4-49ff-bea1-8c9a0e029fb7|4852663c-9585-44b0-9a45-f95c2b89c792",
    re.IGNORECASE,
)

_MARKS = frozenset({"nsfw", "punsafe"})
_OF_LAION = ({"nsfw"}, {"punsafe"}, {"pwatermark"}, {"similarity", "license"})  # by any of these its rows are known wherever they went
_NAMES = ("sample_id", "hash", "url", "text", "caption", "width", "height", "license", "nsfw", "punsafe", "md5")
_ID = re.compile("-?[0-9]{1,20}")
_MD5 = re.compile("[0-9a-f]{32}")
_SIDE_MOST_PX = 10**6


class NotResearchSafe(ImagesToLiveError):
    """A list of LAION's, or images out of one, of which nothing shows that it is of a cleaned release."""

    sentence = N_(
        "{file} is refused: nothing shows that it is of Re-LAION “research-safe”. The lists that LAION published before 2024 led to "
        "images of child sexual abuse; nothing of them is read here. What can be read are the files of relaion2B-en-research-safe, "
        "relaion2B-multi-research-safe and relaion1b-nolang-research-safe, in a folder that bears that name."
    )
    field = "root"


class WithoutMarks(ImagesToLiveError):
    sentence = N_(
        "{file} is refused: it has neither a column NSFW nor a column punsafe, so nobody can tell which of its images are unfit to be "
        "shown. Get it again with all its columns."
    )
    field = "root"


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of the files' names and rows, those to be held back with a flag.

    Every file is looked at before a row is read.
    Raises NotThisFormat, NotResearchSafe, WithoutMarks, ParquetMissing, ParquetRefused, OSError.
    """
    paths = makers_files(root, *_PATTERNS, problems=problems)
    if not paths:
        raise other_format(root, _EXPECTED)
    for path in paths:
        check(root, path.relative_to(root).as_posix())
    columns = {path: _columns(path) for path in paths}
    for path, names in columns.items():
        if "url" not in names:
            raise other_format(root, _EXPECTED)
        check_marks(path.name, names)
    for path, names in columns.items():
        yield from _records(path, path.relative_to(root).as_posix(), names, sheet, problems)


def depends_on(root: Path, _: Datasheet) -> list[Path]:
    return makers_files(root, *_PATTERNS, _README, f"*/{_README}")


# ---- rules, for all that comes from LAION ---------------------------------------------------------------------------------


def check(root: Path, path: str) -> None:
    """Raises NotResearchSafe for a list, or an archive of images, that is not known to be of a cleaned release. `path`: below the root."""
    if shows_research_safe(root, path) is not True:
        raise NotResearchSafe(file=shown(f"{root.absolute().name}/{path}"))


def check_marks(file: str, names: Collection[str]) -> None:
    """Raises WithoutMarks where no column (`names`, in small letters) tells what is unfit to be shown."""
    if _MARKS.isdisjoint(names):
        raise WithoutMarks(file=shown(file))


def shows_research_safe(root: Path, path: str) -> bool | None:
    """Whether the names say that a file is of a “research-safe” release; False: they say that it is another of LAION's; None: nothing.

    The name nearest to the file that names LAION decides: the file's own, its folders' up to the root's, and then what the README says.
    """
    if _BEFORE_2024.search(path):
        return False
    for name in (*reversed(PurePosixPath(path).parts), root.absolute().name, root.resolve().name):
        if _LAION.search(name):
            return _says_research_safe(name)
    readmes = {folder / _README for folder in (root, (root / path).parent)}
    return True if any(path.is_file() and _says_research_safe(_beginning(path)) for path in readmes) else None


def is_of_laion(names: Collection[str]) -> bool:
    """Whether columns, in small letters, are such as only LAION's rows have."""
    return any(known <= set(names) for known in _OF_LAION)


def marks(values: Mapping[str, Any], names: Collection[str]) -> frozenset[Flag]:
    """The flags of a row: of what it has of NSFW and punsafe (`names`, in small letters) both must call the image harmless.

    >>> sorted(marks({"nsfw": "UNSURE", "punsafe": 0.3}, {"nsfw", "punsafe"})), sorted(marks({"nsfw": "UNLIKELY"}, {"nsfw"}))
    (['nsfw', 'unsafe'], [])
    """
    flags: set[Flag] = {"nsfw", "unsafe"} if _MARKS.isdisjoint(names) else set()
    if "nsfw" in names and values.get("nsfw") != "UNLIKELY":
        flags.add("nsfw")
    if "punsafe" in names and not _is_safe(values.get("punsafe")):
        flags.add("unsafe")
    return frozenset(flags)


def license_facts(value: object) -> tuple[str | None, str | None]:
    """(as recorded, its id): LAION took it from the markup of pages; without any it is "?" or empty. Only an address is trusted."""
    raw = text(value)
    if raw is None or raw == "?":
        return None, None
    return raw, licenses.license_id(raw) if web_address(raw) else None


def _is_safe(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < PUNSAFE_MOST


def _says_research_safe(written: str) -> bool:
    """Whether this names a “research-safe” release, and no other with it: of two nobody could say which one lies here.

    >>> _says_research_safe("relaion2B-en-research-safe"), _says_research_safe("See Re-LAION-5B research and research-safe")
    (True, False)
    """
    named = _RELEASE.findall(written)
    return bool(named) and all(named)


def _beginning(readme: Path) -> str:
    with readme.open("rb") as file:
        return file.read(_README_MOST_BYTES).decode("utf-8", "replace")


# ---- rows ---------------------------------------------------------------------------------------------------------------


def _columns(path: Path) -> dict[str, str]:
    """What we read of a file: name in small letters -> name in the file."""
    found = {name.lower(): name for name in reversed(parquetfiles.columns(path))}
    return {name: found[name] for name in _NAMES if name in found}


def _records(path: Path, name: str, names: Mapping[str, str], sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    for row, cells in parquetfiles.rows(path, list(names.values()), problems):
        values = {ours: cells[theirs] for ours, theirs in names.items()}
        url = web_address(values["url"])
        if url is None:
            sentence = N_("“{value}” is no web address and is left out.")
            problems.add(name, sentence, row=row + 1, value=str(values["url"]))
        else:
            yield _record(values, url, sheet)


def _record(values: Mapping[str, Any], url: str, sheet: Datasheet) -> ImageRecord:
    license_raw, license_id = license_facts(values.get("license"))
    written = text(values.get("text")) or text(values.get("caption"))
    return ImageRecord(
        dataset=sheet.key,
        image_id=_given_id(values) or address_id(url),
        locator=elsewhere_locator(url),
        width_px=side_px(values.get("width")),
        height_px=side_px(values.get("height")),
        md5=md5(values.get("md5")),
        license_raw=license_raw,
        license=license_id,
        dataset_license=sheet.license,
        captions=(written,) if written else (),
        flags=frozenset(sheet.flags) | marks(values, values.keys()),
        people=sheet.people,
        **origin(url),
    )


def _given_id(values: Mapping[str, Any]) -> str | None:
    """SAMPLE_ID, else hash, both of 64 bits; as a floating-point number, which pandas makes of them, neither is an id any more."""
    for name in ("sample_id", "hash"):
        value = values.get(name)
        if isinstance(value, (int, str)) and not isinstance(value, bool) and _ID.fullmatch(str(value)):
            return str(value)
    return None


def side_px(value: object) -> int | None:
    """A width or height: 640 of 640 and of 640.0; None of what can be none.

    >>> side_px(640.0), side_px(0), side_px(float("nan")), side_px("640")
    (640, None, None, None)
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value <= _SIDE_MOST_PX and value == int(value):
        return int(value)
    return None


def md5(value: object) -> str | None:
    """The sum of the original file, lower-case hex."""
    return value.lower() if isinstance(value, str) and _MD5.fullmatch(value.lower()) else None
