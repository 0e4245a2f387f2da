"""Sides and sheets on the screen: well-formed, escaped, and in the same places as on paper."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from printed import CASTLE, EN, card, fonts, photograph, pixels, some_cards

from imagestolive.faces import Code, Fill, Image, Side, back, front
from imagestolive.fonts import FACES
from imagestolive.sheets import Layout, impose, one_up, spec_for
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


def test_a_colour_is_a_rectangle_of_it() -> None:
    chip = Fill(x_mm=80, y_mm=86, width_mm=9, height_mm=9, rgb=(55, 4, 255))
    svg = drawn(side_svg(Side(width_mm=148, height_mm=105, items=(chip,)), image_href=None))
    _, rectangle = svg.findall(f"{SVG}rect")
    assert rectangle.attrib == {"x": "80", "y": "86", "width": "9", "height": "9", "fill": "#3704ff"}


@pytest.mark.parametrize("title", ["日本の城", "قلعة قديمة", "พระอาทิตย์ตก", "किला", "城 🏰 castle"])
def test_other_scripts_are_written_as_they_are_read_and_as_wide_as_on_paper(metrics: Metrics, title: str) -> None:
    side = back(card(credit=replace(CASTLE, sense=(f"“{title}”", *CASTLE.sense[1:]))), A6, EN, metrics)
    first = next(drawn(side_svg(side, image_href=None)).iter(f"{SVG}text"))
    assert first.text == f"“{title}”"
    assert float(first.get("textLength", "0")) == pytest.approx(metrics.width_pt(f"“{title}”", "serif", 10.5) * 25.4 / 72, abs=1e-3)


def test_a_card_on_the_screen_is_cut_where_the_knife_cuts_it(metrics: Metrics) -> None:
    bleeding = front(card(picture=photograph(1), may_crop=True), A6, metrics, bleeds=True)
    svg = drawn(side_svg(bleeding, image_href=href))
    (image,) = svg.findall(f"{SVG}image")
    assert svg.get("viewBox") == "0 0 148 105"
    assert float(image.get("x", "0")) <= -3
    assert float(image.get("width", "0")) >= 154


def test_on_a_sheet_an_image_that_bleeds_ends_with_its_bleed(metrics: Metrics) -> None:
    fronts = [front(card(picture=photograph(1), may_crop=may_crop), A6, metrics, bleeds=True) for may_crop in (True, False)]
    first, second = impose([False, False], one_up(A6, 3.0), Layout(flip="none"))
    svg = drawn(sheet_svg(first, lambda place: fronts[place.index], image_href=href))
    (inner,) = svg.findall(f"{SVG}g/{SVG}svg")
    assert [inner.get(name) for name in ("x", "y", "width", "height", "viewBox")] == ["-3", "-3", "154", "111", "-3 -3 154 111"]
    assert len(inner.findall(f"{SVG}image")) == 1
    whole = drawn(sheet_svg(second, lambda place: fronts[place.index], image_href=href))
    assert len(whole.findall(f"{SVG}g/{SVG}image")) == 1


def test_a_sheet_shows_its_fronts_turned_into_their_slots(metrics: Metrics) -> None:
    fronts = [front(made, A6, metrics) for made in some_cards()]
    first, last = impose([side.height_mm > side.width_mm for side in fronts], spec_for(A4, A6), Layout(flip="none"))
    svg = drawn(sheet_svg(first, lambda place: fronts[place.index], image_href=href))
    assert svg.get("viewBox") == "0 0 210 297"
    assert [group.get("transform") for group in svg.findall(f"{SVG}g")] == [
        "translate(52.5 74.5) rotate(-90) translate(-74 -52.5)",
        "translate(157.5 74.5) rotate(0) translate(-52.5 -74)",
        "translate(52.5 222.5) rotate(-90) translate(-74 -52.5)",
        "translate(157.5 222.5) rotate(-90) translate(-74 -52.5)",
    ]
    assert len(svg.findall(f"{SVG}line")) == len(first.ticks) > 0
    assert len(drawn(sheet_svg(last, lambda place: fronts[place.index], image_href=href)).findall(f"{SVG}g")) == 1


def test_backs_are_shown_moved_and_scaled_as_they_are_printed(metrics: Metrics) -> None:
    made = card()
    sides = {"front": front(made, A6, metrics), "back": back(made, A6, EN, metrics)}
    _, page = impose([False], spec_for(A4, A6), Layout(flip="long", back_x_mm=1.5, back_y_mm=-0.5, back_scale_percent=98))
    (group,) = drawn(sheet_svg(page, lambda place: sides[place.side], image_href=None)).findall(f"{SVG}g")
    place = page.placed[0]
    centre = f"{place.x_mm + place.width_mm / 2:g} {place.y_mm + place.height_mm / 2:g}"
    assert group.get("transform") == f"translate({centre}) rotate(-270) scale(0.98) translate(-74 -52.5)"


def test_a_fold_is_dotted_and_a_cut_is_not(metrics: Metrics) -> None:
    made = card()
    sides = {"front": front(made, A6, metrics), "back": back(made, A6, EN, metrics)}
    (page,) = impose([False], spec_for(A4, A6, fold=True), Layout(flip="fold"))
    svg = drawn(sheet_svg(page, lambda place: sides[place.side], image_href=None))
    dotted = {line.get("stroke-dasharray") for line in svg.findall(f"{SVG}line")}
    assert dotted == {None, "0.3528 0.5292"}
