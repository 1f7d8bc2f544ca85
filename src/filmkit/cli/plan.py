"""``filmkit plan``: the cut, what is stale, what it costs, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from filmkit.cli.options import AsJson, Draft, FfmpegOption, Film, StoreOption, Strict, film_path, settings_of
from filmkit.cli.say import say, say_json


def plan(
    film: Film = Path(),
    why: Annotated[
        str | None, typer.Option(help="Say which field changed for this shot, cue or step.", metavar="SHOT")
    ] = None,
    draft: Draft = False,
    strict: Strict = False,
    as_json: AsJson = False,
    store: StoreOption = None,
    ffmpeg: FfmpegOption = None,
) -> None:
    """Shows the cut and what a render would have to make; runs nothing."""
    from filmkit.engine.job import open_job
    from filmkit.plan.planner import Quality
    from filmkit.report.json import timeline_value, todo_value
    from filmkit.report.text import timeline_lines, todo_lines

    folder, cut = film_path(film)
    settings = settings_of(cut=cut, store=store, ffmpeg=ffmpeg, strict=strict, quality=Quality(draft=draft))
    job = open_job(folder, settings)
    if why is not None:
        _why(job, why, as_json=as_json)
    elif as_json:
        say_json({"timeline": timeline_value(job.planned.plan.timeline), "todo": todo_value(job.todo)})
    else:
        say(timeline_lines(job.planned.plan.timeline))
        say(todo_lines(job.todo))


def _why(job: object, about: str, *, as_json: bool) -> None:
    from dataclasses import asdict

    from filmkit.engine.job import Job
    from filmkit.plan.explain import why
    from filmkit.report.text import plain

    assert isinstance(job, Job)
    before = job.outputs.last_plan()
    changes = why(job.planned.plan.graph, before, about)
    if as_json:
        say_json([asdict(change) for change in changes])
        return
    if not before:
        say([f"{about}: this film was never rendered here, so all of it is new"])
    elif not changes:
        say([f"{about}: nothing changed since the last render"])
    say(plain(str(change)) for change in changes)
