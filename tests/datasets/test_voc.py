from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets import voc

SIZE = "<size><width>200</width><height>100</height></size>"
NUMBERS = ["20", "10", "120", "60"]


def annotation(numbers: list[str], *, name: str = "<name>husky</name>", size: str = SIZE, head: str = "") -> bytes:
    x0, y0, x1, y1 = numbers
    box = f"<bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox>"
    return f"{head}<annotation>{size}<object>{name}{box}</object></annotation>".encode()


def test_boxes_are_fractions_of_the_sides() -> None:
    assert voc.boxes(annotation(NUMBERS)) == [("husky", 0.1, 0.1, 0.6, 0.6)]
    assert voc.boxes(annotation([" 20.0 ", "10.5", "120", "60"])) == [("husky", 0.1, 0.105, 0.6, 0.6)]
    assert voc.boxes(f"<annotation>{SIZE}</annotation>".encode()) == []


def test_boxes_that_stick_out_are_cut_at_the_edge() -> None:
    assert voc.boxes(annotation(["-5", "10", "900", "60"])) == [("husky", 0.0, 0.1, 1.0, 0.6)]


@pytest.mark.parametrize("wrong", ["", "x", "nan", "inf", "-inf", "1e999", "9" * 5000, "121"])
def test_a_number_that_cannot_be_right_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="box cannot be right"):
        voc.boxes(annotation([wrong, *NUMBERS[1:]]))


@pytest.mark.parametrize("side", ["", "0", "-200", "2.5", "x", "9" * 400, "9" * 5000])
def test_an_image_must_have_a_size(side: str) -> None:
    with pytest.raises(ValueError, match="size cannot be right"):
        voc.boxes(annotation(NUMBERS, size=f"<size><width>200</width><height>{side}</height></size>"))
    with pytest.raises(ValueError, match="size cannot be right"):
        voc.boxes(annotation(NUMBERS, size=""))


def test_an_object_must_have_a_name() -> None:
    for name in ("", "<name> </name>"):
        with pytest.raises(ValueError, match="no name"):
            voc.boxes(annotation(NUMBERS, name=name))


BILLION = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
HOSTILE = {
    "a document type": "<!DOCTYPE annotation>",
    "a document type from elsewhere": '<!DOCTYPE annotation SYSTEM "file:///etc/passwd">',
    "an entity from a file": '<!DOCTYPE annotation [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "entities in entities": f'<!DOCTYPE annotation [<!ENTITY a0 "a">{BILLION}]>',
}


@pytest.mark.parametrize("head", HOSTILE.values(), ids=HOSTILE)
def test_document_types_and_entities_are_refused(head: str) -> None:
    with pytest.raises(ValueError, match=r"^DTDForbidden"):
        voc.boxes(annotation(NUMBERS, head=head))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no element found"),
        (b"no xml", "syntax error"),
        (b"<annotation>", "no element found"),
        (b"\xff\xd8\xff\xe0", "not well-formed"),
        (b'<?xml version="1.0" encoding="martian"?><annotation/>', "martian|unknown encoding"),
        (b"<annotation>\xff</annotation>", "not well-formed"),
        (b"<a>" * 100_000 + b"</a>" * 100_000, "size cannot be right"),
        (annotation(NUMBERS) + b" " * voc.MOST_BYTES, "too long"),
    ],
)
def test_what_is_no_annotation_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        voc.boxes(content)


@given(st.binary() | st.lists(st.text(), min_size=4, max_size=4).map(annotation))
def test_any_content_gives_boxes_within_the_image_or_a_value_error(content: bytes) -> None:
    try:
        found = voc.boxes(content)
    except ValueError:
        return
    assert all(0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1 for _, x0, y0, x1, y1 in found)
