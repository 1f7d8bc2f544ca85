"""What a mix session takes out beside the mix: stems, a mix of a few stems or cues, as steps added to a film's graph.

All of it stands at the level it has in the film's mix, so these steps need the mix, and nothing of the picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from filmkit.model.recipe import BounceRecipe, PlacedCue, StemRecipe
from filmkit.model.sound import STEMS, Stem
from filmkit.model.timeline import SoundClip
from filmkit.plan.graph import Cost, Input, Step, WorkGraph
from filmkit.plan.planner import Delivery, FilmPlan
from filmkit.plan.sheets import sheet_step
from filmkit.plan.stale import upstream
from filmkit.plan.steps import Tools, add

M_AND_E: Final = (Stem.MUSIC.value, Stem.EFFECTS.value)
"""Music and effects, what a dubbed version is built on. The takes' own sound may hold speech: it is not in it."""

_SILENT_EVENT: Final = "placeholder"
"""The one fallback of the picture that is heard: a take that is missing has no sound."""


@dataclass(frozen=True, slots=True)
class Bounces:
    """``stems``: every stem, and M&E, each as a file; ``solo``: names of stems and cues for a mix of only these;
    ``picture``: the level picture.
    """

    stems: bool = False
    solo: tuple[str, ...] = ()
    picture: bool = True


def solo_names(said: str | None) -> tuple[str, ...]:
    """The names of a list with commas."""
    return tuple(word for part in (said or "").split(",") if (word := part.strip()))


def soloable(plan: FilmPlan) -> list[str]:
    """What ``solo`` may name: the stems that this film has, then its sounds (cues by id, copies of those that repeat by
    id and number, takes' own sound by shot).
    """
    present = {sound.stem.value for sound in plan.timeline.sounds}
    return [
        *(stem for stem in STEMS if stem in present),
        *dict.fromkeys(name for sound in plan.timeline.sounds for name in (sound.cue, sound.id)),
    ]  # fmt: skip


def with_bounces(plan: FilmPlan, wanted: Bounces, tools: Tools) -> FilmPlan:
    """What makes the film's sound and no step of its picture: the mix and what else is wanted, to be delivered.

    Every name of ``wanted.solo`` is one of ``soloable``.
    """
    mix = next(step for step in plan.graph if step.kind == "mix")
    needed = upstream(plan.graph, [mix.key])
    steps = [step for step in plan.graph if step.key in needed]
    name = plan.timeline.name
    deliveries = [Delivery(mix.key, "sound", f"{name}.mix.m4a")]
    desk = _Desk(plan, mix, tools, steps)
    if wanted.stems:
        stems = {stem: desk.bounce(stem, mix_inputs(mix, [stem])) for stem in STEMS}
        stems["m-and-e"] = desk.bounce("m-and-e", mix_inputs(mix, M_AND_E))
        deliveries += [Delivery(key, "wave", f"stems/{name}.{stem}.wav") for stem, key in stems.items()]
    if wanted.solo:
        key = desk.bounce(f"solo {', '.join(wanted.solo)}", desk.solo(wanted.solo))
        deliveries.append(Delivery(key, "wave", f"{name}.solo-{file_word(wanted.solo)}.wav"))
    if wanted.picture:
        key = sheet_step(plan, mix, tools, steps)
        deliveries += [Delivery(key, *part) for part in (
            ("svg", f"{name}.levels.svg"), ("png", f"{name}.levels.png"), ("numbers", f"{name}.levels.json"),
        )]  # fmt: skip
    events = tuple(event for event in plan.events if event.code == _SILENT_EVENT)
    return replace(plan, graph=WorkGraph(steps), deliveries=tuple(deliveries), events=events)


def mix_inputs(mix: Step, stems: Iterable[str]) -> list[Input]:
    """These stems as the mix reads them, in the order they stand everywhere; a stem without any sound gives none."""
    return [mix.inputs[stem] for stem in STEMS if stem in stems and stem in mix.inputs]


@dataclass(frozen=True)
class _Desk:
    plan: FilmPlan
    mix: Step
    tools: Tools
    steps: list[Step]

    def bounce(self, name: str, stems: list[Input]) -> str:
        """Adds a bounce of these stems; returns its key."""
        length = self.plan.timeline.samples
        inputs = {f"stem{number:03}": given for number, given in enumerate(stems)}
        return add(self.steps, Step(
            kind="bounce",
            name=f"bounce {name}",
            version=self.tools.version("bounce"),
            params=BounceRecipe(length=length).as_params(),
            inputs={**inputs, "levels": Input(self.mix.key, "levels")},
            tools=self.tools.sums,
            cost=Cost(0, 0.1 + length * 1e-8),
        ))  # fmt: skip

    def solo(self, names: tuple[str, ...]) -> list[Input]:
        """Whole stems, and of the others those parts that are asked for: steps of their own, which are added."""
        heard = []
        for stem, given in mix_by_stem(self.mix).items():
            cues = [
                sound
                for sound in self.plan.timeline.sounds
                if sound.stem == stem and (sound.id in names or sound.cue in names)
            ]
            if stem in names:
                heard.append(given)
            elif cues:
                heard.append(Input(self._part(self.plan.graph[given.step], cues), given.output))
        return heard

    def _part(self, stem: Step, sounds: list[SoundClip]) -> str:
        recipe = StemRecipe.from_params(stem.params)
        ids = {sound.id for sound in sounds}
        names = sorted({sound.cue for sound in sounds})
        kept = tuple(cue for cue in recipe.cues if cue.id in ids)
        unused = _slots(recipe.cues) - _slots(kept)
        return add(self.steps, replace(
            stem,
            name=f"{stem.name}: {', '.join(names)}",
            params=recipe.model_copy(update={"cues": kept}).as_params(),
            inputs={slot: given for slot, given in stem.inputs.items() if slot not in unused},
            about=tuple(name for name in stem.about if name in names),
        ))  # fmt: skip


def _slots(cues: Iterable[PlacedCue]) -> set[str]:
    """The inputs that cues read: their sources, and the curves that lower them."""
    return {slot for cue in cues for slot in (cue.slot, cue.duck_slot)}


def mix_by_stem(mix: Step) -> Mapping[str, Input]:
    """The stems that the mix sums, in order."""
    return {stem: mix.inputs[stem] for stem in STEMS if stem in mix.inputs}


def file_word(names: Iterable[str]) -> str:
    """Names as part of a file's name: ``horn+harbour-boat``."""
    return "+".join("".join(char if char.isalnum() or char in "-_" else "-" for char in name) for name in names)
