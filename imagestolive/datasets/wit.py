"""WIT, Wikipedia-based Image Text: wit_v1.*.tsv, plain or as .gz, in the root; a row is an image in an article, in one language.

An image that stands in many articles counts once, with the captions of its first row. Of Wikimedia's files only those of Commons are
taken: what lies with a single Wikipedia is often there because it is not free. Rows name no author and no license; both stand on the
page at Commons that each record leads to. Where somebody has added a column `extmetadata`, as Commons' interface gives it, its credit
is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from imagestolive.datasets.commons import Credit, credit_of, file_name, file_page
from imagestolive.datasets.datasheet import Datasheet
from imagestolive.datasets.locators import elsewhere_locator
from imagestolive.datasets.named import other_format
from imagestolive.datasets.problems import Problems
from imagestolive.datasets.scratch import scratch
from imagestolive.datasets.tabbed import read_header, read_rows, unpacked_name
from imagestolive.datasets.tree import makers_files
from imagestolive.datasets.values import pixels, text, web_address
from imagestolive.errors import N_
from imagestolive.records import ImageRecord

CAPTIONS = ("caption_reference_description", "caption_attribution_description", "caption_alt_text_description")
PRINTABLE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/tiff"})
NOT_AT_COMMONS = N_("Images that do not lie at Wikimedia Commons, which are left out: {n}")
OTHER_FORMATS = N_("Images of a format that is not read here: {n}")
_USED = ("image_url", "mime_type", "original_width", "original_height", "extmetadata", *CAPTIONS)
_NEEDED = frozenset({"image_url", "mime_type"})
_FILES = ("wit_v1.*.tsv", "wit_v1.*.tsv.gz")
_CAPTION_MOST_CHARACTERS = 1000


def read(root: Path, sheet: Datasheet, problems: Problems) -> Iterator[ImageRecord]:
    """Records in the order of the files' names and rows. Raises NotThisFormat, ArchiveRefused."""
    with scratch() as notes:
        for path in _files(root, problems):
            elsewhere = others = 0
            for row, (image_url, mime_type, width, height, extmetadata, *captions) in read_rows(path, _USED, problems, quoted=True):
                source_url = web_address(image_url)
                if source_url is None:
                    problems.add(path.name, N_("“{value}” cannot be right."), row=row, value=image_url)
                elif (image_id := file_name(source_url)) is None:
                    elsewhere += 1
                elif mime_type not in PRINTABLE:
                    others += 1
                elif notes.first_time(image_id):
                    yield record(
                        sheet,
                        image_id,
                        elsewhere_locator(source_url),
                        source_url,
                        captions=captions,
                        size_px=(None, None) if "/thumb/" in source_url else (pixels(width), pixels(height)),
                        credit=credit_of(extmetadata),
                    )
            problems.add_sum(path.name, NOT_AT_COMMONS, elsewhere)
            problems.add_sum(path.name, OTHER_FORMATS, others)


def depends_on(root: Path, _: Datasheet) -> list[Path]:
    return list(_candidates(root, None).values())


def record(
    sheet: Datasheet,
    image_id: str,
    where: str,
    source_url: str,
    *,
    captions: Iterable[object],
    credit: Credit,
    size_px: tuple[int | None, int | None] = (None, None),
) -> ImageRecord:
    """A file at Commons, with what its row says."""
    said = (_caption(caption) for caption in (*captions, credit.description))
    return ImageRecord(
        dataset=sheet.key,
        image_id=image_id,
        locator=where,
        width_px=size_px[0],
        height_px=size_px[1],
        author=credit.author,
        author_url=credit.author_url,
        landing_url=file_page(source_url),
        source_url=source_url,
        license_raw=credit.license_raw,
        license=credit.license,
        dataset_license=sheet.license,
        captions=tuple(dict.fromkeys(caption for caption in said if caption)),
        flags=frozenset(sheet.flags),
        people=sheet.people,
    )


def _files(root: Path, problems: Problems) -> list[Path]:
    if found := [path for path in _candidates(root, problems).values() if set(read_header(path)) >= _NEEDED]:
        return found
    raise other_format(root, "wit_v1.*.tsv (.gz): language, page_url, image_url, …, mime_type, …")


def _candidates(root: Path, problems: Problems | None) -> dict[str, Path]:
    """By their names unpacked; what is here packed and unpacked counts as unpacked."""
    found: dict[str, Path] = {}
    for path in makers_files(root, *_FILES, problems=problems):
        found.setdefault(unpacked_name(path), path)
    return found


def _caption(cell: object) -> str | None:
    r"""One line; the rows hold line ends as \n, two signs."""
    words = " ".join(cell.replace("\\n", " ").split()) if isinstance(cell, str) else None
    return text(words if words is None or len(words) <= _CAPTION_MOST_CHARACTERS else f"{words[:_CAPTION_MOST_CHARACTERS]}…")
