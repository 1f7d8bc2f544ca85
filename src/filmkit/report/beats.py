"""Beats and the cuts on them, in lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from filmkit.model.timeline import MovedCut, MusicBeats, Timeline


def beat_lines(timeline: Timeline) -> Iterator[str]:
    """A line for each music whose beats are used, with how sure they are; then one for each cut that looks for a beat:
    from which frame to which it moved, or why it stays.
    """
    yield from (f"beats of {known.music}: {_known(known)}" for known in timeline.beats)
    yield from (f"cut before {cut.shot}: {_moved(cut)}" for cut in timeline.moved)


def _known(known: MusicBeats) -> str:
    if known.count is None:
        return f"{known.bpm:.6g} bpm, bars of {known.bar}, by hand"
    tempo = f"{known.bpm:.6g} bpm" if known.is_steady else f"about {known.bpm:.4g} bpm, changing"
    others = ", ".join(f"{other.bpm:.4g}" for other in known.tempos[:3] if abs(other.bpm / known.bpm - 1) > 0.01)
    octave = ""
    if known.octave is not None:
        octave = f" (sure {known.octave:.2f}{f'; else {others}' if others and known.octave < 1 else ''})"
    bars = f"bars of {known.bar}" + (f" are a guess (sure {known.bars:.2f})" if known.bars is not None else "")
    return f"{tempo}{octave}, {known.count} found (sure {known.found or 0:.2f}), {bars}"


def _moved(cut: MovedCut) -> str:
    beat = f"beat {cut.beat} of {cut.music}"
    if cut.reason:
        return f"stays at frame {cut.at}: {cut.reason}"
    if not cut.frames:
        return f"frame {cut.at} is on {beat} already"
    return f"frame {cut.at - cut.frames} → {cut.at} ({cut.frames:+}), on {beat}"
