from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import drawn
import pikepdf
import pytest
from flask.testing import FlaskClient

from imagestolive import sets
from imagestolive.pdf import faults, read_set_file
from imagestolive.web.print import LABELS

QUERY = "?people=3&cards=3"
SET = f"/set/K7Q2-9FXD{QUERY}"
PRINT = f"/set/K7Q2-9FXD/print{QUERY}"

FILES = {
    "pdf": "application/pdf",
    "fronts.pdf": "application/pdf",
    "backs.pdf": "application/pdf",
    "cards.pdf": "application/pdf",
    "posters.pdf": "application/pdf",
    "triptych.pdf": "application/pdf",
    "wallpapers-phone.zip": "application/zip",
    "wallpapers-screen.zip": "application/zip",
    "everything.zip": "application/zip",
    "credits.csv": "text/csv",
    "credits.json": "application/json",
    "credits.html": "text/html",
}


def answers_of(page: str) -> list[tuple[str, str]]:
    """What the form would send as it stands."""
    form = page.split('<form id="print"')[1].split("</form>")[0]
    found = []
    for tag in re.findall(r"<input [^>]*>", form):
        named = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if named.get("type") != "radio" or " checked" in tag:
            found.append((named["name"], html.unescape(named["value"])))
    return found


def choose(client: FlaskClient, address: str, **chosen: str) -> str:
    """Sends the form of a page with other answers; the address it leads to."""
    sent = [(name, chosen.get(name, value)) for name, value in answers_of(client.get(address).text)]
    assert chosen.keys() <= {name for name, _ in sent}
    answer = client.get(address.partition("?")[0], query_string=sent)
    assert answer.status_code == 302
    return answer.location


def says(page: str, field: str) -> str:
    found = re.search(rf'id="{field}-says">(.*?)</p>', page)
    assert found
    return html.unescape(found[1])


# ---- choosing --------------------------------------------------------------------------------------------------------------


def test_the_form_as_it_stands_leads_back_to_the_same_set(client: FlaskClient) -> None:
    there = choose(client, PRINT)
    assert there.startswith("/set/K7Q2-9FXD/print?people=3&cards=3&dataset=garden~")
    assert there.endswith("&paper=a4&card_lang=en")
    assert client.get(there).status_code == 200


def test_every_question_of_the_form_has_a_label_and_an_answer(client: FlaskClient) -> None:
    page = client.get(PRINT).text
    asked = {name for name, _ in answers_of(page)}
    assert set(LABELS) - {"printer"} <= asked
    assert len(re.findall(r'class="[^"]*\bfirst\b', page)) == 2  # beside the sheets and, on a phone, in the bar


@pytest.mark.parametrize(
    ("chosen", "added"),
    [
        ({"flip": "fold"}, "&flip=fold"),
        ({"back": "questions"}, "&back=questions"),
        ({"card": "a6-minus"}, "&card=a6-minus"),
        ({"paper": "own", "paper_own": "330 × 210 mm"}, "&card_lang=en"),
        ({"card": "own", "card_own": "90,5x140"}, "&card=140x90.5mm"),
        ({"border": "bleed"}, "&border=bleed"),
        ({"start": "3", "marks": "grid"}, "&marks=grid&start=3"),
        ({"turn_backs": "yes", "back_x": "−0,5", "back_scale": "100.4"}, "&turn_backs=yes&back_x=-0.5&back_scale=100.4"),
        ({"spare": "2"}, "&spare=2"),
    ],
)
def test_what_is_chosen_stands_in_the_address_and_in_the_form(client: FlaskClient, chosen: dict[str, str], added: str) -> None:
    there = choose(client, PRINT, **chosen)
    assert there.endswith(added)
    again = client.get(there)
    assert again.status_code == 200
    assert choose(client, there) == there


def test_another_paper_brings_its_own_card_unless_one_was_chosen(client: FlaskClient) -> None:
    letter = choose(client, PRINT, paper="letter")
    assert "card=" not in letter.replace("card_lang", "")
    with pikepdf.open(BytesIO(client.get(letter.replace("/print?", "/pdf?")).data)) as pdf:
        assert len(pdf.pages) == 6  # four quarters of Letter on a sheet
    assert "&card=a6" in choose(client, choose(client, PRINT, card="4x6in"), paper="letter", card="a6")


