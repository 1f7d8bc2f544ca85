"""What the cut must know of a sound before it can be planned: where its silence ends, where its beats fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from filmkit.model.recipe import Recipe
from filmkit.model.run import Json

Answer: TypeAlias = Mapping[str, Json]
"""The facts that the step of an analysis measured."""


class SilenceRecipe(Recipe):
    """Find where a sound begins and ends: what lies from sample ``first`` on and is quieter than ``threshold_db``
    (dBFS, RMS of a millisecond) is silence.
    """

    threshold_db: float
    first: int = 0


class BarsRecipe(Recipe):
    """How like each other the bar lines of a piece of music are: ``lines`` are samples of the file, in order, ``beat``
    is the length of a beat in samples.
    """

    lines: tuple[int, ...]
    beat: int


class SpeechRecipe(Recipe):
    """Texts read by the scratch voice, each from its sample (48 kHz) on; ``speed`` 1 is a calm voice."""

    parts: tuple[tuple[int, str], ...]
    voice: str = "en-gb"
    speed: float = 1.0


class BeatsRecipe(Recipe):
    """Find the beats of a sound. What a person knows of it: the tempo, give or take a tenth (``bpm``, a fraction as
    text), the sample of the ``first`` beat, beats a ``bar``.
    """

    bpm: str | None = None
    first: int | None = None
    bar: int = 4


@dataclass(frozen=True, slots=True)
class Analysis:
    """A question about the sound of one file: the step ``kind`` answers it, ``recipe`` says what exactly is asked.

    ``file`` is the path as the storyboard writes it, a key of ``Film.files``; empty for a line that is to be spoken.
    """

    kind: str
    file: str
    recipe: Recipe
