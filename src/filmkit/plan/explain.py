"""Why a step is stale: which field of its key changed since the last render, from what to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from pydantic import ValidationError

from filmkit.model import level_recipe, recipe
from filmkit.model.analysis import SpeechRecipe
from filmkit.model.run import Json
from filmkit.plan.graph import Step, WorkGraph
from filmkit.plan.reasons import reason

Remembered = Mapping[str, Mapping[str, Json]]
"""Identities of a former graph by step name, as ``remembered`` made them."""

_RECIPES: Final[Mapping[str, type[recipe.Recipe]]] = {
    "segment": recipe.SegmentRecipe,
    "title": recipe.TitleRecipe,
    "card": recipe.CardRecipe,
    "picture": recipe.PictureRecipe,
    "lut": recipe.LutRecipe,
    "source": recipe.SourceRecipe,
    "speech": SpeechRecipe,
    "duck": recipe.DuckRecipe,
    "stem": recipe.StemRecipe,
    "mix": recipe.MixRecipe,
    "bounce": recipe.BounceRecipe,
    "waveform": level_recipe.WaveformRecipe,
    "sheet": level_recipe.SheetRecipe,
    "master": recipe.MasterRecipe,
}
_COMPARED: Final = ("version", "params", "sources", "inputs", "tools")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one step: ``before`` is None where the field, or the step, is new; ``says`` is it in film words."""

    step: str
    field: str
    before: Json
    after: Json
    says: str

    def __str__(self) -> str:
        return f"{self.step}: {self.says}"


def remembered(graph: WorkGraph) -> dict[str, dict[str, Json]]:
    """What to keep of a graph so that the next plan can be compared with it."""
    names = _names(graph)
    by_key = {step.key: name for name, step in names.items()}
    return {
        name: {
            "key": step.key,
            **step.identity(),
            "inputs": {slot: by_key[given.step] for slot, given in step.inputs.items()},
            "files": {slot: source.name for slot, source in step.sources.items()},
            "about": [*step.about],
        }
        for name, step in names.items()
    }


def _names(graph: WorkGraph) -> dict[str, Step]:
    """Steps under unique names: a second ``title Day one`` becomes ``title Day one #2``."""
    names: dict[str, Step] = {}
    counts: dict[str, int] = {}
    for step in graph:
        counts[step.name] = counts.get(step.name, 0) + 1
        names[step.name if counts[step.name] == 1 else f"{step.name} #{counts[step.name]}"] = step
    return names


def concerned(graph: WorkGraph, about: str) -> list[Step]:
    """The steps that show or sound ``about``: a shot, scene, cue, title or step name."""
    return [step for name, step in _names(graph).items() if _concerns(name, step.about, about)]


def nameable(graph: WorkGraph) -> list[str]:
    """What ``why`` can be asked about: shots, their scenes, cues, titles; steps can be named too."""
    full = dict.fromkeys(about for step in graph for about in step.about)
    return list(dict.fromkeys([*full, *(part for name in full if name.count("/") == 1 for part in name.split("/"))]))


def why(graph: WorkGraph, before: Remembered, about: str) -> list[Change]:
    """All changes in the steps that show or sound ``about``, or did so where none does any more; those upstream of them
    included.
    """
    now = remembered(graph)
    wanted = _concerned(now, about) or _concerned(before, about)
    changes: list[Change] = []
    seen: set[str] = set()
    for name in wanted:
        if name in now:
            changes += _changes(name, now, before, seen)
        else:
            changes.append(Change(name, "", "was there", None, "is no part of the film any more"))
    return changes


def _concerned(steps: Remembered, about: str) -> list[str]:
    return [name for name, step in steps.items() if _concerns(name, step.get("about"), about)]


def _concerns(name: str, shown: object, about: str) -> bool:
    wanted = about.lower()
    return wanted == name.lower() or any(
        shot == wanted or shot.startswith(f"{wanted}/") or shot.endswith(f"/{wanted}")
        for shot in (str(one).lower() for one in (shown if isinstance(shown, (list, tuple)) else ()))
    )


