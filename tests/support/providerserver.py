"""A service on loopback that behaves as scripted, and keeps the bill: the base of one server a dialect.

A dialect is a subclass that names its routes; the base does queues, faults, files, links and the bill::

    class AcmeServer(ProviderServer):
        def routes(self):
            return [
                Route("POST", r"/v1/videos", "submit", self.create),
                Route("GET", r"/v1/videos/(\\w+)", "poll", self.show),
                Route("DELETE", r"/v1/videos/(\\w+)", "cancel", self.stop),
            ]

        def create(self, call):
            if call.headers.get("authorization") != "Bearer acme-key":
                return Reply(401, {"error": "who are you?"})
            if "prompt" not in call.json:
                return Reply(400, {"error": "no prompt"})
            return Reply(200, {"id": self.accept(call.json).id})     # from here on it is billed

        def show(self, call):
            job = self.look(call.found[0])                           # None: Reply(404)
            return Reply(200, {"status": job.state, "url": self.link(job) if job.state == "succeeded" else None})

        def stop(self, call):
            return Reply(200, {"cancelled": self.cancel(call.found[0])})

    with AcmeServer(clip=mp4_bytes) as server:
        server.polls = 2                                # polls a job spends in each live state (queued, running)
        server.fates.append("moderated")                # what becomes of the next job; else it succeeds
        server.fail("submit", Fault.ERROR_AFTER)        # the next submit is accepted, billed, and answered with 500
        monkeypatch.setenv("FILMKIT_ACME_URL", server.url)
        ...
        assert server.billed == 1 and server.leaks == []

``link`` gives an address on a second port, the *storage*: another origin, where a credential is a leak and is written
down. Faults are used up one a request, in order, by the step of the route.
"""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

LIVE = ("queued", "running")


class Fault(StrEnum):
    """What goes wrong with one request. ``*_BEFORE``: nothing was accepted; ``*_AFTER``: it was, and is billed."""

    RATE = "429 with Retry-After"
    BUSY = "503"
    ERROR_BEFORE = "500, nothing accepted"
    ERROR_AFTER = "500, accepted"
    HANG_BEFORE = "no answer, nothing accepted"
    HANG_AFTER = "no answer, accepted"
    RESET_BEFORE = "connection lost, nothing accepted"
    RESET_AFTER = "connection lost, accepted"
    NONSENSE = "200 with a web page instead of JSON, accepted"
    DRIP = "one byte at a time, without end"
    SHORT = "fewer bytes than announced"
    TRUNCATED = "half of the file, its length announced"
    PAGE = "a web page instead of the file"
    EXPIRED = "403: the link has expired"
    MOVED = "302 to the storage"
    LOOP = "302 to itself"
    INSIDE = "302 to an address inside"


_BEFORE = {Fault.ERROR_BEFORE: 500, Fault.RATE: 429, Fault.BUSY: 503}
_PAGE = b"<!doctype html><html><body>Sign in to continue</body></html>"


@dataclass(frozen=True)
class Call:
    """One request as it came; ``found`` are the groups of the route's pattern."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    found: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Reply:
    """What is answered: JSON, or bytes as they are."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Route:
    """A method and a pattern of the whole path; ``step`` is what faults are scripted for."""

    method: str
    pattern: str
    step: str
    answer: Callable[[Call], Reply]


@dataclass
class ServedJob:
    """A job of the service: ``state`` is queued, running, or its fate (succeeded, failed, moderated, …)."""

    id: str
    wanted: Any
    fate: str
    ref: str = ""
    polls: int = 0
    state: str = "queued"
    began: float = field(default_factory=time.time)


