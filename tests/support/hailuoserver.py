"""MiniMax on loopback, both dialects: errors with HTTP 200 and ``base_resp``, files to be asked for, tasks of v2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from providerserver import LIVE, Call, ProviderServer, Reply, Route, ServedJob

V1_KNOWN = {
    "model", "prompt", "duration", "resolution", "prompt_optimizer", "fast_pretreatment", "first_frame_image",
    "last_frame_image", "subject_reference", "aigc_watermark", "callback_url",
}  # fmt: skip
V2_KNOWN = {"model", "content", "resolution", "duration", "ratio", "aigc_watermark", "callback_url"}
V1_WORDS = {"queued": "Queueing", "running": "Processing", "succeeded": "Success"}
FAILURES = {
    "moderated": (1027, "output new_sensitive"),
    "moderated input": (1026, "input new_sensitive"),
    "failed": (1000, "unknown error"),
}


def base_resp(code: int, message: str) -> dict[str, Any]:
    return {"base_resp": {"status_code": code, "status_msg": message}}


class HailuoServer(ProviderServer):
    """``code`` refuses the next submits with that code, HTTP 200."""

    charged = frozenset({"queued", "running", "succeeded"})

    def __init__(self, clip: bytes = b"", clip_type: str = "video/mp4") -> None:
        super().__init__(clip, clip_type)
        self.code = 0

    def routes(self) -> Sequence[Route]:
        return [
            Route("POST", r"/v1/video_generation", "submit", self.create_v1),
            Route("GET", r"/v1/query/video_generation", "poll", self.show_v1),
            Route("GET", r"/v1/files/retrieve", "file", self.retrieve),
            Route("POST", r"/v2/video_generation", "submit", self.create_v2),
            Route("GET", r"/v2/query/video_generation/(\w+)", "poll", self.show_v2),
        ]

    def refusal(self, call: Call) -> Reply | None:
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return Reply(200, base_resp(1004, "login fail: the key is not right"))
        return Reply(200, base_resp(self.code, "refused")) if self.code and call.method == "POST" else None

    def create_v1(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        if problem := wrong_with_v1(call.json):
            return Reply(200, base_resp(2013, problem))
        return Reply(200, {"task_id": self.accept(call.json).id, **base_resp(0, "success")})

    def create_v2(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        if problem := wrong_with_v2(call.json):
            return Reply(400, {"error": {"code": "2013", "message": problem}})
        return Reply(200, {"task_id": self.accept(call.json).id})

    def show_v1(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        job = self.look(call.query.get("task_id", ""))
        if job is None:
            return Reply(404, base_resp(2013, "invalid task"))
        told = {"task_id": job.id, "status": V1_WORDS.get(job.state, "Fail"), "file_id": ""}
        if job.state == "succeeded":
            return Reply(200, {**told, "file_id": f"9{job.id[3:]}", **base_resp(0, "success")})
        return Reply(200, {**told, **base_resp(*FAILURES.get(job.state, (0, "success")))})

    def retrieve(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        job = self.jobs.get(f"job{call.query.get('file_id', '')[1:]}")
        if job is None:
            return Reply(200, base_resp(2013, "no such file"))
        file = {"file_id": call.query["file_id"], "download_url": self.link(job), "backup_download_url": self.link(job)}
        return Reply(200, {"file": file, **base_resp(0, "success")})

    def show_v2(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        job = self.look(call.found[0])
        return (
            Reply(404, {"error": {"message": "no such task"}}) if job is None else Reply(200, {"task": self.told(job)})
        )

    def told(self, job: ServedJob) -> dict[str, Any]:
        if job.state in LIVE or job.state == "succeeded":
            content = {"content": {"url": self.link(job)}} if job.state == "succeeded" else {}
            return {"id": job.id, "model": job.wanted["model"], "status": job.state, **content}
        code, message = FAILURES[job.state]
        return {"id": job.id, "status": "failed", "error": {"code": str(code), "message": message}}


def wrong_with_v1(body: Any) -> str:
    """What the service would say to a body; empty where nothing is wrong."""
    if not isinstance(body, dict) or set(body) - V1_KNOWN or not body.get("prompt"):
        return "invalid params"
    if body["duration"] not in {6, 10} or body["resolution"] not in {"512P", "768P", "1080P"}:
        return "invalid duration or resolution"
    if body["resolution"] == "1080P" and body["duration"] == 10:
        return "1080P is 6 seconds"
    pictures = [body[name] for name in ("first_frame_image", "last_frame_image") if name in body]
    return "" if all(picture.startswith("data:image/") for picture in pictures) else "invalid picture"


def wrong_with_v2(body: Any) -> str:
    """The same for ``/v2``."""
    if not isinstance(body, dict) or set(body) - V2_KNOWN or body.get("model") != "MiniMax-H3":
        return "invalid params"
    if body["resolution"] not in {"768P", "2K"} or not 4 <= body["duration"] <= 15:
        return "invalid resolution or duration"
    roles = {item.get("role") for item in body["content"] if item["type"] != "text"}
    if sum(item["type"] == "text" and bool(item["text"]) for item in body["content"]) != 1:
        return "exactly one text is needed"
    if roles & {"first_frame", "last_frame"}:
        return "" if body["ratio"] == "adaptive" and "reference_image" not in roles else "frames bring their own ratio"
    return "" if body["ratio"] != "adaptive" else "words need a ratio"
