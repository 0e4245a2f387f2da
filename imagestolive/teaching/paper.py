"""A document -> tagged PDF (PDF/UA-1), set by typst after paper.typ.

Typst gets the document as data, so no text is read as markup. Only fonts are read from disk, and no clock is asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import typst

from imagestolive import resources
from imagestolive.fonts import folders
from imagestolive.teaching import PlanBroken
from imagestolive.teaching.blocks import Document
from imagestolive.teaching.paper_data import data_of, weighed


def write(document: Document, form: str, paper: str) -> bytes:  # noqa: ARG001 (every format is written by this name)
    """The PDF on "a4" or "letter". Raises PlanBroken where something does not fit its page, FontsMissing."""
    source = (resources.PACKAGE / "teaching" / "paper.typ").read_bytes()
    data = data_of(document, paper)
    inputs = {"document": json.dumps(data, ensure_ascii=False)}
    made = _compiled(document.key, source, inputs, format="pdf", pdf_standards=["ua-1"])
    with_row_heads = list(map(_has_row_heads, _tables(data)))
    if not any(with_row_heads):
        return made
    from imagestolive.pdf.row_heads import tag_row_heads  # takes long to load

    return tag_row_heads(made, with_row_heads)


def _has_row_heads(table: dict[str, Any]) -> bool:
    """Not where heads would outnumber data, as in tables of two columns: a checker (outloud, TBL-010) takes that for a fault."""
    rows, columns = len(table["rows"]), len(table["head"])
    return table["row_heads"] and rows * (columns - 1) >= rows + columns


def _tables(data: Any) -> Iterator[dict[str, Any]]:
    """Of a document as data, in the order in which they are printed."""
    if isinstance(data, dict):
        if data.get("kind") == "Table":
            yield data
        data = list(data.values())
    if isinstance(data, list | tuple):
        for part in data:
            yield from _tables(part)


def to_png(svg: str, width_mm: float, ppi: int = 200) -> bytes:
    """A drawing as a picture, in our fonts, on white. Raises PlanBroken."""
    source = b"""#set page(width: float(sys.inputs.width) * 1mm, height: auto, margin: 0mm, fill: white)
#set text(font: ("Source Sans 3", "Source Serif 4", ..json(bytes(sys.inputs.others))))
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)"""
    return _compiled("SVG", source, {"width": str(width_mm), "svg": weighed(svg)}, format="png", ppi=float(ppi))


@cache
def _fonts(*, others: bool) -> typst.Fonts:
    places = [*folders.own(), *(folders.others() if others else ())]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(place) for place in places])


def _compiled(name: str, source: bytes, inputs: dict[str, str], **more: Any) -> bytes:
    others = not all(map(folders.own_have, set("".join(inputs.values())) - {"\n", "\r", "\t"}))
    inputs |= {"others": json.dumps(folders.OTHER_FAMILIES if others else ())}
    try:
        found = typst.compile(source, font_paths=_fonts(others=others), ignore_system_fonts=True, sys_inputs=inputs, **more)
    except typst.TypstError as error:
        raise PlanBroken(file=name, detail=error.message) from error
    assert isinstance(found, bytes)  # noqa: S101 (a list only where several pictures are asked for)
    return found
