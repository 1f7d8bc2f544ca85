"""The JSON Schema refuses what the loader refuses, wherever a schema can: what it lets pass is named here."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from repository import ROOT

from filmkit.load.schema import export_schema

LOAD = ROOT / "tests" / "unit" / "load"
RULES = runpy.run_path(str(LOAD / "test_storyboard_rules.py"))
EDITOR: type = runpy.run_path(str(LOAD / "test_schema.py"))["Yaml12Loader"]
SCHEMA = Draft202012Validator(export_schema())

BEYOND_A_SCHEMA = {
    "of: boatt": "names elsewhere in the file",
    "cast: [nobody]": "names elsewhere in the file",
    "cut_on: {music: theme, within: 4f}": "names elsewhere in the file",
    "cut_on: {within: 4f}": "may be said on another level",
    "grade: {strength: 1}": "may be said on another level",
    "marks: {Horn: 1s, horn: 2s}": "compares keys with each other",
    "speed: {0s: 1, 0ms: 2}": "compares keys with each other",
    "own_sound: {gain: 60 dB}": "the size of a number in a text",
}


def problems(text: str) -> list[str]:
    """What an editor would underline."""
    return [error.message for error in SCHEMA.iter_errors(yaml.load(text, Loader=EDITOR))]


@pytest.mark.parametrize("line", sorted(RULES["WRONG"]))
def test_line_the_loader_refuses_is_refused(line: str) -> None:
    text = RULES["TWO"].removesuffix("        lasts: 2s\n") if line.startswith("lasts") else RULES["TWO"]
    is_refused = bool(problems(f"{text}        {line}\n"))
    assert is_refused != (line in BEYOND_A_SCHEMA), f"{line}: refused by the schema: {is_refused}"


@pytest.mark.parametrize("line", RULES["RIGHT"])
def test_line_the_loader_takes_is_taken(line: str) -> None:
    text = RULES["SHOT"].replace("        lasts: 2s\n", "") if line.split(":")[0] in {"lasts", "to"} else RULES["SHOT"]
    assert problems(f"{text}        {line}\n") == []


@pytest.mark.parametrize(
    "rest",
    [
        "filmkit: 1\n", "title:\n", "lasts:\n", "deliver: [youtube]\n", "captions: {burn: [vertical]}\n",
        "titles: [{at: boat}]\n", "titles: [{text: a, color: red, at: boat}]\n", "titles: [{text: a}]\n",
        "titles: [{text: a, at: boat, style: mian}]\n", "titles: [{text: a, at: boat, lasts: 1s, to: end}]\n",
        "sound: {music: {file: a.wav}}\n", "sound: {dialogue: [{at: boat}]}\n",
        "sound: {dialogue: [{at: boat, line: hello}]}\n", "sound: {effects: [{at: boat}]}\n",
        "sound: {loudness: {integrated: -14}}\n", "sound: {music: [{at: a, file: m.wav, beats: {tempo: 97}}]}\n",
        "sound: {effects: [{at: boat, file: a.wav, lasts: 1s, to: end}]}\n", "picture: {size: 1279x720}\n",
        "picture: {fps: 500}\n", "picture: {fps: film}\n", "picture: 1280x720\n", "budget: {limit: 20}\n",
        "fixed: [pictures]\n", "scenes: []\n",
    ],
)  # fmt: skip
def test_film_the_loader_refuses_is_refused(rest: str) -> None:
    key = rest.partition(":")[0]
    text = re.sub(rf"^{key}:.*\n", "", RULES["SHOT"], flags=re.M) if key in {"title", "filmkit"} else RULES["SHOT"]
    text = text if key != "scenes" else "filmkit: 1\ntitle: T\n"
    assert problems(text + rest.replace("filmkit: 1", "filmkit: 2"))


def patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (value[key] for key in ("pattern",) if isinstance(value.get(key), str))
        yield from value.get("patternProperties", {})
        value = list(value.values())
    for entry in value if isinstance(value, list) else ():
        yield from patterns(entry)


def test_patterns_are_ones_that_editors_read() -> None:
    """ECMA 262 in Unicode mode: no needless escapes, no groups with names, no flags inside."""
    found = sorted(set(patterns(export_schema())))
    assert len(found) >= 12
    for pattern in found:
        assert set(re.findall(r"\\(.)", pattern)) <= set("dS.()\\"), pattern
        assert not re.search(r"\(\?[^!]", pattern), pattern
        re.compile(pattern)
