"""Ids of the libraries that decide bytes, for keys: found without importing one of them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from filmkit.media.drawing.coverage import fonts_digest


@cache
def drawing_tools() -> dict[str, str]:
    """Pillow and our fonts, which decide the look of a drawn picture."""
    return {"pillow": version("pillow"), "fonts": fonts_digest()[:16]}


@cache
def sum_tools() -> dict[str, str]:
    """numpy, which sums sound and stretches it."""
    return {"numpy": version("numpy")}


@cache
def joining_tools() -> dict[str, str]:
    """PyAV, whose libraries write the film."""
    return {"av": version("av")}
