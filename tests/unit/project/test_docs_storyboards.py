"""Every storyboard in the README and docs/ is one: a reader may copy it."""

from __future__ import annotations

import pytest
import yaml
from repository import ROOT, fenced_blocks

from filmkit.model.storyboard import Storyboard

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [(page.name, "\n".join(block)) for page in PAGES for block in fenced_blocks(page, "yaml")]


@pytest.mark.parametrize(("page", "text"), BLOCKS, ids=[f"{page}-{number}" for number, (page, _) in enumerate(BLOCKS)])
def test_documented_storyboard_fits_the_model(page: str, text: str) -> None:
    board = Storyboard.model_validate(yaml.load(text, yaml.BaseLoader))  # texts as written, as the reader gives them
    assert board.scenes and board.title


def test_readme_shows_a_storyboard_of_ten_lines() -> None:
    [text] = [text for page, text in BLOCKS if page == "README.md"]
    assert len(text.splitlines()) == 10
