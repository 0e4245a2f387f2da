"""Sides and sheets on the screen: well-formed, escaped, and in the same places as on paper."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from printed import CASTLE, EN, card, fonts, photograph, pixels, some_cards

from imagestolive.faces import Code, Image, back, front
from imagestolive.fonts import FACES
from imagestolive.sheets import impose, spec_for
from imagestolive.svg import sheet_svg, side_svg
from imagestolive.typeset import Metrics
from imagestolive.units import A4, A6

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    return Metrics(fonts(tmp_path_factory))


def href(image: Image) -> str:
    return f"/picture/{image.picture.sha256[:8]}?a=1&b=2"


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 (our own)


def test_a_back_says_what_paper_says_in_the_same_places(metrics: Metrics) -> None:
    svg = drawn(side_svg(back(card(7), A6, EN, metrics), image_href=None))
    assert svg.get("viewBox") == "0 0 148 105"
    texts = svg.findall(f"{SVG}text")
    assert [(text.text, text.get("x"), text.get("y"), text.get("class")) for text in texts][:3] == [
        ("“Laugharne Castle”", "10", "12.5", "serif"),
        ("by Chris_Parfitt", "10", "17.2625", "serif"),
        ("is licensed under CC BY 2.0", "10", "22.025", "serif"),
    ]
    assert {text.get("class") for text in texts} == set(FACES)
    assert all(float(text.get("textLength", "0")) > 0 for text in texts)
    assert len(svg.findall(f"{SVG}line")) == 6


def test_a_hostile_title_stays_text(metrics: Metrics) -> None:
    title = "“<img src=x onerror=alert(1)> & ]]></text><script>”"
    svg = side_svg(back(card(credit=replace(CASTLE, sense=(title, *CASTLE.sense[1:]))), A6, EN, metrics), image_href=None)
    assert "<script" not in svg
    assert "<img src=x onerror=alert(1)>" in " ".join(text.text or "" for text in drawn(svg).iter(f"{SVG}text"))


def test_no_style_is_written_that_a_security_policy_would_forbid(metrics: Metrics) -> None:
    for made in (card(), card(picture=pixels(8, 8))):
        svg = drawn(side_svg(front(made, A6, metrics), image_href=href))
        assert not any("style" in element.attrib or element.tag.endswith("style") for element in svg.iter())


def test_a_picture_is_shown_by_its_address_and_its_pixels_stay_squares(metrics: Metrics) -> None:
    photo, squares = photograph(1), pixels(8, 8)
    (image,) = drawn(side_svg(front(card(picture=photo), A6, metrics), image_href=href)).findall(f"{SVG}image")
    assert image.get("href") == f"/picture/{photo.sha256[:8]}?a=1&b=2"
    assert image.get("class") is None
    (image,) = drawn(side_svg(front(card(picture=squares), A6, metrics), image_href=href)).findall(f"{SVG}image")
    assert image.get("class") == "pixels"
    assert not drawn(side_svg(front(card(picture=photo), A6, metrics), image_href=None)).findall(f"{SVG}image")


def test_the_code_is_one_path_of_runs(metrics: Metrics) -> None:
    side = back(card(), A6, EN, metrics)
    (code,) = [item for item in side.items if isinstance(item, Code)]
    (path,) = drawn(side_svg(side, image_href=None)).findall(f"{SVG}path")
    dark = set()
    for run in (path.get("d") or "").split("M")[1:]:
        start, length = run.split("h")[0].split(), int(run.split("h")[1].split("v")[0])
        dark |= {(int(start[0]) + step, int(start[1])) for step in range(length)}
    assert dark == {(x, y) for y, row in enumerate(code.modules) for x, module in enumerate(row) if module}
    assert path.get("transform") == "translate(10 77) scale(0.72)"


def test_a_sheet_shows_its_fronts_turned_into_their_slots(metrics: Metrics) -> None:
    spec = spec_for(A4)
    fronts = [front(made, spec.card, metrics) for made in some_cards()]
    first, last = impose([side.height_mm > side.width_mm for side in fronts], spec, "long")
    svg = drawn(sheet_svg(first, fronts, spec, image_href=href))
    assert svg.get("viewBox") == "0 0 210 297"
    assert [group.get("transform") for group in svg.findall(f"{SVG}g")] == [
        "translate(52.5 74.5) rotate(-90) translate(-74 -52.5)",
        "translate(157.5 74.5) rotate(0) translate(-52.5 -74)",
        "translate(52.5 222.5) rotate(-90) translate(-74 -52.5)",
        "translate(157.5 222.5) rotate(-90) translate(-74 -52.5)",
    ]
    assert len(svg.findall(f"{SVG}line")) == 6
    assert len(drawn(sheet_svg(last, fronts, spec, image_href=href)).findall(f"{SVG}g")) == 1
