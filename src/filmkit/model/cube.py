"""Colour lookup tables in the .cube format (Adobe Cube LUT Specification 1.0), read strictly and written in one way."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_BYTES = 8 << 20
"""A 65³ table with long numbers fits; more is no lookup table."""

_NUMBER = re.compile(r"[+-]?(\d{1,6}(\.\d{0,12})?|\.\d{1,12})([eE][+-]?\d{1,2})?")

Triple = tuple[float, float, float]
_BLACK: Triple = (0.0, 0.0, 0.0)
_WHITE: Triple = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Cube:
    """A 3D table of ``size``³ colours, red running fastest; input from ``low`` to ``high``."""

    size: int
    colors: tuple[Triple, ...]
    low: Triple = _BLACK
    high: Triple = _WHITE

    @classmethod
    def parse(cls, text: str) -> Cube:
        """Raises ValueError that says what is wrong, with the line's number."""
        size, low, high = 0, _BLACK, _WHITE
        colors: list[Triple] = []
        for number, line in enumerate(text.splitlines(), 1):
            words = line.split("#", 1)[0].split()
            if not words or words[0] == "TITLE":
                continue
            if words[0] == "LUT_1D_SIZE":
                raise ValueError("it is a 1D table; export a 3D one (LUT_3D_SIZE 33)")
            if words[0] == "LUT_3D_SIZE":
                size = _size(words, number)
            elif words[0] == "DOMAIN_MIN":
                low = _triple(words[1:], number)
            elif words[0] == "DOMAIN_MAX":
                high = _triple(words[1:], number)
            else:
                colors.append(_triple(words, number))
        if not size or len(colors) != size**3:
            raise ValueError(f"it has {len(colors)} colours where LUT_3D_SIZE {size} needs {size**3}")
        if any(a >= b for a, b in zip(low, high, strict=True)):
            raise ValueError("its DOMAIN_MIN is not below its DOMAIN_MAX")
        return cls(size, tuple(colors), low, high)

    def at_strength(self, strength: float) -> Cube:
        """Mixed with the table that changes nothing: 1 is the whole table, 0 none of it."""
        last = self.size - 1
        mixed = []
        for at, color in enumerate(self.colors):
            steps = (at % self.size, at // self.size % self.size, at // self.size**2)
            same = [low + step / last * (high - low) for low, high, step in zip(self.low, self.high, steps, strict=True)]
            r, g, b = (a + (c - a) * strength for a, c in zip(same, color, strict=True))
            mixed.append((r, g, b))
        return Cube(self.size, tuple(mixed), self.low, self.high)

    def text(self) -> str:
        """The table as a .cube file of our own."""
        head = [f"LUT_3D_SIZE {self.size}", _line("DOMAIN_MIN ", self.low), _line("DOMAIN_MAX ", self.high)]
        return "\n".join([*head, *(_line("", color) for color in self.colors)]) + "\n"


def _size(words: list[str], number: int) -> int:
    if len(words) != 2 or not words[1].isdigit() or not 2 <= int(words[1]) <= 65:
        raise ValueError(f"line {number}: LUT_3D_SIZE is 2 to 65")
    return int(words[1])


def _triple(words: list[str], number: int) -> Triple:
    if len(words) != 3 or not all(_NUMBER.fullmatch(word) for word in words):
        raise ValueError(f"line {number}: three numbers are expected, found {' '.join(words)[:40]!r}")
    r, g, b = (float(word) for word in words)
    return r, g, b


def _line(before: str, color: Triple) -> str:
    return before + " ".join(f"{value:.6f}" for value in color)
