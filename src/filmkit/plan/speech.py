"""Lines read by the scratch voice: which they are, what reads them, and what is told of them.

A line without a file can be heard in an animatic all the same. Nobody should take that for the real thing: it is named
in the cue, in findings, in the manifest, and such a film is never called finished.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from filmkit.model.analysis import Analysis, SpeechRecipe
from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.sound import Cue, Line
from filmkit.model.timebase import SAMPLE_RATE, samples
from filmkit.model.timeline import SoundClip
from filmkit.plan.graph import Cost, Step
from filmkit.plan.steps import Tools

KIND = "speech"
_WORD_S = Fraction(2, 5)
"""A word and the breath after it, roughly."""

SCRATCH = " (scratch)"
"""What stands behind the name of a cue that the scratch voice reads."""


def speech_of(cue: Cue, film: Film) -> Analysis | None:
    """What has to be read aloud for a cue; None for all that is heard from a file, or not at all."""
    voice = film.storyboard.sound.voice_of(cue) if isinstance(cue, Line) else None
    if voice is None or not isinstance(cue, Line):
        return None
    rate = film.storyboard.picture.fps
    texts = cue.line.items() if isinstance(cue.line, dict) else [(None, str(cue.line))]
    parts = sorted((samples(time.at(rate)) if time else 0, text.strip()) for time, text in texts)
    return Analysis(KIND, "", SpeechRecipe(parts=tuple(parts), voice=voice.voice, speed=voice.speed))


def spoken_samples(cue: Cue, film: Film) -> int | None:
    """How long the scratch voice takes for a cue, in samples; None where it does not read it."""
    asked = speech_of(cue, film)
    answer = film.analyses.get(asked) if asked else None
    return int(str(answer["samples"])) if answer else None


def speaking_samples(cue: Cue, film: Film) -> int | None:
    """The same; where nobody is here to read it, about as long as that would take, so that the film keeps its shape."""
    asked = speech_of(cue, film)
    if asked is None or asked not in film.analyses or not isinstance(asked.recipe, SpeechRecipe):
        return None
    if (known := spoken_samples(cue, film)) is not None:
        return known
    words = [(first, len(text.split())) for first, text in asked.recipe.parts]
    return max(first + samples(count * _WORD_S / Fraction(str(asked.recipe.speed))) for first, count in words)


def spoken_recipe(cue: Cue, film: Film) -> SpeechRecipe | None:
    """What is read aloud for a cue; None where nothing is, or nobody is here to read it."""
    asked = speech_of(cue, film)
    recipe = asked.recipe if asked and film.analyses.get(asked) else None
    return recipe if isinstance(recipe, SpeechRecipe) else None


def is_spoken(film: Film) -> bool:
    """Whether any line asks for the scratch voice."""
    return any(speech_of(line, film) for line in film.storyboard.sound.dialogue)


def speech_step(recipe: SpeechRecipe, tools: Tools, about: str = "") -> Step:
    """Reads a line aloud. Its key holds the version of the program that speaks."""
    return Step(
        kind=KIND,
        name=f"speech {about or recipe.parts[0][1][:40]!r}",
        version=tools.version(KIND),
        params=recipe.as_params(),
        tools={**tools.media, **tools.sums, **tools.speech},
        about=(about,) if about else (),
        cost=Cost(0, 0.5),
    )


def silent_lines(film: Film) -> Iterator[Finding]:
    """A warning for each line that stays silent, for there is no program to read it."""
    for at, line in enumerate(film.storyboard.sound.dialogue):
        if speech_of(line, film) is not None:
            name, guess_s = line.id or f"dialogue {at + 1}", (speaking_samples(line, film) or 0) / SAMPLE_RATE
            yield Finding(
                "scratch-missing", f"{name} stays silent for about {guess_s:.1f} s: espeak-ng is not installed here",
                "install it ('apt install espeak-ng', 'brew install espeak-ng'), or record the line",
                Severity.WARNING, about=line.id or "", path=("sound", "dialogue", at),
            )  # fmt: skip


def scratch_lines(film: Film, sounds: Sequence[SoundClip]) -> Iterator[Finding]:
    """A warning for each line that the scratch voice reads, with how long it takes to say."""
    by_name = {sound.cue: sound for sound in sounds if sound.spoken is not None}
    for at, line in enumerate(film.storyboard.sound.dialogue):
        sound = by_name.get(line.id or f"dialogue {at + 1}")
        if sound is None:
            continue
        takes = spoken_samples(line, film) or 0
        cut = f", of which {sound.length / SAMPLE_RATE:.2f} s are heard" if sound.length < takes else ""
        yield Finding(
            "scratch-voice", f"{sound.id} is read by a scratch voice, which takes {takes / SAMPLE_RATE:.2f} s{cut}",
            "record the line and name its 'file'", Severity.WARNING, about=sound.id, path=("sound", "dialogue", at),
        )  # fmt: skip
