"""Bar lines are alike where the music around them is: known chords in known bars."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
from sounds import RATE, Samples, joined, silence, tone, write_f32

from filmkit.media.sound.barlikeness import likeness
from filmkit.media.sound.samples import SoundFile
from filmkit.plan.steps import VERSIONS

BEAT = RATE // 4
BAR = 4 * BEAT


def bar(*hz: float, peak_db: float = -12) -> Samples:
    """One bar: each tone for its share, in even steps."""
    return joined(*(tone(each, BAR // len(hz), peak_db) for each in hz))


A, B, C = bar(220.0, 330.0), bar(262.0, 392.0), bar(147.0, 587.0)


def rows(folder: Path, *bars: Samples) -> list[list[int]]:
    sound = SoundFile(write_f32(folder / "m.f32", joined(*bars)))
    return likeness(sound, [at * BAR for at in range(len(bars) + 1)], BEAT)


def test_lines_between_the_same_bars_are_the_same(tmp_path: Path) -> None:
    """A B A B C A B: the line before the second bar B is that before the first, and that before the third."""
    found = rows(tmp_path, A, B, A, B, C, A, B)
    assert [len(row) for row in found] == list(range(8))
    assert min(found[3][1], found[6][1], found[6][3]) >= 98
    others = [found[i][j] for i in range(1, 7) for j in range(1, i) if (i, j) not in {(3, 1), (6, 1), (6, 3)}]
    assert max(others) < 75, others
    assert found[4][2] > found[4][3] + 20, "what comes before is alike, what follows is not: half of it"


def test_another_level_is_less_alike(tmp_path: Path) -> None:
    quiet = [(samples * np.float32(0.1)).astype(np.float32) for samples in (A, B)]
    found = rows(tmp_path, A, B, A, B, *quiet, *quiet)
    assert found[3][1] >= 98 and found[5][1] < 60


def test_silence_is_like_silence_and_like_nothing_else(tmp_path: Path) -> None:
    still = silence(BAR)
    found = rows(tmp_path, still, still, still, still, A, A, A, A)
    assert found[2][1] == 100 and found[6][2] == 0
    assert rows(tmp_path, still, still) == [[], [100], [100, 100]]


def test_numbers_of_this_version_are_known(tmp_path: Path) -> None:
    """Another digest means other seams for the same film: raise the version of 'bars' and record the new one."""
    found = rows(tmp_path, A, B, C, A, B, C, B, A)
    assert VERSIONS["bars"] == 1
    assert hashlib.sha256(json.dumps(found).encode()).hexdigest()[:16] == "5444065c23685de6"
