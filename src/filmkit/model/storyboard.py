"""The storyboard, format 1, as frozen values: exactly what the file says, nothing inherited or resolved yet."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, PlainValidator, Tag, WithJsonSchema, model_validator

from filmkit.model.board import ONE_OR_MANY, OR_OFF, Board, Off, contradiction, word_as
from filmkit.model.camera import Camera
from filmkit.model.scalar import (
    BoolT,
    ColorT,
    CountT,
    CrfT,
    FpsT,
    IdT,
    MoneyT,
    PathsT,
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
from filmkit.model.sound import BY_TIME, CutOn, MarksT, OwnSound, Sound
from filmkit.model.timebase import FrameRate, Time
from filmkit.model.titles import Captions, Credits, DeliverablesT, Title

FORMAT: Final = 1
"""The storyboard format this filmkit reads."""

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
    """A colour lookup table and how much of it; the table may be named on another level."""

    lut: PathT | None = None
    strength: UnitT = 1.0


Setting: TypeAlias = Annotated[Any, WithJsonSchema({})]
"""What only one model knows; its provider checks it."""


class Generate(Board):
    """Who makes this shot's takes and how; None means inherited or the maker's default."""

    with_: Generator | None = Field(default=None, alias="with")
    model: TextT | None = None
    length: TimeT | None = None
    takes: CountT | None = None
    seed: SeedT | None = None
    size: SizeT | None = None
    settings: dict[TextT, Setting] | None = None
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
            found = "this starts from both a file and a shot" if self.shot else "this starts from nothing"
            raise contradiction("shot", found, "name a file or a shot, one of them")
        if self.at is not None and self.shot is None:
            raise contradiction("at", "'at' chooses a frame of another shot, and no 'shot' is named", "name the shot")
        return self


class Sync(Board):
    """``sync: {verse: theme.verse}``: trims the take so that this mark of it falls on that point."""

    mark: IdT
    point: PointT


def _format(value: object) -> int:
    if value not in (FORMAT, str(FORMAT)):
        raise ValueError(f"{value!r} is not a format this filmkit reads; write filmkit: {FORMAT}, or update filmkit")
    return FORMAT


def _sync(value: object) -> object:
    if isinstance(value, Sync):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError("one mark and one point are expected here; write it as {verse: theme.verse}")
    return {"mark": next(iter(value)), "point": next(iter(value.values()))}


def _own_sound(value: object) -> object:
    if value == "mute":
        return {"mute": True}
    if isinstance(value, dict) and "mute" in value:
        raise contradiction("mute", "'mute' stands alone", "write own_sound: mute")
    if isinstance(value, str):
        raise ValueError(f"{value!r} is not known here; write mute, none, or {{gain: -6 dB}}")
    return value


def _focus(value: object) -> str:
    return "=none" if isinstance(value, str) else "=given"


FromT = Annotated[From, BeforeValidator(word_as("file"), json_schema_input_type=PathT | From)]
SyncT = Annotated[Sync, BeforeValidator(_sync, json_schema_input_type=dict[IdT, PointT])]
JoinT = Annotated[Join, BeforeValidator(word_as("with"), json_schema_input_type=JoinKind | Join)]
FocusT = Annotated[
    Annotated[Literal["auto", "none"], Tag("=none")] | Annotated[tuple[UnitT, UnitT], Tag("=given")],
    Discriminator(_focus),
]
OwnSoundT = Annotated[OwnSound, BeforeValidator(_own_sound, json_schema_input_type=Literal["mute"] | OwnSound)]
RampT = Annotated[Annotated[SpeedT, Tag("=one")] | Annotated[dict[TimeT, SpeedT], BY_TIME, Tag("=many")], ONE_OR_MANY]
_NONE = Annotated[Off, Tag("=none")]


class Inherited(Board):
    """Keys that may stand on film, scene or shot: the nearest wins, ``none`` switches off (storyboard.md)."""

    style: TextT | None = None
    avoid: TextsT | None = None
    grade: Annotated[_NONE | Annotated[Grade, Tag("=given")], OR_OFF] | None = None
    fit: Annotated[_NONE | Annotated[Fit, Tag("=given")], OR_OFF] | None = None
    focus: FocusT | None = None
    generate: Annotated[_NONE | Annotated[Generate, Tag("=given")], OR_OFF] | None = None
    own_sound: Annotated[_NONE | Annotated[OwnSoundT, Tag("=given")], OR_OFF] | None = None
    cut_on: Annotated[_NONE | Annotated[CutOn, Tag("=given")], OR_OFF] | None = None


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
    cast: TextsT = ()
    prompt: TextT | None = None
    take: TakeT | None = None
    in_: TimeT | None = Field(default=None, alias="in")
    sync: SyncT | None = None
    lasts: TimeT | None = None
    to: PointT | None = None
    speed: RampT | None = None
    short: Literal["hold"] | None = None
    zoom: ZoomT = 1.0
    marks: MarksT = Field(default_factory=dict)
    fade_in: TimeT | None = None
    fade_out: TimeT | None = None
    join: JoinT | None = None

    @model_validator(mode="after")
    def _no_contradiction(self) -> Shot:
        if self.lasts is not None and self.to is not None:
            raise contradiction("to", "this shot has both 'lasts' and 'to'", "keep one of them")
        if self.in_ is not None and self.sync is not None:
            raise contradiction("sync", "'sync' stands in place of 'in', and both are here", "keep one of them")
        if self.of is not None and self.color is not None:
            raise contradiction("color", "this shot shows another shot ('of') and a colour", "keep one of them")
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
    refs: PathsT = ()


class Budget(Board):
    """What generating may cost in all."""

    limit: MoneyT


class Review(Board):
    """How the film is reviewed."""

    rubric: PathT | None = None
    reviewers: CountT | None = None


class Storyboard(Inherited):
    """The whole file."""

    filmkit: Annotated[int, PlainValidator(_format), WithJsonSchema({"type": "integer", "const": FORMAT})]
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
    deliver: DeliverablesT = ()
    review: Review | None = None
    fixed: tuple[Literal["picture", "sound", "titles", "cut_on"], ...] = ()
