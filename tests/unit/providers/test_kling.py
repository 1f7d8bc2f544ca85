"""Kling's words for a request, its error codes, its tokens, and how a lost answer is found again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from klingserver import KlingServer, kling_error
from providerserver import Fault
from services import PNG, SERVICES, Job, reference, serving, shot

from filmkit.model.camera import Camera, Move
from filmkit.model.generation import Fate, Mode, Role, Words
from filmkit.model.scalar import Money, Size
from filmkit.providers.base import Answer, ErrorKind, HttpError, State
from filmkit.providers.http import Client
from filmkit.providers.kling import PROVIDER, status_of, token

KLING = next(service for service in SERVICES if service.word == "kling")
WORDS = "A fishing boat rolls in the swell. The camera slowly pushes in. Wide shot. 35mm, grey dawn."


def _compiled(folder: Path, mode: Mode, model: str = "kling-v2-5-turbo", **more: Any) -> Any:
    return PROVIDER.compile(shot(folder, mode, model, **more), model, "ref-0001")


BASIS = {"model_name": "kling-v2-5-turbo", "external_task_id": "ref-0001", "negative_prompt": "text, blur"}


@pytest.mark.parametrize(("more", "body", "price"), [
    ({}, {"mode": "std", "duration": "5", "aspect_ratio": "16:9"}, "0.21"),
    ({"seconds": Fraction(7)}, {"mode": "std", "duration": "10", "aspect_ratio": "16:9"}, "0.42"),
    ({"size": Size(1080, 1920)}, {"mode": "pro", "duration": "5", "aspect_ratio": "9:16"}, "0.35"),
    ({"settings": {"mode": "pro"}}, {"mode": "pro", "duration": "5", "aspect_ratio": "16:9"}, "0.35"),
])  # fmt: skip
def test_words_become_a_body(tmp_path: Path, more: dict[str, Any], body: dict[str, Any], price: str) -> None:
    compiled = _compiled(tmp_path, Mode.T2V, **more)
    assert compiled.path == "/v1/videos/text2video"
    assert dict(compiled.body) == {**BASIS, "prompt": WORDS, **body}
    assert compiled.price == Money(Decimal(price), "USD")


def test_a_last_picture_needs_pro_and_brings_its_own_ratio(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.I2V, roles=(Role.LAST,))
    first, last = (f"sha256:{reference(tmp_path, role).sha256}" for role in (Role.FIRST, Role.LAST))
    assert compiled.path == "/v1/videos/image2video"
    assert dict(compiled.body) == {
        **BASIS, "prompt": WORDS, "mode": "pro", "duration": "5", "image": first, "image_tail": last,
    }  # fmt: skip
    assert [upload.pointer for upload in compiled.uploads] == ["/image", "/image_tail"]


@pytest.mark.parametrize(("move", "axis", "value"), [
    (Move.PAN_LEFT, "tilt", -6),
    (Move.TILT_UP, "pan", 6),
    (Move.ZOOM_IN, "zoom", -6),
    (Move.TRUCK_RIGHT, "horizontal", 6),
])  # fmt: skip
def test_the_old_model_has_a_camera_field_with_swapped_names(tmp_path: Path, move: Move, axis: str, value: int) -> None:
    words = Words(subject="a boat", action="drifts", camera=Camera(move=move))
    compiled = _compiled(tmp_path, Mode.T2V, "kling-v1-5", words=words)
    control = compiled.body["camera_control"]
    assert control["type"] == "simple"
    assert {name: found for name, found in control["config"].items() if found} == {axis: value}
    assert "pan" not in compiled.body["prompt"].lower()


def test_every_loss_is_told(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.I2V, roles=(Role.LOOK,), seconds=Fraction(12))
    assert {(loss.key, loss.fate) for loss in compiled.losses} == {
        ("seed", Fate.UNSUPPORTED), ("camera.move", Fate.IN_PROMPT), ("cast", Fate.UNSUPPORTED),
        ("length", Fate.APPROXIMATED),
    }  # fmt: skip


@pytest.mark.parametrize(("status", "code", "kind"), [
    (200, 0, None),
    *[(401, code, ErrorKind.AUTH) for code in (1000, 1001, 1002, 1003, 1004)],
    (429, 1100, ErrorKind.AUTH),
    (429, 1101, ErrorKind.BALANCE),
    (429, 1102, ErrorKind.BALANCE),
    (403, 1103, ErrorKind.AUTH),
    (400, 1200, ErrorKind.INVALID),
    (400, 1201, ErrorKind.INVALID),
    (404, 1202, ErrorKind.INVALID),
    (404, 1203, ErrorKind.NOT_FOUND),
    (400, 1300, ErrorKind.MODERATED),
    (400, 1301, ErrorKind.MODERATED),
    (429, 1302, ErrorKind.RATE),
    (429, 1303, ErrorKind.BUSY),
    (429, 1304, ErrorKind.AUTH),
    (500, 5000, ErrorKind.UNKNOWN_OUTCOME),
    (503, 5001, ErrorKind.BUSY),
    (504, 5002, ErrorKind.UNKNOWN_OUTCOME),
    (200, 1301, ErrorKind.MODERATED),
    (200, 9999, ErrorKind.UNKNOWN_OUTCOME),
    (502, None, ErrorKind.UNKNOWN_OUTCOME),
    (429, None, ErrorKind.RATE),
])  # fmt: skip
def test_answers_have_a_meaning(status: int, code: int | None, kind: ErrorKind | None) -> None:
    assert PROVIDER.classify(Answer(status, None if code is None else {"code": code, "message": "…"})) is kind


@pytest.mark.parametrize(("task", "state", "cost"), [
    ({"task_status": "submitted"}, State.QUEUED, None),
    ({"task_status": "processing"}, State.RUNNING, None),
    ({"task_status": "succeed", "final_unit_deduction": "3.5",
      "task_result": {"videos": [{"id": "1", "url": "https://x.example/a.mp4", "duration": "5"}]}},
     State.SUCCEEDED, None),
    ({"task_status": "failed", "task_status_msg": "Failure to pass the risk control system",
      "final_unit_deduction": "0"}, State.MODERATED, Money(Decimal(0), "USD")),
    ({"task_status": "failed", "task_status_msg": "internal error"}, State.FAILED, None),
    ({"task_status": "failed"}, State.FAILED, None),
    ({"task_status": "musing"}, State.RUNNING, None),
])  # fmt: skip
def test_a_task_says_how_it_stands(task: dict[str, Any], state: State, cost: Money | None) -> None:
    status = status_of(task)
    assert (status.state, status.cost, len(status.outputs)) == (state, cost, int(state is State.SUCCEEDED))
    assert bool(status.reason) is (task["task_status"] in {"failed", "musing"})
    assert status.facts.get("units") == task.get("final_unit_deduction")


def test_a_token_is_signed_anew_and_holds_for_half_an_hour() -> None:
    made = token("access", "secret", 1_800_000_000)
    head, claims, _ = made.split(".")
    plain = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, claims)]
    assert plain == [{"alg": "HS256", "typ": "JWT"}, {"iss": "access", "exp": 1_800_001_800, "nbf": 1_799_999_995}]
    assert "=" not in made and token("access", "secret", 1_800_000_001) != made


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    with serving(KLING, tmp_path) as job:
        yield job


def test_pictures_go_along_bare(job: Job) -> None:
    job.submit(1)
    (sent,) = (made.wanted for made in job.server.jobs.values())
    assert base64.b64decode(sent["image"], validate=True) == PNG


def test_the_plain_key_is_taken_too(job: Job) -> None:
    environment = {"FILMKIT_KLING_URL": job.server.url, "KLINGAI_API_KEY": KlingServer.plain_key}
    with Client(PROVIDER, environment) as http:
        compiled = job.compiled()
        assert PROVIDER.submit(compiled, job.intent(compiled), http).value["id"] == "job0001"


def test_without_a_key_it_says_what_to_set(job: Job) -> None:
    with Client(PROVIDER, {"FILMKIT_KLING_URL": job.server.url, "FILMKIT_KEYS": "/nowhere"}) as http:
        compiled = job.compiled()
        with pytest.raises(HttpError) as caught:
            PROVIDER.submit(compiled, job.intent(compiled), http)
    assert caught.value.kind is ErrorKind.AUTH and "KLINGAI_SECRET_KEY" in caught.value.remedy
    assert job.server.calls == []


def test_a_lost_job_is_found_in_the_list_where_its_name_is_not_answered(job: Job) -> None:
    compiled = job.compiled()
    job.server.fail("submit", Fault.RESET_AFTER)
    with pytest.raises(HttpError):
        PROVIDER.submit(compiled, job.intent(compiled), job.http)
    (made,) = job.server.jobs.values()
    made.wanted["kind"] = "hidden"
    assert PROVIDER.reconcile(job.intent(compiled), job.http).is_certain
    made.wanted["kind"] = "text2video"
    job.server.show = lambda _: kling_error(1203, 404, "the task does not exist")  # type: ignore[attr-defined]
    found = PROVIDER.reconcile(job.intent(compiled), job.http)
    assert found.handle is not None and found.handle.value["id"] == made.id


def test_a_list_that_cannot_be_had_proves_nothing(job: Job) -> None:
    compiled = job.compiled()
    job.server.fail("list", Fault.ERROR_BEFORE)
    found = PROVIDER.reconcile(job.intent(compiled), job.http)
    assert not found.is_certain and "ref-0001" in found.question


def test_the_same_name_is_never_begun_twice(job: Job) -> None:
    job.submit(ref="ref-0001")
    with pytest.raises(HttpError, match="not unique"):
        job.submit(ref="ref-0001")
    assert job.server.billed == 1
