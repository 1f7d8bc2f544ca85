"""A person at the command line: asks filmkit in this process, in a folder of their own, with a store of their own.

A film can be *filled*: the store then has a made-up result for each of its steps, so that commands go their whole way
without a frame being encoded.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from filmkit.cli.main import main
from filmkit.engine.job import Job, open_job
from filmkit.engine.settings import Session, Settings
from filmkit.load.film import find_film
from filmkit.model.run import Event, Json, Made
from filmkit.plan.bounces import Bounces
from filmkit.plan.planner import Quality

COLOURS = """\
filmkit: 1
title: Leaving Earth
picture: {size: 96x64, fps: 24, preset: ultrafast}
scenes:
  - id: city
    shots:
      - {id: lights, color: black, lasts: 1s}
      - {id: rocket, color: white, lasts: 1s, join: {with: dissolve, lasts: 12f}}
"""
"""A film that needs no file at all and has every picture it needs."""

_OUTPUT = {
    "segment": "segment",
    "picture": "picture",
    "lut": "lut",
    "title": "picture",
    "card": "picture",
    "source": "sound",
    "duck": "curve",
    "stem": "stem",
    "mix": "sound levels",
    "bounce": "wave",
    "waveform": "waveform",
    "sheet": "svg png numbers",
    "master": "master",
}


@dataclass(frozen=True)
class Answer:
    """How a command ended, and what it said on both streams."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as the one JSON value it has to be."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Desk:
    """``folder`` is where the person is; the store lies beside the films."""

    folder: Path

    @classmethod
    def at(cls, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
        """Sits down in a folder: nothing of the machine's own films, stores and servers is seen from there."""
        monkeypatch.setenv("FILMKIT_STORE", str(folder / "store"))
        monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
        for name in ("FILMKIT_ASSETS", "FILMKIT_FFMPEG", "PREFECT_API_URL", "NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setattr(os, "fsync", lambda handle: None)  # nobody pulls the plug here, and other tests watch that
        monkeypatch.chdir(folder)
        return cls(folder)

    def ask(self, *words: str | Path) -> Answer:
        """Runs ``filmkit`` with these words to its end."""
        out, err = io.StringIO(), io.StringIO()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        before, sys.argv = sys.argv, ["filmkit", *map(str, words)]
        try:
            with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as left:
                main()
        finally:
            sys.argv = before
            for number, handler in handlers.items():
                signal.signal(number, handler)
        return Answer(int(left.value.code or 0), out.getvalue(), err.getvalue())

    def film(self, text: str = COLOURS, name: str = "leaving-earth") -> Path:
        """Writes a film's storyboard; its folder."""
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "storyboard.yaml").write_text(text, encoding="utf-8")
        return folder

    def job(self, film: Path, *, draft: bool = False, bounces: Bounces | None = None) -> Job:
        """The film as ``render`` opens it, or with ``bounces`` as ``mix`` does."""
        place = find_film(film)
        if bounces is not None:
            return open_job(place.folder, Settings(cut=place.cut, bounces=bounces), Session.SOUND)
        return open_job(place.folder, Settings(cut=place.cut, quality=Quality(draft=draft)))

    def fill(
        self,
        film: Path,
        events: Mapping[str, Event] | None = None,
        *,
        draft: bool = False,
        bounces: Bounces | None = None,
        facts: Json = None,
        made: Mapping[str, str] | None = None,
    ) -> Job:
        """Gives the store a made-up result for each missing step; ``events`` and ``made``, its text, by kind of step,
        ``facts`` of the mix.
        """
        job = self.job(film, draft=draft, bounces=bounces)
        for step in job.todo.missing:
            with job.shop.store.workspace() as folder:
                output = folder / "made"
                output.write_bytes((made or {}).get(step.kind, f"the bytes of {step.key}").encode())
                told = (events or {}).get(step.kind)
                known = facts if step.kind == "mix" and isinstance(facts, dict) else {}
                result = Made(dict.fromkeys(_OUTPUT[step.kind].split(), output), known, (told,) if told else ())
                job.shop.store.commit(step.key, kind=step.kind, made=result, seconds=0.1, tools=dict(step.tools))
        return job
