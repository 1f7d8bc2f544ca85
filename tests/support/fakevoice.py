"""A stand-in for espeak-ng, which is not everywhere: it clicks once and hums as long as its text is, and tells what it
was asked.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from filmkit.media import run
from filmkit.media.sandbox import SandboxLevel

A_LETTER = 2_400
"""Samples at 48 kHz that it takes for a letter: 50 ms."""

_PROGRAM = """#!{python} -IS
import struct, sys

if "--version" in sys.argv:
    print("eSpeak NG text-to-speech: {version}  Data at: /nowhere")
    sys.exit(0)
words = open(sys.argv[sys.argv.index("-f") + 1], encoding="utf-8").read()
out = sys.argv[sys.argv.index("-w") + 1]
open({told!r}, "a", encoding="utf-8").write(repr((sys.argv[1:3], words)) + "\\n")

def write(samples, missing=0):
    data = struct.pack("<%dh" % len(samples), *samples)
    form = struct.pack("<HHIIHH", 1, 1, 48000, 96000, 2, 16)
    head = b"RIFF" + struct.pack("<I", len(data) + 36) + b"WAVEfmt " + struct.pack("<I", 16) + form
    open(out, "wb").write(head + b"data" + struct.pack("<I", len(data) + missing) + data)

def say(): write([29490] + [3000] * (len(words.strip()) * {letter} - 1))

sys.stderr.write("no sound card\\n")
{body}
"""


def install_voice(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str = "say()", *, version: str = "1.51") -> Path:
    """Makes it the program that filmkit speaks with; returns the file in which it tells what it was asked.

    It is a script: a sandbox that closes files would not let it find its interpreter.
    """
    told = folder / "told.txt"
    program = folder / "fake-espeak"
    program.write_text(
        _PROGRAM.format(
            python=os.path.realpath(sys.executable), told=str(told), letter=A_LETTER, body=body, version=version
        )
    )
    program.chmod(0o755)
    monkeypatch.setenv("FILMKIT_ESPEAK", str(program))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setattr(run, "current_level", lambda: SandboxLevel.LIMITS)
    return told


def take_voice_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without espeak-ng, whatever this one has."""
    monkeypatch.setenv("FILMKIT_ESPEAK", str(folder / "nowhere"))
