"""Where filmkit keeps things of its own: the store of what was made, and the user's state (journal, server, logs)."""

from __future__ import annotations

import os
import re
from pathlib import Path

from filmkit.errors import UsageError

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


def store_folder(chosen: str | None = None) -> Path:
    """The store's folder, absolute: ``chosen`` (``--store``), else FILMKIT_STORE, else one in the user's cache.

    Raises UsageError for an address (``s3://…``): only folders are built yet.
    """
    named = chosen or os.environ.get("FILMKIT_STORE")
    if not named:
        return _xdg_folder("XDG_CACHE_HOME", ".cache") / "filmkit" / "store"
    if _SCHEME.match(named):
        raise UsageError(
            f"the store {named!r} is an address; stores other than folders are not built yet",
            remedy="name a folder with --store or FILMKIT_STORE; a shared, mounted folder works too",
        )
    return _absolute(Path(named).expanduser())


def state_folder() -> Path:
    """The folder of what must outlive every cache: filmkit in the user's state folder, absolute."""
    return _xdg_folder("XDG_STATE_HOME", ".local/state") / "filmkit"


def config_folder() -> Path:
    """The folder of what a person sets for all films (keys): filmkit in the user's configuration folder, absolute."""
    return _xdg_folder("XDG_CONFIG_HOME", ".config") / "filmkit"


def is_inside(place: Path, folder: Path) -> bool:
    """Whether ``place`` is ``folder`` or lies below it, by its name or by where links really lead.

    A link inside a film folder that leads out is inside by name; one outside that leads in is inside in truth: both
    count. Neither has to exist.
    """
    names = {_absolute(place), Path(os.path.realpath(place))}
    folders = {_absolute(folder), Path(os.path.realpath(folder))}
    return any(name.is_relative_to(outer) for name in names for outer in folders)


def _xdg_folder(variable: str, below_home: str) -> Path:
    """The XDG base folder; values that are not absolute are ignored, as the XDG Base Directory standard demands."""
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else Path.home() / below_home


def _absolute(path: Path) -> Path:
    """By name alone: ``..`` is taken back, links are not followed."""
    return Path(os.path.normpath(path.absolute()))
