"""What the cut must know of a sound before it can be planned: where its silence ends, where its beats fall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from filmkit.model.recipe import Recipe
from filmkit.model.run import Json

Answer: TypeAlias = Mapping[str, Json]
"""The facts that the step of an analysis measured."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """A question about the sound of one file: the step ``kind`` answers it, ``recipe`` says what exactly is asked.

    ``file`` is the path as the storyboard writes it, a key of ``Film.files``; empty for a line that is to be spoken.
    """

    kind: str
    file: str
    recipe: Recipe
