"""Recipes of the level picture: the outline of a stem, and the page that shows what is heard where."""

from __future__ import annotations

from filmkit.model.recipe import Recipe


class WaveformRecipe(Recipe):
    """The outline of a sound in at most ``columns`` columns of equal length."""

    columns: int = 2000


class SheetScene(Recipe):
    """Where a scene begins (frames)."""

    title: str
    start: int


class SheetShot(Recipe):
    """A shot over frames [``start``, ``stop``); its first ``join_frames`` are shared with the one before."""

    name: str
    start: int
    stop: int
    join_frames: int = 0


class SheetCue(Recipe):
    """A sound over samples [``start``, ``start + length``) with its fades; ``duck_slot`` as in ``PlacedCue``."""

    id: str
    stem: str
    start: int
    length: int
    fade_in: int = 240
    fade_out: int = 240
    duck_slot: str = ""


class SheetRecipe(Recipe):
    """A level picture: what is seen and heard where in the film, ``length`` samples and ``frames`` long."""

    title: str
    fps: str
    frames: int
    length: int
    integrated_lufs: float
    peak_dbtp: float
    scenes: tuple[SheetScene, ...] = ()
    shots: tuple[SheetShot, ...] = ()
    cues: tuple[SheetCue, ...] = ()
