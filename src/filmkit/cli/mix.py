"""``filmkit mix``: only the sound, in seconds; no step of the picture runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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

Stems = Annotated[bool, typer.Option("--stems", help="Every stem, and music with effects, as WAVs in out/stems/.")]
Solo = Annotated[
    str | None, typer.Option("--solo", help="A WAV of only these stems or cues, at their level in the mix.",
                             metavar="NAME,…")
]  # fmt: skip


def mix(
    film: Film = Path(),
    stems: Stems = False,
    solo: Solo = None,
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
    from filmkit.report.text import summary_lines

    folder, cut = film_path(film)
    settings = settings_of(
        engine, cut=cut, store=store, ffmpeg=ffmpeg, workers=workers, strict=strict,
        require_sandbox=require_sandbox, bounces=Bounces(stems, solo_names(solo)),
    )  # fmt: skip
    report = render_film(folder, settings, Session.SOUND, quiet=as_json)
    if as_json:
        say_json(report_value(report))
    else:
        say(summary_lines(report))
