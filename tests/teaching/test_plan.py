"""The plan in each language: complete, parallel, plainly said, and safe as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from imagestolive import resources
from imagestolive.teaching import NoPlanInLanguage, Plan, PlanBroken, html, parse, plan
from imagestolive.words import LANGUAGES

HEADER = 'title: "Small: a plan"\nlanguage: en\nlead: Short.\ntime: 5 min\nage: all\nversion: 1\n'

in_each_language = pytest.mark.parametrize("lang", LANGUAGES)

# What the plan has to contain, as ids of headings; they are the same in every language.
CONTENTS = {
    "overview": "what the two classes and the week are",
    "goals": "method of practice, own experience, scale",
    "prior-knowledge": "none, and a short word on computer vision",
    "time": "30 minutes, a week, one to two hours",
    "materials": "one to three images, the tool, what to do without a printer",
    "preparation": "every image looked at, one sheet first, spare cards",
    "vocabulary": "label, microwork, provenance ...",
    "method": "where the method comes from",
    "care": "faces, unsettling images, opting out, own photographs",
    "ask": "first class: has anyone seen a data set?",
    "show-the-scale": "first class: the wall and the cases",
    "say-why": "first class: images made for machines",
    "hand-out-three-images-each": "first class",
    "first-look": "first class: 20 seconds",
    "explain-the-week": "first class: the assignment; dull images are part of it",
    "assignment": "the text for the LMS",
    "a-week-at-home": "what the teacher does meanwhile",
    "second-look": "second class: 30 seconds",
    "compare-the-two-looks": "second class",
    "share-in-groups": "second class: where they lived, what was unexpected, what changed",
    "key-points": "second class: thin labels, scale and its costs",
    "take-away": "second class: how data sets should be made and kept",
    "questions": "for discussion",
    "differentiation": "younger, no print, no devices, language learners, description cards",
    "assessment": "without marks",
    "family-note": "for the people at home",
    "readings": "with the article first",
    "about-this-plan": "license, credit, contact",
}

# The headings that a Brazilian plano de aula is expected to have.
PLANO_DE_AULA = {
    "overview": "Tema",
    "goals": "Objetivos",
    "content": "Conteúdo e habilidades da BNCC",
    "time": "Duração",
    "materials": "Recursos",
    "method": "Metodologia",
    "assessment": "Avaliação",
    "readings": "Referências",
}

# The article; Denton; Malevé; Thylstrup; Crawford and Paglen; Prabhu and Birhane; Smits and Wevers; Datasheets for Datasets.
READINGS = (
    "https://doi.org/10.1080/17540763.2023.2189285",
    "https://doi.org/10.1177/20539517211035955",
    "https://doi.org/10.1007/s00146-020-01093-w",
    "https://doi.org/10.1177/01634437211060226",
    "https://doi.org/10.1007/s00146-021-01162-8",
    "https://arxiv.org/abs/2006.16923",
    "https://doi.org/10.1177/1470357221992097",
    "https://doi.org/10.1145/3458723",
)

NAMES = ("Clearview AI", "Excavating AI", "AI & Society")
AVOIDED = re.compile(
    r"\b(AI|IA|artificial|magic\w*|m[áa]gic\w*|dream\w*|sonh\w*|robots?|robôs?|brains?|cérebros?|neural|neurais)\b|dataset of the day",
    re.IGNORECASE,
)


def text_of(document: Plan, section_id: str) -> str:
    """The Markdown of one section, without its heading."""
    ids = [section.id for section in document.sections]
    return re.split(r"^## .*$", document.markdown, flags=re.MULTILINE)[ids.index(section_id) + 1]


def small(markdown: str) -> Plan:
    return parse(f"---\n{HEADER}---\n{markdown}", file="small.md")


class Reader(HTMLParser):
    """Notes the tags and words of a piece of HTML, and fails on a tag that is closed out of turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("br", "hr"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


# The documents


@in_each_language
@pytest.mark.parametrize("heading", CONTENTS)
def test_the_plan_contains_what_it_must(lang: str, heading: str) -> None:
    assert heading in {found.id for found in plan(lang).headings}, CONTENTS[heading]


def test_both_languages_have_the_same_headings_steps_and_minutes() -> None:
    english, portuguese = plan("en"), plan("pt-BR")
    assert english.shape == portuguese.shape
    assert [heading.id for heading in english.headings] == [heading.id for heading in portuguese.headings]
    assert sum(heading.is_step for heading in english.headings) == 13


def test_both_languages_have_as_many_points_and_words_to_say_in_every_section() -> None:
    english, portuguese = plan("en"), plan("pt-BR")
    for section in english.sections:
        if section.id in ("content", "readings"):  # Brazil's also name the curriculum
            continue
        for mark in (r"^- ", r"^\d+\. ", r"^> ", r"^\*\*"):
            there = [len(re.findall(mark, text_of(document, section.id), re.MULTILINE)) for document in (english, portuguese)]
            assert there[0] == there[1], (section.id, mark)


@in_each_language
def test_the_classes_last_as_long_as_the_header_says(lang: str) -> None:
    document = plan(lang)
    lengths = [section.minutes for section in document.sections if section.minutes is not None]
    assert lengths == [int(minutes) for minutes in re.findall(r"(\d+) min", document.time)]
    assert 25 <= lengths[0] <= 35
    assert 60 <= lengths[1] <= 120


@in_each_language
def test_each_file_names_its_own_language(lang: str) -> None:
    assert plan(lang).lang == lang


@in_each_language
def test_there_is_a_plan_and_there_are_questions_in_every_language(lang: str) -> None:
    files = {path.name for path in resources.folder("teaching_plan").iterdir()}
    assert {f"{lang}.md", f"questions.{lang}.md"} <= files
    assert len(files) == 2 * len(LANGUAGES)


def test_the_portuguese_sections_are_those_of_a_plano_de_aula() -> None:
    titles = {section.id: section.title for section in plan("pt-BR").sections}
    assert {section: titles[section] for section in PLANO_DE_AULA} == PLANO_DE_AULA


@in_each_language
def test_the_links_are_those_of_the_readings(lang: str) -> None:
    markdown = plan(lang).markdown
    assert tuple(re.findall(r"\]\((.*?)\)", markdown)) == READINGS
    for address in READINGS:
        assert re.fullmatch(r"https://(doi\.org/10\.\d{4,5}/[a-z0-9.-]+|arxiv\.org/abs/\d{4}\.\d{5})", address)
        assert f"{address.split('/', 3)[3].removeprefix('abs/')}](" in markdown  # written out for those who print the plan


@in_each_language
@pytest.mark.parametrize("section", ["assignment", "family-note"])
def test_texts_for_students_and_families_have_short_sentences(lang: str, section: str) -> None:
    for sentence in re.split(r"[.?:;]\W|\n", text_of(plan(lang), section)):
        assert len(sentence.split()) <= 30, sentence


@in_each_language
def test_not_answering_is_an_equal_answer_wherever_students_hear_of_answers(lang: str) -> None:
    said = {"en": "I choose not to answer", "pt-BR": "refiro não responder"}[lang]
    for section in ("method", "care", "first-class", "assignment", "second-class"):
        assert said in text_of(plan(lang), section)


@in_each_language
def test_every_count_of_a_case_has_a_date(lang: str) -> None:
    counts = [line for line in plan(lang).markdown.splitlines() if re.search(r"\d (billion|bilhões)", line)]
    assert counts
    for line in counts:
        assert len(re.findall(r"\b20\d\d\b", line)) >= len(re.findall(r"\d (?:billion|bilhões)", line))


@in_each_language
def test_the_words_are_calm(lang: str) -> None:
    document = plan(lang)
    words = f"{document.title} {document.lead} {document.markdown}"
    for name in NAMES:
        words = words.replace(name, "")
    assert "!" not in words
    assert AVOIDED.findall(words) == []
    assert re.findall(r"\"|'|[“][^”]*[“]", words) == []  # typographic quotes, each closed


# The header and the headings


def test_a_header_is_read_and_left_out_of_the_text() -> None:
    document = small("\n## One\n\nText.\n")
    assert (document.title, document.lang, document.version) == ("Small: a plan", "en", "1")
    assert document.markdown == "\n## One\n\nText.\n"


@pytest.mark.parametrize("text", ["", "# A plan\n", f"{HEADER}\n## One\n", f"---\n{HEADER}"])
def test_a_file_without_header_is_refused_by_name(text: str) -> None:
    with pytest.raises(PlanBroken, match=r"xx\.md .*does not begin with a header"):
        parse(text, file="xx.md")


@pytest.mark.parametrize("key", ["title", "language", "lead", "time", "age", "version"])
def test_a_header_without_one_of_its_keys_is_refused_by_the_key(key: str) -> None:
    header = re.sub(rf"^{key}: .*\n", "", HEADER, flags=re.MULTILINE)
    with pytest.raises(PlanBroken, match=f"header has no “{key}”"):
        parse(f"---\n{header}---\n", file="xx.md")


def test_steps_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(PlanBroken, match="steps of “Class” take 9 min, not 10"):
        small("## Class (10 min)\n### Ask (4 min)\n### Look (5 min)\n## Next\n### Talk (1 min)\n")


def test_two_headings_with_one_id_are_refused() -> None:
    with pytest.raises(PlanBroken, match="two headings have the id “look”"):
        small("## Look\n### Look: again (3 min)\n")


def test_a_language_that_leaves_the_english_headings_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "en.md").write_text(f"---\n{HEADER}---\n## One\n### Ask (5 min)\n", encoding="utf-8")
    (tmp_path / "pt-BR.md").write_text(f"---\n{HEADER.replace('en', 'pt-BR')}---\n## Um\n### Perguntar (6 min)\n", encoding="utf-8")
    monkeypatch.setattr(resources, "folder", lambda _: tmp_path)
    with pytest.raises(PlanBroken, match=r"pt-BR\.md .*not those of en\.md"):
        plan("pt-BR")


