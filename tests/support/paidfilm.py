"""A small film whose takes come from :class:`StubServer` (``with: fal``), and whoever generates them, in process."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from barcode import make_numbered, read_numbers
from filmfolders import CLIP
from stubservice import KEY, URL, StubProvider, StubServer, registered

from filmkit.engine.arrival import Arrival, Unfit
from filmkit.engine.errand import Tell, silent
from filmkit.engine.film_id import film_id
from filmkit.engine.generate import GenerationReport, Run, Terms
from filmkit.engine.generation import Generation, open_generation
from filmkit.engine.pacing import Pace
from filmkit.engine.verdicts import answer
from filmkit.load.lock_write import read_lines
from filmkit.media.tools import find_ffmpeg
from filmkit.model.scalar import Money
from filmkit.model.take import MediaFacts
from filmkit.plan.requests import Order
from filmkit.store.digests import DigestMemo
from filmkit.store.jobs import Job
from filmkit.store.journal import Journal
from filmkit.store.store import Store

WORD = "fal"
FRAMES = 12
QUICK = Pace(
    first_s=0.01, most_s=0.02, backoff_s=0.01, most_backoff_s=0.05, tries=6, refused_s=5, patience_s=20, grace_s=0.05,
    leave_s=5,
)  # fmt: skip
BOARD = """\
filmkit: 1
title: Paid
picture: {{size: 96x64, fps: 24}}
budget: {{limit: {limit}}}
generate: {{with: fal, model: stub-1, takes: {takes}, seed: 100}}
scenes:
  - id: harbour
    shots:
{shots}"""
SHOT = "      - {{id: s{number}, action: action number {number}, lasts: 8f}}\n"


@cache
def clip_bytes() -> bytes:
    """A sound clip of a quarter of a second, each frame numbered."""
    with TemporaryDirectory() as folder:
        return make_numbered(Path(folder) / "clip.mp4", FRAMES).read_bytes()


def write_paid_film(folder: Path, *, shots: int = 2, takes: int = 1, limit: str = "100 USD") -> Path:
    """The film's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(SHOT.format(number=number) for number in range(1, shots + 1))
    (folder / "storyboard.yaml").write_text(BOARD.format(shots=lines, takes=takes, limit=limit))
    return folder


FAKE_CLIP = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 40


def believing(paths: Sequence[Path]) -> list[MediaFacts]:
    """A probe that takes all for clips."""
    return [CLIP for _ in paths]


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


class QuickArrival(Arrival):
    """Believes a file by its bytes, so that no decoder is started."""

    wanted = b""

    def accept(self, path: Path, name: str, *, may_be_still: bool = False) -> tuple[str, str]:
        if path.read_bytes() != self.wanted:
            raise Unfit(f"what came for {name} is no take")
        return self._store.keep(path, name), "mp4"


@dataclass
class Producer:
    """Generates the takes of a film, as often as wanted; remembers nothing in between but what is on the disk.

    ``decodes``: what comes meets the real gate and a decoder; else it is known by its bytes.
    """

    folder: Path
    server: StubServer
    decodes: bool = False
    arrival: type[QuickArrival] = QuickArrival
    provider: StubProvider = field(default_factory=lambda: StubProvider(word=WORD))

    @classmethod
    def at(cls, folder: Path, server: StubServer, *, decodes: bool = False, **film: Any) -> Producer:
        write_paid_film(folder / "film", **film)
        return cls(folder, server, decodes)

    @property
    def film(self) -> Path:
        return self.folder / "film"

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self._stack.enter_context(registered(WORD, self.provider))
        self.journal = self._stack.enter_context(Journal(self.folder / "state" / "journal.db"))
        self.store = Store(self.folder / "store")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def open(self, order: Order = Order()) -> Generation:
        return open_generation(
            self.film, order, self.journal, DigestMemo(self.folder / "store"), probe=None if self.decodes else believing
        )

    def run(self, order: Order = Order(), pace: Pace = QUICK, tell: Tell = silent, **terms: Any) -> Run:
        environment = {URL: self.server.url, KEY: self.server.key}
        arrival = (Arrival if self.decodes else self.arrival)(self.film, self.store, find_ffmpeg())
        if isinstance(arrival, QuickArrival):
            arrival.wanted = FAKE_CLIP
        return Run(self.open(order), self.journal, arrival, Terms(pace=pace, environment=environment, **terms), tell)

    def generate(self, order: Order = Order(), **terms: Any) -> GenerationReport:
        return self.run(order, **terms).go()

    def answer(self, said: str) -> Job:
        return answer(self.journal, film_id(self.journal, self.film), said)

    def takes(self) -> dict[str, Any]:
        """Every take on disk by ``s1/t01``: the numbers its frames carry, or its bytes."""
        found = sorted((self.film / "takes").rglob("t*.mp4"))
        read = read_numbers if self.decodes else Path.read_bytes
        return {f"{path.parent.name}/{path.stem}": read(path) for path in found}

    def lock(self) -> dict[str, dict[str, Any]]:
        return {name: dict(said) for name, said in read_lines(self.film).items()}
