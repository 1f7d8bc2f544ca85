"""What a text says of camera and framing: where it stands in the wrong place, and where it contradicts itself."""

from __future__ import annotations

import re
from itertools import combinations
from typing import Final

from filmkit.model.camera import Camera, Move
from filmkit.providers.weaknesses import unquoted

_HOW: Final = r"(?:\s+(?:slowly|gently|quickly|smoothly|suddenly|steadily))?"
_CAMERA_MOVES: Final = (
    r"(?:pans?|tilts?|orbits?|circles?|follows?|tracks?|trucks?|dollies|pushes|pulls|zooms?|cranes?|rises|sinks|glides?"
    r"|drifts?|flies|swoops?|moves?|rolls?|travels?|creeps?|whips?|races|spins?|floats?|rotates?|descends?|ascends?)"
)
_MOVING: Final = re.compile(
    rf"""\bcamera{_HOW}\s+{_CAMERA_MOVES}\b
      | \b(?:tracking|dolly|crane|orbit(?:ing)?|steadicam|drone|zoom|panning)\s+shot\b
      | \bwhip[-\s]pan\b | \b(?:slow|fast|quick|gentle)\s+(?:push[-\s]?in|pull[-\s]?(?:out|back)|zoom|pan|tilt|dolly)\b
      | \bpush(?:es|ing)?[-\s]in\s+(?:on|to|toward)""",
    re.IGNORECASE | re.VERBOSE,
)
_SAID: Final[dict[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for name, pattern in {
        "static": r"""\b(?:static|locked[-\s]?off|fixed|stationary|motionless)\s+(?:\w+\s+)?(?:camera|shot|frame)\b
            | \bcamera\s+(?:is|stays|remains|holds|keeps)\s+(?:perfectly\s+)?(?:still|static|fixed|locked)\b""",
        "pan left": r"\bpan(?:s|ning)?\s+(?:\w+ly\s+)?(?:to\s+the\s+)?left\b",
        "pan right": r"\bpan(?:s|ning)?\s+(?:\w+ly\s+)?(?:to\s+the\s+)?right\b",
        "tilt up": r"\btilt(?:s|ing)?\s+(?:\w+ly\s+)?up\b(?!\s+(?:her|his|its|their))",
        "tilt down": r"\btilt(?:s|ing)?\s+(?:\w+ly\s+)?down\b(?!\s+(?:her|his|its|their))",
        "in": r"""\bzoom(?:s|ing)?\s+in\b | \bpush(?:es|ing)?[-\s]in\b | \bdoll(?:y|ies|ying)[-\s]in\b
            | \b(?:camera|we|and)\s+(?:slowly\s+)?moves?\s+(?:in|closer)\b""",
        "out": r"""\bzoom(?:s|ing)?\s+out\b | \bdoll(?:y|ies|ying)[-\s](?:out|back)\b | \bpull[-\s](?:out|back)\s+shot\b
            | \bpull(?:s|ing)?\s+(?:back|out)\s+(?:to\s+(?:reveal|show)|from|away)\b
            | \bcamera(?:\s+\w+ly)?\s+pulls\s+(?:back|out|away)\b""",
        "follow": r"\bcamera(?:\s+\w+ly)?\s+(?:follows?|tracks?|trails?)\b | \btracking\s+shot\b",
        "orbit": r"\bcamera(?:\s+\w+ly)?\s+(?:orbits?|circles?)\b | \borbit(?:ing)?\s+shot\b",
        "handheld": r"\bhand-?held\s+(?:camera|shot|footage|look)\b | \bshaky\s+(?:camera|cam)\b",
    }.items()
}
_OPPOSITES: Final = ({"pan left", "pan right"}, {"tilt up", "tilt down"}, {"in", "out"})
_IN_TURN: Final = re.compile(r"\b(?:then|before|afterwards|finally|later|back\s+and\s+forth)\b", re.IGNORECASE)

_OF_MOVES: Final = {
    Move.STATIC: "static",
    Move.PAN_LEFT: "pan left",
    Move.PAN_RIGHT: "pan right",
    Move.TILT_UP: "tilt up",
    Move.TILT_DOWN: "tilt down",
    Move.PUSH_IN: "in",
    Move.ZOOM_IN: "in",
    Move.PULL_OUT: "out",
    Move.ZOOM_OUT: "out",
    Move.FOLLOW: "follow",
    Move.ORBIT_LEFT: "orbit",
    Move.ORBIT_RIGHT: "orbit",
    Move.HANDHELD: "handheld",
}

_FRAMING: Final = re.compile(
    r"""\b(?:extreme\s+|medium\s+)?close-?\s?ups?\b
      | \b(?:wide|medium|long|full|establishing|two|master|aerial)[-\s]shot\b
      | \b(?:low|high|dutch)[-\s]angle\b | \bbird['’]?s[-\s]eye\s+view\b | \bover[-\s]the[-\s]shoulder\b
      | \bpoint[-\s]of[-\s]view\s+shot\b""",
    re.IGNORECASE | re.VERBOSE,
)


_NAMES: Final = {"in": "going in", "out": "going out", "static": "a static camera", "moving": "a moving camera"}


def camera_in(text: str) -> str:
    """A camera move that a text speaks of; a camera that somebody carries is none."""
    said = unquoted(text)
    found = _MOVING.search(said) or next((hit for name in _TOLD if (hit := _SAID[name].search(said))), None)
    return found[0].strip() if found else ""


_TOLD: Final = ("static", "pan left", "pan right", "in", "out", "follow", "orbit", "handheld")


def framing_in(text: str) -> str:
    """A size or angle of shot that a text speaks of."""
    found = _FRAMING.search(unquoted(text))
    return found[0] if found else ""


def is_told_to_move(text: str) -> bool:
    """Whether a text has the camera move."""
    said = unquoted(text)
    return bool(_MOVING.search(said)) or any(
        _SAID[name].search(said) for name in _SAID if name not in {"static", "handheld"}
    )


def contradiction(text: str, camera: Camera | None) -> str:
    """Two camera moves that cannot be at once, in a text or between a text and the shot's ``camera``: ``in, out``."""
    said = unquoted(text)
    found = {name for name, pattern in _SAID.items() if pattern.search(said)}
    if _MOVING.search(said) and not found:
        found.add("moving")
    if camera is not None:
        found.add(_OF_MOVES.get(camera.move, "moving"))
    if _IN_TURN.search(said) or (camera is not None and camera.then is not None):
        return ""
    for one, other in combinations(sorted(found), 2):
        if {one, other} in _OPPOSITES or "static" in {one, other}:
            return f"{_NAMES.get(one, one)} and {_NAMES.get(other, other)}"
    return ""
