"""Takes side by side: one picture a shot, a row a take, the same moments in all rows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filmkit.engine.execute import Workshop
from filmkit.engine.take_list import TakeRow
from filmkit.errors import StepFailed
from filmkit.media.drawing.lettering import save_picture
from filmkit.media.drawing.shapes_png import elided, picture_of, text_width
from filmkit.media.picture.glimpses import glimpses
from filmkit.model.recipe import Canvas
from filmkit.model.scalar import Size
from filmkit.model.shapes import Drawing, Rect, Shape, Text
from filmkit.model.take import Pictures
from filmkit.plan.picture_steps import conform_of
from filmkit.report.takes import facts_cells
from filmkit.store.disk import plain_errors
from filmkit.store.owner import new_token

if TYPE_CHECKING:
    from PIL.Image import Image

_MOMENTS: Final = 6
_LONG_PX: Final = 280
"""The longer side of a picture."""

_MARGIN, _GAP, _HEAD, _LABEL = 24, 8, 76, 210
_BOLD_FROM: Final = 20.0
_GROUND, _PANEL, _PALE, _GREY, _DIM, _MARK = "#15181d", "#1d2128", "#e8ebf0", "#9aa3b2", "#6b7482", "#7fd68b"


@dataclass(frozen=True)
class _Layout:
    """Where everything stands; ``width`` and ``height`` are those of one picture in it."""

    width: int
    height: int

    def left(self, column: int) -> int:
        return _MARGIN + _LABEL + column * (self.width + _GAP)

    def top(self, row: int) -> int:
        return _HEAD + row * (self.height + _GAP)


def draw_sheets(film: Path, size: Size, rows: Sequence[TakeRow], shop: Workshop) -> list[Path]:
    """Draws ``out/takes/<scene>-<shot>.png`` for each shot that has takes; the files. ``size`` is the film's."""
    folder = film / "out" / "takes"
    with plain_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    files = []
    for shot in dict.fromkeys(row.shot for row in rows):
        picture = _sheet(shot, [row for row in rows if row.shot == shot], size, shop)
        files.append(folder / f"{shot.replace('/', '-')}.png")
        part = folder / f".{new_token()}.part"
        with plain_errors(folder):
            try:
                save_picture(picture, part)
                os.replace(part, files[-1])  # noqa: PTH105
            finally:
                part.unlink(missing_ok=True)
    return files


def moments_of(ends: Sequence[Fraction]) -> list[Fraction]:
    """Seconds at which all takes are looked at: the middles of equal parts of the longest one."""
    longest = max(ends, default=Fraction(0))
    return [longest * (2 * part + 1) / (2 * _MOMENTS) for part in range(_MOMENTS)]


def picture_at(pictures: Pictures, moment_s: Fraction) -> int | None:
    """The number of the picture that stands at a moment; None after the end. A still stands for ever."""
    if pictures.count == 1:
        return 0
    if moment_s >= pictures.end:
        return None
    if pictures.rate is not None:
        return min(int(moment_s * pictures.rate), pictures.count - 1)
    return max(at for at in range(pictures.count) if pictures.shown_at(at) <= moment_s)


def _sheet(shot: str, rows: Sequence[TakeRow], size: Size, shop: Workshop) -> Image:
    scale = Fraction(_LONG_PX, max(size.width_px, size.height_px))
    layout = _Layout(*(max(2, round(side * scale) // 2 * 2) for side in (size.width_px, size.height_px)))
    ends = [row.facts.video.pictures.end for row in rows if row.facts and row.facts.video and not row.facts.is_still]
    moments = moments_of(ends)
    seen = [_glimpsed(row, moments, layout, shop) for row in rows]
    shapes = [*_head(shot, moments, layout)]
    for at, row in enumerate(rows):
        shapes += _label(row, layout, at)
        shapes += _empty(row, seen[at], layout, at)
    width = layout.left(_MOMENTS) - _GAP + _MARGIN
    sheet = picture_of(Drawing(width, layout.top(len(rows)) - _GAP + _MARGIN, _GROUND, tuple(shapes), shot))
    for at, pictures in enumerate(seen):
        for column, picture in enumerate(pictures):
            if picture is not None:
                sheet.paste(picture, (layout.left(column), layout.top(at)))
    return sheet


def _glimpsed(row: TakeRow, moments: Sequence[Fraction], layout: _Layout, shop: Workshop) -> list[Image | None]:
    """What the take shows at each moment; None where it shows nothing (any more)."""
    facts = row.facts
    if facts is None or facts.video is None:
        return [None] * len(moments)
    at = [picture_at(facts.video.pictures, moment) for moment in moments]
    wanted = [number for number in at if number is not None]
    canvas = Canvas(width_px=layout.width, height_px=layout.height, fps="24")
    take = (row.file.path, conform_of(facts.demuxer, facts.video))
    try:
        with shop.store.workspace() as folder:
            found = iter(glimpses(shop.ffmpeg, take, wanted, canvas, folder))
            return [next(found) if number is not None else None for number in at]
    except StepFailed:
        return [None] * len(moments)


def _head(shot: str, moments: Sequence[Fraction], layout: _Layout) -> Iterator[Shape]:
    yield _text((_MARGIN, 36), shot, (22.0, _PALE), layout.left(_MOMENTS) - _MARGIN)
    for column, moment in enumerate(moments):
        yield _text((layout.left(column), _HEAD - 10), f"{float(moment):.2f} s", (13.0, _GREY), layout.width)


def _label(row: TakeRow, layout: _Layout, at: int) -> Iterator[Shape]:
    top, room = layout.top(at), _LABEL - 16
    maker = " ".join(str(row.line[key]) for key in ("provider", "model") if row.line.get(key))
    length, picture, fps = facts_cells(row.facts) if row.facts is not None else ("", "", "")
    yield _text((_MARGIN, top + 24), row.file.label, (20.0, _MARK if row.use else _PALE), room)
    words = [row.use, maker, f"seed {row.line['seed']}" if "seed" in row.line else "",
             " ".join(filter(None, (length, picture, f"{fps} fps" if fps else "")))]  # fmt: skip
    for line, said in enumerate(filter(None, words)):
        yield _text((_MARGIN, top + 46 + 18 * line), said, (13.0, _GREY), room)


def _empty(row: TakeRow, pictures: Sequence[Image | None], layout: _Layout, at: int) -> Iterator[Shape]:
    """Where nothing is seen stands why."""
    for column, picture in enumerate(pictures):
        if picture is None:
            left, top = layout.left(column), layout.top(at)
            yield Rect(left, top, layout.width, layout.height, _PANEL)
            said = row.problem or ("it has ended" if any(pictures) else "cannot be decoded")
            if column == 0 or any(pictures):
                yield _text((left + 10, top + layout.height / 2), said, (13.0, _DIM), layout.width - 20)


def _text(at: tuple[float, float], text: str, style: tuple[float, str], room: float) -> Text:
    """One line, cut to ``room`` pixels; ``style`` is size and colour. Large type is bold."""
    size, color = style
    is_bold = size >= _BOLD_FROM
    short = elided(" ".join(text.split()), size, room)
    return Text(at[0], at[1], short, size, color, round(text_width(short, size, is_bold=is_bold), 2), is_bold=is_bold)
