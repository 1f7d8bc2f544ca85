"""How loud the whole mix is to be: a place that the film is for, or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from filmkit.model.board import Board, word_as
from filmkit.model.scalar import LufsT, PeakT


class LoudnessFor(StrEnum):
    """Where the film will be heard; each place has its usual numbers (:data:`LOUDNESS_OF`)."""

    YOUTUBE = "youtube"
    SPOTIFY = "spotify"
    PODCAST = "podcast"
    EBU_R128 = "ebu-r128"
    ATSC_A85 = "atsc-a85"
    CINEMA_ISH = "cinema-ish"


LOUDNESS_OF: Final[Mapping[LoudnessFor, tuple[float, float]]] = {
    LoudnessFor.YOUTUBE: (-14.0, -1.0),
    LoudnessFor.SPOTIFY: (-14.0, -1.0),
    LoudnessFor.PODCAST: (-16.0, -1.0),
    LoudnessFor.EBU_R128: (-23.0, -1.0),
    LoudnessFor.ATSC_A85: (-24.0, -2.0),
    LoudnessFor.CINEMA_ISH: (-27.0, -2.0),
}
"""Integrated loudness (LUFS) and true-peak ceiling (dBTP) of each.

- ``youtube``: turns louder films down to about −14 and leaves quieter ones; the ceiling is the usual one before a lossy
  encoder. Measured by its users ("content loudness" in its statistics), published by nobody.
- ``spotify``: the normal setting of its players, −14 LUFS and −1 dBTP (its help pages for artists).
- ``podcast``: Apple Podcasts for creators: −16 LKFS ± 1, true peak not above −1 dBFS.
- ``ebu-r128``: EBU R 128: −23.0 LUFS, maximum true peak −1 dBTP.
- ``atsc-a85``: ATSC A/85: −24 LKFS where nothing else is agreed, true peak below −2 dBTP.
- ``cinema-ish``: the range in which feature films measure, −27 LUFS and −2 dBTP. A cinema sets its level by calibrated
  loudspeakers (SMPTE RP 200), not by a meter, so no file can promise it: hence the name.
"""


def _not_netflix(word: object) -> object:
    if isinstance(word, str) and word.strip().lower() == "netflix":
        raise ValueError(
            "Netflix measures -27 LUFS on dialogue only, which this meter of the whole mix cannot; choose 'cinema-ish' "
            "for a level near it, and have the film measured with dialogue gating before you deliver it"
        )
    return word


LoudnessForT = Annotated[LoudnessFor, BeforeValidator(_not_netflix, json_schema_input_type=LoudnessFor)]


class Loudness(Board):
    """Targets of the mix: those of the place it is ``for``; ``integrated`` loudness (ITU-R BS.1770, LUFS) and
    true-``peak`` ceiling (dBTP) win where they are said.
    """

    for_: LoudnessForT = Field(default=LoudnessFor.YOUTUBE, alias="for")
    integrated: LufsT | None = None
    peak: PeakT | None = None

    @property
    def target_lufs(self) -> float:
        """The integrated loudness that the mix is brought to."""
        return LOUDNESS_OF[self.for_][0] if self.integrated is None else self.integrated

    @property
    def ceiling_dbtp(self) -> float:
        """What no true peak may exceed."""
        return LOUDNESS_OF[self.for_][1] if self.peak is None else self.peak


LoudnessT = Annotated[Loudness, BeforeValidator(word_as("for"), json_schema_input_type=LoudnessFor | Loudness)]
