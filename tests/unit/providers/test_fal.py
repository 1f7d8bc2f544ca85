"""fal's families: each body fits the schema of its endpoint; the queue's states, errors and addresses."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from falserver import SCHEMAS, wrong_with
from services import SERVICES, Job, reference, serving, shot

from filmkit.errors import UsageError
from filmkit.model.camera import Camera, Move
from filmkit.model.generation import Fate, Mode, Role, Words
from filmkit.model.scalar import Money, Size
from filmkit.providers.base import Answer, Cancelled, Compiled, ErrorKind, HttpError, State
from filmkit.providers.capabilities import capabilities
from filmkit.providers.fal import PROVIDER

FAL = next(service for service in SERVICES if service.word == "fal")
WORDS = "A fishing boat rolls in the swell. The camera slowly pushes in. Wide shot. 35mm, grey dawn."
SAID = {"prompt": WORDS, "negative_prompt": "text, blur"}
FIRST, LAST, SHOWN = "sha256:first", "sha256:last", "sha256:clip"


def _compiled(folder: Path, mode: Mode, model: str, **more: Any) -> Compiled:
    return PROVIDER.compile(shot(folder, mode, model, **more), model, "ref-0001")


def _plain(compiled: Compiled, folder: Path) -> dict[str, Any]:
    """The body, its pictures by their role."""
    names = {f"sha256:{reference(folder, role).sha256}": f"sha256:{role.value}" for role in Role}

    def told(value: Any) -> Any:
        if isinstance(value, list):
            return [told(item) for item in value]
        return names.get(value, value) if isinstance(value, str) else value

    return {name: told(value) for name, value in compiled.body.items()}


@pytest.mark.parametrize(("mode", "model", "more", "path", "body"), [
    (Mode.T2V, "pika", {}, "fal-ai/pika/v2.2/text-to-video",
     {**SAID, "duration": "5", "resolution": "720p", "aspect_ratio": "16:9", "seed": 41}),
    (Mode.I2V, "pika", {"seconds": Fraction(6), "size": Size(1920, 1080)}, "fal-ai/pika/v2.2/image-to-video",
     {**SAID, "duration": "10", "resolution": "1080p", "seed": 41, "image_url": FIRST}),
    (Mode.I2V, "pika", {"roles": (Role.LAST,)}, "fal-ai/pika/v2.2/pikaframes",
     {**SAID, "resolution": "720p", "seed": 41, "image_urls": [FIRST, LAST], "transitions": [{"duration": 5}]}),
    (Mode.T2V, "kling-2.5", {"settings": {"cfg_scale": "0.7"}}, "fal-ai/kling-video/v2.5-turbo/pro/text-to-video",
     {**SAID, "duration": "5", "aspect_ratio": "16:9", "cfg_scale": 0.7}),
    (Mode.I2V, "kling-2.5", {"roles": (Role.LAST,)}, "fal-ai/kling-video/v2.5-turbo/pro/image-to-video",
     {**SAID, "duration": "5", "image_url": FIRST, "tail_image_url": LAST}),
    (Mode.I2V, "kling-3", {"roles": (Role.LAST,), "seconds": Fraction(13, 2)},
     "fal-ai/kling-video/v3/pro/image-to-video",
     {**SAID, "duration": "7", "start_image_url": FIRST, "end_image_url": LAST}),
    (Mode.T2V, "hailuo-02", {}, "fal-ai/minimax/hailuo-02/standard/text-to-video",
     {"prompt": f"[Push in] {WORDS}", "duration": "6", "prompt_optimizer": False}),
    (Mode.I2V, "hailuo-02", {}, "fal-ai/minimax/hailuo-02/standard/image-to-video",
     {"prompt": f"[Push in] {WORDS}", "duration": "6", "prompt_optimizer": False, "resolution": "768P",
      "image_url": FIRST}),
    (Mode.T2V, "wan", {"settings": {"steps": 30}}, "fal-ai/wan/v2.2-a14b/text-to-video",
     {**SAID, "num_frames": 81, "frames_per_second": 16, "resolution": "720p", "aspect_ratio": "16:9", "seed": 41,
      "num_inference_steps": 30}),
    (Mode.V2V, "wan", {}, "fal-ai/wan/v2.2-a14b/video-to-video",
     {**SAID, "num_frames": 81, "frames_per_second": 16, "resample_fps": True, "resolution": "720p",
      "aspect_ratio": "16:9", "seed": 41, "video_url": SHOWN}),
    (Mode.T2V, "ltx", {}, "fal-ai/ltx-2.3/text-to-video",
     {"prompt": WORDS, "duration": "6", "fps": "24", "resolution": "1080p", "aspect_ratio": "16:9"}),
    (Mode.I2V, "ltx", {"roles": (Role.LAST,), "fps": Fraction(30)}, "fal-ai/ltx-2.3/image-to-video",
     {"prompt": WORDS, "duration": "6", "resolution": "1080p", "aspect_ratio": "16:9", "image_url": FIRST,
      "end_image_url": LAST}),
    (Mode.T2V, "ltx-2", {}, "fal-ai/ltx-2-19b/text-to-video",
     {"prompt": "A fishing boat rolls in the swell. Wide shot. 35mm, grey dawn.", "negative_prompt": "text, blur",
      "num_frames": 129, "fps": 25, "video_size": {"width": 1280, "height": 704}, "seed": 41,
      "camera_lora": "dolly_in", "camera_lora_scale": 0.65, "enable_prompt_expansion": False}),
    (Mode.T2V, "veo", {"settings": {"generate_audio": "false"}}, "fal-ai/veo3.1",
     {**SAID, "duration": "6s", "resolution": "720p", "aspect_ratio": "16:9", "seed": 41, "auto_fix": False,
      "generate_audio": False}),
    (Mode.I2V, "veo", {"roles": (Role.LAST,)}, "fal-ai/veo3.1/first-last-frame-to-video",
     {**SAID, "duration": "6s", "resolution": "720p", "aspect_ratio": "16:9", "seed": 41, "auto_fix": False,
      "first_frame_url": FIRST, "last_frame_url": LAST}),
])  # fmt: skip
def test_each_family_is_told_in_its_own_fields(
    tmp_path: Path, mode: Mode, model: str, more: dict[str, Any], path: str, body: dict[str, Any]
) -> None:
    compiled = _compiled(tmp_path, mode, model, **more)
    assert (compiled.path, _plain(compiled, tmp_path)) == (path, body)


MODELS = capabilities().of("fal")


def test_every_endpoint_of_the_table_has_a_schema() -> None:
    assert {path for model in MODELS for path in model.endpoints.values()} == set(SCHEMAS)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_a_body_fits_its_schema_whatever_is_asked(tmp_path: Path, model: Any) -> None:
    """All lengths, shapes, moves and pictures, with every setting the table offers at its ends."""
    tried = 0
    for mode in model.modes:
        roles = (Role.LAST,) if mode is Mode.I2V and model.has_last else ()
        for seconds in (Fraction(1), Fraction(8), Fraction(20)):
            for size in (Size(1280, 720), Size(720, 1280), Size(3840, 2160)):
                for move in (Move.PUSH_IN, Move.CRANE_UP):
                    words = Words(subject="a boat", action="drifts", camera=Camera(move=move), avoid=("text",))
                    compiled = _compiled(tmp_path, mode, model.id, roles=roles, seconds=seconds, size=size, words=words)
                    body = dict(compiled.body)
                    for upload in compiled.uploads:
                        name, *rest = upload.pointer.split("/")[1:]
                        body[name] = ["data:image/png;base64,AA=="] * 2 if rest else "data:image/png;base64,AA=="
                    assert wrong_with(compiled.path, body) == "", (compiled.path, body)
                    tried += 1
    assert tried >= 18


def test_every_loss_is_told(tmp_path: Path) -> None:
    compiled = _compiled(tmp_path, Mode.I2V, "kling-2.5-turbo-std", roles=(Role.LAST, Role.LOOK), size=Size(1920, 1080))
    assert {(loss.key, loss.fate) for loss in compiled.losses} == {
        ("seed", Fate.UNSUPPORTED), ("last", Fate.UNSUPPORTED), ("cast", Fate.UNSUPPORTED),
        ("camera.move", Fate.IN_PROMPT), ("size", Fate.APPROXIMATED),
    }  # fmt: skip
    assert compiled.price == Money(Decimal("0.21"), "USD")


def test_an_endpoint_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no model 'fal-ai/new'"):
        _compiled(tmp_path, Mode.T2V, "fal-ai/new")


@pytest.mark.parametrize(("status", "body", "kind"), [
    (200, {}, None),
    (202, {"status": "IN_QUEUE"}, None),
    (401, {"detail": "Unauthorized"}, ErrorKind.AUTH),
    (403, {"detail": "User is locked. Reason: Exhausted balance."}, ErrorKind.BALANCE),
    (403, {"detail": "Forbidden"}, ErrorKind.AUTH),
    (404, {"detail": "Not found"}, ErrorKind.NOT_FOUND),
    (422, {"detail": [{"type": "value_error", "msg": "…"}]}, ErrorKind.INVALID),
    (422, {"detail": [{"type": "content_policy_violation", "msg": "…"}]}, ErrorKind.MODERATED),
    (422, {"detail": "text"}, ErrorKind.INVALID),
    (429, {"detail": "…"}, ErrorKind.RATE),
    (500, {"detail": "…"}, ErrorKind.UNKNOWN_OUTCOME),
    (503, {"detail": "…"}, ErrorKind.BUSY),
    (504, {"detail": "…"}, ErrorKind.UNKNOWN_OUTCOME),
])  # fmt: skip
def test_answers_have_a_meaning(status: int, body: Any, kind: ErrorKind | None) -> None:
    assert PROVIDER.classify(Answer(status, body)) is kind


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    with serving(FAL, tmp_path) as job:
        yield job


def test_the_addresses_are_those_the_queue_gave_and_results_die_after_a_week(job: Job) -> None:
    handle = job.submit()
    assert handle.value["status_url"] == f"{job.server.url}/fal-ai/pika/requests/job0001/status"
    (made,) = job.server.jobs.values()
    assert made.wanted["kept_s"] == 7 * 86_400
    assert job.end().seed == 41


def test_an_address_elsewhere_gets_no_key(job: Job) -> None:
    handle = job.submit()
    foreign = type(handle)(handle.provider, {**handle.value, "status_url": f"{job.server.storage_url}/files/job0001"})
    with pytest.raises(HttpError):
        PROVIDER.poll(foreign, job.http)
    assert job.server.leaks == []


def test_what_runs_is_left_to_end(job: Job) -> None:
    job.server.polls = 4
    job.submit()
    polls = job.polls()
    while next(polls).state is not State.RUNNING:
        pass
    assert PROVIDER.cancel(job.handle, job.http) is Cancelled.TOO_LATE
    assert job.server.count("cancel") == 0


def test_a_failure_of_the_platform_costs_nothing_and_moderation_may(job: Job) -> None:
    costs = []
    for fate in ("failed", "failed late", "moderated"):
        job.server.fates.append(fate)
        job.submit()
        costs.append(job.end().cost)
    assert costs == [Money(Decimal(0), "USD"), Money(Decimal(0), "USD"), None]
