"""ComfyUI on loopback: a server of one's own, and Comfy Cloud's ``/api``; Comfy API v2 stands in comfyv2server.

Each keeps to what is documented and observed: nodes are checked before anything is queued, files have to be there,
uploads may be renamed, and a finished run lists its files under the key ``output_key``.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

from providerserver import LIVE, Call, ProviderServer, Reply, Route, ServedJob

from filmkit.providers.comfy_nodes import known_nodes

_LOADERS = {"LoadImage": "image", "LoadVideo": "file"}


class Graphs(ProviderServer):
    """What all dialects do with a graph."""

    charged = frozenset({"queued", "running", "succeeded", "moderated"})

    def __init__(self, clip: bytes = b"", clip_type: str = "video/mp4") -> None:
        super().__init__(clip, clip_type)
        self.output_key = "images"
        self.lacks: set[str] = set()
        """Kinds of nodes that this server does not know."""
        self.models: list[str] | None = None
        """The files of models that lie there; None: all."""
        self.uploaded: dict[str, bytes] = {}
        self.renames = False

    def wrong_nodes(self, graph: Any) -> dict[str, Any]:
        """Errors by node, as ComfyUI tells them."""
        errors: dict[str, Any] = {}
        for id_, node in graph.items():
            said = self._wrong(node, graph)
            if said:
                errors[id_] = {"errors": [said], "class_type": node.get("class_type"), "dependent_outputs": []}
        return errors

    def _wrong(self, node: Any, graph: Any) -> dict[str, str]:
        kind = known_nodes().get(node["class_type"])
        if kind is None or node["class_type"] in self.lacks:
            return {"type": "invalid_prompt", "message": "Cannot execute because node does not exist", "details": ""}
        for name, value in node["inputs"].items():
            if isinstance(value, list) and value[0] not in graph:
                return {"type": "bad_linked_input", "message": "Bad linked input", "details": name}
            if name == "unet_name" and self.models is not None and value not in self.models:
                return {"type": "value_not_in_list", "message": "Value not in list",
                        "details": f"unet_name: '{value}' not in {self.models}"}  # fmt: skip
            if _LOADERS.get(node["class_type"]) == name and not self.is_there(value):
                return {"type": "custom_validation_failed", "message": "Custom validation failed for node",
                        "details": f"image - Invalid image file: {value}"}  # fmt: skip
        return {}

    def is_there(self, value: Any) -> bool:
        return value in self.uploaded

    def upload(self, call: Call) -> Reply:
        """ComfyUI's answer: the name that the file has there, which may be another."""
        form = parts_of(call)
        name, folder = form["image"][0], form.get("subfolder", ("", b""))[1].decode()
        data = form["image"][1]
        at = f"{folder}/{name}" if folder else name
        if self.renames or self.uploaded.get(at, data) != data:
            stem, dot, ending = name.rpartition(".")
            name = f"{stem} (1){dot}{ending}"
        at = f"{folder}/{name}" if folder else name
        self.uploaded[at] = data
        return Reply(200, {"name": name, "subfolder": folder, "type": "input"})

    def outputs(self, job: ServedJob) -> dict[str, Any]:
        folder, _, name = prefix_of(job.wanted).rpartition("/")
        file = {"filename": f"{name}_00001_.mp4", "subfolder": folder, "type": "output"}
        return {
            "90": {"images": [{"filename": "ComfyUI_temp_x_00001_.png", "subfolder": "", "type": "temp"}]},
            "34": {self.output_key: [file], "animated": [True]},
        }

    def by_name(self, filename: str) -> ServedJob | None:
        stem = filename.partition("_0000")[0]
        return next((job for job in self.jobs.values() if prefix_of(job.wanted).endswith(f"/{stem}")), None)


