"""The table of our fonts is current and true, and asking it needs no font library."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from filmkit.media.drawing.coverage import FOLDER, TABLE, _unpacked, characters_of, font_coverage, packed, table_of
from filmkit.media.drawing.faces import FACES, face_runs, missing_glyphs
from filmkit.media.library_ids import drawing_tools

LANGUAGES = [
    "The quick brown fox — “jumps” over 13 lazy dogs; it’s 100% «so», isn't it? {[(a|b\\c)]} #@&*~^_+=<>$€£¥©®™…•°",
    "Příliš žluťoučký kůň; Łódź; Þórr ğüşiöç; Việt Nam: tiếng; Ελληνικά; Съешь ещё; Ñandú ß Œuvre",
    "עברית: דג סקרן שט בים 12:30",
    "العربية: نص حكيم له سر قاطع ٣",
    "日本語のタイトル、東京。「カタカナ」",
    "中文標題：电影剧本，谢谢！",
    "한국어 제목",
    "😀 🎬 👩‍🚀 👨‍👩‍👧‍👦 👍🏽 ❤️ ☺️ 🏳️‍🌈 1️⃣ ✨",
    "→ ← ↑ ↓ ♪ ♫ ✓ ★ ☆ ■ ● ½ × ÷ ≠ ≤ ≥ ∞ √",
]


def test_the_table_is_current() -> None:
    found = json.loads(json.dumps(table_of(FOLDER)))
    assert json.loads(TABLE.read_text()) == found, "run: python -m filmkit.media.drawing.coverage"


def test_every_face_has_its_font_and_every_font_a_face() -> None:
    assert {face.file for face in FACES.values()} == set(font_coverage())


def test_every_font_has_its_licence() -> None:
    licences = [path.name for path in FOLDER.iterdir() if path.suffix == ".txt"]
    assert licences, "fonts are kept with their licences"


@pytest.mark.parametrize("name", sorted({face.file for face in FACES.values()}))
def test_covered_characters_have_a_glyph_of_their_own(name: str) -> None:
    font = ImageFont.truetype(str(FOLDER / name), 40)
    covered = characters_of((FOLDER / name).read_bytes())
    box = font.getmask("\U0010fffd")
    letters = [code for code in sorted(covered) if chr(code).isalpha()][:: max(1, len(covered) // 40)]
    assert letters or FACES["emoji"].file == name
    drawn = [font.getmask(chr(code)) for code in letters]
    assert all(mask.size != box.size or bytes(mask) != bytes(box) for mask in drawn)


@pytest.mark.parametrize("text", LANGUAGES)
def test_what_people_write_is_in_our_fonts(text: str) -> None:
    assert missing_glyphs(text) == set()


@pytest.mark.parametrize("text", ["\U0010fffd", "\uf123", "a\U0010fffdb"])
def test_what_no_font_has_is_named(text: str) -> None:
    assert missing_glyphs(text) == set(text) - {"a", "b"}


def test_control_characters_are_not_called_missing() -> None:
    assert missing_glyphs("a\x07\u202e\n\tb") == set()


def test_emoji_go_to_their_font_and_words_are_not_torn() -> None:
    assert [run.face for run in face_runs("Up, up: ✨!", "sans")][:1] == ["sans"]
    assert len(face_runs("שלום, עולם!", "title")) == 1
    assert face_runs("1️⃣", "sans")[0].face == "emoji"


def test_digits_and_brackets_stay_in_the_face_of_text_from_the_right() -> None:
    assert [run.face for run in face_runs("סוף (12)", "sans")] == ["wide"]
    assert [run.face for run in face_runs("2024年12月", "sans")] == ["sans", "cjk", "sans", "cjk"]


@given(st.sets(st.integers(0, 0x2FFF)))
def test_packed_ranges_hold_exactly_their_characters(codes: set[int]) -> None:
    coverage = _unpacked(packed(codes))
    assert {code for code in range(0x3000) if chr(code) in coverage} == codes


def test_asking_opens_no_font_library() -> None:
    asking = (
        "import sys; from filmkit.media.drawing.faces import missing_glyphs;"
        "from filmkit.media.library_ids import drawing_tools;"
        "missing_glyphs('été 映'); drawing_tools(); print([m for m in ('PIL', 'numpy', 'moviepy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_ids_name_what_draws() -> None:
    assert set(drawing_tools()) == {"pillow", "fonts"}
