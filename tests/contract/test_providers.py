"""What every service keeps, whatever its dialect: a take comes through whole, is paid for once, and no key gets out."""

from __future__ import annotations

import dataclasses
import json
import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from providerserver import Fault
from repository import ROOT
from services import CLIP, SERVICES, Job, Service, serving

from filmkit.load.film import load_film
from filmkit.model.film import shot_name
from filmkit.model.generation import Mode, ShotRequest
from filmkit.model.storyboard import Generate, Generator
from filmkit.plan.cut import cut
from filmkit.plan.requests import request_of
from filmkit.providers.base import Cancelled, ErrorKind, Handle, HttpError, State
from filmkit.providers.http import Client
from filmkit.store.digests import DigestMemo

WAYS = [
    pytest.param(service, way, id=f"{service}-{mode.value}-{model}")
    for service in SERVICES
    for way, (mode, model) in enumerate(service.ways)
]
MADE = Generate.model_validate({"with": Generator.RUNWAY, "seed": "41"})
KEYED = pytest.mark.parametrize("service", [each for each in SERVICES if each.has_key], ids=str)
LINKED = pytest.mark.parametrize("service", [each for each in SERVICES if each.has_links], ids=str)
LIVE = {State.QUEUED, State.THROTTLED, State.RUNNING}


@pytest.fixture(params=SERVICES, ids=str)
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = request.param
    return found


@pytest.fixture
def job(service: Service, tmp_path: Path) -> Iterator[Job]:
    with serving(service, tmp_path) as job:
        yield job


def _error(job: Job) -> HttpError:
    with pytest.raises(HttpError) as caught:
        job.submit()
    return caught.value


@pytest.mark.parametrize(("service", "way"), WAYS)
def test_a_take_is_made_from_a_request(service: Service, way: int, tmp_path: Path) -> None:
    with serving(service, tmp_path) as job:
        job.submit(way)
        statuses = list(job.polls())
        states = [status.state for status in statuses]
        assert states[-1] is State.SUCCEEDED and State.RUNNING in states
        assert set(states[:-1]) <= LIVE and states == sorted(states, key=list(State).index)
        assert len(statuses[-1].outputs) == 1
        job.provider.fetch(job.handle, statuses[-1].outputs[0], job.http, tmp_path / "take.mp4")
        assert (tmp_path / "take.mp4").read_bytes() == CLIP
        assert (job.server.billed, job.server.count("submit"), job.server.leaks) == (1, 1, [])


def test_every_shot_of_the_demo_is_taken(service: Service, demo: tuple[ShotRequest, ...], tmp_path: Path) -> None:
    """Words, lengths, sizes, moves and pictures of a real storyboard, in each of the service's ways."""
    with serving(service, tmp_path) as job:
        sent = 0
        for request in demo:
            for model in {model for mode, model in service.ways if mode is request.mode}:
                asked = dataclasses.replace(request, maker=service.word, model=model)
                compiled = job.provider.compile(asked, model, f"ref-{sent:04}")
                job.provider.submit(compiled, job.intent(compiled, f"ref-{sent:04}"), job.http)
                sent += 1
        assert job.server.billed == sent >= len(demo)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[ShotRequest, ...]:
    film = load_film(ROOT / "projects" / "leaving-earth", memo=DigestMemo(tmp_path_factory.mktemp("memo"))).film
    assert film is not None
    timeline = cut(film).timeline
    scenes = tuple(
        scene.model_copy(update={"shots": tuple(shot.model_copy(update={"generate": MADE}) for shot in scene.shots)})
        for scene in film.storyboard.scenes
    )
    made = dataclasses.replace(film, storyboard=film.storyboard.model_copy(update={"scenes": scenes}))
    names = [shot_name(scene, shot) for scene in scenes for shot in scene.shots]
    found = [request_of(made, name, timeline, 1) for name in names]
    requests = tuple(request for request in found if isinstance(request, ShotRequest))
    assert {request.mode for request in requests} == {Mode.T2V, Mode.I2V} and len(requests) >= 6
    return requests


def test_another_process_goes_on_with_the_handle_alone(job: Job, tmp_path: Path) -> None:
    job.submit()
    handle = Handle(job.service.word, json.loads(json.dumps(dict(job.handle.value))))
    with Client(job.provider, job.service.environment(job.server)) as http:
        while not (status := job.provider.poll(handle, http)).state.is_final:
            pass
        job.provider.fetch(handle, status.outputs[0], http, tmp_path / "take.mp4")
    assert (tmp_path / "take.mp4").read_bytes() == CLIP
    assert job.server.billed == 1


def test_a_full_service_lets_the_second_job_wait(job: Job) -> None:
    job.server.most_at_once, job.server.polls = 1, 3
    job.submit(ref="ref-0001")
    first = job.polls()
    while next(first).state is not State.RUNNING:
        pass
    one = job.handle
    job.submit(ref="ref-0002")
    assert job.provider.poll(job.handle, job.http).state is State(job.service.queue_word)
    two, job.handle = job.handle, one
    assert job.end().state is State.SUCCEEDED
    job.handle = two
    assert job.end().state is State.SUCCEEDED


