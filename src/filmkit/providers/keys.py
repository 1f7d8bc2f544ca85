"""Where keys come from: the environment, or one private file outside every film. Never from a storyboard.

The file is ``keys`` in filmkit's folder below XDG_CONFIG_HOME (``~/.config/filmkit/keys``), or what FILMKIT_KEYS
names: lines of ``NAME=value``, readable by its owner alone.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from filmkit.errors import UsageError
from filmkit.providers.base import ErrorKind, Home, HttpError
from filmkit.providers.secrets import remember
from filmkit.store.disk import open_regular
from filmkit.store.paths import config_folder

VARIABLE: Final = "FILMKIT_KEYS"
_MOST_BYTES = 64 << 10
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")


def keys_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The file of keys, whether it is there or not."""
    named = environment.get(VARIABLE)
    return Path(named).expanduser().absolute() if named else config_folder() / "keys"


def keys_of(home: Home, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The keys of a service that can be had, by their names; the environment wins over the file.

    Raises UsageError for a file that others may read or that lies in a film, and for a key that is no key.
    """
    names = (*home.keys, *home.more_keys)
    if not names:
        return {}
    found = {name: value for name in names if (value := environment.get(name, "").strip())}
    if not all(name in found for name in names):
        file = _read(keys_file(environment))
        found |= {name: file[name] for name in names if name not in found and file.get(name)}
    for name, value in found.items():
        if not (value.isascii() and value.isprintable()):
            raise UsageError(f"the value of {name} is no key: it has strange signs in it", remedy="copy it again")
    remember(found.values())
    return found


def require_keys(home: Home, keys: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> None:
    """Raises HttpError (``AUTH``) where a needed key is missing, with where to put it."""
    missing = [name for name in home.keys if name not in keys]
    if missing:
        raise HttpError(
            f"there is no key: {' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set",
            ErrorKind.AUTH,
            remedy=f"set {missing[0]} in the environment, or write {missing[0]}=… into {keys_file(environment)} "
            "(chmod 600)",
        )


def private_text(named: str | Path) -> str:
    """What stands in a file that only its owner may read, and that lies in no film. Raises UsageError."""
    path = Path(named).expanduser()
    try:
        handle = open_regular(path, follows_links=True)
    except OSError as error:
        raise UsageError(f"the file of keys {path} cannot be read: {error.strerror}", remedy="see that it is a file "
                         "of yours") from error  # fmt: skip
    try:
        _require_private(path, os.fstat(handle))
        return os.read(handle, _MOST_BYTES).decode("utf-8", "replace")
    finally:
        os.close(handle)


def _read(path: Path) -> dict[str, str]:
    try:
        text = private_text(path)
    except UsageError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return {}
        raise
    pairs = (match for line in text.splitlines() if (match := _LINE.fullmatch(line)))
    return {match[1]: match[2].strip("'\"") for match in pairs}


def _require_private(path: Path, status: os.stat_result) -> None:
    """A file of keys is its owner's alone, and does not travel with a film. Raises UsageError."""
    if os.name != "nt" and stat.S_IMODE(status.st_mode) & 0o077:
        raise UsageError(
            f"the file of keys {path} may be read by others (mode {stat.S_IMODE(status.st_mode):04o})",
            remedy=f"chmod 600 {path}; if others had the chance to read it, make new keys",
        )
    real = path.resolve()
    film = next((folder for folder in real.parents if any(folder.glob("storyboard*.yaml"))), None)
    if film is not None:
        raise UsageError(
            f"the file of keys {path} lies in the film {film}, which is shared with others",
            remedy=f"move it to {config_folder() / 'keys'}",
        )
