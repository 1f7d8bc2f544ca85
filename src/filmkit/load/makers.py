"""Who is to make a shot's takes, and what the shot wants of them: for shots whose takes are still to be made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from filmkit.load.walk import KeyPath, each_shot
from filmkit.model.film import shot_name
from filmkit.model.generation import Mode, Words, is_ready_workflow
from filmkit.model.storyboard import Generate, Generator, Inherited, Scene, Shot, Storyboard
from filmkit.model.take import SourceFile, Take
from filmkit.plan.inherit import Inheritance, inherited
from filmkit.plan.words import input_seconds, mode_of, seconds_of, words_of
from filmkit.providers.capabilities import capabilities
from filmkit.providers.capability import Capability, Status
from filmkit.providers.fit import Wish

_MADE_HERE: Final = (None, Generator.STILL)
"""Makers that are asked for nothing: filmkit moves the picture itself."""


@dataclass(frozen=True)
class Commission:
    """One shot whose takes are to be made: by whom, with which model (None: not known, or none was named), and what
    it wants. ``levels`` are shot, scene and film with their places.
    """

    name: str
    shot: Shot
    generate: Generate
    maker: Generator
    model: Capability | None
    wish: Wish
    words: Words
    levels: tuple[tuple[Inherited, KeyPath], ...]

    @property
    def path(self) -> KeyPath:
        """Where the shot stands."""
        return self.levels[0][1]


def commissions(
    board: Storyboard, takes: Mapping[str, tuple[Take, ...]], files: Mapping[str, SourceFile]
) -> Iterator[Commission]:
    """Shots in the cut that have no take yet and a maker that is asked for one.

    A shot that has a take is left in peace: whatever its maker could not do, it was done.
    """
    for scene, shot, path in each_shot(board):
        if shot.omit or shot.of or shot.color or takes.get(shot_name(scene, shot)):
            continue
        holds = inherited(board, scene, shot)
        if holds.generate.with_ not in _MADE_HERE:
            yield _commission(board, (scene, shot), path, holds, files)


def commission(
    board: Storyboard, scene: Scene, shot: Shot, path: KeyPath, files: Mapping[str, SourceFile]
) -> Commission:
    """What one shot wants, whoever is asked (``manual`` where nobody is)."""
    return _commission(board, (scene, shot), path, inherited(board, scene, shot), files)


def _commission(
    board: Storyboard, at: tuple[Scene, Shot], path: KeyPath, holds: Inheritance, files: Mapping[str, SourceFile]
) -> Commission:
    scene, shot = at
    maker = holds.generate.with_ or Generator.MANUAL
    wish = _wish(board, shot, holds, files)
    return Commission(
        name=shot_name(scene, shot),
        shot=shot,
        generate=holds.generate,
        maker=maker,
        model=_model(maker, holds.generate, wish.mode),
        wish=wish,
        words=words_of(board, shot, holds),
        levels=((shot, path), (scene, path[:2]), (board, ())),
    )


def _model(maker: Generator, generate: Generate, mode: Mode) -> Capability | None:
    table, word = capabilities(), generate.model
    if maker is Generator.COMFY and word is None and generate.workflow:
        return _of_workflow(generate.workflow)
    if maker is Generator.MANUAL and word is not None:
        return table.anywhere(word) or table.standing_for(maker.value)
    found = table.find(maker.value, word, mode)
    if found is not None or word is not None:
        return found
    active = (model for model in table.of(maker.value) if model.status is Status.ACTIVE and not model.is_any)
    return next(active, None)


def _of_workflow(written: str) -> Capability | None:
    """The model that a ready workflow is for; for one of the film's own, what stands for any."""
    from filmkit.providers.comfy_shipped import ready_workflows

    table = capabilities()
    ready = ready_workflows().get(written) if is_ready_workflow(written) else None
    return table.find("comfy", ready.model) if ready else table.standing_for("comfy")


def _wish(board: Storyboard, shot: Shot, holds: Inheritance, files: Mapping[str, SourceFile]) -> Wish:
    generate, mode = holds.generate, mode_of(shot, files)
    cast = {name.lower(): role for name, role in board.cast.items()}
    length = input_seconds(shot, mode, files)
    return Wish(
        mode=mode,
        size=generate.size or board.picture.size,
        seconds=length if length is not None else seconds_of(board, shot, holds),
        asks_length=generate.length is not None and length is None,
        asks_size=generate.size is not None,
        seed=generate.seed,
        has_last=shot.last is not None,
        looks=sum(len(role.refs) for name in shot.cast if (role := cast.get(name.lower())) is not None),
        avoid=holds.avoid,
        camera=None if shot.prompt is not None else shot.camera,
        speaks=is_spoken(shot.prompt or shot.action or ""),
        settings=generate.settings or {},
    )


_SPEECH: Final = re.compile(
    r"""\b(?:say|whisper|ask|answer|shout|call|murmur|mutter|yell|cr(?:y|ie)|repl(?:y|ie)|speak|tell|announce|sing)\w*
        \b[^"“”]{0,40}["“][^"”]{2,}["”]""",
    re.IGNORECASE | re.VERBOSE,
)


def is_spoken(text: str) -> bool:
    """Whether somebody is to be heard speaking: ``she says: "You are late."``."""
    return bool(_SPEECH.search(text))


def place_of(commission: Commission, key: str) -> KeyPath:
    """Where the value stands that a key of the shot has: on the shot, or where it inherits it from."""
    parts = key.split(".")
    if parts[0] == "generate":
        return _generate_place(commission, parts[1:])
    for level, path in commission.levels:
        if getattr(level, parts[0] if parts[0] != "from" else "from_", None) not in (None, ()):
            return (*path, parts[0])
    return commission.path


def _generate_place(commission: Commission, parts: list[str]) -> KeyPath:
    for name in (parts[0], "with"):
        for level, path in commission.levels:
            generate = level.generate
            if isinstance(generate, Generate) and getattr(generate, name if name != "with" else "with_") is not None:
                return (*path, "generate", *(parts if name == parts[0] else [name]))
    return commission.path
