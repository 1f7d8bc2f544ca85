"""Titles as they come out: the text as written, inside the safe area, readable, the same bytes everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from drawings import digest_of, ink_of, likeness, make, picture, reference, titled
from PIL import Image

from filmkit.errors import StepFailed
from filmkit.media.drawing.drawn import Canvas
from filmkit.media.drawing.title_styles import STYLES
from filmkit.model.recipe import TitleRecipe
from filmkit.model.titles import TitlePlace
from filmkit.plan.steps import VERSIONS

GOLDEN = {2: "e5e8147800782e28"}
"""The digest of a few titles by stage version. It changes with Pillow or the fonts, whose ids are in the keys as
well.
"""

HOSTILE = ["50%:%{pts}", "it's 100%", "a\\b\\n", "[in];{x}", "',null='", "a:b=c,d", "$(x) `y`", "<b>&amp;</b>"]
SIZES = [(320, 180), (1280, 720), (3840, 2160), (1080, 1920), (720, 720)]


LARGE = (1920, 1080)
FINE_PX = 0.052 * 1080 * 3
"""The size at which letters of a subtitle on the large canvas are drawn before they are averaged down."""


PLAIN = ["->", "2x3", "x-->y", "(c)", "12:30"]
"""Signs that a font's own features would make others of."""


@pytest.mark.parametrize("text", HOSTILE + PLAIN)
def test_signs_of_filters_and_shells_come_out_as_written(text: str, tmp_path: Path) -> None:
    drawn = ink_of(titled(text, tmp_path, size=LARGE))
    right = likeness(drawn, reference([text], size_px=FINE_PX, features=["-calt"]))
    changed = (text[:at] + "o" + text[at + 1 :] for at in range(len(text)))
    assert right > 0.95
    assert (
        right
        > max(likeness(drawn, reference([other], size_px=FINE_PX, features=["-calt"])) for other in changed) + 0.005
    )


def test_hebrew_is_seen_from_the_right(tmp_path: Path) -> None:
    drawn = ink_of(titled("אבגד", tmp_path, size=LARGE))
    assert likeness(drawn, reference([*"דגבא"], "wide")) > 0.92
    assert likeness(drawn, reference([*"אבגד"], "wide")) < 0.7


def test_arabic_letters_join(tmp_path: Path) -> None:
    drawn = ink_of(titled("سلام", tmp_path, size=LARGE))
    assert likeness(drawn, reference(["سلام"], "wide", direction="rtl")) > 0.92
    assert likeness(drawn, reference([*"مالس"], "wide")) < 0.7


def test_two_directions_in_one_line_keep_their_order(tmp_path: Path) -> None:
    drawn = ink_of(titled("FIN סוף (12)", tmp_path, size=LARGE))
    faces = ["sans", "wide", "wide", "wide", "wide"]
    assert likeness(drawn, reference(["FIN ", "(12) ", *"ףוס"], faces)) > 0.85  # the number belongs to the Hebrew
    assert likeness(drawn, reference(["FIN ", *"ףוס", " (12)"], faces)) < 0.75


@pytest.mark.parametrize(
    "text",
    ["映", "画", "あ", "ア", "한", "♥", "→", "😀", "👩‍🚀", "🏳️‍🌈", "☺️", "é", "e\u0301", "Ж", "Ω", "ß", "—", "…", "€"],
)
def test_no_sign_is_an_empty_box(text: str, tmp_path: Path) -> None:
    made = make(TitleRecipe(width_px=640, height_px=360, text=text, style="subtitle"), tmp_path / "made")
    assert not made.events
    boxes = titled("\U0010fffd", tmp_path / "box")
    assert likeness(ink_of(boxes), ink_of(titled(text, tmp_path))) < 0.8


def test_a_letter_and_its_mark_are_the_composed_letter(tmp_path: Path) -> None:
    apart, composed = titled("e\u0301", tmp_path / "1"), titled("é", tmp_path / "2")
    assert likeness(ink_of(apart), ink_of(composed)) > 0.98


def test_a_glyph_that_no_font_has_is_said(tmp_path: Path) -> None:
    made = make(TitleRecipe(width_px=320, height_px=180, text="a\U0010fffd"), tmp_path)
    assert [event.code for event in made.events] == ["glyph-missing"]
    assert made.events[0].touches_content
    assert "U+10FFFD" in made.events[0].message


def test_control_characters_are_not_drawn_and_said(tmp_path: Path) -> None:
    made = make(TitleRecipe(width_px=320, height_px=180, text="ab\u202e\x07c"), tmp_path / "1")
    assert [event.code for event in made.events] == ["text-cleaned"]
    plain = picture(TitleRecipe(width_px=320, height_px=180, text="abc"), tmp_path / "2")
    assert np.array_equal(np.asarray(Image.open(Path(made.outputs["picture"]))), plain)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("style", sorted(STYLES))
def test_nothing_is_drawn_outside_the_safe_area(style: str, size: tuple[int, int], tmp_path: Path) -> None:
    for text in ("FIRST LIGHT", "word " * 60, "x" * 120 + "\nÅgj\u0301\u0323"):
        alpha = titled(text, tmp_path, style, size)[..., 3]
        left, top, right, bottom = Canvas(*size).safe
        inside = alpha[top:bottom, left:right]
        assert inside.any()
        assert int(alpha.astype(np.int64).sum()) == int(inside.astype(np.int64).sum())


