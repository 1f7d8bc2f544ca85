"""Golden plans: the whole plan of a few films as JSON, for reading and for comparing.

``python tests/support/goldenplans.py`` writes ``tests/golden/*.json`` anew from the storyboards beside them; read the
difference before it is committed. No key and no version stands in them: a stage whose bytes change makes no plan
different.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import yaml
from films import TOOLS, film, sound, still, video

from filmkit.model.run import Json
from filmkit.model.take import MediaFacts
from filmkit.plan.cut import cut
from filmkit.plan.explain import remembered
from filmkit.plan.planner import Quality, plan_film
from filmkit.report.json import findings_value, timeline_value

FOLDER = Path(__file__).resolve().parents[1] / "golden"
_SHOWN = ("params", "inputs", "files", "about")


def golden_names() -> list[str]:
    """The films that have a golden plan."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def plan_text(name: str) -> str:
    """The plan of ``<name>.yaml`` as its golden file holds it.

    The storyboard's first document says what its files hold: ``takes`` by shot as ``seconds fps``, ``sounds``
    by path and seconds, ``pictures`` and ``tables`` by path.
    """
    material, board = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").split("---\n", 1)
    facts = yaml.safe_load(material)
    made = film(board, _takes(facts.get("takes", {})), _files(facts))
    result = cut(made)
    value: dict[str, Json] = {"findings": findings_value(result.findings)}
    if result.timeline is not None:
        loudness = made.storyboard.sound.loudness
        wanted = (loudness.target_lufs, loudness.ceiling_dbtp)
        plan = plan_film(result.timeline, made.storyboard.picture, wanted, TOOLS, Quality())
        steps = remembered(plan.graph)
        value["timeline"] = timeline_value(result.timeline)
        value["steps"] = {step: {part: known[part] for part in _SHOWN if known[part]} for step, known in steps.items()}
        value["events"] = [f"{event.code}: {event.message} ({event.about})" for event in plan.events]
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _takes(written: Mapping[str, str]) -> dict[str, MediaFacts]:
    return {shot: video(float(text.split()[0]), text.split()[1]) for shot, text in written.items()}


def _files(facts: Mapping[str, Mapping[str, float]]) -> dict[str, MediaFacts]:
    sounds = {path: sound(seconds) for path, seconds in facts.get("sounds", {}).items()}
    tables = {path: sound(0) for path in facts.get("tables", ())}  # nobody asks what a table sounds like
    return {**sounds, **tables, **{path: still() for path in facts.get("pictures", ())}}


if __name__ == "__main__":
    for each in golden_names():
        (FOLDER / f"{each}.json").write_text(plan_text(each), encoding="utf-8")
