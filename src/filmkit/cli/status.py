"""``filmkit status``: where a film stands, at a glance."""

from __future__ import annotations

from pathlib import Path

from filmkit.cli.options import AsJson, Film, StoreOption, film_path, settings_of
from filmkit.cli.say import say, say_json


def status(film: Film = Path(), as_json: AsJson = False, store: StoreOption = None) -> None:
    """How many shots have takes, how long the film is, and whether its file is up to date."""
    from filmkit.engine.job import open_job
    from filmkit.report.text import clock, count_line, kinds

    folder, cut = film_path(film)
    job = open_job(folder, settings_of(cut=cut, store=store))
    timeline = job.planned.plan.timeline
    shots = [clip for clip in timeline.clips if clip.scene != "credits"]
    missing = [clip.shot for clip in shots if clip.is_placeholder]
    file = job.outputs.film
    is_current = file.is_file() and not job.todo.missing
    if as_json:
        say_json({
            "film": timeline.name, "frames": timeline.frames, "shots": len(shots), "placeholders": missing,
            "file": str(file) if file.is_file() else None, "up_to_date": is_current, "to_make": len(job.todo.missing),
        })  # fmt: skip
        return
    length = clock(float(timeline.rate.seconds(timeline.frames)))
    say([
        f"{timeline.name}: {timeline.title}",
        f"  length   {length}, {timeline.frames} frames at {timeline.rate}, {timeline.size}",
        f"  shots    {len(shots)}, {len(missing)} without a take" + (f": {', '.join(missing[:6])}" if missing else ""),
        f"  found    {count_line(job.planned.findings)}",
        f"  store    has {kinds(job.todo.hits) or 'nothing yet'}",
        f"  film     {file if file.is_file() else 'not rendered yet'}" + ("" if is_current else ", not up to date"),
    ])  # fmt: skip
