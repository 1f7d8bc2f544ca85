"""The cut as a timeline: clips on whole frames, joins as overlaps, titles as ranges, sounds in samples.

The words are OTIO's and the cutting room's. All other modules read times from here; nobody else computes one.
Ranges are half-open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from filmkit.model.analysis import SpeechRecipe
from filmkit.model.camera import Camera
from filmkit.model.recipe import Framing
from filmkit.model.scalar import Size
from filmkit.model.sound import Buses, Curve, Duck, Stem
from filmkit.model.storyboard import JoinKind
from filmkit.model.take import SourceFile, Take
from filmkit.model.timebase import FrameRate
from filmkit.model.titles import Title


@dataclass(frozen=True, slots=True)
class TakeMaterial:
    """Pictures of a take: ``pictures[k]`` is the index of the picture that frame ``k`` of the clip shows.

    ``in_s`` is the take's time at the clip's first frame. ``held_frames`` frames at the end repeat the last picture.
    """

    take: Take
    pictures: Sequence[int]
    in_s: Fraction
    held_frames: int = 0


@dataclass(frozen=True, slots=True)
class StillMaterial:
    """A camera move over a picture file: a shot ``with: still``, or the animatic of a missing take
    (``is_placeholder``).
    """

    file: SourceFile
    camera: Camera | None


@dataclass(frozen=True, slots=True)
class ColorMaterial:
    """A plain colour ``#rrggbb``."""

    color: str


@dataclass(frozen=True, slots=True)
class SlateMaterial:
    """A drawn card; ``lines`` are (role, text) pairs as in ``CardRecipe``."""

    lines: tuple[tuple[str, str], ...]
    kind: str = "slate"


Material = TakeMaterial | StillMaterial | ColorMaterial | SlateMaterial


@dataclass(frozen=True, slots=True)
class Join:
    """How a clip takes over from the one before: ``frames`` of overlap, 0 for a cut."""

    kind: JoinKind = JoinKind.CUT
    frames: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """How a clip's picture is framed and graded."""

    framing: Framing = Framing()
    lut: SourceFile | None = None
    lut_strength: float = 1.0


@dataclass(frozen=True, slots=True)
class Clip:
    """One shot on the picture track: frames [``start``, ``start + frames``), the joins at both ends included."""

    shot: str
    scene: str
    start: int
    frames: int
    material: Material
    join: Join = Join()
    look: Look = Look()
    fade_in_frames: int = 0
    fade_out_frames: int = 0
    is_placeholder: bool = False
    label: str = ""

    @property
    def stop(self) -> int:
        """First frame after the clip."""
        return self.start + self.frames


@dataclass(frozen=True, slots=True)
class TitleClip:
    """A title over frames [``start``, ``stop``)."""

    title: Title
    start: int
    stop: int
    fade_in_frames: int = 0
    fade_out_frames: int = 0
    image: SourceFile | None = None

    @property
    def name(self) -> str:
        """Its id, or its text on one line."""
        return self.title.id or (self.title.text or self.title.image or self.title.color or "").split("\n")[0][:40]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a sound is shaped: gain, pan, fades in samples at both ends and their curves."""

    gain_db: float = 0.0
    pan: float = 0.0
    fade_in: int = 240
    fade_out: int = 240
    curve_in: Curve = Curve.LINEAR
    curve_out: Curve = Curve.LINEAR
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Seam:
    """Where extended music goes on elsewhere: at sample ``at`` of the clip with sample ``source`` of its file, from the
    beginning of bar ``from_bar`` to that of ``to_bar`` (counted from 1 in the file); ``likeness`` of the two 0 … 100.
    """

    at: int
    source: int
    from_bar: int
    to_bar: int
    likeness: int


@dataclass(frozen=True, slots=True)
class SoundClip:
    """One sound on the film's sample clock (48 kHz): heard over [``start``, ``start + length``).

    ``source_start`` is the sample of its source it begins with (negative: silence first). ``pieces`` are as in
    ``SourceRecipe``: a source stretched for another speed, where ``source_start`` counts in the stretched sound.
    ``reversed_samples`` are as in ``PlacedCue``. A line that a scratch voice reads is ``spoken`` and has no ``file``.
    """

    id: str
    stem: Stem
    file: SourceFile | None
    start: int
    length: int
    source_start: int
    shape: Shape
    source_stop: int | None = None
    pieces: tuple[tuple[int, int, int], ...] = ()
    reversed_samples: int = 0
    duck: Duck | None = None
    spoken: SpeechRecipe | None = None
    seams: tuple[Seam, ...] = ()
    copy_of: str = ""

    @property
    def cue(self) -> str:
        """The name of its cue, which several clips share where that is repeated (``each``)."""
        return self.copy_of or self.id


@dataclass(frozen=True, slots=True)
class ScenePart:
    """A scene on the timeline, for chapters and reports."""

    id: str
    title: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class MovedCut:
    """A cut that ``cut_on`` looked at: ``frames`` it moved (0: it stayed, for the ``reason``), to the frame ``at``.

    ``beat`` is the beat of ``music`` that was nearest, counted from 1 in its file; 0 where none was looked for.
    """

    shot: str
    frames: int
    reason: str = ""
    at: int = 0
    music: str = ""
    beat: int = 0


@dataclass(frozen=True, slots=True)
class Tempo:
    """A tempo that music may have, and its share of the scores of all that it could have, 0 … 1."""

    bpm: float
    score: float


@dataclass(frozen=True, slots=True)
class MusicBeats:
    """The beats of a piece of ``music``, as the cut uses them.

    ``bpm`` is its (middle) tempo; ``count``: how many beats were found, None for a grid by hand. What was found has
    confidences, 0 … 1, or None where nothing was guessed: ``octave`` that the tempo is the right one of ``tempos``,
    ``found`` that sounds begin on the beats, ``bars`` that the bars begin where they are said to.
    """

    music: str
    bpm: float
    bar: int
    count: int | None = None
    is_steady: bool = True
    octave: float | None = None
    found: float | None = None
    bars: float | None = None
    tempos: tuple[Tempo, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """The whole film: ``frames`` long, credits included; clips in order, credits cards among them."""

    name: str
    title: str
    rate: FrameRate
    size: Size
    frames: int
    clips: tuple[Clip, ...]
    titles: tuple[TitleClip, ...] = ()
    sounds: tuple[SoundClip, ...] = ()
    scenes: tuple[ScenePart, ...] = ()
    moved: tuple[MovedCut, ...] = ()
    beats: tuple[MusicBeats, ...] = ()
    buses: Buses = field(default_factory=Buses)

    @property
    def samples(self) -> int:
        """The film's length in samples."""
        return self.rate.samples(self.frames)

    @property
    def scratch(self) -> tuple[str, ...]:
        """The lines that a scratch voice reads."""
        return tuple(sound.id for sound in self.sounds if sound.spoken is not None)

    @property
    def is_finished(self) -> bool:
        """Whether nothing in it stands for what is still to be made."""
        return not self.scratch and not any(clip.is_placeholder for clip in self.clips)
