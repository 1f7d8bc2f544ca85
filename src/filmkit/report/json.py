"""The same facts for machines: plain JSON values, stable names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from filmkit.errors import FilmkitError, Stopped
from filmkit.model.finding import FilmError, Finding
from filmkit.model.run import CueChanges, Json, RunReport
from filmkit.model.timeline import Timeline
from filmkit.plan.explain import Change
from filmkit.plan.stale import Todo


def finding_value(finding: Finding) -> dict[str, Json]:
    """A finding with its place spelled out."""
    place = finding.place
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy,
        "about": finding.about,
        "file": place.file if place else "",
        "line": place.line if place else 0,
        "column": place.column if place else 0,
    }


def findings_value(findings: Sequence[Finding]) -> list[Json]:
    """All findings, in their order."""
    return [finding_value(finding) for finding in findings]


def error_value(error: FilmkitError | Stopped, exit_code: int) -> dict[str, Json]:
    """An error as a command ends with it."""
    findings = findings_value(error.findings) if isinstance(error, FilmError) else []
    return {"error": error.message, "remedy": error.remedy, "exit_code": exit_code, "findings": findings}


def timeline_value(timeline: Timeline) -> dict[str, Json]:
    """The cut in frames and samples."""
    return {
        "name": timeline.name,
        "fps": str(timeline.rate),
        "frames": timeline.frames,
        "samples": timeline.samples,
        "clips": [
            {
                "shot": clip.shot,
                "start": clip.start,
                "frames": clip.frames,
                "join": clip.join.kind.value,
                "join_frames": clip.join.frames,
                "placeholder": clip.is_placeholder,
            }
            for clip in timeline.clips
        ],
        "titles": [{"title": title.name, "start": title.start, "stop": title.stop} for title in timeline.titles],
        "sounds": [
            {
                "id": sound.id,
                "stem": sound.stem.value,
                "start": sound.start,
                "length": sound.length,
                "scratch": sound.spoken is not None,
            }
            for sound in timeline.sounds
        ],
        "moved": [
            {
                "shot": cut.shot,
                "frames": cut.frames,
                "from": cut.at - cut.frames,
                "to": cut.at,
                "music": cut.music,
                "beat": cut.beat,
                "reason": cut.reason,
            }
            for cut in timeline.moved
        ],
        "beats": [asdict(known) for known in timeline.beats],
        "seams": [
            {
                "cue": sound.cue,
                "sample": sound.start + seam.at,
                "from_bar": seam.from_bar,
                "to_bar": seam.to_bar,
                "likeness": seam.likeness,
            }
            for sound in timeline.sounds
            for seam in sound.seams
        ],
    }


def cues_value(cues: CueChanges) -> dict[str, Json]:
    """What has become of the cues since the last render."""
    return asdict(cues)


def todo_value(todo: Todo) -> dict[str, Json]:
    """What is missing, what the store has, what it costs."""
    return {
        "missing": [
            {"kind": step.kind, "name": step.name, "key": step.key, "frames": step.cost.frames} for step in todo.missing
        ],
        "hits": dict(todo.hits),
        "frames": todo.frames,
        "seconds": round(todo.seconds, 1),
    }


def changes_value(changes: Sequence[Change]) -> list[Json]:
    """What changed, field by field, and the same in words."""
    return [asdict(change) for change in changes]


def report_value(report: RunReport) -> dict[str, Json]:
    """A run report, whole."""
    value: dict[str, Json] = asdict(report)
    return value
