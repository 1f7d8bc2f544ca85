"""An analysis: the beats of music, for cuts and cues that hang on them.

Parameters: :class:`~filmkit.model.analysis.BeatsRecipe`. Input ``sound``: a decoded file. No output but its facts, as
:mod:`filmkit.plan.beats` reads them: ``beats`` (samples; empty where none were found), ``bpm``, ``steady``, ``bar``,
``downbeat`` (which beat begins a bar, from 0), the confidences ``octave``, ``found`` and ``bars`` (0 … 1), and
``tempos``: those that it could have, each with its share of all scores.
"""

from __future__ import annotations

from fractions import Fraction

from filmkit.media.sound.beats import BeatHint, BeatTrack, track_beats
from filmkit.media.sound.samples import SoundFile
from filmkit.media.workbench import Workbench
from filmkit.model.analysis import BeatsRecipe
from filmkit.model.run import Json, Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Finds the beats of ``step``. Raises ValueError where its input is not whole samples."""
    recipe = BeatsRecipe.from_params(step.params)
    sound = SoundFile(bench.inputs["sound"])
    bpm = float(Fraction(recipe.bpm)) if recipe.bpm is not None else None
    track = track_beats(sound, BeatHint(bpm, recipe.first, recipe.bar))
    bench.on_progress(sound.samples)
    return Made({}, _facts(track) if track is not None else {"beats": []})


def _facts(track: BeatTrack) -> dict[str, Json]:
    return {
        "beats": list(track.beats),
        "bpm": track.bpm,
        "steady": track.is_steady,
        "bar": track.bar,
        "downbeat": track.downbeat,
        "octave": track.octave,
        "found": track.found,
        "bars": track.bars,
        "tempos": [[round(float(guess.ratio) * track.bpm, 1), guess.score] for guess in track.guesses],
    }
