"""The operator's page in a real browser: accessibility rules, narrow screens, and a decision without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import assert_accessible, assert_fit_for_fingers, opened, served
from office import Office
from playwright.sync_api import Browser, Page

from imagestolive.config import Config
from imagestolive.web import create_app
from imagestolive.words import LANGUAGES

pytestmark = pytest.mark.browser

TOKEN = "correct-horse-battery-staple"


@pytest.fixture
def office(config: Config, offices: Callable[..., Office], tmp_path: Path) -> Office:
    """Two reports, an account that wants to leave, and a host that somebody blocked."""
    office = offices(config, tmp_path)
    decisions = office.place.decisions
    for image_id in ("000.jpg", "001.jpg"):
        decisions.report(client=image_id, dataset="garden", image_id=image_id, reason="it shows me", rows=20)
    decisions.opt_out(target="author", dataset=None, value="ana-souza", why="They are mine.", contact="ana@example.org")
    decisions.block(who="Bo", target="domain", dataset=None, value="a" * 60 + ".example.org", why="asked by mail")
    office.app = create_app(config, office.place, operator_token=TOKEN)
    return office


@pytest.fixture
def page(office: Office, browser: Browser) -> Iterator[Page]:
    with served(office.app) as address, opened(browser, address, reduced_motion="reduce") as page:
        yield page


def sign_in(page: Page) -> None:
    page.goto("/operator")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_label("Who are you?").fill("Ana")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    page.wait_for_load_state("load")


def check(page: Page) -> None:
    for width_px in (320, 1280):
        page.set_viewport_size({"width": width_px, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.reload()
            assert_accessible(page, scheme)
    page.set_viewport_size({"width": 320, "height": 800})
    pressed = "button:visible, summary:visible, select:visible, .pick:visible, input:not([type=radio], [type=checkbox]):visible"
    assert_fit_for_fingers(page, pressed)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_rule_of_accessibility_is_broken_before_and_after_signing_in(page: Page, lang: str) -> None:
    page.goto(f"/operator?lang={lang}")
    check(page)
    page.goto("/operator?lang=en")
    sign_in(page)
    page.goto(f"/operator?lang={lang}")
    check(page)


def test_what_waits_is_decided_with_a_reason_and_undone(office: Office, page: Page) -> None:
    sign_in(page)
    page.get_by_label("Decide about this one").first.check()
    page.get_by_role("button", name="Allow").click()
    page.get_by_text("Say why, in at most 500 characters.").first.wait_for()
    page.wait_for_load_state("load")
    assert page.get_by_label("Decide about this one").first.is_checked()
    page.get_by_label("Why?").first.fill("Looked at the page: a tree.")
    page.get_by_role("button", name="Allow").click()
    page.get_by_text("2 wait for a decision").wait_for()
    page.wait_for_load_state("load")
    assert set(office.place.decisions.blocked().images) == {("garden", "001.jpg")}
    page.get_by_label("Undo this one").first.check()
    page.get_by_label("Why?").last.fill("A child stands behind the tree.")
    page.get_by_role("button", name="Undo what is chosen").click()
    page.get_by_text("3 wait for a decision").wait_for()
    assert set(office.place.decisions.blocked().images) == {("garden", "000.jpg"), ("garden", "001.jpg")}
