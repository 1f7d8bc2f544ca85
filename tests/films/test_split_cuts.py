"""J- and L-cuts of the takes' own sound: what lies before and after a shot's picture is heard where it belongs.

Each take clicks once in every second of its sound, 0.3 s past the second, with a height that tells which second it is.
What is measured is the stem of the takes' own sound: its samples, not what a plan says of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from barcode import make_numbered
from sounds import RATE, Samples, onsets, silence, write_wav
from wholefilms import make_stem, settings_for, write_film

from filmkit.media.run import ToolJob, run_tool
from filmkit.media.tools import find_ffmpeg

SECONDS = 8
PHASE_S = Fraction(3, 10)
NTSC = Fraction(24000, 1001)


@pytest.fixture(scope="module")
def takes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A take that clicks, and one that holds a steady level (full scale would be 1)."""
    folder = tmp_path_factory.mktemp("takes")
    pulse = silence(SECONDS * RATE)
    for second in range(SECONDS):
        pulse[round((second + PHASE_S) * RATE)] = 0.1 * (second + 1)
    level = silence(SECONDS * RATE) + np.float32(0.5)
    return {name: _with_sound(folder / name, sound) for name, sound in (("clicks", pulse), ("level", level))}


def _with_sound(folder: Path, sound: Samples) -> Path:
    folder.mkdir()
    picture = make_numbered(folder / "picture.mp4", SECONDS * 24)
    wav = write_wav(folder / "sound.wav", sound, bits=32)
    argv = ["-i", "in:picture", "-i", "in:sound", "-c:v", "copy", "-c:a", "pcm_f32le", "out:take.mov"]
    run_tool(find_ffmpeg(), ToolJob(argv, {"picture": picture, "sound": wav}, folder))
    return folder / "take.mov"


@dataclass(frozen=True)
class Shots:
    """A film of three shots, ``before``, ``middle`` and ``after``; only the middle one is heard if not said."""

    middle: str
    fps: str = "24"
    before: str = "color: blue, lasts: 4s"
    after: str = "color: black, lasts: 4s"

    def production(self, folder: Path, takes: dict[str, Path], **of: str) -> Samples:
        """The stem of the takes' own sound, rendered; ``of`` says which take a shot shows."""
        shots = "".join(
            f"      - {{id: {name}, {inside}}}\n"
            for name, inside in (("before", self.before), ("middle", self.middle), ("after", self.after))
        )
        text = (
            f"filmkit: 1\ntitle: T\npicture: {{size: 96x64, fps: {self.fps}}}\nscenes:\n  - id: s\n    shots:\n{shots}"
        )
        of = of or {"middle": "clicks"}
        film = write_film(folder / "film", text, {f"takes/s/{shot}/t01.mov": takes[take] for shot, take in of.items()})
        return make_stem(film, settings_for(folder / "store"), "production")[1]


def heard_clicks(sound: Samples) -> dict[int, int]:
    """Sample of each click by the second of the take it comes from."""
    return {round(float(sound[at].max()) * 10) - 1: at for at in onsets(sound, 0.05)}


def sample(seconds: Fraction) -> int:
    return int(seconds * RATE + Fraction(1, 2))


@pytest.mark.parametrize("fps", ["24", "23.976", "25"])
def test_clicks_outside_the_picture_are_heard_on_their_sample(fps: str, tmp_path: Path, takes: dict[str, Path]) -> None:
    rate = NTSC if fps == "23.976" else Fraction(fps)
    own = "own_sound: {lead: 1.5s, trail: 12f}"
    sound = Shots(f"in: 3s, lasts: 2s, {own}", fps).production(tmp_path, takes)
    start_s, stop_s = (round(seconds * rate) / rate for seconds in (4, 6))
    in_s = round(3 * rate) / rate
    expected = {
        second: sample(start_s + second + PHASE_S - in_s)
        for second in range(SECONDS)
        if start_s - Fraction(3, 2) <= start_s + second + PHASE_S - in_s < stop_s + 12 / rate
    }
    assert set(expected) == {2, 3, 4, 5}, "one click leads, one trails"
    assert heard_clicks(sound) == expected


def test_nothing_is_heard_outside_lead_and_trail(tmp_path: Path, takes: dict[str, Path]) -> None:
    shots = Shots("in: 3s, lasts: 2s, own_sound: {lead: 1s, trail: 0.5s}")
    sound = np.abs(shots.production(tmp_path, takes, middle="level"))
    heard = np.flatnonzero(sound.max(axis=1))
    assert (heard[0], heard[-1]) == (3 * RATE, int(6.5 * RATE) - 1)
    assert sound[3 * RATE + 240 : int(6.5 * RATE) - 240].min() == 0.5, "full between the two declicks of 5 ms"
    assert np.abs(np.diff(sound[:, 0])).max() < 0.5 / 240 * 1.01, "no step at either end"