def test_own_sizes_come_back_in_their_fields(client: FlaskClient) -> None:
    page = client.get(choose(client, PRINT, paper="own", paper_own="210x330", card="own", card_own="140x90")).text
    assert ("paper", "own") in answers_of(page)
    assert ("paper_own", "210 × 330") in answers_of(page)
    assert ("card_own", "140 × 90") in answers_of(page)


def test_the_images_and_what_was_refused_stay(client: FlaskClient) -> None:
    refused = client.post(SET, data={"replace": "4"}).location.partition("#")[0]
    there = choose(client, refused.replace("FXD?", "FXD/print?"), flip="short", back="notes")
    assert "&refused=4~" in there
    picks = [
        sets.read_set_file(read_set_file(BytesIO(client.get(address).data))).picks
        for address in (refused.replace("?", "/pdf?"), there.replace("/print?", "/pdf?"))
    ]
    assert picks[0] == picks[1]


def test_each_size_says_how_many_fit_and_whether_it_may_be_posted(client: FlaskClient) -> None:
    page = html.unescape(client.get(PRINT).text)
    assert "The usual ones: A6, 148 × 105 mm · 4 on a sheet · may be posted: UPU, USPS, Deutsche Post" in page
    assert "A5, 210 × 148 mm · 2 on a sheet · no size for the post" in page
    assert "5 × 7 in, 177.8 × 127 mm · too large for this paper" in html.unescape(client.get(f"{PRINT}&paper=100x150mm&card=140x90mm").text)
    assert "· 2 on a sheet ·" in html.unescape(client.get(f"{PRINT}&flip=fold").text)


# ---- what comes of it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("flip", "sheets", "backs"), [("long", 3, True), ("short", 3, True), ("manual", 3, True), ("fold", 5, False), ("none", 3, False)]
)
def test_the_first_sheet_is_drawn_as_it_will_be_printed(client: FlaskClient, flip: str, sheets: int, backs: bool) -> None:
    page = client.get(f"{PRINT}&flip={flip}", follow_redirects=True).text
    assert f'<h2 class="head">{sheets} sheets</h2>' in page
    assert ("Sheet 1, back" in page) == backs
    drawn_sheets = re.findall(r'<div class="sheet" aria-hidden="true">(<svg.*?</svg>)', page, flags=re.S)
    assert len(drawn_sheets) == 1 + backs
    shown = re.findall(r'href="(/picture/[^"]*)"', drawn_sheets[0])
    assert len(shown) == (2 if flip == "fold" else 4)
    assert all(client.get(html.unescape(picture)).status_code == 200 for picture in shown)
    assert ("/picture/" in drawn_sheets[-1]) == (not backs)


def test_what_is_to_be_known_before_printing_is_said_first(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 3, licenses=("CC BY 2.0", "CC BY-ND 2.0"))
    listed = (root / "credits.csv").read_text(encoding="utf-8")
    (root / "credits.csv").write_text(listed.replace("Picture 1", "\U00013000"), encoding="utf-8")
    client = client_over(root)
    page = client.get("/set/K7Q2-9FXD/print?people=1&cards=3&border=bleed").text
    before = page.split('<form id="print"')[0]
    assert "3 images print under 150 ppi, the lowest at" in before
    assert "keeps its white border: its license does not allow cutting it." in before
    assert re.search(r"Card \d: The typefaces have no sign for \U00013000;", before)
    assert "white border:" not in client.get("/set/K7Q2-9FXD/print?people=1&cards=3").text


@pytest.mark.parametrize("file", FILES)
def test_each_file_is_made_named_and_kept_by_nobody(client: FlaskClient, file: str) -> None:
    answer = client.get(f"/set/K7Q2-9FXD/{file}?people=1&cards=3")
    assert answer.status_code == 200
    assert answer.mimetype == FILES[file]
    assert int(answer.headers["Content-Length"]) == len(answer.data) > 100
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    name = re.fullmatch(r"attachment; filename=([\w.+-]+)", answer.headers["Content-Disposition"])
    assert name
    assert "K7Q2-9FXD" in name[1]
    assert name[1].endswith(file.rpartition(".")[2])
    if FILES[file] == "application/pdf":
        assert not faults(BytesIO(answer.data))
    elif FILES[file] == "application/zip":
        with zipfile.ZipFile(BytesIO(answer.data)) as packed:
            assert packed.testzip() is None
            assert len(packed.namelist()) >= 3


