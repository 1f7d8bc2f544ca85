"""Getting a file: whose address dies (the job is asked for a fresh one, once), or that came with the answer."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from urllib.parse import urlsplit

from filmkit.providers.base import ErrorKind, Handle, Http, HttpError, Output, Provider
from filmkit.store.disk import fsync_folder, plain_errors, write_new
from filmkit.store.owner import new_token


def fetch_fresh(provider: Provider, handle: Handle, output: Output, http: Http, out: Path) -> None:
    """Writes an output to ``out``. Raises HttpError; NOT_FOUND where the service has no other address either."""
    try:
        http.download(output.url, out, is_foreign=output.is_foreign)
        return
    except HttpError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        gone = error
    fresh = _same(output, provider.poll(handle, http).outputs)
    if fresh is None or fresh.url == output.url:
        raise gone
    http.download(fresh.url, out, is_foreign=fresh.is_foreign)


def _same(output: Output, outputs: tuple[Output, ...]) -> Output | None:
    """The same file under its new address: alone, or at the same path."""
    if len(outputs) == 1:
        return outputs[0]
    path = urlsplit(output.url).path
    return next((other for other in outputs if urlsplit(other.url).path == path), None)


def write_inline(output: Output, out: Path) -> None:
    """Writes the bytes that an answer brought along in base64, whole or not at all. Raises HttpError, FilmkitError."""
    try:
        data = base64.b64decode(output.inline, validate=True)
    except binascii.Error:
        raise HttpError("the file in the answer is broken (no base64)", ErrorKind.TRANSIENT) from None
    part = out.with_name(f".{new_token()}.part")
    with plain_errors(out, needed_bytes=len(data)):
        try:
            write_new(part, data)
            part.replace(out)
            fsync_folder(out.parent)
        finally:
            part.unlink(missing_ok=True)