@LINKED
def test_an_expired_address_is_asked_for_again(job: Job, tmp_path: Path) -> None:
    job.submit()
    output = job.end().outputs[0]
    job.server.fail(job.service.file_step, Fault.EXPIRED)
    out = tmp_path / "take.mp4"
    if job.service.refreshes:
        job.provider.fetch(job.handle, output, job.http, out)
        assert out.read_bytes() == CLIP
    else:
        with pytest.raises(HttpError) as caught:
            job.provider.fetch(job.handle, output, job.http, out)
        assert caught.value.kind is ErrorKind.NOT_FOUND
    assert job.server.leaks == []


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.SHORT, Fault.PAGE, Fault.MOVED])
def test_a_file_is_got_whole_or_not_at_all(job: Job, tmp_path: Path, fault: Fault) -> None:
    """A page, or a half with its own length announced, is for the gate to find: what came is what was announced."""
    job.submit()
    out = tmp_path / "take.mp4"
    if job.service.is_inline:
        _comes_with_the_answer_or_not_at_all(job, out, fault)
        return
    output = job.end().outputs[0]
    job.server.fail(job.service.file_step, fault)
    if fault is Fault.SHORT:
        with pytest.raises(HttpError) as caught:
            job.provider.fetch(job.handle, output, job.http, out)
        assert caught.value.kind is ErrorKind.TRANSIENT and not out.exists()
    else:
        job.provider.fetch(job.handle, output, job.http, out)
        assert (out.read_bytes() == CLIP) is (fault is Fault.MOVED)
    assert job.server.leaks == []


def _comes_with_the_answer_or_not_at_all(job: Job, out: Path, fault: Fault) -> None:
    """The file is a part of the answer: half an answer is none, and is asked for again."""
    status = job.end()
    job.server.fail("poll", fault)
    with pytest.raises(HttpError) as caught:
        job.provider.poll(job.handle, job.http)
    assert caught.value.kind in {ErrorKind.TRANSIENT, ErrorKind.INVALID} and not out.exists()
    for output in (status.outputs[0], job.end().outputs[0]):
        job.provider.fetch(job.handle, output, job.http, out)
        assert out.read_bytes() == CLIP
    assert job.server.leaks == []


def test_a_moderated_job_says_why_and_what_it_cost(service: Service, tmp_path: Path) -> None:
    for fate in service.moderated:
        with serving(service, tmp_path) as job:
            job.server.fates.append(fate)
            job.submit()
            status = job.end()
            assert status.state is State.MODERATED
            assert len(status.reason) > 5 and status.outputs == ()
            if service.tells_cost:
                assert status.cost is not None and bool(status.cost.amount) is bool(job.server.billed)


def test_a_failed_job_says_why_and_what_it_cost(service: Service, tmp_path: Path) -> None:
    for fate in service.failed:
        with serving(service, tmp_path) as job:
            job.server.fates.append(fate)
            job.submit()
            status = job.end()
            assert status.state is State.FAILED
            assert len(status.reason) > 5 and status.outputs == ()
            if service.tells_cost:
                assert status.cost is not None and status.cost.amount == 0 == job.server.billed


def test_a_waiting_job_is_cancelled_where_the_service_can(job: Job) -> None:
    job.server.polls = 5
    job.submit()
    assert job.provider.cancel(job.handle, job.http) is job.service.cancels_queued
    if job.service.cancels_queued is Cancelled.CANCELLED:
        assert job.end().state in {State.CANCELLED, State.LOST}
        assert job.server.billed == 0
    else:
        assert job.end().state is State.SUCCEEDED


def test_a_finished_take_survives_a_late_wish_to_cancel(job: Job, tmp_path: Path) -> None:
    job.submit()
    output = job.end().outputs[0]
    assert job.provider.cancel(job.handle, job.http) is job.service.cancels_done
    job.provider.fetch(job.handle, output, job.http, tmp_path / "take.mp4")
    assert job.end().state is State.SUCCEEDED


@pytest.mark.parametrize("fault", [Fault.RESET_AFTER, Fault.ERROR_AFTER, Fault.NONSENSE, Fault.SHORT])
def test_a_lost_answer_is_looked_up_or_asked_about(job: Job, fault: Fault) -> None:
    compiled = job.compiled()
    job.server.fail("submit", fault)
    with pytest.raises(HttpError) as caught:
        job.provider.submit(compiled, job.intent(compiled), job.http)
    assert caught.value.kind is ErrorKind.UNKNOWN_OUTCOME and not caught.value.kind.is_surely_not_accepted
    found = job.provider.reconcile(job.intent(compiled), job.http)
    if job.service.finds:
        assert found.is_certain and found.handle is not None
        job.handle = found.handle
        assert job.end().state is State.SUCCEEDED
    else:
        assert found.handle is None and not found.is_certain
        assert found.question.count("?") >= 1 and compiled.model in found.question and "2026-11-18" in found.question
    assert (job.server.billed, job.server.count("submit")) == (1, 1)


