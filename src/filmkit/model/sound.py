"""Sound as the storyboard writes it: cues, stems' loudness, ducking, beats, the takes' own sound."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from filmkit.model.board import Board
from filmkit.model.scalar import (
    BoolT,
    DepthT,
    GainT,
    IdT,
    LufsT,
    PanT,
    PathT,
    PeakT,
    PointT,
    TempoT,
    TextT,
    TimeT,
)  # fmt: skip
from filmkit.model.timebase import Time

STEMS = ("dialogue", "music", "effects", "production")
"""The submixes, in the order they stand everywhere; production is the takes' own sound."""


class Stem(StrEnum):
    """One submix."""

    DIALOGUE = "dialogue"
    MUSIC = "music"
    EFFECTS = "effects"
    PRODUCTION = "production"


class Duck(Board):
    """Lower this cue by ``by`` dB while stems or cues named in ``under`` sound."""

    under: tuple[TextT, ...]
    by: DepthT = 9.0
    attack: TimeT = Time.parse("150ms")
    release: TimeT = Time.parse("600ms")


class Beats(Board):
    """A beat grid given by hand: ``tempo`` in bpm, the ``first`` beat in the file, beats a ``bar``."""

    tempo: TempoT
    first: TimeT = Time()
    bar: int = 4


class Cue(Board):
    """One placed sound: begins ``at`` a point; ``in`` trims its file; ends with ``lasts``, ``to``, or played out."""

    id: IdT | None = None
    file: PathT | None = None
    at: PointT
    lasts: TimeT | None = None
    to: PointT | None = None
    in_: TimeT = Field(default=Time(), alias="in")
    gain: GainT = 0.0
    pan: PanT = 0.0
    fade_in: TimeT | None = None
    fade_out: TimeT | None = None
    loop: BoolT = False
    duck: Duck | None = None
    marks: dict[IdT, TimeT] = Field(default_factory=dict)
    licence: TextT | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Cue:
        if self.lasts is not None and self.to is not None:
            raise ValueError("a cue ends with 'lasts' or with 'to', not both")
        return self


class Effect(Cue):
    """A sound effect."""

    file: PathT


class Music(Cue):
    """A piece of music."""

    file: PathT
    beats: Beats | None = None


class Line(Cue):
    """A line of dialogue; without a file it is only captioned and needs ``lasts`` or ``to``."""

    speaker: TextT | None = None
    line: TextT | dict[TimeT, TextT] | None = None

    @model_validator(mode="after")
    def _something_to_hear_or_read(self) -> Line:
        if self.file is None and self.line is None:
            raise ValueError("a line of dialogue needs 'file', 'line' or both")
        if self.file is None and self.lasts is None and self.to is None:
            raise ValueError("a line without a file is only captioned: say how long with 'lasts' or 'to'")
        return self


class Loudness(Board):
    """Targets of the mix: integrated loudness (ITU-R BS.1770, LUFS) and true-peak ceiling (dBTP)."""

    integrated: LufsT = -14.0
    peak: PeakT = -1.0


class Sound(Board):
    """Everything heard that is not a take's own sound."""

    loudness: Loudness = Loudness()
    music: tuple[Music, ...] = ()
    effects: tuple[Effect, ...] = ()
    dialogue: tuple[Line, ...] = ()

    def cues(self) -> tuple[tuple[Stem, Cue], ...]:
        """All cues with their stem, in the order of storyboard.md."""
        return (
            *((Stem.MUSIC, cue) for cue in self.music),
            *((Stem.EFFECTS, cue) for cue in self.effects),
            *((Stem.DIALOGUE, cue) for cue in self.dialogue),
        )


class OwnSound(Board):
    """A take's own sound: gain, how long it leads or trails its picture (J and L cuts), fades; or ``mute``."""

    mute: bool = False
    gain: GainT = 0.0
    lead: TimeT = Time()
    trail: TimeT = Time()
    fade_in: TimeT | None = None
    fade_out: TimeT | None = None


class CutOn(Board):
    """Cuts go to the nearest beat of ``music`` not further than ``within``."""

    music: IdT
    within: TimeT
