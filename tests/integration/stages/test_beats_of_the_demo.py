"""The demo's music, laid out of loops at exactly 120 beats a minute from its first sample on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from repository import ROOT
from soundsteps import decode_source

from filmkit.media.sound.beats import BeatHint, track_beats
from filmkit.media.sound.samples import SoundFile
from filmkit.model.recipe import SourceRecipe

MUSIC = ROOT / "assets" / "music" / "leaving-earth.ogg"


@pytest.mark.parametrize("bpm", [None, 109.0, 131.0])
def test_the_beats_of_the_demo_are_within_ten_milliseconds(tmp_path: Path, bpm: float | None) -> None:
    decode_source(tmp_path, SourceRecipe(demuxer="ogg", stream=0, channels=2, layout="stereo"), MUSIC)
    [decoded] = tmp_path.rglob("sound.f32")
    track = track_beats(SoundFile(decoded), BeatHint(bpm))
    assert track is not None and track.is_steady
    assert abs(track.bpm - 120) < 0.1
    beats = np.array(track.beats) / 48_000
    away_ms = 1000 * (beats - np.round(beats * 2) / 2)
    assert np.abs(away_ms).max() <= 10, f"{np.abs(away_ms).max():.1f} ms off"
    assert len(beats) >= 95, "of 104; it fades in and out"
