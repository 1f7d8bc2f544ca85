"""Getting a file whose address dies: where it is gone, the job is asked for a fresh one, once."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from filmkit.providers.base import ErrorKind, Handle, Http, HttpError, Output, Provider


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
