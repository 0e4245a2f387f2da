from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import drawn
import pikepdf
import pytest
from flask.testing import FlaskClient
from office import Office
from PIL import Image
from setpage import card, image, pictures, seen

from imagestolive import sets
from imagestolive.config import Config
from imagestolive.pdf import read_set_file
from imagestolive.records import Band
from imagestolive.screening import NEARLY_THE_SAME, UNIFORM
from imagestolive.web import create_app
from imagestolive.web.set import why_held

SET = "/set/K7Q2-9FXD?people=3&cards=3"


def section(page: str, heading: str) -> str:
    """The text of a part of the margin, without its tags."""
    found = re.search(rf'<section[^>]*>\s*(?:<details>\s*<summary>|<h2 class="head">){heading}<(.*?)</section>', page, flags=re.S)
    assert found
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", "<" + found[1])).split())


def replaced(client: FlaskClient, address: str, card: int) -> str:
    """Presses Replace on a card; the new address."""
    answer = client.post(address, data={"replace": str(card)})
    assert answer.status_code == 303
    where, _, fragment = answer.location.partition("#")
    assert fragment == f"card-{card}"
    return where


# ---- looking ----------------------------------------------------------------------------------------------------------


def test_every_card_shows_its_image_its_credit_and_its_back(client: FlaskClient) -> None:
    page = client.get(SET).text
    assert list(pictures(page)) == list(range(1, 10))
    assert [f"Person {n}" in page for n in (1, 2, 3, 4)] == [True, True, True, False]
    for part in page.split('<li id="card-')[1:]:
        assert 'aria-label="Replace card ' in part
        assert part.count("<svg") == 1
        assert re.search(r'<p class="u"><bdi>(Author \d|author not recorded)</bdi></p>', part)
        assert "CC BY" in part or "CC0 1.0" in part
        assert re.search(r'<a href="/datasets/(garden|tiles)">(Garden|Tiles)</a>', part)
    assert '<a href="https://creativecommons.org/licenses/by/2.0/" rel="license noreferrer">CC BY 2.0</a>' in page


def test_images_are_described_by_number_and_size_and_never_by_a_guess(client: FlaskClient) -> None:
    page = client.get(SET).text
    alts = re.findall(r'<img[^>]* alt="([^"]*)"', page)
    assert len(alts) == 9
    assert all(re.fullmatch(r"Card \d, \d+ by \d+ pixels", alt) for alt in alts)


def test_small_images_are_sent_as_they_are_and_enlarged_by_the_style_sheet(client: FlaskClient) -> None:
    page = client.get(SET).text
    small = re.findall(r'<img class="pixels" src="([^"]*)" width="8" height="8"', page)
    assert len(small) >= 2
    assert Image.open(BytesIO(client.get(html.unescape(small[0])).data)).size == (8, 8)
    assert re.search(r'<img src="[^"]*" width="320"', page) or 'width="200"' in page


def test_upright_images_lie_on_turned_cards(client: FlaskClient) -> None:
    page = client.get(SET).text
    assert len(re.findall(r'class="card tall"><img[^>]* width="200" height="320"', page)) == page.count('class="card tall"') > 0


def test_the_margin_counts_licenses_and_data_sets(client: FlaskClient) -> None:
    page = client.get(SET).text
    for heading in ("Licenses", "Data sets"):
        assert sum(map(int, re.findall(r" (\d+)(?= |$)", section(page, heading).replace(" 1.0", "").replace(" 2.0", "")))) == 9


