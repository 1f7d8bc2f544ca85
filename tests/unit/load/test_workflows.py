"""What is wrong with a workflow for ComfyUI is said by ``check``, before anybody asks for a take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from comfyfiles import PAGE, two_experts
from filmfolders import FilmFolder

from filmkit.model.finding import Finding, Severity

BOARD = """\
filmkit: 1
title: Boat
scenes:
  - id: harbour
    shots:
      - id: boat
        lasts: 5s
        action: rolls in the swell
        generate:
"""


def found(folder: Path, generate: dict[str, str], graph: Any = None) -> list[Finding]:
    """What is said of the workflow of a shot without a take."""
    lines = {"with": "comfy", "seed": "41", **generate}
    board = BOARD + "".join(f"          {key}: {value}\n" for key, value in lines.items())
    files: dict[str, str] = {"storyboard.yaml": board}
    if graph is not None:
        files["workflows/mine.json"] = graph if isinstance(graph, str) else json.dumps(graph)
    folder.mkdir(exist_ok=True)
    findings = FilmFolder(folder).write(files).findings()
    return [finding for finding in findings if finding.code.startswith(("workflow", "file"))]


def test_a_ready_workflow_is_named_without_a_file(tmp_path: Path) -> None:
    assert found(tmp_path, {"workflow": "wan2.2-t2v"}) == []


@pytest.mark.parametrize(
    ("workflow", "length", "codes"),
    [("ltx2.3-t2v", "9s", []), ("wan2.2-5b-t2v", "9s", ["length-too-long"]), ("workflows/mine.json", "60s", [])],
)
def test_a_ready_workflow_is_measured_by_its_own_model(
    tmp_path: Path, workflow: str, length: str, codes: list[str]
) -> None:
    board = BOARD + f"          with: comfy\n          workflow: {workflow}\n          length: {length}\n"
    files = {"storyboard.yaml": board, "workflows/mine.json": json.dumps(two_experts())}
    findings = FilmFolder(tmp_path).write(files).findings()
    assert [finding.code for finding in findings if finding.code.startswith(("length", "model"))] == codes


def test_one_that_there_is_none_of_is_said_with_the_nearest(tmp_path: Path) -> None:
    [finding] = found(tmp_path, {"workflow": "wan2.2-i2w"})
    assert (finding.code, finding.severity) == ("workflow-unknown", Severity.WARNING)
    assert "did you mean 'wan2.2-i2v'?" in finding.remedy and finding.place is not None


def test_a_graph_of_ones_own_that_is_right_is_left_in_peace(tmp_path: Path) -> None:
    assert found(tmp_path, {"model": "mine", "workflow": "workflows/mine.json"}, two_experts()) == []
    bound = {"model": "mine", "workflow": "workflows/mine.json", "bind": '{negative: "7.text", fps: "13.fps"}'}
    assert found(tmp_path, bound, two_experts()) == []


def _without(node: str) -> dict[str, Any]:
    return {id_: value for id_, value in two_experts().items() if id_ != node}


def _with(node: str, **inputs: Any) -> dict[str, Any]:
    graph = two_experts()
    graph[node]["inputs"] |= inputs
    return graph


@pytest.mark.parametrize(
    ("graph", "more", "message", "remedy"),
    [
        (PAGE, {}, "format of ComfyUI's page", "Export (API)"),
        ("no json", {}, "is no JSON", "Export (API)"),
        (_without("14"), {}, "saves a file", "Save Video"),
        (_with("8", width=20_000), {}, "node 8 (WanImageToVideo): 'width' cannot be 20000", ""),
        (_without("9"), {}, "'vae' comes from node 9, which is not there", ""),
        (two_experts(), {"bind": '{prompt: "66.text"}'}, "there is no node '66'", "16.value"),
        (two_experts(), {"bind": '{promt: "6.text"}'}, "bind knows no 'promt'", "prompt"),
        (two_experts(), {"settings": "{denoise: 0.5}"}, "has no place for 'denoise'", "filmkit: denoise"),
    ],
)
def test_what_is_wrong_is_said_with_its_node(
    tmp_path: Path, graph: Any, more: dict[str, str], message: str, remedy: str
) -> None:
    [finding] = found(tmp_path, {"model": "mine", "workflow": "workflows/mine.json", **more}, graph)
    assert finding.code == "workflow-wrong" and finding.severity is Severity.WARNING
    assert message in finding.message and remedy in finding.remedy
    assert finding.place is not None and finding.place.line is not None


def test_a_file_that_is_not_there_is_said_once(tmp_path: Path) -> None:
    [finding] = found(tmp_path, {"model": "mine", "workflow": "workflows/mine.json"})
    assert finding.code == "file-missing"
