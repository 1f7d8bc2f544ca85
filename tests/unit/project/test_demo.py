"""The demo film keeps what it promises before a frame is rendered, and every file of it has a licence."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from repository import ROOT

from filmkit.load.film import load_film
from filmkit.model.finding import Severity
from filmkit.model.storyboard import JoinKind
from filmkit.model.timeline import StillMaterial, TakeMaterial, Timeline
from filmkit.plan.cut import cut
from filmkit.store.digests import DigestMemo

DEMO = ROOT / "projects" / "leaving-earth"
MEDIA = {".mpg", ".mp4", ".jpg", ".png", ".webp", ".ogg", ".flac", ".wav", ".cube", ".ttf", ".otf"}
MOST_BYTES = 2_500_000


@pytest.fixture(scope="module")
def timeline(tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    loaded = load_film(DEMO, memo=DigestMemo(tmp_path_factory.mktemp("memo")))
    assert [finding.message for finding in loaded.findings if finding.severity is not Severity.NOTE] == []
    assert loaded.film is not None
    made = cut(loaded.film)
    assert made.findings == () and made.timeline is not None
    return made.timeline


def test_it_is_a_real_little_film(timeline: Timeline) -> None:
    assert timeline.rate.seconds(timeline.frames) == 48
    shots = [clip for clip in timeline.clips if not clip.is_placeholder]
    assert sum(isinstance(clip.material, TakeMaterial) for clip in shots) >= 3
    assert sum(isinstance(clip.material, StillMaterial) for clip in shots) >= 4
    assert {clip.join.kind for clip in timeline.clips} >= {
        JoinKind.CUT, JoinKind.DISSOLVE, JoinKind.FADE, JoinKind.WHITE, JoinKind.IRIS,
    }  # fmt: skip
    assert len(timeline.titles) == 3


def test_the_launch_and_its_boom_fall_on_a_beat(timeline: Timeline) -> None:
    launch = next(clip for clip in timeline.clips if clip.shot == "pad/launch")
    boom = next(sound for sound in timeline.sounds if sound.id == "boom")
    assert launch.start % 12 == 0  # 120 beats a minute at 24 frames a second
    assert boom.start == timeline.rate.samples(launch.start)


def test_committed_media_are_small_and_have_a_licence() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    media = [Path(name) for name in listed.split("\0") if Path(name).suffix in MEDIA]
    assert len(media) > 15
    licences = (ROOT / "assets" / "LICENSES.md").read_text(encoding="utf-8")
    assert [str(path) for path in media if path.name not in licences] == []
    assert [str(path) for path in media if (ROOT / path).stat().st_size > MOST_BYTES] == []
