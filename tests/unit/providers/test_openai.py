"""The ``/v1/videos`` dialect: OpenAI's own host is never asked, gateways are; a lost job is found by its words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openaiserver import OpenAIServer
from providerserver import Fault
from services import BEGAN, CLIP, PNG, SERVICES, Job, reference, serving, shot

from filmkit.errors import UsageError
from filmkit.model.generation import Fate, Mode, Role
from filmkit.model.scalar import Money, Size
from filmkit.providers.base import Answer, ErrorKind, Found, HttpError, State
from filmkit.providers.http import Client
from filmkit.providers.openai import PROVIDER, status_of

OPENAI = next(service for service in SERVICES if service.word == "openai")
WORDS = "Wide shot. A fishing boat rolls in the swell. The camera slowly pushes in. 35mm, grey dawn."


@pytest.mark.parametrize("environment", [
    {},
    {"OPENAI_API_KEY": "a-key-0123456789"},
    {"OPENAI_BASE_URL": "https://api.openai.com/v1"},
    {"FILMKIT_OPENAI_URL": "https://API.openai.com:443/v1/"},
])  # fmt: skip
def test_openai_itself_is_refused_with_the_date_and_what_replaces_it(environment: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="Sora 2 was shut down on 2026-09-24") as caught:
        Client(PROVIDER, {**environment, "FILMKIT_KEYS": "/nowhere"})
    assert "with: omni, model: gemini-omni-1.2-flash" in caught.value.remedy
    assert "FILMKIT_OPENAI_URL" in caught.value.remedy


def _compiled(folder: Path, mode: Mode, model: str = "sora-2", **more: Any) -> Any:
    return PROVIDER.compile(shot(folder, mode, model, "openai", **more), model, "ref-0001")


@pytest.mark.parametrize(("model", "more", "seconds", "size", "price"), [
    ("sora-2", {}, "8", "1280x720", "0.8"),
    ("sora-2", {"seconds": Fraction(2), "size": Size(1080, 1920)}, "4", "720x1280", "0.4"),
    ("sora-2-pro", {"size": Size(1920, 1080)}, "8", "1792x1024", "4"),
    ("my-own/video-9", {"seconds": Fraction("5.2"), "size": Size(1919, 1080)}, "6", "1920x1080", None),
])  # fmt: skip
def test_words_become_a_body(
    tmp_path: Path, model: str, more: dict[str, Any], seconds: str, size: str, price: str | None
) -> None:
    compiled = _compiled(tmp_path, Mode.T2V, model, **more)
    assert compiled.path == "/videos"
    assert dict(compiled.body) == {"model": model, "prompt": WORDS, "seconds": seconds, "size": size}
    assert compiled.price == (None if price is None else Money(Decimal(price), "USD"))
    assert {("seed", Fate.UNSUPPORTED), ("avoid", Fate.UNSUPPORTED)} <= {
        (loss.key, loss.fate) for loss in compiled.losses
    }


def test_a_model_has_to_be_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no model ''"):
        _compiled(tmp_path, Mode.T2V, "")


def test_a_picture_and_a_clip_stand_in_their_fields(tmp_path: Path) -> None:
    first, clip = (f"sha256:{reference(tmp_path, role).sha256}" for role in (Role.FIRST, Role.CLIP))
    assert _compiled(tmp_path, Mode.I2V).body["input_reference"] == first
    edit = _compiled(tmp_path, Mode.V2V)
    assert edit.path == "/videos/edits" and dict(edit.body) == {"prompt": WORDS, "video": clip}


@pytest.mark.parametrize(("status", "code", "kind"), [
    (200, None, None),
    (400, "invalid_value", ErrorKind.INVALID),
    (400, "moderation_blocked", ErrorKind.MODERATED),
    (400, "content_policy_violation", ErrorKind.MODERATED),
    (401, "invalid_api_key", ErrorKind.AUTH),
    (404, "not_found", ErrorKind.NOT_FOUND),
    (429, "rate_limit_exceeded", ErrorKind.RATE),
    (429, "insufficient_quota", ErrorKind.BALANCE),
    (500, "server_error", ErrorKind.UNKNOWN_OUTCOME),
    (503, "overloaded", ErrorKind.BUSY),
])  # fmt: skip
def test_answers_have_a_meaning(status: int, code: str | None, kind: ErrorKind | None) -> None:
    assert PROVIDER.classify(Answer(status, {"error": {"code": code, "message": "…"}} if code else {})) is kind


@pytest.mark.parametrize(("video", "state", "progress", "told"), [
    ({"status": "queued", "progress": 0}, State.QUEUED, 0.0, ""),
    ({"status": "in_progress", "progress": 33}, State.RUNNING, 0.33, ""),
    ({"status": "completed", "progress": 100}, State.SUCCEEDED, 1.0, ""),
    ({"status": "failed", "error": {"code": "moderation_blocked", "message": "no"}}, State.MODERATED, None, "no"),
    ({"status": "failed", "error": {"code": "internal_error", "message": "oh"}}, State.FAILED, None, "oh"),
    ({"status": "failed"}, State.FAILED, None, "says failed"),
    ({"status": "musing"}, State.RUNNING, None, "musing"),
])  # fmt: skip
def test_a_job_says_how_it_stands(video: dict[str, Any], state: State, progress: float | None, told: str) -> None:
    status = status_of({"id": "video_1", **video}, {"openai-poll-after-ms": "2500"})
    assert (status.state, status.progress, status.wait_s) == (state, progress, 2.5)
    assert told in status.reason and bool(status.reason) is bool(told)
    assert [output.url for output in status.outputs] == ["/videos/video_1/content"] * (state is State.SUCCEEDED)


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    with serving(OPENAI, tmp_path) as job:
        yield job


def _server(job: Job) -> OpenAIServer:
    assert isinstance(job.server, OpenAIServer)
    return job.server


def test_files_go_as_a_form(job: Job) -> None:
    job.submit(1)
    job.submit(2, ref="ref-0002")
    picture, clip = (made.wanted for made in job.server.jobs.values())
    assert (picture["input_reference"], picture["seconds"], picture["prompt"]) == (PNG, "8", WORDS)
    assert clip["video"] == CLIP


def test_a_gateway_of_ones_own_needs_no_key(job: Job) -> None:
    _server(job).refusal = lambda call: None  # type: ignore[method-assign]
    with Client(PROVIDER, {"FILMKIT_OPENAI_URL": f"{job.server.url}/v1", "FILMKIT_KEYS": "/nowhere"}) as http:
        compiled = job.compiled(3)
        PROVIDER.submit(compiled, job.intent(compiled), http)
    assert "authorization" not in job.server.calls[0].headers and job.server.billed == 1


def _lost(job: Job, fault: Fault = Fault.RESET_AFTER) -> Found:
    compiled = job.compiled()
    job.server.fail("submit", fault)
    with pytest.raises(HttpError):
        PROVIDER.submit(compiled, job.intent(compiled), job.http)
    return PROVIDER.reconcile(job.intent(compiled), job.http)


def test_a_job_of_another_hour_or_with_other_words_is_not_taken_for_the_lost_one(job: Job) -> None:
    for clock, more in [(BEGAN - 3600, {}), (BEGAN + 3600, {}), (BEGAN, {"seconds": Fraction(12)})]:
        _server(job).clock = clock
        job.submit(**more)
    _server(job).clock = BEGAN
    found = _lost(job, Fault.RESET_BEFORE)
    assert found.handle is None and found.is_certain
    found = _lost(job)
    assert found.handle is not None and found.handle.value["id"] == "job0004"


def test_two_that_may_be_it_are_asked_about(job: Job) -> None:
    job.submit(ref="ref-0000")
    found = _lost(job)
    assert found.handle is None and not found.is_certain
    assert "job0001" in found.question and "job0002" in found.question and "sora-2" in found.question


def test_a_gateway_that_tells_no_words_or_has_no_list_is_not_trusted_to_know(job: Job) -> None:
    _server(job).tells_prompt = False
    assert not _lost(job).is_certain and not _lost(job, Fault.RESET_BEFORE).is_certain
    _server(job).has_list = False
    assert not _lost(job).is_certain and PROVIDER.preflight(job.http).is_ready


def test_a_list_that_does_not_reach_back_proves_nothing(job: Job) -> None:
    compiled = job.compiled()
    _server(job).clock = BEGAN + 3600
    for number in range(101):
        job.server.accept({**compiled.body, "prompt": f"another {number}"}).began = BEGAN + 3600
    assert not _lost(job, Fault.RESET_BEFORE).is_certain


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.RATE, Fault.ERROR_BEFORE, Fault.NONSENSE])
def test_a_list_that_does_not_answer_is_no_reason_to_ask_for_nothing(job: Job, fault: Fault) -> None:
    job.server.fail("list", fault)
    assert PROVIDER.preflight(job.http).is_ready
