"""Lines: what they measure, where they break, and what stands for a character that a face has not."""

from __future__ import annotations

import os
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase.ttfonts import TTFont

from imagestolive.fonts import FACES, NO_GLYPH, Fonts
from imagestolive.typeset import JOINT, Metrics, clean

COLUMN_PT = 172.9  # 61 mm
WIDE_PT = 10_000.0


@pytest.fixture(scope="module")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Fonts:
    base = tmp_path_factory.getbasetemp()
    return Fonts((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "fonts")


@pytest.fixture(scope="module")
def metrics(fonts: Fonts) -> Metrics:
    return Metrics(fonts)


@pytest.mark.parametrize("face", FACES)
def test_a_width_is_what_reportlab_draws(fonts: Fonts, metrics: Metrics, face: str) -> None:
    drawn = TTFont(face, BytesIO(fonts.ttf(face)))
    for line in ("AVATAR Type, “Łódź” × 640\u00a0ppi", "https://flic.kr/p/8huT3A"):
        assert metrics.width_pt(line, face, 7.5) == pytest.approx(drawn.stringWidth(line, 7.5))


def test_measuring_what_cannot_be_drawn_raises_rather_than_guessing(metrics: Metrics) -> None:
    with pytest.raises(KeyError):
        metrics.width_pt("日", "serif", 10)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" two\n\tlines\u2028here ", "two lines here"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("\u2068محمد\u2069", "محمد"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("soft\u00adhyphen zero\u200bwidth \ufeff", "softhyphen zerowidth"),
        ("Sa\u0303o", "São"),
        ("no\u00a0break", "no break"),
    ],
)
def test_clean_text_is_one_line_without_controls(text: str, line: str) -> None:
    assert clean(text) == line


@pytest.mark.parametrize(
    ("text", "drawn", "lost"),
    [
        ("Łódź", "Łódź", ""),
        ("𝒥𝓊𝓁𝒾𝒶 𝐉𝐮𝐥𝐢𝐚", "Julia Julia", ""),  # Flickr's fancy letters
        ("ﬁle №", "ﬁle №", ""),
        ("x\u20dd", "x", ""),  # an enclosing circle without a glyph falls away
        ("日本日", NO_GLYPH * 3, "日本"),
        ("❤️ love", f"{NO_GLYPH} love", "❤"),
        ("\ud800", NO_GLYPH, "\ud800"),
    ],
)
def test_every_string_becomes_one_that_can_be_drawn(metrics: Metrics, text: str, drawn: str, lost: str) -> None:
    assert metrics.drawable(text, "serif") == (drawn, lost)


@settings(deadline=None)
@given(st.text())
def test_any_string_can_be_drawn_and_measured(metrics: Metrics, text: str) -> None:
    for face in FACES:
        drawn, _ = metrics.drawable(text, face)
        assert not metrics.missing(drawn, face)
        assert metrics.width_pt(drawn, face, 10) >= 0


def test_a_line_is_as_full_as_can_be(metrics: Metrics) -> None:
    lines = metrics.wrap("one two three four five six seven eight nine ten eleven twelve thirteen fourteen", "serif", 10.5, COLUMN_PT)
    assert lines == ["one two three four five six seven", "eight nine ten eleven twelve", "thirteen fourteen"]


