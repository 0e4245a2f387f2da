"""The operator's page in a real browser: accessibility rules, narrow screens, and a decision without JavaScript."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from office import Office
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from imagestolive.config import Config
from imagestolive.fonts import FACES
from imagestolive.web import create_app
from imagestolive.words import LANGUAGES

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
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
    for face in FACES:
        office.app.extensions["imagestolive"].fonts.woff2(face)
    server = make_server("127.0.0.1", 0, office.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    with browser.new_context(base_url=address, locale="en", reduced_motion="reduce") as context:
        yield context.new_page()
    server.shutdown()
    thread.join()
    server.server_close()


def sign_in(page: Page) -> None:
    page.goto("/operator")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_label("Who are you?").fill("Ana")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def check(page: Page) -> None:
    for width_px in (320, 1280):
        page.set_viewport_size({"width": width_px, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.reload()
            page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
            found = Axe().run(page, options=RULES)
            assert not found.response["violations"], f"{width_px} px, {scheme}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width_px
    page.set_viewport_size({"width": 320, "height": 800})
    for pressed in page.locator(
        "button:visible, summary:visible, select:visible, .pick:visible, input:not([type=radio], [type=checkbox]):visible"
    ).all():
        box = pressed.bounding_box()
        assert box
        assert box["height"] >= 44


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
    assert page.get_by_label("Decide about this one").first.is_checked()
    page.get_by_label("Why?").first.fill("Looked at the page: a tree.")
    page.get_by_role("button", name="Allow").click()
    page.get_by_text("2 wait for a decision").wait_for()
    assert set(office.place.decisions.blocked().images) == {("garden", "001.jpg")}
    page.get_by_label("Undo this one").first.check()
    page.get_by_label("Why?").last.fill("A child stands behind the tree.")
    page.get_by_role("button", name="Undo what is chosen").click()
    page.get_by_text("3 wait for a decision").wait_for()
    assert set(office.place.decisions.blocked().images) == {("garden", "000.jpg"), ("garden", "001.jpg")}
