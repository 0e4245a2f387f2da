from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import drawn
import pikepdf
import pytest
from flask.testing import FlaskClient

from imagestolive import sets
from imagestolive.pdf import faults, read_set_file
from imagestolive.web import address
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


def chosen_but_not_used(client: FlaskClient, **chosen: str) -> list[tuple[str, str]]:
    return [(name, chosen.get(name, value)) for name, value in answers_of(client.get(PRINT).text)]


def files_of(page: str) -> list[str]:
    """The buttons that make a file, by its name."""
    return [path.rpartition("/")[2] for path in re.findall(r'formaction="([^"]*)"', page) if path.rpartition("/")[2] in FILES]


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
    assert set(LABELS) - {"printer", "only"} <= asked
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


def test_own_sizes_come_back_among_the_answers(client: FlaskClient) -> None:
    there = choose(client, PRINT, paper="own", paper_own="210x330", card="own", card_own="140x90,5")
    page = html.unescape(client.get(there).text)
    assert {("paper", "210x330mm"), ("paper_own", ""), ("card", "140x90.5mm"), ("card_own", "")} <= set(answers_of(page))
    assert "> 210 × 330 mm</label>" in page
    assert "> 140 × 90.5 mm · 4 on a sheet" in page
    assert choose(client, there, paper="a4", card="a6").endswith("&paper=a4&card_lang=en")


@pytest.mark.parametrize("size", ["paper", "card"])
def test_a_size_that_is_typed_but_not_chosen_is_told_and_kept(client: FlaskClient, size: str) -> None:
    sent = chosen_but_not_used(client, **{f"{size}_own": "140x200"})
    for where in ("/print", "/pdf"):
        answer = client.get(f"/set/K7Q2-9FXD{where}", query_string=sent)
        assert answer.status_code == 400
        assert "“140x200” was typed, but another size was chosen" in says(answer.text, size)
        assert (f"{size}_own", "140x200") in answers_of(answer.text)
    chosen = [(name, "own" if name == size else value) for name, value in answers_of(answer.text)]
    assert f"&{size}=" in client.get("/set/K7Q2-9FXD/print", query_string=chosen).location


def test_the_images_and_what_was_refused_stay(client: FlaskClient) -> None:
    refused = client.post(SET, data={"replace": "4"}).location.partition("#")[0]
    there = choose(client, refused.replace("FXD?", "FXD/print?"), flip="short", back="notes")
    assert "&refused=4~" in there
    picks = [
        sets.read_set_file(read_set_file(BytesIO(client.get(address).data))).picks
        for address in (refused.replace("?", "/pdf?"), there.replace("/print?", "/pdf?"))
    ]
    assert picks[0] == picks[1]


@pytest.mark.parametrize(("flip", "said"), [("long", False), ("fold", False), ("none", True), ("credits", True)])
def test_that_there_are_no_backs_is_said_where_they_are_chosen(client: FlaskClient, flip: str, said: bool) -> None:
    assert ("As it is printed now, there are no backs." in client.get(f"{PRINT}&flip={flip}&back=postcard").text) == said


def test_each_size_says_how_many_fit_and_whether_it_may_be_posted(client: FlaskClient) -> None:
    page = html.unescape(client.get(PRINT).text)
    assert "The usual ones: A6, 148 × 105 mm · 4 on a sheet · may be posted: UPU, USPS, Deutsche Post" in page
    assert "A5, 210 × 148 mm · 2 on a sheet · too large for a postcard" in page
    assert "60 × 50 mm · 16 on a sheet · too square for a postcard" in html.unescape(client.get(f"{PRINT}&card=60x50mm").text)
    assert "90 × 50 mm · 12 on a sheet · too small for a postcard" in html.unescape(client.get(f"{PRINT}&card=90x50mm").text)
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
    assert "keeps its white border: no license that we know of allows cutting it" in before
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
    offered = files_of(page)
    assert set(offered) == set(FILES) - {"pdf"}
    assert len(offered) == len(set(offered)) + 2  # the bar repeats the first two
    sent = answers_of(page)
    for file in set(offered):
        if "wallpapers" not in file:
            assert client.get(f"/set/K7Q2-9FXD/{file}", query_string=sent).status_code == 200, file


