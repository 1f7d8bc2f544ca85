"""A sound that is still being written is measured as the finished one is; one that ends early is told."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from sounds import RATE, Samples, bursts, noise, write_f32

from filmkit.media.sound.comingsound import ComingSound, measure_once
from filmkit.media.sound.loudness import measure_levels
from filmkit.media.sound.samples import SoundFile, gain
from filmkit.media.sound.truepeak import measure_true_peak


def write_slowly(path: Path, sound: Samples, coming: ComingSound) -> None:
    with path.open("wb", buffering=0) as file:
        for part in np.array_split(sound, 20):
            file.write(part.astype("<f4").tobytes())
            threading.Event().wait(0.01)
    coming.finish()


@pytest.mark.parametrize("samples", [14 * RATE + 77, 6 * RATE, 100])
def test_what_is_measured_on_the_way_is_what_the_finished_file_has(tmp_path: Path, samples: int) -> None:
    sound = noise(samples, -24) + bursts(samples, range(0, samples, RATE), -4)
    more = np.concatenate([sound, noise(1_024, 0)])  # an encoder's last frame is longer than the sound
    coming = ComingSound(tmp_path / "coming.f32", samples)
    writing = threading.Thread(target=write_slowly, args=(coming.path, more, coming))
    writing.start()
    ceiling = gain(-3.0)
    levels, peaks = measure_once(coming, ceiling)
    writing.join()
    file = SoundFile(write_f32(tmp_path / "whole.f32", sound))
    whole = measure_levels(file)
    exact = measure_true_peak(file, whole, floor=0.0)
    assert np.array_equal(levels.energy, whole.energy) and np.array_equal(levels.peak, whole.peak)
    assert peaks.max() == exact.max()
    assert np.array_equal(peaks[exact > ceiling], exact[exact > ceiling])
    assert (peaks <= exact).all()


def test_a_writer_that_stops_early_is_told(tmp_path: Path) -> None:
    coming = ComingSound(tmp_path / "coming.f32", 2 * RATE)
    write_f32(coming.path, noise(RATE, -20))
    assert len(coming.read(0, RATE)) == RATE
    coming.finish()
    with pytest.raises(EOFError, match=r"coming\.f32 ends early"):
        measure_once(coming, 1.0)
