"""Comfy API v2 on loopback: keys that are taken once, assets, short-lived addresses, its own words for errors."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from comfyserver import Graphs, parts_of, prefix_of
from providerserver import Call, Reply, Route, ServedJob


class ComfyV2Server(Graphs):
    """Comfy API v2: keys that are taken once, assets, short-lived addresses."""

    def __init__(self, clip: bytes = b"", clip_type: str = "video/mp4") -> None:
        super().__init__(clip, clip_type)
        self.used: set[str] = set()
        self.assets: dict[str, bytes] = {}
        self.has_list = True

    def refusal(self, call: Call) -> Reply | None:
        is_known = call.headers.get("authorization") == f"Bearer {self.key}"
        return None if is_known else _error(401, "unauthorized", "missing or invalid credentials")

    def is_there(self, value: Any) -> bool:
        return isinstance(value, dict) and value["__type"] == "core/ASSET" and value["info"]["id"] in self.assets

    def routes(self) -> Sequence[Route]:
        return [
            Route("POST", r"/api/v2/jobs", "submit", self.create),
            Route("GET", r"/api/v2/jobs/([\w-]+)", "poll", self.show),
            Route("GET", r"/api/v2/jobs", "list", self.show_all),
            Route("GET", r"/api/v2/jobs/([\w-]+)/workflow", "detail", self.workflow),
            Route("POST", r"/api/v2/jobs/([\w-]+)/cancel", "cancel", self.stop),
            Route("POST", r"/api/v2/assets", "upload", self.asset),
        ]

    def asset(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        form = parts_of(call)
        assert form["content_type"][1].startswith((b"image/", b"video/")) and form["file_path"][1]
        name = str(uuid.uuid5(uuid.NAMESPACE_OID, form["file"][1].hex()))
        self.assets[name] = form["file"][1]
        return Reply(201, {"id": name, "hash": None, "url": self.storage_url, "size_bytes": len(form["file"][1])})

    def create(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        key = call.headers["idempotency-key"]
        assert str(uuid.UUID(key)) == key
        if key in self.used:
            return _error(422, "idempotency_key_reuse", "this key was used")
        if set(call.json) - {"workflow"}:
            return _error(422, "invalid_workflow", "unknown field")
        if "nodes" in call.json["workflow"]:
            return _error(422, "workflow_format_ui", "export the workflow in API format")
        if errors := self.wrong_nodes(call.json["workflow"]):
            return _error(422, "invalid_workflow", "the workflow is invalid", {"node_errors": errors})
        self.used.add(key)
        return Reply(201, self._job(self.accept(call.json["workflow"])))

    def show(self, call: Call) -> Reply:
        job = self.look(call.found[0])
        if (refusal := self.refusal(call)) is not None or job is None:
            return refusal or _error(404, "not_found", "no such job")
        return Reply(200, self._job(job))

    def show_all(self, call: Call) -> Reply:
        if not self.has_list:
            return Reply(405, {"error": {"code": "method_not_allowed", "message": "no list"}})
        return self.refusal(call) or Reply(200, {"jobs": [self._job(job) for job in reversed(self.jobs.values())]})

    def workflow(self, call: Call) -> Reply:
        return self.refusal(call) or Reply(200, {"workflow": self.jobs[call.found[0]].wanted, "format": "api"})

    def stop(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        self.cancel(call.found[0])
        return Reply(200, self._job(self.jobs[call.found[0]]))

    def _job(self, job: ServedJob) -> dict[str, Any]:
        words = {"cancelled": "canceled"}
        said: dict[str, Any] = {
            "id": job.id, "status": words.get(job.state, job.state), "queue_position": None, "outputs": [],
            "error": None, "progress": {"value": 0.5, "nodes_done": 7, "nodes_total": 14},
            "urls": {"self": f"/api/v2/jobs/{job.id}", "events": "", "cancel": f"/api/v2/jobs/{job.id}/cancel"},
        }  # fmt: skip
        if job.state == "succeeded":
            name = f"{prefix_of(job.wanted).rpartition('/')[2]}_00001_.mp4"
            said["outputs"] = [
                {"node_id": "90", "name": "log.txt", "type": "text", "content_type": "text/plain", "url": self.url},
                {"node_id": "34", "name": name, "type": "video", "content_type": "video/mp4", "size_bytes": 1,
                 "id": "a1", "hash": None, "url": self.link(job), "url_expires_at": "2026-11-25T10:00:00Z"},
            ]  # fmt: skip
        if job.state == "failed":
            said["error"] = {"code": "node_execution_error", "message": "CUDA out of memory", "node_id": "30",
                             "class_type": "KSampler"}  # fmt: skip
        return said


def _error(status: int, code: str, message: str, details: Any = None) -> Reply:
    return Reply(status, {"error": {"code": code, "message": message, "details": details}})
