"""The first of two graphs: what the cut depends on is measured before the film is planned, and kept like any step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from filmkit.engine.attempts import run_missing
from filmkit.engine.execute import Workshop
from filmkit.engine.listen import Listeners
from filmkit.engine.local import run_local
from filmkit.engine.schedule import Failures
from filmkit.media.blame import BrokenMedia
from filmkit.model.analysis import Analysis, Answer
from filmkit.model.film import Film
from filmkit.model.finding import Finding
from filmkit.plan.analyses import analysis_step, wanted
from filmkit.plan.graph import Step, WorkGraph
from filmkit.plan.speech import KIND as SPEECH
from filmkit.plan.speech import is_spoken, silent_lines
from filmkit.plan.stale import Todo, todo

_MOST_ROUNDS = 4
"""An analysis may need another one's answer; chains are short."""


@dataclass(frozen=True)
class Analysed:
    """The film with its answers, and a finding for every file that could not be measured."""

    film: Film
    findings: tuple[Finding, ...] = ()


def analyse(film: Film, shop: Workshop, workers: int) -> Analysed:
    """Measures what the cut of ``film`` depends on; what the store has is not measured again.

    Raises FilmkitError where the store cannot be written or a step fails for another reason than its file.
    """
    findings: list[Finding] = []
    for _ in range(_MOST_ROUNDS):
        asked = wanted(film)
        if not asked:
            break
        answers = _answers(film, asked, shop, workers, findings)
        film = replace(film, analyses={**film.analyses, **answers})
    if is_spoken(film) and not shop.tools_for(film).speech:
        findings += silent_lines(film)
    return Analysed(film, tuple(findings))


def _answers(
    film: Film, asked: Sequence[Analysis], shop: Workshop, workers: int, findings: list[Finding]
) -> dict[Analysis, Answer | None]:
    steps: list[Step] = []
    tools = shop.tools_for(film)
    can_speak = bool(tools.speech)
    goals = {one: analysis_step(one, film, tools, steps) for one in asked if can_speak or one.kind != SPEECH}
    graph = WorkGraph(steps)

    def missing() -> Todo:
        return todo(graph, goals.values(), shop.store.lookup([step.key for step in graph]))

    if missing().missing:
        shop.store.require_writable()
        try:
            run_missing(missing, run_local, shop, Listeners(), workers)
        except Failures as failures:
            if not all(isinstance(error, BrokenMedia) for error in failures.errors):
                raise
            findings += [Finding("file-refused", error.message, error.remedy) for error in failures.errors]
    records = shop.store.lookup(goals.values())
    answered = {one: records[key].facts for one, key in goals.items() if key in records}
    return {one: answered.get(one) for one in asked}
