"""Every service, through the whole of `filmkit generate`: a take comes home, whatever dies, and is paid once."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from paidfilm import QUICK, QuickArrival, believing
from providerserver import Fault
from services import CLIP, PNG, SERVICES, Service

from filmkit.engine.film_id import film_id
from filmkit.engine.generate import GenerationReport, Run, Terms
from filmkit.engine.generation import open_generation
from filmkit.engine.verdicts import answer
from filmkit.load.lock_write import read_lines
from filmkit.media.tools import find_ffmpeg
from filmkit.model.generation import Mode
from filmkit.plan.requests import Order
from filmkit.providers.http import Client
from filmkit.store.digests import DigestMemo
from filmkit.store.jobs import JobState
from filmkit.store.journal import Journal
from filmkit.store.store import Store

BOARD = """\
filmkit: 1
title: Boat
picture: {{size: 1280x720, fps: 24}}
budget: {{limit: 20 USD}}
generate: {{with: {word}, model: {model}, seed: 41}}
scenes:
  - id: harbour
    shots:
      - {{id: boat, subject: a boat, action: rolls in the swell, lasts: 2s{start}}}
"""
START = ", from: {file: reference/boat.png, mode: i2v}"
BOTH = [
    pytest.param(service, model, START if mode is Mode.I2V else "", id=f"{service}-{mode.value}")
    for service in SERVICES
    for mode, model in service.ways[:2]
    if mode in {Mode.T2V, Mode.I2V}
]


class Killed(BaseException):
    """The process dies here."""


class Studio:
    """A film of one shot, its journal and its store: all that is left when a process dies."""

    def __init__(self, folder: Path, service: Service, server: Any, board: str) -> None:
        self.folder, self.service, self.server = folder, service, server
        self.film = folder / "film"
        (self.film / "reference").mkdir(parents=True)
        (self.film / "reference" / "boat.png").write_bytes(PNG)
        (self.film / "storyboard.yaml").write_text(board, encoding="utf-8")

    @contextmanager
    def at_the_desk(self) -> Iterator[dict[str, str]]:
        """The environment that the person has set for this service."""
        environment = {**self.service.environment(self.server), **self.service.chosen}
        with pytest.MonkeyPatch.context() as person:
            for name, value in environment.items():
                person.setenv(name, value)
            yield environment

    def generate(self) -> GenerationReport:
        store = Store(self.folder / "store")
        with Journal(self.folder / "journal.db") as journal, self.at_the_desk() as environment:
            generation = open_generation(
                self.film, Order(), journal, DigestMemo(self.folder / "store"), probe=believing
            )
            arrival = QuickArrival(self.film, store, find_ffmpeg())
            arrival.wanted = CLIP
            terms = Terms(pace=QUICK, environment=environment, unpriced=True)
            return Run(generation, journal, arrival, terms).go()

    def bury(self) -> None:
        """What has died holds no job any more (this process, in whose name it held them, lives on)."""
        with closing(sqlite3.connect(self.folder / "journal.db")) as journal, journal:
            journal.execute("UPDATE jobs SET leased = 0")

    def answer_what_is_held(self) -> None:
        """As a person does who looks at the service's page: the jobs there that the journal does not know."""
        with Journal(self.folder / "journal.db") as journal, self.at_the_desk():
            film = film_id(journal, self.film)
            jobs = journal.jobs(film)
            known = str([job.handle for job in jobs])
            there = [name for name in self.server.jobs if name not in known]
            for job in jobs:
                if job.state is JobState.HELD:
                    answer(journal, film, f"{job.ref}={there.pop() if there else 'no'}")

    def finish(self) -> None:
        """Runs and answers until nothing is left."""
        for _ in range(6):
            if self.generate().is_all_made and (self.film / "storyboard.lock").exists():
                return
            self.answer_what_is_held()
        raise AssertionError("no end")

    def check(self) -> None:
        takes = {path.relative_to(self.film).as_posix(): path.read_bytes() for path in self.film.rglob("t*.mp4")}
        assert takes == {"takes/harbour/boat/t01.mp4": CLIP}
        assert list(read_lines(self.film)) == ["harbour/boat/t01"]
        assert self.server.billed == 1 and self.server.leaks == []
        with Journal(self.folder / "journal.db") as journal:
            jobs = journal.jobs(film_id(journal, self.film))
        assert [job.reason for job in jobs if job.state is JobState.USED] == [""], "a question that is answered is gone"
        left = b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())
        assert self.server.key.encode() not in left, "the key lies in the journal, the lock, the store or the film"


