"""Sound as the storyboard writes it: cues, stems' buses, ducking, beats, the takes' own sound."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    Tag,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from filmkit.model.board import ONE_OR_MANY, Board, contradiction
from filmkit.model.loudness import Loudness, LoudnessT
from filmkit.model.scalar import (
    BoolT,
    CountT,
    DepthT,
    EachT,
    GainT,
    HertzT,
    IdT,
    PaceT,
    PanT,
    PathT,
    PointT,
    QuietT,
    TempoT,
    TextsT,
    TextT,
    TimeT,
    VoiceSpeedT,
    VoiceT,
)  # fmt: skip
from filmkit.model.timebase import Time


class Stem(StrEnum):
    """One submix; production is the takes' own sound."""

    DIALOGUE = "dialogue"
    MUSIC = "music"
    EFFECTS = "effects"
    PRODUCTION = "production"


STEMS = tuple(stem.value for stem in Stem)
"""The submixes by name, in the order they stand everywhere."""


class Curve(StrEnum):
    """How a fade rises; a fade out is its mirror (formulas: filmkit.media.sound.curves)."""

    LINEAR = "linear"
    POWER = "power"
    SMOOTH = "smooth"
    EXPONENTIAL = "exponential"


class SoundFade(Board):
    """A fade of a sound: how long it ``lasts``, and its ``curve``. A time alone stands for a straight one."""

    lasts: TimeT
    curve: Curve = Curve.LINEAR


def _in_braces(value: object) -> object:
    return value if isinstance(value, (dict, SoundFade)) else {"lasts": value}


SoundFadeT = Annotated[SoundFade, BeforeValidator(_in_braces, json_schema_input_type=TimeT | SoundFade)]


class Duck(Board):
    """Lower this cue by ``by`` dB while stems or cues named in ``under`` sound. It falls over ``attack``, beginning
    ``look_ahead`` before they do (not said: ``attack``, so that it is down when they begin), and rises over
    ``release`` after them.
    """

    under: TextsT
    by: DepthT = 9.0
    attack: TimeT = Time.parse("150ms")
    release: TimeT = Time.parse("600ms")
    look_ahead: TimeT | None = None


class Bus(Board):
    """What a stem goes through as a whole: ``gain``, and a ``high_pass`` of 12 dB an octave."""

    gain: GainT = 0.0
    high_pass: HertzT | None = None


class Buses(Board):
    """A bus for each stem."""

    dialogue: Bus = Field(default_factory=Bus)
    music: Bus = Field(default_factory=Bus)
    effects: Bus = Field(default_factory=Bus)
    production: Bus = Field(default_factory=Bus)


class Beats(Board):
    """What is known of the beats of music: ``tempo`` in bpm, the ``first`` beat in the file, beats a ``bar``.

    Tempo and first beat together are a whole grid; less than that helps to find one.
    """

    tempo: TempoT | None = None
    first: TimeT | None = None
    bar: CountT = 4


