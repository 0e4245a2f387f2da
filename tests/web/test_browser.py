"""The pages in a real browser: the teacher's way through without JavaScript, accessibility rules, narrow screens, the keyboard."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pikepdf
import pytest
from browsing import assert_accessible, assert_fit_for_fingers, opened, served, settled
from flask import Flask
from playwright.sync_api import Browser, Page

from imagestolive import sets
from imagestolive.pdf import read_set_file
from imagestolive.teaching import DOCUMENTS
from imagestolive.words import LANGUAGES

pytestmark = pytest.mark.browser

GONE = "/set/K7Q2-9FXD?people=2&cards=3&dataset=garden&dataset=not-here&dataset=tiles~00000000&without=megaface"
PAGES = {
    "home": "/",
    "make": "/make",
    "make, a wrong answer": "/set/K7Q2-9FXD?people=0&cards=99",
    "set": "/set/K7Q2-9FXD?people=2&cards=3",
    "set by its code alone": "/set/K7Q2-9FXD",
    "set with empty places": GONE,
    "set with too few images": "/set/K7Q2-9FXD?people=3&cards=3&dataset=tiles",
    "print": "/set/K7Q2-9FXD/print?people=2&cards=3",
    "print, folded in another size": "/set/K7Q2-9FXD/print?people=2&cards=3&flip=fold&card=140x90mm&border=bleed",
    "print, wrong answers": "/set/K7Q2-9FXD/print?people=2&cards=3&start=9&back_x=77&paper=a9",
    "print, no such card": "/set/K7Q2-9FXD/card.pdf?people=2&cards=3&only=7",
    "printers": "/printers",
    "printers, from a set": "/printers?set=K7Q2-9FXD&people=2&cards=3",
    "no code": "/open?code=",
    "no such code": "/set/K7Q2-9FXE",
    "data sets": "/datasets",
    "data set": "/datasets/tiles",
    "data set not handed out": "/datasets/megaface",
    "plan": "/plan",
    "plan, filled in wrongly": "/plan?set=K7Q2-9FXE&first=yesterday&age=young",
    **{f"document {key}": f"/plan/{key}" for key in DOCUMENTS},
    "document for one age": "/plan/assignment?set=K7Q2-9FXD&first=2026-11-30&age=11-14",
    "documents of a set": "/set/K7Q2-9FXD/documents?people=2&cards=3",
    "person": "/set/K7Q2-9FXD/p/2?people=2&cards=3",
    "care": "/care",
    "privacy": "/privacy",
    "not found": "/nowhere",
}
WIDTHS_PX = (320, 1280)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A fresh page of a browser whose user reads English."""
    with opened(browser, address, viewport={"width": 1280, "height": 800}) as page:
        yield page


def test_a_set_is_made_replaced_and_saved_without_javascript(browser: Browser, address: str, tmp_path: Path) -> None:
    with opened(browser, address, java_script_enabled=False, viewport={"width": 320, "height": 640}) as page:
        page.goto("/")
        page.get_by_role("link", name="Make a class set").click()
        page.get_by_label("How many people?").fill("two")
        page.get_by_role("button", name="Draw the images").click()
        page.get_by_text("not “two”.").wait_for()
        page.get_by_label("How many people?").fill("2")
        page.get_by_role("button", name="Draw the images").click()
        page.wait_for_url("**/set/*?people=2&cards=3&*")
        before = [image.get_attribute("src") for image in page.locator(".cards img").all()]
        page.get_by_role("button", name="Replace card 5").click()
        page.wait_for_url("**#card-5")
        after = [image.get_attribute("src") for image in page.locator(".cards img").all()]
        assert [number for number in range(6) if before[number] != after[number]] == [4]
        page.locator("#card-5 summary", has_text="Back").click()
        assert page.locator("#card-5 svg").is_visible()
        with page.expect_download() as download:
            page.locator(".bar").get_by_role("link", name="Get the PDF").click()
        assert download.value.suggested_filename.startswith("images-to-live-with_2x3_A4_")
        download.value.save_as(tmp_path / "set.pdf")
        with pikepdf.open(tmp_path / "set.pdf") as pdf:
            assert len(pdf.pages) == 4


