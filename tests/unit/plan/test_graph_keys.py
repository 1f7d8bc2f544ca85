"""Keys: they change with every field that decides bytes, and with nothing else."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmkit.model.take import SourceFile
from filmkit.plan.graph import Cost, Input, Step, WorkGraph, canonical

WORDS = st.text("abcdefgh", min_size=1, max_size=6)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
SOURCES = st.builds(SourceFile, HEX, st.integers(0, 9), WORDS, WORDS)
STEPS = st.builds(
    Step,
    kind=WORDS,
    name=WORDS,
    version=st.integers(1, 9),
    params=st.dictionaries(WORDS, JSON, max_size=4),
    sources=st.dictionaries(WORDS, SOURCES, max_size=2),
    inputs=st.dictionaries(WORDS, st.builds(Input, HEX, WORDS), max_size=2),
    tools=st.dictionaries(WORDS, WORDS, max_size=2),
    about=st.tuples(WORDS),
    cost=st.builds(Cost, st.integers(0, 9), st.floats(0, 9)),
)


@given(STEPS)
def test_a_key_is_64_hex_digits_and_always_the_same(step: Step) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", step.key)
    assert replace(step).key == step.key


@given(STEPS, WORDS, st.builds(Cost, st.integers(), st.floats(0, 1)))
def test_names_abouts_costs_and_paths_are_in_no_key(step: Step, word: str, cost: Cost) -> None:
    moved = {slot: replace(source, path=f"/{word}", name=word, size=17) for slot, source in step.sources.items()}
    assert replace(step, name=word, about=(word, word), cost=cost, sources=moved).key == step.key


def shuffled(value: Any, shuffle: Callable[[list[Any]], None]) -> Any:
    """The same JSON with its mappings in another order."""
    if isinstance(value, dict):
        pairs = list(value.items())
        shuffle(pairs)
        return {key: shuffled(item, shuffle) for key, item in pairs}
    return [shuffled(item, shuffle) for item in value] if isinstance(value, list) else value


@given(STEPS, st.randoms(use_true_random=False))
def test_the_order_of_mappings_is_in_no_key(step: Step, chance: random.Random) -> None:
    fields = ("params", "sources", "inputs", "tools")
    assert replace(step, **{name: shuffled(getattr(step, name), chance.shuffle) for name in fields}).key == step.key


@given(STEPS, st.data())
def test_every_field_that_decides_bytes_is_in_the_key(step: Step, data: st.DataObject) -> None:
    digest = data.draw(HEX)
    changed = {
        "kind": f"{step.kind}2",
        "version": step.version + 1,
        "params": {**step.params, "a": [step.params.get("a")]},
        "sources": {**step.sources, "z": SourceFile(digest, 1, "p", "n")},
        "inputs": {**step.inputs, "z": Input(digest, "out")},
        "tools": {**step.tools, "z": "build"},
    }
    keys = {step.key, *(replace(step, **{field: value}).key for field, value in changed.items())}  # type: ignore[arg-type]
    assert len(keys) == 1 + len(changed)


@given(STEPS, SOURCES, HEX, HEX)
def test_what_is_read_is_in_the_key_by_its_bytes_and_its_slot(
    step: Step, source: SourceFile, one: str, two: str
) -> None:
    with_source = replace(step, sources={"a": source})
    other = replace(source, sha256=one if one != source.sha256 else two)
    keys = [
        with_source.key,
        replace(step, sources={"a": other}).key,
        replace(step, sources={"b": source}).key,
    ]
    assert len(set(keys)) == len(keys) or other.sha256 == source.sha256


@given(st.dictionaries(WORDS, JSON, max_size=4), st.dictionaries(WORDS, JSON, max_size=4))
def test_different_values_have_different_spellings(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (canonical(one) == canonical(other)) == (repr_of(one) == repr_of(other))


def repr_of(value: Any) -> str:
    """A spelling that tells 1, 1.0 and True apart, whatever the order of keys."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{repr_of(value[key])}" for key in sorted(value)) + "}"
    return f"[{','.join(map(repr_of, value))}]" if isinstance(value, list) else repr(value)


def test_canonical_is_one_spelling() -> None:
    assert canonical({"b": [1, 2.5, None, True], "a": "é"}) == '{"a":"\\u00e9","b":[1,2.5,null,true]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})


def step(name: str, *needs: Step, **params: Any) -> Step:
    return Step("segment", name, 1, {"name": name, **params}, inputs={str(at): Input(need.key, "out")
                                                                    for at, need in enumerate(needs)})  # fmt: skip


def test_a_change_upstream_reaches_every_key_below_and_no_other() -> None:
    def film(text: str) -> dict[str, str]:
        title = step("title", text=text)
        alone, under = step("alone"), step("under", title)
        return {one.params["name"]: one.key for one in (title, alone, under, step("master", alone, under))}  # type: ignore[misc]

    before, after = film("one"), film("two")
    assert {name for name in before if before[name] != after[name]} == {"title", "under", "master"}


def test_a_graph_keeps_its_order_and_holds_equal_steps_once() -> None:
    title, again = step("title"), replace(step("title"), name="title again")
    graph = WorkGraph([title, again, step("under", title)])
    assert [one.name for one in graph] == ["title", "under"] and len(graph) == 2
    assert title.key in graph and graph[title.key] is title and "0" * 64 not in graph


def test_a_step_before_what_it_needs_is_refused() -> None:
    title = step("title")
    with pytest.raises(ValueError, match="'under' stands before what it needs"):
        WorkGraph([step("under", title), title])
