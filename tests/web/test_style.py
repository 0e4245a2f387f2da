"""The style sheet: its contrasts are those of the design, and it stays small."""

from __future__ import annotations

import re

import pytest

from imagestolive import resources

STATIC = resources.PACKAGE / "web" / "static"
STYLE = (STATIC / "style.css").read_text(encoding="utf-8")
PLAN = (STATIC / "plan.css").read_text(encoding="utf-8")  # of the few pages with documents, on top
TEMPLATES = sorted(resources.folder("templates").rglob("*.html"))

# front, back, the least contrast between them (WCAG 2.2: 4.5 for text, 3 for parts; 7 is what we ask of plain text)
FLOORS = [
    ("ink", "paper", 7),
    ("ink", "wash", 7),
    ("ink-2", "paper", 4.5),
    ("ink-2", "wash", 4.5),
    ("mark", "paper", 4.5),
    ("paper", "ink", 7),
    ("paper", "ink-2", 4.5),
    ("edge", "paper", 3),
    ("focus", "paper", 3),
]


def tokens() -> dict[str, dict[str, str]]:
    light, dark = (dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", root)) for root in re.findall(r":root \{(.*?)\}", STYLE, re.S))
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "floor"), FLOORS)
def test_what_is_to_be_read_stands_out(theme: str, front: str, back: str, floor: float) -> None:
    colours = tokens()[theme]
    darker, lighter = sorted((luminance(colours[front]), luminance(colours[back])))
    assert (lighter + 0.05) / (darker + 0.05) >= floor


def test_it_is_no_larger_than_eighteen_kilobytes_and_loads_nothing_from_elsewhere() -> None:
    assert len(STYLE.encode()) <= 18_000
    assert len(PLAN.encode()) <= 5_000
    assert all(address.startswith("../fonts/") for address in re.findall(r"url\(([^)]*)\)", STYLE + PLAN))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_templates_carry_no_style_no_script_and_nothing_unescaped(template: object) -> None:
    text = template.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert not re.search(r"\sstyle=|<script|\son\w+=|\|\s*safe\b|autoescape", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_class_of_a_template_is_one_of_the_style_sheet(template: object) -> None:
    text = template.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    plain = re.sub(r"{%.*?%}|{{.*?}}", " ", text, flags=re.S)
    used = {name for names in re.findall(r'class="([^"]*)"', plain) for name in names.split()}
    known = set(re.findall(r"\.([a-z][\w-]*)", STYLE + PLAN))
    assert used <= known