def test_paper_printer_and_backs_are_chosen_and_the_files_saved_without_javascript(browser: Browser, address: str, tmp_path: Path) -> None:
    with opened(browser, address, java_script_enabled=False, viewport={"width": 320, "height": 640}) as page:
        page.goto("/printers")
        page.get_by_label("Name of the printer").fill("Sala 3")
        page.get_by_label("Backs further down, mm").fill("0,5")
        page.get_by_role("button", name="Remember this printer").click()
        page.get_by_role("button", name="Forget Sala 3").wait_for()
        page.goto("/set/K7Q2-9FXD?people=2&cards=3")
        page.get_by_role("link", name="Paper, backs, printer").click()
        page.get_by_label("Letter, 215.9 × 279.4 mm").check()
        page.get_by_label("The credit, and lines for seven days").check()
        page.get_by_label("Sala 3").check()
        page.locator("#print").get_by_role("button", name="Use these choices").click()
        page.wait_for_url("**&paper=letter&card_lang=en&back=notes&back_y=0.5")
        assert page.get_by_label("Sala 3").is_checked()
        page.get_by_label("On both sides by hand: one file of fronts, one of backs").check()
        with page.expect_download() as download:  # what is chosen counts, also before it is used
            page.locator(".side").get_by_role("button", name="Backs alone (PDF)").click()
        assert download.value.suggested_filename.endswith("_2x3_Letter_K7Q2-9FXD_backs.pdf")
        download.value.save_as(tmp_path / "backs.pdf")
        with pikepdf.open(tmp_path / "backs.pdf") as pdf:
            assert len(pdf.pages) == 2


def test_the_key_enter_gets_the_card_whose_number_was_typed(page: Page) -> None:
    page.goto("/set/K7Q2-9FXD/print?people=2&cards=3")
    page.get_by_label("One card alone").fill("4")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "images-to-live-with_K7Q2-9FXD_card-4.pdf"


def test_beside_an_image_however_wide_there_is_room_for_its_credit(page: Page) -> None:
    page.goto("/set/K7Q2-9FXD/p/2?people=2&cards=3")
    page.evaluate("document.querySelectorAll('.living img').forEach(image => { image.width = 1000; image.height = 625 })")
    settled(page)
    widths = [one.bounding_box() for one in page.locator(".living .stack").all()]
    assert len(widths) == 3
    assert all(box and box["width"] >= 16 * 16 for box in widths)


def test_documents_are_spaced_the_same_with_links_and_without(page: Page) -> None:
    heights = []
    for address in ("/plan", "/set/K7Q2-9FXD/documents?people=2&cards=3"):
        page.goto(address)
        settled(page)
        heights.append(page.locator(".documents :is(h2, h3)").first.evaluate("one => one.getBoundingClientRect().height"))
    assert abs(heights[0] - heights[1]) < 2


@pytest.mark.parametrize(("width_px", "where"), [(1280, ".side"), (360, ".bar")])
def test_the_pdf_is_what_is_chosen_when_its_button_is_pressed(
    browser: Browser, address: str, tmp_path: Path, width_px: int, where: str
) -> None:
    viewport = {"width": width_px, "height": 800}
    with opened(browser, address, java_script_enabled=False, viewport=viewport) as page:
        page.goto("/set/K7Q2-9FXD/print?people=2&cards=3")
        page.get_by_label("Letter, 215.9 × 279.4 mm").check()
        page.get_by_label("A postcard: room for a message, an address and a stamp").check()
        with page.expect_download() as download:
            page.locator(where).get_by_role("button", name="Get the PDF").click()
        download.value.save_as(tmp_path / "set.pdf")
    asked = sets.read_set_file(read_set_file(tmp_path / "set.pdf")).request
    assert (asked.paper, asked.card, asked.back) == ("letter", "5.5x4.25in", "postcard")
    with pikepdf.open(tmp_path / "set.pdf") as pdf:
        assert [float(side) for side in pdf.pages[0].mediabox] == pytest.approx([0, 0, 612, 792])


