"""The scratch voice speaks through a program that may not be there, and that is believed only when it did its work."""

from __future__ import annotations

import ast
import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest
from fakevoice import install_voice, take_voice_away
from sounds import RATE, level_db
from soundsteps import make_speech

from filmkit.errors import FilmkitError, StepFailed
from filmkit.media.blame import BrokenMedia
from filmkit.media.sound.speech import find_speaker, speak, speech_tools
from filmkit.media.sound.waveheader import read_wave_data
from filmkit.model.analysis import SpeechRecipe
from filmkit.plan.steps import VERSIONS

HERE = [True] if shutil.which("espeak-ng") else []
"""The real program, where this computer has it; all else is proved with a stand-in."""


def spoken(folder: Path, text: str = "You are late.", voice: str = "en-gb", speed: float = 1.0) -> Path:
    speaker = find_speaker()
    assert speaker is not None
    return speak(speaker, text, voice, speed, folder)


def test_text_goes_in_a_file_and_never_among_the_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = install_voice(tmp_path, monkeypatch)
    text = "--path=/etc\0 -f /etc\7/passwd; $(rm -rf) [[k@t]] Grüße 你好"
    wave = read_wave_data(spoken(tmp_path, text, "de", 1.25))
    assert wave is not None and wave.missing == 0
    argv, words = ast.literal_eval(told.read_text())
    assert argv == ["-vde", "-s200"]
    assert words == text.replace("[[", "[ [").replace("\0", " ").replace("\7", " ") + "\n"


BAD = {
    "exit code": ("say(); sys.exit(3)", "ended with exit code 3: no sound card"),
    "killed": ("import os; os.kill(os.getpid(), 9)", "ended with exit code -9"),
    "nothing written": ("pass", "left no whole WAV"),
    "half a file": ("write([1] * 100, missing=200)", "left no whole WAV"),
    "no WAV": ("open(out, 'w').write('hello')", "left no whole WAV"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_program_that_did_not_do_its_work_is_not_believed(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, says = BAD[what]
    install_voice(tmp_path, monkeypatch, body)
    with pytest.raises(StepFailed) as failed:
        spoken(tmp_path)
    assert says in failed.value.message


def test_voice_it_does_not_have_is_the_storyboards_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "sys.stderr.write('Error: The specified espeak-ng voice does not exist.\\n'); sys.exit(1)"
    install_voice(tmp_path, monkeypatch, body)
    with pytest.raises(BrokenMedia) as failed:
        spoken(tmp_path, voice="xx-foo")
    assert failed.value.message == "espeak-ng has no voice 'xx-foo'" and "--voices" in failed.value.remedy


def test_a_line_in_which_nothing_can_be_said_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_voice(tmp_path, monkeypatch, "write([0] * 480)")
    sound, made = make_speech(tmp_path, SpeechRecipe(parts=((0, "?!"),), voice="en-gb", speed=1.0))
    assert not sound.any() and [event.code for event in made.events] == ["scratch-silent"]
    install_voice(tmp_path, monkeypatch, "say()")
    assert make_speech(tmp_path, SpeechRecipe(parts=((0, "Yes."),), voice="en-gb", speed=1.0))[1].events == ()


def test_its_version_is_what_enters_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_voice(tmp_path, monkeypatch, version="1.49.2")
    assert speech_tools() == {"espeak-ng": "1.49.2"}
    take_voice_away(tmp_path, monkeypatch)
    assert speech_tools() == {} and find_speaker() is None


def test_program_that_is_something_else_is_no_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_voice(tmp_path, monkeypatch)
    program = tmp_path / "fake-espeak"
    for answer in ("print('hello: 1.0')", "sys.exit(1)"):
        program.write_text(f"{program.read_text().splitlines()[0]}\nimport sys\n{answer}\n")
        assert find_speaker() is None


def test_texts_stand_at_their_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in begins each text with a click and hums for 50 ms a letter: 9 letters and 4."""
    install_voice(tmp_path, monkeypatch)
    sound, made = make_speech(tmp_path, SpeechRecipe(parts=((0, "Good day."), (48_000, "Yes."))))
    loud = np.flatnonzero(sound[:, 0] > 0.5)
    assert loud.tolist() == [0, 48_000]
    assert made.facts == {"samples": 48_000 + 4 * 2_400, "peak": pytest.approx(0.9, abs=1e-4)}
    assert len(sound) == made.facts["samples"] and np.array_equal(sound[:, 0], sound[:, 1])
    assert sound[9 * 2_400 : 48_000].max() == 0 and sound[9 * 2_400 - 1, 0] > 0.09


def test_bytes_of_this_version_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another digest means another sound for the same film: raise the version of 'speech' and record the new one."""
    install_voice(tmp_path, monkeypatch)
    sound, _ = make_speech(tmp_path, SpeechRecipe(parts=((0, "Good day."), (30_000, "Yes."))))
    digest = hashlib.sha256(sound.tobytes()).hexdigest()
    assert (VERSIONS["speech"], digest[:16]) == (1, "f72b12cd5c24ebf4")


def test_texts_too_near_to_each_other_are_heard_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_voice(tmp_path, monkeypatch)
    sound, _ = make_speech(tmp_path, SpeechRecipe(parts=((0, "Good day."), (4_800, "Yes."))))
    assert len(sound) == 9 * 2_400
    assert sound[4_900, 0] == pytest.approx(2 * sound[1_000, 0])


def test_a_program_that_went_away_meanwhile_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take_voice_away(tmp_path, monkeypatch)
    with pytest.raises(FilmkitError, match="is gone"):
        make_speech(tmp_path, SpeechRecipe(parts=((0, "Yes."),)))


@pytest.mark.parametrize("here", HERE)
def test_the_real_voice_speaks_in_the_box_the_same_each_time(here: bool, tmp_path: Path) -> None:
    recipe = SpeechRecipe(parts=((0, "You are late again."),))
    first, made = make_speech(tmp_path, recipe)
    again, _ = make_speech(tmp_path, recipe)
    assert here and np.array_equal(first, again)
    assert 0.5 * RATE < len(first) < 4 * RATE and made.facts["samples"] == len(first)
    assert -35 < level_db(first)[0] < -5, "a voice, not silence and not a clipped one"
    slower, _ = make_speech(tmp_path, SpeechRecipe(parts=recipe.parts, speed=0.5))
    assert len(slower) > 1.5 * len(first)
    with pytest.raises(BrokenMedia, match="no voice 'xx'"):
        make_speech(tmp_path, SpeechRecipe(parts=recipe.parts, voice="xx"))
