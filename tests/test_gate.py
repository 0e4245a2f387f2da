"""The planted image: flagged, withdrawn or without license, it comes out by no door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import drawn
import pikepdf
import pytest
from PIL import Image

from imagestolive import sets
from imagestolive.config import Config, DataSetConfig
from imagestolive.pipeline import Cleared, NotReleased, Pipeline
from imagestolive.press import Press
from imagestolive.sets import Pick
from imagestolive.web import create_app
from imagestolive.words import Words

PLANTED = "planted.png"
PLANTED_COLOUR = (255, 0, 255)  # no other picture here has it
CODES = [sets.new_code(lambda _, n=n: n * 48_271) for n in range(12)]


@pytest.fixture(params=["flagged", "without license", "flagged later"])
def config(request: pytest.FixtureRequest, tmp_path: Path, data_folder: Path) -> Iterator[Config]:
    """A small data set in which one picture may not be handed out."""
    root = drawn.folder(tmp_path / "mine", 4)
    plant(root)
    flags = tmp_path / "flags.csv"
    flags.write_text("dataset,image_id,reason\n", encoding="utf-8")
    if request.param != "without license":
        with (root / "credits.csv").open("a", encoding="utf-8") as file:
            file.write(f"{PLANTED},Planted title,Planted Author,https://example.org/planted,CC BY 2.0\n")
    if request.param == "flagged":
        flags.write_text(f"dataset,image_id,reason\nmine,{PLANTED},asked to\n", encoding="utf-8")
    config = Config(datasets={"mine": DataSetConfig(key="mine", root=root)}, starter=False, flags=flags, data_folder=data_folder)
    if request.param == "flagged later":
        Pipeline(config).policy(sold=False)  # the list was read once before
        flags.write_text(f"dataset,image_id,reason\nmine,{PLANTED},asked to\n", encoding="utf-8")
    return config


def plant(root: Path) -> None:
    image = Image.new("RGB", (64, 64), PLANTED_COLOUR)
    image.paste((0, 0, 0), (0, 0, 8, 8))  # of one tone all over it would be held for that alone
    image.save(root / PLANTED)


def shows_planted(data: bytes) -> bool:
    image = Image.open(BytesIO(data)).convert("RGB")
    return any(abs(r - 255) + g + abs(b - 255) < 60 for r, g, b in drawn.pixels(image.resize((16, 16))))


def test_the_test_would_see_the_planted_image_and_the_others_are_not_it(tmp_path: Path, data_folder: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 1)
    plant(root)
    config = Config(
        datasets={"mine": DataSetConfig(key="mine", root=root)}, starter=False, allow_unlicensed="a test", data_folder=data_folder
    )
    pipeline = Pipeline(config)
    policy = pipeline.policy(sold=False)
    seen = {
        name: shows_planted(pipeline.thumbnail(pipeline.release(Pick(slot=1, dataset="mine", image_id=name, sha256=""), policy), 320)[0])
        for name in (PLANTED, "000.jpg")
    }
    assert seen == {PLANTED: True, "000.jpg": False}
    page = create_app(config).test_client().get(f"/picture/mine/{PLANTED}")
    assert page.status_code == 200
    assert shows_planted(page.data)


def test_the_planted_image_comes_out_nowhere(config: Config) -> None:
    client = create_app(config).test_client()
    seen: set[str] = set()
    waiting = ["/", "/datasets", "/datasets/mine", "/make", "/plan", f"/picture/mine/{PLANTED}", f"/picture/mine/{PLANTED}?sold=yes"]
    waiting += [f"/set/{code}?people=1&cards=4&d=mine&paper=a4&lang=en" for code in CODES[:4]]
    waiting += [f"/set/{CODES[0]}/pdf?people=1&cards=4&d=mine&paper=a4&lang=en"]
    while waiting and len(seen) < 90:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        kind = answer.mimetype
        if kind.startswith("image/") and "svg" not in kind:
            assert not shows_planted(answer.data), address
        elif kind == "application/pdf":
            assert_pdf_without(answer.data)
        elif kind == "text/html":
            assert b"Planted" not in answer.data, address
            found = re.findall(r'(?:src|href|action)="(/[^"#]*)', answer.get_data(as_text=True))
            waiting += [link.replace("&amp;", "&") for link in found if not link.startswith(("/static", "/fonts"))]
    assert any(address.startswith("/picture/mine/0") for address in seen)
    assert any("/pdf" in address for address in seen)
    assert client.get(f"/picture/mine/{PLANTED}").status_code == 404


def test_the_planted_image_is_in_no_card_no_report_and_no_reprint(config: Config) -> None:
    pipeline = Pipeline(config)
    policy = pipeline.policy(sold=False)
    for code in CODES:
        request, _ = pipeline.request(people=1, cards=4, keys=None, paper="a4", lang="en", policy=policy)
        found = pipeline.draw(request, code, (), policy)
        assert PLANTED not in {pick.image_id for pick in found.picks.values()}
    out = BytesIO()
    Press(pipeline).sheets(found, policy, out, Words("en"))
    assert_pdf_without(out.getvalue())
    assert "Planted" not in str(Press(pipeline).report(found, policy, Words("en")))
    planted = Pick(slot=1, dataset="mine", image_id=PLANTED, sha256="")
    with pytest.raises(NotReleased):
        pipeline.release(planted, policy)


def test_nothing_but_the_gate_makes_what_is_cleared() -> None:
    facts: dict[str, Any] = {"record": None, "picture": None, "sheet": None}
    for key in (None, object(), "gate"):
        with pytest.raises(TypeError, match="only"):
            Cleared(key, **facts)


def assert_pdf_without(data: bytes) -> None:
    with pikepdf.open(BytesIO(data)) as pdf:
        for page in pdf.pages:
            for name, image in page.get_images().items():
                if not image.get("/ImageMask"):
                    picture = pikepdf.PdfImage(image).as_pil_image().convert("RGB")
                    stream = BytesIO()
                    picture.save(stream, "PNG")
                    assert not shows_planted(stream.getvalue()), name
