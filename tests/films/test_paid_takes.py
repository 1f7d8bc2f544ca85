"""Kills and faults by the hundred: the bill has what was wanted, never more, and exactly that once all is answered."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from paidfilm import FAKE_CLIP, QUICK, Producer
from paidkills import MARK, Forks, MarkedArrival
from providerserver import Call, Fault, Reply
from stubservice import StubProvider, StubServer

from filmkit.providers.exchange import Limits
from filmkit.store.jobs import JobState

SHOTS, TAKES = 3, 2
WANTED = SHOTS * TAKES
KILLS = 100
FAULTS = 50
LIMITS = Limits(connect_s=2, read_s=0.15, total_s=0.4, file_s=0.4)


class SlowServer(StubServer):
    """Takes its time before and after it accepts a job, so that kills fall in between; each job has its own file."""

    def create(self, call: Call) -> Reply:
        time.sleep(random.uniform(0, 0.01))
        reply = super().create(call)
        time.sleep(random.uniform(0, 0.01))
        return reply

    def file(self, job_id: str) -> Reply:
        return Reply(200 if job_id in self.jobs else 404, FAKE_CLIP + job_id.encode() + MARK)


def _answer_truly(producer: Producer, server: StubServer) -> int:
    """What a person finds on the service's page: the job, or none. How many were asked."""
    time.sleep(0.1)  # whatever was under way has arrived
    held = [job for job in producer.journal.jobs() if job.state is JobState.HELD]
    for job in held:
        begun = [served.id for served in server.jobs.values() if served.ref == job.ref]
        producer.answer(f"{job.ref}={begun[0] if begun else 'no'}")
    return len(held)


def _assert_each_take_is_there_once(producer: Producer, server: StubServer) -> None:
    takes = producer.takes()
    jobs = [(job.take_name, job.attempt, job.state.value, job.reason[:40]) for job in producer.journal.jobs()]
    assert sorted(name[:2] for name in takes) == [f"s{shot}" for shot in range(1, SHOTS + 1) for _ in range(TAKES)], (
        jobs
    )
    assert sorted(takes.values()) == sorted(FAKE_CLIP + job.encode() + MARK for job in server.jobs)
    assert server.billed == WANTED
    lock = producer.lock()
    assert len(lock) == WANTED and len({line["sha256"] for line in lock.values()}) == WANTED
    spent = producer.journal.spent(producer.journal.jobs()[0].wish.film, "USD").amount * 100
    assert spent == server.price * WANTED, "the books agree with the bill"
    assert server.leaks == []


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("finds", "seed"), [("by ref", 11), ("nothing", 12)])
def test_a_hundred_kills_pay_for_no_take_twice(tmp_path: Path, finds: str, seed: int) -> None:
    chance = random.Random(seed)
    landed = films = asked = 0
    with Forks() as forks:
        while landed < KILLS:
            films += 1
            with SlowServer() as server:
                producer = Producer.at(tmp_path / str(films), server, shots=SHOTS, takes=TAKES)
                producer.provider = StubProvider(finds=finds, word="fal")
                for _ in range(12):
                    with forks.run(producer) as pid:
                        time.sleep(chance.uniform(0, 0.6))
                        with suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                    landed += forks.code == -signal.SIGKILL
                    assert server.billed <= WANTED
                with producer:
                    for _ in range(20):
                        asked += _answer_truly(producer, server)
                        with forks.run(producer):
                            pass
                        if forks.code == 0:
                            break
                    assert forks.code == 0
                    _assert_each_take_is_there_once(producer, server)
    assert asked == 0 or finds == "nothing"


SUBMIT = (Fault.RATE, Fault.BUSY, Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.HANG_BEFORE, Fault.HANG_AFTER,
          Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.NONSENSE, Fault.SHORT, Fault.DRIP)  # fmt: skip
POLL = (Fault.RATE, Fault.BUSY, Fault.ERROR_BEFORE, Fault.HANG_BEFORE, Fault.RESET_BEFORE, Fault.NONSENSE, Fault.SHORT)
FILE = (Fault.RATE, Fault.BUSY, Fault.ERROR_BEFORE, Fault.TRUNCATED, Fault.SHORT, Fault.PAGE, Fault.EXPIRED,
        Fault.MOVED, Fault.LOOP, Fault.DRIP, Fault.RESET_BEFORE, Fault.HANG_BEFORE)  # fmt: skip
LOOK = (Fault.BUSY, Fault.ERROR_BEFORE, Fault.RESET_BEFORE)
STEPS = {"submit": SUBMIT, "poll": POLL, "storage": FILE, "list": LOOK}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("finds", "seed"), [("by ref", 21), ("nothing", 22)])
def test_fifty_faults_pay_for_no_take_twice(tmp_path: Path, finds: str, seed: int) -> None:
    chance = random.Random(seed)
    met = films = asked = 0
    while met < FAULTS:
        films += 1
        with SlowServer() as server:
            producer = Producer.at(tmp_path / str(films), server, shots=SHOTS, takes=TAKES)
            producer.provider = StubProvider(finds=finds, word="fal")
            producer.arrival = MarkedArrival
            planted = [(step, chance.choice(faults)) for step, faults in STEPS.items() for _ in range(3)]
            for step, fault in planted:
                server.fail(step, fault)
            with producer:
                for _ in range(30):
                    report = producer.generate(pace=replace(QUICK, grace_s=0.2), limits=LIMITS)
                    assert server.billed <= WANTED
                    asked += _answer_truly(producer, server)
                    if report.is_all_made and not report.held:
                        break
                _assert_each_take_is_there_once(producer, server)
            met += len(planted) - sum(len(server._faults[step]) for step in STEPS)
    assert asked == 0 or finds == "nothing"