class ProviderServer(ABC):
    """See the module. ``price`` is what each accepted job costs; ``charged`` the fates that cost it."""

    key = "planted-key-4f9c1d7e2b8a6053"
    price = 50
    charged = frozenset({"queued", "running", "succeeded", "moderated", "cancelled"})

    def __init__(self, clip: bytes = b"", clip_type: str = "video/mp4") -> None:
        self.clip, self.clip_type = clip, clip_type
        self.polls = 1
        self.clock: float | None = None  # when jobs are made, instead of now
        self.most_at_once = 10**6
        self.retry_after = "0"
        self.fates: deque[str] = deque()
        self.jobs: dict[str, ServedJob] = {}
        self.calls: list[Call] = []
        self.leaks: list[str] = []
        self.stored: list[Call] = []
        self.guard = threading.RLock()
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._links = 0
        self._end = threading.Event()
        self._own = _serve(self._handler(self._answer))
        self._storage = _serve(self._handler(self._answer_storage))
        self.url = f"http://127.0.0.1:{self._own.server_address[1]}"
        self.storage_url = f"http://127.0.0.1:{self._storage.server_address[1]}"

    # --- for dialects

    @abstractmethod
    def routes(self) -> Sequence[Route]:
        """The dialect. Called once a request."""

    def accept(self, wanted: Any, ref: str = "") -> ServedJob:
        """A new job, paid for from now on. ``ref`` is the client's own name for it, where the dialect has one."""
        with self.guard:
            fate = self.fates.popleft() if self.fates else "succeeded"
            job = ServedJob(f"job{len(self.jobs) + 1:04}", wanted, fate, ref)
            job.began = self.clock or job.began
            self.jobs[job.id] = job
            return job

    def look(self, job_id: str) -> ServedJob | None:
        """The job, one poll further; None where there is none. No more than ``most_at_once`` run at a time."""
        with self.guard:
            job = self.jobs.get(job_id)
            if job is None or job.state not in LIVE:
                return job
            running = sum(other.state == "running" for other in self.jobs.values())
            if job.state == "queued" and running >= self.most_at_once:
                return job
            job.polls += 1
            if job.polls > self.polls * len(LIVE):
                job.state = job.fate
            elif job.polls > self.polls:
                job.state = "running"
            return job

    def cancel(self, job_id: str) -> bool:
        """Ends a live job; False where it is too late."""
        with self.guard:
            job = self.jobs.get(job_id)
            if job is None or job.state not in LIVE:
                return False
            job.state = "cancelled"
            return True

    def link(self, job: ServedJob) -> str:
        """A fresh, signed address of the job's file, on the storage."""
        with self.guard:
            self._links += 1
            return f"{self.storage_url}/files/{job.id}.mp4?X-Amz-Signature=sig{self._links:016}"

    def file(self, job_id: str) -> Reply:
        """The job's file; a dialect that serves files itself routes here with step ``file``."""
        return Reply(200 if job_id in self.jobs else 404, self.clip, {"Content-Type": self.clip_type})

    def keep(self, call: Call) -> Reply:
        """What is put on the storage stays in ``stored``."""
        self.stored.append(call)
        return Reply(204, b"")

    # --- for tests

    @property
    def bill(self) -> list[tuple[str, int]]:
        """What is charged: job and price, in order."""
        with self.guard:
            return [(job.id, self.price) for job in self.jobs.values() if job.state in self.charged]

    @property
    def billed(self) -> int:
        """How many jobs are charged."""
        return len(self.bill)

    def fail(self, step: str, *faults: Fault) -> None:
        """The next requests of ``step`` go wrong like this, one each."""
        with self.guard:
            self._faults[step].extend(faults)

    def count(self, step: str) -> int:
        """How many requests of a step came."""
        routes = [route for route in self.routes() if route.step == step]
        return sum(any(_fits(route, call) for route in routes) for call in self.calls)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end.set()
        for server in (self._own, self._storage):
            server.shutdown()
            server.server_close()

    # --- within

    def _handler(self, answer: Callable[[Call], tuple[Reply, Fault | None]]) -> type[BaseHTTPRequestHandler]:
        end = self._end

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                parts = urlsplit(self.path)
                query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = (
                    _chunks(self.rfile)
                    if "chunked" in headers.get("transfer-encoding", "")
                    else self.rfile.read(length)
                )
                _write(self, *answer(Call(self.command, parts.path, query, headers, body)), end)

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self.handle_one
                raise AttributeError(name)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return Handler

    def _answer(self, call: Call) -> tuple[Reply, Fault | None]:
        with self.guard:
            self.calls.append(call)
        for route in self.routes():
            if (match := _fits(route, call)) is not None:
                return self._played(route, replace(call, found=match.groups()))
        return Reply(404, {"error": "no such route"}), None

    def _played(self, route: Route, call: Call) -> tuple[Reply, Fault | None]:
        with self.guard:
            faults = self._faults[route.step]
            fault = faults.popleft() if faults else None
        if fault in _BEFORE:
            headers = {"Retry-After": self.retry_after} if fault is Fault.RATE else {}
            return Reply(_BEFORE[fault], {"error": fault.value}, headers), None
        if fault in {Fault.HANG_BEFORE, Fault.RESET_BEFORE}:
            return Reply(), fault
        reply = route.answer(call)
        if fault is Fault.EXPIRED and route.step == "content":  # a service's own file, not a signed link
            return Reply(404, {"error": {"code": 404, "message": "the file has expired"}}), None
        if fault is Fault.ERROR_AFTER:
            return Reply(500, {"error": fault.value}), None
        return self._spoilt(reply, fault, call), fault

    def _spoilt(self, reply: Reply, fault: Fault | None, call: Call) -> Reply:
        if fault in {Fault.NONSENSE, Fault.PAGE}:
            return Reply(200, _PAGE, {"Content-Type": reply.headers.get("Content-Type", "text/html")})
        if fault is Fault.TRUNCATED:
            return Reply(reply.status, reply.data[: len(reply.data) // 2], reply.headers)
        if fault is Fault.EXPIRED:
            return Reply(403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
        moved = {
            Fault.MOVED: f"{self.storage_url}{call.path}?X-Amz-Signature=moved000000000001",
            Fault.LOOP: call.path,
            Fault.INSIDE: "http://169.254.169.254/latest/meta-data",
        }
        return Reply(302, b"", {"Location": moved[fault]}) if fault in moved else reply

    def _answer_storage(self, call: Call) -> tuple[Reply, Fault | None]:
        told = f"{call.query} {call.headers} {call.body[:4096]!r}"
        secret = any(name in call.headers for name in ("authorization", "x-api-key", "x-goog-api-key"))
        if secret or self.key in told:
            self.leaks.append(f"{call.method} {call.path} with {sorted(call.headers)}")
        found = re.search(r"(job\d+)", call.path)
        if call.method in {"POST", "PUT"}:
            route = Route(call.method, r"/.*", "put", self.keep)
        else:
            route = Route("GET", r"/.*", "storage", lambda _: self.file(found[1] if found else ""))
        return self._played(route, call)


def _fits(route: Route, call: Call) -> re.Match[str] | None:
    return re.fullmatch(route.pattern, call.path) if route.method == call.method else None


def _serve(handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def _chunks(stream: Any) -> bytes:
    body = b""
    while size := int(stream.readline().strip() or b"0", 16):
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return body


def _write(handler: BaseHTTPRequestHandler, reply: Reply, fault: Fault | None, end: threading.Event) -> None:
    handler.close_connection = True
    if fault in {Fault.HANG_BEFORE, Fault.HANG_AFTER}:
        _wait_until_gone(handler.connection, end)
        return
    if fault in {Fault.RESET_BEFORE, Fault.RESET_AFTER}:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        handler.connection.close()
        return
    data = reply.data
    try:
        handler.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data) + (1000 if fault is Fault.SHORT else 0)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        if fault is Fault.DRIP:
            _drip(handler, data, end)
        elif handler.command != "HEAD":
            handler.wfile.write(data)
    except OSError:
        return  # whoever asked has gone


def _drip(handler: BaseHTTPRequestHandler, data: bytes, end: threading.Event) -> None:
    for at in range(len(data)):
        handler.wfile.write(data[at : at + 1])
        handler.wfile.flush()
        if end.wait(0.05):
            return


def _wait_until_gone(connection: socket.socket, end: threading.Event) -> None:
    connection.settimeout(0.05)
    while not end.is_set():
        try:
            if connection.recv(1) == b"":
                return
        except TimeoutError:
            continue
        except OSError:
            return