class ComfyServer(Graphs):
    """A server of one's own: no key, one queue, history in memory."""

    def __init__(self, clip: bytes = b"", clip_type: str = "video/mp4") -> None:
        super().__init__(clip, clip_type)
        self.takes_names = True
        self.is_forgetful = False
        """The server was started anew: queue and history are empty, files are there."""
        self.interrupted: set[str] = set()

    def routes(self) -> Sequence[Route]:
        return [
            Route("POST", r"/prompt", "submit", self.create),
            Route("GET", r"/history/([\w-]+)", "poll", self.show),
            Route("GET", r"/history", "list", self.show_all),
            Route("GET", r"/queue", "queue", self.queue),
            Route("POST", r"/queue", "cancel", self.delete),
            Route("POST", r"/interrupt", "cancel", self.interrupt),
            Route("POST", r"/upload/image", "upload", self.upload),
            Route("GET", r"/view", "storage", self.view),
            Route("GET", r"/object_info/(\w+)", "info", self.info),
            Route("GET", r"/system_stats", "preflight", self.stats),
        ]

    def create(self, call: Call) -> Reply:
        graph = call.json["prompt"]
        if errors := self.wrong_nodes(graph):
            error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation",
                     "details": "", "extra_info": {}}  # fmt: skip
            return Reply(400, {"error": error, "node_errors": errors})
        name = str(call.json.get("prompt_id") or uuid.uuid4()) if self.takes_names else str(uuid.uuid4())
        with self.guard:
            job = self.accept(graph)
            del self.jobs[job.id]
            job.id = name
            self.jobs[name] = job
        return Reply(200, {"prompt_id": name, "number": len(self.jobs), "node_errors": {}})

    def show(self, call: Call) -> Reply:
        job = self.look(call.found[0])
        if job is None or self.is_forgetful or job.state in LIVE or self._was_deleted(job):
            return Reply(200, {})
        return Reply(200, {call.found[0]: self._entry(call.found[0], job)})

    def show_all(self, call: Call) -> Reply:
        assert int(call.query["max_items"]) <= 200
        ended = {name: job for name, job in self.jobs.items() if job.state not in LIVE}
        return Reply(200, {} if self.is_forgetful else {name: self._entry(name, job) for name, job in ended.items()})

    def _entry(self, name: str, job: ServedJob) -> dict[str, Any]:
        messages: list[Any] = [["execution_start", {"prompt_id": name}]]
        if job.state in {"cancelled", "interrupted"}:
            messages.append(["execution_interrupted", {"prompt_id": name, "node_id": "30", "node_type": "KSampler"}])
        elif job.state == "failed":
            messages.append(["execution_error", {
                "node_id": "30", "node_type": "KSamplerAdvanced", "exception_type": "torch.OutOfMemoryError",
                "exception_message": "Allocation on device 0 would exceed allowed memory."}])  # fmt: skip
        is_good = job.state == "succeeded"
        status = {"status_str": "success" if is_good else "error", "completed": is_good, "messages": messages}
        return {"prompt": [1, name, job.wanted, {}, ["34"]], "outputs": self.outputs(job) if is_good else {},
                "status": status, "meta": {}}  # fmt: skip

    def queue(self, call: Call) -> Reply:
        del call
        lists: dict[str, list[Any]] = {"queue_running": [], "queue_pending": []}
        for name, job in self.jobs.items():
            if job.state in LIVE and not self.is_forgetful:
                key = "queue_running" if job.state == "running" else "queue_pending"
                lists[key].append([1, name, job.wanted, {}, ["34"]])
        return Reply(200, lists)

    def delete(self, call: Call) -> Reply:
        for name in call.json["delete"]:
            job = self.jobs.get(name)
            if job is not None and job.state == "queued":
                self.cancel(job.id)
        return Reply(200, b"")

    def interrupt(self, call: Call) -> Reply:
        job = self.jobs.get(call.json.get("prompt_id", ""))
        if job is not None and job.state == "running":
            self.interrupted.add(job.id)
            self.cancel(job.id)
        return Reply(200, b"")

    def _was_deleted(self, job: ServedJob) -> bool:
        """What is taken out of the queue leaves no trace."""
        return job.state == "cancelled" and job.id not in self.interrupted

    def view(self, call: Call) -> Reply:
        assert call.query["type"] == "output" and call.query["subfolder"] == "filmkit"
        job = self.by_name(call.query["filename"])
        if job is None or job.state != "succeeded" or not call.query["filename"].endswith(".mp4"):
            return Reply(404, b"")
        if call.headers.get("range") == "bytes=0-0":
            return Reply(206, self.clip[:1], {"Content-Type": self.clip_type})
        return Reply(200, self.clip, {"Content-Type": self.clip_type})

    def info(self, call: Call) -> Reply:
        name = call.found[0]
        kind = known_nodes().get(name)
        if kind is None or name in self.lacks:
            return Reply(200, {})
        return Reply(200, {name: told(name, self.models)})

    def stats(self, call: Call) -> Reply:
        del call
        device = {"name": "cuda:0 NVIDIA GeForce RTX 4090", "type": "cuda", "vram_total": 24 << 30, "vram_free": 1}
        return Reply(200, {"system": {"comfyui_version": "0.3.64", "os": "posix"}, "devices": [device]})


