"""The JSON Schema that editors use is the model's, and knows right from wrong where a schema can."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from repository import ROOT

from filmkit.load.schema import SCHEMA, export_schema, schema_text
from filmkit.load.starter import starter_storyboard


class Yaml12Loader(yaml.SafeLoader):
    """Types scalars as editors do (YAML 1.2 core): only true and false are booleans, 012 and 1:30 nothing special; a
    key without a value is null.
    """


Yaml12Loader.yaml_implicit_resolvers = {}
Yaml12Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)$"), list("tf"))
Yaml12Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?[0-9]+$"), list("-+0123456789"))
Yaml12Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?[0-9]+\.[0-9]+$"), list("-+0123456789"))
Yaml12Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"~?$"), ["~", ""])
# PyYAML's own constructor would read 012 as octal
Yaml12Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node)))

SHOT = "filmkit: 1\ntitle: T\nscenes:\n  - id: a\n    shots:\n      - id: b\n        "


def problems(text: str) -> list[str]:
    value: Any = yaml.load(text, Loader=Yaml12Loader)
    return [error.message for error in Draft202012Validator(export_schema()).iter_errors(value)]


def test_shipped_schema_is_the_models() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run: python -m filmkit.load.schema"


def test_schema_is_one() -> None:
    Draft202012Validator.check_schema(export_schema())
    assert "mute" not in export_schema()["$defs"]["OwnSound"]["properties"]


def test_complete_example_fits() -> None:
    page = (ROOT / "docs" / "storyboard.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```yaml\n(filmkit: 1\n.*?)^```", page, re.M | re.S)
    assert blocks
    for block in blocks:
        assert problems(block) == []


def test_starter_fits() -> None:
    assert problems(starter_storyboard("my-film")) == []


@pytest.mark.parametrize(
    "line",
    [
        "lasts: 4s",
        "join: dissolve",
        "join: {with: iris, lasts: 12f}",
        "own_sound: mute",
        "own_sound: none",
        "speed: 0.8",
        "speed: {0s: 1, 1s: 0.5}",
        "focus: auto",
        "focus: [0.5, 0.5]",
        "avoid: text",
        "avoid: [text]",
        "from: a.png",
        "from: {shot: b}",
        "sync: {verse: theme.verse}",
        "camera: {move: push-in, then: static}",
        "take: t01",
        "marks: {horn: 2.1s}",
        "subject: 012",
    ],
)
def test_right_line_fits(line: str) -> None:
    assert problems(SHOT + line) == []


@pytest.mark.parametrize(
    "line",
    [
        "lasts: 4",
        "join: disolve",
        "own_sound: loud",
        "speed: fast",
        "focus: middle",
        "unknown: 1",
        "take: 2",
        "omit: yes",
        "camera: push-in",
        "own_sound: {mute: true}",
        "in_: 2s",
        "fit: zoom",
        "zoom: 20",
        "own_sound: {gain: -6}",
    ],
)
def test_wrong_line_does_not_fit(line: str) -> None:
    assert problems(SHOT + line)