def _each_time_once(value: object, read: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 - what the type reads
    made = read(value)
    if isinstance(value, dict) and len(made) < len(value):
        raise ValueError("the same time stands here twice in two spellings; keep one of them")
    if not made:
        raise ValueError("nothing stands in these braces; write a time and its value, as in {0s: …}")
    return made


BY_TIME = WrapValidator(_each_time_once)
"""A mapping of times holds something, and each time once."""


def unlike(marks: dict[str, Time]) -> dict[str, Time]:
    """Marks whose names differ by more than capital letters. Raises ValueError otherwise."""
    seen: dict[str, str] = {}
    for name in marks:
        if (other := seen.setdefault(name.lower(), name)) != name:
            raise ValueError(f"the marks {other!r} and {name!r} differ only in capital letters; rename one of them")
    return marks


MarksT = Annotated[dict[IdT, TimeT], AfterValidator(unlike)]
SpokenT = Annotated[Annotated[TextT, Tag("=one")] | Annotated[dict[TimeT, TextT], BY_TIME, Tag("=many")], ONE_OR_MANY]


class Scratch(Board):
    """A voice of the engine on this computer, for lines that nobody has recorded yet; ``speed`` 1 is a calm voice."""

    voice: VoiceT = "en-gb"
    speed: VoiceSpeedT = 1.0


ScratchT = Annotated[Annotated[BoolT, Tag("=one")] | Annotated[Scratch, Tag("=many")], ONE_OR_MANY]


class Cue(Board):
    """One placed sound: begins ``at`` a point, or repeats at ``each`` of many; ``in`` trims its file; ends with
    ``lasts``, ``to``, or played out.

    ``trim`` skips what is quieter than so many dB at both ends of the part of the file that is left.
    ``speed`` keeps the pitch; ``reverse`` plays the used part of the file backwards.
    """

    id: IdT | None = None
    file: PathT | None = None
    at: PointT | None = None
    each: EachT | None = None
    lasts: TimeT | None = None
    to: PointT | None = None
    in_: TimeT = Field(default=Time(), alias="in")
    gain: GainT = 0.0
    pan: PanT = 0.0
    fade_in: SoundFadeT | None = None
    fade_out: SoundFadeT | None = None
    trim: QuietT | None = None
    loop: BoolT = False
    speed: PaceT = Fraction(1)
    reverse: BoolT = False
    duck: Duck | None = None
    marks: MarksT = Field(default_factory=dict)
    licence: TextT | None = None

    @model_validator(mode="after")
    def _one_place_and_one_end(self) -> Cue:
        if self.lasts is not None and self.to is not None:
            raise contradiction("to", "this cue has both 'lasts' and 'to'", "keep one of them")
        if self.at is not None and self.each is not None:
            raise contradiction("each", "this cue has both 'at' and 'each'", "keep one of them")
        if self.at is None and self.each is None:
            raise contradiction("at", "'at' is missing", "say where it begins, such as at: start + 1s, or where it is "
                                "repeated, such as each: harbour.cuts")  # fmt: skip
        return self


class Effect(Cue):
    """A sound effect."""

    file: PathT


class MusicFit(StrEnum):
    """How music comes to its end: cut there, faded out, or made longer by repeating whole bars."""

    TRIM = "trim"
    FADE = "fade"
    EXTEND = "extend"


class Music(Cue):
    """A piece of music; ``fit`` says what happens where its file is longer or shorter than its place."""

    file: PathT
    beats: Beats | None = None
    fit: MusicFit | None = None

    @model_validator(mode="after")
    def _fits_a_place(self) -> Music:
        if self.fit is None:
            return self
        if self.lasts is None and self.to is None:
            raise contradiction("fit", "'fit' needs a place to fit", "say where the music ends with 'to' or 'lasts'")
        if self.loop:
            raise contradiction("fit", "music that loops is as long as it has to be", "keep 'loop' or 'fit'")
        if self.fit is MusicFit.EXTEND and (self.reverse or self.speed != 1):
            raise contradiction(
                "fit",
                "bars are repeated as they stand in the file",
                "delete 'speed' and 'reverse', or fit it otherwise",
            )
        return self


class Line(Cue):
    """A line of dialogue; without a file a ``scratch`` voice may read it, else it is only captioned."""

    speaker: TextT | None = None
    line: SpokenT | None = None
    scratch: ScratchT | None = None

    @model_validator(mode="after")
    def _something_to_hear_or_read(self) -> Line:
        if self.file is None and self.line is None:
            raise contradiction("file", "a line of dialogue without sound or words", "give it 'file', 'line' or both")
        return self


class Sound(Board):
    """Everything heard that is not a take's own sound."""

    loudness: LoudnessT = Field(default_factory=Loudness)
    stems: Buses = Field(default_factory=Buses)
    music: tuple[Music, ...] = ()
    effects: tuple[Effect, ...] = ()
    dialogue: tuple[Line, ...] = ()
    scratch: ScratchT = False

    def voice_of(self, line: Line) -> Scratch | None:
        """The scratch voice that reads a line; None for one with a file, without words, or where none is wanted."""
        said = self.scratch if line.scratch is None else line.scratch
        if said is False or line.file is not None or line.line is None:
            return None
        film = self.scratch.model_dump(exclude_unset=True) if isinstance(self.scratch, Scratch) else {}
        own = said.model_dump(exclude_unset=True) if isinstance(said, Scratch) else {}
        return Scratch(**{**film, **own})

    def cues(self) -> tuple[tuple[Stem, Cue], ...]:
        """All cues with their stem, in the order of storyboard.md."""
        return (
            *((Stem.MUSIC, cue) for cue in self.music),
            *((Stem.EFFECTS, cue) for cue in self.effects),
            *((Stem.DIALOGUE, cue) for cue in self.dialogue),
        )


class OwnSound(Board):
    """A take's own sound: gain, how long it leads or trails its picture (J and L cuts), fades; or ``mute``."""

    mute: BoolT = False
    gain: GainT = 0.0
    lead: TimeT = Time()
    trail: TimeT = Time()
    fade_in: SoundFadeT | None = None
    fade_out: SoundFadeT | None = None


class CutOn(Board):
    """Cuts go to the nearest beat of ``music`` not further than ``within``; each may be said on another level."""

    music: IdT | None = None
    within: TimeT | None = None
