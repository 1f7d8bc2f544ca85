"""Cards as they come out: what a slate and a page of credits say, where it stands, the same pixels for one version."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawings import digest_of, make, picture

from filmkit.media.drawing.drawn import Canvas
from filmkit.model.camera import Move
from filmkit.model.recipe import CardRecipe
from filmkit.plan.steps import VERSIONS

GOLDEN = {2: "cbd22c37f05ea69e"}
"""The digest of a few cards by stage version. It changes with Pillow or the fonts, whose ids are in the keys as well.
"""

SLATE = (
    ("heading", "The harbour at dawn"),
    ("shot", "harbour/boat"),
    ("action", "a small red fishing boat leaves the harbour, its wake spreading toward us"),
    ("framing", "wide shot, low angle"),
    ("camera", "push-in, slow"),
    ("note", "the wake ends at the left edge"),
)
CREDITS = (
    ("line", "Shot at the edge of the sea"),
    ("role", "Director"),
    ("name", "Mina Okafor"),
    ("role", "Sound"),
    ("name", "Jonas Lind"),
    ("name", "Ada Park"),
    ("role", "Pictures made with"),
    ("small", "runway gen4.5"),
)
SIZES = [(320, 180), (1280, 720), (3840, 2160), (1080, 1920), (720, 720)]


def slate(lines: tuple[tuple[str, str], ...] = SLATE, size: tuple[int, int] = (640, 360)) -> CardRecipe:
    return CardRecipe(kind="slate", width_px=size[0], height_px=size[1], lines=lines)


def credits(lines: tuple[tuple[str, str], ...] = CREDITS, size: tuple[int, int] = (640, 360)) -> CardRecipe:
    return CardRecipe(kind="credits", width_px=size[0], height_px=size[1], lines=lines)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["slate", "credits"])
def test_cards_are_opaque_and_their_text_is_in_the_safe_area(kind: str, size: tuple[int, int], tmp_path: Path) -> None:
    rgba = picture(slate(size=size) if kind == "slate" else credits(size=size), tmp_path)
    assert rgba.shape == (size[1], size[0], 4)
    assert (rgba[..., 3] == 255).all()
    left, top, right, bottom = Canvas(*size).safe
    written = (rgba[..., :3] != rgba[0, 0, :3]).any(axis=2)
    assert written[top:bottom, left:right].sum() == written.sum() > 0


@pytest.mark.parametrize("role", [role for role, _ in SLATE])
def test_every_line_of_a_slate_is_seen(role: str, tmp_path: Path) -> None:
    whole = picture(slate(), tmp_path / "whole")
    without = picture(slate(tuple(line for line in SLATE if line[0] != role)), tmp_path / "without")
    assert (whole != without).any()


def test_each_kind_of_move_has_its_own_sign(tmp_path: Path) -> None:
    signs = set()
    for move in (
        "static",
        "pan-left",
        "pan-right",
        "tilt-up",
        "tilt-down",
        "push-in",
        "pull-out",
        "roll-cw",
        "roll-ccw",
    ):
        assert move in {known.value for known in Move}
        rgba = picture(slate((("shot", "a/b"), ("camera", f"{move}, slow"))), tmp_path / move)
        signs.add(rgba[240:340, 500:610].tobytes())
    assert len(signs) == 9


def test_a_move_to_the_right_is_the_mirror_of_one_to_the_left() -> None:
    from filmkit.media.drawing.move_sign import draw_sign

    left, right = (
        np.asarray(draw_sign(move, 90, (255, 255, 255)))[..., 3].astype(int) for move in ("pan-left", "pan-right")
    )
    assert np.abs(left - right[:, ::-1]).mean() < 2
    assert np.abs(left - right).mean() > 2


def test_credits_stand_on_black_with_names_right_of_their_roles(tmp_path: Path) -> None:
    rgba = picture(credits((("role", "Director"), ("name", "Mina Okafor"))), tmp_path)
    assert tuple(rgba[0, 0]) == (0, 0, 0, 255)
    bright = np.flatnonzero((rgba[..., 0] > 220).any(axis=0))
    grey = np.flatnonzero(((rgba[..., 0] > 100) & (rgba[..., 0] < 170)).any(axis=0))
    assert grey[0] < bright[0]


def test_credits_of_a_tall_picture_stand_below_their_roles(tmp_path: Path) -> None:
    rgba = picture(credits((("role", "Director"), ("name", "Mina Okafor")), (360, 640)), tmp_path)
    columns = np.flatnonzero((rgba[..., 0] > 100).any(axis=0))
    assert abs((columns[0] + columns[-1]) / 2 - 180) < 3


def test_a_page_of_forty_names_is_made_smaller_and_that_is_said(tmp_path: Path) -> None:
    made = make(credits((("role", "Cast"), *(("name", f"Name {at}") for at in range(60)))), tmp_path)
    assert [event.code for event in made.events] == ["text-small"]


def test_a_scene_without_shots_says_its_name(tmp_path: Path) -> None:
    rgba = picture(slate((("heading", "The lamp"),)), tmp_path)
    rows = np.flatnonzero((rgba[..., 0] > 200).any(axis=1))
    assert 140 < rows[0] < rows[-1] < 220


def test_an_action_as_long_as_a_page_is_shown_whole_and_said(tmp_path: Path) -> None:
    made = make(slate((("shot", "a/b"), ("action", "and then " * 300))), tmp_path)
    assert [event.code for event in made.events] == ["text-small"]


def test_pixels_change_only_with_the_version(tmp_path: Path) -> None:
    recipes = [slate(), slate(SLATE[:1]), credits(), credits(size=(180, 320))]
    drawn = [picture(recipe, tmp_path / str(at)) for at, recipe in enumerate(recipes)]
    assert digest_of(drawn) == GOLDEN[VERSIONS["card"]], "drawn pixels changed: raise the version in plan/steps.py"
