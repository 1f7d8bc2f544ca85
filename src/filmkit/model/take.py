"""What is known of a media file once it has been probed and counted: facts, never guesses.

Times in here are those of the file itself: 0 is the moment its first picture (or, without one, its first sample) is
shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Pictures:
    """When each picture of a stream is shown, as found in its packets, in order of presentation.

    ``ticks[i]`` is the time of picture ``i`` in units of ``time_base``, with ``ticks[0] == 0``; a stream of constant
    rate keeps ``rate`` and ``count`` only and ``ticks`` is empty. ``last_ticks`` is how long the last picture stands.
    ``keys`` are the indices of pictures that decoding may begin at.
    """

    count: int
    time_base: Fraction
    rate: Fraction | None
    ticks: tuple[int, ...] = ()
    last_ticks: int = 0
    keys: tuple[int, ...] = (0,)

    def shown_at(self, index: int) -> Fraction:
        """Seconds at which picture ``index`` begins to stand."""
        return index / self.rate if self.rate is not None else self.ticks[index] * self.time_base

    @property
    def end(self) -> Fraction:
        """Seconds at which the last picture ends."""
        if self.rate is not None:
            return self.count / self.rate
        return (self.ticks[-1] + self.last_ticks) * self.time_base


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The video stream that a file marks as its default, else its first (cover art does not count).

    ``width`` × ``height`` are coded pixels before rotation; ``rotation`` is clockwise degrees (0, 90, 180, 270) needed
    to stand upright; ``sar`` the sample aspect ratio; colour words are ffmpeg's names, or ``unknown``.
    ``stream`` is the index in the file; ``lead`` the seconds its first picture lies after the file's own start.
    """

    stream: int
    codec: str
    width: int
    height: int
    sar: Fraction
    rotation: int
    pixel_format: str
    bits: int
    has_alpha: bool
    is_rgb: bool
    field_order: str
    color_range: str
    color_matrix: str
    color_primaries: str
    color_transfer: str
    pictures: Pictures
    lead: Fraction = Fraction(0)

    @property
    def is_interlaced(self) -> bool:
        """Whether the stream says it holds fields rather than frames."""
        return self.field_order in {"tt", "bb", "tb", "bt"}

    @property
    def upright(self) -> tuple[int, int]:
        """Display width and height in square pixels, standing upright."""
        wide = max(1, round(self.width * self.sar))
        return (self.height, wide) if self.rotation in {90, 270} else (wide, self.height)


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """The audio stream that a file marks as its default, else its first.

    ``samples`` counts at the stream's own ``sample_rate`` as far as packets tell (0: unknown until decoded);
    ``lead`` is the seconds its first sample lies after the first picture (negative: before), 0 without pictures.
    """

    stream: int
    codec: str
    sample_rate: int
    channels: int
    layout: str
    samples: int
    lead: Fraction = Fraction(0)

    @property
    def seconds(self) -> Fraction:
        """Length by the packets' own durations."""
        return Fraction(self.samples, self.sample_rate)


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """One file, probed and counted. ``demuxer`` is the name ffmpeg is forced to read it with."""

    demuxer: str
    is_still: bool
    video: VideoFacts | None
    audio: AudioFacts | None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the film as the plan knows it: by its bytes. ``path`` says where it lies and never enters a key.

    ``name`` is the path relative to the film folder or ``assets/``, for messages and manifests.
    """

    sha256: str
    size: int
    path: str
    name: str
    facts: MediaFacts | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """One candidate for a shot: ``t02`` of ``harbour/boat``."""

    shot: str
    number: int
    file: SourceFile

    @property
    def label(self) -> str:
        """``t02``."""
        return f"t{self.number:02}"
