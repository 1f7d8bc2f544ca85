"""``filmkit mix``: only the sound, in seconds; no step of the picture runs."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from filmkit.cli.options import (
    AsJson,
    EngineOption,
    FfmpegOption,
    Film,
    Sandbox,
    StoreOption,
    Strict,
    Workers,
    film_path,
    settings_of,
)  # fmt: skip
from filmkit.cli.say import say, say_json
from filmkit.errors import UsageError

if TYPE_CHECKING:
    from filmkit.model.run import RunReport
    from filmkit.report.lanes import Terminal

Stems = Annotated[bool, typer.Option("--stems", help="Every stem, and music with effects, as WAVs in out/stems/.")]
Solo = Annotated[
    str | None, typer.Option("--solo", help="A WAV of only these stems or cues, at their level in the mix.",
                             metavar="NAME,…")
]  # fmt: skip

Picture = Annotated[bool, typer.Option("--picture/--no-picture", help="Draw the levels under the film's cuts.")]


def mix(
    film: Film = Path(),
    stems: Stems = False,
    solo: Solo = None,
    picture: Picture = True,
    engine: EngineOption = "local",
    workers: Workers = None,
    strict: Strict = False,
    require_sandbox: Sandbox = False,
    as_json: AsJson = False,
    store: StoreOption = None,
    ffmpeg: FfmpegOption = None,
) -> None:
    """Mixes the film's sound into out/, without its picture."""
    from filmkit.cli.running import render_film
    from filmkit.engine.settings import Session
    from filmkit.plan.bounces import Bounces, solo_names
    from filmkit.report.json import report_value
    from filmkit.report.lanes import lane_lines, voice_lines
    from filmkit.report.summary import summary_lines

    names = solo_names(solo)
    if solo is not None and not names:
        raise UsageError("--solo names nothing", remedy="name stems or cues of the film: --solo music,horn")
    folder, cut = film_path(film)
    settings = settings_of(
        engine, cut=cut, store=store, ffmpeg=ffmpeg, workers=workers, strict=strict,
        require_sandbox=require_sandbox, bounces=Bounces(stems, names, picture),
    )  # fmt: skip
    report = render_film(folder, settings, Session.SOUND, quiet=as_json)
    levels = _levels(report)
    if as_json:
        say_json({**report_value(report), "levels": levels})
        return
    say(summary_lines(report))
    if levels is not None:
        say([*voice_lines(levels), "", *lane_lines(levels, _terminal())])


def _levels(report: RunReport) -> dict[str, Any] | None:
    """The numbers of the level picture that lies in ``out/`` now."""
    from filmkit.engine.outputs import read_json

    found = next((read_json(Path(file)) for file in report.files if file.endswith(".levels.json")), None)
    return found if isinstance(found, dict) else None


def _terminal() -> Terminal:
    """What the standard output can show; a pipe gets 80 columns unless COLUMNS says more."""
    from filmkit.report.lanes import Terminal

    try:
        "│▁█".encode(sys.stdout.encoding or "utf-8")
        has_blocks = os.environ.get("TERM") != "dumb"
    except UnicodeEncodeError:
        has_blocks = False
    is_colored = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return Terminal(shutil.get_terminal_size((80, 24)).columns, has_blocks, is_colored)
