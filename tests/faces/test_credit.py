"""Too much text for the credit column: what gives way first, and what never does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from placed import lines, texts
from printed import CASTLE, EN, card, pixels

from imagestolive.credits import Credit, credit
from imagestolive.faces import Side, Span, back, front
from imagestolive.faces.credit import clipped_title, ever_shorter
from imagestolive.records import ImageRecord
from imagestolive.typeset import Metrics, clusters
from imagestolive.units import A6

INVENTED = "Um título inventado e comprido de propósito, para ver como o verso do cartão se comporta se o texto não acaba"


def invented(title: str, author: str = "Maria das Dores Exemplo de Albuquerque") -> Credit:
    return replace(CASTLE, sense=(f"“{title}”,", f"de {author},", "sob licença CC BY-NC-SA 3.0 BR"))


def test_a_sentence_of_more_than_five_lines_runs_on(metrics: Metrics) -> None:
    side = back(card(credit=invented("Um título que toma duas linhas e um pouco mais")), A6, EN, metrics)
    assert lines(side)[:5] == [
        "“Um título que toma duas linhas e",
        "um pouco mais”,",
        "de Maria das Dores Exemplo de",
        "Albuquerque,",
        "sob licença CC BY-NC-SA 3.0 BR",
    ]
    side = back(card(credit=invented("Um título que toma duas linhas inteiras e depois ainda um pouco mais")), A6, EN, metrics)
    assert lines(side)[:5] == [
        "“Um título que toma duas linhas",
        "inteiras e depois ainda um pouco",
        "mais”, de Maria das Dores",
        "Exemplo de Albuquerque, sob",
        "licença CC BY-NC-SA 3.0 BR",
    ]
    assert side.warnings == ()


def test_then_words_leave_the_end_of_the_title_and_no_small_word_is_left_there(metrics: Metrics) -> None:
    side = back(card(credit=invented(INVENTED)), A6, EN, metrics)
    assert lines(side)[:5] == [
        "“Um título inventado e comprido",
        "de propósito, para ver como o",
        "verso do cartão…”, de Maria das",
        "Dores Exemplo de Albuquerque,",
        "sob licença CC BY-NC-SA 3.0 BR",
    ]
    assert side.warnings == ("title-shortened",)


def test_then_the_source_becomes_the_address_of_the_code(metrics: Metrics) -> None:
    source = "https://example.org/" + "a-long-part-of-an-address/" * 8
    terms = "Data set terms: " + "non-commercial research and educational use only " * 5
    side = back(card(credit=replace(CASTLE, source=source, dataset_terms=terms, note="A note. " * 20)), A6, EN, metrics)
    assert "Source: https://flic.kr/p/test01" in lines(side)
    assert "source-shortened" in side.warnings


def test_an_address_that_no_column_holds_is_never_printed(metrics: Metrics) -> None:
    side = back(card(credit=replace(CASTLE, source="https://example.org/" + "x" * 400)), A6, EN, metrics)
    assert "Source: https://flic.kr/p/test01" in lines(side)


def test_the_remark_on_small_images_is_the_first_to_go(metrics: Metrics) -> None:
    terms = "Data set terms: " + "non-commercial research and educational use only " * 4
    side = back(card(picture=pixels(25, 25), credit=replace(CASTLE, dataset_terms=terms, note="A note. " * 20)), A6, EN, metrics)
    said = " ".join(lines(side))
    assert "This image is small" not in said
    assert "A note." in said
    assert "Laugharne Castle" in said


def test_an_author_is_never_cut_but_the_type_gets_smaller(metrics: Metrics) -> None:
    sizes_pt = []
    for names in (*range(10, 30), 95):
        author = " ".join(["Maria"] * names)
        side = back(card(credit=invented(INVENTED, author)), A6, EN, metrics)
        sentence = [text for text in texts(side) if text.face == "serif"]
        said = " ".join(text.string for text in sentence)
        assert author in said
        assert "CC BY-NC-SA 3.0 BR" in said
        assert "https://creativecommons.org/licenses/by/2.0/" in lines(side)
        assert len(sentence) <= 5 or sentence[0].size_pt <= 8.5
        sizes_pt.append(sentence[0].size_pt)
    assert sizes_pt == sorted(sizes_pt, reverse=True)
    assert set(sizes_pt) > {10.5, 9.5, 8.5}


def test_what_no_face_has_is_reported(metrics: Metrics) -> None:
    side = back(card(credit=replace(CASTLE, sense=("“日本の城 𒀀”", "by 𒀀 Maria", "is licensed under CC BY 2.0"))), A6, EN, metrics)
    assert lines(side)[:2] == ["“日本の城 □”", "by □ Maria"]
    assert side.warnings == ("no-glyph: 𒀀",)


TITLES = {
    "Japanese": "海辺で馬に乗る人とその後ろに見える古い城と冬の朝の静かな村の道を歩いている子どもたちの写真" * 5,
    "Korean": "바닷가에서 말을 타는 사람과 그 뒤에 보이는 오래된 성 " * 9,
    "Thai": "ภาพถ่ายของชายคนหนึ่งกำลังขี่ม้าไปตามชายหาดในเวลาน้ำลงตอนเช้าตรู่ของฤดูหนาว" * 4,
    "Arabic": "صورة لرجل يركب حصانا على طول الشاطئ عند انحسار الماء في صباح شتوي هادئ " * 6,
    "Devanagari": "समुद्र तट पर घोड़े की सवारी करता हुआ एक आदमी और उसके पीछे पुराना किला " * 6,
    "one long word": "Donaudampfschifffahrtsgesellschaft" * 9,
}


@pytest.mark.parametrize("script", TITLES)
def test_a_title_in_any_script_shortens_and_leaves_the_other_parts_whole(metrics: Metrics, script: str) -> None:
    side = back(card(credit=replace(CASTLE, sense=(f"“{TITLES[script]}”", *CASTLE.sense[1:]))), A6, EN, metrics)
    sentence = [text for text in texts(side) if text.face == "serif"]
    there = "".join(text.string for text in sentence).replace(" ", "")
    assert {text.size_pt for text in sentence} == {10.5}
    assert 3 <= len(sentence) <= 5  # no more was lost than need be
    assert there.startswith(f"“{TITLES[script][:12]}".replace(" ", ""))
    assert there.endswith("…”byChris_ParfittislicensedunderCCBY2.0")
    assert "title-shortened" in side.warnings


@pytest.mark.parametrize("script", TITLES)
def test_every_shorter_title_ends_with_a_whole_cluster_of_the_longer_one(script: str) -> None:
    titles = list(ever_shorter(f"“{TITLES[script].strip()}”,"))
    whole = clusters(TITLES[script])
    assert len(titles) > 8
    for longer, shorter in pairwise(titles):
        assert shorter.endswith("…”,")
        assert len(shorter) <= len(longer)
        kept = clusters(shorter.removeprefix("“").removesuffix("…”,"))
        assert whole[: len(kept)] == kept
        assert kept[-1] not in "เแโใไ"  # a vowel that stands before its consonant
    assert len(clusters(titles[-1])) < 30


@pytest.mark.parametrize("dress", [back, front])
def test_a_hebrew_title_and_author_are_drawn_within_their_own_marks(metrics: Metrics, dress: Callable[..., Side]) -> None:
    record = ImageRecord(
        dataset="any", image_id="1", locator="1.jpg", title="חתול (ישן) [2014] “בוקר”", author="דוד (א)!", license_raw="CC BY 2.0"
    )
    more = (EN, metrics) if dress is back else (metrics,)
    side = dress(card(credit=credit(record, words=EN)), A6, *more, **({} if dress is back else {"caption": True}))
    drawn = "".join(glyph.text for text in texts(side) for run in text.runs for glyph in run.glyphs)
    assert drawn.startswith("“”רקוב“ ]2014[ )ןשי( לותח”")
    assert "by !)א( דוד" in drawn
    (span,) = (item for item in side.items if isinstance(item, Span))
    assert span.actual_text == credit(record, words=EN).line


def test_an_arabic_title_ends_with_its_dots_inside_its_quotation_marks(metrics: Metrics) -> None:
    said = credit(ImageRecord(dataset="any", image_id="1", locator="1.jpg", title=TITLES["Arabic"], license_raw="CC BY 2.0"), words=EN)
    side = back(card(credit=said), A6, EN, metrics)
    assert "title-shortened" in side.warnings
    (last,) = (text for text in texts(side) if "…" in text.string)
    assert "…\u2069” (author" in last.string
    assert next(glyph.text for run in last.runs for glyph in run.glyphs) == "…"  # it reads from the right
    titles = list(ever_shorter(f"“\u2067{TITLES['Arabic'].strip()}\u2069”,"))
    assert len(titles) > 8
    assert all((title[:2], title[-4:]) == ("“\u2067", "…\u2069”,") for title in titles[1:])
    whole = clipped_title(f"“\u2068{TITLES['Arabic'] * 5}\u2069” by")
    assert whole.endswith("…\u2069” by")


def test_a_day_is_not_broken(metrics: Metrics) -> None:
    for dataset in ("Open Images", "Open Images, 2016", "ImageNet (ILSVRC), 2012–2017"):
        side = back(card(dataset=dataset, license_seen_on="21 November 2026"), A6, EN, metrics)
        assert [line for line in lines(side) if "21 November 2026" in line]


def test_no_short_word_is_left_before_the_dots_but_short_words_of_other_scripts_are_words() -> None:
    assert list(ever_shorter("“A house by the sea”")) == ["“A house by the sea”", "“A house…”", "“A…”"]
    assert list(ever_shorter("“우리 집 뒤 산”"))[1] == "“우리 집 뒤…”"
