"""The ``/v1/videos`` dialect on loopback, as a gateway serves it: jobs, a list, forms with files, content by key."""

from __future__ import annotations

import email.parser
import email.policy
import re
from collections.abc import Sequence
from typing import Any

from providerserver import Call, ProviderServer, Reply, Route, ServedJob

MODELS = {"sora-2", "sora-2-pro", "gateway-video-1"}
SECONDS = {"4", "8", "12"}
WORDS = {"queued": "queued", "running": "in_progress", "succeeded": "completed"}
ERRORS = {
    "moderated": {"code": "moderation_blocked", "message": "The request was blocked by our moderation system."},
    "failed": {"code": "video_generation_failed", "message": "Video generation failed."},
}


def openai_error(status: int, code: str, message: str) -> Reply:
    return Reply(status, {"error": {"code": code, "message": message, "type": "invalid_request_error"}})


class OpenAIServer(ProviderServer):
    """``tells_prompt``: the list says their words; ``has_list``: there is one."""

    charged = frozenset({"queued", "running", "succeeded"})

    def __init__(self, clip: bytes = b"", clip_type: str = "video/mp4") -> None:
        super().__init__(clip, clip_type)
        self.tells_prompt, self.has_list = True, True
        self.poll_after_ms = 0

    def routes(self) -> Sequence[Route]:
        return [
            Route("POST", r"/v1/videos", "submit", self.create),
            Route("POST", r"/v1/videos/edits", "submit", self.edit),
            Route("GET", r"/v1/videos", "list", self.listed),
            Route("GET", r"/v1/videos/(\w+)", "poll", self.show),
            Route("GET", r"/v1/videos/(\w+)/content", "content", lambda call: self.refusal(call)
                  or self.file(call.found[0])),
        ]  # fmt: skip

    def refusal(self, call: Call) -> Reply | None:
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return openai_error(401, "invalid_api_key", "Incorrect API key provided.")
        return None

    def create(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        fields = fields_of(call)
        if problem := wrong_with(fields):
            return openai_error(400, "invalid_value", problem)
        return self.made(fields)

    def edit(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        fields = fields_of(call)
        if set(fields) != {"prompt", "video"} or not isinstance(fields["video"], bytes):
            return openai_error(400, "invalid_value", "an edit has a prompt and a video")
        return self.made({"model": "sora-2", "seconds": "8", "size": "1280x720", **fields})

    def made(self, fields: dict[str, Any]) -> Reply:
        return Reply(200, self.told(self.accept(fields)))

    def told(self, job: ServedJob) -> dict[str, Any]:
        told = {
            "id": job.id, "object": "video", "created_at": int(job.began), "status": WORDS.get(job.state, "failed"),
            "progress": {"queued": 0, "running": 40}.get(job.state, 100), "model": job.wanted["model"],
            "seconds": job.wanted["seconds"], "size": job.wanted["size"],
        }  # fmt: skip
        if self.tells_prompt:
            told["prompt"] = job.wanted["prompt"]
        return {**told, "error": ERRORS.get(job.state)}

    def show(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        job = self.look(call.found[0])
        if job is None:
            return openai_error(404, "not_found", "Video not found.")
        return Reply(200, self.told(job), {"openai-poll-after-ms": str(self.poll_after_ms)})

    def listed(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        if not self.has_list:
            return openai_error(404, "not_found", "Invalid URL (GET /v1/videos).")
        newest = sorted(self.jobs.values(), key=lambda job: (job.began, job.id), reverse=True)
        shown = newest[: int(call.query.get("limit", "20"))]
        return Reply(200, {"object": "list", "data": [self.told(job) for job in shown],
                           "has_more": len(shown) < len(newest)})  # fmt: skip


def fields_of(call: Call) -> dict[str, Any]:
    """The fields of a body, JSON or a form; files are bytes."""
    kind = call.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return dict(call.json or {})
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(
        b"Content-Type: " + kind.encode() + b"\r\n\r\n" + call.body
    )
    fields: dict[str, Any] = {}
    for part in message.iter_parts():  # type: ignore[attr-defined]
        data = part.get_payload(decode=True)
        name = re.search(r'name="([^"]+)"', part["content-disposition"])
        fields[name[1] if name else ""] = data if part.get_filename() else data.decode()
    return fields


def wrong_with(fields: dict[str, Any]) -> str:
    """What the service would say to a body; empty where nothing is wrong."""
    if unknown := set(fields) - {"model", "prompt", "seconds", "size", "input_reference"}:
        return f"Unknown parameters: {sorted(unknown)}"
    if fields.get("model") not in MODELS or not fields.get("prompt"):
        return "model or prompt is wrong"
    lengths = SECONDS if fields["model"].startswith("sora") else {str(length) for length in range(1, 61)}
    if not isinstance(fields.get("seconds"), str) or fields["seconds"] not in lengths:
        return "seconds is wrong"
    if not re.fullmatch(r"\d+x\d+", fields.get("size", "")):
        return "size is wrong"
    return "" if isinstance(fields.get("input_reference", b""), bytes) else "input_reference must be a file"
