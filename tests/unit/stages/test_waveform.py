"""The outline of a stem, as the stage leaves it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from sounds import clicks, write_f32

from filmkit.media.tools import Ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.level_recipe import WaveformRecipe
from filmkit.plan.graph import Step
from filmkit.plan.steps import VERSIONS
from filmkit.stages import waveform


def test_bytes_of_this_version_are_known_and_say_where_the_clicks_are(tmp_path: Path) -> None:
    """Another digest means other outlines for the same stem: raise the version in plan/steps.py."""
    sound = clicks(96_000, [9_600, 50_000, 95_999], 0.5)
    stem = write_f32(tmp_path / "stem.f32", sound)
    bench = tmp_path / "bench"
    bench.mkdir()
    step = Step("waveform", "waveform music", 1, WaveformRecipe(columns=100).as_params())
    made = waveform.run(step, Workbench(bench, {"stem": stem}, {}, Ffmpeg(Path("none"), "none", is_pinned=True)))
    data = Path(made.outputs["waveform"]).read_bytes()
    told = json.loads(data)
    assert [at for at, peak in enumerate(told["peak_db"]) if peak > -100] == [10, 52, 99]
    assert told["column_samples"] == 960
    assert (VERSIONS["waveform"], hashlib.sha256(data).hexdigest()[:16]) == (1, "9170d77a0ffd57f8")
