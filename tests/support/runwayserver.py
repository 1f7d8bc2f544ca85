"""Runway on loopback, in the shapes of API version 2024-11-06: tasks, storage for uploads, credits, THROTTLED."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from providerserver import LIVE, Call, ProviderServer, Reply, Route, ServedJob

MODELS = {
    "text_to_video": {"gen4.5"},
    "image_to_video": {"gen4.5", "gen4_turbo"},
    "video_to_video": {"aleph2"},
    "character_performance": {"act_two"},
}
NEEDED = {
    "text_to_video": ("promptText", "ratio", "duration"),
    "image_to_video": ("promptImage", "ratio", "duration"),
    "video_to_video": ("videoUri",),
    "character_performance": ("character", "reference"),
}
KNOWN = {
    "model", "promptText", "promptImage", "ratio", "duration", "seed", "videoUri", "keyframes", "character",
    "reference", "bodyControl", "expressionIntensity", "contentModeration", "outputFormat", "targetAspectRatio",
}  # fmt: skip
FAILURES = {
    "moderated": ("The content was moderated.", "SAFETY.OUTPUT.THIRD_PARTY"),
    "moderated input": ("The input was moderated.", "SAFETY.INPUT.TEXT"),
    "failed": ("An unexpected error occurred.", "INTERNAL.BAD_OUTPUT.CODE01"),
    "bad asset": ("The asset is invalid.", "ASSET.INVALID"),
}


class RunwayServer(ProviderServer):
    """``most_at_once`` tasks run; further ones are taken and THROTTLED."""

    charged = frozenset({"queued", "running", "succeeded", "moderated", "moderated input", "cancelled while running"})

    def routes(self) -> Sequence[Route]:
        kinds = "|".join(MODELS)
        return [
            Route("POST", rf"/v1/({kinds})", "submit", self.create),
            Route("GET", r"/v1/tasks/(\w+)", "poll", self.show),
            Route("DELETE", r"/v1/tasks/(\w+)", "cancel", self.stop),
            Route("POST", r"/v1/uploads", "upload", self.upload),
            Route("GET", r"/v1/organization", "balance", self.organization),
        ]

    def refusal(self, call: Call) -> Reply | None:
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return Reply(401, {"error": "The API key is not valid."})
        if call.headers.get("x-runway-version") != "2024-11-06":
            return Reply(400, {"error": "X-Runway-Version is required."})
        return None

    def create(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        kind, body = call.found[0], call.json
        problem = wrong_with(kind, body)
        return Reply(400, {"error": problem}) if problem else Reply(200, {"id": self.accept({"kind": kind, **body}).id})

    def show(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        job = self.look(call.found[0])
        return Reply(404, {"error": "No such task."}) if job is None else Reply(200, self.told(job))

    def told(self, job: ServedJob) -> dict[str, Any]:
        told: dict[str, Any] = {"id": job.id, "createdAt": "2026-11-22T10:00:00.000Z"}
        cost = {"credits": self.price if job.state in self.charged else 0}
        if job.state in LIVE:
            is_full = job.state == "queued" and job.polls == 0
            words = {"queued": "THROTTLED" if is_full else "PENDING", "running": "RUNNING"}
            progress = {"progress": 0.5} if job.state == "running" else {}
            return {**told, "status": words[job.state], "estimatedCost": {"credits": self.price}, **progress}
        if job.state == "succeeded":
            return {**told, "status": "SUCCEEDED", "output": [self.link(job)], "cost": cost}
        if job.state == "cancelled":
            return {**told, "status": "CANCELLED", "cost": cost}
        failure, code = FAILURES[job.state]
        return {**told, "status": "FAILED", "failure": failure, "failureCode": code, "cost": cost}

    def stop(self, call: Call) -> Reply:
        """Cancels what is live, deletes what is finished; the name is gone afterwards."""
        if (refusal := self.refusal(call)) is not None:
            return refusal
        with self.guard:
            job = self.jobs.get(call.found[0])
            if job is None:
                return Reply(404, {"error": "No such task."})
            was_running = job.state == "running"
            if self.cancel(job.id) and was_running:
                job.state = "cancelled while running"
            job.id = f"{job.id} is gone"
            self.jobs = {other.id: other for other in self.jobs.values()}
        return Reply(204, b"")

    def upload(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        if call.json.get("type") != "ephemeral" or not call.json.get("filename"):
            return Reply(400, {"error": "filename and type are required."})
        name = call.json["filename"]
        return Reply(200, {
            "uploadUrl": f"{self.storage_url}/put", "fields": {"key": name, "policy": "p"},
            "runwayUri": f"runway://{name}",
        })  # fmt: skip

    def organization(self, call: Call) -> Reply:
        limits = {"gen4.5": {"maxConcurrentGenerations": 3, "maxDailyGenerations": 200},
                  "gen4_turbo": {"maxConcurrentGenerations": 5, "maxDailyGenerations": 500}}  # fmt: skip
        told = {"creditBalance": 1250, "tier": {"models": limits}, "usage": {"models": {}}}
        return self.refusal(call) or Reply(200, told)


def wrong_with(kind: str, body: Any) -> str:
    """What the service would say to a body; empty where nothing is wrong."""
    if not isinstance(body, dict) or body.get("model") not in MODELS[kind]:
        return "model is not supported here."
    if unknown := set(body) - KNOWN:
        return f"Unrecognized keys: {sorted(unknown)}"
    if missing := [key for key in NEEDED[kind] if key not in body]:
        return f"Required: {missing}"
    if len(str(body.get("promptText", "")).encode("utf-16-le")) > 2000:
        return "promptText is too long."
    uris = [item["uri"] for item in body.get("promptImage", [])] + [body[key] for key in ("videoUri",) if key in body]
    if not all(uri.startswith(("data:", "runway://", "https://")) for uri in uris):
        return "The uri is not valid."
    return ""
