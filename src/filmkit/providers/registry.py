"""Which services there are, by the storyboard's word for them; each is imported when it is asked for.

A module ``filmkit.providers.<word>`` has one value ``PROVIDER``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Final, cast

from filmkit.errors import UsageError
from filmkit.providers.base import Provider
from filmkit.providers.keys import VARIABLE

SERVICES: Final = ("runway", "comfy", "veo", "omni", "openai", "kling", "hailuo", "fal")
"""All that are asked by ``filmkit generate`` over the network. ``manual`` and ``still`` are made otherwise."""


@cache
def provider_of(word: str) -> Provider:
    """The provider. Raises UsageError for a word that is none, or that is not built yet."""
    if word not in SERVICES:
        raise UsageError(f"{word!r} is no service that makes takes", remedy=f"there are {', '.join(SERVICES)}")
    try:
        module = import_module(f"filmkit.providers.{word}")
    except ModuleNotFoundError as error:
        if error.name != f"filmkit.providers.{word}":
            raise
        raise UsageError(f"making takes with {word} is not built yet", remedy="use another service") from None
    return cast("Provider", module.PROVIDER)


def key_names() -> frozenset[str]:
    """The variables that hold keys of any service: what no child of filmkit needs to see."""
    names = {VARIABLE}
    for word in SERVICES:
        try:
            home = provider_of(word).home
        except UsageError:
            continue
        names.update((*home.keys, *home.more_keys))
    return frozenset(names)
