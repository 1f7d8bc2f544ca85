"""ComfyUI's workflows that a storyboard names: read, held against the nodes' definitions, and bound, before anybody
asks for a take. A warning each: a film renders without its takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from filmkit.errors import FilmkitError
from filmkit.load.makers import Commission, commissions, place_of
from filmkit.load.words import nearest, shown
from filmkit.model.finding import Finding, Severity
from filmkit.model.generation import Mode, Reference, Role, is_ready_workflow
from filmkit.model.storyboard import Generator, Storyboard
from filmkit.model.take import SourceFile, Take

if TYPE_CHECKING:
    from filmkit.providers.comfy_bind import Binding

_ALWAYS: Final = ("prompt", "seed", "prefix")
_BY_MODE: Final = {Mode.I2V: "first", Mode.V2V: "clip", Mode.PERFORMANCE: "performance"}


def check_workflows(
    board: Storyboard, takes: Mapping[str, tuple[Take, ...]], files: Mapping[str, SourceFile]
) -> list[Finding]:
    """Findings for the workflows of shots whose takes are still to be made, each once."""
    found: dict[tuple[str, str], Finding] = {}
    for commission in commissions(board, takes, files):
        if commission.maker is Generator.COMFY and (commission.generate.workflow or commission.generate.bind):
            for finding in _about(commission, files):
                found.setdefault((finding.code, finding.message), finding)
    return list(found.values())


def _about(commission: Commission, files: Mapping[str, SourceFile]) -> Iterator[Finding]:
    written = commission.generate.workflow
    file = files.get(written) if written else None
    if written and is_ready_workflow(written):
        yield from _unknown(commission, written)
    if written and file is None and not is_ready_workflow(written):
        return  # that it is not there is said already
    try:
        binding = _binding(commission, file)
        if binding is not None:
            _place_all(commission, binding)
    except FilmkitError as error:
        yield _finding(commission, error.message, error.remedy)


def _unknown(commission: Commission, written: str) -> Iterator[Finding]:
    from filmkit.providers.comfy_shipped import ready_workflows

    if written not in ready_workflows():
        near = nearest(written, list(ready_workflows()))
        guess = f"did you mean '{near}'? " if near else ""
        yield _finding(commission, f"there is no ready workflow '{shown(written)}'",
                       f"{guess}there are {', '.join(ready_workflows())}; a file of the film ends in .json",
                       "workflow-unknown")  # fmt: skip


def _binding(commission: Commission, file: SourceFile | None) -> Binding | None:
    """The graph with its map; None where there is nothing to look at. Raises GraphError."""
    from filmkit.providers.comfy_bind import Binding, check_words
    from filmkit.providers.comfy_compile import read_workflow
    from filmkit.providers.comfy_graph import GraphError, parse_graph
    from filmkit.providers.comfy_nodes import known_nodes, problems
    from filmkit.providers.comfy_shipped import ready_workflows

    written, bind = commission.generate.workflow, commission.generate.bind or {}
    if file is not None:
        name, plain = file.name, read_workflow(Reference(Role.LOOK, file.sha256, file.path, file.name))
    elif written in ready_workflows():
        name, plain = str(written), ready_workflows()[str(written)].graph()
    else:
        return None
    graph = parse_graph(plain, name)
    for problem in problems(graph, known_nodes()):
        raise GraphError(f"{name}: {problem}", remedy=problem.remedy or "mend it in ComfyUI and export it again")
    check_words(graph, bind, commission.generate.settings or {})
    return Binding(graph, bind)


def _place_all(commission: Commission, binding: Binding) -> None:
    """Looks for the place of each word that is needed or named. Raises GraphError."""
    from filmkit.providers.comfy_graph import GraphError

    mode = commission.wish.mode
    wanted = [*_ALWAYS, *([_BY_MODE[mode]] if mode in _BY_MODE else []), *(commission.generate.bind or {}),
              *(commission.generate.settings or {})]  # fmt: skip
    for key in wanted:
        word = key.replace("_", " ").lower()
        if not binding.of(word) and word != "seed":
            raise GraphError(
                f"{binding.graph.name} has no place for '{key}'",
                remedy=f"give a node the title 'filmkit: {word}' in ComfyUI and export again, or write bind: "
                f'{{{key}: "<node>.<input>"}}',
            )


def _finding(commission: Commission, message: str, remedy: str, code: str = "workflow-wrong") -> Finding:
    key = "bind" if " bind " in message and commission.generate.bind else "workflow"
    return Finding(code, message, remedy, Severity.WARNING, path=place_of(commission, f"generate.{key}"))
