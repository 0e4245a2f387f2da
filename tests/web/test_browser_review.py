"""Looking at a set in a real browser, in every state of its cards, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from browsing import assert_accessible, assert_fit_for_fingers, opened, served
from office import Office
from playwright.sync_api import Browser, Page

from imagestolive.web.prints import VEILED_PX
from imagestolive.words import LANGUAGES

pytestmark = pytest.mark.browser

SET = "/set/K7Q2-9FXD?people=2&cards=3"


@pytest.fixture
def page(doubtful: Office, browser: Browser) -> Iterator[Page]:
    """A set of six cards held for review: one shown, one kept, one reported, one replaced, two as they were."""
    with served(doubtful.app) as address, opened(browser, address, java_script_enabled=False) as page:
        page.goto(SET)
        for number in (1, 2):
            press(page, number, f"Show it: card {number}")
        press(page, 2, "Keep card 2")
        page.locator("#card-3 summary").click()
        press(page, 3, "It shows a child")
        press(page, 4, "Replace card 4")
        yield page


def press(page: Page, number: int, name: str) -> None:
    with page.expect_navigation(url=f"**#card-{number}"):  # the address may be the one that is shown already
        page.locator(f"#card-{number}").get_by_role("button", name=name).click()


def test_every_state_of_a_card_keeps_its_place_and_says_what_it_is(page: Page) -> None:
    assert page.get_by_role("heading", name="Seen 3 of 6").is_visible()
    assert page.locator("#card-1").get_by_text("Held for review: it is printed once you keep it.").is_visible()
    assert page.locator("#card-2").get_by_role("button", name="Kept: card 2. Undo").is_visible()
    assert page.locator("#card-3").get_by_text("You reported this image. It is out of every set.").is_visible()
    assert page.locator("#card-4").get_by_role("button", name="Undo: the earlier image of card 4").is_visible()
    assert page.locator("#card-5").get_by_role("img", name="Card 5, blurred").is_visible()
    assert "Picture" not in page.locator("#card-5").aria_snapshot()
    press(page, 3, "Undo the report of card 3")
    assert page.get_by_role("heading", name="Seen 2 of 6").is_visible()
    assert page.url.endswith("#card-3")


def test_a_second_person_opens_the_link_and_goes_on(page: Page, browser: Browser) -> None:
    page.get_by_role("button", name="Look with a second person").click()
    link = page.get_by_role("link", name="The link for a second person").get_attribute("href")
    assert link
    address = page.url.partition("/set/")[0]
    with opened(browser, address, java_script_enabled=False) as other:
        other.goto(link)
        assert other.get_by_role("heading", name="Seen 3 of 6").is_visible()
        press(other, 5, "Show it: card 5")
        assert [width_px(other, number) for number in (1, 5, 6)] == [320, 320, VEILED_PX]
    page.goto(page.url.partition("#")[0])
    assert page.get_by_role("heading", name="Seen 4 of 6").is_visible()


def width_px(page: Page, number: int) -> int:
    """Of the picture that was sent for a card."""
    picture = page.locator(f"#card-{number} .square img").first
    width: int = picture.evaluate("async picture => { await picture.decode(); return picture.naturalWidth }")
    return width


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width_px", [320, 1280])
def test_no_rule_of_accessibility_is_broken_in_any_state(doubtful: Office, browser: Browser, page: Page, lang: str, width_px: int) -> None:
    """Axe needs JavaScript, so that another page of the same browser is looked at, with its cookie."""
    cookies = page.context.cookies()
    address, _, path = page.url.partition("#")[0].partition("/set/")
    with opened(browser, address, viewport={"width": width_px, "height": 800}) as looked_at:
        looked_at.context.add_cookies(cookies)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            looked_at.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            looked_at.goto(f"/set/{path}&lang={lang}")
            assert_accessible(looked_at, scheme)
        assert_fit_for_fingers(looked_at, ".cards button:visible, .cards summary:visible")
