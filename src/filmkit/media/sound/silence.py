"""Where a sound begins and ends: pydub's detection, on our own decoded files, in pieces so that memory stays flat.

pydub works in 16 bits and whole milliseconds, which is plenty for deciding where silence ends; the sound that is
heard stays float.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from filmkit.media.children import check_stopped
from filmkit.media.sound.samples import CHANNELS, Samples, SoundFile
from filmkit.model.timebase import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Callable

_MILLISECOND = SAMPLE_RATE // 1000
_PIECE = 10 * SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Silence:
    """Samples of silence before the first sound and after the last; all of it ``before`` where nothing is heard."""

    before: int
    after: int


def find_silence(sound: SoundFile, first: int, threshold_db: float) -> Silence:
    """Silence at both ends of what lies from sample ``first`` on: milliseconds whose RMS is below ``threshold_db``
    (dBFS). A last millisecond that is not whole counts as silence with the whole ones before it.
    """
    length = max(0, sound.samples - first)
    before = _leading(_forwards(sound, first), threshold_db)
    if before >= length:
        return Silence(length, 0)
    return Silence(before, min(length - before, _leading(_backwards(sound, first), threshold_db)))


def _leading(pieces: Iterator[Samples], threshold_db: float) -> int:
    """Samples until the first millisecond that is loud enough."""
    detect, segment = _pydub()
    silent = 0
    for samples in pieces:
        check_stopped()
        whole = np.round(np.clip(samples, -1.0, 1.0) * 32767).astype("<i2")
        piece = segment(data=whole.tobytes(), sample_width=2, frame_rate=SAMPLE_RATE, channels=CHANNELS)
        found = detect(piece, silence_threshold=threshold_db, chunk_size=1) * _MILLISECOND
        if found // _MILLISECOND < len(samples) // _MILLISECOND:
            return silent + int(found)
        silent += len(samples)
    return silent


def _forwards(sound: SoundFile, first: int) -> Iterator[Samples]:
    for start in range(first, sound.samples, _PIECE):
        yield sound.read(start, min(_PIECE, sound.samples - start))


def _backwards(sound: SoundFile, first: int) -> Iterator[Samples]:
    """From the end on, each piece reversed in time."""
    for stop in range(sound.samples, first, -_PIECE):
        start = max(first, stop - _PIECE)
        yield sound.read(start, stop - start)[::-1]


_importing = threading.Lock()


def _pydub() -> tuple[Callable[..., int], Callable[..., Any]]:
    """The detection and the sounds of pydub, which complains at import that it finds no ffmpeg; it never needs one."""
    with _importing, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
        from pydub.silence import detect_leading_silence
    return cast("Callable[..., int]", detect_leading_silence), cast("Callable[..., Any]", AudioSegment)
