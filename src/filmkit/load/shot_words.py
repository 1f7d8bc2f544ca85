"""What files may say of each shot of a film: prompts that may have been pasted for it, and the seeds of its takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Final

from filmkit.load.walk import each_shot
from filmkit.model.film import shot_name
from filmkit.model.generation import Mode, Words
from filmkit.model.storyboard import Scene, Shot, Storyboard
from filmkit.plan.inherit import inherited
from filmkit.plan.likeness import ShotWords, Slate
from filmkit.plan.words import words_of
from filmkit.providers.capabilities import capabilities
from filmkit.providers.capability import CameraWay
from filmkit.providers.prompt import compose_words

_MOST_TAKES: Final = 20
"""Take n uses the first seed + n − 1; so many takes of a shot are thought of."""


def slate_of(board: Storyboard) -> Slate:
    """The shots that may have takes of their own."""
    return Slate.of([_words(board, scene, shot) for scene, shot, _ in each_shot(board) if not (shot.of or shot.color)])


def _words(board: Storyboard, scene: Scene, shot: Shot) -> ShotWords:
    holds = inherited(board, scene, shot)
    generate, words = holds.generate, words_of(board, shot, holds)
    openings = (words.subject, *words.looks, words.framing, words.style) if words.action or words.prompt else ()
    seeds = range(generate.seed, generate.seed + _MOST_TAKES) if generate.seed is not None else ()
    return ShotWords(
        shot_name(scene, shot),
        tuple(dict.fromkeys(_texts(words))),
        tuple(filter(None, openings)),
        frozenset(seeds),
    )


def _texts(words: Words) -> Iterator[str]:
    """As filmkit composes it for each model, with and without a start picture, and as people paste it: in parts."""
    told = f"{words.subject} {words.action}".strip()
    yield from filter(None, (told, words.action))
    if words.framing and told:
        yield f"{words.framing} {told}"
    for model, mode in product(capabilities().models, (Mode.T2V, Mode.I2V)):
        for way in {model.camera, CameraWay.PROMPT}:  # a web page has no field for the camera
            if prompt := compose_words(words, mode, replace(model, camera=way)).prompt:
                yield prompt