class ComfyCloudServer(Graphs):
    """Comfy Cloud's ``/api``: a key in its own header, ids of its own, files behind a redirect to the storage."""

    def refusal(self, call: Call) -> Reply | None:
        return None if call.headers.get("x-api-key") == self.key else Reply(401, {"error": "Unauthorized"})

    def routes(self) -> Sequence[Route]:
        return [
            Route("POST", r"/api/prompt", "submit", self.create),
            Route("GET", r"/api/job/([\w-]+)/status", "poll", self.show),
            Route("GET", r"/api/jobs/([\w-]+)", "detail", self.detail),
            Route("GET", r"/api/jobs", "list", self.show_all),
            Route("POST", r"/api/queue", "cancel", self.delete),
            Route("POST", r"/api/upload/image", "upload", self.keyed_upload),
            Route("GET", r"/api/view", "view", self.view),
            Route(
                "GET", r"/api/user", "preflight", lambda call: self.refusal(call) or Reply(200, {"status": "active"})
            ),
        ]

    def keyed_upload(self, call: Call) -> Reply:
        return self.refusal(call) or self.upload(call)

    def create(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        if errors := self.wrong_nodes(call.json["prompt"]):
            return Reply(400, {"error": {"type": "invalid", "message": "invalid prompt"}, "node_errors": errors})
        return Reply(200, {"prompt_id": self.accept(call.json["prompt"]).id, "number": 1, "node_errors": {}})

    def show(self, call: Call) -> Reply:
        job = self.look(call.found[0])
        if (refusal := self.refusal(call)) is not None or job is None:
            return refusal or Reply(404, {"error": "Job not found"})
        words = {"queued": "queued_waiting", "running": "executing", "succeeded": "success", "failed": "error",
                 "gone": "lost"}  # fmt: skip
        return Reply(200, {"id": job.id, "status": words.get(job.state, job.state)})

    def detail(self, call: Call) -> Reply:
        job = self.jobs.get(call.found[0])
        if (refusal := self.refusal(call)) is not None or job is None:
            return refusal or Reply(404, {"error": "Job not found"})
        said: dict[str, Any] = {"id": job.id, "workflow": {"prompt": job.wanted}, "create_time": 1_795_000_010}
        if job.state == "succeeded":
            said["outputs"] = self.outputs(job)
        if job.state == "failed":
            said["execution_error"] = {"node_id": "30", "node_type": "KSampler", "exception_type": "OOMError",
                                       "exception_message": "Out of GPU memory", "traceback": []}  # fmt: skip
        return Reply(200, said)

    def show_all(self, call: Call) -> Reply:
        assert call.query["sort_by"] == "create_time"
        jobs = [{"id": id_, "status": "pending", "create_time": 1_795_000_010} for id_ in reversed(self.jobs)]
        page = {"offset": 0, "limit": 100, "total": len(jobs), "has_more": False}
        return self.refusal(call) or Reply(200, {"jobs": jobs, "pagination": page})

    def delete(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        for name in call.json["delete"]:
            self.cancel(name)
        return Reply(200, {"deleted": call.json["delete"]})

    def view(self, call: Call) -> Reply:
        job = self.by_name(call.query["filename"])
        if (refusal := self.refusal(call)) is not None or job is None:
            return refusal or Reply(404, {"error": "File not found"})
        return Reply(302, b"", {"Location": self.link(job)})


def prefix_of(graph: Any) -> str:
    """What a graph's file is to be called."""
    return next(str(node["inputs"]["filename_prefix"]) for node in graph.values()
                if "filename_prefix" in node["inputs"])  # fmt: skip


def told(name: str, models: list[str] | None) -> dict[str, Any]:
    """A node's definition as ``/object_info`` tells it."""
    kind = known_nodes()[name]
    groups: dict[str, dict[str, Any]] = {"required": {}, "optional": {}}
    for key, socket in kind.inputs.items():
        options: dict[str, Any] = {word: value for word, value in (
            ("min", socket.least), ("max", socket.most), ("step", socket.step), ("default", socket.default))
            if value is not None}  # fmt: skip
        first: Any = ",".join(sorted(socket.kinds))
        if socket.choices is not None:
            first = list(socket.choices)
        elif key == "unet_name" and models is not None:
            first = models
        elif _LOADERS.get(name) == key:
            first, options = ["example.png"], {"image_upload": True} if key == "image" else {"video_upload": True}
        elif first == "COMBO":
            first = "*"
        groups["optional" if socket.is_optional else "required"][key] = [first, options]
    return {"input": groups, "output": list(kind.outputs), "output_node": kind.saves, "name": name}


def parts_of(call: Call) -> dict[str, tuple[str, bytes]]:
    """A multipart form: the file's name (empty for a text) and the bytes of each field."""
    boundary = call.headers["content-type"].partition("boundary=")[2].strip('"').encode()
    found = {}
    for part in call.body.split(b"--" + boundary)[1:-1]:
        head, _, data = part.strip(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb'[; ]name="([^"]*)"', head)
        file = re.search(rb'filename="([^"]*)"', head)
        assert name is not None
        found[name[1].decode()] = (file[1].decode() if file else "", data)
    return found
