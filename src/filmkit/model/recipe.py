"""Recipes: what one segment, card, stem or mix is made of, as plain values. A recipe is the parameters of a step.

Whole frames, samples and pixels only; fractions are text (``24000/1001``). Fields that keep their default are left out
of a key, so that a recipe can grow an optional field without making every film stale.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from filmkit.model.run import Json


class Recipe(BaseModel):
    """A frozen value that becomes JSON and comes back equal."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)

    def as_params(self) -> dict[str, Json]:
        """JSON for a step's parameters; defaults are left out."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @classmethod
    def from_params(cls, params: object) -> Self:
        """The recipe again. Raises pydantic's ValidationError where the parameters are not one."""
        return cls.model_validate(params)


class Codec(Recipe):
    """How segments are encoded. ``lossless`` (ffv1, yuv420p) serves proofs; masters are x264."""

    name: Literal["x264", "lossless"] = "x264"
    preset: str = "faster"
    crf: int = 18
    gop_frames: int = 48


class Canvas(Recipe):
    """The picture all segments of a film share: pixels, frames per second as a fraction (``24``, ``24000/1001``)."""

    width_px: int
    height_px: int
    fps: str
    codec: Codec = Codec()

    @property
    def rate(self) -> Fraction:
        """Frames per second."""
        return Fraction(self.fps)


class Fade(Recipe):
    """From and to black inside a shot. Frames count from the first frame of the *segment* and may lie outside it:
    the picture is black before ``in_from``, full from ``in_to``, falls from ``out_from``, black from ``out_to``.
    """

    in_from: int | None = None
    in_to: int | None = None
    out_from: int | None = None
    out_to: int | None = None


class Framing(Recipe):
    """What of a picture of another shape is kept; ``focus`` is a fraction from top left, ``zoom`` ≥ 1 punches in."""

    fit: Literal["crop", "pad", "stretch"] = "crop"
    focus: tuple[float, float] = (0.5, 0.5)
    zoom: float = 1.0


class Conform(Recipe):
    """What must be known of a take to bring it to the canvas: the parts of its facts that decide pixels."""

    demuxer: str
    stream: int
    width: int
    height: int
    sar: str = "1"
    rotation: int = 0
    pixel_format: str = "yuv420p"
    has_alpha: bool = False
    is_rgb: bool = False
    interlaced: Literal["", "tff", "bff"] = ""
    color_range: str = "unknown"
    color_matrix: str = "unknown"
    color_primaries: str = "unknown"
    color_transfer: str = "unknown"


class TakeLayer(Recipe):
    """Pictures of a take. The first shown is picture ``first`` (0-based, in order of presentation); ``shown_at[m]``
    is the frame of this segment at which picture ``first + m`` begins to stand (non-decreasing, first 0; of several
    at one frame the last wins). Empty: one picture a frame. The last picture stands to the segment's end. ``seek_us``
    > 0: microseconds into the file, strictly between the pictures ``first - 1`` and ``first``.
    """

    kind: Literal["take"]
    slot: str
    conform: Conform
    framing: Framing = Framing()
    first: int = 0
    shown_at: tuple[int, ...] = ()
    holds: bool = False
    seek_us: int = 0
    grade: str | None = None
    fade: Fade | None = None


class Window(Recipe):
    """Part of a picture: centre as fractions of its width and height, ``zoom`` ≥ 1 relative to the largest window of
    the canvas' shape that fits the picture, ``roll`` in degrees clockwise.
    """

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0
    roll: float = 0.0


class StillLayer(Recipe):
    """A camera move over one picture: eased from window to window over ``frames``; this segment begins at ``offset``.
    ``windows`` are equally spaced in time (2 for one move, 3 for a move and then another). ``shake`` is the amplitude
    of a handheld wander as a fraction of the window's height.
    """

    kind: Literal["still"]
    slot: str
    framing: Framing = Framing()
    frames: int
    offset: int = 0
    windows: tuple[Window, ...] = (Window(), Window())
    shake: float = 0.0
    grade: str | None = None
    fade: Fade | None = None


class ColorLayer(Recipe):
    """One plain colour ``#rrggbb``."""

    kind: Literal["color"]
    color: str
    fade: Fade | None = None


Layer = Annotated[TakeLayer | StillLayer | ColorLayer, Field(discriminator="kind")]


class Overlap(Recipe):
    """How the second layer takes over from the first, over the whole segment."""

    kind: str
    frames: int


class TitleLayer(Recipe):
    """A drawn RGBA picture over the frames [``start``, ``stop``) of the segment, which may reach past both its ends;
    fades count from there.
    """

    slot: str
    start: int
    stop: int
    fade_in: int = 0
    fade_out: int = 0


