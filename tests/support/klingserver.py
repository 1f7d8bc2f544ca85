"""Kling on loopback: signed tokens, its own error codes, ``external_task_id`` unique and good for looking a task up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import Any

from providerserver import Call, ProviderServer, Reply, Route, ServedJob

KNOWN = {
    "model_name", "prompt", "negative_prompt", "cfg_scale", "mode", "duration", "aspect_ratio", "image", "image_tail",
    "camera_control", "sound", "external_task_id", "callback_url", "watermark_info",
}  # fmt: skip
AXES = {"horizontal", "vertical", "pan", "tilt", "roll", "zoom"}
WORDS = {"queued": "submitted", "running": "processing", "succeeded": "succeed"}
MESSAGES = {
    "moderated": "Failure to pass the risk control system",
    "failed": "The service is busy, the generation was not finished",
}


def kling_error(code: int, status: int, message: str) -> Reply:
    return Reply(status, {"code": code, "message": message, "request_id": "req-1"})


class KlingServer(ProviderServer):
    """``plain_key`` is taken too."""

    access = "planted-access-7d2e"
    plain_key = "planted-plain-9b31c0"
    price = 350
    charged = frozenset({"queued", "running", "succeeded"})

    def routes(self) -> Sequence[Route]:
        kinds = r"(text2video|image2video)"
        return [
            Route("POST", rf"/v1/videos/{kinds}", "submit", self.guarded(self.create)),
            Route("GET", rf"/v1/videos/{kinds}", "list", self.guarded(self.listed)),
            Route("GET", rf"/v1/videos/{kinds}/([\w.-]+)", "poll", self.guarded(self.show)),
            Route("GET", r"/account/costs", "balance", self.guarded(self.costs)),
        ]

    def guarded(self, answer: Any) -> Any:
        def guard(call: Call) -> Reply:
            problem = self.stranger(call.headers.get("authorization", "").removeprefix("Bearer "))
            return kling_error(problem, 401, "authentication failed") if problem else answer(call)

        return guard

    def stranger(self, token: str) -> int:
        """The error code for a token that is not ours; 0 for one that is."""
        if token == self.plain_key:
            return 0
        parts = token.split(".")
        if len(parts) != 3:
            return 1002
        signed = hmac.new(self.key.encode(), f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(signed, _plain64(parts[2])):
            return 1000
        head, claims = (json.loads(_plain64(part)) for part in parts[:2])
        if head != {"alg": "HS256", "typ": "JWT"} or claims["iss"] != self.access:
            return 1000
        if claims["nbf"] > time.time():
            return 1003
        return 1004 if not time.time() < claims["exp"] <= time.time() + 1801 else 0

    def create(self, call: Call) -> Reply:
        kind, body = call.found[0], call.json
        if problem := wrong_with(kind, body):
            return kling_error(1201, 400, problem)
        ref = body.get("external_task_id", "")
        with self.guard:
            if ref and any(job.ref == ref for job in self.jobs.values()):
                return kling_error(1201, 400, "external_task_id is not unique")
            return self.told(self.accept({"kind": kind, **body}, ref))

    def show(self, call: Call) -> Reply:
        kind, name = call.found
        job = next(
            (job for job in self.jobs.values() if name in {job.id, job.ref} and job.wanted["kind"] == kind), None
        )
        if job is None:
            return kling_error(1203, 404, "the task does not exist")
        self.look(job.id)
        return self.told(job)

    def listed(self, call: Call) -> Reply:
        tasks = [self.data(job) for job in self.jobs.values() if job.wanted["kind"] == call.found[0]]
        return Reply(200, {"code": 0, "message": "SUCCEED", "request_id": "req-1", "data": tasks[::-1]})

    def told(self, job: ServedJob) -> Reply:
        return Reply(200, {"code": 0, "message": "SUCCEED", "request_id": "req-1", "data": self.data(job)})

    def data(self, job: ServedJob) -> dict[str, Any]:
        data: dict[str, Any] = {
            "task_id": job.id, "task_status": WORDS.get(job.state, "failed"), "created_at": int(job.began * 1000),
            "task_info": {"external_task_id": job.ref}, "task_status_msg": MESSAGES.get(job.state, ""),
        }  # fmt: skip
        if job.state == "succeeded":
            video = {"id": f"video-{job.id}", "url": self.link(job), "duration": job.wanted["duration"]}
            data |= {"task_result": {"videos": [video]}, "final_unit_deduction": "3.5"}
        elif job.state in MESSAGES:
            data["final_unit_deduction"] = "0"
        return data

    def costs(self, call: Call) -> Reply:
        if int(call.query.get("start_time", "0")) < 10**12 or "end_time" not in call.query:
            return kling_error(1201, 400, "start_time and end_time are milliseconds")
        packs = [{"resource_pack_name": "Video", "total_quantity": 100, "remaining_quantity": 62.5, "status": "online"}]
        return Reply(200, {"code": 0, "data": {"code": 0, "resource_pack_subscribe_infos": packs}})


def wrong_with(kind: str, body: Any) -> str:
    """What the service would say to a body; empty where nothing is wrong."""
    if not isinstance(body, dict) or (unknown := set(body) - KNOWN):
        return f"unknown fields: {sorted(unknown) if isinstance(body, dict) else body}"
    if not isinstance(body.get("duration"), str) or body.get("mode") not in {"std", "pro", "4k"}:
        return "duration is a string, mode is std or pro"
    if kind == "text2video":
        return "" if body.get("aspect_ratio") and "image" not in body else "aspect_ratio is needed, image is not"
    if "aspect_ratio" in body:
        return "aspect_ratio is not for image2video"
    if any(not _is_bare(body[name]) for name in ("image", "image_tail") if name in body) or "image" not in body:
        return "image must be a URL or base64 without a prefix"
    return _camera_problem(body.get("camera_control"))


def _camera_problem(camera: Any) -> str:
    if camera is None or camera.get("type") != "simple":
        return ""
    values = camera["config"]
    moved = [axis for axis, value in values.items() if value]
    return "" if set(values) <= AXES and len(moved) == 1 else "exactly one value may not be zero"


def _is_bare(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False


def _plain64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
