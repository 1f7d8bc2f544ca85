"""As much of a storyboard as can be understood despite its errors, so that all of them are told at once."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from filmkit.load.tree import Plain, Tree
from filmkit.load.walk import KeyPath
from filmkit.model.finding import Finding
from filmkit.model.storyboard import Storyboard


def understood(tree: Tree, errors: Iterable[Finding]) -> Storyboard | None:
    """The storyboard without the values that are wrong; None where more than single values and words are wrong.

    What other parts refer to is never left out: nobody is told of a mistake that only follows from another.
    """
    plain = tree.plain()
    values = {_value_at(error.path) for error in errors if error.path}
    if not all(value and _leave_out(plain, value) for value in values):
        return None
    try:
        return Storyboard.model_validate(plain, by_alias=True, by_name=False)
    except ValidationError:
        return None


def _value_at(path: KeyPath) -> KeyPath:
    """The path of the value that is wrong: a word of a list is its list."""
    return path[:-1] if isinstance(path[-1], int) else path


def _leave_out(plain: Plain, path: KeyPath) -> bool:
    """Takes a value, or a list of words, out of its mapping. False where it is more than that, or a name."""
    above: Plain = plain
    for step in path[:-1]:
        if isinstance(above, dict) and isinstance(step, str):
            above = above.get(step, "")
        elif isinstance(above, list) and isinstance(step, int):
            above = above[step]
        else:
            return False
    key = path[-1]
    if not isinstance(above, dict) or not isinstance(key, str) or key == "id" or not _is_plain(above.get(key)):
        return False
    del above[key]
    return True


def _is_plain(value: Plain | None) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(entry, str) for entry in value))
