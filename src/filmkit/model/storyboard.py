"""The storyboard, format 1, as frozen values: exactly what the file says, nothing inherited or resolved yet."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from filmkit.model.board import Board, Off, short_for
from filmkit.model.camera import Camera
from filmkit.model.scalar import (
    BoolT,
    ColorT,
    CountT,
    CrfT,
    FpsT,
    IdT,
    MoneyT,
    PathT,
    PointT,
    SeedT,
    Size,
    SizeT,
    SpeedT,
    TakeT,
    TextsT,
    TextT,
    TimeT,
    UnitT,
    ZoomT,
)  # fmt: skip
from filmkit.model.sound import CutOn, OwnSound, Sound
from filmkit.model.timebase import FrameRate, Time
from filmkit.model.titles import Captions, Credits, Title

Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"]


class Generator(StrEnum):
    """Who makes a take."""

    MANUAL = "manual"
    STILL = "still"
    RUNWAY = "runway"
    COMFY = "comfy"
    VEO = "veo"
    OMNI = "omni"
    OPENAI = "openai"
    KLING = "kling"
    HAILUO = "hailuo"
    FAL = "fal"


class JoinKind(StrEnum):
    """How a shot follows the one before."""

    CUT = "cut"
    DISSOLVE = "dissolve"
    FADE = "fade"
    WHITE = "white"
    WIPE_LEFT = "wipe-left"
    WIPE_RIGHT = "wipe-right"
    WIPE_UP = "wipe-up"
    WIPE_DOWN = "wipe-down"
    SLIDE_LEFT = "slide-left"
    SLIDE_RIGHT = "slide-right"
    SLIDE_UP = "slide-up"
    SLIDE_DOWN = "slide-down"
    IRIS = "iris"


class Fit(StrEnum):
    """What happens to a take of another shape."""

    CROP = "crop"
    PAD = "pad"
    STRETCH = "stretch"


class Picture(Board):
    """The film's picture: size, rate, and how the master is encoded (x264 preset and crf; None: not said)."""

    size: SizeT = Size(1280, 720)
    fps: FpsT = FrameRate.parse("24")
    preset: Preset | None = None
    crf: CrfT | None = None


class Join(Board):
    """A join to the shot before; ``lasts`` is half a second where not said."""

    with_: JoinKind = Field(alias="with")
    lasts: TimeT = Time.parse("500ms")


class Grade(Board):
    """A colour lookup table and how much of it."""

    lut: PathT
    strength: UnitT = 1.0


class Generate(Board):
    """Who makes this shot's takes and how; None means inherited or the maker's default."""

    with_: Generator | None = Field(default=None, alias="with")
    model: TextT | None = None
    length: TimeT | None = None
    takes: CountT | None = None
    seed: SeedT | None = None
    size: SizeT | None = None
    settings: dict[TextT, TextT] | None = None
    workflow: PathT | None = None
    bind: dict[TextT, TextT] | None = None


class From(Board):
    """What a shot starts from: a file, or the frame of another shot ``at`` a point, with a ``mode``."""

    file: PathT | None = None
    shot: TextT | None = None
    at: PointT | None = None
    mode: Literal["t2v", "i2v", "v2v", "performance"] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> From:
        if (self.file is None) == (self.shot is None):
            raise ValueError("'from' names a file or a shot, one of them")
        return self


class Sync(Board):
    """``sync: {verse: theme.verse}``: trims the take so that this mark of it falls on that point."""

    mark: IdT
    point: PointT


FromT = Annotated[From, BeforeValidator(lambda value: {"file": value} if isinstance(value, str) else value)]
SyncT = Annotated[
    Sync,
    BeforeValidator(
        lambda value: (
            {"mark": next(iter(value)), "point": next(iter(value.values()))}
            if isinstance(value, dict) and len(value) == 1
            else value
        )
    ),
]
JoinT = Annotated[Join, BeforeValidator(lambda value: {"with": value} if isinstance(value, str) else value)]
FocusT = Literal["auto"] | tuple[UnitT, UnitT]
OwnSoundT = Annotated[OwnSound, short_for("mute", mute=True)]


class Inherited(Board):
    """Keys that may stand on film, scene or shot: the nearest wins, ``none`` switches off (storyboard.md)."""

    style: TextT | None = None
    avoid: TextsT | None = None
    grade: Off | Grade | None = None
    fit: Fit | None = None
    focus: Off | FocusT | None = None
    generate: Off | Generate | None = None
    own_sound: Off | OwnSoundT | None = None
    cut_on: Off | CutOn | None = None


class Shot(Inherited):
    """One continuous planned image."""

    id: IdT
    from_: FromT | None = Field(default=None, alias="from")
    last: FromT | None = None
    of: TextT | None = None
    color: ColorT | None = None
    omit: BoolT = False
    sketch: PathT | None = None
    note: TextT | None = None
    subject: TextT | None = None
    action: TextT | None = None
    framing: TextT | None = None
    camera: Camera | None = None
    cast: tuple[TextT, ...] = ()
    prompt: TextT | None = None
    take: TakeT | None = None
    in_: TimeT | None = Field(default=None, alias="in")
    sync: SyncT | None = None
    lasts: TimeT | None = None
    to: PointT | None = None
    speed: SpeedT | dict[TimeT, SpeedT] | None = None
    short: Literal["hold"] | None = None
    zoom: ZoomT = 1.0
    marks: dict[IdT, TimeT] = Field(default_factory=dict)
    fade_in: TimeT | None = None
    fade_out: TimeT | None = None
    join: JoinT | None = None

    @model_validator(mode="after")
    def _no_contradiction(self) -> Shot:
        if self.lasts is not None and self.to is not None:
            raise ValueError("a shot ends with 'lasts' or with 'to', not both")
        if self.in_ is not None and self.sync is not None:
            raise ValueError("'sync' stands in place of 'in': keep one of them")
        return self


class Scene(Inherited):
    """A unit of story: shots in order; without shots it is one card of its ``lasts``."""

    id: IdT
    title: TextT | None = None
    note: TextT | None = None
    lasts: TimeT | None = None
    shots: tuple[Shot, ...] = ()


class Role(Board):
    """One of the cast: how they look, and pictures of them."""

    look: TextT | None = None
    refs: tuple[PathT, ...] = ()


class Budget(Board):
    """What generating may cost in all."""

    limit: MoneyT


class Review(Board):
    """How the film is reviewed."""

    rubric: PathT | None = None
    reviewers: CountT | None = None


class Storyboard(Inherited):
    """The whole file."""

    filmkit: Annotated[int, BeforeValidator(lambda value: int(value) if value in ("1", 1) else value)]
    title: TextT
    logline: TextT | None = None
    team: dict[TextT, TextsT] = Field(default_factory=dict)
    picture: Picture = Field(default_factory=Picture)
    lasts: TimeT | None = None
    budget: Budget | None = None
    cast: dict[TextT, Role] = Field(default_factory=dict)
    scenes: tuple[Scene, ...] = Field(min_length=1)
    titles: tuple[Title, ...] = ()
    credits: Credits | None = None
    sound: Sound = Field(default_factory=Sound)
    captions: Captions | None = None
    deliver: tuple[TextT, ...] = ()
    review: Review | None = None
    fixed: tuple[Literal["picture", "sound", "titles", "cut_on"], ...] = ()
