"""Three golden sets: one data set, a mix, a mix with replacements. They change only with a new draw version and a note in docs/decisions/.

Their pictures are PPM files written by hand, so that no library's version can change a byte of them.
"""

from __future__ import annotations

import dataclasses
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from imagestolive import resources, sets
from imagestolive.config import Config, DataSetConfig
from imagestolive.pipeline import PROGRAM, DrawnSet, Pipeline
from imagestolive.press import Press

GOLDEN = Path(__file__).parent / "golden"
ASKED = {
    "one": {"code": "K7Q29FXD", "keys": ("garden",), "people": 2, "cards": 3, "paper": "a4", "flip": "long", "lang": "en"},
    "mixed": {
        "code": "01234568",
        "keys": ("garden", "tools", "walls"),
        "people": 3,
        "cards": 4,
        "paper": "letter",
        "flip": "short",
        "lang": "pt-BR",
    },
    "replaced": {
        "code": "ZZZZZZZC",
        "keys": ("garden", "tools", "walls"),
        "people": 2,
        "cards": 2,
        "paper": "a4",
        "flip": "none",
        "lang": "en",
        "replace": (3, 1, 3),
    },
}


def ppm(n: int, width_px: int, height_px: int) -> bytes:
    """A picture as bytes that need no library: P6, then rows of RGB."""
    samples = bytes(
        (n * 29 + x * 3 + y * 5 + channel * 70) % 256 for y in range(height_px) for x in range(width_px) for channel in range(3)
    )
    return b"P6 %d %d 255\n" % (width_px, height_px) + samples


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory, data_folder: Path) -> Pipeline:
    """Three data sets of 20, 5 and 9 pictures, with credits in several states."""
    folder = tmp_path_factory.mktemp("golden")
    datasets = {}
    for key, count, weight in (("garden", 20, 1), ("tools", 5, 3), ("walls", 9, 1)):
        root = folder / key
        root.mkdir()
        rows = ["file,title,author,landing_url,license"]
        for n in range(count):
            name = f"{key}-{n:02}.ppm"
            (root / name).write_bytes(ppm(n + len(key) * 40, *((30, 44) if n % 3 == 2 else (48, 32))))
            title = f"Muro {n}" if key == "walls" else f"{key.capitalize()}, number {n}"
            license_raw = ("CC BY 2.0", "CC BY-NC-SA 4.0", "CC0", "n/a", "https://creativecommons.org/licenses/by/3.0/br/")[n % 5]
            author = "" if n % 4 == 1 else f"Inês Nº {n}"
            rows.append(f'{name},"{title}",{author},https://www.flickr.com/photos/ines/{n + 100},{license_raw}')
        (root / "credits.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        datasets[key] = DataSetConfig(key=key, root=root, weight=weight, facts={"title": key.capitalize(), "short": key.capitalize()})
    return Pipeline(Config(datasets=datasets, starter=False, data_folder=data_folder))


def drawn_as(pipeline: Pipeline, name: str) -> DrawnSet:
    asked = dict(ASKED[name])
    code, replace = str(asked.pop("code")), asked.pop("replace", ())
    policy = pipeline.policy(sold=False)
    request, _ = pipeline.request(policy=policy, **asked)  # type: ignore[arg-type]
    found = pipeline.draw(request, sets.read_code(code), (), policy)
    for slot in replace:  # type: ignore[attr-defined]
        found = pipeline.replace(found, slot, policy)
    return found


def page_text(pipeline: Pipeline, found: DrawnSet) -> str:
    out = BytesIO()
    looked_at = pipeline.policy(sold=False, reviewed=[pick.image for pick in found.picks.values()])  # some of them are nearly the same
    Press(pipeline).sheets(found, looked_at, out, resources.words(found.request.lang))
    with pypdfium2.PdfDocument(out.getvalue()) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
    return "".join(
        f"== page {number}\n" + "\n".join(text.split("\n")).replace("\r", "") + "\n" for number, text in enumerate(pages, start=1)
    )


@pytest.mark.parametrize("name", ASKED)
def test_the_picks_of_a_golden_set_stay(pipeline: Pipeline, name: str) -> None:
    golden = sets.read_set_file((GOLDEN / f"{name}.json").read_bytes())
    assert drawn_as(pipeline, name).set_file() == dataclasses.replace(golden, program=PROGRAM)


@pytest.mark.parametrize("name", ASKED)
def test_the_page_text_of_a_golden_set_stays(pipeline: Pipeline, name: str) -> None:
    assert page_text(pipeline, drawn_as(pipeline, name)) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
