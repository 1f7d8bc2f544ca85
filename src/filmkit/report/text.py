"""Plain lines for people: findings, plans, summaries. Text of the film is made harmless for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from filmkit.model.finding import Finding, Severity
from filmkit.model.run import RunReport
from filmkit.model.timeline import Timeline
from filmkit.plan.graph import Step
from filmkit.plan.stale import Todo

_KIND_WORDS = {
    "segment": ("segment", "segments"),
    "picture": ("still", "stills"),
    "lut": ("grade", "grades"),
    "title": ("title", "titles"),
    "card": ("card", "cards"),
    "source": ("sound", "sounds"),
    "stem": ("stem", "stems"),
    "mix": ("mix", "mixes"),
    "master": ("master", "masters"),
}


def plain(text: str) -> str:
    """Text without control characters and direction overrides, which could rewrite a terminal's line."""
    return "".join(
        char
        if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co"} or char == "\u200d"
        else "\ufffd"
        for char in text
    )


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Errors first, each with its place, the line it stands on, and what to do."""
    order = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
    for finding in sorted(
        findings, key=lambda found: (order.index(found.severity), found.place.line if found.place else 0)
    ):
        where = f"{finding.place}: " if finding.place else ""
        yield plain(f"{where}{finding.severity.value}: {finding.message}")
        if finding.place and finding.place.excerpt.strip():
            yield plain(f"    {finding.place.line:>4} | {finding.place.excerpt.rstrip()}")
            if finding.place.column:
                yield f"         | {' ' * (finding.place.column - 1)}^"
        if finding.remedy:
            yield plain(f"    → {finding.remedy}")


def count_line(findings: Sequence[Finding]) -> str:
    """``2 errors, 1 warning``, or that nothing is wrong."""
    words = []
    for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE):
        count = sum(finding.severity is severity for finding in findings)
        if count:
            words.append(f"{count} {severity.value}{'s' if count > 1 else ''}")
    return ", ".join(words) or "nothing wrong"


def timeline_lines(timeline: Timeline) -> Iterator[str]:
    """The cut, a line a clip: frames, length, join, what is shown."""
    width = max((len(clip.shot) for clip in timeline.clips), default=4)
    for clip in timeline.clips:
        join = f"{clip.join.kind.value} {clip.join.frames}f" if clip.join.frames else "cut"
        mark = "  (no take yet)" if clip.is_placeholder else ""
        seconds = float(timeline.rate.seconds(clip.frames))
        yield plain(f"  {clip.shot:<{width}}  [{clip.start:>6}, {clip.stop:>6})  {seconds:>7.2f} s  {join}{mark}")
    for cut in timeline.moved:
        how = f"moved {cut.frames:+} frames onto the beat" if not cut.reason and cut.frames else (
            cut.reason or "is on the beat already")  # fmt: skip
        yield plain(f"  cut before {cut.shot}: {how}")
    length = clock(float(timeline.rate.seconds(timeline.frames)))
    yield f"  {timeline.frames} frames, {length} at {timeline.rate} frames a second"


def todo_lines(todo: Todo, shown: int = 12) -> Iterator[str]:
    """What is stale and what it costs; what the store has."""
    if todo.hits:
        yield "  from the store: " + kinds(todo.hits)
    if not todo.missing:
        yield "  nothing to do"
        return
    yield f"  to make: {kinds(counts(todo.missing))}; {todo.frames} frames, about {todo.seconds:.0f} s of one core"
    for step in todo.missing[:shown]:
        frames = f"  {step.cost.frames} frames" if step.cost.frames else ""
        yield plain(f"    {step.name}{frames}")
    if len(todo.missing) > shown:
        yield f"    … and {len(todo.missing) - shown} more"


def counts(steps: Sequence[Step]) -> dict[str, int]:
    """Steps by kind."""
    found: dict[str, int] = {}
    for step in steps:
        found[step.kind] = found.get(step.kind, 0) + 1
    return found


def kinds(found: Mapping[str, int]) -> str:
    """``3 segments, 1 mix, 1 master``."""
    words = []
    for kind, (one, many) in _KIND_WORDS.items():
        if count := found.get(kind, 0):
            words.append(f"{count} {many if count > 1 else one}")
    return ", ".join(words)


_COUNTED = {"placeholder"}
"""Events that the summary counts in a line of its own."""


def summary_lines(report: RunReport) -> Iterator[str]:
    """What was rendered, what came from the store, how long it took, where the film lies."""
    made = kinds(report.made) if report.made else "nothing had to be made"
    yield f"{report.name}: {clock(report.length_s)}, {report.frames} frames"
    yield f"  made     {made}" + (f" ({report.frames_encoded} frames)" if report.frames_encoded else "")
    if report.hits:
        yield f"  kept     {kinds(report.hits)}"
    loudness, peak = report.facts.get("integrated_lufs"), report.facts.get("true_peak_dbtp")
    if isinstance(loudness, (int, float)) and isinstance(peak, (int, float)):
        yield f"  sound    {loudness:.1f} LUFS, true peak {peak:.1f} dBTP"
    how = f"{report.engine} engine, {report.workers} workers, sandbox: {report.sandbox}"
    yield f"  took     {report.wall_s:.1f} s, {how}"
    for event in report.events:
        if event.severity is not Severity.NOTE and event.code not in _COUNTED:
            yield plain(f"  note     {event.message}")
    if report.placeholders:
        yield f"  not finished: {report.placeholders} shot{'s have' if report.placeholders > 1 else ' has'} no take yet"
    yield plain(f"  film     {report.film}")


def clock(seconds: float) -> str:
    """``1:02.5``."""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
