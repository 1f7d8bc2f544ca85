"""Rendering one recipe in a test: the stage as the engine calls it, in a folder of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

from filmkit.media.tools import find_ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.recipe import Canvas, Codec, Conform, Layer, MasterRecipe, SegmentRecipe, TakeLayer
from filmkit.plan.graph import Step
from filmkit.plan.steps import VERSIONS
from filmkit.stages import master, segment

SIZE = (96, 64)
QUICK = Codec(preset="ultrafast", crf=8)
LOSSLESS = Codec(name="lossless")
_numbers = count()


def canvas(fps: str = "24", codec: Codec = LOSSLESS, size: tuple[int, int] = SIZE) -> Canvas:
    """A small canvas, lossless unless said otherwise, so that tests can compare pixels."""
    return Canvas(width_px=size[0], height_px=size[1], fps=fps, codec=codec)


def numbered(**changes: object) -> Conform:
    """What is known of a clip of ``barcode.make_numbered``: already of the small canvas' size."""
    facts: dict[str, object] = {"demuxer": "mov", "stream": 0, "width": SIZE[0], "height": SIZE[1]}
    return Conform.model_validate({**facts, "color_matrix": "bt709", **changes})


def take(conform: Conform | None = None, **fields: object) -> TakeLayer:
    """A layer of the take in slot ``take0``."""
    return TakeLayer.model_validate({"kind": "take", "slot": "take0", "conform": conform or numbered(), **fields})


def shown(pictures: Sequence[int]) -> dict[str, object]:
    """``first`` and ``shown_at`` for a list of the picture each frame shows."""
    at: list[int] = []
    for frame, picture in enumerate(pictures):
        at.extend([frame] * (picture - pictures[0] + 1 - len(at)))
    return {"first": pictures[0], "shown_at": tuple(at)}


def segment_of(frames: int, *layers: Layer, on: Canvas | None = None, **fields: object) -> SegmentRecipe:
    """A segment of these layers."""
    return SegmentRecipe.model_validate({"canvas": on or canvas(), "frames": frames, "layers": layers, **fields})


def render(
    recipe: SegmentRecipe, folder: Path, files: Mapping[str, Path], inputs: Mapping[str, Path] | None = None
) -> Path:
    """The segment's file; ``files`` are takes by slot, ``inputs`` pictures, titles and LUTs."""
    bench = _bench(folder, files, inputs or {})
    step = Step(kind="segment", name="segment test", version=VERSIONS["segment"], params=recipe.as_params())
    return Path(segment.run(step, bench).outputs["segment"])


def join(recipe: MasterRecipe, folder: Path, segments: Sequence[Path], sound: Path) -> Path:
    """The film of these segments and this sound."""
    inputs = {f"segment{at:05}": segment for at, segment in enumerate(segments)}
    bench = _bench(folder, {}, {**inputs, "sound": sound})
    step = Step(kind="master", name="master", version=VERSIONS["master"], params=recipe.as_params())
    return Path(master.run(step, bench).outputs["master"])


def _bench(folder: Path, sources: Mapping[str, Path], inputs: Mapping[str, Path]) -> Workbench:
    private = folder / f"step{next(_numbers)}"
    private.mkdir(parents=True)
    return Workbench(folder=private, inputs=inputs, sources=sources, ffmpeg=find_ffmpeg())
