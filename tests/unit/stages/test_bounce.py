"""A bounce is the sum of its stems at the mix's gain, as a WAV with the film's length."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np
from sounds import Samples, noise, write_f32

from filmkit.media.sound.samples import gain
from filmkit.media.tools import Ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import BounceRecipe
from filmkit.model.run import Made
from filmkit.plan.graph import Step
from filmkit.plan.steps import VERSIONS
from filmkit.stages import bounce

LENGTH = 70_001
"""More than one block."""


def bounced(folder: Path, stems: Mapping[str, Samples], gain_db: float = -3.5) -> tuple[Path, Made]:
    """The WAV of these stems."""
    folder.mkdir(exist_ok=True)
    inputs = {slot: write_f32(folder / f"{slot}.f32", sound) for slot, sound in stems.items()}
    levels = folder / "levels.json"
    levels.write_text(json.dumps({"gain_db": gain_db}))
    bench = folder / "bench"
    bench.mkdir()
    step = Step("bounce", "bounce", 1, BounceRecipe(length=LENGTH).as_params())
    ffmpeg = Ffmpeg(Path("no-ffmpeg"), "none", is_pinned=True)
    made = bounce.run(step, Workbench(bench, {**inputs, "levels": levels}, {}, ffmpeg))
    return Path(made.outputs["wave"]), made


def samples_of(wave: Path) -> Samples:
    """What another program reads of it."""
    with av.open(str(wave)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("pcm_f32le", 48_000, 2)
        frames = [frame.to_ndarray().reshape(-1, 2) for frame in container.decode(stream)]
    return np.concatenate(frames)


def test_a_stem_is_heard_at_the_gain_of_the_mix(tmp_path: Path) -> None:
    sound = noise(LENGTH, -20)
    wave, made = bounced(tmp_path, {"stem000": sound})
    heard = samples_of(wave)
    assert np.array_equal(heard, sound * np.float32(gain(-3.5)))
    assert made.facts == {"samples": LENGTH, "peak_db": round(20 * float(np.log10(np.abs(heard).max())), 2)}


def test_two_stems_are_the_sum_of_their_own_bounces_to_the_bit(tmp_path: Path) -> None:
    music, effects = noise(LENGTH, -12, seed=1), noise(LENGTH, -9, seed=2)
    both, first, second = (
        samples_of(bounced(tmp_path / name, stems)[0])
        for name, stems in {
            "both": {"stem000": music, "stem001": effects}, "one": {"stem000": music}, "two": {"stem000": effects},
        }.items()
    )  # fmt: skip
    assert np.array_equal(both, first + second)


def test_no_stem_gives_silence_as_long_as_the_film(tmp_path: Path) -> None:
    heard = samples_of(bounced(tmp_path, {})[0])
    assert heard.shape == (LENGTH, 2) and not heard.any()


def test_a_stem_above_full_scale_is_kept_whole(tmp_path: Path) -> None:
    sound = noise(LENGTH, -2)
    assert np.abs(sound).max() > 2.0
    assert np.array_equal(samples_of(bounced(tmp_path, {"stem000": sound}, 0.0)[0]), sound)


def test_bytes_of_this_version_are_known(tmp_path: Path) -> None:
    """Another digest means other stems for the same film: raise the version in plan/steps.py and record the new one."""
    whole = (np.arange(2 * LENGTH) * 7_919 % 65_521).reshape(-1, 2)
    sound = (whole.astype(np.float32) / np.float32(65_536) - np.float32(0.5)).astype(np.float32)
    wave, _ = bounced(tmp_path, {"stem000": sound, "stem001": sound[::-1].copy()})
    digest = hashlib.sha256(wave.read_bytes()).hexdigest()
    assert (VERSIONS["bounce"], digest[:16]) == (1, "54fa0a6075f1767f")
