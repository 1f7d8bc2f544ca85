"""Giving findings their place in the file, and the name of what they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from filmkit.load.tree import Mapping, Tree
from filmkit.load.walk import KeyPath
from filmkit.load.words import shown
from filmkit.model.finding import Finding

_NAMED_LISTS: Final = {
    "scenes": "scene",
    "shots": "shot",
    "titles": "title",
    "music": "music",
    "effects": "effects",  # as the plan, the mix and its picture call one without an id
    "dialogue": "dialogue",
}
_AT_KEY: Final = frozenset({"unknown-key", "wrong-key"})
"""Findings that are about the key, not about its value."""


def with_places(findings: Iterable[Finding], tree: Tree | None) -> tuple[Finding, ...]:
    """Findings that lead to a value by ``path`` get its place and, where none is said, what they are about."""
    if tree is None:
        return tuple(findings)
    return tuple(_placed(finding, tree) for finding in findings)


def _placed(finding: Finding, tree: Tree) -> Finding:
    if finding.place is not None or not finding.path:
        return finding
    place = tree.place(finding.path, at_key=finding.code in _AT_KEY)
    return replace(finding, place=place, about=finding.about or about(tree, finding.path))


def about(tree: Tree, path: KeyPath) -> str:
    """What a path belongs to, as people call it: ``harbour/boat``, a cue's id, a title's text."""
    names = [
        _name(tree, path[: depth + 1])
        for depth in range(1, len(path))
        if isinstance(path[depth], int) and path[depth - 1] in _NAMED_LISTS
    ]
    return shown("/".join(names))


def _name(tree: Tree, path: KeyPath) -> str:
    node = tree.node(path)
    number = int(path[-1]) + 1
    return _text_of(node, "id") or _text_of(node, "text") or f"{_NAMED_LISTS[str(path[-2])]} {number}"


def _text_of(node: object, key: str) -> str | None:
    text = getattr(node.items.get(key), "text", None) if isinstance(node, Mapping) else None
    return text.split("\n")[0][:40] if isinstance(text, str) else None
