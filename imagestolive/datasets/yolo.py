"""Any folder in YOLO form: images, and for each a text file with one line for each thing in it.

    45 0.479492 0.688771 0.955609 0.5955       class, centre x and y, width and height, in fractions of the sides
    45 0.1 0.1 0.9 0.1 0.5 0.8                 class, and the corners of an outline

The text of .../images/train2017/a.jpg is .../labels/train2017/a.txt; where there is no folder labels it lies beside its image.
Names of classes come from the first .yaml file that has `names`, else from classes.txt or a .names file; without them a class
is called by its number. Lists of photographs in COCO's form in annotations/ give licenses and pages, and tell of people.
What they say is of the image whose path has the longest end in common with the name they give; where an entry could mean two images,
or two entries one, it is of none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from imagestolive.config import ConfigMissing, ConfigWrong, load_yaml
from imagestolive.datasets import coco, tree
from imagestolive.datasets.boxes import DIGITS, in_fractions
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.folder import EXTENSIONS
from imagestolive.datasets.jsonfiles import first_sign
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import Scratch, scratch
from imagestolive.datasets.tree import Found, Tree
from imagestolive.datasets.values import text
from imagestolive.errors import N_
from imagestolive.records import ImageRecord, Label, Region

_IMAGES = rf"(?i:{EXTENSIONS.pattern})$"
_TEXTS = r"\.(?:txt|ya?ml|names)$"
_NAMES = re.compile(r"(?:^|/)(?:classes\.txt|[^/]+\.names)$")
_YAML = re.compile(r"\.ya?ml$")
_LISTS = (f"{coco.ANNOTATIONS}/*.json", f"*/{coco.ANNOTATIONS}/*.json")
_FIRST_LINE = re.compile(rb"\s*[0-9]{1,6}(?:[ \t]+[0-9.eE+-]+){4}")
_CLASS = re.compile("[0-9]{1,6}")
_PEOPLE = frozenset({"person", "people", "pedestrian", "man", "woman", "boy", "girl", "child", "face"})  # as classes are often called
_MOST_BYTES = 2**20  # of a text
_TAIL_PARTS_MOST = 8  # of a path, as far as it is compared with another
_EXPECTED = "images/*.jpg, labels/*.txt: 0 0.5 0.5 0.2 0.3"


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records sorted by the bytes of their paths. Raises NotThisFormat, ArchiveRefused, JsonRefused, OSError."""
    with scratch() as notes:
        folder = _Folder(root, sheet, problems, notes)
        folder.note_texts()
        folder.note_lists()
        folder.note_images()
        notes.end_notes()
        for found in folder.images(problems):
            yield folder.record(found)
        problems.add_sum(coco.ANNOTATIONS, N_("Images of which the lists do not say for certain whose they are: {n}"), folder.uncertain)


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    """Every folder (a file that comes or goes changes it), the names of classes and the lists. Of texts with labels there are too many."""
    yield from tree.depends_on(root, f"{_NAMES.pattern}|{_YAML.pattern}")
    yield from tree.makers_files(root, *_LISTS)


