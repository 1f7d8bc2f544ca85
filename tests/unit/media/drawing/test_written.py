"""Text made ready to be drawn: what is taken out, what is one character, where a line may break."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmkit.media.drawing.written import clusters, drawable, is_emoji, paragraphs, words


@pytest.mark.parametrize(
    "text",
    [
        "50%: it's \\ [x] {y} %{pts}",
        "',drawtext=textfile=SECRET:null='",
        "שלום",
        "日本語",
        "👩‍🚀",
        "a\u0301\u0323",
        "a\nb",
    ],
)
def test_what_one_sees_stays_as_written(text: str) -> None:
    assert drawable(text).text == text
    assert not drawable(text).removed


@pytest.mark.parametrize(
    ("text", "kept", "removed"),
    [
        ("a\u202eevil\u202c", "aevil", ("U+202C", "U+202E")),
        ("\u2066x\u2069\x07\x00", "x", ("U+0000", "U+0007", "U+2066", "U+2069")),
        ("\ud800a\ufeff", "a", ("U+D800", "U+FEFF")),
        ("\x1b[31mred", "[31mred", ("U+001B",)),
    ],
)
def test_control_characters_and_steering_are_taken_out_and_named(
    text: str, kept: str, removed: tuple[str, ...]
) -> None:
    assert drawable(text).text == kept
    assert drawable(text).removed == removed


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\u2028", "\x85", "\v"])
def test_new_lines_of_all_kinds_are_kept(end: str) -> None:
    assert list(paragraphs(drawable(f"one{end}two").text)) == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("e\u0301a", 2),
        ("👩‍🚀👨‍👩‍👧‍👦", 2),
        ("👍🏽!", 2),
        ("🇮🇱🇯🇵🇫", 3),
        ("1\ufe0f\u20e3", 1),
        ("🏳️‍🌈", 1),
        ("\u1112\u1161\u11ab", 1),
        ("a\u200db", 2),
        ("नी", 1),
        ("a🏽", 2),
    ],
)
def test_what_is_seen_as_one_character_is_one_cluster(text: str, count: int) -> None:
    assert len(clusters(text)) == count


@pytest.mark.parametrize(
    ("cluster", "expected"), [("👩", True), ("☺\ufe0f", True), ("a", False), ("日", False), ("→", False)]
)
def test_emoji_are_told_from_other_signs(cluster: str, expected: bool) -> None:
    assert is_emoji(cluster) is expected


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("one two  three", ["one ", "two  ", "three"]),
        ("low-angle shot", ["low-", "angle ", "shot"]),
        ("-6 dB", ["-6 ", "dB"]),
        ("10\u00a0dB or", ["10\u00a0dB ", "or"]),
        ("日本、語", ["日", "本、", "語"]),
        ("「日」", ["「日」"]),
        ("한국어 제목", ["한국어 ", "제목"]),
        ("wait … now!", ["wait … ", "now!"]),
        ("waves — CC0", ["waves — ", "CC0"]),
    ],
)
def test_lines_break_where_a_reader_expects_it(line: str, parts: list[str]) -> None:
    assert words(line) == parts


@given(st.text(max_size=60))
def test_nothing_is_lost_in_words_and_clusters(text: str) -> None:
    line = drawable(text).text.replace("\n", " ")
    assert "".join(words(line)) == line
    assert "".join(clusters(line)) == line
    assert not any(unicodedata.category(char) == "Cc" for char in line)
