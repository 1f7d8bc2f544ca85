"""What all step builders share: versions of stages, the tools whose ids enter keys, and adding a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from filmkit.plan.graph import Step

VERSIONS = {
    "picture": 1,
    "lut": 1,
    "title": 2,
    "card": 2,
    "segment": 3,
    "source": 2,
    "silence": 1,
    "bars": 1,
    "speech": 1,
    "beats": 1,
    "duck": 1,
    "stem": 2,
    "mix": 4,
    "bounce": 1,
    "waveform": 1,
    "sheet": 3,
    "master": 3,
}
"""The version of each stage. A stage whose bytes change gets the next number; golden digests in the tests guard it."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Ids of what decides bytes: ``media`` (the ffmpeg build), ``drawing`` (``pillow``, fonts), ``sums`` (numpy),
    ``joining`` (PyAV), ``speech`` (the scratch voice; empty where there is none, or none is asked for).
    """

    media: Mapping[str, str]
    drawing: Mapping[str, str]
    sums: Mapping[str, str]
    joining: Mapping[str, str]
    speech: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def version(kind: str) -> int:
        """The version of a stage."""
        return VERSIONS[kind]


def add(steps: list[Step], step: Step) -> str:
    """Appends a step and returns its key."""
    steps.append(step)
    return step.key
