"""Twelve mixes of different character, each for two targets: within 0.1 LU as a player hears them, or told why not."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from mixes import TWELVE
from soundsteps import make_mix

from filmkit.media.tools import find_ffmpeg
from filmkit.model.recipe import MixRecipe

LENGTH = 24 * 48_000
CEILING_DBTP = -1.0
OUT_OF_REACH = {"clicks"}
"""Single samples: their loudness is 36 LU below their peaks, and no limiter makes that 14 without making noise."""


def ebur128(file: Path) -> tuple[float, float]:
    """Integrated loudness and true peak as ffmpeg's own meter reads them, to a tenth."""
    command = [str(find_ffmpeg().path), "-nostdin", "-hide_banner", "-i", str(file),
               "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]  # fmt: skip
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    integrated, peak = re.findall(r"(?:I|Peak): +(-?[\d.]+) (?:LUFS|dBFS)", said)
    return float(integrated), float(peak)


@pytest.mark.slow
@pytest.mark.parametrize("lufs", [-14.0, -23.0])
@pytest.mark.parametrize("name", TWELVE)
def test_a_mix_lands_on_its_target_or_says_why_not(tmp_path: Path, name: str, lufs: float) -> None:
    recipe = MixRecipe(length=LENGTH, integrated_lufs=lufs, peak_dbtp=CEILING_DBTP)
    file, made = make_mix(tmp_path, recipe, TWELVE[name](LENGTH))
    integrated, peak = ebur128(file)
    codes = [event.code for event in made.events]
    if name in OUT_OF_REACH:
        assert "loudness-missed" in codes and peak >= CEILING_DBTP - 0.6
    else:
        assert made.facts["integrated_lufs"] == pytest.approx(lufs, abs=0.1)
        assert "loudness-missed" not in codes
    assert integrated == pytest.approx(made.facts["integrated_lufs"], abs=0.1)
    assert peak <= CEILING_DBTP + 0.05
    assert made.facts["true_peak_dbtp"] == pytest.approx(peak, abs=0.15)
    assert isinstance(made.facts["encodings"], int) and made.facts["encodings"] <= 2
