"""Plans of a few films, whole: a change of the planner shows what it changes, line by line."""

from __future__ import annotations

from difflib import unified_diff

import pytest
from goldenplans import FOLDER, golden_names, plan_text


@pytest.mark.parametrize("name", golden_names())
def test_plan_is_the_golden_one(name: str) -> None:
    golden = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    lines = unified_diff(golden.splitlines(), plan_text(name).splitlines(), "golden", "planned", n=2, lineterm="")
    difference = "\n".join(lines)
    assert not difference, f"if this is meant: python tests/support/goldenplans.py\n{difference}"


def test_there_are_golden_plans_and_none_without_its_storyboard() -> None:
    assert golden_names() == sorted(path.stem for path in FOLDER.glob("*.json"))
    assert len(golden_names()) >= 4
