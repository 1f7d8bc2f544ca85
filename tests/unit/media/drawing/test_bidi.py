"""The order of characters as they are seen, compared with cases of UAX #9 worked out by its reference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmkit.media.drawing.bidi import base_level, levels_of, visual_order

# code points, the paragraph's level, the level of each character (cases of Unicode's BidiCharacterTest)
CASES = [
    ("062A 0031 002F 0032", 0, "1 2 2 2"),
    ("0661 002D 0031", 0, "2 0 0"),
    ("0061 0020 0031 0020 0032 002D 0033", 1, "2 2 2 2 2 2 2"),
    ("05D0 0020 0031 002D 0032", 0, "1 1 2 2 2"),
    ("0061 0028 05D0 005B 05D1 005D 0021 0029 0062", 0, "0 0 1 1 1 1 0 0 0"),
    ("0061 0028 05D0 005B 05D1 005D 0021 0029 0062", 1, "2 1 1 1 1 1 1 1 2"),
    ("05D0 0028 0061 005B 0062 005D 0021 0029 05D1", 0, "1 0 0 0 0 0 0 0 1"),
    ("05D0 0028 0061 005B 0062 005D 0021 0029 05D1", 1, "1 1 2 2 2 2 1 1 1"),
    ("05D0 0028 0028 007B 05D1 2680 005B 005D 0029 007D 005B 05D2 005B 005D 005D 0061 0029", 0,
     "1 0 0 0 1 0 0 0 0 0 0 1 0 0 0 0 0"),
    ("0028 0061 005B 005B 005D 05D0 005D 007B 0028 005B 005D 2680 05D1 007D 0029 0029 05D2", 1,
     "1 2 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"),
    ("0031 0028 0061 0029", 1, "2 1 2 1"),
    ("0661 0028 0061 0029", 0, "2 0 0 0"),
    ("05D0 0028 0661 0029", 0, "1 1 2 1"),
    ("0028 05D0 0029 0031", 0, "0 1 0 2"),
    ("0028 05D0 0627 0029 0020 0031 002D 0032", 0, "0 1 1 0 0 2 1 2"),
    ("0028 0627 05D0 0029 0020 0031 002D 0032", 1, "1 1 1 1 1 2 2 2"),
    ("002B 0661 0028 0662 0029", 0, "0 2 1 2 1"),
    ("0661 0009 0028 0662 0029", 0, "2 0 1 2 1"),
    ("05D0 0029 0028 0301 0031 0029", 0, "1 1 1 1 2 1"),
    ("0627 0028 0661 003F 0020 0029 005D", 0, "1 1 2 1 1 1 0"),
    ("0061 0028 0332 0062 0029 0333", 1, "2 2 2 2 2 2"),
    ("0661 0028 0332 0662 0029 0333", 0, "2 1 1 2 1 1"),
]  # fmt: skip


@pytest.mark.parametrize(("codes", "base", "levels"), CASES)
def test_levels_are_those_of_the_reference(codes: str, base: int, levels: str) -> None:
    text = "".join(chr(int(code, 16)) for code in codes.split())
    assert levels_of(text, base) == [int(level) for level in levels.split()]


def test_brackets_beyond_the_reference_capacity_stay_single() -> None:
    text = "a" + "(" * 64 + "b" + ")" * 64
    assert levels_of(text, 1) == [2] * 66 + [1] * 64


def test_brackets_at_the_capacity_are_pairs() -> None:
    assert levels_of("a" + "(" * 63 + "b" + ")" * 63, 1) == [2] * 128


@pytest.mark.parametrize(("text", "level"), [("abc", 0), ("12 שלום", 1), ("…مرحبا", 1), ("123", 0), ("", 0)])
def test_the_first_strong_letter_gives_the_direction(text: str, level: int) -> None:
    assert base_level(text) == level


def test_hebrew_with_numbers_is_seen_right_to_left_with_the_numbers_left_to_right() -> None:
    text = "שלום 12:30"
    assert "".join(text[at] for at in visual_order(levels_of(text))) == "12:30 םולש"


@given(st.text(alphabet="abאבד١2 .,:(+-)[]%\u0301!", max_size=30))
def test_every_character_is_seen_once(text: str) -> None:
    assert sorted(visual_order(levels_of(text))) == list(range(len(text)))


@given(st.text(alphabet="abc XYZ.,!?", max_size=30))
def test_text_from_the_left_stays_in_order(text: str) -> None:
    assert visual_order(levels_of(text)) == list(range(len(text)))