@pytest.mark.parametrize("lang", ["de", "", "../en", "pt-br"])
def test_a_language_we_do_not_have_is_not_found(lang: str) -> None:
    with pytest.raises(NoPlanInLanguage) as refused:
        plan(lang)
    assert refused.value.status == 404


# The HTML


@in_each_language
def test_the_page_has_every_heading_once_with_its_id_and_no_h1(lang: str) -> None:
    document = plan(lang)
    read = Reader(html.render(document))
    headings = [(int(tag[1]), attributes["id"]) for tag, attributes in read.tags if re.fullmatch(r"h\d", tag)]
    assert headings == [(heading.level, heading.id) for heading in document.headings]
    assert 1 not in {level for level, _ in headings}


@in_each_language
def test_the_page_says_every_word_of_the_plan(lang: str) -> None:
    document = plan(lang)
    said = re.sub(r"\]\(.*?\)", "", document.markdown)
    wanted = re.findall(r"\w+", re.sub(r"^\d+\. ", "", said, flags=re.MULTILINE))
    assert sorted(re.findall(r"\w+", Reader(html.render(document)).words)) == sorted(wanted)


@in_each_language
def test_each_class_is_one_list_of_steps_with_minutes_beside_them(lang: str) -> None:
    document = plan(lang)
    page = html.render(document)
    assert page.count('<ol class="steps">') == 2
    minutes = re.findall(r'<li><span class="min">(\d+) min</span><div>\n<h3 ', page)
    assert [int(each) for each in minutes] == [heading.minutes for heading in document.headings if heading.is_step]


