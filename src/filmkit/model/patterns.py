"""What scalars look like, as regular expressions for the JSON Schema (ECMA 262): no more than a pattern can say."""

from __future__ import annotations

from typing import Final

from filmkit.model.point import ID, RESERVED

PROTOCOLS: Final = "file|data|concat|pipe|subfile|async|cache"
"""Words before a colon by which ffmpeg would read something else than a file."""

_TIME = r"(\d{1,9}(\.\d{1,9})? ?(s|ms)|\d{1,9} ?f|\d\d:[0-5]\d:[0-5]\d:\d\d)"
_NO_MARK = "|".join(sorted(RESERVED - {"end"}))
_LEAVES = rf"[/\\~]|[A-Za-z][A-Za-z0-9+.-]*://|[A-Za-z]:[\\/]|({PROTOCOLS}):|(.*[/\\])?\.\.([/\\]|$)"

TIME: Final = f"^{_TIME}$"
POINT: Final = (
    rf"^{ID}(/{ID})?(\.(down)?beat\(([+-]\d{{1,6}}|0*[1-9]\d{{0,5}})\)"
    rf"|\.(?!({_NO_MARK})(?![A-Za-z0-9_-])){ID})?( +[+-] +{_TIME})?$"
)
EACH: Final = rf"^{ID}\.(cuts|beats|downbeats)( +[+-] +{_TIME})?$"
FPS: Final = r"^\d{1,3}(\.\d{1,3})?$|^\d{1,6}/0*[1-9]\d{0,5}$"
SIZE: Final = r"^\d{0,4}[02468] ?[x×] ?\d{0,4}[02468]$"
MONEY: Final = r"^\d{1,9}(\.\d{1,4})? ?([A-Z]{3}|credits)$"
NAME: Final = f"^(?!({'|'.join(sorted(RESERVED))})$){ID}$"
PATH: Final = rf"^(?!{_LEAVES}).*\S"
VOICE: Final = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,12}){0,3}([+][A-Za-z0-9]{1,16})?$"
TAKE: Final = r"^t0*[1-9]\d{0,3}$"


def color(names: list[str]) -> str:
    """One of the names, or ``#rrggbb``."""
    return f"^(#[0-9A-Fa-f]{{6}}|{'|'.join(names)})$"


def measure(unit: str) -> str:
    """A number and its unit."""
    return rf"^[+-]?\d{{1,6}}(\.\d{{1,6}})? ?{unit}$"
