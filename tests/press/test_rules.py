"""An image that is withdrawn while a file is being made is not in the file."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from pressed import EN, Made

from imagestolive.press.archive import archive
from imagestolive.press.credits import FORMS, write_credits
from imagestolive.press.posters import posters
from imagestolive.press.singles import single_cards
from imagestolive.press.triptychs import triptychs

Write = Callable[..., object]


def writers() -> list[tuple[str, Write]]:
    def with_made(write: Write, **more: object) -> Write:
        return lambda made, out, progress: write(made.press, made.drawn, made.policy, out, EN, progress=progress, **more)

    return [
        ("posters", with_made(posters, paper_key="a4")),
        ("triptychs", with_made(triptychs)),
        ("single cards", with_made(single_cards)),
        ("archive", with_made(archive)),
        *((f"credits.{form}", with_made(write_credits, form=form)) for form in FORMS),
    ]


@pytest.mark.parametrize("write", [write for _, write in writers()], ids=[name for name, _ in writers()])
def test_an_image_that_is_withdrawn_meanwhile_is_not_in_the_file(make: Callable[..., Made], write: Write) -> None:
    made = make(1, 2)
    made.policy = made.withdraw(2)
    under_these_rules, meanwhile = BytesIO(), BytesIO()
    write(made, under_these_rules, None)
    made.flags.write_text("dataset,image_id,reason\n", encoding="utf-8")
    made.policy = made.press.pipeline.policy(sold=False)
    withdrawn: list[int] = []

    def withdraw_once(done: int, of: int) -> None:
        if not withdrawn:
            withdrawn.append(2)
            made.withdraw(2)

    write(made, meanwhile, withdraw_once)
    assert withdrawn
    assert meanwhile.getvalue() == under_these_rules.getvalue()
