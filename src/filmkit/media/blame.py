"""Who is to blame when a step fails that reads the film's own files: the file, or the step."""

from __future__ import annotations

from filmkit.errors import FilmkitError, StepFailed
from filmkit.media.gate import decode_alone
from filmkit.media.workbench import Workbench
from filmkit.plan.graph import Step


class BrokenMedia(FilmkitError):
    """A take or sound that cannot be decoded whole: exit code 3, shot and file named."""

    exit_code = 3


def broken_source(step: Step, bench: Workbench, failure: StepFailed) -> FilmkitError:
    """Decodes each source of a failed step alone; BrokenMedia for the first that fails, else the failure itself."""
    for slot, source in step.sources.items():
        if source.facts is None or slot not in bench.sources:
            continue
        trouble = decode_alone(bench.ffmpeg, bench.sources[slot], source.facts)
        if trouble:
            shown = f" (in {', '.join(step.about)})" if step.about else ""
            return BrokenMedia(
                f"{source.name}{shown} cannot be read to its end: {trouble}",
                remedy="download or export it again; half-finished and damaged files are refused, never shown in part",
            )
    return failure
