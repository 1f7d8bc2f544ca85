"""What the camera does, in each model's dialect: fields, brackets, a node, a LoRA, or words in the prompt.

    film          Kling's field       Hailuo's brackets    Wan's node      LTX's LoRA
    pan left      tilt −              [Pan left]           ~ Pan Left      words
    tilt up       pan +               [Tilt up]            ~ Pan Up        words
    truck left    horizontal −        [Truck left]         Pan Left        dolly_left
    push in       ~ forward_up        [Push in]            Zoom In         dolly_in
    zoom in       zoom −              [Zoom in]            ~ Zoom In       words

Two traps. Kling calls the film's pan ``tilt`` and its tilt ``pan`` (ComfyUI's KlingCameraConfig), and a smaller
``zoom`` is a narrower view. Wan's node *carries* the camera where it says Pan and Zoom (ComfyUI's CAMERA_DICT has
translations there): for a real pan or zoom it only comes near. All is tables; what is not said as written is a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from filmkit.model.camera import Camera, CameraMove, Move, Pace
from filmkit.model.generation import Fate, Loss
from filmkit.model.run import Json
from filmkit.providers.capability import CameraWay

INTENSITY: Final = {Pace.STILL: 0.0, Pace.SLOW: 0.3, Pace.NORMAL: 0.6, Pace.FAST: 1.0}
"""How strong a move of this pace is, 0 to 1."""


@dataclass(frozen=True)
class CameraWords:
    """A camera as one model is told of it. ``phrase`` goes into the prompt as a sentence, ``brackets`` as they are;
    ``control`` goes into the request: Kling's ``camera_control``, the inputs of Wan's node, LTX's LoRA and its scale.
    """

    phrase: str = ""
    brackets: str = ""
    control: Mapping[str, Json] = field(default_factory=dict)
    losses: tuple[Loss, ...] = ()


def camera_words(camera: Camera | None, way: CameraWay) -> CameraWords:
    """The camera in a dialect, with everything that is not said as it was written. Pure."""
    if camera is None:
        return CameraWords()
    return _WAYS[way](camera)


_VERBS: Final = {
    Move.PAN_LEFT: "pans left",
    Move.PAN_RIGHT: "pans right",
    Move.TILT_UP: "tilts up",
    Move.TILT_DOWN: "tilts down",
    Move.ROLL_CW: "rolls clockwise",
    Move.ROLL_CCW: "rolls counterclockwise",
    Move.ZOOM_IN: "zooms in",
    Move.ZOOM_OUT: "zooms out",
    Move.PUSH_IN: "pushes in",
    Move.PULL_OUT: "pulls back",
    Move.TRUCK_LEFT: "tracks sideways to the left",
    Move.TRUCK_RIGHT: "tracks sideways to the right",
    Move.PEDESTAL_UP: "rises straight up",
    Move.PEDESTAL_DOWN: "sinks straight down",
    Move.ORBIT_LEFT: "orbits to the left around the subject",
    Move.ORBIT_RIGHT: "orbits to the right around the subject",
    Move.CRANE_UP: "cranes up",
    Move.CRANE_DOWN: "cranes down",
    Move.FOLLOW: "follows the subject at a constant distance",
}
_STATIC: Final = "locked-off static camera"
_HANDHELD: Final = {
    Pace.STILL: "handheld camera, held almost still",
    Pace.SLOW: "handheld camera, very slight shake",
    Pace.NORMAL: "handheld camera, slight shake",
    Pace.FAST: "handheld camera, strong shake",
}
_ADVERBS: Final = {Pace.STILL: "barely ", Pace.SLOW: "slowly ", Pace.NORMAL: "", Pace.FAST: "quickly "}


def phrase_of(camera: Camera) -> str:
    """The camera in plain words: ``the camera slowly pushes in, then pans left``."""
    first = _clause(camera)
    if camera.then is None:
        return first
    if camera.move in _VERBS and camera.then.move in _VERBS:
        return f"{first}, then {_ADVERBS[camera.then.pace]}{_VERBS[camera.then.move]}"
    return f"{first}, then {_clause(camera.then)}"


def _clause(move: CameraMove) -> str:
    if move.move is Move.STATIC:
        return _STATIC
    if move.move is Move.HANDHELD:
        return _HANDHELD[move.pace]
    return f"the camera {_ADVERBS[move.pace]}{_VERBS[move.move]}"


def _loss(fate: Fate, key: str, detail: str) -> Loss:
    return Loss(fate, key, detail)


def _in_prompt(camera: Camera, why: str = "there is no field for it") -> CameraWords:
    phrase = phrase_of(camera)
    return CameraWords(phrase, losses=(_loss(Fate.IN_PROMPT, "camera.move", f"{why}: the prompt says '{phrase}'"),))


def _nowhere(camera: Camera) -> CameraWords:
    detail = f"this model takes no camera: '{phrase_of(camera)}' is left out"
    return CameraWords(losses=(_loss(Fate.UNSUPPORTED, "camera.move", detail),))


# Kling: camera_control

_KLING: Final = {
    Move.PAN_LEFT: ("tilt", -1),
    Move.PAN_RIGHT: ("tilt", 1),
    Move.TILT_UP: ("pan", 1),
    Move.TILT_DOWN: ("pan", -1),
    Move.ROLL_CCW: ("roll", -1),
    Move.ROLL_CW: ("roll", 1),
    Move.ZOOM_IN: ("zoom", -1),
    Move.ZOOM_OUT: ("zoom", 1),
    Move.TRUCK_LEFT: ("horizontal", -1),
    Move.TRUCK_RIGHT: ("horizontal", 1),
    Move.PEDESTAL_UP: ("vertical", 1),
    Move.PEDESTAL_DOWN: ("vertical", -1),
    Move.CRANE_UP: ("vertical", 1),
    Move.CRANE_DOWN: ("vertical", -1),
}
_KLING_FIELDS: Final = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
_KLING_PRESETS: Final = {
    Move.PUSH_IN: ("forward_up", "the camera goes forward and rises"),
    Move.PULL_OUT: ("down_back", "the camera goes back and sinks"),
}
_CRANE: Final = "the camera rises or sinks straight, without a crane's swing"


def _kling(camera: Camera) -> CameraWords:
    if camera.move in _KLING_PRESETS:
        preset, comes_out = _KLING_PRESETS[camera.move]
        losses = [_loss(Fate.APPROXIMATED, "camera.move", f"'{preset}' comes nearest to {camera.move}: {comes_out}")]
        if camera.pace is not Pace.NORMAL:
            losses.append(_loss(Fate.UNSUPPORTED, "camera.pace", f"'{preset}' has no pace"))
        return _with_then(camera, CameraWords(control={"type": preset}, losses=tuple(losses)))
    strength = round(10 * INTENSITY[camera.pace])
    if camera.move not in _KLING or not strength:
        return _in_prompt(camera)
    name, sign = _KLING[camera.move]
    config: dict[str, Json] = {axis: sign * strength if axis == name else 0 for axis in _KLING_FIELDS}
    losses = [_near(camera.move, _CRANE)] if camera.move in _CRANES else []
    return _with_then(camera, CameraWords(control={"type": "simple", "config": config}, losses=tuple(losses)))


_CRANES: Final = {Move.CRANE_UP, Move.CRANE_DOWN}


def _near(move: Move, what: str) -> Loss:
    return _loss(Fate.APPROXIMATED, "camera.move", f"{move} is only approximated: {what}")


def _with_then(camera: Camera, said: CameraWords) -> CameraWords:
    """A dialect that knows one move has the second one said in the prompt."""
    if camera.then is None:
        return said
    phrase = f"then {_clause(camera.then)}"
    loss = _loss(Fate.IN_PROMPT, "camera.then", f"only one move has a field: the prompt says '{phrase}'")
    return CameraWords(phrase, said.brackets, said.control, (*said.losses, loss))


# Hailuo: commands in brackets, at most three in one

_BRACKETS: Final = {
    Move.STATIC: ("Static shot",),
    Move.PAN_LEFT: ("Pan left",),
    Move.PAN_RIGHT: ("Pan right",),
    Move.TILT_UP: ("Tilt up",),
    Move.TILT_DOWN: ("Tilt down",),
    Move.ZOOM_IN: ("Zoom in",),
    Move.ZOOM_OUT: ("Zoom out",),
    Move.PUSH_IN: ("Push in",),
    Move.PULL_OUT: ("Pull out",),
    Move.TRUCK_LEFT: ("Truck left",),
    Move.TRUCK_RIGHT: ("Truck right",),
    Move.PEDESTAL_UP: ("Pedestal up",),
    Move.PEDESTAL_DOWN: ("Pedestal down",),
    Move.FOLLOW: ("Tracking shot",),
    Move.HANDHELD: ("Shake",),
    Move.ORBIT_LEFT: ("Truck left", "Pan right"),
    Move.ORBIT_RIGHT: ("Truck right", "Pan left"),
    Move.CRANE_UP: ("Pedestal up", "Tilt down"),
    Move.CRANE_DOWN: ("Pedestal down", "Tilt up"),
}
_PACELESS: Final = {Move.STATIC, Move.HANDHELD}


def _hailuo(camera: Camera) -> CameraWords:
    moves: list[CameraMove] = [camera, *([camera.then] if camera.then else [])]
    if any(move.move not in _BRACKETS for move in moves):
        return _in_prompt(camera, "there is no command for it")
    losses: list[Loss] = []
    for move in moves:
        commands = _BRACKETS[move.move]
        if len(commands) > 1:
            losses.append(_near(move.move, f"it is said as {' and '.join(commands).lower()} together"))
    phrase = _pace_phrase(moves, losses)
    brackets = "".join(f"[{','.join(_BRACKETS[move.move])}]" for move in moves)
    return CameraWords(phrase, brackets, losses=tuple(losses))


def _pace_phrase(moves: list[CameraMove], losses: list[Loss]) -> str:
    """Brackets know no pace: it is said in words, and told."""
    paced = [move for move in moves if move.pace is not Pace.NORMAL and move.move not in _PACELESS]
    if not paced:
        return ""
    phrase = ", then ".join(_clause(move) for move in paced)
    losses.append(_loss(Fate.IN_PROMPT, "camera.pace", f"brackets have no pace: the prompt says '{phrase}'"))
    return phrase


# Wan: the inputs of ComfyUI's WanCameraEmbedding

_TURNED: Final = "the camera is carried along, not turned on the spot"
_LENS: Final = "the camera itself moves, its lens stays as it is"
_WAN: Final = {
    Move.STATIC: ("Static", ""),
    Move.TRUCK_LEFT: ("Pan Left", ""),
    Move.TRUCK_RIGHT: ("Pan Right", ""),
    Move.PEDESTAL_UP: ("Pan Up", ""),
    Move.PEDESTAL_DOWN: ("Pan Down", ""),
    Move.PUSH_IN: ("Zoom In", ""),
    Move.PULL_OUT: ("Zoom Out", ""),
    Move.ROLL_CCW: ("Anti Clockwise (ACW)", ""),
    Move.ROLL_CW: ("ClockWise (CW)", ""),
    Move.PAN_LEFT: ("Pan Left", _TURNED),
    Move.PAN_RIGHT: ("Pan Right", _TURNED),
    Move.TILT_UP: ("Pan Up", _TURNED),
    Move.TILT_DOWN: ("Pan Down", _TURNED),
    Move.ZOOM_IN: ("Zoom In", _LENS),
    Move.ZOOM_OUT: ("Zoom Out", _LENS),
    Move.CRANE_UP: ("Pan Up", _CRANE),
    Move.CRANE_DOWN: ("Pan Down", _CRANE),
}


def _wan(camera: Camera) -> CameraWords:
    if camera.move not in _WAN:
        return _in_prompt(camera)
    pose, near = _WAN[camera.move]
    control: dict[str, Json] = {"camera_pose": pose, "speed": round(0.5 + 1.5 * INTENSITY[camera.pace], 2)}
    losses = (_near(camera.move, near),) if near else ()
    return _with_then(camera, CameraWords(control=control, losses=losses))


# LTX: a LoRA and its scale

_LTX: Final = {
    Move.STATIC: ("static", ""),
    Move.PUSH_IN: ("dolly_in", ""),
    Move.PULL_OUT: ("dolly_out", ""),
    Move.TRUCK_LEFT: ("dolly_left", ""),
    Move.TRUCK_RIGHT: ("dolly_right", ""),
    Move.PEDESTAL_UP: ("jib_up", ""),
    Move.PEDESTAL_DOWN: ("jib_down", ""),
    Move.CRANE_UP: ("jib_up", _CRANE),
    Move.CRANE_DOWN: ("jib_down", _CRANE),
}


def _ltx(camera: Camera) -> CameraWords:
    if camera.move not in _LTX:
        return _in_prompt(camera, "there is no LoRA for it")
    name, near = _LTX[camera.move]
    scale = 1.0 if camera.move is Move.STATIC else round(0.5 + 0.5 * INTENSITY[camera.pace], 2)
    losses = (_near(camera.move, near),) if near else ()
    return _with_then(camera, CameraWords(control={"camera_lora": name, "camera_lora_scale": scale}, losses=losses))


_WAYS: Final[dict[CameraWay, Callable[[Camera], CameraWords]]] = {
    CameraWay.FIELD: _kling,
    CameraWay.BRACKETS: _hailuo,
    CameraWay.NODE: _wan,
    CameraWay.LORA: _ltx,
    CameraWay.PROMPT: _in_prompt,
    CameraWay.NONE: _nowhere,
}
