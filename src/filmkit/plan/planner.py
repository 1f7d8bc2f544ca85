"""From the timeline to the work graph: which steps make this film, each with everything its bytes depend on."""

from __future__ import annotations

from dataclasses import dataclass

from filmkit.model.recipe import Canvas, Chapter, Codec, MasterRecipe
from filmkit.model.run import Event
from filmkit.model.storyboard import Picture
from filmkit.model.timebase import FrameRate
from filmkit.model.timeline import Timeline
from filmkit.plan.graph import Cost, Input, Step, WorkGraph
from filmkit.plan.picture_steps import PictureSteps
from filmkit.plan.pieces import pieces
from filmkit.plan.sound_steps import sound_steps
from filmkit.plan.steps import Tools, add


@dataclass(frozen=True, slots=True)
class Delivery:
    """Output ``output`` of the step whose key is ``step`` goes to ``file``, a path below ``out/``."""

    step: str
    output: str
    file: str


@dataclass(frozen=True)
class FilmPlan:
    """What makes one film: its cut, the steps, and the key of the step whose output ``master`` is the film.

    ``deliveries`` are the parts of it that a session puts into ``out/`` instead of the film.

    ``events`` are fallbacks known before anything runs (placeholders, held pictures, approximated moves).
    """

    timeline: Timeline
    graph: WorkGraph
    master: str
    canvas: Canvas
    events: tuple[Event, ...] = ()
    deliveries: tuple[Delivery, ...] = ()


@dataclass(frozen=True, slots=True)
class Quality:
    """How the film is encoded: ``draft`` is a third of the lines, quick and small; ``lossless`` serves proofs."""

    draft: bool = False
    lossless: bool = False
    preset: str | None = None
    crf: int | None = None


def plan_film(
    timeline: Timeline, picture: Picture, loudness: tuple[float, float], tools: Tools, quality: Quality
) -> FilmPlan:
    """The work graph of a film; ``loudness`` is (integrated LUFS, true-peak dBTP)."""
    canvas = canvas_of(timeline, picture, quality)
    steps: list[Step] = []
    picture_steps = PictureSteps(timeline, canvas, tools, steps)
    cut = pieces(timeline)
    segments = [picture_steps.segment(piece) for piece in cut]
    sound = sound_steps(timeline, loudness, tools, steps)
    recipe = MasterRecipe(
        canvas=canvas,
        frames=timeline.frames,
        segment_frames=tuple(piece.frames for piece in cut),
        samples=timeline.samples,
        title=timeline.title,
        chapters=tuple(Chapter(title=part.title, start=part.start, stop=part.stop) for part in timeline.scenes),
    )
    master = add(
        steps,
        Step(
            kind="master",
            name="master",
            version=tools.version("master"),
            params=recipe.as_params(),
            inputs={
                **{f"segment{at:05}": Input(key, "segment") for at, key in enumerate(segments)},
                "sound": Input(sound, "sound"),
            },
            tools=tools.joining,
            cost=Cost(seconds=0.2 + timeline.frames / 20_000),
        ),
    )
    return FilmPlan(timeline, WorkGraph(steps), master, canvas, tuple(picture_steps.events))


def canvas_of(timeline: Timeline, picture: Picture, quality: Quality) -> Canvas:
    """Size, rate and codec of all segments. A draft has a third of the lines, superfast at crf 28."""
    size, rate = timeline.size, timeline.rate
    width, height = (
        (_even(size.width_px / 3), _even(size.height_px / 3)) if quality.draft else (size.width_px, size.height_px)
    )
    preset, crf = (
        ("superfast", 28) if quality.draft else (picture.preset or "faster", 18 if picture.crf is None else picture.crf)
    )
    codec = Codec(
        name="lossless" if quality.lossless else "x264",
        preset=quality.preset or preset,
        crf=crf if quality.crf is None else quality.crf,
        gop_frames=2 * rate.nominal,
    )
    return Canvas(width_px=width, height_px=height, fps=fps_text(rate), codec=codec)


def fps_text(rate: FrameRate) -> str:
    """``24`` or ``24000/1001``."""
    return str(rate.fps)


def _even(value: float) -> int:
    return max(16, 2 * round(value / 2))
