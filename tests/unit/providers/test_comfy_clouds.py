"""What only Comfy Cloud and Comfy API v2 know: plans, lost jobs, keys that are taken once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from comfyv2server import ComfyV2Server
from providerserver import Fault, Reply
from services import SERVICES, Job, serving

from filmkit.providers.base import Answer, ErrorKind, Handle, HttpError, Intent, State

DIALECTS = {service.chosen["FILMKIT_COMFY"]: service for service in SERVICES if service.word == "comfy"}


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Job]:
    with serving(DIALECTS["cloud"], tmp_path) as job:
        yield job


@pytest.fixture
def v2(tmp_path: Path) -> Iterator[Job]:
    with serving(DIALECTS["v2"], tmp_path) as job:
        yield job


def test_a_plan_that_has_ended_is_no_rate_limit(cloud: Job) -> None:
    cloud.submit()
    cloud.server.retry_after = "3"
    cloud.server.fail("poll", Fault.RATE)
    with pytest.raises(HttpError) as caught:
        cloud.provider.poll(cloud.handle, cloud.http)
    assert (caught.value.kind, caught.value.wait_s) == (ErrorKind.RATE, 3)
    assert cloud.provider.classify(Answer(429, {"error": "subscription inactive"})) is ErrorKind.BALANCE
    assert cloud.provider.classify(Answer(402, {"error": "no credits"})) is ErrorKind.BALANCE


def test_a_job_that_the_cloud_lost_is_lost(cloud: Job) -> None:
    cloud.server.fates.append("gone")
    cloud.submit()
    assert cloud.end().state is State.LOST
    assert cloud.provider.poll(Handle("comfy", {**cloud.handle.value, "id": "nobody"}), cloud.http).state is State.LOST


def test_one_key_is_taken_once(v2: Job) -> None:
    """The same attempt a second time is refused, whatever its body: it may be there."""
    v2.submit()
    with pytest.raises(HttpError) as caught:
        v2.submit()
    assert caught.value.kind is ErrorKind.UNKNOWN_OUTCOME and v2.server.billed == 1
    v2.submit(ref="ref-0002")
    assert v2.server.billed == 2


@pytest.mark.parametrize(("fault", "is_certain"), [(Fault.RESET_AFTER, False), (Fault.RESET_BEFORE, True)])
def test_without_a_list_of_jobs_the_key_tells_whether_one_was_begun(v2: Job, fault: Fault, is_certain: bool) -> None:
    assert isinstance(v2.server, ComfyV2Server)
    v2.server.has_list = False
    v2.server.fail("submit", fault)
    with pytest.raises(HttpError):
        v2.submit()
    compiled = v2.compiled()
    found = v2.provider.reconcile(Intent("ref-0001", compiled, time.time() - 60), v2.http)
    assert found.handle is None and found.is_certain is is_certain
    assert ("?" in found.question) is not is_certain
    assert v2.server.billed == (0 if is_certain else 1)
    for began in (time.time() - 5, time.time() - 90_000):
        assert not v2.provider.reconcile(Intent("ref-0001", compiled, began), v2.http).is_certain
    assert len(v2.server.jobs) == v2.server.billed


def test_a_key_that_was_taken_is_never_called_free(v2: Job) -> None:
    """The list does not show the job yet."""
    v2.submit()
    v2.server.show_all = lambda call: Reply(200, {"jobs": []})  # type: ignore[attr-defined]
    found = v2.provider.reconcile(v2.intent(v2.compiled()), v2.http)
    assert found.handle is None and not found.is_certain and "2026-11-18" in found.question


def test_a_busy_moment_before_the_start_is_no_trouble(v2: Job) -> None:
    for fault in (Fault.BUSY, Fault.RATE, Fault.ERROR_BEFORE):
        v2.server.fail("poll", fault)
        assert v2.provider.preflight(v2.http).is_ready


def test_progress_is_told_where_it_is_known(v2: Job) -> None:
    v2.submit()
    assert next(v2.polls()).progress == 0.5
