from __future__ import annotations

import gettext
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.credits import clean, credit
from imagestolive.licenses import LICENSES
from imagestolive.records import ImageRecord
from imagestolive.words import Words

BY_2 = "https://creativecommons.org/licenses/by/2.0/"
PAGE = "https://example.org/photos/1/"
CASTLE = ImageRecord(
    dataset="open-images",
    image_id="00416784a9cb1756",
    locator="train/00416784a9cb1756.jpg",
    title="Laugharne Castle",
    author="Chris_Parfitt",
    landing_url=PAGE,
    license_raw=BY_2,
)
UNLICENSED = ImageRecord(dataset="imagenet", image_id="n1_1", locator="n1_1.JPEG", dataset_license="non-commercial research use only")


class Catalogue(gettext.NullTranslations):
    """A translation by hand, to prove that a language decides on the order of words."""

    def __init__(self, sentences: dict[str, str]) -> None:
        super().__init__()
        self.sentences = sentences

    def gettext(self, message: str) -> str:
        return self.sentences[message]


ENGLISH = Words("en")
PORTUGUESE = Words(
    "pt-BR",
    Catalogue(
        {
            '"{title}" by {author} is licensed under {license}': '"{title}", de {author}, sob licença {license}',
            "{title} ({author}) is licensed under {license}": "{title} ({author}), sob licença {license}",
            '"{title}" by {author} is marked with {license}': '"{title}", de {author}, está marcada com {license}',
            "{title} ({author})": "{title} ({author})",
            "{license} (version not stated)": "{license} (versão não informada)",
            "Untitled image": "Imagem sem título",
            "author not recorded": "autoria não registrada",
            "Image license not recorded": "Licença da imagem não registrada",
            "License not recorded; all rights may be reserved.": "Licença não registrada; todos os direitos podem estar reservados.",
            "Data set terms: {terms}": "Termos do conjunto de dados: {terms}",
            "Source: {source}": "Fonte: {source}",
            "Changes: {changes}": "Alterações: {changes}",
            "Credit is not required here; we give it anyway.": "O crédito não é obrigatório aqui; damos mesmo assim.",
        }
    ),
)
BACKWARDS = Words(  # a language that begins with the license and ends with the verb
    "pt-BR",
    Catalogue(
        {
            '"{title}" by {author} is licensed under {license}': 'Under {license} "{title}" by {author} stands',
            "Source: {source}": "S: {source}",
        }
    ),
)


def plain(text: str) -> str:
    return text.replace("“", '"').replace("”", '"')


# ---- the parts


def test_a_credit_has_its_parts_apart():
    made = credit(CASTLE, words=ENGLISH, changes="cropped to 3:2", adapts=True)
    assert made.sense == ("“Laugharne Castle”", "by Chris_Parfitt", "is licensed under CC BY 2.0")
    assert (made.title, made.author) == ("Laugharne Castle", "Chris_Parfitt")
    assert (made.license_name, made.license_url) == ("CC BY 2.0", BY_2)
    assert (made.source, made.changes) == (PAGE, "cropped to 3:2")
    assert (made.dataset_terms, made.note, made.warnings) == (None, None, ())


def test_portuguese_puts_the_words_in_its_own_order():
    made = credit(CASTLE, words=PORTUGUESE, changes="cortada em 3:2", adapts=True)
    assert made.sense == ("“Laugharne Castle”,", "de Chris_Parfitt,", "sob licença CC BY 2.0")
    assert made.line == (
        f'"Laugharne Castle", de Chris_Parfitt, sob licença CC BY 2.0 · {BY_2} · Fonte: {PAGE} · Alterações: cortada em 3:2'
    )


def test_portuguese_says_what_is_missing():
    bare = replace(CASTLE, title=None, author=None, license_raw="CC BY")
    assert credit(bare, words=PORTUGUESE).sense == (
        "Imagem sem título",
        "(autoria não registrada),",
        "sob licença CC BY (versão não informada)",
    )
    marked = credit(replace(CASTLE, license_raw="CC0"), words=PORTUGUESE)
    assert marked.line.startswith('"Laugharne Castle", de Chris_Parfitt, está marcada com CC0 1.0 · ')
    assert marked.note == "O crédito não é obrigatório aqui; damos mesmo assim."


def test_a_language_may_begin_with_the_license():
    assert credit(CASTLE, words=BACKWARDS).sense == ("Under CC BY 2.0 “Laugharne Castle”", "by Chris_Parfitt", "stands")


@pytest.mark.parametrize("title", [None, "A title"])
@pytest.mark.parametrize("author", [None, "An author"])
def test_the_senses_join_up_to_the_line(title: str | None, author: str | None):
    for row in LICENSES.values():
        made = credit(replace(CASTLE, license_raw=row.id, title=title, author=author), words=ENGLISH)
        joined = plain(" ".join(made.sense))
        if "Image license not recorded" in made.line:  # a card says in full what that means
            joined = joined.replace("License not recorded; all rights may be reserved", "Image license not recorded")
        assert made.line.startswith(joined)
        assert made.license_name in made.line or row.kind in ("nkcr", "usgov")
        assert made.license_url is None or f" · {made.license_url}" in made.line


# ---- without a license


def test_an_image_without_license_says_so_above_the_sets_terms():
    made = credit(UNLICENSED, words=ENGLISH)
    assert made.sense == ("Untitled image", "(author not recorded)", "· License not recorded; all rights may be reserved")
    assert made.note is None
    assert made.dataset_terms == "Data set terms: non-commercial research use only"
    assert (
        made.line == "Untitled image (author not recorded) · Image license not recorded · Data set terms: non-commercial research use only"
    )
    assert made.warnings == ("terms-not-a-license", "image-license-missing", "author-missing", "source-missing")


