"""The scratch voice: espeak-ng, where this computer has it, reads a text into a WAV of our own folder.

It is started in the box like every tool. The text goes to it in a file and never among the arguments, where only words
stand that a storyboard may not choose freely. What it complains of is kept for a failure and otherwise passed over: its
audio library looks for a sound card that the box does not show. Whether it did its work is told by its exit code and
by a WAV that holds what its header says.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from filmkit.errors import StepFailed
from filmkit.media.blame import BrokenMedia
from filmkit.media.run import run_plain
from filmkit.media.sandbox import Limits
from filmkit.media.sound.waveheader import read_wave_data
from filmkit.media.tools import answer_of, remembered_id

TOOL = "espeak-ng"
WORDS_A_MINUTE = 160
"""How fast it reads at speed 1: a calm voice."""

_DATA = ("/usr/share/espeak-ng-data", "/usr/local/share/espeak-ng-data", "/usr/local/lib")
"""Where its voices lie, if not beside the system's libraries."""

_BOX = Limits(cpu_s=120, space_bytes=2 << 30, file_bytes=256 << 20)
"""Two minutes of work are hours of speech; 256 MiB are an hour and a half."""

_NO_VOICE = "voice does not exist"


@dataclass(frozen=True, slots=True)
class Speaker:
    """The program, and the version that enters keys."""

    path: Path
    version: str


def find_speaker() -> Speaker | None:
    """espeak-ng on the path, or the program that ``FILMKIT_ESPEAK`` names; None where there is none that answers."""
    found = os.environ.get("FILMKIT_ESPEAK") or shutil.which(TOOL)
    path = Path(found).absolute() if found else None
    if path is None or not path.is_file() or not os.access(path, os.X_OK):
        return None
    version = remembered_id(path, _ask)
    return Speaker(path, version) if version else None


def speech_tools() -> Mapping[str, str]:
    """The id of the scratch voice as it enters keys; empty where there is none."""
    speaker = find_speaker()
    return {TOOL: speaker.version} if speaker else {}


def _ask(path: Path) -> str:
    """``1.51``, or nothing for a program that does not answer as espeak-ng does."""
    try:
        name, _, rest = answer_of(path, "--version").partition(":")
    except (OSError, subprocess.SubprocessError):
        return ""
    return (rest.split() or [""])[0] if "espeak" in name.lower() else ""


def speak(speaker: Speaker, text: str, voice: str, speed: float, folder: Path) -> Path:
    """``spoken.wav`` in ``folder``: ``text`` read by ``voice``. Raises BrokenMedia for a voice it does not have,
    StepFailed, Stopped.
    """
    out, words = folder / "spoken.wav", folder / "words.txt"
    out.unlink(missing_ok=True)
    plain = "".join(char if unicodedata.category(char) != "Cc" else " " for char in text)  # it stops reading at a NUL
    words.write_text(plain.replace("[[", "[ [") + "\n", encoding="utf-8")  # two brackets would be phonemes
    pace = round(WORDS_A_MINUTE * speed)
    argv = [str(speaker.path), f"-v{voice}", f"-s{pace}", "-b1", "-f", str(words), "-w", str(out)]
    ran = run_plain(argv, folder, _DATA, _BOX)
    last = ran.log[-1] if ran.log else ""
    if any(_NO_VOICE in line for line in ran.log):
        raise BrokenMedia(f"{TOOL} has no voice '{voice}'", remedy=f"choose another: {TOOL} --voices lists them")
    if ran.trouble or ran.code:
        raise StepFailed(TOOL, (ran.trouble or f"ended with exit code {ran.code}") + (f": {last}" if last else ""))
    wave = read_wave_data(out) if out.is_file() else None
    if wave is None or wave.is_mended or wave.missing:
        raise StepFailed(TOOL, "left no whole WAV")
    return out
