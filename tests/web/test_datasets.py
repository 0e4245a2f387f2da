from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import drawn
import pytest
from flask.testing import FlaskClient

from imagestolive.datasets import datasheets
from imagestolive.teaching import formats
from imagestolive.web import datasets
from imagestolive.words import LANGUAGES


def test_the_list_has_what_there_is_and_why_the_rest_is_not(client: FlaskClient) -> None:
    page = client.get("/datasets").text
    assert page.index("To draw from") < page.index("Garden photographs") < page.index("20 images here") < page.index("Not handed out")
    for key in datasheets():
        assert f'href="/datasets/{key}"' in page or key == "folder"
    waiting, refused = page.split("Known, but not to be drawn from")[1].split("Not handed out")
    assert "COCO" in waiting
    assert "MegaFace" in refused


def test_a_sheet_tells_all_it_knows_and_says_what_is_not_known(client: FlaskClient) -> None:
    page = client.get("/datasets/coco").text
    sheet = datasheets()["coco"]
    for name in ("purpose", "collected", "care", "critique", "terms"):
        assert html.escape(sheet.prose(name, "en") or "", quote=False) in html.unescape(page).replace("&", "&amp;")
    for heading in ("Why it was made", "Who is in it", "What people say about it", "Terms", "A way out", "How to cite it"):
        assert f"<h2>{heading}</h2>" in page
    assert sheet.citation in html.unescape(page)
    own = client.get("/datasets/tiles").text
    assert '<dd class="unknown">not known</dd>' in own


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in datasheets() if key != "folder"])
def test_every_sheet_of_the_catalogue_is_shown_in_every_language(client: FlaskClient, key: str, lang: str) -> None:
    answer = client.get(f"/datasets/{key}?lang={lang}")
    assert answer.status_code == 200
    assert html.escape(datasheets()[key].prose("purpose", lang) or "", quote=False)[:20] in html.unescape(answer.text).replace("&", "&amp;")


def test_a_few_images_are_shown_always_the_same_at_whole_multiples_of_their_pixels(client: FlaskClient) -> None:
    page = client.get("/datasets/tiles").text
    images = re.findall(r'<li><img class="pixels" src="([^"]*)" width="(\d+)" height="(\d+)"', page)
    assert [(width, height) for _, width, height in images] == [("112", "112")] * 6
    assert client.get("/datasets/tiles").text == page
    photographs = re.findall(r'<li><img src="([^"]*)" width="(\d+)" height="112"', client.get("/datasets/garden").text)
    assert {width for _, width in photographs} <= {"179", "70"}
    assert sum(int(width) + 12 for _, width in photographs) - 12 <= 1120
    assert all(client.get(html.unescape(src)).status_code == 200 for src, *_ in images + photographs)


def facts(page: str) -> dict[str, str]:
    """The rows of the margin."""
    margin = page.split('<dl class="facts small">')[1].split("</dl>")[0]
    rows = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", margin)
    return dict(rows)


def test_the_facts_leave_away_what_is_not_theirs(client: FlaskClient) -> None:
    coco, digits, refused, own = (facts(client.get(f"/datasets/{key}").text) for key in ("coco", "digits", "megaface", "tiles"))
    assert "License" not in coco
    assert coco["Images without a license"] == "are left out unless the operator answers for them"
    assert digits["License"] == "CC BY 4.0"
    assert digits["Images without a license"] == "may be printed"
    assert "Images without a license" not in refused
    assert own["Images"] == "6"
    assert "Looked up" in coco
    assert "Looked up" not in own


@pytest.mark.parametrize("page", ["/", "/make", "/datasets", "/datasets/coco"])
def test_pages_name_no_option_of_the_command_line(client: FlaskClient, page: str) -> None:
    text = client.get(page).text
    assert "--root" not in text
    assert "--allow-unlicensed" not in text


def test_a_data_set_that_is_not_handed_out_keeps_its_story_and_shows_nothing(client: FlaskClient) -> None:
    page = client.get("/datasets/megaface").text
    assert (datasheets()["megaface"].prose("refused", "en") or "")[:40] in html.unescape(page)
    assert "<img" not in page
    assert "Draw from this data set" not in page


