"""A line read by the scratch voice, as its cue hears it: 48 kHz stereo float, each text from its time on.

Parameters: :class:`~filmkit.model.analysis.SpeechRecipe`. Output ``sound``, as that of a source. Facts: ``samples``,
``peak`` (sample peak, factor of full scale). It is an analysis too: how long a line takes to say is not known before.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from filmkit.errors import StepFailed
from filmkit.media.sound.channels import pan_expression
from filmkit.media.sound.samples import CHANNELS, SoundFile, spans
from filmkit.media.sound.soundcoding import decode_foreign
from filmkit.media.sound.speech import Speaker, find_speaker, speak
from filmkit.media.workbench import Workbench
from filmkit.model.analysis import SpeechRecipe
from filmkit.model.finding import Severity
from filmkit.model.run import Event, Made
from filmkit.plan.graph import Step


def run(step: Step, bench: Workbench) -> Made:
    """Reads the texts of ``step`` aloud into ``sound.f32``. Raises BrokenMedia for a voice that is not there,
    StepFailed where the program is not there any more.
    """
    recipe = SpeechRecipe.from_params(step.params)
    speaker = find_speaker()
    if speaker is None:
        raise StepFailed(step.name, "espeak-ng, which was here a moment ago, is gone")
    spoken = [(first, _decoded(recipe, speaker, text, number, bench)) for number, (first, text) in
              enumerate(recipe.parts)]  # fmt: skip
    out = bench.folder / "sound.f32"
    samples, peak = _write_sum(spoken, out)
    for _, sound in spoken:
        sound.path.unlink()
    bench.on_progress(samples)
    silent = Event("scratch-silent", "the scratch voice finds nothing in this line that it can say", Severity.WARNING,
                   touches_content=True)  # fmt: skip
    return Made({"sound": out}, {"samples": samples, "peak": peak}, () if peak > 0 else (silent,))


def _decoded(recipe: SpeechRecipe, speaker: Speaker, text: str, number: int, bench: Workbench) -> SoundFile:
    wav = speak(speaker, text, recipe.voice, recipe.speed, bench.folder)
    sound = decode_foreign(bench, wav, "wav", 0, pan_expression(1, "mono"))
    wav.unlink()
    return SoundFile(sound.path.rename(bench.folder / f"part{number}.f32"))


def _write_sum(spoken: list[tuple[int, SoundFile]], out: Path) -> tuple[int, float]:
    """Texts whose times leave too little room are heard together, as they would be cut."""
    length = max((first + sound.samples for first, sound in spoken), default=0)
    peak = 0.0
    with out.open("wb") as file:
        for start, count in spans(length):
            total = np.zeros((count, CHANNELS), np.float32)
            for first, sound in spoken:
                if first < start + count and start < first + sound.samples:
                    total += sound.read(start - first, count)
            peak = max(peak, float(np.abs(total).max()))
            file.write(total.astype("<f4").tobytes())
    return length, peak