def test_what_is_chosen_but_not_yet_used_holds_for_the_pdf_that_is_asked_for(client: FlaskClient) -> None:
    sent = [(name, "short" if name == "flip" else value) for name, value in answers_of(client.get(PRINT).text)]
    answer = client.get("/set/K7Q2-9FXD/pdf", query_string=sent)
    assert sets.read_set_file(read_set_file(BytesIO(answer.data))).request.flip == "short"


def test_the_way_back_to_the_set_carries_what_is_chosen(client: FlaskClient) -> None:
    sent = chosen_but_not_used(client, paper="own", paper_own="210 × 330", card="own", card_own="140x90,5", back="notes")
    there = client.get("/set/K7Q2-9FXD", query_string=sent)
    assert there.status_code == 302
    assert there.location.startswith("/set/K7Q2-9FXD?people=3&cards=3&dataset=garden~")
    assert there.location.endswith("&paper=210x330mm&card_lang=en&card=140x90.5mm&back=notes")
    assert client.get(there.location).status_code == 200


def test_the_way_to_the_printers_and_back_again_carries_what_is_chosen(client: FlaskClient) -> None:
    sent = chosen_but_not_used(client, paper="letter", back="postcard", start="2")
    there = client.get("/set/K7Q2-9FXD/printers", query_string=sent)
    assert there.status_code == 302
    assert there.location.startswith("/printers?set=K7Q2-9FXD&people=3&cards=3&dataset=garden~")
    back = re.findall(r'href="(/set/[^"]*)"', client.get(there.location).text)
    assert len(back) == 2
    assert len(set(back)) == 1
    again = dict(answers_of(client.get(html.unescape(back[0])).text))
    assert {"paper": "letter", "back": "postcard", "start": "2"}.items() <= again.items()


@pytest.mark.parametrize("where", ["", "/printers"])
def test_what_cannot_be_used_is_said_before_anybody_leaves_the_form(client: FlaskClient, where: str) -> None:
    answer = client.get(f"/set/K7Q2-9FXD{where}", query_string=chosen_but_not_used(client, start="none", back="notes"))
    assert answer.status_code == 400
    assert "takes a whole number from 1 to 64" in says(answer.text, "start")
    assert ("back", "notes") in answers_of(answer.text)


def test_the_key_enter_shows_the_page_anew_and_leads_nowhere_else(client: FlaskClient) -> None:
    first = next(tag for tag in re.findall(r"<(?:button|input)\b[^>]*>", client.get(PRINT).text) if 'form="print"' in tag)
    assert first == '<button form="print">'  # of the buttons of a form, browsers take the first


def test_the_longest_address_of_a_set_has_room_for_every_answer_of_the_form(client: FlaskClient) -> None:
    refused = "".join(f"&refused=1~garden~{n:03}.jpg" for n in range(400))
    at_most = (address.MOST_CHARACTERS - len(choose(client, PRINT).replace("/print", ""))) // len("&refused=1~garden~000.jpg")
    query = urlsplit(choose(client, PRINT)).query + refused[: at_most * len("&refused=1~garden~000.jpg")]
    assert address.MOST_CHARACTERS - 25 < len(f"/set/K7Q2-9FXD?{query}") <= address.MOST_CHARACTERS
    client.post("/printers", data={"name": "ã" * 40})  # prints as is asked for already, so that nothing is added to the set's address
    sent = [
        (name, "ã" * 40 if name == "printer" else value) for name, value in answers_of(client.get(f"/set/K7Q2-9FXD/print?{query}").text)
    ]
    as_browsers_write = urlencode(sent).replace("~", "%7E")
    for where in ("", "/print", "/printers"):
        answer = client.get(f"/set/K7Q2-9FXD{where}?{as_browsers_write}")
        assert answer.status_code == 302, where
        assert client.get(answer.location).status_code == 200


