"""Prompts composed for a model: order, negative prompt, limits in the model's unit, and every loss."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from filmkit.model.camera import Camera, Move, Pace
from filmkit.model.generation import Fate, Mode, Words
from filmkit.providers.capabilities import capabilities
from filmkit.providers.capability import Capability
from filmkit.providers.prompt import compose_words, order_of

TABLE = capabilities()
BOAT = Words(
    subject="a small red fishing boat",
    action="leaves the harbour, its wake spreading toward us",
    framing="wide shot, low angle",
    camera=Camera(move=Move.PUSH_IN, pace=Pace.SLOW),
    style="soft dawn light, 35 mm, muted blues",
    avoid=("text", "no hands", "without people"),
)
KEEPER = Words(action="climbs a spiral stair, lantern in hand", looks=("an old man in a grey oilskin, white beard",))


def model(key: str) -> Capability:
    found = TABLE.by_key(key)
    assert found is not None
    return found


def test_prompt_for_runway_says_motion_first() -> None:
    made = compose_words(BOAT, Mode.T2V, model("runway/gen4.5"))
    assert made.prompt == (
        "A small red fishing boat leaves the harbour, its wake spreading toward us. The camera slowly pushes in. "
        "Wide shot, low angle. Soft dawn light, 35 mm, muted blues."
    )
    assert made.negative == ""
    assert [(loss.fate, loss.key) for loss in made.losses] == [
        (Fate.IN_PROMPT, "camera.move"),
        (Fate.UNSUPPORTED, "avoid"),
    ]


def test_prompt_for_veo_begins_with_the_framing_and_has_nouns_to_avoid() -> None:
    made = compose_words(BOAT, Mode.T2V, model("veo/veo-3.1-generate-001"))
    assert made.prompt.startswith("Wide shot, low angle. The camera slowly pushes in. A small red")
    assert made.negative == "text, hands, people"
    assert "avoid" not in {loss.key for loss in made.losses}


def test_prompt_for_hailuo_begins_with_brackets() -> None:
    made = compose_words(replace(BOAT, camera=Camera(move=Move.PUSH_IN)), Mode.T2V, model("hailuo/MiniMax-Hailuo-02"))
    assert made.prompt.startswith("[Push in] A small red fishing boat leaves")


@pytest.mark.parametrize("found", [pytest.param(found, id=found.key) for found in TABLE.models])
@pytest.mark.parametrize("mode", list(Mode))
def test_nothing_that_was_written_vanishes(found: Capability, mode: Mode) -> None:
    """Every word stands in the prompt, in the negative prompt, in the camera, or is told as a loss."""
    made = compose_words(BOAT, mode, found)
    lost = {loss.key for loss in made.losses if loss.fate is Fate.UNSUPPORTED}
    for text in (BOAT.subject, BOAT.action, BOAT.framing, BOAT.style):
        assert text[1:] in made.prompt or "action" in lost
    assert "hands" in made.negative or "avoid" in lost
    assert made.camera.control or made.camera.brackets or made.camera.phrase or "camera.move" in lost


@pytest.mark.parametrize("found", [pytest.param(found, id=found.key) for found in TABLE.models])
def test_parts_stand_in_the_models_order(found: Capability) -> None:
    made = compose_words(BOAT, Mode.T2V, found)
    starts = {"brackets": "[", "subject": "A small", "camera": "The camera", "framing": "Wide", "style": "Soft"}
    places = [made.prompt.find(starts[part]) for part in order_of(found) if starts[part] in made.prompt]
    assert all(first < second for first, second in pairwise(places))


def test_look_of_the_only_one_seen_is_the_subject() -> None:
    made = compose_words(KEEPER, Mode.T2V, model("runway/gen4.5"))
    assert made.prompt == "An old man in a grey oilskin, white beard, climbs a spiral stair, lantern in hand."


def test_look_follows_where_the_action_has_a_subject() -> None:
    words = replace(KEEPER, action="the lamp takes fire")
    made = compose_words(words, Mode.T2V, model("runway/gen4.5"))
    assert made.prompt == "The lamp takes fire. An old man in a grey oilskin, white beard."


def test_look_is_not_told_again_over_a_start_picture() -> None:
    made = compose_words(KEEPER, Mode.I2V, model("runway/gen4.5"))
    assert made.prompt == "The subject climbs a spiral stair, lantern in hand."
    assert [(loss.fate, loss.key) for loss in made.losses] == [(Fate.APPROXIMATED, "cast")]


def test_prompt_of_ones_own_stays_as_it_is() -> None:
    words = replace(BOAT, prompt="  a boat; [Pan left] a gull  ")
    made = compose_words(words, Mode.T2V, model("kling/kling-v2-5-turbo"))
    assert (made.prompt, made.negative, made.losses) == ("a boat; [Pan left] a gull", "text, hands, people", ())
    assert made.camera.control == {}


@pytest.mark.parametrize(
    ("key", "text", "over"),
    [
        ("runway/gen4.5", "a" * 1000, 0),
        ("runway/gen4.5", "a" * 1001, 1),
        ("runway/gen4.5", "🌊" * 500, 0),
        ("runway/gen4.5", "🌊" * 501, 2),
        ("hailuo/MiniMax-Hailuo-02", "🌊" * 2000, 0),
        ("hailuo/MiniMax-Hailuo-02", "🌊" * 2001, 1),
        ("kling/kling-v2-5-turbo", "a" * 2501, 1),
        ("omni/gemini-omni-1.2-flash", "a" * 9000, 0),
    ],
)
def test_length_is_counted_in_the_models_unit_and_never_cut(key: str, text: str, over: int) -> None:
    made = compose_words(Words(prompt=text), Mode.T2V, model(key))
    assert (made.prompt, made.over) == (text, over)
    assert [loss.key for loss in made.losses] == (["prompt"] if over else [])


def test_model_that_takes_no_words_says_so() -> None:
    made = compose_words(BOAT, Mode.PERFORMANCE, model("runway/act_two"))
    assert made.prompt == ""
    assert {loss.key for loss in made.losses} == {"camera.move", "action", "avoid"}


def test_empty_words_make_an_empty_prompt() -> None:
    made = compose_words(Words(), Mode.T2V, model("runway/gen4.5"))
    assert (made.prompt, made.negative, made.losses, made.over) == ("", "", (), 0)


def test_quoted_speech_keeps_its_marks() -> None:
    made = compose_words(Words(action='she says: "You are late again."'), Mode.T2V, model("hailuo/MiniMax-H3"))
    assert made.prompt == 'She says: "You are late again."'