@pytest.mark.parametrize("place", [place.value for place in TitlePlace])
def test_a_title_stands_where_it_is_placed(place: str, tmp_path: Path) -> None:
    alpha = picture(TitleRecipe(width_px=640, height_px=360, text="Here", style="subtitle", place=place), tmp_path)[
        ..., 3
    ]
    rows, columns = np.flatnonzero(alpha.any(axis=1)), np.flatnonzero(alpha.any(axis=0))
    middle = (rows.mean() / 360, columns.mean() / 640)
    vertical = {"top": 0, "middle": 1, "bottom": 2}[place.split("-")[0]]
    across = {"left": 0, "right": 2}.get(place.split("-")[-1], 1)
    assert (int(middle[0] * 3), int(middle[1] * 3)) == (vertical, across)


@pytest.mark.parametrize("style", sorted(STYLES))
@pytest.mark.parametrize("size", [(320, 180), (1280, 720)])
@pytest.mark.parametrize("brightness", [0, 255])
def test_letters_stand_out_on_bright_and_on_dark(
    style: str, size: tuple[int, int], brightness: int, tmp_path: Path
) -> None:
    rgba = titled("Readable", tmp_path, style, size).astype(float)
    alpha = rgba[..., 3:] / 255
    seen = (rgba[..., :3] * alpha + brightness * (1 - alpha)).mean(axis=2)
    ink = rgba[..., 1] * alpha[..., 0] / 255
    edge = (ink < 0.1) & (_grown(ink > 0.7, 2 if size[0] < 640 else 4))
    assert seen[ink > 0.7].mean() - seen[edge].mean() > 70


def _grown(mask: np.ndarray, pixels: int) -> np.ndarray:
    shifts = range(-pixels, pixels + 1)
    return np.any([np.roll(mask, (down, across), (0, 1)) for down in shifts for across in shifts], axis=0)


def test_new_lines_are_kept(tmp_path: Path) -> None:
    one, three = (titled(text, tmp_path)[..., 3].any(axis=1).sum() for text in ("H", "H\nH\nH"))
    assert three > 2.5 * one


def test_a_long_text_is_made_smaller_and_that_is_said(tmp_path: Path) -> None:
    recipe = TitleRecipe(width_px=640, height_px=360, text="many words " * 200)
    assert [event.code for event in make(recipe, tmp_path).events] == ["text-small"]


def test_a_text_without_room_fails_in_words(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="no room"):
        make(TitleRecipe(width_px=64, height_px=36, text="x" * 30_000), tmp_path)


def test_an_unknown_style_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="lower-third, main, slate, subtitle"):
        make(TitleRecipe(width_px=64, height_px=36, text="x", style="sparkle"), tmp_path)


def test_a_colour_fills_the_canvas(tmp_path: Path) -> None:
    assert (picture(TitleRecipe(width_px=64, height_px=36, color="#ff8000"), tmp_path) == (255, 128, 0, 255)).all()


def test_an_image_keeps_its_alpha_and_the_safe_area(tmp_path: Path) -> None:
    source = np.zeros((400, 800, 4), np.uint8)
    source[:, :400] = (200, 40, 30, 128)
    Image.fromarray(source).save(tmp_path / "logo.png")
    recipe = TitleRecipe(width_px=320, height_px=180, has_image=True, place="top-left")
    drawn = picture(recipe, tmp_path / "drawn", tmp_path / "logo.png")
    left, top, right, _ = Canvas(320, 180).safe
    rows, columns = np.flatnonzero(drawn[..., 3].any(axis=1)), np.flatnonzero(drawn[..., 3].any(axis=0))
    assert (rows[0], columns[0]) == (top, left)
    assert abs(columns[-1] - (left + (right - left) / 2)) < 5
    assert np.abs(drawn[top + 30, left + 50].astype(int) - (200, 40, 30, 128)).max() <= 1


def test_a_small_image_is_not_enlarged(tmp_path: Path) -> None:
    Image.new("RGBA", (20, 10), (1, 2, 3, 255)).save(tmp_path / "dot.png")
    drawn = picture(TitleRecipe(width_px=320, height_px=180, has_image=True), tmp_path / "drawn", tmp_path / "dot.png")
    assert (drawn[..., 3] == 255).sum() == 200
    assert drawn[85:95, 150:170, 3].all()


def test_an_image_that_is_none_fails_in_words(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(StepFailed, match="cannot identify"):
        make(TitleRecipe(width_px=64, height_px=36, has_image=True), tmp_path / "drawn", tmp_path / "bad.png")


def test_the_same_title_has_the_same_bytes_in_another_place_and_time(tmp_path: Path) -> None:
    text = "LICHT — שלום é 映画"
    mine = Path(
        make(TitleRecipe(width_px=320, height_px=180, text=text), tmp_path / "mine").outputs["picture"]
    ).read_bytes()
    script = (
        "import sys; from pathlib import Path; from drawings import make; from filmkit.model.recipe import TitleRecipe;"
        f"make(TitleRecipe(width_px=320, height_px=180, text={text!r}), Path(sys.argv[1]))"
    )
    env = {**os.environ, "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Apia", "PYTHONHASHSEED": "7", "PYTHONUTF8": "1"}
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "other")], env=env, check=True)
    assert (tmp_path / "other" / "picture.png").read_bytes() == mine
    assert b"tEXt" not in mine
    assert b"tIME" not in mine


def test_pixels_change_only_with_the_version(tmp_path: Path) -> None:
    drawn = [titled("First Light\nשלום 映画 ☺", tmp_path / style, style) for style in sorted(STYLES)]
    assert digest_of(drawn) == GOLDEN[VERSIONS["title"]], "drawn pixels changed: raise the version in plan/steps.py"
