"""The JSON Schema of a storyboard, exported from the model: editors complete and check with it while somebody types.

``python -m filmkit.load.schema`` writes it anew after a change of the model; a test keeps the two equal.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from filmkit.model.storyboard import Storyboard

SCHEMA: Final = Path(__file__).with_name("storyboard.schema.json")

_NOTES: Final = {
    "Storyboard.filmkit": "The format of this file: 1.",
    "Storyboard.lasts": "A promise: `filmkit check` says by how many frames the film misses it.",
    "Storyboard.team": "Who did what: a name, or a list of names, for each task.",
    "Storyboard.fixed": "In a template: the parts that must stay as they are.",
    "Storyboard.deliver": "What the film is delivered as, besides the master.",
    "Picture.size": "Width x height in pixels, both even: 1280x720.",
    "Picture.fps": "Frames a second: 24, 25, 30, 23.976 …",
    "Picture.crf": "Quality of the master, 0 to 51; less is better. 18 where not said.",
    "Shot.id": "A letter, then letters, digits, - and _; unique in its scene.",
    "Shot.from": "The picture or clip it starts from; or {shot, at}: a frame of another shot.",
    "Shot.of": "Shows the material of another shot.",
    "Shot.take": "The circled take: t02. Without it the highest number is used.",
    "Shot.in": "The time in the take where the shot begins.",
    "Shot.lasts": "How long the shot is: 4s, 500ms, 12f.",
    "Shot.to": "A point where the shot ends, instead of lasts.",
    "Shot.speed": "0.8, or a ramp: {0s: 1, 0.8s: 1, 1.2s: 0.3}.",
    "Shot.join": "How it follows the shot before: cut, dissolve …, or {with, lasts}.",
    "Shot.marks": "Moments of the take by name, for cues to hang on.",
    "Shot.short": "hold: a take that is too short stands still at its end.",
    "Shot.omit": "true keeps the shot out of the cut.",
    "Shot.prompt": "Replaces all composed words but avoid.",
    "Shot.zoom": "1 to 8: enlarges around the focus.",
    "Cue.at": "The point it begins at: boat.horn, harbour + 1s, start.",
    "Cue.each": "Instead of at: repeats it at every cut of a scene, or every beat or bar of music.",
    "Cue.in": "The time in the file where it begins.",
    "Cue.speed": "0.25 to 4: slower or faster, with the pitch kept.",
    "Cue.reverse": "true plays the used part of the file backwards.",
    "Cue.fade_in": "A time, or {lasts, curve}: linear, power, smooth, exponential.",
    "Cue.fade_out": "A time, or {lasts, curve}: linear, power, smooth, exponential.",
    "Cue.pan": "-1 (left) to 1 (right).",
    "Title.at": "The point it begins at: harbour + 1s.",
    "Beats.tempo": "About how fast; it may be off by a tenth.",
    "Beats.first": "Where the first beat lies in the file. With the tempo: the whole grid, nothing is looked for.",
    "Beats.bar": "Beats a bar (4).",
    "CutOn.within": "How far a cut may move.",
    "OwnSound.lead": "Begins so long before its picture (J cut).",
    "OwnSound.trail": "Ends so long after its picture (L cut).",
}
"""What editors say of a key; keys of cues are said for all kinds of them."""


_NEVER: Final = {
    "Shot": (("lasts", "to"), ("in", "sync"), ("of", "color")),
    "Music": (("lasts", "to"),),
    "Effect": (("lasts", "to"),),
    "Line": (("lasts", "to"),),
    "Title": (("lasts", "to"),),
}
"""Keys that do not go together."""

_ONE_OF: Final = {
    "Music": ("at", "each"),
    "Effect": ("at", "each"),
    "Line": ("at", "each"),
    "Title": ("text", "image", "color"),
    "From": ("file", "shot"),
}
"""Exactly one of these keys stands there."""

_MORE_RULES: Final[dict[str, dict[str, Any]]] = {
    "From": {"dependentRequired": {"at": ["shot"]}},
    "Line": {"anyOf": [{"required": keys} for keys in (["file"], ["line", "lasts"], ["line", "to"])]},
}


def export_schema() -> dict[str, Any]:
    """The schema as JSON values."""
    schema = _plain(Storyboard.model_json_schema(by_alias=True, mode="validation"))
    definitions = schema["$defs"]
    definitions["OwnSound"]["properties"].pop("mute")  # a word in place of the mapping, never a key
    definitions["Shot"]["properties"]["sync"] |= {"minProperties": 1, "maxProperties": 1}
    for name, definition in [("Storyboard", schema), *definitions.items()]:
        kinds = {name, "Cue"} if name in {"Music", "Effect", "Line"} else {name}
        for key, value in definition.get("properties", {}).items():
            if note := next((note for kind in kinds if (note := _NOTES.get(f"{kind}.{key}"))), None):
                value["description"] = note
        definition |= _rules(name)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "filmkit storyboard, format 1",
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Without pydantic's titles and defaults; no key may be empty, and no mapping has keys of another form."""
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _plain(entry) for key, entry in value.items() if key not in {"default", "propertyNames"}}
    if isinstance(plain.get("title"), str):
        del plain["title"]
    if kinds := plain.pop("anyOf", None):
        given = [kind for kind in kinds if kind != {"type": "null"}]
        plain = {**given[0], **plain} if len(given) == 1 else {**plain, "anyOf": given}
    if patterns := plain.get("patternProperties"):
        plain["additionalProperties"] = False
        if any("ms" in pattern for pattern in patterns):  # by time: such a mapping holds something
            plain["minProperties"] = 1
    return plain


def _rules(name: str) -> dict[str, Any]:
    rules = dict(_MORE_RULES.get(name, {}))
    if never := _NEVER.get(name):
        rules["not"] = {"anyOf": [{"required": list(keys)} for keys in never]}
    if one_of := _ONE_OF.get(name):
        rules["oneOf"] = [{"required": [key]} for key in one_of]
    return rules


def schema_text() -> str:
    """The schema as it is shipped."""
    return json.dumps(export_schema(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")
