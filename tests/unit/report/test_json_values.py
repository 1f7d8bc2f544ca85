"""What machines read: plain JSON values under stable names, the same facts as the texts."""

from __future__ import annotations

import json

from films import FIRST_LIGHT, first_light

from filmkit.errors import Stopped, UsageError
from filmkit.model.finding import FilmError, Finding, Place, Severity
from filmkit.model.run import Event, RunReport
from filmkit.plan.cut import cut
from filmkit.plan.graph import Cost, Step
from filmkit.plan.stale import Todo
from filmkit.report.json import error_value, report_value, timeline_value, todo_value

FINDING = Finding("join-empty", "no frames", "lengthen it", Severity.WARNING, Place("s.yaml", 3, 7, "  join: …"), "s/a")
VALUE = {
    "code": "join-empty", "severity": "warning", "message": "no frames", "remedy": "lengthen it", "about": "s/a",
    "file": "s.yaml", "line": 3, "column": 7,
}  # fmt: skip


def test_a_film_error_carries_its_findings() -> None:
    value = error_value(FilmError([FINDING, Finding("x", "y")]), 3)
    assert value["exit_code"] == 3 and value["error"] == "1 error in the storyboard or its media"
    assert value["findings"] == [
        VALUE,
        {**dict.fromkeys(VALUE, ""), "code": "x", "severity": "error", "message": "y", "line": 0, "column": 0},
    ]


def test_other_errors_have_no_findings() -> None:
    assert error_value(UsageError("a", remedy="b"), 2) == {"error": "a", "remedy": "b", "exit_code": 2, "findings": []}
    assert error_value(Stopped(15), 143)["error"] == "stopped"


def test_the_cut_in_frames_and_samples() -> None:
    timeline = cut(first_light(FIRST_LIGHT)).timeline
    assert timeline is not None
    value = json.loads(json.dumps(timeline_value(timeline)))
    assert (value["frames"], value["samples"], value["fps"]) == (408, 816_000, "24")
    assert value["clips"][1] == {
        "shot": "harbour/keeper", "start": 84, "frames": 84, "join": "dissolve", "join_frames": 12,
        "placeholder": False,
    }  # fmt: skip
    assert {"title": "FIRST LIGHT", "start": 24, "stop": 96} in value["titles"]
    horn = {"id": "horn", "stem": "effects", "start": 76_800, "length": 96_000, "scratch": False}
    assert horn in value["sounds"]


def test_what_has_to_be_made() -> None:
    step = Step("segment", "segment s/a", 1, {}, cost=Cost(24, 1.25))
    assert todo_value(Todo((step,), {"mix": 1})) == {
        "missing": [{"kind": "segment", "name": "segment s/a", "key": step.key, "frames": 24}],
        "hits": {"mix": 1}, "frames": 24, "seconds": 1.2,
    }  # fmt: skip


def test_a_report_is_plain_json() -> None:
    event = Event("held", "held", Severity.WARNING, "s/a", touches_content=True)
    report = RunReport("f", "f.mp4", 1, 0.1, {}, {}, 0, 1.0, "local", 2, "landlock", "build", 0, (event,), {"a": None})
    value = json.loads(json.dumps(report_value(report)))
    assert value["events"] == [
        {"code": "held", "message": "held", "severity": "warning", "about": "s/a", "touches_content": True}
    ]
    assert value["facts"] == {"a": None} and value["film"] == "f.mp4"
