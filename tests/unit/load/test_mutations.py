"""The complete example, broken in every way chance finds: always a film or findings with a place, never a crash."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from repository import ROOT
from storyboards import findings_of

from filmkit.load.against import check_against
from filmkit.load.film import Loaded, storyboard_from
from filmkit.load.reader import read_tree
from filmkit.model.film import Film

EXAMPLE = re.findall(
    r"^```yaml\n(filmkit: 1\n.*?)^```", (ROOT / "docs" / "storyboard.md").read_text(encoding="utf-8"), re.M | re.S
)[0]
LINES = EXAMPLE.split("\n")
WORDS = sorted(set(re.findall(r"[\w.#-]+|[{}\[\]:,\"]", EXAMPLE)))


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_broken_example_gives_findings_with_places(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.sampled_from(["delete", "double", "move", "word", "indent"]))
        if kind == "delete":
            del lines[at]
        elif kind == "double":
            lines.insert(data.draw(st.integers(0, len(lines))), lines[at])
        elif kind == "move":
            lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(at))
        elif kind == "indent":
            lines[at] = " " * data.draw(st.integers(1, 8)) + lines[at]
        else:
            old, new = (
                data.draw(st.sampled_from(WORDS)),
                data.draw(st.sampled_from([*WORDS, "", "none", "4", "1:30", "x y"])),
            )
            lines[at] = lines[at].replace(old, new, 1)
    text = "\n".join(lines)
    for finding in findings_of(text):
        assert finding.message and finding.place is not None
        assert 1 <= finding.place.line <= len(lines) + 1
        assert finding.place.line > len(lines) or finding.place.excerpt[:100] == lines[finding.place.line - 1][:100]


def test_example_differs_from_a_template_of_itself_in_nothing(tmp_path: Path) -> None:
    reading = read_tree(EXAMPLE.encode(), "storyboard.yaml")
    board, _ = storyboard_from(reading)
    assert board is not None
    template = tmp_path / "template.yaml"
    template.write_text(EXAMPLE + "fixed: [picture, sound, titles, cut_on]\n", encoding="utf-8")
    loaded = Loaded(tmp_path, Film("x", board), (), reading.tree)
    assert check_against(loaded, template) == ()
