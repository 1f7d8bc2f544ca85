"""All services that make takes, each with its loopback server and what it promises: for the suite that all pass.

A new service adds one :class:`Service` to ``SERVICES``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from comfyserver import ComfyCloudServer, ComfyServer
from comfyv2server import ComfyV2Server
from falserver import FalServer
from hailuoserver import HailuoServer
from klingserver import KlingServer
from omniserver import OmniServer
from openaiserver import OpenAIServer
from providerserver import ProviderServer
from runwayserver import RunwayServer
from veoserver import VeoServer

from filmkit.model.camera import Camera, Move, Pace
from filmkit.model.generation import Mode, Reference, Role, ShotRequest, Words
from filmkit.model.scalar import Size
from filmkit.providers.base import Cancelled, Compiled, Handle, Http, Intent, Provider, Status
from filmkit.providers.exchange import Limits
from filmkit.providers.http import Client
from filmkit.providers.registry import provider_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
CLIP = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 400
LIMITS = Limits(connect_s=10, read_s=30, total_s=60, file_s=60, file_bytes=1 << 20)
MOST_POLLS = 60
BEGAN = 1_795_000_000.0
"""When the requests of :class:`Job` are written down; its server makes its jobs two seconds later."""

_FILES = {
    Role.FIRST: ("first.png", PNG),
    Role.LAST: ("last.png", PNG + b"last"),
    Role.LOOK: ("look.png", PNG + b"look"),
    Role.CLIP: ("clip.mp4", CLIP),
    Role.PERFORMANCE: ("performance.mp4", CLIP + b"acts"),
}
_ROLES = {
    Mode.T2V: (),
    Mode.I2V: (Role.FIRST,),
    Mode.V2V: (Role.CLIP,),
    Mode.PERFORMANCE: (Role.PERFORMANCE, Role.LOOK),
}


@dataclass(frozen=True)
class Service:
    """``ways`` are mode and model; ``finds``: a job whose answer was lost is found; ``cancels_queued`` and
    ``cancels_done`` what comes of a wish to cancel; ``tells_cost``: final states say what was charged;
    ``moderated`` the fates that are moderation; ``refreshes``: a job has fresh addresses for its files; ``has_key`` and
    ``has_links``: it asks for a key, its files lie at signed addresses; ``chosen`` tells dialects of one word apart;
    ``file_step`` is the step of the server that serves files; ``is_inline``: they come within the answer.
    """

    word: str
    server: Callable[[bytes], ProviderServer]
    environment: Callable[[ProviderServer], dict[str, str]]
    ways: tuple[tuple[Mode, str], ...]
    finds: bool = False
    cancels_queued: Cancelled = Cancelled.CANCELLED
    cancels_done: Cancelled = Cancelled.TOO_LATE
    tells_cost: bool = False
    tells_balance: bool = True
    refreshes: bool = True
    queue_word: str = "queued"
    moderated: tuple[str, ...] = ("moderated",)
    failed: tuple[str, ...] = ("failed",)
    has_key: bool = True
    has_links: bool = True
    chosen: Mapping[str, str] = field(default_factory=dict)
    file_step: str = "storage"
    is_inline: bool = False

    @property
    def provider(self) -> Provider:
        return provider_of(self.word, self.chosen)

    def __str__(self) -> str:
        return "-".join([self.word, *self.chosen.values()])


SERVICES = (
    Service(
        "runway",
        RunwayServer,
        lambda server: {"FILMKIT_RUNWAY_URL": server.url, "RUNWAYML_API_SECRET": server.key},
        ((Mode.T2V, "gen4.5"), (Mode.I2V, "gen4_turbo"), (Mode.V2V, "aleph2"), (Mode.PERFORMANCE, "act_two")),
        tells_cost=True,
        queue_word="throttled",
        moderated=("moderated", "moderated input"),
        failed=("failed", "bad asset"),
    ),
    Service(
        "kling",
        KlingServer,
        lambda server: {"FILMKIT_KLING_URL": server.url, "KLINGAI_SECRET_KEY": server.key,
                        "KLINGAI_ACCESS_KEY": KlingServer.access},
        ((Mode.T2V, "kling-v2-5-turbo"), (Mode.I2V, "kling-v2-5-turbo")),
        finds=True,
        cancels_queued=Cancelled.UNSUPPORTED,
        cancels_done=Cancelled.UNSUPPORTED,
        tells_cost=True,
    ),
    Service(
        "hailuo",
        HailuoServer,
        lambda server: {"FILMKIT_HAILUO_URL": server.url, "MINIMAX_API_KEY": server.key},
        ((Mode.T2V, "MiniMax-Hailuo-02"), (Mode.I2V, "MiniMax-Hailuo-02"), (Mode.T2V, "h3"), (Mode.I2V, "h3")),
        cancels_queued=Cancelled.UNSUPPORTED,
        cancels_done=Cancelled.UNSUPPORTED,
        tells_balance=False,
        moderated=("moderated", "moderated input"),
    ),
    Service(
        "fal",
        FalServer,
        lambda server: {"FILMKIT_FAL_URL": server.url, "FAL_KEY": server.key},
        (
            (Mode.T2V, "pika-2.2"), (Mode.I2V, "pika-2.2"), (Mode.I2V, "kling-2.5-turbo-std"),
            (Mode.T2V, "kling-2.5-turbo-pro"), (Mode.I2V, "kling-2.5-turbo-pro"), (Mode.T2V, "kling-2.6-pro"),
            (Mode.I2V, "kling-2.6-pro"), (Mode.T2V, "kling-3.0-pro"), (Mode.I2V, "kling-3.0-pro"),
            (Mode.T2V, "hailuo-02-standard"), (Mode.I2V, "hailuo-02-standard"), (Mode.T2V, "wan-2.2-a14b"),
            (Mode.I2V, "wan-2.2-a14b"), (Mode.V2V, "wan-2.2-a14b"), (Mode.T2V, "ltx-2.3"), (Mode.I2V, "ltx-2.3"),
            (Mode.T2V, "ltx-2-19b"), (Mode.I2V, "ltx-2-19b"), (Mode.T2V, "veo-3.1"), (Mode.I2V, "veo-3.1"),
        ),
        tells_balance=False,
        failed=("failed", "failed late"),
    ),
    *(
        Service(
            "comfy", server, lambda server: {"FILMKIT_COMFY_URL": server.url, "COMFY_API_KEY": server.key},
            ((Mode.T2V, "wan2.2-14b"), (Mode.I2V, "wan2.2-14b"), (Mode.T2V, "wan2.2-5b"), (Mode.I2V, "wan2.2-5b"),
             (Mode.T2V, "ltx2.3"), (Mode.I2V, "ltx2.3")),
            finds=True, tells_balance=False, moderated=(), has_key=dialect != "own", has_links=dialect != "own",
            tells_cost=dialect == "own", chosen={"FILMKIT_COMFY": dialect},
        )
        for dialect, server in (("own", ComfyServer), ("cloud", ComfyCloudServer), ("v2", ComfyV2Server))
    ),
    Service(
        "veo",
        VeoServer,
        lambda server: {"FILMKIT_VEO_URL": server.url, "GOOGLE_OAUTH_ACCESS_TOKEN": server.key,
                        "GOOGLE_CLOUD_PROJECT": "film-school-7", "GOOGLE_CLOUD_LOCATION": "europe-west4"},
        ((Mode.T2V, "veo-3.1-generate-001"), (Mode.I2V, "veo-3.1-fast-generate-001"),
         (Mode.I2V, "veo-3.1-lite-generate-001")),
        cancels_queued=Cancelled.UNSUPPORTED,
        cancels_done=Cancelled.UNSUPPORTED,
        tells_balance=False,
        queue_word="running",
        moderated=("moderated", "moderated input"),
        is_inline=True,
    ),
    Service(
        "omni",
        OmniServer,
        lambda server: {"FILMKIT_OMNI_URL": server.url, "GEMINI_API_KEY": server.key},
        ((Mode.T2V, "gemini-omni-1.2-flash"), (Mode.I2V, "gemini-omni-1.2-flash"), (Mode.V2V, "gemini-omni-1.1-flash")),
        tells_balance=False,
        refreshes=False,
        moderated=("moderated", "moderated input"),
        failed=("failed", "incomplete"),
        file_step="content",
    ),
    Service(
        "openai",
        OpenAIServer,
        lambda server: {"FILMKIT_OPENAI_URL": f"{server.url}/v1", "OPENAI_API_KEY": server.key},
        ((Mode.T2V, "sora-2"), (Mode.I2V, "sora-2-pro"), (Mode.V2V, "sora-2"), (Mode.T2V, "gateway-video-1"),
         (Mode.I2V, "gateway-video-1")),
        finds=True,
        cancels_queued=Cancelled.UNSUPPORTED,
        cancels_done=Cancelled.UNSUPPORTED,
        tells_balance=False,
        refreshes=False,
        file_step="content",
    ),
)  # fmt: skip


@dataclass
class Job:
    """One way through a service, from a request to a handle, as the engine goes."""

    service: Service
    server: ProviderServer
    http: Http
    folder: Path
    handle: Handle = field(init=False)

    @property
    def provider(self) -> Provider:
        return self.service.provider

    def compiled(self, way: int = 0, ref: str = "ref-0001", **more: Any) -> Compiled:
        mode, model = self.service.ways[way]
        return self.provider.compile(shot(self.folder, mode, model, self.service.word, **more), model, ref)

    def intent(self, compiled: Compiled, ref: str = "ref-0001") -> Intent:
        return Intent(ref, compiled, BEGAN)

    def submit(self, way: int = 0, ref: str = "ref-0001", **more: Any) -> Handle:
        compiled = self.compiled(way, ref, **more)
        self.handle = self.provider.submit(compiled, self.intent(compiled, ref), self.http)
        return self.handle

    def polls(self) -> Iterator[Status]:
        """Every state until the last; the handle goes through JSON, as it does in the journal."""
        handle = Handle(self.handle.provider, json.loads(json.dumps(dict(self.handle.value))))
        for _ in range(MOST_POLLS):
            status = self.provider.poll(handle, self.http)
            yield status
            if status.state.is_final:
                return
        raise AssertionError(f"not final after {MOST_POLLS} polls")

    def end(self) -> Status:
        return list(self.polls())[-1]


@contextmanager
def serving(service: Service, folder: Path, key: str | None = None) -> Iterator[Job]:
    """A service's server and a client for it; ``key`` stands for all its keys where it should be a wrong one."""
    with service.server(CLIP) as server:
        server.clock = BEGAN + 2
        environment = service.environment(server)
        if key is not None:
            names = {*service.provider.home.keys, *service.provider.home.more_keys}
            environment = {name: key if name in names else value for name, value in environment.items()}
        with Client(service.provider, environment, LIMITS) as http:
            yield Job(service, server, http, folder)


def shot(folder: Path, mode: Mode, model: str, maker: str = "runway", **more: Any) -> ShotRequest:
    """A request with what its mode needs; ``roles`` are further references, the rest is as in ShotRequest."""
    roles = dict.fromkeys((*_ROLES[mode], *more.pop("roles", ())))
    words = more.pop("words", None) or Words(
        subject="a fishing boat", action="rolls in the swell", framing="wide shot",
        camera=Camera(move=Move.PUSH_IN, pace=Pace.SLOW), style="35mm, grey dawn", avoid=("text", "blur"),
    )  # fmt: skip
    asked: Mapping[str, Any] = {
        "seconds": Fraction(5),
        "size": Size(1280, 720),
        "fps": Fraction(24),
        "seed": 41,
        **more,
    }
    references = tuple(reference(folder, role) for role in roles)
    return ShotRequest("harbour/boat", 1, maker, model, mode, words, references=references, **asked)


def reference(folder: Path, role: Role) -> Reference:
    """A file in that role, written to ``folder``."""
    name, data = _FILES[role]
    path = folder / name
    path.write_bytes(data)
    return Reference(role, hashlib.sha256(data).hexdigest(), str(path), name)