def test_nobody_leaves_the_form_without_what_is_chosen(browser: Browser, address: str) -> None:
    with opened(browser, address, java_script_enabled=False, viewport={"width": 360, "height": 640}) as page:
        page.goto("/set/K7Q2-9FXD/print?people=2&cards=3")
        page.get_by_label("Letter, 215.9 × 279.4 mm").check()
        page.get_by_role("button", name="Calibrate a printer and give it a name").click()
        page.wait_for_url("**/printers?set=K7Q2-9FXD&**")
        page.get_by_label("Name of the printer").fill("Sala 3")
        page.get_by_role("button", name="Remember this printer").click()
        page.get_by_role("button", name="Forget Sala 3").wait_for()
        page.get_by_role("link", name="Back to paper, backs and printer of the set").first.click()
        assert page.get_by_label("Letter, 215.9 × 279.4 mm").is_checked()
        page.get_by_label("The credit, and lines for seven days").check()
        page.get_by_role("button", name="Back to the set").click()
        page.wait_for_url("**/set/K7Q2-9FXD?people=2&cards=3&*&paper=letter&card_lang=en&back=notes")


def test_the_key_enter_in_a_field_shows_the_form_anew_with_what_is_chosen(page: Page) -> None:
    page.goto("/set/K7Q2-9FXD/print?people=2&cards=3")
    page.get_by_label("Letter, 215.9 × 279.4 mm").check()
    page.get_by_label("Spare cards").fill("2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/print?people=2&cards=3&*&paper=letter&card_lang=en&spare=2")


