"""Sides that cancel in mono and offsets are found; wide, narrow, short and quiet sounds are left in peace."""

from __future__ import annotations

import numpy as np
import pytest
from sounds import RATE, Samples, bursts, joined, noise, silence, tone

from filmkit.media.sound.flaws import Flaws
from filmkit.media.sound.samples import BLOCK_SAMPLES


def flaws(sound: Samples) -> dict[str, str]:
    found = Flaws()
    for start in range(0, len(sound), BLOCK_SAMPLES):
        found.add(sound[start : start + BLOCK_SAMPLES])
    return dict(found.found())


def turned(sound: Samples) -> Samples:
    return (sound[:, :1] * np.array([1.0, -1.0])).astype(np.float32)


def middle_and_sides(sides_db: float) -> Samples:
    """A recording of a middle and of sides so much louder."""
    drawn = noise(3 * RATE, -20)
    middle, side = drawn[:, 0], drawn[:, 1] * 10 ** (sides_db / 20)
    return np.stack([middle + side, middle - side], axis=1).astype(np.float32)


CANCELLING = {
    "a turned-over tone": turned(tone(440, RATE, -12)),
    "turned-over noise": turned(noise(2 * RATE, -20)),
    "a turned-over voice between pauses": joined(*[turned(noise(RATE // 4, -20)), silence(RATE)] * 4),
    "one side turned over and quieter": (turned(noise(2 * RATE, -20)) * [1, 0.6]).astype("f4"),
    "nearly turned over": (turned(noise(2 * RATE, -20)) + noise(2 * RATE, -40, seed=9)).astype("f4"),
}

SOUND = {
    "mono": tone(440, RATE, -12),
    "independent sides": noise(3 * RATE, -20),
    "sides twice the middle": middle_and_sides(6),
    "a wide room": middle_and_sides(3),
    "right only": tone(440, RATE, -12, sides=(0, 1)),
    "silence": silence(2 * RATE),
    "turned over, hardly to be heard": turned(noise(2 * RATE, -70)),
    "turned over, a third of a second": turned(noise(RATE // 3, -20)),
    "turned over for a moment": joined(turned(noise(RATE, -20)), noise(9 * RATE, -20)),
    "hits": bursts(3 * RATE, range(0, 3 * RATE, 12_000), -12),
    "hum": tone(50, RATE + 137, -6),
}


@pytest.mark.parametrize("name", CANCELLING)
def test_sides_that_cancel_in_mono_are_found(name: str) -> None:
    assert list(flaws(CANCELLING[name])) == ["anti-phase"]


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_without_a_flaw_raises_no_alarm(name: str) -> None:
    assert flaws(SOUND[name]) == {}


def test_the_message_says_how_much_quieter_mono_is() -> None:
    quieter = (turned(noise(2 * RATE, -20)) * [1, 0.5]).astype("f4")
    assert "is 10 dB quieter" in flaws(quieter * np.float32([1, 1.02]))["anti-phase"]
    assert "is more than 60 dB quieter" in flaws(CANCELLING["a turned-over tone"])["anti-phase"]


@pytest.mark.parametrize(("offset", "is_found"), [(0.25, True), (-0.03, True), (0.015, False)])
def test_an_offset_is_found_where_it_is_large(offset: float, is_found: bool) -> None:
    sound = tone(440, 2 * RATE, -12) + np.float32([offset, 0])
    assert list(flaws(sound)) == (["dc-offset"] if is_found else [])


def test_the_message_says_how_large_an_offset_is() -> None:
    assert "stands -12 dBFS off zero" in flaws(tone(440, 2 * RATE, -12) + np.float32(0.25))["dc-offset"]
    assert flaws(tone(440, RATE // 2, -12) + np.float32(0.25)) == {}  # half a second may be half a swing