def test_what_was_left_out_is_said_with_the_reason(client: FlaskClient, client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    assert "Nothing was left out of this set." in section(client.get(SET).text, "What is left out")
    root = drawn.folder(tmp_path / "mine", 6)
    (root / "000.jpg").write_bytes(b"no picture")
    left_out = section(client_over(root).get("/set/K7Q2-9FXD?people=1&cards=5").text, "What is left out")
    assert left_out.startswith("1 was left out")
    assert "1 picture was left out: 1 unreadable." in left_out
    assert "Left out is what was withdrawn or flagged" in left_out


def test_the_code_alone_opens_three_cards_and_says_that_it_does_not_say_how_many(client: FlaskClient) -> None:
    page = client.get("/set/k7q2 9fxd").text
    assert list(pictures(page)) == [1, 2, 3]
    assert "3 images for one person." in page
    assert page.index("The code alone does not say how many") < page.index('id="card-1"')
    change = re.search(r'href="(/make\?code=K7Q2-9FXD[^"]*)"', page)
    assert change
    assert 'name="code" value="K7Q2-9FXD"' in client.get(html.unescape(change[1])).text
    assert "The code alone does not say how many" not in client.get(SET).text


def test_the_same_address_opens_the_same_set(client: FlaskClient) -> None:
    assert pictures(client.get(SET).text) == pictures(client.get(SET).text)
    assert pictures(client.get(SET).text) != pictures(client.get(SET.replace("K7Q2-9FXD", "0123-456" + sets.check_sign("0123456"))).text)


def test_backs_are_in_the_language_of_the_cards_and_labels_in_that_of_the_page(client: FlaskClient) -> None:
    page = client.get("/set/K7Q2-9FXD?dataset=tiles&card_lang=pt-BR&lang=en").text
    assert page.count('<div class="back" lang="pt-BR">') == 3
    assert "Untitled image" in page
    assert '<html lang="en">' in page


@pytest.mark.parametrize("query", ["people=0", "people=1e9", "cards=13", "people=200&cards=3", "cards=three"])
def test_numbers_that_cannot_be_used_come_back_in_the_form(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/set/K7Q2-9FXD?{query}")
    assert answer.status_code == 400
    assert "1 answer cannot be used." in answer.text
    assert 'name="code" value="K7Q2-9FXD"' in answer.text


@pytest.mark.parametrize("query", ["back=portrait", "refused=99~garden~000.jpg", "dataset=%00", "flip=sideways"])
def test_what_is_no_address_of_ours_is_a_sentence(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{SET}&{query}")
    assert answer.status_code == 400
    assert "This is not the whole address of a set:" in answer.text


def test_a_set_and_its_pictures_are_not_for_search_engines(client: FlaskClient) -> None:
    page = client.get(SET)
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert client.get(pictures(page.text)[1]).headers["X-Robots-Tag"] == "noindex"


# ---- replacing --------------------------------------------------------------------------------------------------------


def test_replacing_a_card_changes_that_card_alone(client: FlaskClient) -> None:
    before = pictures(client.get(SET).text)
    address = replaced(client, SET, 7)
    after = pictures(client.get(address).text)
    assert {number for number in before if before[number] != after[number]} == {7}
    again = replaced(client, address, 7)
    assert again.startswith(address)
    assert pictures(client.get(again).text)[7] not in (before[7], after[7])


def test_the_address_carries_slot_data_set_and_id_of_what_was_refused(client: FlaskClient) -> None:
    before = pictures(client.get(SET).text)[2]
    image = re.match(r"/picture/(\w+)/([^?]+)\?", before)
    assert image
    assert replaced(client, SET, 2).endswith(f"&refused=2~{image[1]}~{quote(image[2])}")


def test_a_full_address_is_a_sentence_and_nothing_is_lost(client: FlaskClient) -> None:
    full = "/set/K7Q2-9FXD?people=3&cards=3&dataset=garden&dataset=tiles&paper=a4&card_lang=en&refused=1~garden~"
    full += "x" * (3990 - len(full))
    page = client.get(full)
    assert page.status_code == 200
    answer = client.post(full, data={"replace": "7"})
    assert answer.status_code == 400
    assert "Card 7 was not replaced" in answer.text
    assert pictures(answer.text) == pictures(page.text)
    assert client.get(full + "x" * 1000).status_code == 414


@pytest.mark.parametrize("card", ["0", "10", "x", "", "9" * 5000])
def test_there_is_no_such_card_to_replace(client: FlaskClient, card: str) -> None:
    assert client.post(SET, data={"replace": card}).status_code == 400


# ---- what is not there any more ---------------------------------------------------------------------------------------


def test_a_data_set_that_was_removed_leaves_places_that_say_so_until_they_are_replaced(client: FlaskClient) -> None:
    address = "/set/K7Q2-9FXD?people=2&cards=2&dataset=garden&dataset=gone-from-here"
    page = client.get(address).text
    empty = [number for number, src in pictures(page).items() if not src]
    assert empty
    assert "The data set “gone-from-here” is not here any more." in page
    assert "This picture is not here." in page
    after = pictures(client.get(replaced(client, address, empty[0])).text)
    assert after[empty[0]].startswith("/picture/garden/")
    assert [number for number, src in after.items() if not src] == empty[1:]
    assert client.get(address.replace("?", "/pdf?")).status_code == 200


def test_a_data_set_that_has_changed_is_named(client: FlaskClient) -> None:
    assert "Tiles has changed since this set was made" in client.get("/set/K7Q2-9FXD?dataset=tiles~00000000").text


def test_too_few_images_are_said_with_a_way_to_ask_for_less(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    client = client_over(drawn.folder(tmp_path / "mine", 5, licenses=("CC BY 2.0", "unknown words")))
    page = client.get("/set/K7Q2-9FXD?people=3&cards=2").text
    assert "asked for 6, 3 can be used:" in page
    assert "Change what was asked for" in page
    assert '<h2 class="head">3 cards</h2>' in page
    assert "/pdf" not in page
    answer = client.get("/set/K7Q2-9FXD/pdf?people=3&cards=2")
    assert answer.status_code == 409
    assert answer.mimetype == "text/html"
    assert "asked for 6, 3 can be used:" in answer.text
    assert 'href="/set/K7Q2-9FXD?people=3' in answer.text


# ---- the PDF ----------------------------------------------------------------------------------------------------------


def test_the_pdf_is_named_for_what_is_in_it_and_is_not_kept_on_the_way(client: FlaskClient) -> None:
    answer = client.get("/set/K7Q2-9FXD/pdf?people=3&cards=3&paper=letter")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=images-to-live-with_3x3_Letter_K7Q2-9FXD.pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    with pikepdf.open(BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) == 2 * 3


def test_the_page_leads_to_the_pdf_of_the_same_cards(client: FlaskClient) -> None:
    page = client.get(replaced(client, SET, 4)).text
    link = re.search(r'href="(/set/K7Q2-9FXD/pdf\?[^"]*)"', page)
    assert link
    saved = sets.read_set_file(read_set_file(BytesIO(client.get(html.unescape(link[1])).data)))
    in_pdf = {pick.slot: f"/picture/{pick.dataset}/{pick.image_id}" for pick in saved.picks}
    assert in_pdf == {number: src.partition("?")[0] for number, src in pictures(page).items()}
    assert [pick.slot for pick in saved.refused] == [4]


def test_the_page_leads_to_all_ways_of_printing_the_same_cards(client: FlaskClient) -> None:
    page = client.get(replaced(client, SET, 4)).text
    link = re.search(r'href="(/set/K7Q2-9FXD/print\?[^"]*)"', page)
    assert link
    assert "&refused=4~" in html.unescape(link[1])
    assert client.get(html.unescape(link[1])).status_code == 200


def test_for_a_printer_that_is_fed_by_hand_there_are_two_files(client: FlaskClient) -> None:
    page = client.get(f"{SET}&flip=manual").text
    links = [html.unescape(link) for link in re.findall(r'href="(/set/K7Q2-9FXD/(?:fronts|backs)\.pdf\?[^"]*)"', page)]
    assert len(set(links)) == 2
    assert "put the pile back" in page.lower()
    for link in set(links):
        with pikepdf.open(BytesIO(client.get(link).data)) as pdf:
            assert len(pdf.pages) == 3


def test_spare_cards_come_last_and_belong_to_nobody(client: FlaskClient) -> None:
    page = client.get(f"{SET}&spare=2").text
    assert list(pictures(page)) == list(range(1, 12))
    assert page.index("Person 3") < page.index("Spare cards") < page.index('id="card-10"')
    assert list(pictures(page).values())[:9] == list(pictures(client.get(SET).text).values())


def test_what_cannot_be_printed_is_said_in_the_place_of_the_pdf(client: FlaskClient) -> None:
    page = client.get(f"{SET}&border=bleed&flip=none").text
    assert "leave no room for a caption" in page
    assert "/pdf?" not in page
    answer = client.get("/set/K7Q2-9FXD/pdf?people=3&cards=3&border=bleed&flip=none")
    assert answer.status_code == 400
    assert 'id="border-says"' in answer.text


def test_where_only_fronts_are_printed_nothing_is_said_of_backs(client: FlaskClient) -> None:
    page = client.get(f"{SET}&flip=none").text
    assert "The credit stands in one line under each image." in page
    assert "against the light" not in page
    assert ">Back<" not in page


# ---- how it looks -----------------------------------------------------------------------------------------------------


def test_signs_that_the_typefaces_lack_are_told_before_the_cards(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 3)
    listed = (root / "credits.csv").read_text(encoding="utf-8")
    (root / "credits.csv").write_text(listed.replace("Picture 1", "\U00013000"), encoding="utf-8")
    page = client_over(root).get("/set/K7Q2-9FXD?people=1&cards=3").text
    told = re.findall(r"<p>Card (\d): The typefaces have no sign for ([^;]*);", page.split('id="card-1"')[0])
    assert [signs for _, signs in told] == ["\U00013000"]
    assert "\U00013000" in page.split(f'id="card-{told[0][0]}"')[1].split("</figure>")[0]


@pytest.mark.parametrize(
    ("size_px", "card"), [((320, 200), "card"), ((300, 300), "card stout"), ((200, 320), "card tall"), ((300, 340), "card tall stout")]
)
def test_images_as_white_as_the_paper_have_an_edge(
    client_over: Callable[..., FlaskClient], tmp_path: Path, size_px: tuple[int, int], card: str
) -> None:
    (tmp_path / "mine").mkdir()
    white = Image.new("RGB", size_px, "white")
    white.paste("navy", (size_px[0] // 3, size_px[1] // 3, size_px[0] // 2, size_px[1] // 2))  # of one tone it would be held
    white.save(tmp_path / "mine" / "white.png")
    (tmp_path / "mine" / "credits.csv").write_text("file,title,author,landing_url,license\nwhite.png,,,,CC0 1.0\n", encoding="utf-8")
    client = client_over(tmp_path / "mine")
    assert re.search(rf'<div class="{card}"><img class="(pixels )?keyline"', client.get("/set/K7Q2-9FXD?people=1&cards=1").text)
    assert re.search(r'<li><img class="(pixels )?keyline"', client.get("/datasets/mine").text)


# ---- looking at all of them --------------------------------------------------------------------------------------------


def shown(page: str) -> str:
    """What the button for the whole set sends."""
    found = re.search(r'name="shown" value="([^"]*)"', page)
    assert found
    return found[1]


def test_all_that_is_shown_is_kept_at_once(office: Office) -> None:
    client = office.client()
    answer = client.post(SET, data={"shown": shown(client.get(SET).text)})
    assert answer.location.endswith("#seen")
    page = client.get(SET).text
    assert seen(page) == "Seen 9 of 9"
    assert "Keep all that are shown" not in page


def test_what_is_blurred_is_not_kept_with_all_that_is_shown(doubtful: Office) -> None:
    address = "/set/K7Q2-9FXD?people=3&cards=2&dataset=mine"
    client = doubtful.client()
    assert "Keep all that are shown" not in client.get(address).text  # nothing is
    for number in (2, 5):
        client.post(address, data={"image": image(client.get(address).text, number), "mark": "seen"})
    before = shown(client.get(address).text)
    answer = client.post(address, data={"shown": before})
    assert answer.location.endswith("#card-1")
    page = client.get(address).text
    assert re.findall(r'aria-label="Kept: card (\d+)', page) == ["2", "5"]
    assert page.count("Show it: card") == 4
    client.post(address, data={"image": image(page, 3), "mark": "seen"})
    answer = client.post(address, data={"shown": before})
    assert answer.status_code == 409
    assert "Some cards show other images than before, so none was kept." in answer.text
    assert 'aria-label="Keep card 3"' in client.get(address).text


def test_the_first_filled_button_is_to_look_until_every_card_was_seen(office: Office) -> None:
    client = office.client()
    page = client.get(SET).text
    filled = re.findall(r'<(?:a|button)[^>]*class="button first[^>]*>([^<]*)<', page)
    assert filled == ["Look at card 1"] * 2  # beside the cards and, on a phone, in the bar
    assert page.count(">Get the PDF<") == 2
    client.post(SET, data={"image": image(page, 1), "mark": "kept"})
    assert 'href="#card-2">Look at card 2<' in client.get(SET).text
    client.post(SET, data={"shown": shown(client.get(SET).text)})
    page = client.get(SET).text
    assert "Look at card" not in page
    assert re.findall(r'<(?:a|button)[^>]*class="button first[^>]*>([^<]*)<', page) == ["Get the PDF"] * 2


def test_the_link_of_a_second_person_opens_at_the_top_and_no_form_goes_back_to_an_old_card(office: Office) -> None:
    client = office.client()
    page = client.post(SET, data={"link": "yes"}).text
    found = re.search(r'href="(/set/K7Q2-9FXD/with/[^"]*)"', page)
    assert found
    assert office.client().get(html.unescape(found[1])).location.endswith("#main")
    forms = re.findall(r"<form[^>]*>", client.get(SET).text)
    assert forms
    assert all("action=" in form for form in forms)  # without one a form is sent to the address with its old #card-4


def test_the_margin_counts_the_cards_that_show_an_image(office: Office) -> None:
    client = office.client()
    answer = client.post(SET, data={"image": image(client.get(SET).text, 4), "report": "private"})
    page = client.get(answer.location).text
    for heading in ("Licenses", "Data sets"):
        assert sum(map(int, re.findall(r" (\d+)(?= |$)", section(page, heading).replace(" 1.0", "").replace(" 2.0", "")))) == 8


def test_a_card_says_why_it_waited_once_somebody_wanted_to_see_it(doubtful: Office) -> None:
    client = doubtful.client()
    address = "/set/K7Q2-9FXD?people=1&cards=3&dataset=mine"
    page = client.get(address).text
    said = "It waits because “picture”, on a list of words, stands in its title, labels or captions."
    assert said not in page
    client.post(address, data={"image": image(page, 2), "mark": "seen"})
    page = client.get(address).text
    assert said in card(page, 2)
    assert page.count(said) == 1


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        (NEARLY_THE_SAME, "nearly the same as another card of this set"),
        (UNIFORM, "of one tone all over"),
        ("nsfw 0.53", "the program nsfw, which looks for nudity, gave it 0.53; 1 is the most"),
        ("garden", "“garden”, on a list of words"),
        ("war 2", "“war 2”, on a list of words"),
    ],
)
def test_there_is_a_sentence_for_all_that_makes_an_image_wait(config: Config, detail: str, said: str) -> None:
    with create_app(replace(config, bands={"nsfw": Band(review=0.4, hold=0.8)})).test_request_context():
        assert said in why_held(detail)


def test_in_school_mode_only_what_a_person_replaced_can_be_undone(client_over: Callable[..., FlaskClient], tmp_path: Path) -> None:
    root = drawn.folder(tmp_path / "mine", 12)
    path = root / "credits.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{head},people", *(f"{row},none" for row in rows)]), encoding="utf-8")
    words = tmp_path / "words.txt"
    words.write_text("".join(f"picture {n}\n" for n in range(6)), encoding="utf-8")
    client = client_over(root, words={"en": words})
    address = "/set/K7Q2-9FXD?people=1&cards=4&dataset=mine&school=yes"
    page = client.get(address).text
    assert "held until somebody has looked" in page
    assert "Undo: the earlier image" not in page
    before = image(page, 2)
    there = client.post(address, data={"image": before, "replace": "2"}).location
    page = client.get(there).text
    assert image(page, 2) != before
    assert re.findall(r"Undo: the earlier image of card (\d)", page) == ["2"]
    back = client.post(there, data={"image": image(page, 2), "undo": "replace"}).location
    assert image(client.get(back).text, 2) == before
