from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagestolive.datasets.boxes import in_fractions, whole

PIXELS = st.floats(min_value=-1e6, max_value=1e6)
SIDES = st.integers(min_value=1, max_value=20_000)


@given(corners=st.tuples(PIXELS, PIXELS, PIXELS, PIXELS), width_px=SIDES, height_px=SIDES)
def test_a_box_lies_inside_the_image_with_its_corners_in_order_or_is_none(corners: Any, width_px: int, height_px: int) -> None:
    box = in_fractions(corners, width_px, height_px)
    if box is not None:
        assert 0 <= box[0] < box[2] <= 1
        assert 0 <= box[1] < box[3] <= 1


@pytest.mark.parametrize("corners", [(1, 2, 3), (1, 2, 3, "x"), (1, 2, 3, None), (1, 2, 3, float("nan")), (1, 2, 3, 10**400), None, 7])
def test_what_is_no_four_numbers_is_no_box(corners: Any) -> None:
    with pytest.raises((TypeError, ValueError, OverflowError)):
        in_fractions(corners, 100, 50)


@pytest.mark.parametrize("value", [0, -1, True, 1.0, "7", None, 2**53, [7]])
def test_what_is_not_whole_and_above_zero_is_no_side_and_no_id(value: Any) -> None:
    with pytest.raises(ValueError, match=re.escape(str(value))):
        whole(value)


def test_a_whole_number_comes_back_as_it_is() -> None:
    assert (whole(1), whole(2**53 - 1)) == (1, 2**53 - 1)