def test_a_page_of_credits_is_sent_whole_to_browsers_that_unpack(client: FlaskClient) -> None:
    plain = client.get(f"/set/K7Q2-9FXD/credits.html{QUERY}")
    packing = client.get(f"/set/K7Q2-9FXD/credits.html{QUERY}", headers={"Accept-Encoding": "gzip"})
    assert packing.data == plain.data


def test_every_file_of_the_page_answers_to_the_form_as_it_stands(client: FlaskClient) -> None:
    page = client.get(f"{PRINT}&flip=manual").text
    offered = re.findall(r'formaction="([^"]*)"', page)
    assert {address.rpartition("/")[2] for address in offered} == set(FILES) - {"pdf"}
    assert len(offered) == len(set(offered)) + 2  # the bar repeats the first two
    sent = answers_of(page)
    for address in set(offered):
        if "wallpapers" not in address:
            assert client.get(address, query_string=sent).status_code == 200, address


def test_what_is_chosen_but_not_yet_used_holds_for_the_pdf_that_is_asked_for(client: FlaskClient) -> None:
    sent = [(name, "short" if name == "flip" else value) for name, value in answers_of(client.get(PRINT).text)]
    answer = client.get("/set/K7Q2-9FXD/pdf", query_string=sent)
    assert sets.read_set_file(read_set_file(BytesIO(answer.data))).request.flip == "short"


# ---- what cannot be --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "field", "said"),
    [
        ({"paper": "own", "paper_own": "10x10"}, "paper", "“10x10mm” is no size of a"),
        ({"paper": "own", "paper_own": ""}, "paper", "is no size of a"),
        ({"card": "own", "card_own": "<b>"}, "card", "“<b>mm” is no size of a"),
        ({"card": "own", "card_own": "400x390"}, "card", "does not fit on A4"),
        ({"border": "bleed", "flip": "none"}, "border", "leave no room for a caption"),
        ({"border": "bleed", "front": "caption"}, "border", "leave no room for a caption"),
        ({"start": "9"}, "start", "cannot start at place 9: a sheet has 4"),
        ({"start": "none"}, "start", "“Begin at place” takes a whole number from 1 to 64, not “none”"),
        ({"back_x": "77"}, "back_x", "“Backs further to the right, mm” takes a number from -10 to 10"),
        ({"flip": "sideways"}, "flip", "“sideways” is not one of the choices"),
        ({"flip": "fold", "paper": "a5", "card": "a5"}, "flip", "cannot be folded"),
    ],
)
@pytest.mark.parametrize("where", ["print", "pdf"])
def test_what_cannot_be_is_said_beside_its_field_and_nothing_else_is_lost(
    client: FlaskClient, where: str, chosen: dict[str, str], field: str, said: str
) -> None:
    kept = {"back": "notes", "marks": "grid", "spare": "1"}
    sent = [(name, (kept | chosen).get(name, value)) for name, value in answers_of(client.get(PRINT).text)]
    answer = client.get(f"/set/K7Q2-9FXD/{where}", query_string=sent)
    page = answer.text
    assert answer.status_code == 400
    assert answer.mimetype == "text/html"
    assert said in says(page, field)
    assert f'<a href="#{field}">' in page
    assert f'id="{field}"' in page
    assert "1 answer cannot be used." in page
    again = dict(answers_of(page))
    assert kept.items() <= again.items()
    typed = {name: value for name, value in chosen.items() if name.endswith("_own") or name in ("start", "back_x")}
    assert typed.items() <= again.items()
    assert "formaction" not in page


def test_an_incomplete_set_has_no_files_here(client: FlaskClient) -> None:
    page = client.get("/set/K7Q2-9FXD/print?people=3&cards=3&dataset=tiles").text
    assert "This set is not complete:" in page
    assert "formaction" not in page


def test_a_wrong_code_or_number_is_told_as_everywhere(client: FlaskClient) -> None:
    assert client.get("/set/K7Q2-9FXE/print").status_code == 404
    assert client.get("/set/K7Q2-9FXD/print?people=0").status_code == 400
    assert client.get("/set/K7Q2-9FXD/everything.exe").status_code == 404
    over = client.get("/set/K7Q2-9FXD/print?people=100&cards=4&spare=1")
    assert over.status_code == 400
    assert "and 1 spare ones are 401 cards" in over.text


def test_the_code_alone_can_be_printed(client: FlaskClient) -> None:
    assert dict(parse_qsl(urlsplit(choose(client, "/set/K7Q2-9FXD/print", back="notes")).query))["people"] == "1"
