"""From pydantic's errors to findings a student can act on: place, plain words, the nearest valid word."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from pydantic import ValidationError

from filmkit.load.keys import keys_at
from filmkit.load.places import with_places
from filmkit.load.tree import Mapping, Tree
from filmkit.load.walk import KeyPath
from filmkit.load.words import did_you_mean, nearest, shown
from filmkit.model.board import TAGS
from filmkit.model.finding import Finding

_LONGEST_MESSAGE = 400
_OTHER_WORDS: Final = {
    "duration": "lasts",
    "length": "lasts",
    "dur": "lasts",
    "seconds": "lasts",
    "transition": "join",
    "name": "id",
    "start": "in",
    "trim": "in",
    "source": "from",
    "image": "from",
    "clip": "from",
    "video": "from",
    "colour": "color",
    "volume": "gain",
    "src": "file",
    "path": "file",
    "description": "action",
    "notes": "note",
    "author": "team",
    "resolution": "size",
    "framerate": "fps",
    "frame_rate": "fps",
    "rate": "fps",
    "begin": "at",
    "subtitles": "captions",
    "end": "to",
    "until": "to",
    "characters": "cast",
    "lut": "grade",
    "effect": "effects",
    "type": "with",
    "kind": "with",
}
"""What other programs call it; used only where the word on the right is valid."""

HOW_TO_GIVE: Final = {
    "at": "say where it begins, such as at: start + 1s",
    "id": "give it a short name, such as id: boat",
    "filmkit": "begin the file with filmkit: 1",
    "title": 'give the film a title, such as title: "First Light"',
    "scenes": "add scenes: and below it - id: … with shots",
    "file": "name the sound, such as file: sound/horn.wav",
    "with": "say which kind, such as with: dissolve",
    "lasts": "say how long, such as lasts: 2s",
    "lut": "name the table, such as lut: luts/dawn.cube",
    "move": "say which move, such as move: static",
    "tempo": "write it like tempo: 97 bpm",
    "under": "name what it gives way to, such as under: [dialogue]",
    "music": "name a cue of the music",
    "within": "say how far a cut may move, such as within: 4f",
    "limit": "write it like limit: 20 USD",
}
"""What to write for a key that is missing."""


def from_validation(error: ValidationError, tree: Tree) -> list[Finding]:
    """All of an error's findings, in the order of the file, each with its place."""
    found = [_finding(detail, tree) for detail in error.errors(include_url=False)]
    placed = with_places(_once([finding for finding in found if finding is not None], tree), tree)
    return sorted(placed, key=lambda finding: (finding.place.line, finding.place.column) if finding.place else (0, 0))


def _once(findings: Sequence[Finding], tree: Tree) -> list[Finding]:
    """Without what only follows from another finding: a key that is missing because it is misspelt or has no value."""
    misspelt = {
        (*finding.path[:-1], nearest(str(finding.path[-1]), keys_at(finding.path[:-1])))
        for finding in findings
        if finding.code == "unknown-key"
    }
    return [
        finding
        for finding in findings
        if finding.code != "missing-key" or not (finding.path in misspelt or tree.has(finding.path))
    ]


def _finding(detail: Any, tree: Tree) -> Finding | None:  # noqa: ANN401 - pydantic's ErrorDetails, and its ctx varies
    kind = str(detail["type"])
    path = _path(detail["loc"], tree)
    if kind != "missing":
        path = _written(path, tree)
    explain = _KINDS.get(kind, _unfit)
    if kind == "too_short" and (node := tree.node(path)) is not None and getattr(node, "items", None):
        return None  # its entries have errors of their own
    code, message, remedy, path = explain(detail, path)
    if "[key]" in detail["loc"]:
        code = "wrong-key"
    if len(message) > _LONGEST_MESSAGE:
        message = f"{message[: _LONGEST_MESSAGE // 2]} … {message[-_LONGEST_MESSAGE // 3 :]}"
    return Finding(code, message, remedy, path=path)


def _path(loc: Sequence[str | int], tree: Tree) -> KeyPath:
    """The location as keys of the file, without pydantic's own names for branches of unions and keys of mappings."""
    path: KeyPath = ()
    for step in loc:
        node = tree.node(path)
        if (
            isinstance(step, str)
            and (step in TAGS or step == "[key]")
            and not (isinstance(node, Mapping) and step in node.keys)
        ):
            continue
        path = (*path, step)
    return path


