"""Names that files of a stranger's film may have: each has a meaning to some tool, terminal or system."""

from __future__ import annotations

import unicodedata

NAMES: dict[str, str] = {
    "quote": "it's",
    "quotes": 'a"b"',
    "newline": "a\nerror: b",
    "tab": "a\tb",
    "return": "a\rb",
    "escape": "\x1b[31mred\x1b[0m",
    "bell": "a\x07\x08b",
    "bidi": "a\u202egnp.exe",
    "invisible": "a\u200b\ufeffb",
    "dash": "-y",
    "option": "--help",
    "pattern": "s%03d",
    "percent": "100%d",
    "filter": "[0:v]null[a]",
    "graph": "a,drawtext=textfile=x;b",
    "protocol": "concat:a|b",
    "scheme": "x:y",
    "drive": "C:a",
    "leading-blank": " a",
    "trailing-blank": "a ",
    "trailing-dot": "a.",
    "long": "n" * 200,
    "composed": unicodedata.normalize("NFC", "\u00e9t\u00e9"),
    "decomposed": unicodedata.normalize("NFD", "\u00e9t\u00e9"),
    "backslash": "a\\b",
    "shell": "$(id)`id`&|>;",
    "glob": "*?[a]",
    "home": "~",
    "emoji": "\U0001f3ac",
}
"""Twenty-nine, by the case's name in docs/safety.md (each after ``name-``)."""


def quoted(text: str) -> str:
    """A text as a storyboard writes it between double quotes."""
    return '"' + "".join(map(_written, text)) + '"'


def _written(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() else f"\\U{ord(char):08x}"
