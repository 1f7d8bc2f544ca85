"""``filmkit plan``: the cut, what is stale, what it costs, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from filmkit.cli.options import AsJson, Draft, FfmpegOption, Film, StoreOption, Strict, film_path, settings_of
from filmkit.cli.say import say, say_json
from filmkit.errors import UsageError

if TYPE_CHECKING:
    from filmkit.engine.job import Job


def plan(
    film: Film = Path(),
    why: Annotated[
        str | None, typer.Option(help="Say what changed in this shot, scene, sound or step.", metavar="SHOT")
    ] = None,
    draft: Draft = False,
    strict: Strict = False,
    as_json: AsJson = False,
    store: StoreOption = None,
    ffmpeg: FfmpegOption = None,
) -> None:
    """Shows the cut and what a render would make; renders nothing.

    With --why, what changed since the last render of a shot, scene, sound, title or step.
    """
    from filmkit.cli.patience import patience
    from filmkit.engine.job import open_job
    from filmkit.plan.moved import cue_changes
    from filmkit.plan.planner import Quality
    from filmkit.report.json import cues_value, timeline_value, todo_value
    from filmkit.report.text import timeline_lines, todo_lines

    folder, cut = film_path(film)
    settings = settings_of(cut=cut, store=store, ffmpeg=ffmpeg, strict=strict, quality=Quality(draft=draft))
    with patience(quiet=as_json):
        job = open_job(folder, settings)
    if why is not None:
        _why(job, why, as_json=as_json)
        return
    timeline = job.planned.plan.timeline
    cues = cue_changes(timeline, job.outputs.last_plan())
    if as_json:
        value = {"timeline": timeline_value(timeline), "cues": cues_value(cues), "todo": todo_value(job.todo)}
        say_json(value)
    else:
        say(timeline_lines(timeline, cues))
        say(todo_lines(job.todo))


def _why(job: Job, about: str, *, as_json: bool) -> None:
    from filmkit.plan.explain import concerned, nameable, why
    from filmkit.report.json import changes_value
    from filmkit.report.text import why_lines

    graph, before = job.planned.plan.graph, job.outputs.last_plan()
    steps = concerned(graph, about)
    changes = why(graph, before, about)
    if not steps and not changes:
        raise _unknown(about, nameable(graph))
    missing = {step.key for step in job.todo.missing}
    to_make = [step for step in steps if step.key in missing]
    if as_json:
        say_json({"about": about, "changes": changes_value(changes), "to_make": [step.name for step in to_make]})
    else:
        say(why_lines(about, changes, to_make, is_first=not before))


def _unknown(about: str, known: list[str]) -> UsageError:
    from filmkit.load.words import did_you_mean

    return UsageError(f"nothing in this film is called '{about}'", remedy=did_you_mean(about, known))
