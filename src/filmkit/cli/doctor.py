"""``filmkit doctor``: what this machine has, and what filmkit makes of it."""

from __future__ import annotations

import typer

from filmkit.cli.options import AsJson, FfmpegOption, StoreOption
from filmkit.cli.say import say, say_json


def doctor(as_json: AsJson = False, store: StoreOption = None, ffmpeg: FfmpegOption = None) -> None:
    """Says what this machine has of what filmkit needs.

    Python, ffmpeg, the sandbox, the store, Prefect and its server. The exit code is 6 where something is missing.
    """
    from filmkit.engine.checkup import examine

    results = examine(store, ffmpeg)
    if as_json:
        say_json([{"what": one.what, "found": one.found, "ok": one.is_ok, "remedy": one.remedy} for one in results])
    else:
        for one in results:
            say([f"{'ok     ' if one.is_ok else 'MISSING'}  {one.what:<10} {one.found}"])
            if one.remedy:
                say([f"         → {one.remedy}"])
    if not all(one.is_ok for one in results):
        raise typer.Exit(6)
