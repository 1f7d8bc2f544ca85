"""One HTTP exchange: cut off when its time is over, checked before anything is sent, counted while it is read."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from filmkit.providers.addresses import is_loopback
from filmkit.providers.base import ErrorKind, HttpError
from filmkit.providers.secrets import redacted, remember

if TYPE_CHECKING:
    import ssl

    import httpx


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, between two pieces of an answer, for a whole exchange and for a whole file; and sizes."""

    connect_s: float = 10
    read_s: float = 60
    total_s: float = 180
    file_s: float = 1800
    answer_bytes: int = 192 << 20
    file_bytes: int = 2 << 30


def new_client(limits: Limits, proxy: str | None, environment: Mapping[str, str]) -> httpx.Client:
    """A client that follows nothing, keeps no connection and asks the environment for nothing but SSL_CERT_FILE."""
    import httpx

    return httpx.Client(
        timeout=httpx.Timeout(limits.read_s, connect=limits.connect_s),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),  # a stale connection loses a request
        follow_redirects=False,
        trust_env=False,
        proxy=proxy,
        verify=_trusted(environment.get("SSL_CERT_FILE")),
    )


@lru_cache(maxsize=2)
def _trusted(own: str | None) -> ssl.SSLContext:
    """Whom to trust: who stands in the file ``own``, else those that come with httpx. Reading them takes a while."""
    import ssl

    import httpx

    return ssl.create_default_context(cafile=own) if own else httpx.create_ssl_context(trust_env=False)


def proxy_for(url: str, environment: Mapping[str, str]) -> str | None:
    """The proxy the environment names for an address. Its name and password are a secret too."""
    parts = urlsplit(url)
    lower = {name.lower(): value for name, value in environment.items() if value}
    proxy = lower.get("https_proxy") or lower.get("all_proxy")
    host = parts.hostname or ""
    if not proxy or parts.scheme != "https" or is_loopback(host) or _goes_direct(host, lower.get("no_proxy", "")):
        return None
    remember(part for part in [urlsplit(proxy).password] if part)
    return proxy


def _goes_direct(host: str, no_proxy: str) -> bool:
    """Whether NO_PROXY names a host: itself, a domain above it, or all."""
    names = [name.strip().lstrip(".").lower() for name in no_proxy.split(",") if name.strip()]
    return any(name == "*" or host == name or host.endswith(f".{name}") for name in names)


class Watch:
    """Looks on during one exchange: cuts it off when its time is over, checks whom it is with, knows what was sent."""

    def __init__(self, total_s: float, check: Callable[[str], None]) -> None:
        self.total_s = total_s
        self.is_over = False
        self.was_sent = False
        self._check = check
        self._socket: Any = None
        self._timer = threading.Timer(total_s, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Watch:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """Hears from httpcore (its ``trace`` extension) how far the exchange is."""
        if name in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            stream = info["return_value"]
            self._socket = stream.get_extra_info("socket")
            if name == "connection.connect_tcp.complete":
                self._check_peer(stream)
            if self.is_over:
                self._cut()
        elif name.endswith(".send_request_headers.started"):
            self.was_sent = True

    def _check_peer(self, stream: Any) -> None:  # noqa: ANN401 - httpcore's stream
        try:
            self._check(str(stream.get_extra_info("server_addr")[0]))
        except HttpError:
            stream.close()
            raise

    def _cut(self) -> None:
        import socket

        self.is_over = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    client: httpx.Client
    method: str
    url: str
    headers: Mapping[str, str]
    watch: Watch
    is_free: bool

    @contextlib.contextmanager
    def open(self, content: Mapping[str, Any]) -> Iterator[httpx.Response]:
        """The answer, its body not read yet. Raises HttpError for whatever goes wrong until it is closed."""
        import httpx

        trace = {"trace": self.watch.trace}
        try:
            with (
                self.watch,
                self.client.stream(
                    self.method, self.url, headers=dict(self.headers), extensions=trace, **content
                ) as response,
            ):
                yield response
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise self._trouble(error) from None

    def blocks(self, response: httpx.Response, most_bytes: int) -> Iterator[bytes]:
        """The body piece by piece, counted. Raises HttpError where it is too long, or shorter than announced."""
        count, announced = 0, response.headers.get("content-length", "")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise HttpError(f"{self._place()} answered packed, which was not asked for", ErrorKind.INVALID)
        if announced.isdigit() and int(announced) > most_bytes:
            raise self._too_long(most_bytes)
        for block in response.iter_raw(1 << 16):
            count += len(block)
            if count > most_bytes:
                raise self._too_long(most_bytes)
            yield block
        if self.watch.is_over or (announced.isdigit() and int(announced) != count):
            raise self._lost(f"only {count:,} bytes came of {announced or 'more'}")

    def read(self, response: httpx.Response, most_bytes: int) -> bytes:
        """The whole body."""
        return b"".join(self.blocks(response, most_bytes))

    def _trouble(self, error: Exception) -> HttpError:
        import httpx

        if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | httpx.LocalProtocolError):
            return HttpError(f"{self._place()} cannot be asked: {redacted(str(error))}", ErrorKind.INVALID)
        said = redacted(str(error)) or type(error).__name__
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError) or not self.watch.was_sent:
            return HttpError(f"{self._place()} cannot be reached: {said}", ErrorKind.BUSY,
                             remedy="see that this machine is connected, then run the same command again")  # fmt: skip
        if self.watch.is_over:
            said = f"not done after {self.watch.total_s:g} s"
        return self._lost(said)

    def _lost(self, said: str) -> HttpError:
        kind = ErrorKind.TRANSIENT if self.is_free else ErrorKind.UNKNOWN_OUTCOME
        return HttpError(f"{self._place()} did not answer to the end: {said}", kind)

    def _too_long(self, most_bytes: int) -> HttpError:
        kind = ErrorKind.INVALID if self.is_free else ErrorKind.UNKNOWN_OUTCOME
        return HttpError(f"{self._place()} answers with more than {most_bytes:,} bytes", kind)

    def _place(self) -> str:
        return redacted(f"{self.method} {self.url}")
