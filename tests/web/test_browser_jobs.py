"""Jobs in a real browser: pages that go on by themselves without JavaScript, accessibility rules in each state, narrow screens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import elsewhere
import pikepdf
import pytest
from browsing import assert_accessible, assert_fit_for_fingers, opened, served
from office import Office
from playwright.sync_api import Browser, Page

from imagestolive.jobs import Job
from imagestolive.jobs.worker import Result, Watch
from imagestolive.words import LANGUAGES

pytestmark = pytest.mark.browser


def test_a_set_of_images_from_elsewhere_is_made_and_its_page_comes_by_itself_without_javascript(remote: Office, browser: Browser) -> None:
    let_go = threading.Event()

    def slowly(job: Job, folder: Path, watch: Watch) -> Result | None:
        assert let_go.wait(300)
        return remote.run(job, folder, watch)

    with (
        remote.place.working(slowly),
        served(remote.app) as address,
        opened(browser, address, java_script_enabled=False, viewport={"width": 390, "height": 800}) as page,
    ):
        page.goto("/make")
        page.get_by_label("How many people?").fill("2")
        page.get_by_role("button", name="Draw the images").click()
        page.wait_for_url("**/job/*")
        page.get_by_text("The images are being fetched").wait_for()  # the page has asked for itself again
        page.get_by_role("progressbar").wait_for()  # which may be in the midst of asking for itself once more
        let_go.set()
        page.wait_for_url("**/set/*?people=2&cards=3&**")
        assert page.locator(".cards img").count() == 6


def test_a_file_that_takes_long_is_asked_for_followed_and_saved_without_javascript(
    office: Office, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagestolive.web.opened.MOST_S", 0.0)
    with (
        office.place.working(office.run),
        served(office.app) as address,
        opened(browser, address, java_script_enabled=False, viewport={"width": 390, "height": 800}) as page,
    ):
        page.goto("/set/K7Q2-9FXD/print?people=2&cards=3")
        page.get_by_label("Letter, 215.9 × 279.4 mm").check()
        page.locator(".bar").get_by_role("button", name="Get the PDF").click()
        link = page.get_by_role("link", name="Get the file")
        link.wait_for()
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename == "images-to-live-with_2x3_Letter_K7Q2-9FXD.pdf"
        download.value.save_as(tmp_path / "set.pdf")
    with pikepdf.open(tmp_path / "set.pdf") as pdf:
        assert len(pdf.pages) == 4


# ---- each state ------------------------------------------------------------------------------------------------------------


def waits(office: Office, start: Callable[[], str]) -> str:
    return start()


def waits_long(office: Office, start: Callable[[], str]) -> str:
    office.clock[0] += 100
    return start()


def runs(office: Office, start: Callable[[], str]) -> str:
    job = start()
    with office.place.ledger.writing() as connection:
        connection.exec_driver_sql(
            """UPDATE job SET state = 'running', started_s = 1, heartbeat_s = 1, attempts = 1, done = 2, "of" = 6,
            counts = '{"ok": 4, "gone": 1, "not reachable": 2, "asked not to": 1}'"""
        )
    return job


def done(office: Office, start: Callable[[], str]) -> str:
    job = start()
    office.work()
    return job


def failed(office: Office, start: Callable[[], str]) -> str:
    def broken(_job: Job, _folder: Path, _watch: Watch) -> None:
        raise RuntimeError("broken")

    job = start()
    office.work(broken)
    return job


def cancelled(office: Office, start: Callable[[], str]) -> str:
    job = start()
    office.client().post(f"{job}/cancel")
    return job


def gone(office: Office, start: Callable[[], str]) -> str:
    job = done(office, start)
    for file in office.place.results.rglob("*.*"):
        file.unlink()
    return job


FETCHING = [waits, waits_long, runs, done, failed, cancelled]


@pytest.mark.parametrize(
    ("kind", "state"),
    [("fetch", state) for state in FETCHING] + [("pdf", state) for state in (*FETCHING, gone)],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_no_rule_of_accessibility_is_broken_in_any_state_and_nothing_scrolls_sideways(
    remote: Office, browser: Browser, kind: str, state: Callable[[Office, Callable[[], str]], str]
) -> None:
    client = remote.client()
    query = f"?people=2&cards=3&dataset={elsewhere.KEY}"
    if kind == "pdf":
        client.post(f"/set/K7Q2-9FXD/fetch{query}")
        remote.work()
    job = state(remote, lambda: client.post(f"/set/K7Q2-9FXD/{kind}{query}").location)
    with served(remote.app) as address, opened(browser, address) as page:
        check(page, f"{job}?still=yes")  # which differs by the refresh alone, and a browser that goes on cannot be looked at


@pytest.mark.parametrize("path", ["/set/K7Q2-9FXD", "/datasets", f"/datasets/{elsewhere.KEY}"])
def test_nor_on_the_pages_of_sets_whose_images_are_elsewhere(remote: Office, browser: Browser, path: str) -> None:
    with served(remote.app) as address, opened(browser, address) as page:
        check(page, path)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("path", ["/set/K7Q2-9FXD/pdf", "/set/K7Q2-9FXD", "/set/K7Q2-9FXD/print?people=1&cards=3"])
def test_nor_where_files_take_long(office: Office, browser: Browser, path: str) -> None:
    with served(office.app) as address, opened(browser, address) as page:
        check(page, path)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagestolive.web.opened.MOST_S", 0.0)


def check(page: Page, path: str) -> None:
    for lang in LANGUAGES:
        for width_px, scheme in ((1280, "light"), (320, "dark")):
            page.set_viewport_size({"width": width_px, "height": 800})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
            assert_accessible(page, f"{path}, {scheme}")
        assert_fit_for_fingers(page, "button:visible, .button:visible")
