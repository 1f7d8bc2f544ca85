"""One file's sound, decoded once: through the gate to 48 kHz stereo float, which all its cues read.

Parameters: :class:`~filmkit.model.recipe.SourceRecipe`; source ``file``. Output ``sound``: raw float32 little endian
stereo. Facts: ``samples``, ``peak`` (sample peak, factor of full scale). Any layout is folded by ITU-R BS.775
(:mod:`filmkit.media.sound.channels`), mono is copied to both sides at its level; ``pieces`` are stretched with the
pitch kept.

Sides that cancel in mono and a constant offset are played as they are, with a warning
(:mod:`filmkit.media.sound.flaws`). Broken sound is refused by name, never heard in part: samples that are no numbers,
levels no sound has, files that end before their header says or that hold no sound at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from filmkit.errors import FilmkitError, StepFailed
from filmkit.media.blame import BrokenMedia, broken_source
from filmkit.media.sound.channels import is_known_layout, pan_expression
from filmkit.media.sound.flaws import Flaws
from filmkit.media.sound.samples import SoundFile
from filmkit.media.sound.soundcoding import decode_foreign
from filmkit.media.sound.stretch import stretch
from filmkit.media.sound.waveheader import WaveData, read_wave_data, write_mended
from filmkit.media.workbench import Workbench
from filmkit.model.finding import Severity
from filmkit.model.recipe import SourceRecipe
from filmkit.model.run import Event, Made
from filmkit.plan.graph import Step

_SLOT = "file"
_LOUDEST = 1000.0
"""+60 dB over full scale: float files hold headroom, but nothing above this is sound."""


def run(step: Step, bench: Workbench) -> Made:
    """Makes ``sound.f32`` of the file of ``step``. Raises BrokenMedia, which names it, where it is not whole sound."""
    recipe = SourceRecipe.from_params(step.params)
    wave = read_wave_data(bench.sources[_SLOT]) if recipe.demuxer == "wav" else None
    if wave is not None and wave.missing:
        raise _refused(step, f"it ends {wave.missing:,} bytes before its header says")
    if wave is not None and wave.present < wave.align:
        raise _refused(step, "there is no sound in it")
    decoded = _decode(step, bench, recipe, wave)
    if not decoded.samples:
        raise _refused(step, "there is no sound in it")
    flaws = Flaws()
    peak = _checked_peak(step, decoded, flaws)
    out = bench.folder / "sound.f32"
    if recipe.pieces:
        samples, peak = _write_stretched(decoded, recipe, out)
        decoded.path.unlink()
    else:
        samples = decoded.samples
        decoded.path.rename(out)
    bench.on_progress(samples)
    return Made({"sound": out}, {"samples": samples, "peak": peak}, tuple(_events(recipe, wave, flaws)))


def _decode(step: Step, bench: Workbench, recipe: SourceRecipe, wave: WaveData | None) -> SoundFile:
    file = bench.sources[_SLOT]
    if wave is not None and wave.is_mended:
        file = write_mended(file, wave, bench.folder / "mended.wav")
    pan = pan_expression(recipe.channels, recipe.layout)
    try:
        return decode_foreign(bench, file, recipe.demuxer, recipe.stream, pan)
    except StepFailed as failure:
        raise broken_source(step, bench, failure) from failure


def _checked_peak(step: Step, sound: SoundFile, flaws: Flaws) -> float:
    """The highest sample; ``flaws`` hears all. Raises BrokenMedia for samples that are no numbers or beyond anything a
    recording holds.
    """
    peak = 0.0
    for start, samples in sound.blocks():
        here = float(np.abs(samples).max())
        if not math.isfinite(here):
            first = start + int(np.argmin(np.isfinite(samples).all(axis=1)))
            raise _refused(step, f"{first / 48_000:.3f} s into it stands a sample that is no number (NaN or infinite)")
        peak = max(peak, here)
        flaws.add(samples)
    if peak > _LOUDEST:
        raise _refused(step, f"its samples reach {peak:.3g} times full scale, which no recording does")
    return peak


def _write_stretched(sound: SoundFile, recipe: SourceRecipe, out: Path) -> tuple[int, float]:
    samples, peak = 0, 0.0
    with out.open("wb") as file:
        for block in stretch(sound, recipe.pieces):
            file.write(block.astype("<f4").tobytes())
            samples += len(block)
            peak = max(peak, float(np.abs(block).max()))
    return samples, peak


def _refused(step: Step, why: str) -> FilmkitError:
    source = step.sources[_SLOT]
    shown = f" (in {', '.join(step.about)})" if step.about else ""
    return BrokenMedia(f"{source.name}{shown} cannot be used: {why}", remedy="export the sound again, as WAV or FLAC")


def _events(recipe: SourceRecipe, wave: WaveData | None, flaws: Flaws) -> Iterator[Event]:
    for code, message in flaws.found():
        yield Event(code, message, Severity.WARNING)
    if wave is not None and wave.is_mended:
        yield Event("wav-length", "its header gives no right length: it was read to its end", touches_content=True)
    if recipe.demuxer == "aac":
        message = (
            "a bare AAC file does not say how much silence its encoder put first: it is heard about 20 to 50 ms late"
        )
        yield Event("aac-late", f"{message}; use an .m4a, which says it, or 'trim' the cue", touches_content=True)
    if recipe.channels > 2 and not is_known_layout(recipe.channels, recipe.layout):
        message = f"it does not say where its {recipe.channels} channels belong: the usual order was taken"
        yield Event("layout-guessed", message, touches_content=True)