def test_fades_asked_for_stand_at_the_ends_of_the_sound_not_of_the_picture(
    tmp_path: Path, takes: dict[str, Path]
) -> None:
    shots = Shots("in: 3s, lasts: 2s, own_sound: {lead: 1s, trail: 1s, fade_in: 0.5s, fade_out: 0.25s}")
    sound = shots.production(tmp_path, takes, middle="level")[:, 0] / 0.5
    assert sound[sample(Fraction(13, 4))] == pytest.approx(0.5, abs=1e-3), "half way up the fade of the lead"
    assert sound[sample(Fraction(7, 2)) : sample(Fraction(27, 4))].min() == pytest.approx(1, abs=1e-4)
    assert sound[sample(Fraction(55, 8))] == pytest.approx(0.5, abs=1e-3), "half way down that of the trail"


@pytest.mark.parametrize("speed", ["0.8", "1.25"])
def test_at_another_speed_lead_and_trail_are_times_of_the_film(
    speed: str, tmp_path: Path, takes: dict[str, Path]
) -> None:
    """The stretch keeps the pitch by moving grains of sound by at most 10 ms: so near a click is heard."""
    shots = Shots(f"in: 3s, lasts: 2s, speed: {speed}, own_sound: {{lead: 1.5s, trail: 1s}}")
    sound = shots.production(tmp_path, takes)
    loud = onsets(sound, 0.05, apart=RATE // 4)
    places = [sample(4 + (second + PHASE_S - 3) / Fraction(speed)) for second in range(SECONDS)]
    expected = [place for place in places if sample(Fraction(5, 2)) <= place < 7 * RATE]
    assert len(expected) >= 3 and expected[0] < 4 * RATE and expected[-1] > 6 * RATE
    assert len(loud) == len(expected)
    assert max(abs(a - b) for a, b in zip(loud, expected, strict=True)) <= 480 + 48


def test_a_join_crosses_with_equal_power_and_a_lead_goes_before_it(tmp_path: Path, takes: dict[str, Path]) -> None:
    join = "join: {with: dissolve, lasts: 24f}"
    level = {"before": "level"}
    before = Shots(f"color: black, lasts: 2s, {join}", before="lasts: 4s").production(tmp_path / "a", takes, **level)
    crossed = before[3 * RATE : 4 * RATE, 0].astype(float) / 0.5
    plain = Shots(f"in: 2s, lasts: 2s, {join}").production(tmp_path / "b", takes, middle="level")
    rising = plain[3 * RATE : 4 * RATE, 0].astype(float) / 0.5
    assert np.abs(crossed**2 + rising**2 - 1).max() < 1e-5, "powers of the two sides add up to one"
    led = Shots(f"in: 2s, lasts: 2s, {join}, own_sound: {{lead: 1s}}").production(tmp_path / "c", takes, middle="level")
    begun = np.flatnonzero(led[:, 0])[0]
    assert begun == 2 * RATE, "a second before its picture, which begins with the join"
    assert led[2 * RATE + 240 : 4 * RATE, 0].min() == 0.5, "its sound is whole before the join begins"


def test_click_of_a_lead_over_a_join_is_on_its_sample(tmp_path: Path, takes: dict[str, Path]) -> None:
    shots = Shots("in: 2s, lasts: 2s, join: {with: dissolve, lasts: 24f}, own_sound: {lead: 1s}", fps="23.976")
    join_s, in_s = (round(frames) / NTSC for frames in (96 - 24, 48))
    heard = heard_clicks(shots.production(tmp_path, takes))
    assert heard == {second: sample(join_s + second + PHASE_S - in_s) for second in (1, 2, 3)}


@pytest.mark.parametrize("speed", ["1", "0.8"])
def test_sound_that_the_take_does_not_have_is_silence_without_a_step(
    speed: str, tmp_path: Path, takes: dict[str, Path]
) -> None:
    """Of the second asked for, the take has 0.4 s before its picture and 0.2 s after it, at its own speed."""
    first_s, rate = Fraction(2, 5), Fraction(speed)
    shots = Shots(
        f"in: 0.4s, lasts: {float(Fraction(37, 5) / rate)}s, speed: {speed}, own_sound: {{lead: 1s, trail: 1s}}"
    )
    sound = shots.production(tmp_path, takes, middle="level")[:, 0]
    heard = np.flatnonzero(sound)
    rounded_s = Fraction(round(first_s * 24), 24)
    assert heard[0] == pytest.approx(sample(4 - rounded_s / rate), abs=1)
    assert heard[-1] == pytest.approx(sample(4 + (SECONDS - rounded_s) / rate), abs=1)
    assert np.abs(np.diff(sound)).max() < 0.5 / 240 * 1.01
