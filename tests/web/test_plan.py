from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from imagestolive import teaching
from imagestolive.words import LANGUAGES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_plan_is_there_in_every_language_with_a_way_to_each_section(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/plan?lang={lang}").text
    plan = teaching.plan(lang)
    assert f"<h1>{plan.title}</h1>" in page
    for section in plan.sections:
        assert f'<a href="#{section.id}">' in page
        assert f' id="{section.id}"' in page
    assert '<span class="min">' in page
    assert page.count("<h1") == 1
