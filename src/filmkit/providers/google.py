"""What Google's two video services have in common: errors, moderation, and files that go along as base64.

An error is ``{"error": {"code", "message", "status"}}``, from the front end in a list. Limits of a day and of a minute
are 429; a model that was switched off is 404.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Final

from filmkit.model.generation import Role
from filmkit.model.run import Json
from filmkit.providers.answers import said_by, status_kind
from filmkit.providers.base import Answer, Compiled, ErrorKind, Upload
from filmkit.providers.reading import at, text_at
from filmkit.providers.references import CLIPS, PICTURES, filled, read_reference

MODERATION: Final = re.compile(
    r"responsible ai|usage guidelines|(?:block|filter|violat|prohibit|reject)\w*[^.]*\b(?:safety|polic)|"
    r"(?:safety|polic)\w*[^.]*(?:block|filter|violat|prohibit|reject)|^(?:SAFETY|PROHIBITED_CONTENT|BLOCKLIST|SPII)$",
    re.IGNORECASE,
)
"""Google's words for what it will not make. A setting that is called ``safety_settings`` is none of them."""

_BILLING: Final = re.compile(r"billing|prepay|credits? (?:are|is) (?:depleted|exhausted)", re.IGNORECASE)
_MOST_PICTURE = 20_000_000
_MOST_CLIP = 14_000_000
"""With the third that base64 adds, what fits into a request of 20 MB (unconfirmed)."""

_TAKEN = {kind: name for kind, name in PICTURES.items() if name != "image/webp"}


def error_of(body: Json) -> Json:
    """The error in an answer, also where it stands in a list; None where there is none."""
    return at(body, 0, "error") if isinstance(body, list) else at(body, "error")


def google_kind(answer: Answer) -> ErrorKind | None:
    """What an answer means; None for a success."""
    kind = status_kind(answer)
    if kind is None or answer.status >= 500:
        return kind
    error, said = error_of(answer.body), said_by(answer)
    if is_moderation(error):
        return ErrorKind.MODERATED
    if _BILLING.search(said):
        return ErrorKind.BALANCE
    if answer.status == 400 and "api key" in said.lower():
        return ErrorKind.AUTH
    if answer.status == 404 and "model" in said.lower():
        return ErrorKind.RETIRED
    return kind


def is_moderation(error: Json) -> bool:
    """Whether an error says that the wish is not fulfilled for what it shows or says."""
    return any(MODERATION.search(text_at(error, key)) for key in ("message", "status", "code"))


def with_files(compiled: Compiled, data: str, media_type: str) -> dict[str, Json]:
    """The body with its pictures and clips: each pointer gets an object with the bytes in base64 in ``data`` and their
    ``media_type``. Raises HttpError where nothing should be sent.
    """
    values: dict[Upload, Json] = {}
    for upload in compiled.uploads:
        is_clip = upload.reference.role is Role.CLIP
        most, kinds = (_MOST_CLIP, CLIPS) if is_clip else (_MOST_PICTURE, _TAKEN)
        kind, content = read_reference(upload.reference, most, kinds)
        beside = _beside(compiled.body, upload.pointer)
        values[upload] = {**beside, data: base64.b64encode(content).decode(), media_type: kind}
    return filled(compiled.body, values)


def _beside(body: Mapping[str, Json], pointer: str) -> dict[str, Json]:
    """What stands at a pointer besides the file: its type, where a service wants one."""
    value: Json = dict(body)
    for step in pointer.split("/")[1:]:
        value = at(value, int(step) if isinstance(value, list) else step)
    return {key: held for key, held in value.items() if key != "file"} if isinstance(value, dict) else {}


def standing_for(sha256: str, **beside: Json) -> dict[str, Json]:
    """What stands in a compiled body for a file, until it is sent."""
    return {**beside, "file": sha256}
