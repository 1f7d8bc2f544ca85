"""``filmkit status``: where a film stands, at a glance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from filmkit.cli.options import AsJson, Film, StoreOption, film_path, settings_of
from filmkit.cli.say import say, say_json

if TYPE_CHECKING:
    from filmkit.engine.job import Job


def status(film: Film = Path(), as_json: AsJson = False, store: StoreOption = None) -> None:
    """Says where a film stands: its length, its takes, its file."""
    from filmkit.engine.job import open_job
    from filmkit.report.text import status_lines

    folder, cut = film_path(film)
    job = open_job(folder, settings_of(cut=cut, store=store))
    timeline = job.planned.plan.timeline
    shots = [clip for clip in timeline.clips if clip.scene != "credits"]
    missing = [clip.shot for clip in shots if clip.is_placeholder]
    file = job.outputs.film if job.outputs.film.is_file() else None
    is_current = _is_current(job)
    if as_json:
        say_json({
            "film": timeline.name, "frames": timeline.frames, "shots": len(shots), "placeholders": missing,
            "file": str(file) if file else None, "up_to_date": is_current, "scratch": list(timeline.scratch),
            "finished": is_current and timeline.is_finished, "to_make": len(job.todo.missing),
        })  # fmt: skip
    else:
        say(status_lines(timeline, job.planned.findings, job.todo, (file, is_current)))


def _is_current(job: Job) -> bool:
    """Whether the film's file is what a render would give now, byte for byte."""
    master = job.planned.plan.master
    record = job.shop.store.lookup([master]).get(master)
    file = job.outputs.film
    return record is not None and file.is_file() and job.shop.memo.digest(file)[0] == record.outputs["master"].sha256
