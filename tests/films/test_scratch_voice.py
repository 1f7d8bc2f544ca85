"""An animatic whose lines a stand-in for espeak-ng reads: heard to the sample, and told to be scratch everywhere."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakevoice import A_LETTER, install_voice, take_voice_away
from sounds import read_f32
from wholefilms import render_film, settings_for, write_film

from filmkit.model.finding import FilmError, Severity
from filmkit.report.summary import summary_lines

BOARD = """
filmkit: 1
title: T
picture: {{size: 96x64, fps: 23.976, preset: ultrafast}}
scenes:
  - id: s
    shots: [{{id: a, color: grey, lasts: 1s}}, {{id: b, color: blue, to: late.end}}]
sound:
  scratch: true
  dialogue:
    - {{id: late, at: b - 0.25s, line: {line}}}
"""


def film_of(folder: Path, line: str = '{0s: "Late.", 0.5s: "You are late."}') -> Path:
    return write_film(folder / "film", BOARD.format(line=line), {})


def told_of(manifest: dict[str, Any]) -> dict[str, str]:
    """Events that touch the content: their code, and what they are about."""
    return {event["code"]: event["about"] for event in manifest["events"]}


def test_lines_are_heard_on_their_sample_and_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = install_voice(tmp_path, monkeypatch)
    rendered = render_film(film_of(tmp_path), settings_for(tmp_path / "store"))
    timeline = rendered.job.planned.plan.timeline
    [stem] = rendered.outputs("stem")
    begins = round((24 / (24000 / 1001) - 0.25) * 48_000)
    sound = read_f32(stem)[:, 0]
    spoken = np.flatnonzero(sound)
    assert abs(int(spoken[0]) - begins) <= 1
    assert int(np.argmax(sound)) == begins + 24_000, "the second text's click; that of the first lies in the declick"
    assert timeline.frames == round((begins + 24_000 + len("You are late.") * A_LETTER) / 48_000 * 24000 / 1001)
    assert len(told.read_text().splitlines()) == 2, "each text is spoken once, for the cut and for the film"

    manifest = json.loads(rendered.job.outputs.manifest.read_text())
    assert manifest["finished"] is False and manifest["tools"]["espeak-ng"] == "1.51"
    assert {"scratch-voice": "late (scratch)"}.items() <= told_of(manifest).items()
    lines = list(summary_lines(rendered.report))
    assert "  not finished: 1 line is read by a scratch voice: late (scratch)" in lines


def test_new_words_are_spoken_and_the_pictures_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_voice(tmp_path, monkeypatch)
    settings = settings_for(tmp_path / "store")
    render_film(film_of(tmp_path, '"Good day."'), settings)
    again = render_film(film_of(tmp_path, '"Bad night"'), settings)
    assert again.report.made == {"stem": 1, "mix": 1, "master": 1}, "as long as before: no picture changes"


def test_without_the_program_the_film_is_made_in_silence_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_voice_away(tmp_path, monkeypatch)
    settings = settings_for(tmp_path / "store")
    rendered = render_film(film_of(tmp_path), settings)
    assert rendered.outputs("stem") == [] and rendered.film.stat().st_size > 0
    manifest = json.loads(rendered.job.outputs.manifest.read_text())
    assert manifest["finished"] is False
    assert {"scratch-missing": "late"}.items() <= told_of(manifest).items()
    with pytest.raises(FilmError) as refused:
        render_film(film_of(tmp_path), replace(settings, strict=True))
    errors = [finding.code for finding in refused.value.findings if finding.severity is Severity.ERROR]
    assert errors == ["scratch-missing"]


def test_voice_the_program_does_not_have_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_voice(tmp_path, monkeypatch, "sys.stderr.write('espeak-ng voice does not exist.\\n'); sys.exit(1)")
    with pytest.raises(FilmError) as refused:
        render_film(film_of(tmp_path), settings_for(tmp_path / "store"))
    assert [finding.message for finding in refused.value.findings if finding.code == "file-refused"] == [
        "espeak-ng has no voice 'en-gb'"
    ]