class _Folder:
    """The texts and lists are gone through first, and what they say of an image is noted."""

    def __init__(self, root: Path, sheet: Datasheet, problems: Problems, notes: Scratch) -> None:
        self.root = root
        self.sheet = sheet
        self.problems = problems
        self.notes = notes
        self.names: dict[int, str] = {}  # of classes, by number
        self.has_labels_folder = False
        self.lists: list[coco.Lists] = []
        self.uncertain = 0  # images that get no credit though the lists name them

    def note_texts(self) -> None:
        """Raises NotThisFormat when there is none with labels."""
        texts = Tree(self.root, Problems(), texts=_TEXTS)  # the images' own walk tells what is skipped
        yaml_names: dict[int, str] = {}
        seen = False
        for found in texts.files(_TEXTS):
            if _YAML.search(found.path):
                yaml_names = yaml_names or self._yaml_names(found)
            elif (content := texts.read(found)) is None or len(content) > _MOST_BYTES:
                continue
            elif _NAMES.search(found.path):
                self.names = self.names or dict(enumerate(_decoded(content).splitlines()))
            elif (in_folder := "labels" in PurePosixPath(found.path).parent.parts) or _FIRST_LINE.match(content):
                seen = True
                self.has_labels_folder |= in_folder
                self.notes.note([(_without_ending(found.path), "labels", [found.path, _decoded(content)])])
        self.names = yaml_names or self.names
        if not seen:
            raise other_format(self.root, _EXPECTED)

    def _yaml_names(self, found: Found) -> dict[int, str]:
        if found.archive is not None:
            return {}
        try:
            plain = load_yaml(self.root / found.path)
        except (ConfigMissing, ConfigWrong) as error:
            line = error.facts.get("line")
            problem = str(error.facts["problem"])
            self.problems.add(found.path, N_("This file cannot be read: {problem}."), row=int(str(line)) if line else None, problem=problem)
            return {}
        names = plain.get("names") if isinstance(plain, dict) else None
        pairs: Iterable[Any] = names.items() if isinstance(names, dict) else enumerate(names) if isinstance(names, list) else ()
        return {int(number): str(name) for number, name in pairs if _CLASS.fullmatch(str(number)) and type(name) in (str, int)}

    def note_lists(self) -> None:
        for path in tree.makers_files(self.root, *_LISTS, problems=self.problems):
            if first_sign(path) == "{":
                lists = coco.Lists()
                number = len(self.lists)
                self.lists.append(lists)
                taken: dict[str, Callable[[Any], Iterable[coco.Note]]] = {
                    "licenses": lists.add_license,
                    "categories": lists.add_category,
                    "images": functools.partial(self._photograph_notes, number),
                    "annotations": _category_notes(number),
                }
                self.notes.note(coco.notes_of(path, self.problems, taken))

    def _photograph_notes(self, number: int, image: Any) -> list[coco.Note]:
        """An entry is noted under every end of the name it gives, unless another of its list has that end, too."""
        facts = coco.Lists.facts(image)
        notes: list[coco.Note] = []
        for tail in _tails(facts["file_name"]):
            if self.notes.first_time(f"/{number} {tail}"):
                notes.append((tail, "photograph", [number, facts]))
            elif self.notes.first_time(f"again {tail}"):
                notes.append((tail, "claimed again", True))
        return notes

    def note_images(self) -> None:
        """What ends of paths several images share; without lists nobody asks."""
        if self.lists:
            for found in self.images(Problems()):
                self.notes.note(note for tail in _tails(found.path) for note in coco.claimed_again(self.notes, "image", tail))

    def images(self, problems: Problems) -> Iterator[Found]:
        for found in Tree(self.root, problems).files(_IMAGES):
            if not self.has_labels_folder or "images" in PurePosixPath(found.path).parent.parts:
                yield found

    def record(self, found: Found) -> ImageRecord:
        archive = PurePosixPath(found.archive).parent if found.archive else None
        image_id = (archive / (found.member or "")).as_posix() if archive else found.path  # as if it were unpacked
        regions = tuple(self._regions(found.path))
        labels = tuple(Label(text=name) for name in dict.fromkeys(region.label for region in regions) if name)
        credit = self._credit(found.path)
        people = coco.PERSON in credit.pop("categories", ()) or not _PEOPLE.isdisjoint(label.text.lower() for label in labels)
        return ImageRecord(
            dataset=self.sheet.key,
            image_id=image_id,
            locator=found.locator,
            dataset_license=self.sheet.license,
            labels=labels,
            regions=regions,
            flags=frozenset((coco.PERSON, *self.sheet.flags)) if people else frozenset(self.sheet.flags),
            people="some" if people else self.sheet.people,
            **credit,
        )

    def _regions(self, image: str) -> Iterator[Region]:
        path = _without_ending(_in_labels(image) if self.has_labels_folder else image)
        for file, content in self.notes.notes(path, "labels"):
            for row, line in enumerate(content.splitlines(), start=1):
                if not line.strip():
                    continue
                try:
                    yield _region(line.split(), self.names)
                except ValueError:
                    self.problems.add(file, N_("This row holds no box."), row=row)

    def _credit(self, path: str) -> dict[str, Any]:
        """Fields of a record, and `categories`, out of the lists; nothing where it is uncertain which entry is meant, or lists disagree."""
        for tail in _tails(path):
            if photographs := self.notes.notes(tail, "photograph"):
                credit = {} if self.notes.notes(tail, "claimed again") else self._agreed(photographs)
                self.uncertain += not credit
                return credit
        return {}

    def _agreed(self, photographs: Iterable[Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, facts in photographs:
            lists = self.lists[number]
            credit = lists.credit(facts) | {"width_px": facts["width"], "height_px": facts["height"]}
            categories = {lists.categories.get(category) for category in self.notes.notes(f"{number} {facts['id']}", "category")}
            if found and credit != {field: found[field] for field in credit}:
                return {}
            found = credit | {"categories": categories | found.get("categories", set())}
        return found


def _tails(path: str) -> list[str]:
    """The ends of a path, the longest first.

    >>> _tails("images/a/1.jpg")
    ['images/a/1.jpg', 'a/1.jpg', '1.jpg']
    """
    parts = path.split("/")[-_TAIL_PARTS_MOST:]
    return ["/".join(parts[at:]) for at in range(len(parts))]


def _in_labels(image: str) -> str:
    """The path of an image with labels for its last folder images.

    >>> _in_labels("coco/images/train2017/a.jpg")
    'coco/labels/train2017/a.jpg'
    """
    before, _, after = f"/{image}".rpartition("/images/")
    return f"{before}/labels/{after}".lstrip("/")


def _without_ending(path: str) -> str:
    return path.rpartition(".")[0]


def _decoded(content: bytes) -> str:
    return content.decode("utf-8-sig", "replace")


def _region(cells: list[str], names: dict[int, str]) -> Region:
    """One line. Raises ValueError."""
    numbers = [float(cell) for cell in cells[1:]]
    if not _CLASS.fullmatch(cells[0]) or not all(0 <= number <= 1 for number in numbers):
        raise ValueError(cells)
    label = text(names.get(int(cells[0]))) or cells[0]
    polygon: tuple[tuple[float, float], ...] = ()
    if len(numbers) == 4:
        x, y, width, height = numbers
        corners = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    elif len(numbers) >= 6 and len(numbers) % 2 == 0:
        polygon = tuple((round(x, DIGITS), round(y, DIGITS)) for x, y in zip(numbers[::2], numbers[1::2], strict=True))
        corners = (min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2]))
    else:
        raise ValueError(cells)
    box = in_fractions(corners, 1, 1)
    if box is None:
        raise ValueError(cells)
    return Region(box=box, polygon=polygon, label=label)


def _category_notes(number: int) -> Callable[[Any], list[coco.Note]]:
    def notes(annotation: Any) -> list[coco.Note]:
        return [(f"{number} {image}", "category", said[0]) for image, kind, said in coco.annotation_notes(annotation) if kind != "caption"]

    return notes
