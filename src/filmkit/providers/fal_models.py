"""How each family of models on fal.ai names what is asked of it (their input schemas, @fal-ai/client 1.10.1).

Lengths are ``"5"``, ``"8s"`` or a count of frames; pictures have four names; some take no resolution, some no ratio.
Where a family would rewrite the prompt unless told otherwise, it is told otherwise: the storyboard says the motion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from filmkit.model.generation import Mode, Role
from filmkit.model.run import Json
from filmkit.providers.base import Upload
from filmkit.providers.order import Order
from filmkit.providers.references import stand_in

_ALL = frozenset(Mode)
_T2V = frozenset({Mode.T2V})
_I2V = frozenset({Mode.I2V})
_NONE: frozenset[Mode] = frozenset()


class Length(Enum):
    """How a length is written."""

    TEXT = "5"
    SECONDS = "5s"
    FRAMES = 81


@dataclass(frozen=True, slots=True)
class Fields:
    """One family: how lengths are written, what its pictures and clips are called, in which modes it takes a
    resolution and a ratio, and what is always said.
    """

    length: Length = Length.TEXT
    first: str = "image_url"
    last: str = ""
    clip: str = ""
    resolution: frozenset[Mode] = _NONE
    ratio: frozenset[Mode] = _T2V
    always: Mapping[str, Json] = field(default_factory=dict)
    fps: str = ""
    size: str = ""


FAMILIES: Final = {
    "pika-2.2": Fields(resolution=_ALL),
    "kling-2.5-turbo-std": Fields(),
    "kling-2.5-turbo-pro": Fields(last="tail_image_url"),
    "kling-2.6-pro": Fields(first="start_image_url", last="end_image_url"),
    "kling-3.0-pro": Fields(first="start_image_url", last="end_image_url"),
    "hailuo-02-standard": Fields(
        last="end_image_url", resolution=_I2V, ratio=_NONE, always={"prompt_optimizer": False}
    ),
    "wan-2.2-a14b": Fields(
        Length.FRAMES, last="end_image_url", clip="video_url", resolution=_ALL, ratio=_ALL, fps="frames_per_second"
    ),
    "ltx-2.3": Fields(last="end_image_url", resolution=_ALL, ratio=_ALL),
    "ltx-2-19b": Fields(
        Length.FRAMES, last="end_image_url", ratio=_NONE, fps="fps", size="video_size",
        always={"enable_prompt_expansion": False},
    ),
    "veo-3.1": Fields(Length.SECONDS, resolution=_ALL, ratio=_ALL, always={"auto_fix": False}),
}  # fmt: skip
"""By the id of the model in the table."""


def body_of(order: Order) -> tuple[str, dict[str, Json], list[Upload]]:
    """Endpoint, body and uploads of an order."""
    fields = FAMILIES[order.model.id]
    mode = order.request.mode
    body: dict[str, Json] = {"prompt": order.prompt, **fields.always, **_length(order, fields), **order.camera}
    if order.negative:
        body["negative_prompt"] = order.negative
    if order.seed is not None:
        body["seed"] = order.seed
    if mode in fields.resolution:
        body["resolution"] = order.shape.tier
    if mode in fields.ratio:
        body["aspect_ratio"] = order.shape.ratio
    if fields.size:
        body[fields.size] = {"width": order.shape.size.width_px, "height": order.shape.size.height_px}
    if order.of(Role.LAST) and "last" in order.model.endpoints:
        return _between(order, body)
    return order.model.endpoints[mode.value], body, _pictures(order, fields, body)


def _length(order: Order, fields: Fields) -> dict[str, Json]:
    if fields.length is Length.FRAMES:
        lengths = order.model.lengths
        fps = int(lengths.fps or 0)
        resampled: dict[str, Json] = {"resample_fps": True} if order.request.mode is Mode.V2V else {}
        return {"num_frames": lengths.frames(order.seconds), fields.fps: fps, **resampled}
    said: dict[str, Json] = {"duration": f"{int(order.seconds)}{'s' if fields.length is Length.SECONDS else ''}"}
    rates = order.model.settings.get("fps")
    if rates is not None and str(order.request.fps) in rates.choices:
        said["fps"] = str(order.request.fps)
    return said


def _pictures(order: Order, fields: Fields, body: dict[str, Json]) -> list[Upload]:
    uploads = []
    for role, name in ((Role.FIRST, fields.first), (Role.LAST, fields.last), (Role.CLIP, fields.clip)):
        reference = order.of(role)
        if reference is not None and name:
            body[name] = stand_in(reference)
            uploads.append(Upload(reference, f"/{name}"))
    return uploads


def _between(order: Order, body: dict[str, Json]) -> tuple[str, dict[str, Json], list[Upload]]:
    """From a first to a last picture, where that is an endpoint of its own: Veo names two fields, Pika has a list."""
    first, last = order.needed(Role.FIRST), order.needed(Role.LAST)
    path = order.model.endpoints["last"]
    if path.endswith("pikaframes"):
        del body["duration"]
        body |= {"image_urls": [stand_in(first), stand_in(last)], "transitions": [{"duration": int(order.seconds)}]}
        return path, body, [Upload(first, "/image_urls/0"), Upload(last, "/image_urls/1")]
    body |= {"first_frame_url": stand_in(first), "last_frame_url": stand_in(last)}
    return path, body, [Upload(first, "/first_frame_url"), Upload(last, "/last_frame_url")]
