"""Cues that repeat, are slowed down or play backwards are heard where the plan has them, in the stem and in the mix."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
import pytest
from sounds import RATE, Samples, bursts, clicks, onsets, read_f32, tone, write_wav
from wholefilms import Rendered, settings_for

from filmkit.engine.job import finish_job, open_job, run_job
from filmkit.engine.listen import Listeners
from filmkit.engine.local import run_local
from filmkit.engine.settings import Session
from filmkit.plan.bounces import Bounces

FRAME = 2_000
STORYBOARD = """\
filmkit: 1
title: T
picture: {size: 96x64, fps: 24}
scenes:
  - id: harbour
    shots:
      - {id: a, color: black, lasts: 50f}
      - {id: b, color: white, lasts: 31f}
      - {id: c, color: red, lasts: 60f}
sound:
  loudness: {integrated: -30 LUFS}
  music:
    - {id: bed, file: sound/bed.wav, at: start, to: end, loop: true, gain: -20 dB}
  effects:
    - {id: knock, file: sound/click.wav, each: harbour.cuts + 1f}
    - {id: swell, file: sound/late.wav, at: a + 0.25s, reverse: true, marks: {hit: 0.85s}}
    - {id: echo, file: sound/click.wav, at: swell.hit + 0.5s}
    - {id: slow, file: sound/hit.wav, at: c + 0.25s, speed: 0.5, marks: {hit: 0.5s}}
    - {id: after, file: sound/click.wav, at: slow.hit + 0.5s}
"""
HIT = (50 + 31) * FRAME + 12_000 + 48_000
SWELL = 12_000 + 48_000 - 1 - 40_800
CLICKS = sorted([51 * FRAME, 82 * FRAME, SWELL, SWELL + 1 + 24_000, HIT + 24_000])


@dataclass(frozen=True)
class Heard:
    stem: Samples
    mix: Samples
    film: Rendered


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Heard:
    folder = tmp_path_factory.mktemp("cues")
    film = folder / "film"
    (film / "sound").mkdir(parents=True)
    (film / "storyboard.yaml").write_text(STORYBOARD, encoding="utf-8")
    write_wav(film / "sound" / "click.wav", clicks(480, [0]))
    write_wav(film / "sound" / "late.wav", clicks(48_000, [40_800]))
    write_wav(film / "sound" / "hit.wav", bursts(48_000, [24_000], -9, 4_000))
    write_wav(film / "sound" / "bed.wav", tone(443, 47_999, -6))
    job = open_job(film, settings_for(folder / "store", bounces=Bounces()), Session.SOUND)
    job = run_job(job, run_local, Listeners())
    rendered = Rendered(job, finish_job(job, "local"))
    mix = next(path for path in (film / "out").iterdir() if path.suffix == ".m4a")
    with av.open(str(mix)) as container:
        decoded = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1).T
    stem = next(path for path in rendered.outputs("stem") if np.abs(read_f32(path)).max() > 0.3)
    return Heard(read_f32(stem), decoded, rendered)


def test_every_click_is_at_its_sample_in_the_stem(heard: Heard) -> None:
    """A declick of 5 ms softens the first sample of a file; the click in mid-file is whole."""
    level = np.abs(heard.stem).max(axis=1)
    assert level[SWELL] == pytest.approx(0.9, abs=0.01)
    found = [place for place in onsets(heard.stem, 1e-4, apart=4_800) if not HIT - 480 < place < HIT + 9_000]
    assert found == CLICKS


def test_a_slowed_hit_is_at_its_moment(heard: Heard) -> None:
    level = np.abs(heard.stem).max(axis=1)
    first = HIT - 9_600 + int(np.argmax(level[HIT - 9_600 : HIT + 9_600] > 0.1))
    assert abs(first - HIT) < 4 * 48


def test_what_stands_out_in_the_mix_is_within_a_millisecond(heard: Heard) -> None:
    """The bed lies under it: what rises above it does so where the stem does."""
    step = np.abs(np.diff(heard.mix[:, 0], n=2))
    assert abs(int(np.argmax(step[: SWELL + 4_800])) - SWELL) <= 48
    assert len(heard.mix) >= 141 * FRAME


def test_the_bed_goes_on_without_a_click(heard: Heard) -> None:
    bed = next(read_f32(path) for path in heard.film.outputs("stem") if np.abs(read_f32(path)).max() < 0.3)
    middle = bed[4_800:-4_800, 0]
    natural = 10 ** (-26 / 20) * 2 * np.pi * 443 / RATE
    assert np.abs(np.diff(middle)).max() < 1.1 * natural
