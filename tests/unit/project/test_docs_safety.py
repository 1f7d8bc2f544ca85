"""The tables of docs/safety.md and the tests of hostile files name the same cases, and say the same of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from baits import LURES
from bombs import BOMBS
from hostilenames import NAMES
from oddmedia import ODD
from oddsounds import BROKEN_INSIDE, BROKEN_SOUNDS, ODD_SOUNDS
from repository import ROOT
from spoilt import SPOILT

PAGE = ROOT / "docs" / "safety.md"
FILMS = "films/test_hostile_films.py"
FOLDERS = "films/test_hostile_folders.py"
SOUNDS = "films/test_hostile_sounds.py"
TABLES = "films/test_hostile_tables.py"

FROM_LISTS = {
    **{name: lure.says for name, lure in LURES.items()},
    **{name: broken.says for some in (BOMBS, SPOILT, BROKEN_SOUNDS, BROKEN_INSIDE) for name, broken in some.items()},
    **dict.fromkeys([*ODD, *ODD_SOUNDS], ""),
    **{f"name-{name}": "" for name in NAMES},
}
"""Cases that tests go through one by one, and what a refusal of each says (empty: it is used)."""

USED_BY = {
    "LURES": FILMS, "BOMBS": FILMS, "SPOILT": FILMS, "ODD": FILMS, "BROKEN_SOUNDS": SOUNDS, "BROKEN_INSIDE": SOUNDS,
    "ODD_SOUNDS": SOUNDS, "NAMES": "films/test_hostile_names.py",
}  # fmt: skip
"""Where the lists are gone through."""

IN_TESTS = {"PLACES": FOLDERS, "PATHS": FOLDERS, "KEPT": FOLDERS, "TABLES": TABLES}
"""Lists that stand in a test's own file."""

ELSEWHERE = {
    "flip-later": f"{FILMS}::test_flipped_bits_are_refused_or_give_the_same_film_twice",
    "cut-stream": f"{FILMS}::test_a_stream_that_is_cut_off_is_used_as_far_as_it_goes",
    "offset": "integration/stages/test_source.py::test_sides_that_cancel_and_an_offset_are_heard_and_warned_of",
    "lut-link": f"{TABLES}::test_a_table_that_is_no_file_of_the_film_is_not_opened",
    "lut-pipe": f"{TABLES}::test_a_table_that_is_no_file_of_the_film_is_not_opened",
    "lut-title": f"{TABLES}::test_only_the_numbers_of_a_good_table_are_heeded",
    "name-of-film": "films/test_hostile_names.py::test_a_film_s_own_name_may_be_anything",
    "title-signs": "integration/stages/test_title.py::test_signs_of_filters_and_shells_come_out_as_written",
    "yaml-bombs": "unit/load/test_reader_limits.py::test_bomb_is_refused_in_a_moment",
    "yaml-tags": "unit/load/test_reader_limits.py::test_what_a_storyboard_may_not_hold_is_refused",
    "own-programs": f"{FOLDERS}::test_programs_and_settings_in_a_film_are_left_alone",
    "own-settings": f"{FOLDERS}::test_under_prefect_they_are_left_alone_too",
}
"""Cases that have a test of their own."""


def rows() -> Iterator[tuple[list[str], str]]:
    """The cases of each row of the page's tables, and what happens to them."""
    part = PAGE.read_text(encoding="utf-8").partition("## What happens to hostile and broken files")[2]
    for line in part.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            assert len(cells) == 3, line
            yield re.findall("`([^`]+)`", cells[0]), cells[2]


def listed_in_tests() -> list[str]:
    """The keys of lists in the test files themselves, read without running them."""
    found: list[str] = []
    for name, file in IN_TESTS.items():
        for node in ast.walk(ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                value = getattr(node, "value", None)
                assert isinstance(value, ast.Dict)
                found += [str(ast.literal_eval(key)) for key in value.keys if key is not None]
    return found


def test_every_case_stands_on_the_page_once_and_nothing_else_does() -> None:
    documented = [case for cases, _ in rows() for case in cases]
    tried = [*FROM_LISTS, *listed_in_tests(), *ELSEWHERE]
    assert len(set(documented)) == len(documented)
    assert len(set(tried)) == len(tried) > 200
    assert sorted(set(documented) - set(tried)) == [], "on the page, and not tried"
    assert sorted(set(tried) - set(documented)) == [], "tried, and not on the page"


@pytest.mark.parametrize(("cases", "outcome"), [*rows()], ids=[cases[0] for cases, _ in rows()])
def test_the_page_says_what_the_tests_prove(cases: list[str], outcome: str) -> None:
    quoted = re.findall('"([^"]+)"', outcome)
    patterns = [".*".join(map(re.escape, quote.split("…"))) for quote in quoted]
    for case in cases:
        if case not in FROM_LISTS:
            continue
        says = FROM_LISTS[case]
        assert bool(says) == outcome.startswith("refused"), case
        meets = [
            quote for quote, pattern in zip(quoted, patterns, strict=True) if re.search(pattern, says) or says in quote
        ]
        assert meets or not says, f"{case}: the page says {quoted}, the refusal {says!r}"


@pytest.mark.parametrize("case", ELSEWHERE)
def test_a_case_proved_elsewhere_has_its_test(case: str) -> None:
    file, _, name = ELSEWHERE[case].partition("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", USED_BY)
def test_a_list_of_cases_is_gone_through(name: str) -> None:
    tree = ast.parse((ROOT / "tests" / USED_BY[name]).read_text(encoding="utf-8"))
    loops = [node for node in ast.walk(tree) if isinstance(node, (ast.For, ast.comprehension, ast.Call))]
    assert any(name in {leaf.id for leaf in ast.walk(loop) if isinstance(leaf, ast.Name)} for loop in loops)
