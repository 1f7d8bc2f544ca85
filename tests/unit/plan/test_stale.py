"""What must run: exactly what is needed and not had, in an order in which it can run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from filmkit.plan.graph import Cost, Input, Step, WorkGraph
from filmkit.plan.stale import todo


@st.composite
def graphs(draw: st.DrawFn) -> WorkGraph:
    """Any graph of up to twelve steps, each of which needs some before it."""
    steps: list[Step] = []
    for at in range(draw(st.integers(1, 12))):
        needs = draw(st.lists(st.sampled_from(steps), max_size=3, unique_by=lambda one: one.key)) if steps else []
        steps.append(Step(
            draw(st.sampled_from(["source", "segment"])), f"step {at}", 1, {"at": at},
            inputs={str(slot): Input(need.key, "out") for slot, need in enumerate(needs)}, cost=Cost(at, 0.5),
        ))  # fmt: skip
    return WorkGraph(steps)


def upstream(graph: WorkGraph, key: str, have: set[str]) -> set[str]:
    """What a missing step needs, itself included, told another way."""
    if key in have:
        return set()
    return {key}.union(*(upstream(graph, given.step, have) for given in graph[key].inputs.values()))


@given(graphs(), st.data())
def test_exactly_what_is_needed_and_missing_runs(graph: WorkGraph, data: st.DataObject) -> None:
    keys = [step.key for step in graph]
    have = set(data.draw(st.lists(st.sampled_from(keys), unique=True)))
    goals = data.draw(st.lists(st.sampled_from(keys), min_size=1, unique=True))
    found = todo(graph, goals, have)
    assert {step.key for step in found.missing} == set().union(*(upstream(graph, goal, have) for goal in goals))
    assert found.frames == sum(step.cost.frames for step in found.missing)
    assert found.seconds == sum(step.cost.seconds for step in found.missing)


@given(graphs(), st.data())
def test_steps_stand_after_what_they_need(graph: WorkGraph, data: st.DataObject) -> None:
    keys = [step.key for step in graph]
    have = set(data.draw(st.lists(st.sampled_from(keys), unique=True)))
    there = set(have)
    for step in todo(graph, keys, have).missing:
        assert {given.step for given in step.inputs.values()} <= there, f"{step.name} comes too early"
        there.add(step.key)
    assert there == set(keys) | have


@given(graphs())
def test_nothing_is_missing_where_all_goals_are_had(graph: WorkGraph) -> None:
    goals = [step.key for step in graph]
    found = todo(graph, goals, set(goals))
    assert found.missing == () and sum(found.hits.values()) == len(graph)


def test_a_goal_that_is_had_needs_nothing_though_its_inputs_are_gone() -> None:
    source = Step("source", "source", 1, {})
    master = Step("master", "master", 1, {}, inputs={"a": Input(source.key, "sound")})
    assert todo(WorkGraph([source, master]), [master.key], {master.key}).missing == ()


def test_hits_are_counted_by_kind_and_what_is_made_again_is_none() -> None:
    one, other = Step("source", "one", 1, {"n": 1}), Step("source", "other", 1, {"n": 2})
    stem = Step("stem", "stem", 1, {}, inputs={"a": Input(one.key, "sound"), "b": Input(other.key, "sound")})
    found = todo(WorkGraph([one, other, stem]), [stem.key], {one.key})
    assert [step.name for step in found.missing] == ["other", "stem"] and found.hits == {"source": 1}
