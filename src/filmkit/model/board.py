"""What every part of the storyboard model has in common."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

OFF: Final = "none"
"""The word that switches an inherited value off."""

Off = Literal["none"]


class Board(BaseModel):
    """A frozen mapping of the storyboard: unknown keys are errors, YAML names are aliases (``from``, ``in``, ``with``)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def short_for(word: str, **meaning: Any) -> BeforeValidator:  # noqa: ANN401 - the values of a mapping as YAML has them
    """A single word that stands for a mapping, such as ``mute`` for ``{mute: true}``."""
    return BeforeValidator(lambda value: dict(meaning) if value == word else value)
