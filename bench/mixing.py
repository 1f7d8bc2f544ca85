"""filmkit's mix step alone, as a process of its own: ``python -m bench.mixing FOLDER LUFS``."""

from __future__ import annotations

import sys
from pathlib import Path

from filmkit.media.tools import find_ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import MixRecipe
from filmkit.plan.graph import Step

CEILING_DBTP = -1.0


def mix(folder: Path, lufs: float) -> None:
    """Makes ``bench/sound.m4a`` of the stems in ``stems/``, as a film's mix step does."""
    from filmkit.stages import mix as stage

    stems = {file.stem: file for file in (folder / "stems").iterdir()}
    length = next(iter(stems.values())).stat().st_size // 8
    recipe = MixRecipe(length=length, integrated_lufs=lufs, peak_dbtp=CEILING_DBTP)
    (folder / "bench").mkdir()
    bench = Workbench(folder / "bench", stems, {}, find_ffmpeg())
    stage.run(Step("mix", "mix", 1, recipe.as_params()), bench)


if __name__ == "__main__":
    mix(Path(sys.argv[1]), float(sys.argv[2]))
