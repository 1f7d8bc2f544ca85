"""Steps of ducking: what presses is summed as it is before any ducking and bus, and a curve is made of it.

So nothing presses on itself in a circle, whoever ducks under whom. A stem without ducked cues and without a bus presses
with the very step that goes into the mix; a single cue is summed alone, over its own length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from filmkit.model.recipe import DuckRecipe
from filmkit.model.sound import STEMS, Bus, Duck
from filmkit.model.timebase import SAMPLE_RATE, samples
from filmkit.model.timeline import SoundClip, Timeline
from filmkit.plan.graph import Cost, Input, Step
from filmkit.plan.steps import Tools, add

_FASTEST = SAMPLE_RATE * 5 // 1000
"""No attack or release is shorter than a declick: a level that jumps would be heard as a click."""


@dataclass(frozen=True, slots=True)
class Submix:
    """Sounds to be summed over ``length`` samples: a stem as it goes into the mix (``is_heard``), or something that
    presses.
    """

    stem: str
    name: str
    heard: tuple[SoundClip, ...]
    length: int
    bus: Bus = field(default_factory=Bus)
    is_heard: bool = True


@dataclass(frozen=True)
class DuckSteps:
    """Adds the steps of ducking; ``add_sum`` adds the step that sums a submix and returns its key."""

    timeline: Timeline
    tools: Tools
    steps: list[Step]
    add_sum: Callable[[Submix], str]

    def curves(self, heard: Sequence[SoundClip]) -> dict[Duck, Input]:
        """The curve of each way in which some of these sounds are ducked."""
        asked: dict[Duck, list[str]] = {}
        for sound in heard:
            if sound.duck is not None:
                asked.setdefault(sound.duck, []).append(sound.cue)
        return {duck: Input(self._step(duck, tuple(dict.fromkeys(cues))), "curve") for duck, cues in asked.items()}

    def _step(self, duck: Duck, about: tuple[str, ...]) -> str:
        pressing = [(start, self.add_sum(submix)) for start, submix in self._pressing(duck)]
        return add(self.steps, Step(
            kind="duck",
            name=f"duck under {', '.join(duck.under)}",
            version=self.tools.version("duck"),
            params=self._recipe(duck, tuple(start for start, _ in pressing)).as_params(),
            inputs={f"press{at}": Input(key, "stem") for at, (_, key) in enumerate(pressing)},
            tools=self.tools.sums,
            about=about,
            cost=Cost(0, 0.05 + self.timeline.samples / SAMPLE_RATE * 0.0003 * len(pressing)),
        ))  # fmt: skip

    def _recipe(self, duck: Duck, starts: tuple[int, ...]) -> DuckRecipe:
        rate = self.timeline.rate
        attack = max(_FASTEST, samples(duck.attack.at(rate)))
        return DuckRecipe(
            length=self.timeline.samples,
            by_db=duck.by,
            attack=attack,
            release=max(_FASTEST, samples(duck.release.at(rate))),
            look_ahead=attack if duck.look_ahead is None else samples(duck.look_ahead.at(rate)),
            starts=starts,
        )

    def _pressing(self, duck: Duck) -> Iterator[tuple[int, Submix]]:
        """What presses, and where in the film its first sample falls; what has no sound yet presses on nothing."""
        for name in dict.fromkeys(name.lower() for name in duck.under):
            if name in STEMS:
                heard = tuple(sound for sound in self.timeline.sounds if sound.stem == name)
                if heard:
                    yield 0, self._stem(name, heard)
            elif heard := tuple(sound for sound in self.timeline.sounds if sound.cue.lower() == name):
                yield self._cue(heard)

    def _stem(self, stem: str, heard: tuple[SoundClip, ...]) -> Submix:
        is_plain = bus_of(self.timeline, stem) == Bus() and all(sound.duck is None for sound in heard)
        name = f"stem {stem}" if is_plain else f"{stem} as it presses"
        alone = tuple(replace(sound, duck=None) for sound in heard)
        return Submix(stem, name, alone, self.timeline.samples, is_heard=is_plain)

    def _cue(self, heard: tuple[SoundClip, ...]) -> tuple[int, Submix]:
        start = min(sound.start for sound in heard)
        length = max(sound.start + sound.length for sound in heard) - start
        alone = tuple(replace(sound, start=sound.start - start, duck=None) for sound in heard)
        return start, Submix(heard[0].stem.value, f"{heard[0].cue} as it presses", alone, length, is_heard=False)


def bus_of(timeline: Timeline, stem: str) -> Bus:
    """The bus of a stem."""
    bus: Bus = getattr(timeline.buses, stem)
    return bus
