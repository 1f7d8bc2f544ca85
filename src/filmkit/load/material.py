"""What a shot shows, and the keys that go with it; and whether what it inherits is whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from filmkit.load.findings import HOW_TO_GIVE
from filmkit.load.walk import KeyPath, each_level, each_shot
from filmkit.model.board import OFF, Board
from filmkit.model.film import shot_name
from filmkit.model.finding import Finding, Severity
from filmkit.model.sound import CutOn
from filmkit.model.storyboard import Generate, Generator, Grade, Inherited, Scene, Shot, Storyboard
from filmkit.plan.inherit import inherited

_OF_SHOWS: Final = ("from_", "last", "sketch", "marks", "grade", "fit", "focus", "generate")
_COLOR_SHOWS: Final = ("from_", "last", "sketch", "take", "in_", "sync", "speed", "short", "grade", "fit", "focus")
_STILL_HAS_NOT: Final = ("take", "in_", "speed", "sync")
_NEEDED: Final = {"grade": ("lut",), "cut_on": ("music", "within")}
"""Keys that a mapping needs once all levels are put together."""


def check_material(board: Storyboard) -> list[Finding]:
    """A finding for every key that means nothing where it stands, or that is missing there."""
    return [*_keys_without_meaning(board), *_stills(board), *_incomplete(board), *_comfy_only(board)]


def _keys_without_meaning(board: Storyboard) -> Iterator[Finding]:
    """Keys of material in a shot that shows another's, or a colour: passed over, so a warning says so."""
    for scene, shot, path in each_shot(board):
        if shot.of:
            yield from _useless(shot, _OF_SHOWS, f"{shot_name(scene, shot)} shows the material of '{shot.of}'", path)
        elif shot.color:
            yield from _useless(shot, _COLOR_SHOWS, f"{shot_name(scene, shot)} is a plain colour", path)


def _useless(shot: Shot, keys: tuple[str, ...], why: str, path: KeyPath) -> Iterator[Finding]:
    for key in keys:
        if key in shot.model_fields_set and getattr(shot, key) != OFF:
            written = key.rstrip("_")
            where = "write it there, or delete it" if shot.of else "delete it"
            yield Finding("key-useless", f"{why}, so '{written}' means nothing here", where, Severity.WARNING,
                          path=(*path, written))  # fmt: skip


def _stills(board: Storyboard) -> Iterator[Finding]:
    """A shot made by its camera move over a picture needs that picture, and has no take to trim."""
    if not any(isinstance(level.generate, Generate) and level.generate.with_ is Generator.STILL
               for level, _ in each_level(board)):  # fmt: skip
        return
    for scene, shot, path in each_shot(board):
        if shot.of or shot.color or shot.omit or inherited(board, scene, shot).generate.with_ is not Generator.STILL:
            continue
        yield from _still(shot_name(scene, shot), shot, path)


def _still(name: str, shot: Shot, path: KeyPath) -> Iterator[Finding]:
    if shot.from_ is None:
        yield Finding("still-needs-picture", f"{name} is a 'still' and has no picture",
                      "give it a picture, such as from: reference/boat.png", path=(*path, "from"))  # fmt: skip
    for key in _STILL_HAS_NOT:
        if getattr(shot, key) is not None:
            written = key.rstrip("_")
            message = f"{name} is a 'still': it has no take, so '{written}' means nothing"
            remedy = f"delete '{written}', or have the take made another way ('generate')"
            yield Finding("still-has-no-take", message, remedy, path=(*path, written))


def _incomplete(board: Storyboard) -> Iterator[Finding]:
    """Mappings that lack a key in some shot, once film, scene and shot are put together; said where it is nearest."""
    if not any(_lacks(value, key) for level, _ in each_level(board) for key, value in _mappings(level)):
        return
    told: set[KeyPath] = set()
    for scene, shot, path in each_shot(board):
        holds = inherited(board, scene, shot)
        for key in _NEEDED:
            for name in _lacks(getattr(holds, key), key):
                at = (*_nearest(board, scene, shot, path, key), key, name)
                if at not in told:
                    told.add(at)
                    yield Finding("missing-key", f"'{name}' is missing", HOW_TO_GIVE[name], path=at)


def _mappings(level: Inherited) -> Iterator[tuple[str, Board]]:
    for key, kind in (("grade", Grade), ("cut_on", CutOn)):
        if isinstance(value := getattr(level, key), kind):
            yield key, value


def _lacks(value: Board | None, key: str) -> list[str]:
    return [name for name in _NEEDED[key] if value is not None and getattr(value, name) is None]


def _nearest(board: Storyboard, scene: Scene, shot: Shot, path: KeyPath, key: str) -> KeyPath:
    """Where the nearest of shot, scene and film stands that says something of a key."""
    if getattr(shot, key) is not None:
        return path
    return path[:2] if getattr(scene, key) is not None else ()


def _comfy_only(board: Storyboard) -> Iterator[Finding]:
    """``workflow`` and ``bind`` are read by ComfyUI alone."""
    for level, path in each_level(board):
        generate = level.generate
        if not isinstance(generate, Generate) or generate.with_ in (None, Generator.COMFY):
            continue
        for key in ("workflow", "bind"):
            if getattr(generate, key) is not None:
                message = f"'{key}' is for comfy; this take is made with {generate.with_.value}"
                yield Finding("comfy-only", message, f"delete '{key}', or write with: comfy",
                              path=(*path, "generate", key))  # fmt: skip
