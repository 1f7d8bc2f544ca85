"""A thousand cues on a film of ten minutes: each is heard where it was planned; memory grows with neither."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from manycues import FILES, LENGTH, cost_of, places, signature, storyboard, write_signatures
from sounds import RATE, Samples, read_f32
from soundsteps import played
from wholefilms import render_film, settings_for, write_film

SECONDS, CUES = 600, 1000
DECLICK = 240
REACH = 2_048
MOST_MIB = 30


def onsets_of(sound: Samples) -> npt.NDArray[np.intp]:
    """The first sample of each sound after silence."""
    loud = np.flatnonzero(sound.any(axis=1))
    return loud[np.flatnonzero(np.diff(loud, prepend=-REACH) > REACH // 4)]


def alike(one: Samples, other: Samples) -> float:
    """1 where one is the other, louder or softer."""
    return float((one * other).sum() / np.sqrt(np.square(one).sum() * np.square(other).sum()))


def lag(sound: Samples, place: int, known: Samples) -> int:
    """How many samples after ``place`` a known sound is heard, by cross-correlation."""
    near = sound[place - REACH : place + REACH + LENGTH]
    spectra = (np.fft.rfft(part, 4 * REACH + LENGTH, axis=0) for part in (near, known))
    found, given = spectra
    likeness = np.fft.irfft(found * np.conj(given), axis=0).sum(axis=1)
    return int(np.argmax(likeness[: 2 * REACH])) - REACH


@pytest.mark.slow
def test_each_of_a_thousand_cues_is_heard_where_it_was_planned(tmp_path: Path) -> None:
    files = write_signatures(tmp_path / "files")
    material = {f"sound/{file.name}": file for file in files}
    folder = write_film(tmp_path / "film", storyboard(SECONDS, CUES), material)
    rendered = render_film(folder, settings_for(tmp_path / "store"))
    planned = places(SECONDS, CUES)
    signatures = [signature(number) for number in range(FILES)]

    [stem] = rendered.outputs("stem")
    mixed = read_f32(stem)
    assert len(mixed) == SECONDS * RATE
    assert np.array_equal(onsets_of(mixed), planned)
    for number, place in enumerate(planned):
        there = slice(place + DECLICK, place + LENGTH - DECLICK)
        assert alike(mixed[there], signatures[number % FILES][DECLICK:-DECLICK]) > 0.999, number

    heard = played(rendered.film)
    assert len(heard) == SECONDS * RATE
    lags = [lag(heard, place, signatures[number % FILES]) for number, place in enumerate(planned)]
    assert max(map(abs, lags)) <= 1, lags
    assert np.median(lags) == 0


@pytest.mark.slow
def test_memory_grows_neither_with_cues_nor_with_length(tmp_path: Path) -> None:
    used = {(seconds, cues): cost_of(tmp_path / f"{seconds}-{cues}", seconds, cues).peak_mib
            for seconds in (60, SECONDS) for cues in (10, CUES)}  # fmt: skip
    assert max(used.values()) - min(used.values()) < MOST_MIB, used
