"""What the store holds, in plain lines."""

from __future__ import annotations

from collections.abc import Iterator

from filmkit.store.gc import Sweep
from filmkit.store.survey import CheckReport, Stats


def bytes_text(count: int) -> str:
    """``1.2 MB``: decimal units, as disks are sold."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def stats_lines(stats: Stats) -> Iterator[str]:
    """A line a kind of step, then the whole."""
    for kind, tally in stats.kinds.items():
        yield f"  {kind:<8} {tally.count:>7,}  {bytes_text(tally.size):>10}"
    yield f"  together {stats.blobs.count:>7,}  {bytes_text(stats.blobs.size):>10}"
    for name, tally in (("pinned", stats.pinned), ("unused", stats.unused), ("set aside", stats.quarantined)):
        if tally.count:
            yield f"  {name}: {_many(tally.count, 'file')}, {bytes_text(tally.size)}"


def check_lines(report: CheckReport) -> Iterator[str]:
    """Every damage with the kinds of step that need it, then what was read."""
    for damage in report.damages:
        needed = f" (needed by: {', '.join(damage.kinds)})" if damage.kinds else ""
        yield f"damaged: {damage.name}: {damage.what}{needed}"
    whole = "1 thing is damaged" if len(report.damages) == 1 else f"{len(report.damages)} things are damaged"
    yield (
        f"{_many(report.records, 'record')}, {_many(report.blobs, 'file')}, {bytes_text(report.read_bytes)} read: "
        + (f"{whole}; the next render that needs it makes it again" if report.damages else "all whole")
    )


def sweep_line(sweep: Sweep, *, is_trial: bool) -> str:
    """What went, or would go, and what stays."""
    verb = "would free" if is_trial else "freed"
    went = f"{_many(len(sweep.records), 'result')}, {_many(len(sweep.blobs), 'file')}"
    return f"{verb} {bytes_text(sweep.freed_bytes)} ({went}); {bytes_text(sweep.left_bytes)} stay"
