"""Steps of the sound run alone: a recipe and sounds in, what the stage made out."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from sounds import Samples, read_f32, write_f32

from filmkit.media.tools import Ffmpeg, find_ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.analysis import SpeechRecipe
from filmkit.model.recipe import DuckRecipe, MixRecipe, Recipe, SourceRecipe, StemRecipe
from filmkit.model.run import Made
from filmkit.model.take import SourceFile
from filmkit.plan.graph import Step
from filmkit.stages import duck, mix, source, speech, stem

NO_FFMPEG = Ffmpeg(Path("no-ffmpeg"), "none", is_pinned=True)


def sum_stem(
    folder: Path, recipe: StemRecipe, sounds: Mapping[str, Samples], curves: Mapping[str, Path] | None = None
) -> tuple[Samples, Made]:
    """The stem of ``recipe`` with its sources given as arrays; ``curves`` are those that duck stages made, by slot."""
    inputs = {slot: write_f32(folder / f"{slot}.f32", sound) for slot, sound in sounds.items()} | dict(curves or {})
    made = stem.run(_step("stem", recipe), Workbench(_empty(folder), inputs, {}, NO_FFMPEG))
    return read_f32(Path(made.outputs["stem"])), made


def make_curve(folder: Path, recipe: DuckRecipe, *pressing: Samples) -> tuple[Path, Made]:
    """The curve of ``recipe`` under sounds given as arrays."""
    inputs = {
        f"press{at}": write_f32(folder / f"press{at}.f32", sound) for at, sound in enumerate(pressing)
    }  # fmt: skip
    made = duck.run(_step("duck", recipe), Workbench(_empty(folder), inputs, {}, NO_FFMPEG))
    return Path(made.outputs["curve"]), made


def make_mix(folder: Path, recipe: MixRecipe, sounds: Mapping[str, Samples]) -> tuple[Path, Made]:
    """The encoded mix of stems given as arrays."""
    inputs = {name: write_f32(folder / f"{name}.f32", sound) for name, sound in sounds.items()}
    made = mix.run(_step("mix", recipe), Workbench(_empty(folder), inputs, {}, find_ffmpeg()))
    return Path(made.outputs["sound"]), made


def decode_source(folder: Path, recipe: SourceRecipe, file: Path) -> tuple[Samples, Made]:
    """What a foreign file sounds like inside filmkit."""
    known = SourceFile(sha256="0" * 64, size=file.stat().st_size, path=str(file), name=f"sound/{file.name}")
    step = Step("source", f"source {file.name}", 1, recipe.as_params(), sources={"file": known}, about=("horn",))
    made = source.run(step, Workbench(_empty(folder), {}, {"file": file}, find_ffmpeg()))
    return read_f32(Path(made.outputs["sound"])), made


def make_speech(folder: Path, recipe: SpeechRecipe) -> tuple[Samples, Made]:
    """What the scratch voice says."""
    made = speech.run(_step("speech", recipe), Workbench(_empty(folder), {}, {}, find_ffmpeg()))
    return read_f32(Path(made.outputs["sound"])), made


def played(file: Path) -> Samples:
    """The sound of a finished file, decoded by ffmpeg as a player does."""
    command = [str(find_ffmpeg().path), "-nostdin", "-v", "error", "-i", str(file), "-map", "0:a", "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, "<f4").reshape(-1, 2)


def _step(kind: str, recipe: Recipe) -> Step:
    return Step(kind, kind, 1, recipe.as_params())


def _empty(folder: Path) -> Path:
    bench = folder / f"bench{sum(1 for path in folder.iterdir() if path.name.startswith('bench'))}"
    bench.mkdir()
    return bench
