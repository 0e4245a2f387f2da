"""A plan -> a piece of HTML for a page that has its own h1. Markdown only: HTML written in a plan is shown, not obeyed."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from imagestolive.teaching import Heading, Plan


def render(plan: Plan) -> str:
    """Sections as h2 with an id, steps as `<ol class="steps">` with their minutes beside them, blockquotes for words said aloud."""
    tokens = _MARKDOWN.parse(plan.markdown)
    starts = [at for at, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0]
    texts = [_html(tokens[start + 3 : end]) for start, end in pairwise([*starts, len(tokens)])]  # a heading is three tokens
    pieces = [_html(tokens[: starts[0]] if starts else tokens)]
    for in_steps, group in groupby(zip(plan.headings, texts, strict=True), key=lambda part: part[0].is_step):
        if in_steps:
            pieces += ['<ol class="steps">\n', *map(_step, group), "</ol>\n"]
        else:
            pieces += map(_headed, group)
    return "".join(pieces)


def _step(part: tuple[Heading, str]) -> str:
    return f'<li><span class="min">{part[0].minutes} min</span><div>\n{_headed(part)}</div></li>\n'


def _headed(part: tuple[Heading, str]) -> str:
    heading, text = part
    title = html.escape(heading.title)
    if heading.minutes is not None and not heading.is_step:
        title += f", {heading.minutes} min"
    return f'<h{heading.level} id="{heading.id}">{title}</h{heading.level}>\n{text}'


def _html(tokens: Sequence[Token]) -> str:
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def _link_open(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """The links of a plan lead out of the site, and say nothing of where the reader came from."""
    tokens[index].attrSet("rel", "noreferrer")
    return renderer.renderToken(tokens, index, options, env)


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).disable(["lheading", "image"])
    markdown.add_render_rule("link_open", _link_open)
    return markdown


_MARKDOWN = _markdown()
