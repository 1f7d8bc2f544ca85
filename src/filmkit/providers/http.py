"""The one HTTP client: knows a service's base URL, signs its requests, keeps limits and secrets. Nothing is sent twice.

    send ──▶ address allowed? ─▶ sign ─▶ connect ─▶ peer allowed? ─▶ send ─▶ read, counted ─▶ Answer
                                             │                        │
                          refused, no name: BUSY        no answer: UNKNOWN_OUTCOME (or TRANSIENT, where it is free)

Redirects are followed by nobody but :meth:`Client.download`, by hand. A proxy is used where the environment names one
for https (HTTPS_PROXY, ALL_PROXY, but for NO_PROXY), never to loopback: it sees host names, not keys, since what goes
through it stays encrypted. Nothing else of the environment counts (no netrc), but SSL_CERT_FILE.
"""

from __future__ import annotations

import contextlib
import json
import mimetypes
import os
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filmkit import __version__
from filmkit.providers.addresses import base_of, check_peer, check_target, follow, require_encryption
from filmkit.providers.answers import checked, status_kind
from filmkit.providers.base import Answer, ErrorKind, HttpError, Provider, Request
from filmkit.providers.exchange import Exchange, Limits, Watch, new_client, proxy_for
from filmkit.providers.keys import keys_of, require_keys
from filmkit.providers.secrets import redacted, remember
from filmkit.store.disk import fsync_folder, plain_errors, write_whole
from filmkit.store.owner import new_token

if TYPE_CHECKING:
    import httpx

LIMITS = Limits()
MOST_REDIRECTS = 3
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_TEXT = 4000


class Client:
    """:class:`~filmkit.providers.base.Http` for one provider. Threads may share it; close it in the end.

    Raises UsageError for a base URL or a file of keys that may not be used.
    """

    def __init__(
        self, provider: Provider, environment: Mapping[str, str] = os.environ, limits: Limits = LIMITS
    ) -> None:
        self._provider = provider
        self._environment = environment
        self._limits = limits
        self.base = base_of(provider.home, environment)
        self.keys = keys_of(provider.home, environment)
        self._guard = threading.Lock()
        self._httpx: httpx.Client | None = None
        self._proxy = proxy_for(self.base.url, environment)

    def require_keys(self) -> None:
        """Raises HttpError (``AUTH``) where a needed key is missing."""
        require_keys(self._provider.home, self.keys, self._environment)

    def send(self, request: Request) -> Answer:
        """Sends one request, signed, once. Raises HttpError for no answer at all."""
        url = self.base.join(request.path)
        check_target(self.base, url)
        headers = {**request.headers, **self._signature(url, is_foreign=request.is_foreign)}
        is_free = request.is_free or request.is_foreign or request.method.upper() in _SAFE
        with _content(request) as (content, more):
            exchange = self._exchange(
                request.method.upper(), url, {**more, **headers}, self._limits.total_s, is_free=is_free
            )
            with exchange.open(content) as response:
                data = exchange.read(response, self._limits.answer_bytes)
        return _answer(response, data)

    def download(self, url: str, out: Path, *, is_foreign: bool = False) -> None:
        """Writes what lies at ``url``, whole, to ``out``; without credentials where the address is foreign, or where
        a redirect led away. Raises HttpError: NOT_FOUND also for a link that expired, TRANSIENT for what came short.
        """
        address, is_signed = self.base.join(url), not is_foreign
        for _ in range(MOST_REDIRECTS + 1):
            check_target(self.base, address)
            is_signed = is_signed and self.base.owns(address)
            headers = self._signature(address, is_foreign=not is_signed)
            exchange = self._exchange("GET", address, headers, self._limits.file_s, is_free=True)
            with exchange.open({}) as response:
                if response.status_code not in {301, 302, 303, 307, 308}:
                    self._keep(exchange, response, out, is_signed=is_signed)
                    return
                address = follow(address, response.headers.get("location", ""))
        raise HttpError(f"{redacted(url)} leads on and on: more than {MOST_REDIRECTS} redirects", ErrorKind.INVALID)

    def close(self) -> None:
        """Closes what is open; a second time is fine."""
        with self._guard:
            if self._httpx is not None:
                self._httpx.close()
                self._httpx = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _signature(self, url: str, *, is_foreign: bool) -> dict[str, str]:
        if is_foreign or not self.base.owns(url):
            return {}
        self.require_keys()
        signed = dict(self._provider.sign(self.keys))
        require_encryption(self.base, is_secret=bool(signed and self.keys))
        remember(value.removeprefix("Bearer ").removeprefix("Key ") for name, value in signed.items()
                 if name.lower() in {"authorization", "x-api-key", "x-goog-api-key"})  # fmt: skip
        return signed

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], total_s: float, *, is_free: bool
    ) -> Exchange:
        with self._guard:
            if self._httpx is None:
                self._httpx = new_client(self._limits, self._proxy, self._environment)
            client = self._httpx

        def check(peer: str) -> None:
            if not self._proxy and not self.base.owns(url):
                check_peer(self.base, peer, url)

        return Exchange(client, method, url, {**_HEADERS, **headers}, Watch(total_s, check), is_free)

    def _keep(self, exchange: Exchange, response: httpx.Response, out: Path, *, is_signed: bool) -> None:
        if response.status_code != 200:
            answer = _answer(response, exchange.read(response, 1 << 20))
            is_gone = not is_signed and answer.status in {400, 401, 403}
            said = (lambda _: ErrorKind.NOT_FOUND) if is_gone else status_kind
            what = f"get {redacted(str(response.url))}" + (" (the link may have expired)" if is_gone else "")
            checked(answer, said, what, is_free=True)
            raise HttpError(f"could not {what}: answered {answer.status} and no whole file", ErrorKind.TRANSIENT)
        part = out.with_name(f".{new_token()}.part")
        with plain_errors(out):
            try:
                with part.open("xb") as file:
                    for block in exchange.blocks(response, self._limits.file_bytes):
                        write_whole(file.fileno(), block)
                    os.fsync(file.fileno())
                part.replace(out)
                fsync_folder(out.parent)
            finally:
                part.unlink(missing_ok=True)


_HEADERS = {"User-Agent": f"filmkit/{__version__}", "Accept-Encoding": "identity"}
"""No compression: what is counted while reading is what there is."""


@contextlib.contextmanager
def _content(request: Request) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """The body of a request as httpx wants it, and headers that go with it; a file stays open while it is sent."""
    if request.file is None:
        if request.form:
            yield {"data": dict(request.form)}, {}
        else:
            yield ({} if request.json is None else {"json": request.json}), {}
        return
    name = request.file_name or request.file.name
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    with plain_errors(request.file):
        file = request.file.open("rb")
    with file:
        if request.file_field:
            yield {"data": dict(request.form), "files": {request.file_field: (name, file, media_type)}}, {}
        else:
            yield (
                {"content": file},
                {"Content-Length": str(os.fstat(file.fileno()).st_size), "Content-Type": media_type},
            )


def _answer(response: httpx.Response, data: bytes) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    text = data[: _TEXT * 4].decode("utf-8", "replace")[:_TEXT]
    if data[:1].strip() and data.lstrip()[:1] in b"{[":
        try:
            return Answer(response.status_code, json.loads(data), headers)
        except (ValueError, RecursionError):
            pass
    return Answer(response.status_code, None, headers, text)
