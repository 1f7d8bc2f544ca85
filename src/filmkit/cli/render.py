"""``filmkit render``: makes the film; only what is missing runs."""

from __future__ import annotations

from pathlib import Path

from filmkit.cli.options import (
    AsJson,
    Draft,
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


def render(
    film: Film = Path(),
    draft: Draft = False,
    engine: EngineOption = "prefect",
    workers: Workers = None,
    strict: Strict = False,
    require_sandbox: Sandbox = False,
    as_json: AsJson = False,
    store: StoreOption = None,
    ffmpeg: FfmpegOption = None,
) -> None:
    """Renders a film into its out/ folder; makes only what changed."""
    from filmkit.cli.running import render_film
    from filmkit.plan.planner import Quality
    from filmkit.report.json import report_value
    from filmkit.report.summary import summary_lines

    folder, cut = film_path(film)
    settings = settings_of(
        engine, cut=cut, store=store, ffmpeg=ffmpeg, workers=workers, strict=strict,
        require_sandbox=require_sandbox, quality=Quality(draft=draft),
    )  # fmt: skip
    report = render_film(folder, settings, quiet=as_json)
    if as_json:
        say_json(report_value(report))
    else:
        say(summary_lines(report))