def test_a_size_has_the_decimal_comma_of_the_page(client: FlaskClient) -> None:
    page = html.unescape(client.get(f"{PRINT}&paper=210x330.5mm&back_x=-0.5&lang=pt-BR").text)
    for said in ("Carta, 215,9 × 279,4 mm", "5,5 × 4,25 in, 139,7 × 107,95 mm ·", "> 210 × 330,5 mm", 'value="-0,5"'):
        assert said in page
    there = choose(client, f"{PRINT}&paper=210x330.5mm&card=140x90.5mm&back_x=-0.5&lang=pt-BR")
    assert "&paper=210x330.5mm&" in there
    assert "&card=140x90.5mm&back_x=-0.5" in there
    small = html.unescape(client.get(f"{PRINT}&paper=100x110mm&card=5.5x4.25in&lang=pt-BR").text)
    assert "139,7 × 107,95 mm" in says(small, "card")


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
    assert not files_of(page)


def test_an_incomplete_set_has_no_files_here(client: FlaskClient) -> None:
    page = client.get("/set/K7Q2-9FXD/print?people=3&cards=3&dataset=tiles").text
    assert "This set is not complete:" in page
    assert not files_of(page)


def test_a_wrong_code_or_number_is_told_as_everywhere(client: FlaskClient) -> None:
    assert client.get("/set/K7Q2-9FXE/print").status_code == 404
    assert client.get("/set/K7Q2-9FXD/print?people=0").status_code == 400
    assert client.get("/set/K7Q2-9FXD/everything.exe").status_code == 404
    over = client.get("/set/K7Q2-9FXD/print?people=100&cards=4&spare=1")
    assert over.status_code == 400
    assert "and 1 spare ones are 401 cards" in over.text


def test_the_code_alone_can_be_printed(client: FlaskClient) -> None:
    assert dict(parse_qsl(urlsplit(choose(client, "/set/K7Q2-9FXD/print", back="notes")).query))["people"] == "1"


def form_of_one_card(page: str) -> str:
    return next(form for form in re.findall(r"<form.*?</form>", page, flags=re.S) if 'action="/set/K7Q2-9FXD/card.pdf"' in form)


def test_one_card_is_made_alone_as_the_set_is_chosen(client: FlaskClient) -> None:
    form = form_of_one_card(client.get(choose(client, PRINT, back="notes", card="a6-minus")).text)
    sent = [(name, html.unescape(value)) for name, value in re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', form)]
    assert sent[0] == ("only", "1")
    assert "<button>Get this card</button>" in form  # and no other, so that the key Enter presses it
    answer = client.get("/set/K7Q2-9FXD/card.pdf", query_string=[("only", "2"), *sent[1:]])
    assert answer.status_code == 200
    assert "filename=images-to-live-with_K7Q2-9FXD_card-2.pdf" in answer.headers["Content-Disposition"]
    asked = sets.read_set_file(read_set_file(BytesIO(answer.data))).request
    assert (asked.back, asked.card) == ("notes", "a6-minus")
    with pikepdf.open(BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) == 2


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ("", "“One card alone” takes a number from 1 to 9, and is empty."),
        (" ", "“One card alone” takes a number from 1 to 9, and is empty."),
        ("0", "“One card alone” takes a whole number from 1 to 9, not “0”."),
        ("10", "“One card alone” takes a whole number from 1 to 9, not “10”."),
        ("１e9", "“One card alone” takes a whole number from 1 to 9, not “１e9”."),
    ],
)
def test_a_card_that_is_not_in_the_set_is_said_beside_its_field_and_nothing_else_is_lost(client: FlaskClient, only: str, said: str) -> None:
    answer = client.get("/set/K7Q2-9FXD/card.pdf", query_string={"people": "3", "cards": "3", "back": "notes", "only": only})
    assert answer.status_code == 400
    assert says(answer.text, "only") == said
    assert f'value="{only}"' in form_of_one_card(answer.text)
    assert '<a href="#only">One card alone</a>' in answer.text
    assert ("back", "notes") in answers_of(answer.text)
    assert files_of(answer.text)


def test_where_no_card_can_be_made_its_number_is_not_what_is_wrong(client: FlaskClient) -> None:
    page = client.get("/set/K7Q2-9FXD/card.pdf?people=3&cards=3&dataset=tiles&only=10").text
    assert "This set is not complete:" in page
    assert "cannot be used." not in page