def test_an_image_without_license_says_so_in_portuguese():
    made = credit(UNLICENSED, words=PORTUGUESE)
    reserved = "· Licença não registrada; todos os direitos podem estar reservados"
    assert made.sense == ("Imagem sem título", "(autoria não registrada)", reserved)
    assert made.dataset_terms == "Termos do conjunto de dados: non-commercial research use only"


def test_with_no_terms_either_the_sentence_itself_says_it():
    made = credit(replace(CASTLE, license_raw=None), words=ENGLISH)
    assert made.sense[-1] == "· License not recorded; all rights may be reserved"
    assert (made.note, made.dataset_terms) == (None, None)


# ---- two layers


def test_the_data_sets_license_is_printed_where_it_differs():
    assert credit(replace(CASTLE, dataset_license="CC BY 4.0"), words=ENGLISH).dataset_terms == (
        "Data set under CC BY 4.0 · https://creativecommons.org/licenses/by/4.0/"
    )
    assert credit(replace(CASTLE, dataset_license="CC-BY-2.0"), words=ENGLISH).dataset_terms is None
    assert credit(replace(CASTLE, dataset_license="All rights reserved"), words=ENGLISH).dataset_terms == (
        "Data set terms: All rights reserved; no reuse license recorded"
    )


def test_the_data_sets_terms_are_cleaned():
    assert credit(replace(CASTLE, dataset_license="Cite\n\u202eus."), words=ENGLISH).dataset_terms == "Data set terms: Cite us"


# ---- notes and changes


@pytest.mark.parametrize(
    ("raw", "note"),
    [
        ("flickr:7", "This is a statement about copyright, not a license. "),
        ("flickr:8", "It is free of copyright in the United States; elsewhere it may not be. "),
        ("CC0", ""),
    ],
)
def test_statements_and_government_works_carry_their_notes(raw: str, note: str):
    made = credit(replace(CASTLE, license_raw=raw), words=ENGLISH)
    assert made.note == f"{note}Credit is not required here; we give it anyway."


def test_a_changed_version_needs_a_license_that_allows_it():
    no_derivatives = replace(CASTLE, license_raw="CC BY-ND 2.0")
    made = credit(no_derivatives, words=ENGLISH, changes="cropped to 3:2", adapts=True)
    assert (made.changes, made.warnings) == (None, ("crop-refused",))
    assert made.note == "Its license does not allow changed versions, so it is shown whole."
    assert "Changes" not in made.line


def test_what_makes_no_changed_version_is_said_under_every_license():
    no_derivatives = replace(CASTLE, license_raw="CC BY-ND 2.0")
    made = credit(no_derivatives, words=ENGLISH, changes="converted to sRGB")
    assert made.line.endswith(" · Changes: converted to sRGB")


def test_an_unclear_permission_to_change_counts_as_no():
    no_known_copyright = replace(CASTLE, license_raw="flickr:7")
    assert credit(no_known_copyright, words=ENGLISH, changes="cropped to 3:2", adapts=True).changes is None


# ---- text and addresses from outside


def test_the_file_stands_in_for_a_page_that_is_not_recorded():
    assert (
        credit(replace(CASTLE, landing_url=None, source_url="https://example.org/1.jpg"), words=ENGLISH).source
        == "https://example.org/1.jpg"
    )


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org/", "", " ", "file:///etc/passwd"])
def test_only_web_addresses_are_sources(address: str):
    made = credit(replace(CASTLE, landing_url=address), words=ENGLISH)
    assert made.source is None
    assert made.warnings == ("source-missing",)


@pytest.mark.parametrize("title", ["{{7*7}}", "{0}", "{title}{author}", "%s", "{% raw %}", "}{", "a\\1b"])
def test_signs_that_mean_something_to_templates_are_literal(title: str):
    made = credit(replace(CASTLE, title=title, author=title), words=ENGLISH)
    assert made.line.startswith(f'"{title}" by {title} is licensed under CC BY 2.0 · ')
    assert made.sense[0] == f"“{title}”"


def test_quotes_inside_a_title_are_typographic_and_those_of_an_author_stay():
    made = credit(replace(CASTLE, title='("Two" words) and 6"', author='"X"'), words=ENGLISH)
    assert made.title == "(“Two” words) and 6”"
    assert made.sense[:2] == ("“(“Two” words) and 6””", 'by "X"')


def test_right_to_left_names_are_kept_apart_from_the_line():
    made = credit(replace(CASTLE, title="שלום", author="محمد علي"), words=ENGLISH)
    assert made.sense[:2] == ("“\u2068שלום\u2069”", "by \u2068محمد علي\u2069")
    assert made.author == "محمد علي"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (None, None),
        ("", None),
        (" \u202e\u2066 ", None),
        ("a\r\n\tb\u2028c", "a b c"),
        ("nul\0 and bell\a", "nul and bell"),
        ("half\ud800", "half"),
        ("👩\u200d🌾", "👩\u200d🌾"),  # joiners make signs, they do not hide any
    ],
)
def test_text_becomes_one_clean_line(raw: str | None, expected: str | None):
    assert clean(raw) == expected


@given(st.text(alphabet=st.characters()), st.text(), st.sampled_from(["CC BY 2.0", "CC0", "n/a", "flickr:8"]))
def test_any_title_and_author_make_one_line(title: str, author: str, raw: str):
    made = credit(replace(CASTLE, title=title, author=author, license_raw=raw), words=ENGLISH)
    assert len(made.line.splitlines()) == 1
    made.line.encode()
    assert made.title == clean(made.title)
