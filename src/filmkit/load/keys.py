"""Which keys are valid where, read off the model: for messages only, so only asked when something is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from filmkit.model.board import Board
from filmkit.model.storyboard import Storyboard


def keys_at(path: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand in the mapping at a path, as YAML writes them; empty where any may."""
    boards: list[type[Board]] = [Storyboard]
    for step in path:
        if isinstance(step, int):
            continue
        below = [field.annotation for board in boards if (field := _field(board, step)) is not None]
        if below:
            boards = [board for annotation in below for board in _boards(annotation)]
    return list(dict.fromkeys(key for board in boards for key in _names(board)))


def _names(board: type[Board]) -> list[str]:
    hidden = {"mute"}  # `mute` is a word in place of the mapping, never a key in it
    names = {name: field.alias or name for name, field in board.model_fields.items() if name not in hidden}
    own = [names[name] for name in board.__annotations__ if name in names]
    return [*own, *(alias for alias in names.values() if alias not in own)]


def _field(board: type[Board], key: str) -> Any:  # noqa: ANN401 - pydantic's FieldInfo
    return next((field for name, field in board.model_fields.items() if (field.alias or name) == key), None)


def _boards(annotation: Any) -> Iterator[type[Board]]:  # noqa: ANN401 - any type at all
    if isinstance(annotation, type) and issubclass(annotation, Board):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _boards(part)
