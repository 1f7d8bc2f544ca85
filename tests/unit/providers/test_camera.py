"""Every move of the film's vocabulary in every dialect: what is sent, what is said in words, and what is lost."""

from __future__ import annotations

import pytest

from filmkit.model.camera import Camera, CameraMove, Move, Pace
from filmkit.model.generation import Fate
from filmkit.providers.camera import camera_words, phrase_of
from filmkit.providers.capability import CameraWay

NO, NEAR = "", "~"

TABLE = {
    # move: Kling's field and sign, Hailuo's brackets, Wan's pose, LTX's LoRA; ~ is only near, empty is said in words
    Move.STATIC: (NO, "[Static shot]", "Static", "static"),
    Move.PAN_LEFT: ("tilt -", "[Pan left]", "~Pan Left", NO),
    Move.PAN_RIGHT: ("tilt +", "[Pan right]", "~Pan Right", NO),
    Move.TILT_UP: ("pan +", "[Tilt up]", "~Pan Up", NO),
    Move.TILT_DOWN: ("pan -", "[Tilt down]", "~Pan Down", NO),
    Move.ROLL_CW: ("roll +", NO, "ClockWise (CW)", NO),
    Move.ROLL_CCW: ("roll -", NO, "Anti Clockwise (ACW)", NO),
    Move.ZOOM_IN: ("zoom -", "[Zoom in]", "~Zoom In", NO),
    Move.ZOOM_OUT: ("zoom +", "[Zoom out]", "~Zoom Out", NO),
    Move.PUSH_IN: ("~forward_up", "[Push in]", "Zoom In", "dolly_in"),
    Move.PULL_OUT: ("~down_back", "[Pull out]", "Zoom Out", "dolly_out"),
    Move.TRUCK_LEFT: ("horizontal -", "[Truck left]", "Pan Left", "dolly_left"),
    Move.TRUCK_RIGHT: ("horizontal +", "[Truck right]", "Pan Right", "dolly_right"),
    Move.PEDESTAL_UP: ("vertical +", "[Pedestal up]", "Pan Up", "jib_up"),
    Move.PEDESTAL_DOWN: ("vertical -", "[Pedestal down]", "Pan Down", "jib_down"),
    Move.ORBIT_LEFT: (NO, "~[Truck left,Pan right]", NO, NO),
    Move.ORBIT_RIGHT: (NO, "~[Truck right,Pan left]", NO, NO),
    Move.CRANE_UP: ("~vertical +", "~[Pedestal up,Tilt down]", "~Pan Up", "~jib_up"),
    Move.CRANE_DOWN: ("~vertical -", "~[Pedestal down,Tilt up]", "~Pan Down", "~jib_down"),
    Move.FOLLOW: (NO, "[Tracking shot]", NO, NO),
    Move.HANDHELD: (NO, "[Shake]", NO, NO),
}
DIALECTS = (CameraWay.FIELD, CameraWay.BRACKETS, CameraWay.NODE, CameraWay.LORA)
CASES = [
    pytest.param(move, way, said[at], id=f"{move}-{way}")
    for move, said in TABLE.items()
    for at, way in enumerate(DIALECTS)
]


def sent(move: Move, way: CameraWay) -> str:
    """What goes out, as the table writes it."""
    words = camera_words(Camera(move=move), way)
    control = words.control
    if way is CameraWay.BRACKETS:
        return words.brackets
    if way is CameraWay.NODE:
        return str(control.get("camera_pose", ""))
    if way is CameraWay.LORA:
        return str(control.get("camera_lora", ""))
    if control.get("type") == "simple":
        config = control["config"]
        assert isinstance(config, dict)
        turned = {name: value for name, value in config.items() if value}
        assert len(turned) == 1, "exactly one may be other than zero"
        [(name, value)] = turned.items()
        assert isinstance(value, int) and -10 <= value <= 10
        return f"{name} {'+' if value > 0 else '-'}"
    return str(control.get("type", ""))


def test_table_has_every_move() -> None:
    assert set(TABLE) == set(Move)


@pytest.mark.parametrize(("move", "way", "expected"), CASES)
def test_move_in_a_dialect(move: Move, way: CameraWay, expected: str) -> None:
    assert sent(move, way) == expected.removeprefix(NEAR)
    words = camera_words(Camera(move=move), way)
    if not expected:
        assert [loss.fate for loss in words.losses] == [Fate.IN_PROMPT]
        assert words.phrase and words.phrase in words.losses[0].detail
    elif expected.startswith(NEAR):
        assert [(loss.fate, loss.key) for loss in words.losses] == [(Fate.APPROXIMATED, "camera.move")]
    else:
        assert (words.phrase, words.losses) == ("", ())


