"""/privacy tells all that the code keeps, for as long as the code keeps it."""

from __future__ import annotations

import ast
import html
import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from imagestolive import web
from imagestolive.ledger import decisions, knownsets, marks
from imagestolive.ledger.schema import metadata
from imagestolive.web import privacy

VIEWS = Path(web.__file__).parent


def stores(parts: tuple[privacy.Kept, ...]) -> set[str]:
    return {store for kept in parts for store in kept.stores}


def cookies_set() -> Iterator[str]:
    """The names of the cookies that views set, as their first argument says it."""
    for path in sorted(VIEWS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".set_cookie"):
                module = importlib.import_module(f"imagestolive.web.{path.stem}")
                yield eval(ast.unparse(node.args[0]), vars(module))  # noqa: S307 (a name of our own code)


def test_every_cookie_that_a_view_sets_is_told_and_no_other() -> None:
    assert set(cookies_set()) == stores(privacy.COOKIES)


def test_every_table_of_the_ledger_is_told() -> None:
    assert set(metadata.tables) <= stores(privacy.ON_THE_SERVER)


def test_everything_that_the_code_keeps_in_the_data_folder_is_told() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in VIEWS.parent.rglob("*.py"))
    found = set(re.findall(r'data_folder / "([^"]+)"', sources))
    of_data_sets_alone = {"fonts", "metadata", "tables", "unpacked"}
    told = stores(privacy.ON_THE_SERVER) | {"ledger.sqlite3"}  # whose tables are told one by one
    assert found - of_data_sets_alone == {name for name in told if name not in metadata.tables}


@pytest.mark.parametrize("lang", ["en", "pt-BR"])
def test_the_page_has_the_numbers_of_the_code(client: FlaskClient, lang: str) -> None:
    page = html.unescape(client.get(f"/privacy?lang={lang}").text)
    days = {"en": "days", "pt-BR": "dias"}[lang]
    for seconds in (marks.KEPT_S, knownsets.KEPT_S, decisions.TOLD_S, decisions.TOLD_AFTER_S):
        assert f"{seconds / 86400:g} {days}" in page
    assert f"7 {days}" in page


def test_it_says_who_answers(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    main = client_over(tmp_path / "mine", contact="school@example.org").get("/privacy").text.partition("<main")[2].partition("</main")[0]
    assert 'href="mailto:school@example.org"' in main
    assert "have not said here how to reach them" in client_over(tmp_path / "mine").get("/privacy").text


def test_the_program_has_no_log_of_visits(client: FlaskClient, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level("DEBUG"):
        for path in ("/", "/care", "/nowhere?secret=1", "/set/K7Q2-9FXD?people=1&cards=3"):
            client.get(path)
    assert not [record for record in caplog.records if re.search("secret|K7Q2|nowhere", record.getMessage())]
    assert "K7Q2" not in "".join(capfd.readouterr())


def test_it_says_what_happens_to_a_contact_that_nobody_decides_about(client: FlaskClient) -> None:
    page = html.unescape(client.get("/privacy").text)
    assert "30 days after the decision, or 365 days (a year) without a decision" in page
    assert "(review)" in page  # the cookie of a second person
    assert "deleted 30 days after the decision, or after a year without one." in client.get("/remove").text


def test_what_counts_the_requests_of_an_address_is_told(client: FlaskClient) -> None:
    assert "60 minutes, or until the server is started anew" in client.get("/privacy").text
