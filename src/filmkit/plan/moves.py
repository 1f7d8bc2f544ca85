"""Camera moves over a still: from the storyboard's vocabulary to windows on the picture.

A push-in narrows the window; a pan or truck carries it sideways, a tilt or pedestal up and down; an orbit is
approximated by a pan with a slight push, a crane by a pedestal with a slight pull. Amounts are fractions of the
window.
"""

from __future__ import annotations

from itertools import accumulate

from filmkit.model.camera import Camera, CameraMove, Move, Pace
from filmkit.model.recipe import Window

_AMOUNT = {Pace.STILL: 0.0, Pace.SLOW: 0.07, Pace.NORMAL: 0.14, Pace.FAST: 0.25}
_ROLL_DEG = {Pace.STILL: 0.0, Pace.SLOW: 2.0, Pace.NORMAL: 4.0, Pace.FAST: 8.0}
_ROLL_ROOM = 0.03
"""How much further in the window is for each degree, so that its corners stay in the picture: 1.24 × at 8° and 16:9."""
_SHAKE = {Pace.STILL: 0.0, Pace.SLOW: 0.004, Pace.NORMAL: 0.008, Pace.FAST: 0.014}

APPROXIMATED = {Move.ORBIT_LEFT, Move.ORBIT_RIGHT, Move.CRANE_UP, Move.CRANE_DOWN, Move.FOLLOW}
"""Moves a single picture can only hint at."""

_SIDE = {
    Move.PAN_LEFT: -1,
    Move.TRUCK_LEFT: -1,
    Move.ORBIT_LEFT: -1,
    Move.PAN_RIGHT: 1,
    Move.TRUCK_RIGHT: 1,
    Move.ORBIT_RIGHT: 1,
}
_RISE = {
    Move.TILT_UP: -1,
    Move.PEDESTAL_UP: -1,
    Move.CRANE_UP: -1,
    Move.TILT_DOWN: 1,
    Move.PEDESTAL_DOWN: 1,
    Move.CRANE_DOWN: 1,
}
_NEAR = {Move.ZOOM_IN: 1.0, Move.PUSH_IN: 1.0, Move.FOLLOW: 0.6, Move.ORBIT_LEFT: 0.4, Move.ORBIT_RIGHT: 0.4}
_FAR = {Move.ZOOM_OUT: 1.0, Move.PULL_OUT: 1.0, Move.CRANE_UP: 0.4, Move.CRANE_DOWN: 0.4}


def windows_of(camera: Camera | None, shape: float, focus: tuple[float, float], zoom: float) -> tuple[Window, ...]:
    """Windows equally spaced in time: two for one move, three where another follows.

    ``shape`` is the picture's width/height over the canvas's: above 1 there is room at the sides, below 1 above and
    below.
    """
    if camera is None:
        return (_window(focus, zoom, shape),) * 2
    moves: list[CameraMove] = [camera, *([camera.then] if camera.then else [])]
    rolled = max(abs(roll) for roll in accumulate(_turn(move) for move in moves))
    zoom = max(zoom, 1 + rolled * _ROLL_ROOM, *(_least_zoom(move, shape) for move in moves))
    start = _start(moves[0], shape, focus, zoom)
    found = [start]
    for move in moves:
        found.append(_after(move, found[-1], shape))
    return tuple(found)


def shake_of(camera: Camera | None) -> float:
    """Amplitude of a handheld wander, as a fraction of the window's height."""
    return _SHAKE[camera.pace] if camera and camera.move is Move.HANDHELD else 0.0


def _least_zoom(move: CameraMove, shape: float) -> float:
    """How far in the window must be so that the move has room for its amount."""
    amount = _AMOUNT[move.pace]
    if move.move in _SIDE:
        return max(1.0, (1 + amount) / max(shape, 1.0))
    if move.move in _RISE:
        return max(1.0, (1 + amount) * min(shape, 1.0))
    return 1.0 + 2 * _SHAKE[move.pace] if move.move is Move.HANDHELD else 1.0


def _start(move: CameraMove, shape: float, focus: tuple[float, float], zoom: float) -> Window:
    amount = _AMOUNT[move.pace]
    if move.move in _FAR:
        zoom *= 1 + amount * _FAR[move.move]
    width, height = _size(zoom, shape)
    x = focus[0] - _SIDE.get(move.move, 0) * amount * width / 2
    y = focus[1] - _RISE.get(move.move, 0) * amount * height / 2
    return _window((x, y), zoom, shape)


def _after(move: CameraMove, window: Window, shape: float) -> Window:
    amount = _AMOUNT[move.pace]
    zoom = window.zoom * (1 + amount * _NEAR.get(move.move, 0)) / (1 + amount * _FAR.get(move.move, 0))
    width, height = _size(window.zoom, shape)
    x = window.x + _SIDE.get(move.move, 0) * amount * width
    y = window.y + _RISE.get(move.move, 0) * amount * height
    return _window((x, y), max(1.0, zoom), shape, window.roll + _turn(move))


def _turn(move: CameraMove) -> float:
    """Degrees clockwise."""
    return {Move.ROLL_CW: 1, Move.ROLL_CCW: -1}.get(move.move, 0) * _ROLL_DEG[move.pace]


def _size(zoom: float, shape: float) -> tuple[float, float]:
    """Width and height of the window as fractions of the picture."""
    return min(1.0, 1 / shape) / zoom, min(1.0, shape) / zoom


def _window(centre: tuple[float, float], zoom: float, shape: float, roll: float = 0.0) -> Window:
    """The window, moved back inside the picture where it would leave it."""
    width, height = _size(zoom, shape)
    x = min(max(centre[0], width / 2), 1 - width / 2)
    y = min(max(centre[1], height / 2), 1 - height / 2)
    return Window(x=round(x, 6), y=round(y, 6), zoom=round(zoom, 6), roll=round(roll, 4))
