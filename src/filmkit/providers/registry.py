"""Which services there are, by the storyboard's word for them; each is imported when it is asked for.

A module ``filmkit.providers.<word>`` has one value ``PROVIDER``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Final, cast
from urllib.parse import urlsplit

from filmkit.errors import UsageError
from filmkit.providers.base import Provider
from filmkit.providers.keys import VARIABLE

SERVICES: Final = ("runway", "comfy", "veo", "omni", "openai", "kling", "hailuo", "fal")
"""All that are asked by ``filmkit generate`` over the network. ``manual`` and ``still`` are made otherwise."""


COMFY: Final = "FILMKIT_COMFY"
"""The variable that says which ComfyUI is meant: ``own`` (a server of one's own), ``cloud`` or ``v2``."""

COMFY_KEYS: Final = ("COMFY_API_KEY", "COMFY_CLOUD_API_KEY")
"""The variables that Comfy's own programs read; the first that is set is taken."""

_COMFY: Final = {"own": "comfy", "cloud": "comfy_cloud", "v2": "comfy_v2"}


def provider_of(word: str, environment: Mapping[str, str] = os.environ) -> Provider:
    """The provider; for ``comfy`` the one that the environment means.

    Raises UsageError for a word that is none, or that is not built yet.
    """
    if word not in SERVICES:
        raise UsageError(f"{word!r} is no service that makes takes", remedy=f"there are {', '.join(SERVICES)}")
    return _provider(_comfy(environment) if word == "comfy" else word)


def _comfy(environment: Mapping[str, str]) -> str:
    """The module for ComfyUI: as said, else by the address, else a server of one's own."""
    said = environment.get(COMFY, "").strip().lower()
    if said and said not in _COMFY:
        raise UsageError(f"{COMFY} is {said!r}", remedy=f"set it to {', '.join(_COMFY)}")
    host = urlsplit(environment.get("FILMKIT_COMFY_URL", "").strip()).hostname or ""
    by_address = "cloud" if host == "cloud.comfy.org" else "v2" if host.endswith(".run.comfy.app") else "own"
    return _COMFY[said or by_address]


@cache
def _provider(word: str) -> Provider:
    try:
        module = import_module(f"filmkit.providers.{word}")
    except ModuleNotFoundError as error:
        if error.name != f"filmkit.providers.{word}":
            raise
        raise UsageError(f"making takes with {word} is not built yet", remedy="use another service") from None
    return cast("Provider", module.PROVIDER)


def key_names() -> frozenset[str]:
    """The variables that hold keys of any service: what no child of filmkit needs to see."""
    names = {VARIABLE, *COMFY_KEYS}
    for word in SERVICES:
        try:
            home = provider_of(word).home
        except UsageError:
            continue
        names.update((*home.keys, *home.more_keys))
    return frozenset(names)
