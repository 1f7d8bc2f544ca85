"""Takes as a table in the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from filmkit.model.run import Json
from filmkit.model.take import MediaFacts
from filmkit.report.text import columns_of, plain

_HEADS: Final = ("take", "", "length", "size", "fps", "made by", "seed", "price", "origin", "sha256")
_MARKS: Final = {"circled": "●", "shown": "○", "": ""}
_LONGEST: Final = 48

Cells = tuple[str, ...]


def table_lines(groups: Mapping[str, Sequence[Cells]]) -> Iterator[str]:
    """Rows by shot, under one head."""
    rows = [row for group in groups.values() for row in group]
    widths = [max(columns_of(row[at]) for row in (*rows, _HEADS)) for at in range(len(_HEADS))]
    yield _line(_HEADS, widths)
    for shot, group in groups.items():
        yield plain(f"{shot}" + ("" if group else "  (no take yet)"))
        yield from (_line(row, widths) for row in group)
    if any(row[1] for row in rows):
        yield f"  {_MARKS['circled']} circled: the film shows it   {_MARKS['shown']} shown, for none is circled"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (width - columns_of(cell)) for cell, width in zip(row, widths, strict=True))
    return plain("  " + "  ".join(cells).rstrip())


def cells_of(label: str, use: str, facts: MediaFacts | None, sha256: str, line: Mapping[str, Json]) -> Cells:
    """A row's cells; what nobody knows stays empty."""
    return (
        label,
        _MARKS[use],
        *(facts_cells(facts) if facts is not None else ("unusable", "", "")),
        " ".join(str(line[key]) for key in ("provider", "model") if line.get(key)),
        _text(line.get("seed")),
        _text(line.get("price")),
        _shortened(str(line.get("file") or line.get("origin") or "")),
        sha256[:12],
    )


def facts_cells(facts: MediaFacts) -> tuple[str, str, str]:
    """Length, size and pictures a second."""
    video = facts.video
    if video is None:
        return "sound", "", ""
    wide, high = video.upright
    if facts.is_still:
        return "still", f"{wide}x{high}", ""
    rate = video.pictures.rate
    return f"{float(video.pictures.end):.2f} s", f"{wide}x{high}", f"{float(rate):.4g}" if rate else "varies"


def _text(value: Json) -> str:
    return "" if value is None else str(value)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 8]}…{text[-7:]}"