def test_a_step_looks_as_the_design_draws_it() -> None:
    assert html.render(small("## Class (5 min)\n\n### Ask (5 min)\n\nWho?\n\n## After\n\nText.\n")) == (
        '<h2 id="class">Class, 5 min</h2>\n'
        '<ol class="steps">\n'
        '<li><span class="min">5 min</span><div>\n<h3 id="ask">Ask</h3>\n<p>Who?</p>\n</div></li>\n'
        "</ol>\n"
        '<h2 id="after">After</h2>\n<p>Text.</p>\n'
    )


def test_a_plan_may_begin_with_text_or_have_no_heading() -> None:
    assert html.render(small("Text.\n\n## One\n")) == '<p>Text.</p>\n<h2 id="one">One</h2>\n'
    assert html.render(small("Text.\n")) == "<p>Text.</p>\n"


@in_each_language
def test_links_do_not_tell_where_the_reader_comes_from(lang: str) -> None:
    links = [attributes for tag, attributes in Reader(html.render(plan(lang))).tags if tag == "a"]
    assert links == [{"href": address, "rel": "noreferrer"} for address in READINGS]


def test_html_in_a_plan_is_shown_and_not_obeyed() -> None:
    page = html.render(
        small(
            "<script>alert(1)</script>\n\n"
            "## <b onclick=x>Bold</b> & more\n\n"
            "Text <img src=x onerror=y> [a](javascript:alert(1)) ![b](https://example.org/b.png)\n\n"
            "<div>\n\n### Ask <i> (5 min)\n"
        )
    )
    read = Reader(page)
    assert {tag for tag, _ in read.tags} <= {"p", "h2", "h3", "ol", "li", "span", "div", "a"}
    assert not any(name.startswith("on") for _, attributes in read.tags for name in attributes)
    assert not any("javascript:" in str(attributes.get("href")) for _, attributes in read.tags)
    assert "&lt;script&gt;" in page
    assert "<b onclick=x>Bold</b> & more" in read.words
