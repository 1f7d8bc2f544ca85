"""Lines that a scratch voice reads: which they are, how long, and that nobody takes them for the real thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from cutting import filmed, found_in, heard, only, scene
from films import TOOLS, sound
from storyboards import findings_of

from filmkit.model.analysis import SpeechRecipe
from filmkit.model.film import Film
from filmkit.model.finding import Finding, Severity
from filmkit.model.sound import Scratch
from filmkit.model.timeline import Timeline
from filmkit.plan.analyses import analysis_step, wanted
from filmkit.plan.cut import cut
from filmkit.plan.graph import Step
from filmkit.plan.sound_steps import sound_steps
from filmkit.plan.speech import is_spoken, silent_lines, speech_of, speech_step

SPEAKING = replace(TOOLS, speech={"espeak-ng": "1.51"})


def dialogue(*lines: str, scratch: str = "true", shots: str = "id: a, color: grey, lasts: 4s") -> str:
    inside = ", ".join(f"{{{line}}}" for line in lines)
    return scene(shots, rest=f"sound: {{scratch: {scratch}, dialogue: [{inside}]}}")


def spoken(text: str, samples: int | None = 96_000) -> Film:
    """The film after its lines were read, each in so many samples; None: nobody could."""
    film = filmed(text, {}, {"k.wav": sound(1)})
    return replace(film, analyses={asked: None if samples is None else {"samples": samples} for asked in wanted(film)})


def made(text: str, samples: int | None = 96_000) -> tuple[Timeline, list[Finding]]:
    done = cut(spoken(text, samples))
    assert done.timeline is not None, done.findings
    return done.timeline, list(done.findings)


def test_line_without_a_file_is_heard_where_it_stands_as_long_as_it_takes() -> None:
    timeline, findings = made(dialogue("id: late, at: a + 1s, line: You are late., gain: -3 dB"))
    line = heard(timeline, "late (scratch)")
    assert (line.start, line.length, line.shape.gain_db, line.file) == (48_000, 96_000, -3.0, None)
    assert line.spoken == SpeechRecipe(parts=((0, "You are late."),))
    finding = only(findings, "scratch-voice")
    assert finding.severity is Severity.WARNING and "late (scratch) is read by a scratch voice" in finding.message
    assert timeline.scratch == ("late (scratch)",) and not timeline.is_finished


def test_other_things_may_hang_on_its_end() -> None:
    shots = "id: a, color: grey, to: late.end"
    timeline, _ = made(dialogue("id: late, at: start, line: You are late.", shots=shots), 72_000)
    assert timeline.frames == 36


def test_texts_by_time_are_read_at_their_times() -> None:
    timeline, _ = made(dialogue("at: a, line: {2.4s: It keeps warm., 0s: Meet the cup., 12f: Yes.}"))
    assert heard(timeline, "dialogue 1 (scratch)").spoken == SpeechRecipe(
        parts=((0, "Meet the cup."), (24_000, "Yes."), (115_200, "It keeps warm."))
    )


VOICES: Mapping[str, tuple[str, str, Scratch | None]] = {
    "nobody asks": ("false", "line: Yes., lasts: 1s", None),
    "the film asks": ("true", "line: Yes.", Scratch()),
    "the line asks": ("false", "line: Yes., scratch: true", Scratch()),
    "the line does not": ("true", "line: Yes., lasts: 1s, scratch: false", None),
    "it was recorded": ("true", "line: Yes., file: k.wav", None),
    "it was recorded, and asks": ("true", "line: Yes., file: k.wav, scratch: true", None),
    "the film's voice": ("{voice: de}", "line: Yes.", Scratch(voice="de")),
    "the film's voice, asked by the line": ("{voice: de}", "line: Yes., scratch: true", Scratch(voice="de")),
    "a voice of its own": ("{voice: de, speed: 2}", "line: Yes., scratch: {voice: fr}", Scratch(voice="fr", speed=2)),
    "only its own": ("false", "line: Yes., scratch: {speed: 0.8}", Scratch(speed=0.8)),
}  # fmt: skip


@pytest.mark.parametrize("what", VOICES)
def test_nearest_word_says_who_reads_a_line(what: str) -> None:
    scratch, line, voice = VOICES[what]
    film = filmed(dialogue(f"at: a, {line}", scratch=scratch), {}, {"k.wav": sound(1)})
    [asked] = [speech_of(each, film) for each in film.storyboard.sound.dialogue]
    assert is_spoken(film) == (voice is not None) == (asked is not None)
    if asked is not None and voice is not None:
        assert asked.recipe == SpeechRecipe(parts=((0, "Yes."),), voice=voice.voice, speed=voice.speed)


def test_line_cut_shorter_than_it_takes_says_so() -> None:
    _, findings = made(dialogue("id: late, at: a, lasts: 1.5s, line: You are late."))
    assert "takes 2.00 s, of which 1.50 s are heard" in only(findings, "scratch-voice").message
    _, longer = made(dialogue("id: late, at: a, lasts: 3s, line: You are late."))
    assert [finding.code for finding in longer] == ["scratch-voice"], "the room left for it is no mistake"


def test_line_longer_than_its_shot_is_told_for_a_scratch_voice_too() -> None:
    text = scene("id: a, color: grey, lasts: 1s", "id: b, color: grey, lasts: 3s",
                 rest="sound: {scratch: true, dialogue: [{at: a, line: You are late.}]}")  # fmt: skip
    assert "1.00 s (24 frames)" in only(made(text)[1], "line-past-shot").message


def test_without_the_program_a_line_keeps_its_time_in_silence() -> None:
    text = dialogue("id: late, at: start, line: One two three four five.", shots="id: a, color: grey, to: late.end")
    timeline, findings = made(text, None)
    assert timeline.sounds == () and timeline.frames == 48 and findings == []
    [told] = silent_lines(spoken(text, None))
    assert told.severity is Severity.WARNING and "late stays silent for about 2.0 s" in told.message
    assert "apt install espeak-ng" in told.remedy


def test_film_reads_what_was_read_for_its_cut() -> None:
    """The step that told how long the line is, is the one whose sound is heard: it is not spoken twice."""
    film = spoken(dialogue("id: late, at: a, line: You are late."))
    timeline = cut(film).timeline
    assert timeline is not None
    analyses: list[Step] = []
    steps: list[Step] = []
    [asked] = film.analyses
    key = analysis_step(asked, film, SPEAKING, analyses)
    sound_steps(timeline, (-14.0, -1.0), SPEAKING, steps)
    assert [step.key for step in steps if step.kind == "speech"] == [key]
    assert [step.about for step in steps if step.kind == "stem"] == [("late",)]


def test_another_version_of_the_program_is_another_step() -> None:
    recipe = SpeechRecipe(parts=((0, "Yes."),))
    newer = replace(TOOLS, speech={"espeak-ng": "1.52"})
    assert speech_step(recipe, SPEAKING).key != speech_step(recipe, newer).key


def test_line_that_nobody_reads_still_needs_an_end() -> None:
    finding = only(findings_of(dialogue("at: a, line: Yes.", scratch="false")), "contradiction")
    assert "only captioned" in finding.message and "'scratch'" in finding.remedy
    assert finding.path == ("sound", "dialogue", 0, "line")
    assert "contradiction" not in {each.code for each in findings_of(dialogue("at: a, line: Yes."))}
    assert found_in(dialogue("at: a, line: Yes., lasts: 1s", scratch="false")) == []


def test_text_that_would_be_read_for_ever_is_an_error() -> None:
    long = "word " * 1_001
    finding = only(findings_of(dialogue(f'at: a, line: "{long}"')), "line-too-long")
    assert "5,000 characters" in finding.message and finding.severity is Severity.ERROR
    captioned = findings_of(dialogue(f'at: a, lasts: 1s, line: "{long}"', scratch="false"))
    assert "line-too-long" not in {each.code for each in captioned}


def test_speed_of_a_file_that_is_not_there_is_an_error() -> None:
    finding = only(findings_of(dialogue("at: a, line: Yes., speed: 1.5")), "contradiction")
    assert "this line has none" in finding.message and "scratch: {speed" in finding.remedy


@pytest.mark.parametrize(
    "scratch", ["yes", "{voice: ../../etc}", "{voice: -w x}", "{speed: 5}", "{tone: high}", "[de]"]
)
def test_what_is_no_voice_is_an_error_with_what_to_write(scratch: str) -> None:
    found = [
        each
        for each in findings_of(dialogue("at: a, line: Yes., lasts: 1s", scratch=scratch))
        if each.severity is Severity.ERROR
    ]
    assert len(found) == 1 and found[0].remedy, [(each.message, each.remedy) for each in found]