def test_three_images_are_one_button_away_and_their_code_opens_them_again(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Show me three images").click()
    page.wait_for_url("**/set/*?people=1&cards=3&*")
    shown = [image.get_attribute("src") for image in page.locator(".cards img").all()]
    code = page.locator(".side .code").first.inner_text()
    page.goto("/")
    page.get_by_label("Open a set again").fill(code.lower())
    page.get_by_role("button", name="Open").click()
    page.wait_for_url(f"**/set/{code}")
    assert [image.get_attribute("src") for image in page.locator(".cards img").all()] == shown


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_no_rule_of_accessibility_is_broken_and_nothing_scrolls_sideways(page: Page, name: str, lang: str) -> None:
    path = PAGES[name]
    for width_px in WIDTHS_PX:
        page.set_viewport_size({"width": width_px, "height": 800})
        for scheme in ("light", "dark"):
            if name.startswith("document ") and (width_px == WIDTHS_PX[0]) == (scheme == "dark"):
                continue  # long pages made of the same parts
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
            assert_accessible(page, f"{name}, {scheme}")


def test_the_plan_in_portuguese_with_ones_own_code_is_three_clicks_away(browser: Browser, address: str, tmp_path: Path) -> None:
    with opened(browser, address, locale="pt-BR", java_script_enabled=False) as page:
        page.goto("/")
        page.get_by_role("contentinfo").get_by_role("link", name="Plano de aula").click()
        page.get_by_label("Código do conjunto").fill("k7q2 9fxd")
        page.get_by_role("button", name="Preencher").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Conviver com imagens: um plano de aula, DOCX").click()
        assert download.value.suggested_filename == "images-to-live-with_K7Q2-9FXD_plan_pt-BR.docx"
        saved = tmp_path / "plano.docx"
        download.value.save_as(saved)
        with zipfile.ZipFile(saved) as packed:
            text = re.sub(r"<w:noBreakHyphen ?/>", "-", packed.read("word/document.xml").decode())
        assert "K7Q2-9FXD" in re.sub(r"<[^>]+>", "", text)
        assert "Primeira aula" in text


def test_a_photograph_is_found_shown_and_another_taken_out_without_javascript(browser: Browser, address: str) -> None:
    with opened(browser, address, java_script_enabled=False, viewport={"width": 320, "height": 640}) as page:
        page.goto("/")
        page.get_by_role("link", name="Is my photograph in here?").click()
        page.get_by_label("Flickr name, address or number").fill("flickr.com/photos/ana/5004")
        page.get_by_role("button", name="Look").click()
        page.get_by_role("heading", name="It is in 1 data set").wait_for()
        assert page.url == f"{address}/find"
        page.get_by_role("button", name="Show the images: Garden").click()
        assert page.locator(".found img").evaluate("async image => { await image.decode(); return image.naturalWidth }") == 320
        page.get_by_label("Flickr name, address or number").fill("424242")  # no data set has it: others use these images
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Keep it out for the future").click()
        assert page.get_by_label("Address or number of the photograph").input_value() == "424242"
        page.get_by_label("It shows me").check()
        page.get_by_role("button", name="Take it out").click()
        page.get_by_role("heading", name="It is taken out").wait_for()
        assert page.url == f"{address}/remove"


def test_the_answers_of_forms_break_no_rule_of_accessibility_either(page: Page) -> None:
    def check(name: str) -> None:
        for width_px in WIDTHS_PX:
            page.set_viewport_size({"width": width_px, "height": 800})
            assert_accessible(page, name)

    for typed, name in (("ana", "Show the images: Garden"), ("#birthday", None), ("424243", "Keep it out for the future")):
        page.goto("/find")
        page.locator("#q").fill(typed)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.locator("#answer, .says").first.wait_for()
        check(f"find, {typed}")
        if name:
            with page.expect_navigation():
                page.get_by_role("button", name=name).click()
            page.locator(".found, #contact").first.wait_for()
            check(f"find, {name}")
    for typed in ("", "424243"):
        page.goto("/remove")
        page.locator("#q").fill(typed)
        with page.expect_navigation():
            page.get_by_role("button", name="Take it out").click()
        page.locator(".says, .prose li").first.wait_for()
        check(f"remove, {typed}")


@pytest.mark.parametrize("name", PAGES)
def test_what_is_pressed_is_large_enough_for_a_finger(page: Page, name: str) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(PAGES[name])
    pressed = "button:visible, .button:visible, summary:visible, .pick:visible, input:not([type=radio], [type=checkbox]):visible"
    assert_fit_for_fingers(page, pressed)


@pytest.mark.parametrize("name", ["home", "set", "set with empty places", "print", "make", "data set", "plan"])
def test_nothing_is_asked_of_another_host_and_nothing_is_refused_by_the_policy(page: Page, name: str) -> None:
    hosts, told = set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: told.append(message.text))
    page.on("requestfailed", lambda request: told.append(request.url))
    page.goto(PAGES[name], wait_until="networkidle")
    assert len(hosts) == 1
    assert not told


def test_our_own_faces_are_drawn(page: Page) -> None:
    page.goto("/")
    settled(page)
    loaded = page.evaluate(
        "[...document.fonts].filter(face => face.status === 'loaded').map(face => [face.family, face.style, face.weight])"
    )
    serif, sans = "ImagesToLive Serif", "ImagesToLive Sans"
    wanted = [[sans, "normal", "600"], [sans, "normal", "normal"], [serif, "italic", "normal"], [serif, "normal", "normal"]]
    assert sorted(loaded) == wanted


def test_the_keyboard_reaches_everything_and_the_bar_hides_nothing(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/set/K7Q2-9FXD?people=1&cards=3")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"))
        if page.evaluate("!document.activeElement.closest('.cards')"):
            continue
        foot, bar = page.evaluate(
            "[document.activeElement.getBoundingClientRect().bottom, document.querySelector('.bar').getBoundingClientRect().top]"
        )
        assert foot <= bar + 1, reached[-1]
    assert {"Replace card 1", "Replace card 2", "Replace card 3", "Get the PDF", "Back", "Português (Brasil)"} <= set(reached)


def test_the_skip_link_leads_past_the_head(page: Page) -> None:
    page.goto("/datasets")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/datasets#main")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_at_four_times_the_size_nothing_scrolls_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 1280 // 4, "height": 800 // 4})
    for path in PAGES.values():
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