def _written(path: KeyPath, tree: Tree) -> KeyPath:
    """As much of a path as stands in the file: a word may stand for a mapping that is not written out."""
    while path and tree.node(path) is None:
        path = path[:-1]
    return path


Explained = tuple[str, str, str, KeyPath]


def _key(path: KeyPath) -> str:
    return shown(next((step for step in reversed(path) if isinstance(step, str)), "the file"))


def _unknown_key(detail: Any, path: KeyPath) -> Explained:  # noqa: ANN401
    word, known = str(path[-1]), keys_at(path[:-1])
    message = f"'{shown(word)}' is no key here"
    others = {other: key for other, key in _OTHER_WORDS.items() if key in known}
    near = nearest(word.replace("-", "_"), [*known, *others], likeness=0.75)
    if near is not None and near in others and near not in known:
        return "unknown-key", message, f"filmkit calls it '{others[near]}'", path
    return "unknown-key", message, did_you_mean(word, known), path


def _missing(detail: Any, path: KeyPath) -> Explained:  # noqa: ANN401
    if isinstance(path[-1], int):
        return (
            "too-few",
            f"{_key(path)}: a value is missing in this list",
            "write two numbers, such as [0.5, 0.4]",
            path[:-1],
        )
    return "missing-key", f"'{path[-1]}' is missing", HOW_TO_GIVE.get(path[-1], f"add {path[-1]}: …"), path


def _unknown_word(detail: Any, path: KeyPath) -> Explained:  # noqa: ANN401
    known = re.findall(r"'([^']*)'", str(detail["ctx"]["expected"]))
    word = detail["input"]
    if not isinstance(word, str):
        return "one-word", f"{_key(path)}: one word is expected here", f"valid here: {', '.join(known)}", path
    return "unknown-word", f"{_key(path)}: '{shown(word)}' is not known", did_you_mean(word, known), path


def _wrong_value(detail: Any, path: KeyPath) -> Explained:  # noqa: ANN401
    error, found = str(detail["ctx"]["error"]), repr(detail["input"])
    quoted = found if error.startswith(found) else ""  # it may hold any text, "; " too
    message, _, remedy = error.removeprefix(quoted).partition("; ")
    return "wrong-value", f"{_key(path)}: {quoted}{message}", remedy, path


def _contradiction(detail: Any, path: KeyPath) -> Explained:  # noqa: ANN401
    message, _, remedy = str(detail["ctx"]["text"]).partition("; ")
    return "contradiction", message, remedy, (*path, str(detail["ctx"]["key"]))


def _not_keys(detail: Any, path: KeyPath) -> Explained:  # noqa: ANN401
    known = ", ".join(keys_at(path)[:12])
    return (
        "not-keys",
        f"{_key(path)}: keys with values are expected here",
        f"write it as {{key: value}}; valid keys: {known}",
        path,
    )


def _not_list(detail: Any, path: KeyPath) -> Explained:  # noqa: ANN401
    return (
        "not-list",
        f"{_key(path)}: a list is expected here",
        "write [one, two], or a line beginning with '- ' for each",
        path,
    )


def _empty_list(detail: Any, path: KeyPath) -> Explained:  # noqa: ANN401
    return "too-few", f"{_key(path)}: at least one entry is needed", "add one, or delete the key", path


def _long_list(detail: Any, path: KeyPath) -> Explained:  # noqa: ANN401
    most = detail["ctx"]["max_length"]
    return "too-many", f"{_key(path)}: more than {most} values", f"keep {most} of them", path


def _unfit(detail: Any, path: KeyPath) -> Explained:  # noqa: ANN401
    return (
        "wrong-value",
        f"{_key(path)}: this does not fit here ({detail['msg']})",
        "see the storyboard reference",
        path,
    )


_KINDS: Final[dict[str, Callable[[Any, KeyPath], Explained]]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "enum": _unknown_word,
    "literal_error": _unknown_word,
    "value_error": _wrong_value,
    "contradiction": _contradiction,
    "model_type": _not_keys,
    "dict_type": _not_keys,
    "model_attributes_type": _not_keys,
    "tuple_type": _not_list,
    "list_type": _not_list,
    "too_short": _empty_list,
    "too_long": _long_list,
}