@pytest.mark.parametrize("move", list(Move))
def test_move_in_words_is_told(move: Move) -> None:
    words = camera_words(Camera(move=move), CameraWay.PROMPT)
    assert (words.brackets, words.control) == ("", {})
    assert [loss.fate for loss in words.losses] == [Fate.IN_PROMPT]
    side = next((side for side in ("left", "right", "up", "down") if move.value.endswith(f"-{side}")), "")
    assert side in words.phrase or {"up": "rises", "down": "sinks"}[side] in words.phrase


@pytest.mark.parametrize("move", list(Move))
def test_move_that_a_model_takes_nowhere_is_lost(move: Move) -> None:
    words = camera_words(Camera(move=move), CameraWay.NONE)
    assert (words.phrase, words.brackets, words.control) == ("", "", {})
    assert [loss.fate for loss in words.losses] == [Fate.UNSUPPORTED]


@pytest.mark.parametrize("way", list(CameraWay))
def test_no_camera_says_nothing(way: CameraWay) -> None:
    words = camera_words(None, way)
    assert (words.phrase, words.brackets, words.control, words.losses) == ("", "", {}, ())


@pytest.mark.parametrize(
    ("pace", "kling", "wan", "ltx"), [(Pace.SLOW, 3, 0.95, 0.65), (Pace.NORMAL, 6, 1.4, 0.8), (Pace.FAST, 10, 2.0, 1.0)]
)
def test_pace_is_strength(pace: Pace, kling: int, wan: float, ltx: float) -> None:
    camera = Camera(move=Move.TRUCK_RIGHT, pace=pace)
    config = camera_words(camera, CameraWay.FIELD).control["config"]
    assert isinstance(config, dict) and config["horizontal"] == kling
    assert camera_words(camera, CameraWay.NODE).control["speed"] == wan
    assert camera_words(camera, CameraWay.LORA).control["camera_lora_scale"] == ltx


def test_pace_that_brackets_cannot_say_goes_into_the_prompt() -> None:
    words = camera_words(Camera(move=Move.PUSH_IN, pace=Pace.SLOW), CameraWay.BRACKETS)
    assert (words.brackets, words.phrase) == ("[Push in]", "the camera slowly pushes in")
    assert [(loss.fate, loss.key) for loss in words.losses] == [(Fate.IN_PROMPT, "camera.pace")]


@pytest.mark.parametrize("way", [CameraWay.FIELD, CameraWay.NODE, CameraWay.LORA])
def test_second_move_goes_into_the_prompt_where_one_has_a_field(way: CameraWay) -> None:
    camera = Camera(move=Move.TRUCK_LEFT, then=CameraMove(move=Move.PAN_RIGHT, pace=Pace.SLOW))
    words = camera_words(camera, way)
    assert words.control and words.phrase == "then the camera slowly pans right"
    assert [(loss.fate, loss.key) for loss in words.losses] == [(Fate.IN_PROMPT, "camera.then")]


def test_two_moves_are_two_brackets_in_order() -> None:
    camera = Camera(move=Move.PAN_LEFT, then=CameraMove(move=Move.ZOOM_IN))
    words = camera_words(camera, CameraWay.BRACKETS)
    assert (words.brackets, words.losses) == ("[Pan left][Zoom in]", ())


@pytest.mark.parametrize("first", list(Move))
@pytest.mark.parametrize("then", [None, Move.ORBIT_LEFT, Move.PAN_LEFT])
def test_no_bracket_holds_more_than_three_commands(first: Move, then: Move | None) -> None:
    camera = Camera(move=first, then=CameraMove(move=then) if then else None)
    brackets = camera_words(camera, CameraWay.BRACKETS).brackets
    assert all(1 <= len(part.split(",")) <= 3 for part in brackets.removeprefix("[").removesuffix("]").split("]["))


@pytest.mark.parametrize(
    ("camera", "phrase"),
    [
        (Camera(move=Move.STATIC), "locked-off static camera"),
        (Camera(move=Move.PUSH_IN, pace=Pace.SLOW), "the camera slowly pushes in"),
        (Camera(move=Move.HANDHELD, pace=Pace.FAST), "handheld camera, strong shake"),
        (
            Camera(move=Move.PAN_LEFT, then=CameraMove(move=Move.TILT_UP, pace=Pace.FAST)),
            "the camera pans left, then quickly tilts up",
        ),
        (
            Camera(move=Move.PUSH_IN, then=CameraMove(move=Move.STATIC)),
            "the camera pushes in, then locked-off static camera",
        ),
    ],
)
def test_camera_in_plain_words(camera: Camera, phrase: str) -> None:
    assert phrase_of(camera) == phrase
