"""What a shot asks of a generator: neutral values, before any service's words for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from filmkit.model.camera import Camera
from filmkit.model.run import Json
from filmkit.model.scalar import Size


class Mode(StrEnum):
    """What a take is made from: words, a picture, a clip, or a performance to carry over."""

    T2V = "t2v"
    I2V = "i2v"
    V2V = "v2v"
    PERFORMANCE = "performance"


class Role(StrEnum):
    """What a reference is for: the first or last picture, the clip that is changed, the performance that drives,
    or how somebody or something looks.
    """

    FIRST = "first"
    LAST = "last"
    CLIP = "clip"
    PERFORMANCE = "performance"
    LOOK = "look"


@dataclass(frozen=True, slots=True)
class Reference:
    """A file of the film that goes to the generator: known by its bytes; ``path`` never enters a digest."""

    role: Role
    sha256: str
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the storyboard says of a shot. ``prompt`` replaces all but ``avoid``; ``looks`` are those of the cast."""

    subject: str = ""
    action: str = ""
    framing: str = ""
    camera: Camera | None = None
    style: str = ""
    looks: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class ShotRequest:
    """One take that is wanted: ``take`` is its number in the shot ``shot`` (``harbour/boat``).

    ``seconds`` the take should have at least; ``size`` and ``fps`` those of the film unless the storyboard says
    another size; ``settings`` what only one model knows; ``workflow`` and ``bind`` are for ComfyUI: a file of the
    film, or, without a path, the name of a ready one.
    """

    shot: str
    take: int
    maker: str
    model: str | None
    mode: Mode
    words: Words
    seconds: Fraction
    size: Size
    fps: Fraction
    seed: int | None = None
    references: tuple[Reference, ...] = ()
    settings: Mapping[str, Json] = field(default_factory=dict)
    workflow: Reference | None = None
    bind: Mapping[str, str] = field(default_factory=dict)


def is_ready_workflow(written: str) -> bool:
    """Whether a storyboard's ``workflow`` names one that ships with filmkit (``wan2.2-i2v``): a bare name, no file."""
    return "/" not in written and not written.lower().endswith(".json")


class Fate(StrEnum):
    """What became of a wish that a model cannot fulfil as it stands."""

    UNSUPPORTED = "unsupported"
    APPROXIMATED = "approximated"
    IN_PROMPT = "moved to prompt"


@dataclass(frozen=True, slots=True)
class Loss:
    """One wish that was not kept as written: ``key`` is the storyboard's (``seed``, ``camera.move``), ``detail`` a
    sentence that says what happens instead.
    """

    fate: Fate
    key: str
    detail: str
