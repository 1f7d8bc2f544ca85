"""Makes the README's two pictures from the rendered demo film: ``python docs/img/pictures.py``, after
``python3 start.py demo``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import av
from PIL import Image

HERE = Path(__file__).resolve().parent
FILM = HERE.parents[1] / "projects" / "leaving-earth" / "out" / "leaving-earth.mp4"

SHEET_FRAMES = (50, 130, 175, 230, 300, 358, 486, 546, 600, 640, 730, 772, 800, 900, 975, 1050)
"""One frame of every shot, join and title; four a row."""
SHEET_SIZE, GAP_PX = (320, 180), 4

MOVING_FROM, MOVING_EVERY, MOVING_COUNT = 190, 3, 90
"""Title, launch, the white join and the Earth: 11 s at eight pictures a second."""
MOVING_SIZE, PICTURE_MS = (480, 270), 125


def frames(numbers: Sequence[int], size: tuple[int, int]) -> Iterator[Image.Image]:
    """These frames of the film, scaled."""
    wanted = set(numbers)
    with av.open(str(FILM)) as film:
        for at, frame in enumerate(film.decode(video=0)):
            if at in wanted:
                yield frame.to_image().resize(size, Image.Resampling.LANCZOS)


def write_sheet() -> None:
    """``contact-sheet.jpg``."""
    wide, high = (side + GAP_PX for side in SHEET_SIZE)
    sheet = Image.new("RGB", (4 * wide + GAP_PX, 4 * high + GAP_PX))
    for at, picture in enumerate(frames(SHEET_FRAMES, SHEET_SIZE)):
        sheet.paste(picture, (GAP_PX + at % 4 * wide, GAP_PX + at // 4 * high))
    sheet.save(HERE / "contact-sheet.jpg", quality=82, optimize=True)


def write_moving() -> None:
    """``leaving-earth.webp``."""
    numbers = range(MOVING_FROM, MOVING_FROM + MOVING_EVERY * MOVING_COUNT, MOVING_EVERY)
    first, *rest = frames(numbers, MOVING_SIZE)
    moving = {"save_all": True, "append_images": rest, "duration": PICTURE_MS, "loop": 0}
    first.save(HERE / "leaving-earth.webp", quality=55, method=6, **moving)


if __name__ == "__main__":
    write_sheet()
    write_moving()
