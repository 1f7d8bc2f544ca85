"""Which characters our fonts have: a small table beside them, so that asking needs no font library.

``python -m filmkit.media.drawing.coverage`` writes ``fonts/coverage.json`` anew after a font was added or changed; a
test says so when it was forgotten. The table holds, for each file, its sha256 and its characters as ``start, length``
pairs, each start counted from the end of the pair before.
"""

from __future__ import annotations

import hashlib
import json
import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "fonts"
TABLE = FOLDER / "coverage.json"


@dataclass(frozen=True, slots=True)
class Coverage:
    """The characters of one font: ranges [``starts[i]``, ``stops[i]``) in order."""

    starts: tuple[int, ...]
    stops: tuple[int, ...]

    def __contains__(self, char: object) -> bool:
        code = ord(str(char))
        at = bisect_right(self.starts, code) - 1
        return at >= 0 and code < self.stops[at]


@cache
def font_coverage() -> dict[str, Coverage]:
    """Coverage by file name, read once from the table."""
    return {name: _unpacked(font["ranges"]) for name, font in json.loads(TABLE.read_text())["fonts"].items()}


def fonts_digest() -> str:
    """One digest of all fonts (of the table that holds theirs): what enters the keys of drawn pictures."""
    return hashlib.sha256(TABLE.read_bytes()).hexdigest()


def _unpacked(pairs: list[int]) -> Coverage:
    starts, stops, at = [], [], 0
    for skip, length in zip(pairs[::2], pairs[1::2], strict=True):
        starts.append(at + skip)
        at += skip + length
        stops.append(at)
    return Coverage(tuple(starts), tuple(stops))


def packed(codes: Iterable[int]) -> list[int]:
    """Code points as the table holds them."""
    pairs: list[int] = []
    end = 0
    for code in sorted(set(codes)):
        if pairs and code == end:
            pairs[-1] += 1
        else:
            pairs += [code - end, 1]
        end = code + 1
    return pairs


def characters_of(font: bytes) -> set[int]:
    """Code points an OpenType font maps to a glyph: its ``cmap`` of format 12 or 4 (OpenType 1.9, «cmap»).

    Raises ValueError where it has neither.
    """
    cmap = _table(font, b"cmap")
    count = struct.unpack_from(">H", cmap, 2)[0]
    offsets = [struct.unpack_from(">HHI", cmap, 4 + 8 * at) for at in range(count)]
    found = {
        struct.unpack_from(">H", cmap, offset)[0]: cmap[offset:]
        for platform, _, offset in offsets
        if platform in (0, 3)
    }
    if 12 in found:
        return {code for code, glyph in _format12(found[12]) if glyph}
    if 4 in found:
        return {code for code, glyph in _format4(found[4]) if glyph}
    raise ValueError("this font has no cmap of format 12 or 4")


def _table(font: bytes, tag: bytes) -> bytes:
    for at in range(struct.unpack_from(">H", font, 4)[0]):
        name, _, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * at)
        if name == tag:
            return font[offset : offset + length]
    raise ValueError(f"this font has no table {tag.decode()}")


def _format12(table: bytes) -> Iterator[tuple[int, int]]:
    for at in range(struct.unpack_from(">I", table, 12)[0]):
        first, last, glyph = struct.unpack_from(">III", table, 16 + 12 * at)
        yield from ((code, glyph + code - first) for code in range(first, last + 1))


def _format4(table: bytes) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", table, 6)[0] // 2
    columns = [14 + 2 * count * part + 2 * (part > 0) for part in range(4)]
    for at in range(count):
        last, first, delta, offset = (struct.unpack_from(">H", table, column + 2 * at)[0] for column in columns)
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offset:
                place = columns[3] + 2 * at + offset + 2 * (code - first)
                glyph = struct.unpack_from(">H", table, place)[0]
                if not glyph:
                    continue
            yield code, (glyph + delta) & 0xFFFF


def table_of(folder: Path) -> dict[str, object]:
    """The table of the fonts in a folder."""
    files = sorted(path for path in folder.iterdir() if path.suffix in (".ttf", ".otf"))
    fonts = {path.name: path.read_bytes() for path in files}
    return {
        "fonts": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "ranges": packed(characters_of(data))}
            for name, data in fonts.items()
        }
    }


def write_table(folder: Path = FOLDER) -> None:
    """Writes the table beside the fonts, a line a font."""
    fonts = table_of(folder)["fonts"]
    assert isinstance(fonts, dict)
    lines = [f"{json.dumps(name)}: {json.dumps(font, separators=(',', ':'))}" for name, font in fonts.items()]
    (folder / TABLE.name).write_text('{"fonts": {\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    write_table()
