"""What a storyboard asks of a model and the model cannot do, with the nearest that it can; and words it stumbles over.

None of it is an error: a film renders without its takes, and ``generate`` refuses by itself what cannot be made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from filmkit.load.makers import Commission, commissions, place_of
from filmkit.load.walk import KeyPath
from filmkit.load.words import nearest, shown
from filmkit.model.finding import Finding, Severity
from filmkit.model.generation import Fate
from filmkit.model.storyboard import Generator, Storyboard
from filmkit.model.take import SourceFile, Take
from filmkit.providers.capabilities import capabilities
from filmkit.providers.fit import Misfit, misfits
from filmkit.providers.lint import Told, lint
from filmkit.providers.prompt import compose_words


def check_generation(
    board: Storyboard, takes: Mapping[str, tuple[Take, ...]], files: Mapping[str, SourceFile]
) -> list[Finding]:
    """Findings for the shots whose takes are still to be made; one for each place, however many shots it holds for."""
    found: dict[tuple[str, KeyPath], list[tuple[str, Finding]]] = {}
    for commission in commissions(board, takes, files):
        name = commission.model.id if commission.model is not None else ""
        for finding in _about(commission):
            found.setdefault((finding.code, finding.path), []).append((name, finding))
    return [_for_all(same) for same in found.values()]


def _for_all(same: Sequence[tuple[str, Finding]]) -> Finding:
    """One finding for a place that several shots inherit from, with the further models that it holds for."""
    model, first = same[0]
    others = list(dict.fromkeys(name for name, _ in same if name != model))
    if first.code.startswith(_OF_WORDS) or not others:
        return first
    return replace(first, message=f"{first.message} (the same with {', '.join(others)})")


_OF_WORDS: Final = "prompt-"
"""Codes of advice on words, which hold whatever the model."""


def _about(commission: Commission) -> Iterator[Finding]:
    yield from _unknown_model(commission)
    yield from _weak_words(commission)
    if commission.model is None or commission.maker is Generator.MANUAL:
        return
    found = misfits(commission.wish, commission.model)
    retired = [misfit for misfit in found if misfit.code == "model-retired"]
    for misfit in retired or found:  # what a model that is gone could not do is of no concern
        severity = _severity(commission, misfit)
        if severity is not None:
            path = place_of(commission, misfit.loss.key)
            yield Finding(misfit.code, misfit.loss.detail, misfit.remedy, severity, path=path)
    if not retired:
        yield from _long_prompt(commission)


def _unknown_model(commission: Commission) -> Iterator[Finding]:
    if commission.model is not None or commission.maker is Generator.MANUAL:
        return
    table, maker, word = capabilities(), commission.maker.value, commission.generate.model
    known = [model.id for model in table.of(maker) if not model.is_any]
    path = place_of(commission, "generate.model")
    if word is None:
        message = f"'{maker}' has no model that is taken by itself"
        remedy = f"name one: model: {known[0]}" if known else "name one with 'model'"
        yield Finding("model-missing", message, f"{remedy}, or choose another maker", Severity.WARNING, path=path)
        return
    if commission.maker is Generator.COMFY and commission.generate.workflow:
        return
    near = nearest(word, [name for model in table.of(maker) for name in model.words])
    is_open = table.providers[maker].is_open
    guess = f"did you mean '{near}'? " if near else ""
    checked = f"{table.checked_on.day} {table.checked_on:%B} {table.checked_on.year}"
    message = f"'{shown(word)}' is not in the table of {maker}'s models of {checked}"
    remedy = (
        "its lengths, sizes and price are not known, nothing of it is checked"
        if is_open
        else f"known: {', '.join(known)}"
    )
    severity = Severity.NOTE if is_open and not near else Severity.WARNING
    yield Finding("model-unknown", message, guess + remedy, severity, path=path)


_PASSED_OVER: Final = {"size-small"}
"""Of no concern before a take is made: the film is scaled up, as the plan says."""

_BY_PLACE: Final = {"seed-unsupported", "avoid-unsupported", "refs-unsupported"}
"""Warned of where the shot itself says so; where it only inherits it, for other shots perhaps, a note."""


def _severity(commission: Commission, misfit: Misfit) -> Severity | None:
    if misfit.code in _PASSED_OVER or misfit.loss.fate is Fate.IN_PROMPT:
        return None
    if misfit.code in {"model-retiring", "camera-approximated"}:
        return Severity.NOTE
    if misfit.code in _BY_PLACE and place_of(commission, misfit.loss.key)[:4] != commission.path:
        return Severity.NOTE
    return Severity.WARNING


def _weak_words(commission: Commission) -> Iterator[Finding]:
    """Advice on the words, whoever makes the take: a web page is told the same."""
    wish = commission.wish
    for weakness in lint(Told(commission.words, wish.mode, wish.seconds, commission.model)):
        path = place_of(commission, weakness.key)
        yield Finding(weakness.code, weakness.message, weakness.remedy, weakness.severity, path=path)


def _long_prompt(commission: Commission) -> Iterator[Finding]:
    if commission.model is None or commission.model.is_any:
        return
    made = compose_words(commission.words, commission.wish.mode, commission.model)
    if not made.over:
        return
    [loss] = [loss for loss in made.losses if loss.key == "prompt"]
    key = "prompt" if commission.shot.prompt is not None else "action"
    remedy = f"take {made.over} out: nothing is cut by itself, the service refuses it"
    yield Finding("prompt-too-long", loss.detail, remedy, Severity.WARNING, path=place_of(commission, key))
