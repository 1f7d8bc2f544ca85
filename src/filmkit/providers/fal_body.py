"""A request in the words of its model on fal.ai: each family names the same things in its own way.

Lengths are ``"5"``, ``"8s"`` or a count of frames; pictures have four names; some take no resolution, some no ratio.
Which is which stands in the table of models (``fields``, from the input schemas of @fal-ai/client 1.10.1).
"""

from __future__ import annotations

from filmkit.model.generation import Mode, Role
from filmkit.model.run import Json
from filmkit.providers.base import Upload
from filmkit.providers.order import Order
from filmkit.providers.reading import list_at, text_at
from filmkit.providers.references import stand_in


def body_of(order: Order) -> tuple[str, dict[str, Json], list[Upload]]:
    """Endpoint, body and uploads of an order."""
    fields, mode = dict(order.model.fields), order.request.mode
    always = fields.get("always")
    said: dict[str, Json] = dict(always) if isinstance(always, dict) else {}
    body: dict[str, Json] = {"prompt": order.prompt, **said, **_length(order), **order.camera}
    if order.negative:
        body["negative_prompt"] = order.negative
    if order.seed is not None:
        body["seed"] = order.seed
    if mode in list_at(fields, "resolution"):
        body["resolution"] = order.shape.tier
    if mode in (list_at(fields, "ratio") if "ratio" in fields else [Mode.T2V]):
        body["aspect_ratio"] = order.shape.ratio
    if size := _name(order, "size"):
        body[size] = {"width": order.shape.size.width_px, "height": order.shape.size.height_px}
    if order.of(Role.LAST) and "last" in order.model.endpoints:
        return _between(order, body)
    return order.model.endpoints[mode.value], body, _pictures(order, body)


def _length(order: Order) -> dict[str, Json]:
    how = _name(order, "length")
    if how == "frames":
        lengths = order.model.lengths
        resampled: dict[str, Json] = {"resample_fps": True} if order.request.mode is Mode.V2V else {}
        return {"num_frames": lengths.frames(order.seconds), _name(order, "fps"): int(lengths.fps or 0), **resampled}
    said: dict[str, Json] = {"duration": f"{int(order.seconds)}{'s' if how == 'seconds' else ''}"}
    rates = order.model.settings.get("fps")
    if rates is not None and str(order.request.fps) in rates.choices:
        said["fps"] = str(order.request.fps)
    return said


def _pictures(order: Order, body: dict[str, Json]) -> list[Upload]:
    first, last, clip = (_name(order, key) for key in ("first", "last", "clip"))
    uploads = []
    for role, name in ((Role.FIRST, first or "image_url"), (Role.LAST, last), (Role.CLIP, clip)):
        reference = order.of(role)
        if reference is not None and name:
            body[name] = stand_in(reference)
            uploads.append(Upload(reference, f"/{name}"))
    return uploads


def _name(order: Order, key: str) -> str:
    """What the model calls something; empty where it has no such thing."""
    return text_at(dict(order.model.fields), key)


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
