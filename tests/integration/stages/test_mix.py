"""The delivered sound: at its loudness, below its ceiling, every sample in its place, the same bytes each time."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from mixes import pink, voice
from sounds import (
    Samples,
    bursts,
    clicks,
    joined,
    level_db,
    noise,
    onsets,
    read_f32,
    silence,
    tone,
    write_f32,
)
from soundsteps import make_mix

from filmkit.media.sound.loudness import measure_levels, measure_loudness
from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.soundcoding import encode_aac, steady_cpu_flags
from filmkit.media.sound.truepeak import true_peak_dbtp
from filmkit.media.tools import find_ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.finding import Severity
from filmkit.model.recipe import MixRecipe
from filmkit.plan.steps import VERSIONS
from filmkit.stages import mix

SECOND = 48_000


def recipe(length: int, lufs: float = -14.0, peak: float = -1.0) -> MixRecipe:
    return MixRecipe(length=length, integrated_lufs=lufs, peak_dbtp=peak)


def ffmpeg(*arguments: object) -> str:
    """ffmpeg outside filmkit: a second opinion. Returns what it wrote to stderr."""
    command = [str(find_ffmpeg().path), "-nostdin", "-hide_banner", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def decoded(folder: Path, file: Path) -> Samples:
    ffmpeg("-v", "error", "-i", file, "-map", "0:a", "-f", "f32le", folder / "decoded.f32")
    return read_f32(folder / "decoded.f32")


def ebur128(file: Path, *reading: object) -> tuple[float, float]:
    """Integrated loudness and true peak as ffmpeg's own meter reads them."""
    said = ffmpeg(*reading, "-i", file, "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-")
    integrated, peak = re.findall(r"(?:I|Peak): +(-?[\d.]+|-inf) (?:LUFS|dBFS)", said)
    return float(integrated), float(peak)