class SegmentRecipe(Recipe):
    """One run of frames with one recipe: ``layers`` has two where a join overlaps."""

    canvas: Canvas
    frames: int
    layers: tuple[Layer, ...]
    overlap: Overlap | None = None
    titles: tuple[TitleLayer, ...] = ()


class TitleRecipe(Recipe):
    """A title to draw on a transparent canvas: text, a picture in the slot ``image``, or a plain colour."""

    width_px: int
    height_px: int
    text: str | None = None
    has_image: bool = False
    color: str | None = None
    style: str = "main"
    place: str | None = None


class CardRecipe(Recipe):
    """A card to draw: a ``slate`` for a missing take or a scene without shots, or a page of ``credits`` on black.

    ``lines`` are (role, text) pairs: for a slate ``heading``, ``shot``, ``action``, ``framing``, ``camera``, ``note``;
    for credits ``line``, ``role``, ``name``, ``small``.
    """

    kind: Literal["slate", "credits"]
    width_px: int
    height_px: int
    lines: tuple[tuple[str, str], ...]


class PictureRecipe(Recipe):
    """A foreign still through the gate: upright, 8 bits, RGB or RGBA, at most ``most_px`` a side."""

    demuxer: str
    rotation: int = 0
    most_px: int = 4096


class LutRecipe(Recipe):
    """A 3D lookup table mixed with identity: ``strength`` 0 … 1."""

    strength: float = 1.0


class SourceRecipe(Recipe):
    """Decode one file's sound to 48 kHz stereo float: what its facts say.

    ``pieces`` (source sample, source samples, samples heard) stretch parts of it with the pitch kept, laid end to end:
    the sound of a shot that plays at another speed. Without them the whole file is decoded.
    """

    demuxer: str
    stream: int
    channels: int
    layout: str = ""
    pieces: tuple[tuple[int, int, int], ...] = ()


CurveName = Literal["linear", "power", "smooth", "exponential"]


class PlacedCue(Recipe):
    """One sound placed to the sample (48 kHz). ``start`` is where its first sample falls in the film, ``length`` how
    many samples are heard; ``source_start`` where it begins in its source; negative or past the end is silence.
    ``source_stop`` is where a loop goes back to its beginning, None at the end of its source.
    ``fade_in_curve`` / ``fade_out_curve``: as in :mod:`filmkit.media.sound.curves`; a declick is ``linear``, a join's
    crossing ``power``. ``reversed_samples`` > 0: the source's samples [``source_start``, + ``reversed_samples``) are
    heard from the last to the first. ``splices`` (sample heard, source sample) go on elsewhere in the source.
    ``duck_slot`` names the input whose curve lowers it, empty where nothing does.
    """

    id: str
    slot: str
    start: int
    length: int
    source_start: int = 0
    source_stop: int | None = None
    gain_db: float = 0.0
    pan: float = 0.0
    fade_in: int = 240
    fade_out: int = 240
    fade_in_curve: CurveName = "linear"
    fade_out_curve: CurveName = "linear"
    loop: bool = False
    reversed_samples: int = 0
    splices: tuple[tuple[int, int], ...] = ()
    duck_slot: str = ""


class StemRecipe(Recipe):
    """A submix of ``length`` samples: the sum of its cues, through its bus: a high-pass (10 … 1000 Hz) and a gain."""

    stem: str
    length: int
    cues: tuple[PlacedCue, ...]
    high_pass_hz: float | None = None
    bus_gain_db: float = 0.0


class DuckRecipe(Recipe):
    """How a cue gives way: the curve over ``length`` samples falls by ``by_db`` (≥ 0) dB over ``attack`` samples,
    beginning ``look_ahead`` samples before a press, and comes back over ``release`` samples after it. What presses lies
    in the slots ``press0`` …; ``starts`` tells where in the film the first sample of each falls.
    """

    length: int
    by_db: float
    attack: int
    release: int
    look_ahead: int
    starts: tuple[int, ...] = ()


class MixRecipe(Recipe):
    """The sum of the stems brought to a loudness: ``integrated_lufs`` within 0.1 LU, true peak below ``peak_dbtp``."""

    length: int
    integrated_lufs: float
    peak_dbtp: float
    bitrate_kbps: int = 192


class BounceRecipe(Recipe):
    """Stems summed as they stand in the mix before its limiter, ``length`` samples. No stems give silence."""

    length: int


class Chapter(Recipe):
    """A scene as a chapter: frames [``start``, ``stop``)."""

    title: str
    start: int
    stop: int


class MasterRecipe(Recipe):
    """Segments in order, joined without re-encoding, with the mix, chapters and the title."""

    canvas: Canvas
    frames: int
    segment_frames: tuple[int, ...]
    samples: int
    title: str
    chapters: tuple[Chapter, ...] = ()
