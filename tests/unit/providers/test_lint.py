"""The prompt lint against prompts with weaknesses planted in them, and against good ones full of innocent words."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from filmkit.model.camera import Camera
from filmkit.model.generation import Mode, Words
from filmkit.providers import cameratalk, weaknesses
from filmkit.providers.capabilities import capabilities
from filmkit.providers.lint import Told, lint

PROMPTS = Path(__file__).parent / "prompts"
CODES = {
    "no-motion", "words-mixed", "moves-contradict", "several-moves", "negation", "hands", "legible-text", "contact",
    "crowd", "several-actions", "redescribes", "too-long", "named-person",
}  # fmt: skip


def prompts(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((PROMPTS / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def told(said: Mapping[str, Any]) -> Told:
    """A prompt as the storyboard's words; Runway's gen4.5 for five seconds where it does not say otherwise."""
    words = Words(
        subject=said.get("subject", ""),
        action=said.get("action", ""),
        framing=said.get("framing", ""),
        camera=Camera.model_validate(said["camera"]) if "camera" in said else None,
        style=said.get("style", ""),
        looks=tuple(said.get("looks", ())),
        avoid=tuple(said.get("avoid", ())),
        prompt=said.get("prompt"),
    )
    model = capabilities().find(said.get("maker", "runway"), said.get("model", "gen4.5"))
    assert model is not None
    return Told(words, Mode(said.get("mode", "t2v")), Fraction(said.get("seconds", 5)), model)


def codes(said: Mapping[str, Any]) -> set[str]:
    return {weakness.code.removeprefix("prompt-") for weakness in lint(told(said))}


def text_of(said: Mapping[str, Any]) -> str:
    return str(said.get("prompt") or f"{said.get('subject', '')} | {said.get('action', '')}")[:60]


WEAK = [
    pytest.param(said, id=f"{name}-{number}-{said['weak'][0]}")
    for name in ("weak", "weak_more")
    for number, said in enumerate(prompts(name), start=1)
]


@pytest.mark.parametrize("said", WEAK)
def test_planted_weakness_is_found(said: dict[str, Any]) -> None:
    assert set(said["weak"]) <= codes(said), text_of(said)


@pytest.mark.parametrize(("name", "count"), [("good", 40), ("good_more", 50)])
def test_good_prompts_raise_at_most_two_alarms(name: str, count: int) -> None:
    good = prompts(name)
    assert len(good) == count
    alarms = [(text_of(said), code) for said in good for code in sorted(codes(said))]
    assert len(alarms) <= 2, alarms


def test_every_weakness_is_planted_somewhere() -> None:
    first = prompts("weak")
    assert len(first) == 40
    assert {code for said in first for code in said["weak"]} == CODES


@pytest.mark.parametrize("said", WEAK)
def test_weakness_says_where_who_suffers_and_what_to_write(said: dict[str, Any]) -> None:
    place = told(said)
    for weakness in lint(place):
        assert weakness.key in {*place.texts, "action", "camera"}
        assert "model" in weakness.message or "Runway" in weakness.message or "Wan" in weakness.message
        assert len(weakness.remedy.split()) >= 5


INNOCENT_NEGATIONS = [
    "gone in no time", "no longer afraid", "nothing but dunes", "not far from the sea", "a never-ending road",
    "without a sound", "cannot help laughing", "No. 7 pulls in", 'he says: "I do not know."', "no-man's-land",
]  # fmt: skip


@pytest.mark.parametrize("text", INNOCENT_NEGATIONS)
def test_idiom_is_no_negation(text: str) -> None:
    assert weaknesses.negation(text) == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [("a road with no cars", "no cars"), ("Avoid text, please", "Avoid text"), ("she doesn't move", "doesn't move")],
)
def test_negation_is_quoted(text: str, found: str) -> None:
    assert weaknesses.negation(text) == found


@pytest.mark.parametrize("text", ["swerves to avoid a dog", "she avoids his eyes"])
def test_evading_is_an_action(text: str) -> None:
    assert weaknesses.negation(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "lantern in hand", "a second-hand shop", "a hand-held fan", "the hands of a watch", "the clock's hands stop",
        "made by hand", "palm trees sway", "old farm hands rest", "on the left-hand side",
    ],
)  # fmt: skip
def test_word_that_sounds_like_hands_is_none(text: str) -> None:
    assert weaknesses.hands(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "Charles Bridge", "Lake Victoria", "Big Ben", "Mount Fuji", "New York", "Victoria Station",
        "the Golden Gate Bridge", "Paris in the rain", "Christmas Eve", "Florence at dusk", "Saint Peter's Square",
    ],
)  # fmt: skip
def test_place_is_nobody(text: str) -> None:
    assert weaknesses.named_person(text) == ""


@pytest.mark.parametrize("text", ["a crowd of gulls", "hundreds of paper lanterns", "like an army", "an army of ants"])
def test_many_things_are_no_crowd(text: str) -> None:
    assert weaknesses.crowd(text) == ""


@pytest.mark.parametrize(
    "text",
    ["she lifts the camera to her eye", "tilts her head", "a frying pan falls", "a crane lands", "he tracks a deer"],
)
def test_word_of_the_trade_in_a_scene_is_no_camera(text: str) -> None:
    assert cameratalk.camera_in(text) == ""


def test_moves_after_each_other_do_not_contradict() -> None:
    assert cameratalk.contradiction("the camera pans left, then pans right", None) == ""
    assert cameratalk.contradiction("the camera pans left and pans right", None) == "pan left and pan right"


def test_clip_and_performance_bring_their_own_motion() -> None:
    words = Words(action="a drawing in ink")
    for mode, expected in ((Mode.T2V, True), (Mode.V2V, False), (Mode.PERFORMANCE, False)):
        found = {weakness.code for weakness in lint(Told(words, mode))}
        assert ("prompt-no-motion" in found) is expected


def test_moving_camera_is_motion_enough() -> None:
    words = Words(subject="a cathedral", camera=Camera.model_validate({"move": "tilt-up"}))
    assert "prompt-no-motion" not in {weakness.code for weakness in lint(Told(words))}


def test_long_prompt_is_welcome_where_models_like_one() -> None:
    [said] = [said for said in prompts("weak") if "too-long" in said["weak"]]
    assert "too-long" in codes(said)
    assert "too-long" not in codes({**said, "maker": "comfy", "model": "wan2.2"})