def test_a_job_that_a_person_names_is_gone_on_with(job: Job, tmp_path: Path) -> None:
    compiled = job.compiled()
    job.server.fail("submit", Fault.RESET_AFTER)
    assert _error(job).kind is ErrorKind.UNKNOWN_OUTCOME
    (name,) = job.server.jobs
    job.handle = job.provider.handle_of(name, {"path": compiled.path})
    status = job.end()
    assert status.state is State.SUCCEEDED
    job.provider.fetch(job.handle, status.outputs[0], job.http, tmp_path / "take.mp4")
    assert (tmp_path / "take.mp4").read_bytes() == CLIP and job.server.billed == 1


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.ERROR_BEFORE])
def test_what_never_arrived_is_only_called_so_where_the_service_can_tell(job: Job, fault: Fault) -> None:
    compiled = job.compiled()
    job.server.fail("submit", fault)
    assert _error(job).kind is ErrorKind.UNKNOWN_OUTCOME
    found = job.provider.reconcile(job.intent(compiled), job.http)
    assert found.handle is None and found.is_certain is job.service.finds
    assert job.server.billed == 0


@pytest.mark.parametrize(("fault", "kind"), [(Fault.RATE, ErrorKind.RATE), (Fault.BUSY, ErrorKind.BUSY)])
def test_what_was_surely_not_taken_may_be_sent_again(job: Job, fault: Fault, kind: ErrorKind) -> None:
    job.server.fail("submit", fault)
    error = _error(job)
    assert error.kind is kind and error.kind.is_surely_not_accepted
    assert error.wait_s == (0 if fault is Fault.RATE else None)
    job.submit()
    assert job.server.billed == 1


def test_a_poll_that_goes_wrong_costs_nothing_and_is_asked_again(job: Job) -> None:
    job.submit()
    for fault in (Fault.NONSENSE, Fault.ERROR_BEFORE, Fault.RESET_BEFORE, Fault.SHORT):
        job.server.fail("poll", fault)
        with pytest.raises(HttpError) as caught:
            job.provider.poll(job.handle, job.http)
        assert caught.value.kind is ErrorKind.TRANSIENT, fault
    assert job.end().state is State.SUCCEEDED
    assert job.server.billed == 1


def test_a_question_that_is_sent_elsewhere_is_not_followed(job: Job) -> None:
    job.submit()
    job.server.fail("poll", Fault.MOVED, Fault.INSIDE)
    for _ in range(2):
        with pytest.raises(HttpError, match="answered 302"):
            job.provider.poll(job.handle, job.http)
    assert job.server.leaks == [] and job.end().state is State.SUCCEEDED


@KEYED
def test_a_wrong_key_is_said_to_be_wrong(service: Service, tmp_path: Path) -> None:
    with serving(service, tmp_path, key="wrong-key-0123456789") as job:
        error = _error(job)
        assert error.kind is ErrorKind.AUTH and "wrong-key" not in repr(error)
        assert job.server.billed == 0


def test_preflight_tells_what_is_there_and_pays_nothing(job: Job) -> None:
    flight = job.provider.preflight(job.http)
    assert flight.is_ready
    assert (flight.balance is not None and flight.balance.amount > 0) is job.service.tells_balance
    assert job.server.jobs == {}


@KEYED
def test_no_key_is_told_anywhere(job: Job, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    compiled = job.compiled()
    said = [
        repr(compiled),
        json.dumps(dict(compiled.body)),
        repr(job.provider),
        repr(job.http),
        repr(job.provider.home),
    ]
    job.server.fail("submit", Fault.ERROR_BEFORE)
    error = _error(job)
    said += [str(error), repr(error), error.remedy, *traceback.format_exception(error)]
    handle = job.submit()
    said += [repr(handle), json.dumps(dict(handle.value))]
    for status in job.polls():
        said += [repr(status), json.dumps(dict(status.facts))]
    job.provider.fetch(handle, status.outputs[0], job.http, tmp_path / "take.mp4")
    said += [repr(job.provider.reconcile(job.intent(compiled), job.http)), caplog.text]
    names = {*job.provider.home.keys, *job.provider.home.more_keys}
    secrets = [value for name, value in job.service.environment(job.server).items() if name in names]
    assert secrets and not any(secret in text for secret in secrets for text in said)
    assert job.server.leaks == []


def test_compiling_is_pure(job: Job) -> None:
    one, two = job.compiled(), job.compiled()
    assert dataclasses.asdict(one) == dataclasses.asdict(two)
    assert job.server.calls == []
