"""What every part of the storyboard model has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Discriminator
from pydantic_core import PydanticCustomError

OFF: Final = "none"
"""The word that switches an inherited value off."""

Off = Literal["none"]

TAGS: Final = frozenset({"=none", "=given", "=one", "=many"})
"""Names of the branches of unions, as they stand in the location of a pydantic error."""


class Board(BaseModel):
    """A frozen mapping of the storyboard; unknown keys are errors, YAML names aliases (``from``, ``in``, ``with``)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


def contradiction(key: str, message: str, remedy: str) -> PydanticCustomError:
    """The error of keys that do not go together, or of a key that another one needs; it stands at ``key``."""
    return PydanticCustomError("contradiction", "{text}", {"key": key, "text": f"{message}; {remedy}"})


def _off(value: object) -> str:
    return "=none" if value == OFF else "=given"


def _many(value: object) -> str:
    return "=many" if isinstance(value, dict) else "=one"


OR_OFF: Final = Discriminator(_off)
"""Chooses between a value (``Tag("=given")``) and ``none`` (``Tag("=none")``), so that one mistake is one error."""

ONE_OR_MANY: Final = Discriminator(_many)
"""Chooses between a single value (``Tag("=one")``) and a mapping of times to values (``Tag("=many")``)."""


def word_as(key: str) -> Callable[[Any], Any]:
    """A single text that stands for a mapping of one key: ``join: dissolve`` for ``join: {with: dissolve}``."""
    return lambda value: {key: value} if isinstance(value, str) else value
