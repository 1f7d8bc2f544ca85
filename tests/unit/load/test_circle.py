"""Circling changes one value of a storyboard and no other byte, whatever its style; else it refuses."""

from __future__ import annotations

import difflib
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filmkit.errors import FilmkitError
from filmkit.load import circle as circle_module
from filmkit.load.circle import circle
from filmkit.load.film import read_storyboard, storyboard_from
from filmkit.load.walk import each_shot

HEAD = "filmkit: 1\ntitle: T\n# é before\nscenes:\n  - id: harbour\n    shots:\n"

STYLES = {
    "flow": ("      - {id: boat, lasts: 2s}  # one\n", "      - {id: boat, take: t02, lasts: 2s}  # one\n"),
    "flow with a take": ("      - { take:   t01 ,id: boat }\n", "      - { take:   t02 ,id: boat }\n"),
    "two lines": ("      - {id: boat,\n         to: end}\n", "      - {id: boat, take: t02,\n         to: end}\n"),
    "json": ('      - {"id": "boat", "lasts": "2s"}\n', '      - {"id": "boat", take: t02, "lasts": "2s"}\n'),
    "quoted take": ("      - {id: boat, take: 't01'}\n", "      - {id: boat, take: 't02'}\n"),
    "double quoted take": ('      - id: boat\n        take: "t01"\n', '      - id: boat\n        take: "t02"\n'),
    "block": (
        "      - id: boat      # mine\n        lasts: 2s\n",
        "      - id: boat      # mine\n        take: t02\n        lasts: 2s\n",
    ),
    "block with a take": (
        "      - id: boat\n        take: t7   # best so far\n        lasts: 2s\n",
        "      - id: boat\n        take: t02   # best so far\n        lasts: 2s\n",
    ),
    "id in the middle": (
        "      - action: goes\n        id: boat\n\n        lasts: 2s\n",
        "      - action: goes\n        id: boat\n        take: t02\n\n        lasts: 2s\n",
    ),
    "wide dash": (
        "      -   id: boat\n          lasts: 2s\n",
        "      -   id: boat\n          take: t02\n          lasts: 2s\n",
    ),
    "dash on its own line": (
        "      -\n        id: boat\n        lasts: 2s\n",
        "      -\n        id: boat\n        take: t02\n        lasts: 2s\n",
    ),
    "end of the file": ("      - to: end\n        id: boat", "      - to: end\n        id: boat\n        take: t02\n"),
    "windows": (
        "      - id: boat\r\n        lasts: 2s\r\n",
        "      - id: boat\r\n        take: t02\r\n        lasts: 2s\r\n",
    ),
    "a word that looks alike": (
        "      - {id: boat, action: 'take: t01 of id: boat, lasts'}\n",
        "      - {id: boat, take: t02, action: 'take: t01 of id: boat, lasts'}\n",
    ),
}  # fmt: skip


def write(folder: Path, text: str) -> Path:
    file = folder / "storyboard.yaml"
    file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
def test_take_is_written_in_the_shots_own_style(tmp_path: Path, style: str, bom: str) -> None:
    before, after = STYLES[style]
    file = write(tmp_path, bom + HEAD + before)
    assert circle(file, ("scenes", 0, "shots", 0), "t02")
    assert file.read_bytes() == (bom + HEAD + after).encode()


def test_circling_again_writes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, HEAD + "      - {id: boat, take: t02}\n")
    before = file.stat()
    assert not circle(file, ("scenes", 0, "shots", 0), "t02")
    assert file.stat().st_mtime_ns == before.st_mtime_ns and file.stat().st_ino == before.st_ino


def test_permissions_stay_and_nothing_is_left_beside(tmp_path: Path) -> None:
    file = write(tmp_path, HEAD + "      - {id: boat}\n")
    file.chmod(0o640)
    circle(file, ("scenes", 0, "shots", 0), "t02")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["storyboard.yaml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text(HEAD + "      - {id: boat}\n")
    (tmp_path / "storyboard.yaml").symlink_to(real)
    circle(tmp_path / "storyboard.yaml", ("scenes", 0, "shots", 0), "t02")
    assert (tmp_path / "storyboard.yaml").is_symlink() and "take: t02" in real.read_text()


@pytest.mark.parametrize("shot", ['      - {id: "bo\\x61t"}\n', "      - id: >-\n          boat\n        lasts: 2s\n"])
def test_what_cannot_be_written_safely_is_refused(tmp_path: Path, shot: str) -> None:
    file = write(tmp_path, HEAD + shot)
    before = file.read_bytes()
    with pytest.raises(FilmkitError, match="cannot be written"):
        circle(file, ("scenes", 0, "shots", 0), "t02")
    assert file.read_bytes() == before


def test_a_file_with_errors_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path, HEAD + "      - {id: boat, id: boat}\n")
    with pytest.raises(FilmkitError, match="has errors of its own"):
        circle(file, ("scenes", 0, "shots", 0), "t02")


def test_what_somebody_saves_meanwhile_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, HEAD + "      - {id: boat}\n")
    written = circle_module.write_new

    def edits(path: Path, data: bytes) -> None:
        written(path, data)
        file.write_text(HEAD + "      - {id: boat, lasts: 3s}\n")

    monkeypatch.setattr(circle_module, "write_new", edits)
    with pytest.raises(FilmkitError, match="saved by somebody else"):
        circle(file, ("scenes", 0, "shots", 0), "t02")
    assert "lasts: 3s" in file.read_text() and len(list(tmp_path.iterdir())) == 1


SHOTS = st.lists(
    st.tuples(
        st.sampled_from(["{{id: s{n}, lasts: 2s}}", "{{lasts: 2s, id: s{n}, take: t01}}", "id: s{n}\n        lasts: 2s",
                         "action: 'a, b: c'\n        id: s{n} # x\n        take: t09", "{{id: \"s{n}\", take: 't3'}}"]),
        st.sampled_from(["", "  # é: {take: t01}", "\n", "\n      # take: t05\n"]),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=40)
@given(SHOTS, st.data(), st.sampled_from(["\n", "\r\n"]))
def test_any_shot_of_any_film_is_circled_and_nothing_else_changes(
    tmp_path_factory: pytest.TempPathFactory, shots: list[tuple[str, str]], data: st.DataObject, newline: str
) -> None:
    lines = [f"      - {body.format(n=number)}{behind}\n" for number, (body, behind) in enumerate(shots)]
    text = (HEAD + "".join(lines)).replace("\n", newline)
    file = write(tmp_path_factory.mktemp("film"), text)
    at = data.draw(st.integers(0, len(shots) - 1))
    assert circle(file, ("scenes", 0, "shots", at), "t88")
    after = file.read_bytes().decode()
    ops = [op for op in difflib.SequenceMatcher(None, text, after, autojunk=False).get_opcodes() if op[0] != "equal"]
    assert sum(stop - start for _, start, stop, _, _ in ops) <= 2
    board, findings = storyboard_from(read_storyboard(file))
    assert board is not None, findings
    takes = [shot.take for _, shot, _ in each_shot(board)]
    before, _ = storyboard_from(read_storyboard(write(file.parent, text)))
    assert before is not None
    assert takes == ["t88" if place == at else shot.take for place, (_, shot, _) in enumerate(each_shot(before))]
