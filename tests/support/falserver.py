"""fal's queue on loopback: addresses to be stored, 202 until done, cancelling what waits, and its models' schemas."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from providerserver import LIVE, Call, ProviderServer, Reply, Route

Check = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def is_file(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("data:image/", "data:video/", "https://"))


def one_of(*values: Any) -> Check:
    return lambda value: value in values and type(value) is type(values[0])


def whole(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def flag(value: Any) -> bool:
    return isinstance(value, bool)


SEED, CFG = whole(0, 2**53), lambda value: isinstance(value, int | float)
WIDE = one_of("16:9", "9:16", "1:1")
PIKA = {"prompt": is_text, "negative_prompt": is_text, "resolution": one_of("720p", "1080p"), "seed": SEED}
PIKA_WIDE = one_of("16:9", "9:16", "1:1", "4:5", "5:4", "3:2", "2:3")
FIVE_TEN = one_of("5", "10")
KLING = {"prompt": is_text, "negative_prompt": is_text, "duration": FIVE_TEN}
KLING_25 = {**KLING, "cfg_scale": CFG}
KLING_3 = {"prompt": is_text, "negative_prompt": is_text, "duration": one_of(*map(str, range(3, 16))), "cfg_scale": CFG,
           "generate_audio": flag}  # fmt: skip
HAILUO = {"prompt": is_text, "duration": one_of("6", "10"), "prompt_optimizer": flag}
WAN = {
    "prompt": is_text, "negative_prompt": is_text, "num_frames": whole(17, 161), "frames_per_second": whole(4, 60),
    "resolution": one_of("480p", "580p", "720p"), "aspect_ratio": WIDE, "seed": SEED,
    "num_inference_steps": whole(1, 100), "guidance_scale": CFG, "guidance_scale_2": CFG,
    "shift": CFG, "acceleration": one_of("none", "regular"),
    "enable_prompt_expansion": flag,
}  # fmt: skip
LTX = {"prompt": is_text, "duration": one_of("6", "8", "10"), "resolution": one_of("1080p", "1440p", "2160p"),
       "aspect_ratio": one_of("16:9", "9:16"), "fps": one_of("24", "25", "48", "50"),
       "generate_audio": flag}  # fmt: skip
LORAS = ("dolly_in", "dolly_out", "dolly_left", "dolly_right", "jib_up", "jib_down", "static", "none")
LTX_2 = {
    "prompt": is_text, "negative_prompt": is_text, "num_frames": whole(9, 481), "fps": whole(1, 60), "seed": SEED,
    "video_size": lambda value: set(value) == {"width", "height"}, "camera_lora": one_of(*LORAS),
    "camera_lora_scale": CFG, "generate_audio": flag, "enable_prompt_expansion": flag, "guidance_scale": CFG,
    "num_inference_steps": whole(1, 100),
}  # fmt: skip
VEO = {"prompt": is_text, "negative_prompt": is_text, "duration": one_of("4s", "6s", "8s"),
       "resolution": one_of("720p", "1080p"), "aspect_ratio": one_of("16:9", "9:16"), "seed": SEED,
       "generate_audio": flag, "auto_fix": flag, "safety_tolerance": one_of("1", "2", "3", "4", "5", "6")}  # fmt: skip

SCHEMAS: dict[str, tuple[dict[str, Check], tuple[str, ...]]] = {
    "fal-ai/pika/v2.2/text-to-video": ({**PIKA, "duration": FIVE_TEN, "aspect_ratio": PIKA_WIDE}, ()),
    "fal-ai/pika/v2.2/image-to-video": ({**PIKA, "duration": FIVE_TEN, "image_url": is_file}, ("image_url",)),
    "fal-ai/pika/v2.2/pikaframes": ({
        **PIKA, "image_urls": lambda value: 2 <= len(value) <= 5 and all(map(is_file, value)),
        "transitions": lambda value: all(type(item["duration"]) is int for item in value),
    }, ("image_urls",)),
    "fal-ai/kling-video/v2.5-turbo/standard/image-to-video": ({**KLING_25, "image_url": is_file}, ("image_url",)),
    "fal-ai/kling-video/v2.5-turbo/pro/text-to-video": ({**KLING_25, "aspect_ratio": WIDE}, ()),
    "fal-ai/kling-video/v2.5-turbo/pro/image-to-video":
        ({**KLING_25, "image_url": is_file, "tail_image_url": is_file}, ("image_url",)),
    "fal-ai/kling-video/v2.6/pro/text-to-video": ({**KLING, "aspect_ratio": WIDE, "generate_audio": flag}, ()),
    "fal-ai/kling-video/v2.6/pro/image-to-video": (
        {**KLING, "start_image_url": is_file, "end_image_url": is_file, "generate_audio": flag}, ("start_image_url",)),
    "fal-ai/kling-video/v3/pro/text-to-video": ({**KLING_3, "aspect_ratio": WIDE}, ()),
    "fal-ai/kling-video/v3/pro/image-to-video":
        ({**KLING_3, "start_image_url": is_file, "end_image_url": is_file}, ("start_image_url",)),
    "fal-ai/minimax/hailuo-02/standard/text-to-video": (HAILUO, ()),
    "fal-ai/minimax/hailuo-02/standard/image-to-video": (
        {**HAILUO, "image_url": is_file, "end_image_url": is_file, "resolution": one_of("512P", "768P")},
        ("image_url",)),
    "fal-ai/wan/v2.2-a14b/text-to-video": (WAN, ()),
    "fal-ai/wan/v2.2-a14b/image-to-video/lora":
        ({**WAN, "image_url": is_file, "end_image_url": is_file}, ("image_url",)),
    "fal-ai/wan/v2.2-a14b/video-to-video":
        ({**WAN, "video_url": is_file, "resample_fps": flag, "strength": CFG}, ("video_url",)),
    "fal-ai/ltx-2.3/text-to-video": (LTX, ()),
    "fal-ai/ltx-2.3/image-to-video": ({**LTX, "image_url": is_file, "end_image_url": is_file}, ("image_url",)),
    "fal-ai/ltx-2-19b/text-to-video": (LTX_2, ()),
    "fal-ai/ltx-2-19b/image-to-video": ({**LTX_2, "image_url": is_file, "end_image_url": is_file}, ("image_url",)),
    "fal-ai/veo3.1": (VEO, ()),
    "fal-ai/veo3.1/image-to-video": ({**VEO, "image_url": is_file}, ("image_url",)),
    "fal-ai/veo3.1/first-last-frame-to-video":
        ({**VEO, "first_frame_url": is_file, "last_frame_url": is_file}, ("first_frame_url", "last_frame_url")),
}  # fmt: skip
"""Every endpoint: the fields it knows, and those it needs besides the prompt (@fal-ai/client 1.10.1)."""


class FalServer(ProviderServer):
    """A job that cannot be refused: what is too much waits IN_QUEUE."""

    charged = frozenset({"queued", "running", "succeeded", "moderated"})

    def routes(self) -> Sequence[Route]:
        job = r"/fal-ai/.+/requests/(\w+)"
        return [
            Route("GET", job + "/status", "poll", self.show),
            Route("PUT", job + "/cancel", "cancel", self.stop),
            Route("GET", job, "result", self.result),
            Route("POST", r"/(fal-ai/[\w./-]+)", "submit", self.create),
        ]

    def refusal(self, call: Call) -> Reply | None:
        return (
            None if call.headers.get("authorization") == f"Key {self.key}" else Reply(401, {"detail": "Unauthorized"})
        )

    def create(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        endpoint, kept = call.found[0], json.loads(call.headers.get("x-fal-object-lifecycle-preference", "{}"))
        if problem := wrong_with(endpoint, call.json):
            return Reply(
                422, {"detail": [{"loc": ["body", problem], "msg": f"{problem} is wrong", "type": "value_error"}]}
            )
        job = self.accept({"endpoint": endpoint, "kept_s": kept.get("expiration_duration_seconds"), **call.json})
        base = f"{self.url}/{'/'.join(endpoint.split('/')[:2])}/requests/{job.id}"
        return Reply(200, {"status": "IN_QUEUE", "request_id": job.id, "queue_position": 3, "response_url": base,
                           "status_url": f"{base}/status", "cancel_url": f"{base}/cancel"})  # fmt: skip

    def show(self, call: Call) -> Reply:
        job = self.look(call.found[0])
        if (refusal := self.refusal(call)) is not None or job is None or job.state == "cancelled":
            return refusal or Reply(404, {"detail": "Request not found"})
        if job.state == "queued":
            return Reply(202, {"status": "IN_QUEUE", "request_id": job.id, "queue_position": 1})
        if job.state == "running":
            return Reply(202, {"status": "IN_PROGRESS", "request_id": job.id, "logs": []})
        failed = {"error": "Runner disconnected", "error_type": "runner_disconnected"} if job.state == "failed" else {}
        return Reply(200, {"status": "COMPLETED", "request_id": job.id, **failed})

    def result(self, call: Call) -> Reply:
        job = self.jobs.get(call.found[0])
        if (refusal := self.refusal(call)) is not None or job is None:
            return refusal or Reply(404, {"detail": "Request not found"})
        if job.state == "moderated":
            return Reply(422, {"detail": [{"loc": ["body", "prompt"], "msg": "The content could not be processed",
                                           "type": "content_policy_violation"}]})  # fmt: skip
        if job.state == "failed late":
            return Reply(500, {"detail": "Internal"}, {"X-Fal-Error-Type": "request_timeout"})
        if job.state != "succeeded":
            return Reply(400, {"detail": "Request is still in progress"})
        video = {
            "url": self.link(job),
            "content_type": "video/mp4",
            "file_name": "out.mp4",
            "file_size": len(self.clip),
        }
        return Reply(200, {"video": video, "seed": job.wanted.get("seed", 7)})

    def stop(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        with self.guard:
            job = self.jobs.get(call.found[0])
            if job is not None and job.state == LIVE[0]:
                self.cancel(job.id)
                return Reply(202, {"status": "CANCELLATION_REQUESTED"})
        return Reply(400, {"status": "ALREADY_COMPLETED"})


def wrong_with(endpoint: str, body: Any) -> str:
    """The field the model would complain of; empty where nothing is wrong."""
    if endpoint not in SCHEMAS or not isinstance(body, dict):
        return "endpoint"
    fields, needed = SCHEMAS[endpoint]
    lacking = [name for name in ("prompt", *needed) if name not in body]
    return next((name for name, value in body.items() if name not in fields or not fields[name](value)), "") or next(
        iter(lacking), ""
    )
