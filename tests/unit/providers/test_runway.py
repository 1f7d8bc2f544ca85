"""Runway's words for a request, what its answers mean, and how files get there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from providerserver import Fault
from services import PNG, SERVICES, Job, reference, serving, shot

from filmkit.errors import UsageError
from filmkit.model.generation import Fate, Mode, Role
from filmkit.model.scalar import Money, Size
from filmkit.providers.base import Answer, Cancelled, ErrorKind, HttpError, State
from filmkit.providers.runway import PROVIDER, status_of

RUNWAY = next(service for service in SERVICES if service.word == "runway")
WORDS = "A fishing boat rolls in the swell. The camera slowly pushes in. Wide shot. 35mm, grey dawn."
FIRST = f"sha256:{hashlib.sha256(PNG).hexdigest()}"


def _sha(folder: Path, role: Role) -> str:
    return f"sha256:{reference(folder, role).sha256}"


def _compiled(folder: Path, mode: Mode, model: str, **more: Any) -> Any:
    return PROVIDER.compile(shot(folder, mode, model, **more), model, "ref-0001")


@pytest.mark.parametrize(("model", "more", "body"), [
    ("gen4.5", {}, {"model": "gen4.5", "promptText": WORDS, "ratio": "1280:720", "duration": 5, "seed": 41}),
    ("gen4.5", {"seed": None, "seconds": Fraction(13, 2), "size": Size(1080, 1920)},
     {"model": "gen4.5", "promptText": WORDS, "ratio": "720:1280", "duration": 7}),
    ("gen4.5", {"seconds": Fraction(1), "settings": {"public_figure_threshold": "low"}},
     {"model": "gen4.5", "promptText": WORDS, "ratio": "1280:720", "duration": 2, "seed": 41,
      "contentModeration": {"publicFigureThreshold": "low"}}),
])  # fmt: skip
def test_words_become_a_body(tmp_path: Path, model: str, more: dict[str, Any], body: dict[str, Any]) -> None:
    compiled = _compiled(tmp_path, Mode.T2V, model, **more)
    assert (compiled.path, dict(compiled.body), compiled.uploads) == ("/v1/text_to_video", body, ())


def test_a_picture_goes_first(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.I2V, "turbo", size=Size(1024, 1024))
    assert compiled.path == "/v1/image_to_video"
    assert dict(compiled.body) == {
        "model": "gen4_turbo", "promptText": WORDS, "ratio": "960:960", "duration": 5, "seed": 41,
        "promptImage": [{"uri": FIRST, "position": "first"}],
    }  # fmt: skip
    assert [upload.pointer for upload in compiled.uploads] == ["/promptImage/0/uri"]
    assert compiled.price == Money(Decimal("0.25"), "USD")


def test_a_clip_is_changed_and_a_look_leads_it(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.V2V, "aleph", roles=(Role.LOOK,))
    assert compiled.path == "/v1/video_to_video"
    assert dict(compiled.body) == {
        "model": "aleph2", "promptText": WORDS, "videoUri": _sha(tmp_path, Role.CLIP), "seed": 41,
        "keyframes": [{"seconds": 0, "uri": _sha(tmp_path, Role.LOOK)}],
    }  # fmt: skip
    assert [upload.pointer for upload in compiled.uploads] == ["/videoUri", "/keyframes/0/uri"]


def test_a_second_look_is_told_to_be_lost(tmp_path: Path) -> None:
    request = shot(tmp_path, Mode.V2V, "aleph2", roles=(Role.LOOK,))
    request = replace(request, references=(*request.references, request.references[-1]))
    assert [loss.key for loss in PROVIDER.compile(request, "aleph2", "").losses].count("cast") == 1


def test_a_performance_drives_a_character(tmp_path: Path) -> None:
    settings = {"expression_intensity": "4", "body_control": "true"}
    compiled = _compiled(tmp_path, Mode.PERFORMANCE, "act_two", settings=settings)
    assert compiled.path == "/v1/character_performance"
    assert dict(compiled.body) == {
        "model": "act_two", "ratio": "1280:720", "seed": 41, "bodyControl": True, "expressionIntensity": 4,
        "character": {"type": "image", "uri": _sha(tmp_path, Role.LOOK)},
        "reference": {"type": "video", "uri": _sha(tmp_path, Role.PERFORMANCE)},
    }  # fmt: skip


def test_every_loss_is_told(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.I2V, "gen4.5", roles=(Role.LAST, Role.LOOK), seconds=Fraction(12),
                         size=Size(1920, 1080))  # fmt: skip
    assert {(loss.key, loss.fate) for loss in compiled.losses} == {
        ("camera.move", Fate.IN_PROMPT), ("avoid", Fate.UNSUPPORTED), ("last", Fate.UNSUPPORTED),
        ("cast", Fate.UNSUPPORTED), ("length", Fate.APPROXIMATED), ("size", Fate.APPROXIMATED),
    }  # fmt: skip
    assert compiled.body["duration"] == 10 and compiled.seconds == 10


@pytest.mark.parametrize(("mode", "model", "more", "said"), [
    (Mode.T2V, "gen4_turbo", {}, "cannot do t2v"),
    (Mode.T2V, "gen9", {}, "has no model 'gen9'"),
    (Mode.T2V, "gen4.5", {"settings": {"steps": 30}}, "has no setting 'steps'"),
    (Mode.V2V, "aleph2", {"seconds": Fraction(45)}, "takes clips of 2 to 30 s; this one has 45 s"),
    (Mode.PERFORMANCE, "act_two", {"settings": {"expression_intensity": 9}}, "cannot take expression_intensity: 9"),
])  # fmt: skip
def test_what_cannot_be_asked_is_refused(
    tmp_path: Path, mode: Mode, model: str, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        _compiled(tmp_path, mode, model, **more)
    assert caught.value.remedy


@pytest.mark.parametrize(("status", "body", "kind"), [
    (200, {"id": "x"}, None),
    (400, {"error": "Validation of body failed"}, ErrorKind.INVALID),
    (400, {"error": "You do not have enough credits to run this task."}, ErrorKind.BALANCE),
    (401, {"error": "Unauthorized"}, ErrorKind.AUTH),
    (404, {"error": "Not found"}, ErrorKind.NOT_FOUND),
    (405, {"error": "Method not allowed"}, ErrorKind.INVALID),
    (429, {"error": "Daily limit"}, ErrorKind.RATE),
    (502, None, ErrorKind.UNKNOWN_OUTCOME),
    (503, None, ErrorKind.BUSY),
    (504, None, ErrorKind.UNKNOWN_OUTCOME),
])  # fmt: skip
def test_answers_have_a_meaning(status: int, body: Any, kind: ErrorKind | None) -> None:
    assert PROVIDER.classify(Answer(status, body)) is kind


@pytest.mark.parametrize(("task", "state", "cost"), [
    ({"status": "PENDING", "estimatedCost": {"credits": 60}}, State.QUEUED, None),
    ({"status": "THROTTLED"}, State.THROTTLED, None),
    ({"status": "RUNNING", "progress": 0.42}, State.RUNNING, None),
    ({"status": "SUCCEEDED", "output": ["https://x.example/a.mp4"], "cost": {"credits": 60}}, State.SUCCEEDED, "0.60"),
    ({"status": "FAILED", "failureCode": "SAFETY.INPUT.TEXT", "failure": "no", "cost": {"credits": 60}},
     State.MODERATED, "0.60"),
    ({"status": "FAILED", "failureCode": "SAFETY.OUTPUT.X", "failure": "no", "cost": {"credits": 60}},
     State.MODERATED, "0.60"),
    ({"status": "FAILED", "failureCode": "INTERNAL.BAD_OUTPUT.CODE01", "failure": "no", "cost": {"credits": 0}},
     State.FAILED, "0"),
    ({"status": "FAILED", "failureCode": "ASSET.INVALID", "failure": "no"}, State.FAILED, None),
    ({"status": "CANCELLED", "cost": {"credits": 0}}, State.CANCELLED, "0"),
    ({"status": "DREAMING"}, State.RUNNING, None),
])  # fmt: skip
def test_a_task_says_how_it_stands(task: dict[str, Any], state: State, cost: str | None) -> None:
    status = status_of(task)
    assert status.state is state
    assert status.cost == (None if cost is None else Money(Decimal(cost), "USD"))
    assert len(status.outputs) == (state is State.SUCCEEDED)
    assert bool(status.reason) is (task["status"] in {"FAILED", "DREAMING"})


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    with serving(RUNWAY, tmp_path) as job:
        yield job


def test_a_small_picture_goes_along_as_data(job: Job) -> None:
    job.submit(1)
    (sent,) = (made.wanted for made in job.server.jobs.values())
    assert sent["promptImage"][0]["uri"].startswith("data:image/png;base64,iVBORw0KGgo")
    assert job.server.count("upload") == 0


def test_a_large_picture_is_put_on_the_storage_without_the_key(job: Job, tmp_path: Path) -> None:
    large = PNG + bytes(4_000_000)
    compiled = job.compiled(1)
    (tmp_path / "first.png").write_bytes(large)
    object.__setattr__(compiled.uploads[0].reference, "sha256", hashlib.sha256(large).hexdigest())
    job.provider.submit(compiled, job.intent(compiled), job.http)
    (sent,) = (made.wanted for made in job.server.jobs.values())
    assert sent["promptImage"][0]["uri"] == "runway://first.png"
    (put,) = job.server.stored
    assert large in put.body and b'name="policy"' in put.body and "authorization" not in put.headers
    assert job.server.leaks == []


def test_a_picture_that_changed_since_is_not_sent(job: Job, tmp_path: Path) -> None:
    compiled = job.compiled(1)
    (tmp_path / "first.png").write_bytes(PNG + b"other")
    with pytest.raises(HttpError, match="has changed since") as caught:
        job.provider.submit(compiled, job.intent(compiled), job.http)
    assert caught.value.kind is ErrorKind.INVALID
    assert job.server.calls == []


def test_an_upload_that_gets_lost_has_begun_nothing(job: Job, tmp_path: Path) -> None:
    large = PNG + bytes(4_000_000)
    compiled = job.compiled(1)
    (tmp_path / "first.png").write_bytes(large)
    object.__setattr__(compiled.uploads[0].reference, "sha256", hashlib.sha256(large).hexdigest())
    job.server.fail("upload", Fault.RESET_AFTER)
    with pytest.raises(HttpError) as caught:
        job.provider.submit(compiled, job.intent(compiled), job.http)
    assert caught.value.kind is ErrorKind.BUSY and job.server.billed == 0


def test_a_running_job_is_left_to_end_for_it_costs_the_same(job: Job) -> None:
    job.server.polls = 4
    job.submit()
    polls = job.polls()
    while next(polls).state is not State.RUNNING:
        pass
    assert job.provider.cancel(job.handle, job.http) is Cancelled.TOO_LATE
    assert job.server.count("cancel") == 0
    assert job.end().state is State.SUCCEEDED
