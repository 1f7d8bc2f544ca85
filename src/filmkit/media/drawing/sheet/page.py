"""The whole level picture: head, a lane for each stem, the mix, what its colours mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from filmkit.media.drawing.sheet.axes import DIM, GREY, GROUND, LEFT, WIDTH, TimeAxis, label
from filmkit.media.drawing.sheet.head import HEIGHT as HEAD_HEIGHT
from filmkit.media.drawing.sheet.head import cut_lines, head
from filmkit.media.drawing.sheet.lanes import Lane, silent_lane, stem_lane
from filmkit.media.drawing.sheet.mixed import LOUDNESS_HEIGHT, PEAK_HEIGHT, loudness_lane, peak_lane
from filmkit.media.drawing.sheet.voice import CLEAR, COLORS, COVERED, THIN, voice_runs, voice_states, voice_strip
from filmkit.media.drawing.sheet.voice import HEIGHT as STRIP_HEIGHT
from filmkit.model.level_recipe import SheetRecipe
from filmkit.model.shapes import Drawing, Rect, Shape
from filmkit.model.sound import STEMS

_GAP = 14
_VOICE = "dialogue"
_STATES = {
    CLEAR: "the rest is 7 LU or more below the voice",
    THIN: "less",
    COVERED: "the rest is louder than the voice",
}


def draw_sheet(recipe: SheetRecipe, mix: Mapping[str, Any], lanes: Mapping[str, Lane]) -> Drawing:
    """The picture; ``mix`` is the mix's ``levels``, ``lanes`` are the stems that sound."""
    axis = TimeAxis(recipe.length)
    top = float(HEAD_HEIGHT)
    shapes: list[Shape] = [*head(recipe, axis, mix["whole"])]
    below, top = _stems(lanes, axis, top)
    shapes += below
    shapes += loudness_lane(recipe, mix, axis, top)
    top += LOUDNESS_HEIGHT + _GAP
    shapes += peak_lane(recipe, mix, axis, top)
    top += PEAK_HEIGHT
    shapes += cut_lines(recipe, axis, top)
    shapes += _legend(lanes, top + 30)
    return Drawing(WIDTH, round(top) + 50, GROUND, tuple(shapes), f"{recipe.title}: levels")


def _stems(lanes: Mapping[str, Lane], axis: TimeAxis, top: float) -> tuple[list[Shape], float]:
    """All stems, those that sound and those that do not; and where what follows may begin."""
    shapes: list[Shape] = []
    for stem in STEMS:
        found, height = stem_lane(lanes[stem], axis, top) if stem in lanes else silent_lane(stem, top)
        shapes += found
        top += height + _GAP
        if stem == _VOICE and stem in lanes:
            shapes += voice_strip(spoken(lanes, axis.samples), axis, top - _GAP + 3)
            top += STRIP_HEIGHT + 3
    return shapes, top


def spoken(lanes: Mapping[str, Lane], samples: int) -> list[tuple[int, int, str]]:
    """Where somebody speaks, and how far the voice stands over all else; nothing without dialogue."""
    if _VOICE not in lanes:
        return []
    states = voice_states(lanes[_VOICE], [lane for stem, lane in lanes.items() if stem != _VOICE])
    return voice_runs(states, lanes[_VOICE].column_samples, samples)


def _legend(lanes: Mapping[str, Lane], y: float) -> Iterator[Shape]:
    """What is not said beside its lane."""
    words = "stems at their level in the mix, before its limiter: loudness full, sample peaks pale, −48 … 0 dB"
    x = float(LEFT)
    text = label((x, y), words, DIM)
    yield text
    if _VOICE in lanes:
        yield from _states(x + text.width + 40, y)


def _states(x: float, y: float) -> Iterator[Shape]:
    for state, words in _STATES.items():
        yield Rect(x, y - 10, 18, 11, COLORS[state])
        text = label((x + 24, y), words, GREY)
        yield text
        x += 24 + text.width + 22


def lanes_of(recipe: SheetRecipe, gain_db: float, waves: Mapping[str, Mapping[str, Any]],
             ducks: Mapping[str, Mapping[str, Sequence[tuple[int, float]]]]) -> dict[str, Lane]:  # fmt: skip
    """Lanes of the stems' ``waveform`` outlines at the gain of the mix; ``ducks`` are curves by stem and slot."""
    return {
        stem: Lane(
            stem,
            tuple(sorted((cue for cue in recipe.cues if cue.stem == stem), key=lambda cue: (cue.start, cue.id))),
            wave["column_samples"],
            [round(value + gain_db, 1) for value in wave["peak_db"]],
            [round(value + gain_db, 1) for value in wave["loudness_lufs"]],
            ducks.get(stem, {}),
        )
        for stem, wave in waves.items()
    }