def _changes(name: str, now: Remembered, before: Remembered, seen: set[str]) -> Iterator[Change]:
    if name in seen or now[name]["key"] == before.get(name, {}).get("key"):
        return
    seen.add(name)
    if name in before:
        yield from _step_changes(name, now[name], before[name])
    else:
        yield Change(name, "", None, "new", _new(name, before))
    inputs = now[name]["inputs"]
    for upstream in inputs.values() if isinstance(inputs, dict) else ():
        yield from _changes(str(upstream), now, before, seen)


def _new(name: str, before: Remembered) -> str:
    """A shot whose pieces changed has steps under new names."""
    whole, _, part = name.rpartition(" ")
    if "/" not in part or not part.replace("/", "").isdigit():
        whole = name
    had_pieces = any(other == whole or other.startswith(f"{whole} ") for other in before)
    return "the shot is cut into other pieces (a title or a join begins elsewhere)" if had_pieces else "is new"


def _step_changes(name: str, now: Mapping[str, Json], before: Mapping[str, Json]) -> Iterator[Change]:
    kind = str(now["kind"])
    fps = _fps(now["params"])
    told = set()
    found = list(_differences(_comparable(before), _comparable(now)))
    for field, old, new in [change for change in found if not _goes_along(change)] or found:
        values = (_file(field, before, old), _file(field, now, new))
        says = reason(kind, field, values, fps)
        if says not in told:
            told.add(says)
            yield Change(name, field, old, new, says)


def _goes_along(change: tuple[str, Json, Json]) -> bool:
    """A tool that comes or goes does so with a title or a still, and these are told of."""
    field, old, new = change
    return field.startswith("tools.") and None in (old, new)


def _fps(params: Json) -> Fraction:
    canvas = params.get("canvas") if isinstance(params, dict) else None
    return Fraction(str(canvas["fps"])) if isinstance(canvas, dict) else Fraction(0)


def _file(field: str, step: Mapping[str, Json], value: Json) -> Json:
    """For a digest of a source, the name of the file and the digest's beginning."""
    files = step.get("files")
    if not field.startswith("sources.") or not isinstance(files, dict) or value is None:
        return value
    return f"{files.get(field.removeprefix('sources.'), '')} ({str(value)[:8]})"


def _comparable(step: Mapping[str, Json]) -> dict[str, Json]:
    """The parts of an identity that are compared: defaults written out, cues under their ids with their sources."""
    fields = {part: step.get(part) for part in _COMPARED}
    try:
        params = _RECIPES[str(step["kind"])].from_params(fields["params"]).model_dump(mode="json")
    except (KeyError, ValidationError):  # of another filmkit: compared as it was written
        return fields
    inputs = fields["inputs"]
    if isinstance(inputs, dict) and step["kind"] == "stem":
        params["cues"] = {cue["id"]: _with_inputs(cue, inputs) for cue in params["cues"]}
        fields["inputs"] = {}
    return {**fields, "params": params}


def _with_inputs(cue: dict[str, Json], inputs: dict[str, Json]) -> dict[str, Json]:
    """A cue with what lies in its slots in place of their names, which count along the stem."""
    source, duck = inputs[str(cue["slot"])], inputs.get(str(cue["duck_slot"]))
    return {**cue, "slot": "", "duck_slot": "", "source": source, "duck": duck}


def _differences(before: Json, after: Json, field: str = "") -> Iterator[tuple[str, Json, Json]]:
    """(field, before, after) of everything that differs, as deep as both sides have the same shape."""
    if before == after:
        return
    pairs: list[tuple[str, Json, Json]] = []
    if isinstance(before, dict) and isinstance(after, dict) and before.get("kind") == after.get("kind"):
        pairs = [(key, before.get(key), after.get(key)) for key in sorted({*before, *after})]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        if any(isinstance(item, (dict, list)) for item in after):
            pairs = [(str(at), one, other) for at, (one, other) in enumerate(zip(before, after, strict=True))]
    elif isinstance(before, dict) and isinstance(after, dict):  # another kind of layer: nothing below compares
        pairs = [("kind", before.get("kind"), after.get("kind"))]
    if not pairs:
        yield field, before, after
    for key, one, other in pairs:
        yield from _differences(one, other, f"{field}.{key}" if field else key)
