"""What decides the look of a drawn picture beside its recipe: the versions of Pillow and of our fonts."""

from __future__ import annotations

from importlib.metadata import version

from filmkit.media.coverage import fonts_digest


def drawing_tools() -> dict[str, str]:
    """Ids for the keys of drawn pictures. Cheap: neither Pillow nor a font is opened."""
    return {"pillow": version("pillow"), "fonts": fonts_digest()[:16]}
