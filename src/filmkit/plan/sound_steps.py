"""Steps of the sound: each file decoded once, one sum a stem, and the mix brought to its loudness and encoded. What
presses on ducked cues is summed before them (plan/duck_steps.py).
"""

from __future__ import annotations

from filmkit.model.recipe import MixRecipe, PlacedCue, StemRecipe
from filmkit.model.sound import STEMS
from filmkit.model.timebase import SAMPLE_RATE
from filmkit.model.timeline import SoundClip, Timeline
from filmkit.plan.duck_steps import DuckSteps, Submix, bus_of
from filmkit.plan.graph import Cost, Input, Step
from filmkit.plan.sources import source_step
from filmkit.plan.speech import speech_step
from filmkit.plan.steps import Tools, add


def sound_steps(timeline: Timeline, loudness: tuple[float, float], tools: Tools, steps: list[Step]) -> str:
    """Adds all sound steps; returns the key of the mix, whose output ``sound`` goes into the master."""
    stems = {}
    seconds = timeline.samples / SAMPLE_RATE
    for stem in STEMS:
        heard = tuple(sound for sound in timeline.sounds if sound.stem == stem)
        if heard:
            submix = Submix(stem, f"stem {stem}", heard, timeline.samples, bus_of(timeline, stem))
            stems[stem] = Input(_stem(submix, timeline, tools, steps), "stem")
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


def _stem(submix: Submix, timeline: Timeline, tools: Tools, steps: list[Step]) -> str:
    curves = DuckSteps(timeline, tools, steps, lambda other: _stem(other, timeline, tools, steps)).curves(submix.heard)
    ducks = {duck: f"duck{at}" for at, duck in enumerate(curves)}
    slots: dict[str, str] = {}
    cues = []
    for sound in submix.heard:
        key = add(steps, _heard_step(sound, tools))
        slot = slots.setdefault(key, f"source{len(slots)}")
        cues.append(_cue(sound, slot, ducks[sound.duck] if sound.duck is not None else ""))
    recipe = StemRecipe(
        stem=submix.stem,
        length=submix.length,
        cues=tuple(cues),
        high_pass_hz=submix.bus.high_pass,
        bus_gain_db=submix.bus.gain,
    )
    return add(steps, Step(
        kind="stem",
        name=submix.name,
        version=tools.version("stem"),
        params=recipe.as_params(),
        inputs={
            **{slot: Input(key, "sound") for key, slot in slots.items()},
            **{slot: curves[duck] for duck, slot in ducks.items()},
        },
        tools=tools.sums,
        about=tuple(dict.fromkeys(sound.cue for sound in submix.heard)),
        cost=Cost(0, 0.1 + submix.length / SAMPLE_RATE * 0.002),
        counted_as="" if submix.is_heard else "press",
    ))  # fmt: skip


def _heard_step(sound: SoundClip, tools: Tools) -> Step:
    """What makes the sound that a cue is cut from."""
    if sound.spoken is not None:
        return speech_step(sound.spoken, tools, sound.cue)
    assert sound.file is not None, f"{sound.id} has neither a file nor a voice"
    return source_step(sound.file, tools, pieces=sound.pieces, about=sound.cue)


def _cue(sound: SoundClip, slot: str, duck_slot: str) -> PlacedCue:
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
        splices=tuple((seam.at, seam.source) for seam in sound.seams if seam.at < sound.length),
        reversed_samples=sound.reversed_samples,
        duck_slot=duck_slot,
    )
