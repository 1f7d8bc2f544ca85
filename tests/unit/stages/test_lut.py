"""A grade's table: what the check takes, the render takes too; strength mixes it with one that changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from filmkit.errors import StepFailed
from filmkit.load.lut import read_lut
from filmkit.media.tools import Ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.cube import MOST_BYTES, Cube
from filmkit.model.recipe import LutRecipe
from filmkit.model.take import SourceFile
from filmkit.plan.graph import Step
from filmkit.stages import lut

NO_TOOL = Ffmpeg(Path("/none"), "none", True)
CORNERS = [(r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1)]
NEGATIVE = "LUT_3D_SIZE 2\n" + "".join(f"{1 - r} {1 - g} {1 - b}\n" for r, g, b in CORNERS)


def run_stage(folder: Path, data: bytes, strength: float = 1.0) -> Cube:
    """The table that the stage writes of a file with these bytes."""
    source, out = folder / "look.cube", folder / "out"
    source.write_bytes(data)
    out.mkdir()
    params = LutRecipe(strength=strength).as_params()
    step = Step("lut", "lut look.cube", 1, params, {"file": SourceFile("0" * 64, len(data), str(source), "look.cube")})
    made = lut.run(step, Workbench(out, {}, {"file": source}, NO_TOOL))
    return Cube.parse(Path(made.outputs["lut"]).read_text(encoding="ascii"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_a_title_with_accents_is_taken_by_check_and_render_alike(tmp_path: Path, encoding: str) -> None:
    data = f'TITLE "Café"\n{NEGATIVE}'.encode(encoding)
    written = run_stage(tmp_path, data)
    assert read_lut(tmp_path / "look.cube") == written == Cube.parse(NEGATIVE)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (NEGATIVE.encode() + b"#" * MOST_BYTES, "more than 8,388,608 bytes"),
        (NEGATIVE.replace("LUT_3D", "LUT_1D").encode(), "a 1D table"),
        (NEGATIVE.rpartition("\n1")[0].encode(), "6 colours where LUT_3D_SIZE 2 needs 8"),
        (NEGATIVE.replace("0", "nan", 1).encode(), "line 3: three numbers"),
        (b"\xff\xfe\x00\x01", "line 1: three numbers are expected"),
    ],
    ids=["too large", "one dimension", "too few", "no number", "no text"],
)
def test_what_is_no_table_is_refused_by_check_and_render_alike(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(StepFailed, match=says):
        run_stage(tmp_path, data)
    with pytest.raises(ValueError, match=says):
        read_lut(tmp_path / "look.cube")


@pytest.mark.parametrize("strength", [0.0, 0.25, 1.0])
def test_strength_mixes_with_the_table_that_changes_nothing(tmp_path: Path, strength: float) -> None:
    mixed = run_stage(tmp_path, NEGATIVE.encode(), strength)
    expected = tuple(tuple(same + (1 - 2 * same) * strength for same in corner) for corner in CORNERS)
    assert mixed == replace(mixed, colors=expected)