def test_drawing_from_one_data_set_is_one_step_away(client: FlaskClient) -> None:
    assert 'href="/make?dataset=garden"' in client.get("/datasets/garden").text
    form = client.get("/make?dataset=garden").text
    assert "1 of 2 chosen" in form


def test_nobody_knows_the_data_set(client: FlaskClient) -> None:
    answer = client.get("/datasets/<b>")
    assert answer.status_code == 404
    assert "There is no data set “&lt;b&gt;” here." in answer.text


def test_rows_that_were_skipped_are_told(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 2)
    with (root / "credits.csv").open("a", encoding="utf-8") as file:
        file.write("absent.jpg,No such file,,,\n")
    assert "1 row or file was skipped" in client_over(root).get("/datasets/mine").text


def test_the_ground_for_printing_without_a_license_is_on_the_sheet(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    ground = "teaching exception, LDA art. 46"
    page = client_over(drawn.folder(tmp_path / "mine", 1), allow_unlicensed=ground).get("/datasets/coco").text
    assert f"on this ground: {ground}" in page


@pytest.mark.parametrize(("key", "offered"), [("open-images", True), ("coco", False), ("tiles", False), ("megaface", False)])
def test_where_makers_publish_their_lists_the_command_that_gets_them_is_told(client: FlaskClient, key: str, offered: bool) -> None:
    assert (f"<code>imagestolive get {key}</code>" in client.get(f"/datasets/{key}").text) is offered


# ---- in shares -----------------------------------------------------------------------------------------------------


def test_a_data_set_is_shown_in_shares_each_chart_with_its_table(client: FlaskClient) -> None:
    page = client.get("/datasets/garden").text
    shares = page.split('<section class="shares on-screen"')[1]
    assert "Looked at: the records of all its 20 images." in shares
    assert shares.count("<svg") == shares.count("<table>") == shares.count('<figure role="img" aria-label="Bars.') >= 5
    for heading in ("Licenses", "Who made the images", "Years", "Words", "Places", "People in the images", "What is missing?"):
        assert f"<h3>{heading}</h3>" in shares
    assert '<tr><th scope="row">CC BY-NC 2.0</th><td>10</td><td>50\u00a0%</td></tr>' in shares
    assert "Author 1" not in shares


@pytest.mark.parametrize(("key", "status"), [("coco", 400), ("megaface", 409)])
def test_what_cannot_be_opened_here_has_no_shares(client: FlaskClient, key: str, status: int) -> None:
    page = client.get(f"/datasets/{key}").text
    assert "in shares" not in page
    assert "profile." not in page
    assert client.get(f"/datasets/{key}/profile.md").status_code == status


def test_an_empty_data_set_has_no_shares(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    client = client_over(tmp_path / "mine")
    assert "in shares" not in client.get("/datasets/mine").text
    assert client.get("/datasets/mine/profile.md").status_code == 409


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_shares_are_a_handout_in_each_format_that_is_offered(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/datasets/tiles?lang={lang}").text
    links = [html.unescape(link) for link in re.findall(r'href="(/datasets/tiles/profile\.[^"]*)"', page)]
    offered = [form for form in datasets.HANDOUTS if formats.is_here(form)]
    assert links == [f"/datasets/tiles/profile.{form}?lang={lang}" for form in offered]
    for link, form in zip(links, offered, strict=True):
        answer = client.get(link)
        assert answer.status_code == 200
        assert answer.mimetype == formats.FORMATS[form].media_type
        assert f"filename=images-to-live-with_profile-tiles_{lang}.{form}" in answer.headers["Content-Disposition"]
        assert answer.data


def test_a_handout_that_nobody_has_is_not_found(client: FlaskClient) -> None:
    assert client.get("/datasets/tiles/profile.pptx").status_code == 404
    assert client.get("/datasets/nobody/profile.md").status_code == 404
    assert client.get("/datasets/tiles/profile.md?paper=a9").status_code == 400


def test_a_format_whose_package_is_not_installed_is_not_offered(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "is_here", lambda form: form != "pdf")
    page = client.get("/datasets/tiles").text
    assert "profile.md" in page
    assert "profile.pdf" not in page
    assert client.get("/datasets/tiles/profile.pdf").status_code == 503
