"""flower_photos of TensorFlow: daisy/100080576_f52e8ee070_n.jpg and four more classes, with a LICENSE.txt that credits each photograph;
in folders or in flower_photos.tgz.

The file is called as at Flickr, so its name begins with the photo's id. One photograph stands in two classes: the class belongs
to the image's id, as in LICENSE.txt. What a LICENSE.txt says holds in its folder and below: elsewhere daisy/1.jpg is another picture.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from imagestolive import licenses
from imagestolive.datasets import flickr, named, tree
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.lines import read_lines
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import scratch
from imagestolive.datasets.tree import Tree
from imagestolive.datasets.values import web_address
from imagestolive.errors import N_
from imagestolive.records import ImageRecord

LICENSE = "LICENSE.txt"
_CREDITS = r"(?:^|/)LICENSE\.txt$"
_IMAGE = r"(?:^|/)(?P<id>(?:daisy|dandelion|roses|sunflowers|tulips)/[^/.][^/]*\.jpg)$"
_FILE = re.compile(f"{_IMAGE}|{_CREDITS}")
_FLICKR_FILE = re.compile(r"[a-z]+/(?P<photo>[0-9]{1,20})_[0-9a-f]{10}(?:_[a-z])?\.jpg")
# daisy/7_a.jpg CC-BY by NAME - PAGE, nearly always; for CC-BY there may stand CC BY 2.0 or CC BY-SA 2.0. Nine of 3,670 rows are
# roses/7_a.jpg CC-BY PAGE - by NAME, where the page is all that this person shows, not the one photograph. Above the rows stands,
# on a line of its own, the address of the license of all.
_LINE = re.compile(
    rb"(?P<id>[^\s/]+/\S+\.jpg) +(?P<license>CC[A-Z0-9 .-]{1,20}?) +"
    rb"(?:by (?P<author>\S.*) - (?P<page>https?://\S+)|(?P<stream>https?://\S+) - by (?P<name>\S.*)) *"
    rb"|(?P<head>(?!.*\.jpg).*)"
)


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records with what LICENSE.txt says of each photograph. Raises NotThisFormat, ArchiveRefused."""
    images = credited = used_rows = 0
    with scratch() as notes:
        notes.note(_noted(Tree(root, problems, texts=_CREDITS), problems))  # LICENSE.txt may come before the images or after them
        notes.end_notes()
        for image_id, *_ in notes.all_notes("image"):
            if not notes.first_time(image_id):
                continue
            here, said = notes.notes(image_id, "image"), notes.notes(image_id, "row")
            (_, taken, locator), rows = _matched(here, said)
            for _, path, _ in here:
                if path != taken:
                    problems.add(path, named.HERE_TWICE)
            images += 1
            credited += bool(rows)
            used_rows += sum(any(_depth(path, file) for _, path, _ in here) for file, *_ in said)
            for file, line, _ in rows[1:]:
                problems.add(file, N_("“{name}” has a row already; this one is not used."), row=line, name=image_id)
            record = named.record(sheet, image_id, locator, image_id.partition("/")[0])
            yield _credited(record, rows[0][2] if rows else {})
        rows_there = sum(1 for _ in notes.all_notes("row"))
    if not images:
        raise named.other_format(root, f"{LICENSE}, daisy/*.jpg, dandelion/*.jpg, …")
    problems.add_sum(LICENSE, N_("Images of which it says nothing: {n}"), images - credited)
    problems.add_sum(LICENSE, N_("Rows whose file is not here: {n}"), rows_there - used_rows)


def depends_on(root: Path, _: Datasheet) -> Iterator[Path]:
    return tree.depends_on(root, _CREDITS)


def _noted(files: Tree, problems: Problems) -> Iterator[tuple[str, str, Any]]:
    """(image id, "image", [id, path, locator]) and (image id, "row", [file, line, facts])."""
    for found in files.files(_FILE.pattern):
        image = re.search(_IMAGE, found.path)
        if image:
            yield image["id"], "image", [image["id"], found.path, found.locator]
        else:
            for line, image_id, facts in _rows(files.read(found) or b"", found.path, problems):
                yield image_id, "row", [found.path, line, facts]


def _matched(images: list[Any], rows: list[Any]) -> tuple[Any, list[Any]]:
    """Of the images with one id the one nearest to a LICENSE.txt that speaks of it, and the rows that hold there, nearest first."""
    found = []
    for image in images:
        depths = sorted((depth, number) for number, (file, *_) in enumerate(rows) if (depth := _depth(image[1], file)))
        found.append((depths[0][0] if depths else sys.maxsize, image, [rows[number] for _, number in depths]))
    _, image, held = min(found, key=lambda each: each[0])
    return image, held


def _depth(path: str, file: str) -> int:
    """How many folders an image lies below a LICENSE.txt, the class's own counted; 0 where it does not lie below."""
    folder = file.removesuffix(LICENSE)
    return path.count("/", len(folder)) if path.startswith(folder) else 0


def _rows(content: bytes, file: str, problems: Problems) -> Iterator[tuple[int, str, dict[str, str | None]]]:
    """(line, image id, facts of its record) of each row."""
    license_url = None
    for line, found in read_lines(io.BytesIO(content), _LINE, problems, name=file):
        try:
            said = {name: part.decode().strip(" ") for name, part in found.groupdict(b"").items()}
        except UnicodeDecodeError:
            problems.add(file, N_("The letters of this row are not UTF-8."), row=line)
            continue
        if said["id"]:
            page = web_address(said["page"] or said["stream"])
            license_raw = _license(said["license"], license_url)
            facts = {"author": said["author"] or said["name"], "landing_url": page, "license_raw": license_raw}
            yield line, said["id"], facts | ({"author_url": page} if said["stream"] else {})
        elif licenses.license_id(said["head"]):
            license_url = license_url or web_address(said["head"])


def _license(words: str, license_url: str | None) -> str:
    """CC-BY|https://creativecommons.org/licenses/by/2.0/: the row's words and, where these name no version, the license of all."""
    own, of_all = licenses.read(words).license, licenses.read(license_url).license
    return f"{words}|{license_url}" if own.version is None and own.slug == of_all.slug else words


def _credited(record: ImageRecord, facts: dict[str, str | None]) -> ImageRecord:
    """The record with its credit, as far as there is one. The file's name holds the photo's id, and so leads to its page."""
    file = _FLICKR_FILE.fullmatch(record.image_id)
    landing_url = facts.get("landing_url")
    photo_id = flickr.photo_id(landing_url) or (file["photo"] if file else None)
    return replace(
        record,
        photo_id=photo_id,
        author_id=flickr.nsid(landing_url),
        author=facts.get("author"),
        author_url=facts.get("author_url"),
        landing_url=landing_url or (flickr.page(photo_id) if photo_id else None),
        license_raw=facts.get("license_raw"),
        license=licenses.license_id(facts.get("license_raw")),
    )
