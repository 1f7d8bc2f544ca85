"""Lines broken and sized: nothing lost, nothing wider than its room, lines of even lengths."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filmkit.media.drawing.typeset import Paragraph, Room, set_at, set_block


def said(block: object) -> list[str]:
    """The lines of a block as written, where they run from the left."""
    return ["".join(glyphs.text for glyphs in line.glyphs) for line in block.lines]  # type: ignore[attr-defined]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdefgh WMil.-", min_size=1, max_size=60), min_size=1, max_size=3), st.floats(80, 900))
def test_every_word_is_set_inside_the_room(texts: list[str], width: float) -> None:
    room = Room(width, 400, 60, 20, most_lines=2)
    block = set_block([Paragraph(text) for text in texts], room)
    assert block.width <= width + 0.5
    assert block.height <= 400 + 0.5
    assert block.size <= 60
    assert "".join(said(block)).replace(" ", "") == "".join(texts).replace(" ", "")


def test_a_short_text_keeps_the_size_of_its_style() -> None:
    assert set_block([Paragraph("Day one")], Room(900, 300, 48, 20)).size == 48


def test_two_lines_are_of_even_lengths() -> None:
    block = set_at([Paragraph("You are late again and nobody waited for you")], 40, 700)
    widths = [line.width for line in block.lines]
    assert len(widths) == 2
    assert min(widths) > 0.75 * max(widths)


def test_a_long_word_is_made_smaller_before_it_is_torn() -> None:
    block = set_block([Paragraph("Donaudampfschifffahrt")], Room(400, 300, 80, 10, most_lines=1))
    assert said(block) == ["Donaudampfschifffahrt"]
    torn = set_block([Paragraph("Donaudampfschifffahrt")], Room(400, 300, 80, 60))
    assert len(torn.lines) > 1
    assert "".join(said(torn)) == "Donaudampfschifffahrt"


def test_capitals_are_spread() -> None:
    plain, spread = (set_at([Paragraph("LIGHT", tracking=by)], 40, 900).width for by in (0.0, 0.1))
    assert spread == pytest.approx(plain + 4 * 0.1 * 40, abs=2.5)


@pytest.mark.parametrize("text", ["سلام", "Light"])
def test_letters_that_join_and_lower_case_are_not_spread(text: str) -> None:
    plain, spread = (set_at([Paragraph(text, tracking=by)], 40, 900).width for by in (0.0, 0.1))
    assert spread == plain


def test_a_block_too_long_for_any_letter_is_refused() -> None:
    with pytest.raises(ValueError, match="50,000 characters have no room"):
        set_block([Paragraph("x" * 50_000)], Room(100, 50, 20, 10))
