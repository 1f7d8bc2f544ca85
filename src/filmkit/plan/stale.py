"""What must run: the steps whose results are missing and needed. Known before anything starts."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from filmkit.plan.graph import Step, WorkGraph, counts


@dataclass(frozen=True)
class Todo:
    """``missing`` steps in an order in which they can run; ``hits`` counts by kind what the store has of the film."""

    missing: tuple[Step, ...]
    hits: Mapping[str, int]

    @property
    def frames(self) -> int:
        """Frames to encode."""
        return sum(step.cost.frames for step in self.missing)

    @property
    def seconds(self) -> float:
        """CPU seconds expected, for people only."""
        return sum(step.cost.seconds for step in self.missing)


def todo(graph: WorkGraph, goals: Iterable[str], have: Container[str]) -> Todo:
    """From the goals upstream: a step that is had needs nothing; a missing one needs its inputs. Steps that no goal
    needs count neither as missing nor as hits.
    """
    goals = tuple(goals)
    wanted = upstream(graph, (key for key in goals if key not in have), have)
    needed = upstream(graph, goals)
    had = (step for step in graph if step.key in needed and step.key in have and step.key not in wanted)
    return Todo(tuple(step for step in graph if step.key in wanted), counts(had))


def upstream(graph: WorkGraph, goals: Iterable[str], have: Container[str] = ()) -> set[str]:
    """The goals and all they need, as far as it is not had."""
    found: set[str] = set()
    stack = list(goals)
    while stack:
        key = stack.pop()
        if key not in found:
            found.add(key)
            stack += [given.step for given in graph[key].inputs.values() if given.step not in have]
    return found
