"""Tencent ML-Images: lists of other people's images with classes, one image a line, cells parted by tabs.

    https://c4.staticflickr.com/8/7239/6997334729_e5fb3938b1_o.jpg  3:1  5193:0.9   of Open Images
    n04310904/n04310904_8388.JPEG  2367:1  2172:1                                   of ImageNet
    7239_6997334729_e5fb3938b1_o.jpg  3:1  5193:0.9                                 files that the makers' program fetched
    data/images/im_0.jpg                                                            files to be classified

A class has its line in dictionary_and_semantic_hierarchy.txt (category_index, category_id, index_of_parent_category, category name) and
comes with a confidence. Any *.txt in the root, in data/, or in an image_lists/ of these that begins like one of these lists is read:
addresses first, for they tell most; names of files last, for most are of photographs whose address is listed, too.
"""

from __future__ import annotations

import functools
import itertools
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from imagestolive.datasets import flickr, wordnet
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.imagenet_urls import note_urls, provenance
from imagestolive.datasets.lines import LINE_MOST_BYTES, read_lines
from imagestolive.datasets.locators import elsewhere_locator, is_elsewhere, locator
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import Scratch, scratch
from imagestolive.datasets.tree import entries, makers_files
from imagestolive.datasets.values import text, web_address
from imagestolive.errors import N_
from imagestolive.records import Flag, ImageRecord, Label

DICTIONARY = "dictionary_and_semantic_hierarchy.txt"
_EXPECTED = "*.txt: https://….jpg | n01234567/n01234567_1.JPEG | ….jpg ⇥ 3:1 ⇥ 5193:0.9 …"
_FOLDERS = ("", "data/", "image_lists/", "data/image_lists/")
_IMAGE_FOLDERS = ("", "images/", "data/images/", "train/")
_OF_NO_MEANING = {"", "images", "data", "train"}  # a folder of this name tells nothing of the files in it
_LOOKED_AT = 10  # lines of a file, to tell whether it is a list

_ROW = re.compile(rb"(?P<image>\S[^\t]*)(?P<claims>(?:\t[0-9]{1,6}:[0-9.]{1,20})*)\t*")
_CLASS = re.compile(rb"category_index\t.*|(?P<index>[0-9]{1,6})\t(?P<id>[^\t]+)\t(?P<parent>-?[0-9]{1,6})\t(?P<name>[^\t]+)")
_NO_PARENT = b"-1"  # of thing, matter, object and atmospheric phenomenon, one of which nearly every image is said to show
_IMAGENET = re.compile(r"n[0-9]{8}/(?P<id>(?P<wnid>n[0-9]{8})_[0-9]{1,12})\.JPEG")
_SYNSETS = re.compile(r"(?:^|/)(n[0-9]{8})(?=[_/.])")
_PHOTO = re.compile(r"(?:[0-9]+_)?(?P<id>(?P<photo>[1-9][0-9]{0,19})_[0-9a-f]{10}_o)\.[A-Za-z]{3,4}")
_IMAGE_NAME = re.compile(r".+\.(?:jpe?g|png)", re.IGNORECASE)
_ADDRESS, _IMAGENET_ID, _FILE_NAME = range(3)  # what an image is listed by

_HELD_BACK: frozenset[Flag] = frozenset({"review"})

Claim = tuple[Label | None, frozenset[Flag]]


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records list by list, in the order of their lines. Raises NotThisFormat, OSError."""
    lists = sorted((kind, path) for path in _texts(root, problems) if (kind := _kind(path)) is not None)
    if not lists:
        raise other_format(root, _EXPECTED)
    with scratch() as notes:
        note_urls(root, notes, problems)
        notes.end_notes()
        reader = _Reader(root, sheet, notes, problems, names_follow=lists[-1][0] == _FILE_NAME)
        for _, path in lists:
            yield from reader.read(path)


def depends_on(root: Path, _: Datasheet) -> Iterable[Path]:
    """The lists, and the folders in which images may be; of ImageNet's many folders the one around them."""
    return [*_texts(root), *(root / folder for folder in {*_FOLDERS, *_IMAGE_FOLDERS})]


def _texts(root: Path, problems: Problems | None = None) -> list[Path]:
    return makers_files(root, *(f"{folder}[!.]*.txt" for folder in _FOLDERS), problems=problems)


