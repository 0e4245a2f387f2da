from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, asdict, fields, replace
from typing import Any

import pytest

from imagestolive.records import ImageRecord

OAK = ImageRecord(dataset="trees", image_id="1", locator="oak.jpg", title="Oak")


def test_what_is_not_said_is_absent() -> None:
    said = {"dataset": "trees", "image_id": "1", "locator": "oak.jpg", "title": "Oak", "people": "unknown", "flags": frozenset()}
    assert asdict(OAK) == {part.name: said.get(part.name, part.default) for part in fields(ImageRecord)}


@pytest.mark.parametrize(
    "facts",
    [{"dataset": "trees", "image_id": "1"}, {"dataset": "trees", "image_id": "1", "locator": "oak.jpg", "titel": "Oak"}],
)
def test_a_record_with_a_name_too_few_or_too_many_is_not_made(facts: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="image_id"):
        ImageRecord(**facts)


def test_a_record_is_as_frozen_and_comparable_as_any_data_class() -> None:
    with pytest.raises(FrozenInstanceError):
        OAK.title = "Elm"  # type: ignore[misc]
    assert replace(OAK, title="Elm") != OAK
    assert replace(OAK, title="Elm", dataset="parks").dataset == "parks"
    assert pickle.loads(pickle.dumps(OAK)) == OAK  # noqa: S301 (our own)
    assert len({OAK, replace(OAK)}) == 1