LENGTH = 6 * SECOND
MIXES: dict[str, dict[str, Samples]] = {
    "voice over music": {"dialogue": voice(LENGTH), "music": pink(LENGTH, -32)},
    "drums": {"music": bursts(LENGTH, range(0, LENGTH, SECOND // 4), -14) + pink(LENGTH, -30)},
    "quiet, then loud": {"effects": joined(pink(LENGTH // 2, -50), pink(LENGTH // 2, -16))},
    "a pad": {"music": tone(220, LENGTH, -20) + tone(331, LENGTH, -24) + tone(554, LENGTH, -30)},
    "far too hot": {"production": pink(LENGTH, -3)},
}


@pytest.mark.parametrize("name", MIXES)
def test_loudness_and_peak_of_the_delivered_file_meet_their_targets(tmp_path: Path, name: str) -> None:
    file, made = make_mix(tmp_path, recipe(LENGTH), MIXES[name])
    integrated, peak = ebur128(file)
    assert integrated == pytest.approx(-14.0, abs=0.15)  # read to a tenth
    assert made.facts["integrated_lufs"] == pytest.approx(-14.0, abs=0.1)
    assert peak <= -1.0 + 0.05
    assert made.facts["integrated_lufs"] == pytest.approx(integrated, abs=0.1)
    assert made.facts["true_peak_dbtp"] == pytest.approx(peak, abs=0.2)
    assert made.facts["samples"] == LENGTH
    assert made.facts["offset_samples"] == 0
    assert [event.code for event in made.events] in ([], ["sound-raised"])


@pytest.mark.parametrize(
    "sound",
    [tone(60, 3 * SECOND, -20), tone(4_000, 3 * SECOND, -20), noise(3 * SECOND, -20), bursts(3 * SECOND, [9_000], -10)],
    ids=["60 Hz", "4 kHz", "noise", "bursts"],
)  # fmt: skip
def test_our_meter_reads_what_ebur128_reads(tmp_path: Path, sound: Samples) -> None:
    file = SoundFile(write_f32(tmp_path / "sound.f32", sound))
    levels = measure_levels(file)
    integrated, peak = ebur128(file.path, "-f", "f32le", "-ar", SECOND, "-ac", 2)
    assert measure_loudness(levels).integrated_lufs == pytest.approx(integrated, abs=0.1)
    assert true_peak_dbtp(file, levels) == pytest.approx(peak, abs=0.1)


@pytest.mark.parametrize("length", [10 * SECOND, 10 * SECOND + 1, 10 * SECOND - 1_001])
def test_200_clicks_copied_into_a_film_are_heard_where_they_were_placed(tmp_path: Path, length: int) -> None:
    places = [777 + number * 2_357 for number in range(200)]
    sound = clicks(length, places, 0.8) + tone(440, length, -40)
    file, made = make_mix(tmp_path, recipe(length), {"effects": sound})
    picture, film = tmp_path / "picture.mp4", tmp_path / "film.mp4"
    ffmpeg("-v", "error", "-f", "lavfi", "-i", "color=s=64x36:r=24:d=10", "-pix_fmt", "yuv420p", picture)
    ffmpeg(
        "-v",
        "error",
        "-i",
        picture,
        "-i",
        file,
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-c",
        "copy",
        "-movflags",
        "+faststart",
        film,
    )
    heard = decoded(tmp_path, film)
    assert len(heard) == length
    found = onsets(heard, np.abs(heard).max() / 2)
    assert len(found) == 200
    assert np.abs(np.array(found) - places).max() <= 1
    assert made.facts["offset_samples"] == 0


def test_the_stream_is_aac_stereo_at_48_khz_and_says_its_length(tmp_path: Path) -> None:
    file, _ = make_mix(tmp_path, recipe(2 * SECOND + 77), {"music": pink(2 * SECOND + 77, -20)})
    with av.open(str(file)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("aac", SECOND, 2)
        assert (stream.start_time, stream.duration) == (0, 2 * SECOND + 77)
        assert set(container.metadata) <= {"major_brand", "minor_version", "compatible_brands"}


def test_the_sum_of_stems_is_what_is_heard(tmp_path: Path) -> None:
    left, right = tone(440, 2 * SECOND, -20, sides=(1, 0)), tone(880, 2 * SECOND, -26, sides=(0, 1))
    file, _ = make_mix(tmp_path, recipe(2 * SECOND, -23.0), {"music": left, "effects": right})
    heard = decoded(tmp_path, file)
    levels = level_db(heard[4_800:-4_800])
    assert levels[0] - levels[1] == pytest.approx(6.0, abs=0.1)


def test_a_silent_film_stays_silent_and_is_told(tmp_path: Path) -> None:
    file, made = make_mix(tmp_path, recipe(SECOND), {"music": silence(SECOND)})
    assert not decoded(tmp_path, file).any()
    assert (made.facts["integrated_lufs"], made.facts["gain_db"]) == (None, 0.0)
    assert [event.code for event in made.events] == ["sound-silent"]
    _, without = make_mix(tmp_path, recipe(SECOND), {})
    assert [event.code for event in without.events] == ["sound-silent"]


def test_a_film_shorter_than_a_gating_block_keeps_its_level_below_the_ceiling(tmp_path: Path) -> None:
    file, made = make_mix(tmp_path, recipe(960), {"effects": tone(1_000, 960, 6)})
    heard = decoded(tmp_path, file)
    assert len(heard) == 960
    assert 0.3 < np.abs(heard).max() <= 10 ** (-1 / 20)
    assert [event.code for event in made.events] == ["sound-short"]


def test_clicks_alone_are_left_quieter_and_it_is_told(tmp_path: Path) -> None:
    _, made = make_mix(tmp_path, recipe(4 * SECOND), {"effects": clicks(4 * SECOND, range(1_000, 190_000, 24_000))})
    assert "loudness-missed" in [event.code for event in made.events]
    assert isinstance(made.facts["true_peak_dbtp"], float)
    assert made.facts["true_peak_dbtp"] <= -1.0


def test_a_peak_above_its_ceiling_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tries would have brought it down: this mix has one, and leaves the codec no room."""
    monkeypatch.setattr(mix, "_MOST_ENCODINGS", 1)
    monkeypatch.setattr(mix, "_CODEC_ROOM_DB", -2.0)
    file, made = make_mix(tmp_path, recipe(2 * SECOND, -5.0), {"music": noise(2 * SECOND, -20)})
    heard = SoundFile(write_f32(tmp_path / "heard.f32", decoded(tmp_path, file)))
    peak_dbtp = true_peak_dbtp(heard, measure_levels(heard))
    assert peak_dbtp > -1.0 and made.facts["true_peak_dbtp"] == pytest.approx(peak_dbtp, abs=0.01)
    [told] = [event for event in made.events if event.code == "peak-missed"]
    assert f"{peak_dbtp:.1f} dBTP, above -1" in told.message and told.severity is Severity.WARNING


@pytest.mark.parametrize(("level_db", "code"), [(-80.0, "sound-below-gate"), (-45.0, "sound-raised")])
def test_sound_that_is_hardly_there_is_told(tmp_path: Path, level_db: float, code: str) -> None:
    _, made = make_mix(tmp_path, recipe(2 * SECOND), {"effects": tone(1_000, 2 * SECOND, level_db)})
    assert [event.code for event in made.events] == [code]


def test_what_is_heard_while_encoding_is_what_a_player_decodes(tmp_path: Path) -> None:
    sound = joined(pink(3 * SECOND + 77, -20), silence(SECOND), noise(SECOND, -30))
    bench = Workbench(tmp_path, {}, {}, find_ffmpeg())
    ready = SoundFile(write_f32(tmp_path / "ready.f32", sound))
    heard = encode_aac(bench, ready, 192, lambda coming: coming.read(0, coming.samples))
    ffmpeg(*steady_cpu_flags(), "-i", tmp_path / "sound.m4a", "-f", "f32le", tmp_path / "played.f32")
    assert np.array_equal(heard, read_f32(tmp_path / "played.f32"))


def test_a_mix_of_changing_character_is_encoded_once(tmp_path: Path) -> None:
    """A codec takes half a unit from noise and nothing from tones: the loudest seconds alone would foresee nothing."""
    parts = [tone(330, 4 * SECOND, -16), pink(4 * SECOND, -17), silence(SECOND), noise(4 * SECOND, -19)] * 2
    sound = joined(*parts)
    _, made = make_mix(tmp_path, recipe(len(sound), -23.0), {"effects": sound})
    assert made.facts["integrated_lufs"] == pytest.approx(-23.0, abs=0.1)
    assert made.facts["encodings"] == 1


def test_range_and_loudest_moments_are_told(tmp_path: Path) -> None:
    sound = joined(tone(1_000, 6 * SECOND, -30), tone(1_000, 6 * SECOND, -20), tone(1_000, SECOND, -14))
    _, made = make_mix(tmp_path, recipe(len(sound), -23.0), {"music": sound})
    raised = made.facts["gain_db"]
    assert isinstance(raised, float)
    last_three = 10 * np.log10((2 * 10**-2.0 + 10**-1.4) / 3)
    assert made.facts["momentary_lufs"] == pytest.approx(-14.0 + raised, abs=0.1)
    assert made.facts["short_term_lufs"] == pytest.approx(last_three + raised, abs=0.1)
    assert made.facts["range_lu"] == pytest.approx(10.0, abs=4.0)
    _, short = make_mix(tmp_path, recipe(SECOND), {"music": sound[:SECOND]})
    assert (short.facts["short_term_lufs"], short.facts["momentary_lufs"]) == (None, pytest.approx(-14.0, abs=0.1))


def test_the_same_stems_give_the_same_bytes(tmp_path: Path) -> None:
    sounds = {"music": pink(2 * SECOND, -20), "dialogue": voice(2 * SECOND)}
    first, _ = make_mix(tmp_path, recipe(2 * SECOND), sounds)
    again, _ = make_mix(tmp_path, recipe(2 * SECOND), dict(reversed(sounds.items())))
    assert first.read_bytes() == again.read_bytes()
    assert {path.name for path in again.parent.iterdir()} == {"sound.m4a", "levels.json"}


_STEM_ALONE = """
import sys
from pathlib import Path
from filmkit.model.recipe import PlacedCue, StemRecipe
from filmkit.stages.stem import write_stem
from filmkit.media.sound.loudness import measure_levels
from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.soundcoding import encode_aac, steady_cpu_flags
from filmkit.media.sound.truepeak import true_peak_dbtp
folder, length = Path(sys.argv[1]), int(sys.argv[2])
cues = tuple(PlacedCue(id="c", slot="a", start=at, length=96_000, loop=at % 2 == 0) for at in range(0, length, 95_999))
bed = PlacedCue(id="bed", slot="bed", start=0, length=length)
out = folder / "stem.f32"
files = {"a": folder / "a.f32", "bed": folder / "bed.f32"}
write_stem(StemRecipe(stem="effects", length=length, cues=(bed, *cues)), files, out)
sound = SoundFile(out)
true_peak_dbtp(sound, measure_levels(sound))
status = Path("/proc/self/status").read_text()  # getrusage would tell the memory of the process that started this one
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")))
"""


def test_memory_does_not_grow_with_the_film(tmp_path: Path) -> None:
    write_f32(tmp_path / "a.f32", noise(SECOND, -20))
    used = []
    for seconds in (20, 200):
        np.zeros((seconds * SECOND, 2), "<f4").tofile(tmp_path / "bed.f32")
        command = [sys.executable, "-c", _STEM_ALONE, str(tmp_path), str(seconds * SECOND)]
        used.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) // 1024)
    assert used[0] > 20 and abs(used[1] - used[0]) < 20, used


GOLDEN = {4: "50ac27aa359c32fb612c0ae56534d7ca59fcbfa319fce5f28bf76f5c8ab70c3f"}
"""SHA-256 of a mix by the version of its stage: AAC, gain and limiter, the same on every processor."""


def test_bytes_change_only_with_the_version(tmp_path: Path) -> None:
    drawn = np.random.default_rng(5).integers(-(2**12), 2**12, (2 * SECOND, 2)).astype(np.float32) / 2**15
    drawn[SECOND : SECOND + 2_400] *= 6
    file, made = make_mix(tmp_path, recipe(2 * SECOND, -16.0), {"music": drawn})
    assert made.facts["limited"]
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest == GOLDEN[VERSIONS["mix"]], "the mix's bytes changed: raise its version in plan/steps.py"
