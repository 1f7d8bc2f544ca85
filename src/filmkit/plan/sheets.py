"""Steps of the level picture: the outline of each stem, and the page that draws them under the film's cuts."""

from __future__ import annotations

from filmkit.model.level_recipe import SheetCue, SheetRecipe, SheetScene, SheetShot, WaveformRecipe
from filmkit.model.recipe import MixRecipe, StemRecipe
from filmkit.model.timebase import SAMPLE_RATE
from filmkit.model.timeline import Timeline
from filmkit.plan.graph import Cost, Input, Step
from filmkit.plan.planner import FilmPlan
from filmkit.plan.steps import Tools, add


def sheet_step(plan: FilmPlan, mix: Step, tools: Tools, steps: list[Step]) -> str:
    """Adds the steps of the level picture of a mix; returns the key of the one that draws it."""
    inputs = {"levels": Input(mix.key, "levels")}
    cues: list[SheetCue] = []
    for stem, given in mix.inputs.items():
        step = plan.graph[given.step]
        inputs[f"wave-{stem}"] = Input(_waveform(stem, given, plan.timeline, tools, steps), "waveform")
        inputs |= {f"duck-{stem}-{slot}": curve for slot, curve in step.inputs.items() if slot.startswith("duck")}
        cues += _cues(stem, step)
    return add(steps, Step(
        kind="sheet",
        name="level picture",
        version=tools.version("sheet"),
        params=_recipe(plan.timeline, MixRecipe.from_params(mix.params), tuple(cues)).as_params(),
        inputs=inputs,
        tools={**tools.drawing, **tools.sums},
        cost=Cost(0, 1.0),
    ))  # fmt: skip


def _waveform(stem: str, given: Input, timeline: Timeline, tools: Tools, steps: list[Step]) -> str:
    return add(steps, Step(
        kind="waveform",
        name=f"waveform {stem}",
        version=tools.version("waveform"),
        params=WaveformRecipe().as_params(),
        inputs={"stem": given},
        tools=tools.sums,
        cost=Cost(0, 0.1 + timeline.samples / SAMPLE_RATE * 0.003),
    ))  # fmt: skip


def _cues(stem: str, step: Step) -> list[SheetCue]:
    return [
        SheetCue(
            id=cue.id,
            stem=stem,
            start=cue.start,
            length=cue.length,
            fade_in=cue.fade_in,
            fade_out=cue.fade_out,
            duck_slot=cue.duck_slot,
        )
        for cue in StemRecipe.from_params(step.params).cues
    ]


def _recipe(timeline: Timeline, mix: MixRecipe, cues: tuple[SheetCue, ...]) -> SheetRecipe:
    return SheetRecipe(
        title=timeline.title,
        fps=str(timeline.rate.fps),
        frames=timeline.frames,
        length=timeline.samples,
        integrated_lufs=mix.integrated_lufs,
        peak_dbtp=mix.peak_dbtp,
        scenes=tuple(SheetScene(title=part.title, start=part.start) for part in timeline.scenes),
        shots=tuple(
            SheetShot(name=clip.shot, start=clip.start, stop=clip.stop, join_frames=clip.join.frames)
            for clip in timeline.clips
        ),
        cues=cues,
    )
