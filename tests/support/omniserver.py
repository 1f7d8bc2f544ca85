"""Gemini's Interactions on loopback: background work, files behind the key, refusals that look like successes."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any

from providerserver import LIVE, Call, ProviderServer, Reply, Route, ServedJob
from veoserver import google_error

MODELS = {"gemini-omni-1.1-flash": 10, "gemini-omni-1.2-flash": 15}
KNOWN = {"model", "input", "background", "store", "response_format", "generation_config", "labels"}
FORMAT = {"type", "delivery", "aspect_ratio", "duration", "resolution"}
TASKS = {
    "text_to_video": (),
    "reference_to_video": ("image",),
    "image_to_video": ("image",),
    "edit": ("video",),
}
WORDS = {"queued": "queued", "running": "in_progress", "succeeded": "completed", "moderated": "completed"}
REFUSAL = "I cannot make a video of this."


class OmniServer(ProviderServer):
    """``prepares`` is how often a finished file says PROCESSING before it may be fetched; ``is_inline``: takes come as
    data; ``hiccups`` polls are answered with a 400 that means nothing.
    """

    charged = frozenset({"queued", "running", "succeeded"})

    def __init__(self, clip: bytes = b"", clip_type: str = "video/mp4") -> None:
        super().__init__(clip, clip_type)
        self.prepares, self.hiccups, self.is_inline = 0, 0, False

    def routes(self) -> Sequence[Route]:
        one = r"/v1beta/interactions/(\w+)"
        return [
            Route("POST", r"/v1beta/interactions", "submit", self.create),
            Route("POST", one + "/cancel", "cancel", self.stop),
            Route("GET", one, "poll", self.show),
            Route("GET", r"/v1beta/files/(\w+):download", "content", self.content),
            Route("GET", r"/v1beta/files/(\w+)", "state", self.prepared),
            Route("GET", r"/v1beta/models", "models", lambda call: self.refusal(call) or Reply(200, {"models": []})),
        ]

    def refusal(self, call: Call) -> Reply | None:
        if call.headers.get("x-goog-api-key") != self.key or call.query.get("key"):
            return google_error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")
        return None

    def create(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        if problem := wrong_with(call.json):
            return Reply(400, {"error": {"code": "invalid_request", "message": problem}})
        job = self.accept(call.json)
        return Reply(
            200, {"id": job.id, "status": "in_progress", "object": "interaction", "model": job.wanted["model"]}
        )

    def show(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        with self.guard:
            if self.hiccups:
                self.hiccups -= 1
                return Reply(400, {"error": {"code": "invalid_request", "message": "Request contains an error."}})
        job = self.look(call.found[0])
        if job is None:
            return Reply(400, {"error": {"code": "invalid_request", "message": "Invalid interaction name."}})
        return Reply(200, self.told(job))

    def told(self, job: ServedJob) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": job.id, "status": WORDS.get(job.state, job.state), "object": "interaction",
            "steps": [{"type": "user_input", "content": [{"type": "text", "text": "the words that were sent"}]}],
        }  # fmt: skip
        if job.state == "moderated input":
            error = {"code": "invalid_request", "message": "The input was blocked for safety reasons."}
            return {**told, "status": "failed", "error": error}
        if job.state in {"failed", "incomplete"}:
            return {**told, "errors": [{"code": "internal", "message": "The model is overloaded."}]}
        if job.state == "moderated":
            told["steps"].append({"type": "model_output", "content": [{"type": "text", "text": REFUSAL}]})
        if job.state == "succeeded":
            told["steps"] += [{"type": "thought", "content": [{"type": "thought", "text": "…"}]},
                              {"type": "model_output", "content": [self.video(job)]}]  # fmt: skip
        return told

    def video(self, job: ServedJob) -> dict[str, Any]:
        if self.is_inline:
            return {"type": "video", "mime_type": "video/mp4", "data": base64.b64encode(self.clip).decode()}
        url = f"{self.url}/v1beta/files/{job.id}:download?alt=media"
        return {"type": "video", "mime_type": "video/mp4", "uri": url}

    def prepared(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        with self.guard:
            state = "PROCESSING" if self.prepares > 0 else "ACTIVE"
            self.prepares -= 1
        return Reply(200, {"name": f"files/{call.found[0]}", "state": state})

    def content(self, call: Call) -> Reply:
        if call.query.get("alt") != "media":
            return google_error(404, "NOT_FOUND", "not found")
        return self.refusal(call) or self.file(call.found[0])

    def stop(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        if call.found[0] in self.jobs and self.jobs[call.found[0]].state in LIVE:
            self.cancel(call.found[0])
            return Reply(200, self.told(self.jobs[call.found[0]]))
        return Reply(400, {"error": {"code": "invalid_request", "message": "The interaction has ended."}})


def wrong_with(body: Any) -> str:
    """What the service would say to a body; empty where nothing is wrong."""
    if not isinstance(body, dict) or (unknown := set(body) - KNOWN):
        return f"unknown fields: {sorted(unknown) if isinstance(body, dict) else body}"
    if body.get("model") not in MODELS or body.get("background") is not True or body.get("store") is not True:
        return "model, background or store is wrong"
    task = body["generation_config"]["video_config"]["task"]
    *files, words = body["input"]
    if words.get("type") != "text" or not words.get("text") or set(words) != {"type", "text"}:
        return "the input ends with words"
    if (
        task not in TASKS
        or bool(files) is not bool(TASKS[task])
        or any(one["type"] not in TASKS[task] for one in files)
    ):
        return f"task {task} does not fit the input"
    if not all(_is_file(one) for one in files):
        return "a file is wrong"
    return _format_problem(body["response_format"], task, MODELS[body["model"]])


def _format_problem(wanted: Any, task: str, longest: int) -> str:
    if set(wanted) - FORMAT or wanted.get("type") != "video" or wanted.get("delivery") not in {"uri", "inline"}:
        return "response_format is wrong"
    if wanted.get("resolution") not in {"360p", "720p", "1080p", "4k"}:
        return "resolution is wrong"
    if task == "edit":
        return "an edit follows its clip" if {"duration", "aspect_ratio"} & set(wanted) else ""
    found = re.fullmatch(r"(\d+)s", wanted.get("duration", ""))
    if found is None or not 3 <= int(found[1]) <= longest or wanted.get("aspect_ratio") not in {"16:9", "9:16"}:
        return "duration or aspect_ratio is wrong"
    return ""


def _is_file(one: Any) -> bool:
    if set(one) != {"type", "data", "mime_type"} or not one["mime_type"].startswith(f"{one['type']}/"):
        return False
    return len(base64.b64decode(one["data"], validate=True)) > 0
