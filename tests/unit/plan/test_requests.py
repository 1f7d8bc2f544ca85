"""Which takes are wanted and missing, and what each asks for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from filmfolders import CLIP, FilmFolder

from filmkit.errors import UsageError
from filmkit.model.finding import Finding
from filmkit.model.generation import Mode, Role
from filmkit.plan.cut import cut
from filmkit.plan.requests import Order, Wanted, request_of, wanted

BOARD = """\
filmkit: 1
title: T
style: soft light
avoid: [text]
generate: {with: runway, model: gen4.5, takes: 2, seed: 1000}
cast:
  keeper: {look: an old man, refs: [reference/keeper.png]}
scenes:
  - id: harbour
    shots:
      - {id: boat, action: sails away, lasts: 4s, in: 0.5s, speed: 2, from: reference/start.png}
      - {id: keeper, cast: [keeper], prompt: hello, lasts: 3s, generate: {length: 5s, seed: 41, takes: 1}}
      - {id: again, of: boat, lasts: 1s}
      - {id: dark, color: black, lasts: 1s}
      - {id: out, omit: true, lasts: 1s}
      - {id: hand, lasts: 1s, generate: {with: manual}}
      - {id: clip, lasts: 1s, from: takes.mp4, last: reference/start.png, generate: {with: kling}}
      - {id: frame, lasts: 1s, from: {shot: boat, at: boat.end}}
"""
FILES: dict[str, str | bytes] = {
    "storyboard.yaml": BOARD, "reference/keeper.png": "k", "reference/start.png": "s", "takes.mp4": "c",
    "takes/harbour/boat/t03.mp4": "x",
}  # fmt: skip


def _wanted(tmp_path: Path, order: Order = Order(), board: str = BOARD) -> Wanted:
    film = FilmFolder(tmp_path / "film").write({**FILES, "storyboard.yaml": board}).load().film
    assert film is not None
    return wanted(film, cut(film).timeline, order)


def test_takes_that_are_wanted_and_missing_are_asked_for(tmp_path: Path) -> None:
    found = _wanted(tmp_path)
    assert [(request.shot, request.take) for request in found.requests] == [
        ("harbour/boat", 4), ("harbour/keeper", 1), ("harbour/clip", 1), ("harbour/clip", 2),
    ]  # fmt: skip
    assert [finding.code for finding in found.findings] == ["frame-of-shot"]


def test_take_n_uses_seed_plus_n_minus_one(tmp_path: Path) -> None:
    seeds = {(request.shot, request.take): request.seed for request in _wanted(tmp_path).requests}
    assert seeds == {("harbour/boat", 4): 1003, ("harbour/keeper", 1): 41, ("harbour/clip", 1): 1000,
                     ("harbour/clip", 2): 1001}  # fmt: skip


def test_a_request_says_what_the_storyboard_says(tmp_path: Path) -> None:
    boat, keeper, clip, _ = _wanted(tmp_path).requests
    assert (boat.maker, boat.model, boat.mode) == ("runway", "gen4.5", Mode.I2V)
    assert boat.seconds == Fraction(17, 2), "4 s at twice the speed, from 0.5 s on"
    assert [(reference.role, reference.name) for reference in boat.references] == [(Role.FIRST, "reference/start.png")]
    assert (boat.words.action, boat.words.style, boat.words.avoid) == ("sails away", "soft light", ("text",))
    assert (keeper.mode, keeper.seconds, keeper.words.prompt) == (Mode.T2V, Fraction(5), "hello")
    assert keeper.words.looks == ("an old man",)
    assert [reference.role for reference in keeper.references] == [Role.LOOK]
    assert (clip.maker, clip.model, clip.mode) == ("kling", None, Mode.V2V), "a new maker drops the model"
    assert [reference.role for reference in clip.references] == [Role.CLIP, Role.LAST]
    assert CLIP.video is not None and clip.seconds == CLIP.video.pictures.end, (
        "as long as the clip that goes in, for that is paid"
    )


def test_takes_on_their_way_count(tmp_path: Path) -> None:
    found = _wanted(tmp_path, Order(occupied={"harbour/clip": [1, 2], "harbour/boat": [4]}))
    assert [request.shot for request in found.requests] == ["harbour/keeper"]


def test_a_number_that_came_to_nothing_is_the_next_to_be_asked_for(tmp_path: Path) -> None:
    order = Order(shots=("clip",), takes=3, occupied={"harbour/clip": [2]}, tried={"harbour/clip": [1, 2]})
    assert [request.take for request in _wanted(tmp_path, order).requests] == [1, 3]


def test_shots_scenes_and_numbers_can_be_chosen(tmp_path: Path) -> None:
    one = _wanted(tmp_path, Order(shots=("Boat",), takes=4, model="other"))
    assert [(request.take, request.model) for request in one.requests] == [(4, "other"), (5, "other"), (6, "other")]
    assert len(_wanted(tmp_path, Order(shots=("harbour",))).requests) == 4
    with pytest.raises(UsageError, match="no shot 'boot'"):
        _wanted(tmp_path, Order(shots=("boot",)))


@pytest.mark.parametrize(("shot", "why"), [("dark", "plain colour"), ("again", "material of boat"), ("out", "omit")])
def test_a_shot_that_no_service_makes_says_why(tmp_path: Path, shot: str, why: str) -> None:
    found = _wanted(tmp_path, Order(shots=(shot,)))
    assert found.requests == ()
    assert [why in finding.message for finding in found.findings] == [True]


def test_takes_made_by_hand_are_wanted_of_a_person(tmp_path: Path) -> None:
    assert _wanted(tmp_path, Order(shots=("hand",))).requests == ()
    film = FilmFolder(tmp_path / "film").write(FILES).load().film
    assert film is not None
    for order in (Order(), Order(shots=("hand",))):
        found = wanted(film, cut(film).timeline, order, by_hand=True)
        assert {(one.shot, one.maker, one.model) for one in found.requests} == {("harbour/hand", "manual", None)}
        assert found.findings == ()


def test_a_missing_picture_is_told_and_not_left_out(tmp_path: Path) -> None:
    found = _wanted(tmp_path, board=BOARD.replace("from: takes.mp4", "from: gone.mp4"))
    assert "harbour/clip" not in {request.shot for request in found.requests}
    assert [finding.about for finding in found.findings if finding.code == "file-missing"] == ["harbour/clip"]


def test_a_single_request_can_be_had_for_any_number(tmp_path: Path) -> None:
    film = FilmFolder(tmp_path / "film").write(FILES).load().film
    assert film is not None
    request = request_of(film, "harbour/boat", None, 9)
    assert not isinstance(request, Finding)
    assert (request.take, request.seed) == (9, 1008)
    assert isinstance(request_of(film, "harbour/hand", None, 1), Finding)
