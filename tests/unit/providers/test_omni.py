"""Gemini Omni's words for a request, refusals that look like successes, and files that are still being prepared."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from omniserver import REFUSAL, OmniServer
from services import CLIP, PNG, SERVICES, Job, reference, serving, shot

from filmkit.errors import UsageError
from filmkit.model.generation import Fate, Mode, Role
from filmkit.model.scalar import Money, Size
from filmkit.providers.base import Answer, ErrorKind, Handle, HttpError, State
from filmkit.providers.http import Client
from filmkit.providers.omni import PROVIDER, status_of

OMNI = next(service for service in SERVICES if service.word == "omni")
WORDS = "Wide shot. The camera slowly pushes in. A fishing boat rolls in the swell. 35mm, grey dawn."
MODEL = "gemini-omni-1.2-flash"


def _compiled(folder: Path, mode: Mode, model: str = MODEL, **more: Any) -> Any:
    return PROVIDER.compile(shot(folder, mode, model, "omni", **more), model, "ref-0001")


def _format(**more: str) -> dict[str, str]:
    return {"type": "video", "delivery": "uri", "resolution": "720p", "aspect_ratio": "16:9", "duration": "5s", **more}


@pytest.mark.parametrize(("more", "wanted", "price"), [
    ({}, _format(), "0.50"),
    ({"seconds": Fraction("7.2")}, _format(duration="8s"), "0.80"),
    ({"seconds": Fraction(1), "size": Size(720, 1280)}, _format(duration="3s", aspect_ratio="9:16"), "0.30"),
    ({"size": Size(1920, 1080)}, _format(resolution="1080p"), None),
])  # fmt: skip
def test_words_become_a_body(tmp_path: Path, more: dict[str, Any], wanted: dict[str, str], price: str | None) -> None:
    compiled = _compiled(tmp_path, Mode.T2V, **more)
    assert compiled.path == "/v1beta/interactions"
    assert dict(compiled.body) == {
        "model": MODEL, "input": [{"type": "text", "text": WORDS}], "background": True, "store": True,
        "response_format": wanted, "generation_config": {"video_config": {"task": "text_to_video"}},
    }  # fmt: skip
    assert compiled.price == (None if price is None else Money(Decimal(price), "USD"))
    assert {loss.key for loss in compiled.losses} >= {"seed", "avoid"}


def _file(folder: Path, role: Role, kind: str = "image") -> dict[str, str]:
    return {"type": kind, "file": f"sha256:{reference(folder, role).sha256}"}


@pytest.mark.parametrize(("mode", "roles", "files", "task"), [
    (Mode.T2V, (Role.LOOK,), [(Role.LOOK, "image")], "reference_to_video"),
    (Mode.I2V, (), [(Role.FIRST, "image")], "image_to_video"),
    (Mode.I2V, (Role.LAST,), [(Role.FIRST, "image"), (Role.LAST, "image")], "image_to_video"),
    (Mode.I2V, (Role.LOOK,), [(Role.FIRST, "image")], "image_to_video"),
    (Mode.V2V, (), [(Role.CLIP, "video")], "edit"),
])  # fmt: skip
def test_files_stand_before_the_words(
    tmp_path: Path, mode: Mode, roles: tuple[Role, ...], files: list[tuple[Role, str]], task: str
) -> None:
    compiled = _compiled(tmp_path, mode, roles=roles)
    *sent, words = compiled.body["input"]
    assert sent == [_file(tmp_path, role, kind) for role, kind in files]
    assert compiled.body["generation_config"]["video_config"]["task"] == task
    assert words["text"].startswith(WORDS)
    assert [upload.pointer for upload in compiled.uploads] == [f"/input/{at}" for at in range(len(files))]


def test_a_last_picture_is_told_in_words_and_that_is_told(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.I2V, roles=(Role.LAST,))
    assert "end exactly with the second" in compiled.body["input"][-1]["text"]
    assert ("last", Fate.IN_PROMPT) in {(loss.key, loss.fate) for loss in compiled.losses}


@pytest.mark.parametrize(("status", "body", "kind"), [
    (200, {}, None),
    (400, {"error": {"code": "invalid_request", "message": "API key not valid."}}, ErrorKind.AUTH),
    (400, {"error": {"code": "invalid_request", "message": "Invalid interaction name."}}, ErrorKind.NOT_FOUND),
    (400, {"error": {"code": "invalid_request", "message": "duration is wrong"}}, ErrorKind.INVALID),
    (400, {"error": {"code": 400, "status": "SAFETY", "message": "no"}}, ErrorKind.MODERATED),
    (400, {"error": {"code": "x", "message": "The request was blocked for safety reasons"}}, ErrorKind.MODERATED),
    (403, {"error": {"code": 403, "message": "API_KEY_SERVICE_BLOCKED"}}, ErrorKind.AUTH),
    (429, {"error": {"code": 429, "message": "Your prepayment credits are depleted."}}, ErrorKind.BALANCE),
    (429, {"error": {"code": 429, "message": "Quota exceeded"}}, ErrorKind.RATE),
    (404, {"error": {"code": 404, "message": "models/gemini-omni-0 is not found"}}, ErrorKind.RETIRED),
    (502, None, ErrorKind.UNKNOWN_OUTCOME),
])  # fmt: skip
def test_answers_have_a_meaning(status: int, body: Any, kind: ErrorKind | None) -> None:
    assert PROVIDER.classify(Answer(status, body)) is kind


def _said(*contents: dict[str, Any]) -> list[dict[str, Any]]:
    asked = {"type": "user_input", "content": [{"type": "text", "text": "what was asked"}]}
    return [asked, {"type": "model_output", "content": list(contents)}]


VIDEO = {"type": "video", "mime_type": "video/mp4", "uri": "https://g.example/v1beta/files/f1:download?alt=media"}


@pytest.mark.parametrize(("interaction", "state", "told"), [
    ({"status": "queued"}, State.QUEUED, ""),
    ({"status": "in_progress"}, State.RUNNING, ""),
    ({"status": "completed", "steps": _said(VIDEO)}, State.SUCCEEDED, ""),
    ({"status": "completed", "steps": _said({"type": "text", "text": "no"}, VIDEO)}, State.SUCCEEDED, ""),
    ({"status": "completed", "steps": _said({"type": "text", "text": REFUSAL})}, State.MODERATED, REFUSAL),
    ({"status": "completed", "steps": _said()[:1]}, State.MODERATED, "gives no reason"),
    ({"status": "failed", "error": {"message": "blocked by our safety filters"}}, State.MODERATED, "safety"),
    ({"status": "failed", "errors": [{"message": "overloaded"}]}, State.FAILED, "overloaded"),
    ({"status": "failed"}, State.FAILED, "says failed"),
    ({"status": "budget_exceeded"}, State.FAILED, "budget_exceeded"),
    ({"status": "cancelled"}, State.CANCELLED, ""),
    ({"status": "musing"}, State.RUNNING, "musing"),
])  # fmt: skip
def test_an_interaction_says_how_it_stands(interaction: dict[str, Any], state: State, told: str) -> None:
    status = status_of(interaction)
    assert (status.state, len(status.outputs)) == (state, int(state is State.SUCCEEDED))
    assert told in status.reason and bool(status.reason) is bool(told)
    assert "what was asked" not in status.reason


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    with serving(OMNI, tmp_path) as job:
        yield job


def _server(job: Job) -> OmniServer:
    assert isinstance(job.server, OmniServer)
    return job.server


def test_files_go_along_with_their_type(job: Job) -> None:
    job.submit(1)
    job.submit(2, ref="ref-0002")
    sent = [made.wanted["input"][0] for made in job.server.jobs.values()]
    assert [(one["type"], one["mime_type"]) for one in sent] == [("image", "image/png"), ("video", "video/mp4")]
    assert [base64.b64decode(one["data"]) for one in sent] == [PNG, CLIP]


def test_a_file_that_is_still_prepared_is_waited_for(job: Job, tmp_path: Path) -> None:
    _server(job).prepares = 2
    job.submit()
    statuses = list(job.polls())
    assert [status.reason for status in statuses if "prepared" in status.reason] == ["the file is being prepared"] * 2
    job.provider.fetch(job.handle, statuses[-1].outputs[0], job.http, tmp_path / "take.mp4")
    assert (tmp_path / "take.mp4").read_bytes() == CLIP


def test_a_take_that_came_with_the_answer_is_written_too(job: Job, tmp_path: Path) -> None:
    _server(job).is_inline = True
    job.submit()
    output = job.end().outputs[0]
    assert not output.url and output.inline[:20] not in repr(output)
    job.provider.fetch(job.handle, output, job.http, tmp_path / "take.mp4")
    assert (tmp_path / "take.mp4").read_bytes() == CLIP and job.server.count("content") == 0


def test_a_question_that_is_refused_for_no_reason_gives_no_paid_take_up(job: Job) -> None:
    _server(job).hiccups = 1
    job.submit()
    with pytest.raises(HttpError) as caught:
        job.provider.poll(job.handle, job.http)
    assert caught.value.kind is ErrorKind.TRANSIENT
    assert job.end().state is State.SUCCEEDED


def test_an_interaction_that_nobody_knows_is_lost(job: Job) -> None:
    assert job.provider.poll(Handle("omni", {"id": "v1_gone"}), job.http).state is State.LOST


def test_the_key_is_never_in_an_address(job: Job, tmp_path: Path) -> None:
    job.submit()
    job.provider.fetch(job.handle, job.end().outputs[0], job.http, tmp_path / "take.mp4")
    assert all(job.server.key not in f"{call.path}{call.query}" for call in job.server.calls)
    assert {call.headers["api-revision"] for call in job.server.calls} == {"2026-05-20"}


def test_without_a_key_it_says_what_to_set(job: Job) -> None:
    environment = {"FILMKIT_OMNI_URL": job.server.url, "FILMKIT_KEYS": "/nowhere"}
    with Client(PROVIDER, environment) as http, pytest.raises(HttpError) as caught:
        PROVIDER.preflight(http)
    assert caught.value.kind is ErrorKind.AUTH and "GEMINI_API_KEY" in caught.value.remedy


def test_a_performance_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot do performance"):
        _compiled(tmp_path, Mode.PERFORMANCE)
