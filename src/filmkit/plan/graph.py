"""The work graph: steps as data, each under a key that says everything its bytes depend on.

A key is the sha256 of the step's kind, stage version, parameters, digests of source files, keys of upstream steps and
ids of the tools. Not in the key: paths, names shown to people, costs, times, thread counts (ARCHITECTURE.md, Keys).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from filmkit.model.run import Json
from filmkit.model.take import SourceFile


@dataclass(frozen=True, slots=True)
class Input:
    """Output ``output`` of the upstream step whose key is ``step``."""

    step: str
    output: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a step is expected to take: ``frames`` encoded and CPU ``seconds``, an estimate for people only."""

    frames: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Step:
    """One piece of work. ``name`` (``segment harbour/boat 2/3``) and ``about`` (shots, cues) are for people, and so is
    ``counted_as``: the word it is counted under where people tell it from others of its kind.
    """

    kind: str
    name: str
    version: int
    params: Mapping[str, Json]
    sources: Mapping[str, SourceFile] = field(default_factory=dict)
    inputs: Mapping[str, Input] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)
    about: tuple[str, ...] = ()
    cost: Cost = Cost()
    counted_as: str = ""

    @cached_property
    def key(self) -> str:
        """64 hex digits."""
        return hashlib.sha256(canonical(self.identity()).encode()).hexdigest()

    def identity(self) -> dict[str, Json]:
        """Everything the key is made of, as plain JSON: what ``plan --why`` compares field by field."""
        return {
            "kind": self.kind,
            "version": self.version,
            "params": dict(self.params),
            "sources": {slot: source.sha256 for slot, source in self.sources.items()},
            "inputs": {slot: [given.step, given.output] for slot, given in self.inputs.items()},
            "tools": dict(self.tools),
        }


def counts(steps: Iterable[Step]) -> dict[str, int]:
    """Steps by the word they are counted under: their kind, if nothing else is said."""
    return dict(Counter(step.counted_as or step.kind for step in steps))


def canonical(value: Json) -> str:
    """One spelling of a JSON value: sorted keys, no spaces, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


class WorkGraph:
    """Steps in an order in which each stands after what it needs; equal keys stand once."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._by_key: dict[str, Step] = {}
        for step in steps:
            missing = [given.step for given in step.inputs.values() if given.step not in self._by_key]
            if missing:
                raise ValueError(f"step {step.name!r} stands before what it needs")
            self._by_key.setdefault(step.key, step)

    def __iter__(self) -> Iterator[Step]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def __getitem__(self, key: str) -> Step:
        return self._by_key[key]

    def __contains__(self, key: object) -> bool:
        return key in self._by_key
