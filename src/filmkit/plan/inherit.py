"""What a shot inherits: the nearest of shot, scene and film wins; mappings key by key; ``none`` switches off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from filmkit.model.board import OFF, Board
from filmkit.model.sound import CutOn, OwnSound
from filmkit.model.storyboard import Fit, Generate, Grade, Inherited, Scene, Shot, Storyboard

_MAKERS_OWN = ("model", "size", "settings", "workflow", "bind")
"""Keys of ``generate`` that mean something to one maker only: a new ``with`` drops them."""

B = TypeVar("B", bound=Board)


@dataclass(frozen=True, slots=True)
class Inheritance:
    """The inheritable keys as they hold for one shot; None where nobody said anything or it was switched off."""

    style: str | None
    avoid: tuple[str, ...]
    grade: Grade | None
    fit: Fit
    focus: tuple[float, float]
    generate: Generate
    own_sound: OwnSound
    cut_on: CutOn | None


def inherited(board: Storyboard, scene: Scene, shot: Shot | None) -> Inheritance:
    """What holds for ``shot`` (or for the scene's own card where it has none)."""
    levels: list[Inherited] = [board, scene] + ([shot] if shot is not None else [])
    focus = _nearest(levels, "focus")
    return Inheritance(
        style=_nearest(levels, "style"),
        avoid=_nearest(levels, "avoid") or (),
        grade=_merged(levels, "grade", Grade),
        fit=_nearest(levels, "fit") or Fit.CROP,
        focus=focus if isinstance(focus, tuple) else (0.5, 0.5),
        generate=_merged(levels, "generate", Generate) or Generate(),
        own_sound=_own_sound(levels),
        cut_on=_merged(levels, "cut_on", CutOn),
    )


def _nearest(levels: list[Inherited], key: str) -> Any:  # noqa: ANN401 - as many types as keys
    value = next((said for level in reversed(levels) if (said := getattr(level, key)) is not None), None)
    return None if value in (OFF, (OFF,)) else value


def _merged(levels: list[Inherited], key: str, kind: type[B]) -> B | None:
    """Mappings key by key from the film down; ``none`` forgets all above it."""
    said: dict[str, Any] = {}
    for level in levels:
        value = getattr(level, key)
        if value == OFF:
            said = {}
        elif value is not None:
            own = {name: getattr(value, name) for name in value.model_fields_set}
            if own.get("with_") not in (None, said.get("with_")):
                said = {name: kept for name, kept in said.items() if name not in _MAKERS_OWN}
            said |= own
    return kind.model_construct(**said) if said else None  # every value was validated where it was written


def _own_sound(levels: list[Inherited]) -> OwnSound:
    nearest = next((level.own_sound for level in reversed(levels) if level.own_sound is not None), None)
    merged = _merged(levels, "own_sound", OwnSound) or OwnSound()
    is_mute = nearest == OFF or (isinstance(nearest, OwnSound) and nearest.mute)
    return merged.model_copy(update={"mute": is_mute})  # a gain said nearer than `mute` is heard again