@contextmanager
def studio(folder: Path, service: Service, model: str, start: str) -> Iterator[Studio]:
    with service.server(CLIP) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in {**service.environment(server), **service.chosen}.items():
            if name.endswith("_URL") or name in service.chosen:  # no key
                patch.setenv(name, value)
        yield Studio(folder, service, server, BOARD.format(word=service.word, model=model, start=start))


@pytest.mark.parametrize(("service", "model", "start"), BOTH)
def test_a_take_comes_home(service: Service, model: str, start: str, tmp_path: Path) -> None:
    with studio(tmp_path, service, model, start) as film:
        assert film.generate().is_all_made
        film.check()
        assert film.generate().outcomes == (), "nothing is asked for twice"
        film.check()


@pytest.mark.parametrize("fault", [Fault.RESET_AFTER, Fault.RESET_BEFORE])
@pytest.mark.parametrize("service", SERVICES, ids=str)
def test_a_lost_answer_is_settled_and_paid_once(service: Service, fault: Fault, tmp_path: Path) -> None:
    with studio(tmp_path, service, service.ways[0][1], "") as film:
        film.server.fail("submit", fault)
        report = film.generate()
        assert report.held or service.finds, "what nobody can look up is held"
        film.finish()
        film.check()


@pytest.mark.slow
@pytest.mark.parametrize(("service", "model", "start"), BOTH)
def test_whatever_step_it_dies_at_the_take_comes_home_and_is_paid_once(
    service: Service, model: str, start: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dies before and after each request and each line of the journal, in turn, until it gets through."""
    for at in itertools.count():
        with studio(tmp_path / str(at), service, model, start) as film:
            with dying_at(at, monkeypatch) as deaths, suppress(Killed):
                film.generate()
            film.bury()
            film.finish()
            film.check()
            if not deaths:
                break
    assert at > 20, "it died at so many steps"


ASKED = (
    Fault.RATE, Fault.BUSY, Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.RESET_BEFORE, Fault.RESET_AFTER,
    Fault.NONSENSE, Fault.SHORT,
)  # fmt: skip
FETCHED = (
    Fault.TRUNCATED, Fault.SHORT, Fault.PAGE, Fault.EXPIRED, Fault.MOVED, Fault.RESET_BEFORE, Fault.ERROR_BEFORE,
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES, ids=str)
def test_whatever_goes_wrong_in_whatever_order_the_take_is_paid_once(service: Service, tmp_path: Path) -> None:
    """Twenty-five stories of up to six troubles each, by seed."""
    for seed in range(25):
        chance = random.Random(f"{service}/{seed}")
        with studio(tmp_path / str(seed), service, service.ways[0][1], "") as film:
            for _ in range(chance.randint(1, 6)):
                step = chance.choice(("submit", "submit", "poll", "list", "file", "result", service.file_step))
                film.server.fail(step, chance.choice(FETCHED if step == service.file_step else ASKED))
            try:
                film.finish()
                film.check()
            except AssertionError as error:
                raise AssertionError(f"story {seed}: {error}") from error


@contextmanager
def dying_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The process dies at the ``step``-th of its steps; the list then holds it."""
    deaths: list[int] = []
    count = itertools.count()

    def tick() -> None:
        if next(count) >= step and not deaths:
            deaths.append(step)
        if deaths:
            raise Killed

    def watched(kind: type, *names: str) -> None:
        for name in names:
            patch.setattr(kind, name, around(getattr(kind, name)))

    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            tick()
            found = real(*args, **more)
            tick()
            return found

        return call

    with monkeypatch.context() as patch:
        watched(Client, "send", "download")
        watched(Journal, "begin", "move", "note")
        watched(QuickArrival, "accept", "place")
        yield deaths
