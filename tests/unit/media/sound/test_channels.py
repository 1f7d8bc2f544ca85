"""Loudspeaker layouts fold to stereo by ITU-R BS.775."""

from __future__ import annotations

import pytest

from filmkit.media.sound.channels import fold_to_stereo, is_known_layout, pan_expression

A = 0.707107


@pytest.mark.parametrize(
    ("channels", "layout", "left", "right"),
    [
        (1, "mono", (1,), (1,)),
        (2, "stereo", (1, 0), (0, 1)),
        (3, "3.0", (1, 0, A), (0, 1, A)),
        (4, "quad", (1, 0, A, 0), (0, 1, 0, A)),
        (6, "5.1", (1, 0, A, 0, A, 0), (0, 1, A, 0, 0, A)),
        (6, "5.1(side)", (1, 0, A, 0, A, 0), (0, 1, A, 0, 0, A)),
        (7, "6.1", (1, 0, A, 0, 0.5, A, 0), (0, 1, A, 0, 0.5, 0, A)),
        (8, "7.1", (1, 0, A, 0, A, 0, A, 0), (0, 1, A, 0, 0, A, 0, A)),
        (3, "FL+FR+LFE", (1, 0, 0), (0, 1, 0)),
        (6, "", (1, 0, A, 0, A, 0), (0, 1, A, 0, 0, A)),
        (2, "6 channels", (1, 0), (0, 1)),
        (9, "9 channels", (0.5,) * 9, (0.5,) * 9),
    ],
)
def test_fold_is_that_of_bs_775(channels: int, layout: str, left: tuple[float, ...], right: tuple[float, ...]) -> None:
    assert fold_to_stereo(channels, layout) == (left, right)


def test_an_expression_holds_numbers_and_indices_only() -> None:
    assert pan_expression(1, "x;amovie=/etc/passwd") == "stereo|c0=1*c0|c1=1*c0"
    assert pan_expression(6, "5.1") == "stereo|c0=1*c0+0.707107*c2+0.707107*c4|c1=1*c1+0.707107*c2+0.707107*c5"


def test_layouts_that_say_nothing_are_told() -> None:
    assert is_known_layout(6, "5.1")
    assert not is_known_layout(6, "6 channels")
    assert not is_known_layout(6, "stereo")
