"""A server for a browser, the browser at it, and the rules that its pages keep."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from imagestolive.fonts import FACES

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
PATIENCE_MS = 120_000  # of a test, with a machine that is busy


@contextmanager
def served(app: Flask) -> Iterator[str]:
    for face in FACES:
        app.extensions["imagestolive"].fonts.woff2(face)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def opened(browser: Browser, address: str, **more: object) -> Iterator[Page]:
    """A page of a visitor who reads English, unless a test says otherwise; nothing moves on it, so that it is measured at rest."""
    settings = {"base_url": address, "locale": "en", "reduced_motion": "reduce", **more}
    with browser.new_context(**settings) as context:  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        yield context.new_page()


def settled(page: Page) -> None:
    """Waits for a page to have its styles and faces."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => true)")


def assert_accessible(page: Page, told: str) -> None:
    """No rule is broken and nothing scrolls sideways, once the page has its styles and faces: before, every link is too small."""
    page.wait_for_load_state("load")
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    settled(page)
    found = Axe().run(page, options=RULES)
    size = page.viewport_size
    assert size
    assert not found.response["violations"], f"{told}, {size['width']} px: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def assert_fit_for_fingers(page: Page, pressed: str) -> None:
    """Everything visible that the selector `pressed` finds is at least 44 px high."""
    settled(page)
    for one in page.locator(pressed).all():
        box = one.bounding_box()
        assert box
        assert box["height"] >= 44
