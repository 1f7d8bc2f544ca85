"""Which way each character of a line runs: the Unicode Bidirectional Algorithm (UAX #9) without embeddings.

Explicit embeddings, overrides and isolates are taken out before (:mod:`filmkit.media.drawing.written`), so that the
level of a character follows from the text alone: rules P2–P3, W1–W7, N0–N2, I1–I2, L1 and L2. Even levels run left to
right. Fallback fonts make several runs of a line, and a shaping library orders only what it draws in one run: hence
this.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_OPENS = "([{⟨⟪⟦〈《「『【〔〖〘〚（［｛⦅｟❨❪❬❮❰❲❴⁅⁽₍"
_CLOSES = ")]}⟩⟫⟧〉》」』】〕〗〙〛）］｝⦆｠❩❫❭❯❱❳❵⁆⁾₎"
_CLOSE_OF = dict(zip(_OPENS, _CLOSES, strict=True))
_NEUTRAL = frozenset({"B", "S", "WS", "ON"})
_MOST_OPEN = 63
"""Brackets that may stand open at once (BD16)."""


def base_level(text: str) -> int:
    """0 for a line read from the left, 1 from the right: what its first strong letter says (P2, P3)."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("L", "R", "AL"):
            return int(kind != "L")
    return 0


def levels_of(text: str, base: int | None = None) -> list[int]:
    """The level of each character of one line. ``base``: the paragraph's level, found from the text if None."""
    level = base_level(text) if base is None else base
    kinds = [unicodedata.bidirectional(char) or "L" for char in text]
    solved = _weak(kinds, "R" if level else "L")
    _brackets(text, solved, level)
    _neutrals(solved, level)
    levels = [_implied(kind, level) for kind in solved]
    _reset_blanks(kinds, levels, level)
    return levels


def visual_order(levels: Sequence[int]) -> list[int]:
    """Indices of items from left to right as they are seen (L2)."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        at = 0
        while at < len(order):
            stop = at
            while stop < len(order) and levels[order[stop]] >= level:
                stop += 1
            order[at:stop] = reversed(order[at:stop])
            at = stop + 1
    return order


def _weak(kinds: Sequence[str], sos: str) -> list[str]:
    """W1 … W7: marks, digits and their signs become L, R, EN, AN or ON."""
    solved, before, strong = list(kinds), sos, sos
    for at, kind in enumerate(kinds):
        now = before if kind == "NSM" else kind
        if now in ("L", "R", "AL"):
            strong = now
        elif now == "EN" and strong == "AL":
            now = "AN"
        solved[at] = before = now
    solved = ["R" if kind == "AL" else kind for kind in solved]
    _separators(solved)
    _terminators(solved)
    strong = sos
    for at, kind in enumerate(solved):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            solved[at] = "L"
    return solved


def _separators(solved: list[str]) -> None:
    """W4: one sign between two numbers of a kind joins them."""
    for at in range(1, len(solved) - 1):
        before, after = solved[at - 1], solved[at + 1]
        if before == after and (
            (solved[at] in ("ES", "CS") and before == "EN") or (solved[at] == "CS" and before == "AN")
        ):
            solved[at] = before


def _terminators(solved: list[str]) -> None:
    """W5, W6: signs beside European numbers belong to them; what is left is neutral. (BN as ET, by §5.2.)"""
    at = 0
    while at < len(solved):
        stop = at
        while stop < len(solved) and solved[stop] in ("ET", "BN"):
            stop += 1
        if stop > at and "ET" in solved[at:stop]:
            beside = (at > 0 and solved[at - 1] == "EN") or (stop < len(solved) and solved[stop] == "EN")
            solved[at:stop] = ["EN" if beside else "ON"] * (stop - at)
        at = max(stop, at + 1)
    solved[:] = ["ON" if kind in ("ES", "ET", "CS", "BN") else kind for kind in solved]


def _brackets(text: str, solved: list[str], level: int) -> None:
    """N0: both brackets of a pair take the direction of what they hold, or of what stands before."""
    own = "R" if level else "L"
    for opened, closed in _pairs(text, solved):
        held = {_strong(kind) for kind in solved[opened + 1 : closed]} - {""}
        if not held:
            continue
        before = next((s for kind in reversed(solved[:opened]) if (s := _strong(kind))), own)
        direction = own if own in held or before == own else before
        for at in (opened, closed):
            solved[at] = direction
            _marks_after(text, solved, at, direction)


def _marks_after(text: str, solved: list[str], at: int, direction: str) -> None:
    """Marks on a bracket go with it (N0, last note)."""
    for mark in range(at + 1, len(text)):
        if unicodedata.bidirectional(text[mark]) != "NSM":
            return
        solved[mark] = direction


def _pairs(text: str, solved: Sequence[str]) -> list[tuple[int, int]]:
    """Matching brackets that are still neutral, by where they open (BD16)."""
    waiting: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for at, char in enumerate(text):
        if solved[at] != "ON":
            continue
        if char in _CLOSE_OF:
            if len(waiting) == _MOST_OPEN:
                return []
            waiting.append((_CLOSE_OF[char], at))
        elif any(close == char for close, _ in waiting):
            while waiting[-1][0] != char:
                waiting.pop()
            pairs.append((waiting.pop()[1], at))
    return sorted(pairs)


def _strong(kind: str) -> str:
    """L or R where a kind is strong for rules N0 … N2 (numbers count as R), else nothing."""
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(kind, "")


def _neutrals(solved: list[str], level: int) -> None:
    """N1, N2: neutrals between two of one direction take it, others the paragraph's."""
    own = "R" if level else "L"
    at = 0
    while at < len(solved):
        stop = at
        while stop < len(solved) and solved[stop] in _NEUTRAL:
            stop += 1
        if stop > at:
            before = _strong(solved[at - 1]) if at else own
            after = _strong(solved[stop]) if stop < len(solved) else own
            solved[at:stop] = [before if before == after else own] * (stop - at)
        at = max(stop, at + 1)


def _implied(kind: str, level: int) -> int:
    """I1, I2: the level of a solved character."""
    if level % 2 == 0:
        return level + {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
    return level + (kind in ("L", "EN", "AN"))


def _reset_blanks(kinds: Sequence[str], levels: list[int], level: int) -> None:
    """L1: blanks at the end of the line, and tabs with the blanks before them, have the paragraph's level."""
    trailing = True
    for at in reversed(range(len(kinds))):
        if kinds[at] in ("B", "S"):
            trailing = True
        elif kinds[at] not in ("WS", "BN"):
            trailing = False
        if trailing:
            levels[at] = level