def _kind(path: Path) -> int | None:
    """What the images of a list are listed by; None for a file that is no list."""
    with path.open("rb") as file:
        for line in itertools.islice(iter(functools.partial(file.readline, LINE_MOST_BYTES), b""), _LOOKED_AT):
            if row := _ROW.fullmatch(line.strip(b"\r\n")):
                image = row["image"].decode("utf-8", "replace")
                kind = _kind_of(image)
                if row["claims"] or (kind == _FILE_NAME and _IMAGE_NAME.fullmatch(image)):
                    return kind
    return None


def _kind_of(image: str) -> int:
    if image.startswith(("https://", "http://")):
        return _ADDRESS
    return _IMAGENET_ID if _IMAGENET.fullmatch(image) else _FILE_NAME


class _Listed(NamedTuple):
    """What the first cell of a row leads to."""

    image_id: str
    locator: str
    photo_id: str | None = None
    source_url: str | None = None


class _Reader:
    """Reads the lists of one root."""

    def __init__(self, root: Path, sheet: Datasheet, notes: Scratch, problems: Problems, *, names_follow: bool) -> None:
        self._root = root
        self._prefix = f"{root}/"  # a Path for each question whether a file is here would take thrice as long
        self._name = root.resolve().name
        self._sheet = sheet
        self._notes = notes
        self._problems = problems
        self._names_follow = names_follow
        self._flags = frozenset(sheet.flags)
        self._classes = self._read_classes()
        self._claim = functools.lru_cache(maxsize=2**14)(self._read_claim)  # a few classes make up most of the lists
        self._folders = [folder for folder in _IMAGE_FOLDERS if _holds(root / folder, _IMAGE_NAME)]
        self._synset_folders = [folder for folder in _IMAGE_FOLDERS if _holds(root / folder, re.compile("n[0-9]{8}"))]
        self._ways = (self._by_address, self._by_imagenet_id, self._by_file_name)  # in the order of the kinds

    def read(self, path: Path) -> Iterator[ImageRecord]:
        name = path.relative_to(self._root).as_posix()
        absent = 0
        with path.open("rb") as file:
            for number, row in read_lines(file, _ROW, self._problems, name=name):
                try:
                    image = row["image"].decode("utf-8")
                    kind = _kind_of(image)
                    record = self._record(kind, image, row["claims"])
                except ValueError:
                    self._problems.add(name, N_("“{value}” cannot be right."), row=number, value=row[0].decode("latin-1"))
                    continue
                if record is None:
                    absent += 1
                elif self._is_first(kind, record.locator):
                    yield record
                elif kind != _FILE_NAME:  # lists of names repeat the others
                    self._problems.add(name, N_("“{name}” has a row already; this one is not used."), row=number, name=record.locator)
        self._problems.add_sum(name, N_("Rows whose file is not here: {n}"), absent)

    def _is_first(self, kind: int, place: str) -> bool:
        """Whether no row before has taken this file. ImageNet's millions stand in no two rows, unless they are listed by name, too."""
        return is_elsewhere(place) or (kind == _IMAGENET_ID and not self._names_follow) or self._notes.first_time(place)

    def _record(self, kind: int, image: str, claims: bytes) -> ImageRecord | None:
        """One row; None when its image neither is here nor has an address. Raises ValueError for one that cannot be right."""
        listed = self._ways[kind](image)
        if listed is None:
            return None
        labels = []
        flags = self._flags
        if wnids := _SYNSETS.findall(image):
            flags = flags.union(*map(wordnet.held_back, wnids))
        for label, class_flags in map(self._claim, claims.split(b"\t")[1:]):
            if label:
                labels.append(label)
            if class_flags:
                flags |= class_flags
        return ImageRecord(
            dataset=self._sheet.key,
            image_id=listed.image_id,
            locator=listed.locator,
            photo_id=listed.photo_id,
            landing_url=flickr.page(listed.photo_id) if listed.photo_id else None,
            source_url=listed.source_url,
            dataset_license=self._sheet.license,
            labels=tuple(labels),
            flags=flags,
            people="some" if "person" in flags else self._sheet.people,
        )

    def _by_address(self, image: str) -> _Listed:
        """By default the makers' program calls a file {server}_{id}_{secret}_o.jpg; their own lists of names leave the server away.

        What is called as at another host may be any picture, and is not looked for.
        """
        url = web_address(image)
        if url is None:
            raise ValueError(image)
        *_, server, name = url.split("/")
        photo, photo_id = _PHOTO.fullmatch(name), flickr.photo_id(url)
        is_photo = photo_id is not None and name.startswith(f"{photo_id}_")
        place = next(self._places(f"{server}_{name}", name), None) if is_photo else None
        return _Listed(
            image_id=photo["id"] if photo and photo["photo"] == photo_id else url,
            locator=locator(place) if place else elsewhere_locator(url),
            photo_id=photo_id,
            source_url=url,
        )

    def _by_imagenet_id(self, image: str) -> _Listed | None:
        found = _IMAGENET.fullmatch(image)
        place = next((path for folder in self._synset_folders if self._is_here(path := folder + image)), None)
        if found is None or place is None:
            return None
        origin = provenance(self._notes, found["id"])
        return _Listed(found["id"], locator(place), origin["photo_id"], origin["source_url"])

    def _by_file_name(self, image: str) -> _Listed | None:
        folder, _, name = image.rpartition("/")
        if "\\" in image or ".." in image.split("/"):
            raise ValueError(image)
        place = None if image[0] == "/" else self._as_listed("/".join(part for part in image.split("/") if part not in ("", ".")))
        if place is None and folder.rpartition("/")[2] in _OF_NO_MEANING:
            place = _only(self._places(name))
        if place is None:
            return None
        photo = _PHOTO.fullmatch(name)
        return _Listed(photo["id"] if photo else name.rpartition(".")[0] or name, locator(place), photo["photo"] if photo else None)

    def _as_listed(self, path: str) -> str | None:
        """Where a file with a path is: below the root, or above it, if the path begins with the root's own name; else in the one folder."""
        for below in (path, path.removeprefix(f"{self._name}/")):
            if self._is_here(below):
                return below
        return _only(self._places(path))

    def _places(self, *names: str) -> Iterator[str]:
        """Where files of these names are."""
        return (folder + name for folder in self._folders for name in names if os.path.isfile(self._prefix + folder + name))

    def _is_here(self, path: str) -> bool:
        return os.path.isfile(self._prefix + path)

    def _read_claim(self, claim: bytes) -> Claim:
        """What 5193:0.9 says: class 5193, and how sure of it the makers are. A class that the dictionary lacks is held back."""
        index, _, number = claim.partition(b":")
        confidence = float(number)
        if not 0 <= confidence <= 1:
            raise ValueError(claim)
        name, flags = self._classes.get(index, (None, _HELD_BACK))
        return (Label(text=name, confidence=confidence) if name and confidence else None), flags if confidence else frozenset()

    def _read_classes(self) -> dict[bytes, tuple[str | None, frozenset[Flag]]]:
        """Index -> name, flags. The roots have no name here: they say nothing."""
        classes = {}
        here = makers_files(self._root, *(folder + DICTIONARY for folder in _FOLDERS))
        path = min(here, key=lambda path: len(path.parts), default=None)
        if path is None:
            self._problems.add(
                DICTIONARY, N_("This file is not here. Without it classes have no names, and images with classes are held back.")
            )
            return {}
        with path.open("rb") as file:
            for _, row in read_lines(file, _CLASS, self._problems, name=DICTIONARY):
                if row["index"]:
                    name = None if row["parent"] == _NO_PARENT else text(row["name"].decode("utf-8", "replace"))
                    classes[row["index"]] = name, frozenset(wordnet.held_back(row["id"].decode("ascii", "replace")))
        return classes


def _only(places: Iterator[str]) -> str | None:
    """What is in one folder alone: of two, nobody can say which is meant."""
    found = list(itertools.islice(places, 2))
    return found[0] if len(found) == 1 else None


def _holds(folder: Path, name: re.Pattern[str]) -> bool:
    """Whether anything in a folder bears such a name: a folder without need not be asked for each of millions of rows."""
    try:
        return any(name.fullmatch(entry.name) for entry in entries(folder))
    except OSError:
        return False
