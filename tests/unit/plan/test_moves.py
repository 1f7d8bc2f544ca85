"""Camera moves over a still: windows inside the picture, the way their name says, by the amount of their pace."""

from __future__ import annotations

from math import cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmkit.model.camera import Camera, Move, Pace
from filmkit.model.recipe import Window
from filmkit.plan.moves import APPROXIMATED, shake_of, windows_of

MIDDLE = (0.5, 0.5)
MOVES, PACES = st.sampled_from(list(Move)), st.sampled_from(list(Pace))
CAMERAS = (
    st.builds(Camera, move=MOVES, pace=PACES, then=st.none() | st.builds(Camera, move=MOVES, pace=PACES)) | st.none()
)
SHAPES = st.floats(0.3, 3.5)
WIDE = 16 / 9


def corners(window: Window, shape: float, canvas: float = WIDE) -> list[tuple[float, float]]:
    """The window's corners as fractions of the picture, its roll taken into account."""
    width, height = min(1.0, 1 / shape) / window.zoom, min(1.0, shape) / window.zoom
    wide = shape * canvas  # the picture's own width for a height of 1
    found = []
    for across in (-width * wide / 2, width * wide / 2):
        for down in (-height / 2, height / 2):
            x = across * cos(radians(window.roll)) - down * sin(radians(window.roll))
            y = across * sin(radians(window.roll)) + down * cos(radians(window.roll))
            found.append((window.x + x / wide, window.y + y))
    return found


@given(CAMERAS, SHAPES, st.tuples(st.floats(0, 1), st.floats(0, 1)), st.floats(1, 4))
def test_windows_stay_inside_the_picture(
    camera: Camera | None, shape: float, focus: tuple[float, float], zoom: float
) -> None:
    windows = windows_of(camera, shape, focus, zoom)
    assert len(windows) == (3 if camera and camera.then else 2)
    for window in windows:
        assert window.zoom >= 1
        for x, y in corners(Window(x=window.x, y=window.y, zoom=window.zoom), shape):
            assert -1e-5 <= x <= 1 + 1e-5 and -1e-5 <= y <= 1 + 1e-5


@pytest.mark.parametrize("then", [None, "roll-cw", "roll-ccw"])
@pytest.mark.parametrize("pace", list(Pace))
@pytest.mark.parametrize("move", ["roll-cw", "roll-ccw"])
def test_a_roll_keeps_its_corners_in_the_picture(move: str, pace: Pace, then: str | None) -> None:
    camera = Camera(move=Move(move), pace=pace, then=Camera(move=Move(then), pace=pace) if then else None)
    windows = windows_of(camera, 1.0, MIDDLE, 1.0)
    assert {window.zoom for window in windows} == {windows[0].zoom}, "a roll is no push"
    for window in windows:
        assert all(-0.002 <= x <= 1.002 and -0.002 <= y <= 1.002 for x, y in corners(window, 1.0)), window


DIRECTIONS = {
    "pan-left": ("x", -1), "pan-right": ("x", 1), "truck-left": ("x", -1), "truck-right": ("x", 1),
    "orbit-left": ("x", -1), "orbit-right": ("x", 1), "tilt-up": ("y", -1), "tilt-down": ("y", 1),
    "pedestal-up": ("y", -1), "pedestal-down": ("y", 1), "crane-up": ("y", -1), "crane-down": ("y", 1),
    "zoom-in": ("zoom", 1), "push-in": ("zoom", 1), "follow": ("zoom", 1), "zoom-out": ("zoom", -1),
    "pull-out": ("zoom", -1), "roll-cw": ("roll", 1), "roll-ccw": ("roll", -1),
}  # fmt: skip


def gone(move: str, pace: Pace, field: str, shape: float = 1.0) -> float:
    """How far a move goes in one of the window's fields."""
    first, last = windows_of(Camera(move=Move(move), pace=pace), shape, MIDDLE, 1.0)
    return float(getattr(last, field) - getattr(first, field))


@pytest.mark.parametrize("move", sorted(DIRECTIONS))
def test_a_move_goes_where_its_name_says_the_further_the_faster(move: str) -> None:
    field, sign = DIRECTIONS[move]
    by_pace = [gone(move, pace, field) * sign for pace in (Pace.STILL, Pace.SLOW, Pace.NORMAL, Pace.FAST)]
    assert by_pace[0] == 0
    assert by_pace == sorted(by_pace) and len(set(by_pace)) == 4, by_pace


def test_every_move_has_a_direction_or_stands() -> None:
    assert set(Move) == {Move(move) for move in DIRECTIONS} | {Move.STATIC, Move.HANDHELD}


@pytest.mark.parametrize("move", ["static", "handheld"])
def test_a_camera_that_stands_keeps_its_window(move: str) -> None:
    first, last = windows_of(Camera(move=Move(move)), 1.2, (0.4, 0.5), 1.5)
    assert first == last and (first.x, first.zoom) == (0.4, 1.5)


def test_without_a_camera_the_picture_stands() -> None:
    assert windows_of(None, 1.0, MIDDLE, 1.0) == (Window(), Window())


def test_a_pan_needs_no_zoom_where_the_picture_is_wide_enough() -> None:
    wide = windows_of(Camera(move=Move.PAN_RIGHT), 1.5, MIDDLE, 1.0)
    assert {window.zoom for window in wide} == {1.0}
    same = windows_of(Camera(move=Move.PAN_RIGHT), 1.0, MIDDLE, 1.0)
    assert {window.zoom for window in same} == {1.14}
    assert gone("pan-right", Pace.NORMAL, "x", 1.5) == pytest.approx(0.14 / 1.5, abs=1e-5)


def test_a_pan_is_symmetric_about_its_focus() -> None:
    first, last = windows_of(Camera(move=Move.PAN_LEFT), 1.8, MIDDLE, 1.0)
    assert (first.x + last.x) / 2 == pytest.approx(0.5, abs=1e-5) and first.y == last.y == 0.5


def test_the_second_move_begins_where_the_first_ended() -> None:
    push_then_pan = Camera(move=Move.PUSH_IN, pace=Pace.SLOW, then=Camera(move=Move.PAN_RIGHT, pace=Pace.SLOW))
    first, middle, last = windows_of(push_then_pan, 1.4, MIDDLE, 1.0)
    assert middle.zoom > first.zoom and middle.x == first.x
    assert last.zoom == middle.zoom and last.x > middle.x


def test_only_handheld_shakes_the_more_the_faster() -> None:
    shakes = [shake_of(Camera(move=Move.HANDHELD, pace=pace)) for pace in Pace]
    assert shakes == sorted(shakes) and shakes[0] == 0 and shakes[-1] > 0.01
    assert shake_of(Camera(move=Move.PUSH_IN)) == shake_of(None) == 0


def test_moves_that_one_picture_can_only_hint_at_are_named() -> None:
    assert {"orbit-left", "orbit-right", "crane-up", "crane-down", "follow"} == APPROXIMATED