@pytest.mark.parametrize("together", ["CC BY-NC-SA 3.0 BR", "CC BY-SA 2.0", "CC0 1.0", "640 × 408", "123 ppi"])
def test_what_belongs_together_is_not_broken(metrics: Metrics, together: str) -> None:
    for width in range(60, 300, 3):
        text = f"is licensed or measured as {together} and so on"
        lines = metrics.wrap(text, "sans", 7.5, width + metrics.width_pt(together, "sans", 7.5))
        assert any(together in line for line in lines)
        assert " ".join(lines) == text


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("https://creativecommons.org/licenses/by/2.0/", ["https://creativecommons.org/licenses/by/2.0/"]),
        # 3.0/br/ would be a scrap of seven characters
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/br/", ["https://creativecommons.org/licenses/", "by-nc-sa/3.0/br/"]),
        (
            "https://www.example.org/fotografias/maria-exemplo/946782888/album-72157601075812345/",
            ["https://www.example.org/fotografias/maria-exemplo/", "946782888/album-72157601075812345/"],
        ),
        (
            "https://example.org/show?collection=photographs&identifier=0123456789&size=large",
            ["https://example.org/show?collection=photographs&", "identifier=0123456789&size=large"],
        ),
        (
            "https://example.org/a-name-that-is-much-longer-than-the-column-is-wide-and-has-no-place-to-break",
            ["https://example.org/", "a-name-that-is-much-longer-than-the-column-is-wide-", "and-has-no-place-to-break"],
        ),
    ],
)
def test_an_address_breaks_behind_its_marks_and_leaves_no_scrap(metrics: Metrics, address: str, lines: list[str]) -> None:
    assert metrics.wrap(address, "sans", 7.5, COLUMN_PT) == lines


def test_a_label_stands_alone_when_the_address_needs_the_line(metrics: Metrics) -> None:
    address = "https://www.flickr.com/photos/chr1sp/4781196162"
    assert metrics.wrap(f"Source: {address}", "sans", 7.5, COLUMN_PT) == ["Source:", address]
    assert metrics.wrap("Source: https://flic.kr/p/8huT3A", "sans", 7.5, COLUMN_PT) == ["Source: https://flic.kr/p/8huT3A"]


def test_a_joint_falls_away_where_a_line_begins(metrics: Metrics) -> None:
    parts = f"Data set under CC BY 4.0 {JOINT}https://creativecommons.org/licenses/by/4.0/"
    assert metrics.wrap(parts, "sans", 7.5, WIDE_PT) == ["Data set under CC BY 4.0 · https://creativecommons.org/licenses/by/4.0/"]
    assert metrics.wrap(parts, "sans", 7.5, COLUMN_PT) == ["Data set under CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"]
    assert metrics.wrap("· a dot of the title", "sans", 7.5, WIDE_PT) == ["· a dot of the title"]


@settings(deadline=None)
@given(text=st.text(st.sampled_from("aÉW .,/?&=-日☺\u0301\u00a0"), max_size=120), width_pt=st.floats(20, 400), address=st.booleans())
def test_no_line_leaves_the_column_and_nothing_is_lost(metrics: Metrics, text: str, width_pt: float, address: bool) -> None:
    drawn, _ = metrics.drawable(f"https://{text}" if address else text, "sans")
    lines = metrics.wrap(drawn, "sans", 7.5, width_pt)
    assert all(metrics.width_pt(line, "sans", 7.5) <= width_pt for line in lines)
    assert all(line == line.strip() and line for line in lines)
    assert "".join(lines).replace(" ", "") == drawn.replace(" ", "")


def test_a_mark_stays_with_its_letter_even_where_a_word_is_cut(metrics: Metrics) -> None:
    for width_pt in range(20, 60):
        lines = metrics.wrap("x\u0303" * 40, "sans", 7.5, width_pt)
        assert len(lines) > 1
        assert all(line.startswith("x") for line in lines)


def test_balanced_lines_are_of_like_length(metrics: Metrics) -> None:
    question = "Who should see this photograph, and who has seen it since?"
    greedy = metrics.wrap(question, "serif", 15, 200)
    balanced = metrics.balance(question, "serif", 15, 200)
    assert len(balanced) == len(greedy)
    assert " ".join(balanced) == question

    def spread(lines: list[str]) -> float:
        widths = [metrics.width_pt(line, "serif", 15) for line in lines]
        return max(widths) - min(widths)

    assert spread(balanced) < spread(greedy)
    assert metrics.balance("One line", "serif", 15, 200) == ["One line"]
