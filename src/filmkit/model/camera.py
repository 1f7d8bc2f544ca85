"""The neutral camera vocabulary: one move, its pace, and a move after it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BeforeValidator

from filmkit.model.board import Board, word_as


class Move(StrEnum):
    """What the camera does; pan and tilt turn it, truck and pedestal carry it."""

    STATIC = "static"
    PAN_LEFT = "pan-left"
    PAN_RIGHT = "pan-right"
    TILT_UP = "tilt-up"
    TILT_DOWN = "tilt-down"
    ROLL_CW = "roll-cw"
    ROLL_CCW = "roll-ccw"
    ZOOM_IN = "zoom-in"
    ZOOM_OUT = "zoom-out"
    PUSH_IN = "push-in"
    PULL_OUT = "pull-out"
    TRUCK_LEFT = "truck-left"
    TRUCK_RIGHT = "truck-right"
    PEDESTAL_UP = "pedestal-up"
    PEDESTAL_DOWN = "pedestal-down"
    ORBIT_LEFT = "orbit-left"
    ORBIT_RIGHT = "orbit-right"
    CRANE_UP = "crane-up"
    CRANE_DOWN = "crane-down"
    FOLLOW = "follow"
    HANDHELD = "handheld"


class Pace(StrEnum):
    """How fast a move is."""

    STILL = "still"
    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


class CameraMove(Board):
    """A move and its pace."""

    move: Move
    pace: Pace = Pace.NORMAL


MoveT = Annotated[CameraMove, BeforeValidator(word_as("move"), json_schema_input_type=Move | CameraMove)]


class Camera(CameraMove):
    """What the camera does in a shot, and what ``then``."""

    then: MoveT | None = None
