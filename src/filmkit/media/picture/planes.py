"""Pictures of our own as the bytes ffmpeg lays in a film: RGB to BT.709 limited planes, chroma at half size.

numpy in float, so that colours and soft edges are right to half a step; ffmpeg's own path from RGBA to yuva420p mixes
the colour of clear pixels into the edges of text.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Patch:
    """The seen part of a transparent picture: its place (even pixels) and its yuva420p bytes."""

    x: int
    y: int
    width: int
    height: int
    data: bytes


def ycbcr(rgb: Floats) -> tuple[Floats, Floats, Floats]:
    """0…255 RGB of shape (…, 3) to limited-range Y'CbCr by ITU-R BT.709-6 §3, not rounded."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        16 + luma * (219 / 255),
        128 + (blue - luma) * (224 / 255 / 1.8556),
        128 + (red - luma) * (224 / 255 / 1.5748),
    )


def patch_from_rgba(picture: Path, size: tuple[int, int]) -> Patch | None:
    """The seen part of our own straight-alpha RGBA picture; None where nothing is seen.

    ``size``: the canvas, which the picture must have. Raises ValueError where it has another.
    """
    import numpy as np
    from PIL import Image

    with Image.open(picture) as opened:
        if opened.size != size:
            found, wanted = ("×".join(map(str, sides)) for sides in (opened.size, size))
            raise ValueError(f"a drawn picture has {found} pixels instead of {wanted}")
        rgba = np.asarray(opened.convert("RGBA"))
    rows, columns = np.flatnonzero(rgba[..., 3].any(axis=1)), np.flatnonzero(rgba[..., 3].any(axis=0))
    if not len(rows):
        return None
    top, bottom = int(rows[0]) // 2 * 2, int(rows[-1]) // 2 * 2 + 2
    left, right = int(columns[0]) // 2 * 2, int(columns[-1]) // 2 * 2 + 2
    seen = rgba[top:bottom, left:right]
    return Patch(left, top, right - left, bottom - top, yuva420p(seen))


def yuva420p(rgba: Bytes) -> bytes:
    """Planes of an even-sized straight-alpha picture; each chroma sample is the mean of its four weighted by alpha."""
    import numpy as np

    alpha = rgba[..., 3].astype(np.float32)
    luma, blueness, redness = ycbcr(rgba[..., :3].astype(np.float32))
    weight = _quads(alpha)
    chroma = [np.where(weight > 0, _quads(plane * alpha) / np.maximum(weight, 1), 128) for plane in (blueness, redness)]
    return b"".join(to_bytes(plane) for plane in (luma, *chroma)) + rgba[..., 3].tobytes()


def to_bytes(plane: Floats) -> bytes:
    """Rounded to 8 bits."""
    import numpy as np

    return bytes(np.clip(np.rint(plane), 0, 255).astype(np.uint8).tobytes())


def _quads(plane: Floats) -> Floats:
    """Sums over 2 × 2 pixels."""
    return plane[0::2, 0::2] + plane[0::2, 1::2] + plane[1::2, 0::2] + plane[1::2, 1::2]
