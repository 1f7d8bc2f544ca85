"""What has to be measured before the cut can be planned, as steps: their facts are facts of the film.

An analysis may depend on another one's answer (similar bars on beats): whoever runs them asks again until nothing
is wanted any more.
"""

from __future__ import annotations

from collections.abc import Iterator

from filmkit.model.analysis import Analysis, SpeechRecipe
from filmkit.model.film import Film
from filmkit.model.sound import MusicFit
from filmkit.plan.beats import beats_question, needs_beats
from filmkit.plan.graph import Cost, Input, Step
from filmkit.plan.heard import part_of, silence_of
from filmkit.plan.music_fit import bars_of
from filmkit.plan.sources import source_step
from filmkit.plan.speech import KIND as SPEECH
from filmkit.plan.speech import speech_of, speech_step
from filmkit.plan.steps import Tools, add


def wanted(film: Film) -> tuple[Analysis, ...]:
    """What the cut depends on and ``film.analyses`` does not hold yet; only of files that have sound, and of
    lines that are to be read aloud.
    """
    return tuple(
        asked for asked in dict.fromkeys(_asked(film)) if asked not in film.analyses and _has_sound(film, asked)
    )


def _asked(film: Film) -> Iterator[Analysis]:
    rate = film.storyboard.picture.fps
    for _, cue in film.storyboard.sound.cues():
        if (silence := silence_of(cue, rate)) is not None:
            yield silence
        if (bars := bars_of(cue, film, part_of(cue, film))) is not None and silence in {None, *film.analyses}:
            yield bars
        if (speech := speech_of(cue, film)) is not None:
            yield speech
    yield from _beats_asked(film)


def _beats_asked(film: Film) -> Iterator[Analysis]:
    """Of the music whose beats something hangs on, or that is extended, unless they are given by hand."""
    music = film.storyboard.sound.music
    questions = [beats_question(cue, film.storyboard.picture.fps) for cue in music]
    needs = needs_beats(film.storyboard) if any(questions) else {}
    for cue, question in zip(music, questions, strict=True):
        if question is not None and ((cue.id or "").lower() in needs or cue.fit is MusicFit.EXTEND):
            yield question


def _has_sound(film: Film, asked: Analysis) -> bool:
    if asked.kind == SPEECH:
        return True
    file = film.files.get(asked.file)
    return file is not None and file.facts is not None and file.facts.audio is not None


def analysis_step(asked: Analysis, film: Film, tools: Tools, steps: list[Step]) -> str:
    """Adds the steps that answer one analysis; returns the key of the one whose facts are the answer."""
    if isinstance(asked.recipe, SpeechRecipe):
        return add(steps, speech_step(asked.recipe, tools))
    file = film.files[asked.file]
    source = add(steps, source_step(file, tools))
    return add(steps, Step(
        kind=asked.kind,
        name=f"{asked.kind} {file.name}",
        version=tools.version(asked.kind),
        params=asked.recipe.as_params(),
        inputs={"sound": Input(source, "sound")},
        tools=tools.sums,
        about=(file.name,),
        cost=Cost(0, 0.5),
    ))  # fmt: skip
