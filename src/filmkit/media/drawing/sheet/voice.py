"""How far the voice stands over all else, column by column: where it is covered is seen at a glance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from filmkit.media.drawing.sheet.axes import DIM, LEFT, PANEL, RIGHT, TimeAxis, label
from filmkit.media.drawing.sheet.lanes import Lane
from filmkit.model.shapes import Rect, Shape
from filmkit.model.timebase import SAMPLE_RATE

HEIGHT = 12.0
COVERED, THIN, CLEAR = "covered", "thin", "clear"
COLORS = {COVERED: "#ef5350", THIN: "#e6c14b", CLEAR: "#57b368"}
CLEAR_LU = 7.0
"""Mixers keep a bed 7 LU or more below a voice that has to be understood at once; below 0 LU it is covered."""

_WINDOW = SAMPLE_RATE * 2 // 5
_PAUSE = SAMPLE_RATE * 3 // 20
"""Shorter pauses belong to what is said."""

_SPOKEN_LU = 20.0
"""Columns more than this below the loudest of the voice are its pauses."""


def voice_states(voice: Lane, rest: Sequence[Lane]) -> list[str]:
    """``covered``, ``thin`` or ``clear`` for each column in which somebody speaks, empty elsewhere.

    Loudness is taken over 400 ms, the momentary window of EBU Tech 3341, of which only the spoken columns count.
    """
    reach = max(1, round(_WINDOW / voice.column_samples))
    spoken = [_energy(value) for value in voice.loudness_lufs]
    beds = [[_energy(value) for value in lane.loudness_lufs] for lane in rest]
    bed = [sum(column) for column in zip(*beds, strict=True)] if beds else [0.0] * len(spoken)
    least = max(max(_sums(spoken, reach), default=0.0) / reach * _energy(-_SPOKEN_LU), _energy(-60.0))
    heard = [float(loud > least) for loud in spoken]
    voices, behind = (_sums([a * b for a, b in zip(values, heard, strict=True)], reach) for values in (spoken, bed))
    shown = _bridged(heard, max(1, round(_PAUSE / voice.column_samples)))
    return [
        _state(loud, below) if is_shown and loud else ""
        for loud, below, is_shown in zip(voices, behind, shown, strict=True)
    ]


def voice_runs(states: Sequence[str], column_samples: int, samples: int) -> list[tuple[int, int, str]]:
    """(first sample, first sample after it, state) wherever somebody speaks."""
    runs, at = [], 0
    for state, run in groupby(states):
        count = len(list(run))
        if state:
            runs.append((at * column_samples, min(samples, (at + count) * column_samples), state))
        at += count
    return runs


def _bridged(heard: Sequence[float], pause: int) -> list[bool]:
    """Columns that are heard, and pauses of at most ``pause`` columns between them."""
    shown = [bool(loud) for loud in heard]
    before: int | None = None
    for at, loud in enumerate(heard):
        if loud:
            if before is not None and at - before - 1 <= pause:
                shown[before:at] = [True] * (at - before)
            before = at
    return shown


def _state(voice: float, bed: float) -> str:
    over_lu = round(10 * math.log10(voice / max(bed, 1e-12)), 1)
    return CLEAR if over_lu >= CLEAR_LU else THIN if over_lu >= 0 else COVERED


def _energy(lufs: float) -> float:
    return float(10 ** (lufs / 10))


def _sums(values: Sequence[float], reach: int) -> list[float]:
    """Sums over ``reach`` columns about each one."""
    sums = [0.0]
    for value in values:
        sums.append(sums[-1] + value)
    edges = ((max(0, at - reach // 2), min(len(values), at - reach // 2 + reach)) for at in range(len(values)))
    return [max(0.0, sums[stop] - sums[start]) for start, stop in edges]


def voice_strip(runs: Sequence[tuple[int, int, str]], axis: TimeAxis, top: float) -> Iterator[Shape]:
    """A strip under the dialogue: red where the rest is louder than the voice."""
    yield Rect(LEFT, top, RIGHT - LEFT, HEIGHT, PANEL)
    yield label((LEFT - 12, top + 10), "voice over the rest", DIM, align="end")
    for start, stop, state in runs:
        x = axis.x(start)
        yield Rect(round(x, 2), top, round(max(1.0, axis.x(stop) - x), 2), HEIGHT, COLORS[state])
