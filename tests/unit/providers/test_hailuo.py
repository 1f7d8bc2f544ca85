"""MiniMax's two dialects: the words for a request, and errors that come as if nothing were wrong."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hailuoserver import HailuoServer, base_resp
from providerserver import Fault
from services import CLIP, SERVICES, Job, reference, serving, shot

from filmkit.model.generation import Fate, Mode, Role
from filmkit.model.scalar import Money, Size
from filmkit.providers.base import Answer, ErrorKind, HttpError, State
from filmkit.providers.hailuo import PROVIDER, status_v1, status_v2

HAILUO = next(service for service in SERVICES if service.word == "hailuo")
WORDS = "[Push in] A fishing boat rolls in the swell. The camera slowly pushes in. Wide shot. 35mm, grey dawn."


def _compiled(folder: Path, mode: Mode, model: str, **more: Any) -> Any:
    return PROVIDER.compile(shot(folder, mode, model, **more), model, "ref-0001")


def _sha(folder: Path, role: Role) -> str:
    return f"sha256:{reference(folder, role).sha256}"


@pytest.mark.parametrize(("more", "body", "price"), [
    ({}, {"duration": 6, "resolution": "768P", "prompt_optimizer": False}, "0.27"),
    ({"seconds": Fraction(8)}, {"duration": 10, "resolution": "768P", "prompt_optimizer": False}, "0.45"),
    ({"size": Size(1920, 1080)}, {"duration": 6, "resolution": "1080P", "prompt_optimizer": False}, "0.48"),
    ({"size": Size(1920, 1080), "seconds": Fraction(8)},
     {"duration": 10, "resolution": "768P", "prompt_optimizer": False}, "0.45"),
    ({"settings": {"prompt_optimizer": "true"}},
     {"duration": 6, "resolution": "768P", "prompt_optimizer": True}, "0.27"),
])  # fmt: skip
def test_words_become_a_body(tmp_path: Path, more: dict[str, Any], body: dict[str, Any], price: str) -> None:
    compiled = _compiled(tmp_path, Mode.T2V, "MiniMax-Hailuo-02", **more)
    assert compiled.path == "/v1/video_generation"
    assert dict(compiled.body) == {"model": "MiniMax-Hailuo-02", "prompt": WORDS, **body}
    assert compiled.price == Money(Decimal(price), "USD")


def test_pictures_go_first_and_last(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.I2V, "MiniMax-Hailuo-02", roles=(Role.LAST,))
    assert compiled.body["first_frame_image"] == _sha(tmp_path, Role.FIRST)
    assert compiled.body["last_frame_image"] == _sha(tmp_path, Role.LAST)
    assert [upload.pointer for upload in compiled.uploads] == ["/first_frame_image", "/last_frame_image"]


def test_h3_takes_its_content_in_parts(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.I2V, "h3", roles=(Role.LAST, Role.LOOK))
    content = compiled.body["content"]
    assert compiled.path == "/v2/video_generation"
    assert {key: compiled.body[key] for key in ("model", "resolution", "duration", "ratio")} == {
        "model": "MiniMax-H3", "resolution": "768P", "duration": 5, "ratio": "adaptive",
    }  # fmt: skip
    assert content[0]["type"] == "text" and content[1:] == [
        {"type": "image_url", "image_url": {"url": _sha(tmp_path, Role.FIRST)}, "role": "first_frame"},
        {"type": "image_url", "image_url": {"url": _sha(tmp_path, Role.LAST)}, "role": "last_frame"},
    ]
    assert [upload.pointer for upload in compiled.uploads] == ["/content/1/image_url/url", "/content/2/image_url/url"]
    assert ("cast", Fate.UNSUPPORTED) in {(loss.key, loss.fate) for loss in compiled.losses}
    assert compiled.price == Money(Decimal("0.4"), "USD")


def test_h3_takes_looks_where_nothing_begins(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.T2V, "h3", roles=(Role.LOOK,), size=Size(1080, 1920))
    assert compiled.body["content"][1]["role"] == "reference_image"
    assert (compiled.body["ratio"], compiled.body["resolution"]) == ("9:16", "2K")


def test_every_loss_is_told(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.T2V, "MiniMax-Hailuo-02", roles=(Role.LOOK,), size=Size(1080, 1920))
    assert {(loss.key, loss.fate) for loss in compiled.losses} == {
        ("seed", Fate.UNSUPPORTED), ("avoid", Fate.UNSUPPORTED), ("cast", Fate.UNSUPPORTED),
        ("camera.pace", Fate.IN_PROMPT), ("size", Fate.APPROXIMATED),
    }  # fmt: skip


@pytest.mark.parametrize(("status", "code", "kind"), [
    (200, 0, None),
    *[(200, code, ErrorKind.UNKNOWN_OUTCOME) for code in (1000, 1001, 1024, 1033)],
    (200, 1002, ErrorKind.RATE),
    (200, 1004, ErrorKind.AUTH),
    (200, 1008, ErrorKind.BALANCE),
    (200, 1026, ErrorKind.MODERATED),
    (200, 1027, ErrorKind.MODERATED),
    (200, 1042, ErrorKind.INVALID),
    (200, 2013, ErrorKind.INVALID),
    (200, 2038, ErrorKind.AUTH),
    (200, 7777, ErrorKind.UNKNOWN_OUTCOME),
    (402, 1008, ErrorKind.BALANCE),
    (429, None, ErrorKind.RATE),
    (500, None, ErrorKind.UNKNOWN_OUTCOME),
])  # fmt: skip
def test_answers_have_a_meaning(status: int, code: int | None, kind: ErrorKind | None) -> None:
    assert PROVIDER.classify(Answer(status, None if code is None else base_resp(code, "…"))) is kind


def test_errors_of_v2_stand_elsewhere() -> None:
    assert PROVIDER.classify(Answer(422, {"error": {"code": "1026", "message": "…"}})) is ErrorKind.MODERATED


def test_a_failed_job_is_no_error_of_the_question() -> None:
    assert PROVIDER.classify(Answer(200, {"status": "Fail", **base_resp(1027, "…")})) is None


@pytest.mark.parametrize(("body", "state"), [
    ({"status": "Preparing"}, State.QUEUED),
    ({"status": "Queueing"}, State.QUEUED),
    ({"status": "Processing"}, State.RUNNING),
    ({"status": "Success", "file_id": "205258526306433"}, State.SUCCEEDED),
    ({"status": "Success", "file_id": 205258526306433}, State.SUCCEEDED),
    ({"status": "Fail", **base_resp(1027, "output new_sensitive")}, State.MODERATED),
    ({"status": "Fail", **base_resp(1000, "unknown error")}, State.FAILED),
    ({"status": "Fail"}, State.FAILED),
])  # fmt: skip
def test_a_job_of_v1_says_how_it_stands(body: dict[str, Any], state: State) -> None:
    status = status_v1(body)
    assert status.state is state and bool(status.reason) is (body["status"] == "Fail")
    urls = ["/v1/files/retrieve?file_id=205258526306433"] if state is State.SUCCEEDED else []
    assert [output.url for output in status.outputs] == urls


@pytest.mark.parametrize(("task", "state"), [
    ({"status": "queued"}, State.QUEUED),
    ({"status": "running"}, State.RUNNING),
    ({"status": "succeeded", "content": {"url": "https://x.example/a.mp4"}}, State.SUCCEEDED),
    ({"status": "failed", "error": {"code": "1026", "message": "sensitive"}}, State.MODERATED),
    ({"status": "failed", "error": {"code": "1000", "message": "oh"}}, State.FAILED),
    ({"status": "cancelled"}, State.CANCELLED),
])  # fmt: skip
def test_a_job_of_v2_says_how_it_stands(task: dict[str, Any], state: State) -> None:
    assert status_v2(task).state is state


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    with serving(HAILUO, tmp_path) as job:
        yield job


@pytest.mark.parametrize(
    ("code", "kind"), [(1002, ErrorKind.RATE), (1008, ErrorKind.BALANCE), (1026, ErrorKind.MODERATED)]
)
def test_a_refusal_with_http_200_is_none_the_less_one(job: Job, code: int, kind: ErrorKind) -> None:
    assert isinstance(job.server, HailuoServer)
    job.server.code = code
    with pytest.raises(HttpError) as caught:
        job.submit()
    assert caught.value.kind is kind and job.server.billed == 0


def test_the_second_address_is_tried_where_the_first_is_dead(job: Job, tmp_path: Path) -> None:
    job.submit()
    output = job.end().outputs[0]
    job.server.fail("storage", Fault.EXPIRED)
    PROVIDER.fetch(job.handle, output, job.http, tmp_path / "take.mp4")
    assert (tmp_path / "take.mp4").read_bytes() == CLIP
    assert job.server.count("file") == 1 and job.server.leaks == []
