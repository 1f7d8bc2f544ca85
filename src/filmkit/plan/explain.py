"""Why a step is stale: which field of its key changed since the last render, from what to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from filmkit.model.run import Json
from filmkit.plan.graph import Step, WorkGraph

Remembered = Mapping[str, Mapping[str, Json]]
"""Identities of a former graph by step name, as ``remembered`` made them."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one step: ``before`` is None where the field, or the step, is new."""

    step: str
    field: str
    before: Json
    after: Json

    def __str__(self) -> str:
        if self.field == "":
            return f"{self.step}: new" if self.before is None else f"{self.step}: gone"
        return f"{self.step}: {self.field} {_short(self.before)} → {_short(self.after)}"


def remembered(graph: WorkGraph) -> dict[str, dict[str, Json]]:
    """What to keep of a graph so that the next plan can be compared with it."""
    names = _names(graph)
    by_key = {step.key: name for name, step in names.items()}
    return {
        name: {
            "key": step.key,
            **step.identity(),
            "inputs": {slot: by_key[given.step] for slot, given in step.inputs.items()},
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


def why(graph: WorkGraph, before: Remembered, about: str) -> list[Change]:
    """All changes in the steps that show or sound ``about`` (a shot, scene, cue or step name), upstream ones
    included.
    """
    now = remembered(graph)
    names = _names(graph)
    wanted = [name for name, step in names.items() if _concerns(step, name, about)]
    changes: list[Change] = []
    seen: set[str] = set()
    for name in wanted:
        changes += _changes(name, now, before, seen)
    if wanted or not before:
        return changes
    return [Change(name, "", "was there", None) for name in before if about in name]


def _concerns(step: Step, name: str, about: str) -> bool:
    return about == name or any(
        shot == about or shot.startswith(f"{about}/") or shot.endswith(f"/{about}") for shot in step.about
    )


def _changes(name: str, now: Remembered, before: Remembered, seen: set[str]) -> Iterator[Change]:
    if name in seen or now[name]["key"] == before.get(name, {}).get("key"):
        return
    seen.add(name)
    if name not in before:
        yield Change(name, "", None, "new")
        return
    new, old = _flat(now[name]), _flat(before[name])
    for field in sorted(new.keys() | old.keys()):
        if new.get(field) != old.get(field) and field != "key":
            yield Change(name, field, old.get(field), new.get(field))
    inputs = now[name]["inputs"]
    for upstream in inputs.values() if isinstance(inputs, dict) else ():
        yield from _changes(str(upstream), now, before, seen)


def _flat(value: object, prefix: str = "") -> dict[str, Json]:
    """``{"params.layers.0.first": 12}``."""
    if isinstance(value, Mapping):
        pairs = [(str(name), item) for name, item in value.items()]
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        pairs = [(str(at), item) for at, item in enumerate(value)]
    else:
        return {prefix: value}  # type: ignore[dict-item]
    flat: dict[str, Json] = {}
    for name, item in pairs:
        flat |= _flat(item, f"{prefix}.{name}" if prefix else name)
    return flat


def _short(value: Json) -> str:
    text = "nothing" if value is None else str(value)
    return text[:12] if len(text) == 64 and all(c in "0123456789abcdef" for c in text) else text[:60]
