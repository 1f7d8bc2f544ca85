"""Steps of the sound: each file decoded once, one sum a stem, and the mix brought to its loudness and encoded."""

from __future__ import annotations

from filmkit.model.recipe import MixRecipe, PlacedCue, StemRecipe
from filmkit.model.sound import STEMS
from filmkit.model.timebase import SAMPLE_RATE
from filmkit.model.timeline import SoundClip, Timeline
from filmkit.plan.graph import Cost, Input, Step
from filmkit.plan.sources import source_step
from filmkit.plan.steps import Tools, add


def sound_steps(timeline: Timeline, loudness: tuple[float, float], tools: Tools, steps: list[Step]) -> str:
    """Adds all sound steps; returns the key of the mix, whose output ``sound`` goes into the master."""
    stems = {}
    seconds = timeline.samples / SAMPLE_RATE
    for stem in STEMS:
        heard = [sound for sound in timeline.sounds if sound.stem == stem]
        if heard:
            stems[stem] = Input(_stem(stem, heard, timeline, tools, steps), "stem")
    recipe = MixRecipe(length=timeline.samples, integrated_lufs=loudness[0], peak_dbtp=loudness[1])
    return add(steps, Step(
        kind="mix",
        name="mix",
        version=tools.version("mix"),
        params=recipe.as_params(),
        inputs=stems,
        tools={**tools.media, **tools.sums},
        cost=Cost(0, 0.5 + seconds * 0.03),
    ))  # fmt: skip


def _stem(stem: str, heard: list[SoundClip], timeline: Timeline, tools: Tools, steps: list[Step]) -> str:
    slots: dict[str, str] = {}
    cues = []
    for sound in heard:
        key = add(steps, source_step(sound.file, tools, pieces=sound.pieces, about=sound.id))
        slot = slots.setdefault(key, f"source{len(slots)}")
        cues.append(_cue(sound, slot))
    return add(steps, Step(
        kind="stem",
        name=f"stem {stem}",
        version=tools.version("stem"),
        params=StemRecipe(stem=stem, length=timeline.samples, cues=tuple(cues)).as_params(),
        inputs={slot: Input(key, "sound") for key, slot in slots.items()},
        tools=tools.sums,
        about=tuple(sound.id for sound in heard),
        cost=Cost(0, 0.1 + timeline.samples / SAMPLE_RATE * 0.002),
    ))  # fmt: skip


def _cue(sound: SoundClip, slot: str) -> PlacedCue:
    shape = sound.shape
    return PlacedCue(
        id=sound.id,
        slot=slot,
        start=sound.start,
        length=sound.length,
        source_start=sound.source_start,
        source_stop=sound.source_stop,
        gain_db=shape.gain_db,
        pan=shape.pan,
        fade_in=min(shape.fade_in, sound.length),
        fade_out=min(shape.fade_out, sound.length),
        fade_in_curve=shape.curve_in.value,
        fade_out_curve=shape.curve_out.value,
        loop=shape.loop,
        reversed_samples=sound.reversed_samples,
    )
