"""Files of the film on their way to a service: read once, known by their bytes, put where the request wants them.

In a compiled body a reference stands as ``sha256:…``, so that the body tells apart what differs; before the body is
sent, an address or the bytes themselves take its place.
"""

from __future__ import annotations

import base64
import copy
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from filmkit.media.sniff import KINDS, Refusal, sniff
from filmkit.model.generation import Reference
from filmkit.model.run import Json
from filmkit.providers.base import ErrorKind, HttpError, Upload

PICTURES: Final = {"png_pipe": "image/png", "jpeg_pipe": "image/jpeg", "webp_pipe": "image/webp"}
CLIPS: Final = {"mov": "video/mp4"}
_MOST_BYTES = 256 << 20


def stand_in(reference: Reference) -> str:
    """What stands for a reference in a body until it is sent."""
    return f"sha256:{reference.sha256}"


def read_reference(reference: Reference, most_bytes: int, kinds: Mapping[str, str]) -> tuple[str, bytes]:
    """The media type and the bytes of a reference. Raises HttpError (``INVALID``) where nothing should be sent:
    it has changed since it was asked for, is larger than the service takes, or of another kind.
    """
    data = _bytes_of(reference)
    if hashlib.sha256(data).hexdigest() != reference.sha256:
        raise _refused(reference, "has changed since the take was planned", "run the command again")
    if len(data) > most_bytes:
        raise _refused(reference, f"has {len(data):,} bytes; the service takes {most_bytes:,}", "make it smaller")
    kind = sniff(data[:4096], len(data))
    if isinstance(kind, Refusal):
        raise _refused(reference, kind.reason, kind.remedy)
    if kind not in kinds:
        wanted = " or ".join(value.rpartition("/")[2] for value in kinds.values())
        found = KINDS[kind].name if kind in KINDS else kind
        raise _refused(reference, f"is {found}, which the service does not take", f"export it as {wanted}")
    return kinds[kind], data


def data_uri(media_type: str, data: bytes) -> str:
    """The bytes as an address that holds them (RFC 2397)."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def filled(body: Mapping[str, Json], addresses: Mapping[Upload, Json]) -> dict[str, Json]:
    """A body with an address, or whatever a service wants there, at each upload's pointer (RFC 6901)."""
    made: dict[str, Json] = copy.deepcopy(dict(body))
    for upload, address in addresses.items():
        put(made, upload.pointer, address)
    return made


def put(body: dict[str, Json], pointer: str, value: Json) -> None:
    """Sets one value at a JSON pointer; objects on the way are made, lists have to be there."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    place: Json = body
    for step in steps[:-1]:
        place = place[int(step)] if isinstance(place, list) else _object(place).setdefault(step, {})
    if isinstance(place, list):
        place[int(steps[-1])] = value
    else:
        _object(place)[steps[-1]] = value


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise ValueError("a pointer leads into a value that holds nothing")
    return value


def _bytes_of(reference: Reference) -> bytes:
    try:
        with Path(reference.path).open("rb") as file:
            return file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise _refused(reference, f"cannot be read: {error.strerror}", "see that the file is there") from None


def _refused(reference: Reference, why: str, remedy: str) -> HttpError:
    return HttpError(f"{reference.name} {why}", ErrorKind.INVALID, remedy=remedy)
