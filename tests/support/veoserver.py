"""Veo on Vertex on loopback: operations of a project, takes as base64 in the answer, filtered ones that are done."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any

from providerserver import LIVE, Call, ProviderServer, Reply, Route, ServedJob

MODELS = {"veo-3.1-generate-001", "veo-3.1-fast-generate-001", "veo-3.1-lite-generate-001"}
INSTANCE = {"prompt", "image", "lastFrame", "referenceImages", "video"}
PARAMETERS = {
    "aspectRatio", "durationSeconds", "resolution", "fps", "seed", "negativePrompt", "personGeneration",
    "generateAudio", "sampleCount", "enhancePrompt", "compressionQuality", "resizeMode", "storageUri",
}  # fmt: skip
ERRORS = {
    "failed": {"code": 13, "message": "Internal error. Please try again later."},
    "moderated input": {"code": 3, "message": "The prompt violates Vertex AI's usage guidelines. Support code: 15236"},
}  # fmt: skip
FILTERED = "Veo could not generate videos because the input image violates Google's Responsible AI practices"


def google_error(status: int, word: str, message: str) -> Reply:
    return Reply(status, {"error": {"code": status, "message": message, "status": word}})


class VeoServer(ProviderServer):
    """``may`` says whether an authorisation is taken; the models in ``gone`` are switched off."""

    charged = frozenset({"queued", "running", "succeeded"})

    def __init__(self, clip: bytes = b"", clip_type: str = "video/mp4") -> None:
        super().__init__(clip, clip_type)
        self.gone: set[str] = set()
        self.may: Callable[[str], bool] = lambda said: said == f"Bearer {self.key}"

    def routes(self) -> Sequence[Route]:
        base = r"/v1/projects/([\w-]+)/locations/([\w-]+)/publishers/google/models/([\w.-]+)"
        return [
            Route("POST", base + ":predictLongRunning", "submit", self.create),
            Route("POST", base + ":fetchPredictOperation", "poll", self.show),
        ]

    def refusal(self, call: Call) -> Reply | None:
        if not self.may(call.headers.get("authorization", "")):
            return google_error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
        if call.found[2] not in MODELS - self.gone:
            return google_error(404, "NOT_FOUND", f"Publisher Model `{call.found[2]}` was not found.")
        return None

    def create(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        if problem := wrong_with(call.json):
            return google_error(400, "INVALID_ARGUMENT", problem)
        job = self.accept({"model": call.found[2], **call.json})
        return Reply(200, {"name": f"{_name(call)}/operations/{job.id}"})

    def show(self, call: Call) -> Reply:
        if (refusal := self.refusal(call)) is not None:
            return refusal
        job = self.look(str(call.json.get("operationName", "")).rpartition("/")[2])
        if job is None or job.wanted["model"] != call.found[2]:
            return google_error(404, "NOT_FOUND", "Operation not found.")
        return Reply(200, {"name": f"{_name(call)}/operations/{job.id}", **self.told(job)})

    def told(self, job: ServedJob) -> dict[str, Any]:
        if job.state in LIVE:
            return {}
        if job.state in ERRORS:
            return {"done": True, "error": ERRORS[job.state]}
        kind = {"@type": "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"}
        if job.state == "moderated":
            filtered = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [FILTERED]}
            return {"done": True, "response": {**kind, **filtered}}
        video = {"bytesBase64Encoded": base64.b64encode(self.clip).decode(), "mimeType": "video/mp4"}
        return {"done": True, "response": {**kind, "videos": [video]}}


def _name(call: Call) -> str:
    project, place, model = call.found
    return f"projects/{project}/locations/{place}/publishers/google/models/{model}"


def wrong_with(body: Any) -> str:
    """What the service would say to a body; empty where nothing is wrong."""
    if set(body) != {"instances", "parameters"} or len(body["instances"]) != 1:
        return "one instance and parameters are needed"
    instance, parameters = body["instances"][0], body["parameters"]
    if unknown := (set(instance) - INSTANCE) | (set(parameters) - PARAMETERS):
        return f"unknown fields: {sorted(unknown)}"
    looks = instance.get("referenceImages", [])
    if looks and parameters["durationSeconds"] != 8:
        return "reference images need 8 seconds"
    pictures = [instance[name] for name in ("image", "lastFrame") if name in instance] + [one["image"] for one in looks]
    if not all(_is_picture(picture) for picture in pictures) or (looks and "image" in instance):
        return "a picture is wrong"
    if any(one.get("referenceType") != "asset" for one in looks) or len(looks) > 3:
        return "referenceImages are at most three assets"
    return _parameters_problem(parameters)


def _parameters_problem(parameters: Any) -> str:
    if type(parameters.get("durationSeconds")) is not int or parameters["durationSeconds"] not in {4, 6, 8}:
        return "durationSeconds is 4, 6 or 8"
    if parameters.get("aspectRatio") not in {"16:9", "9:16"} or parameters.get("resolution") not in {"720p", "1080p",
                                                                                                  "4k"}:  # fmt: skip
        return "aspectRatio or resolution is wrong"
    if not 0 <= parameters.get("seed", 0) < 2**32 or not isinstance(parameters.get("generateAudio", True), bool):
        return "seed or generateAudio is wrong"
    return ""


def _is_picture(picture: Any) -> bool:
    if set(picture) != {"bytesBase64Encoded", "mimeType"} or picture["mimeType"] not in {"image/png", "image/jpeg"}:
        return False
    return len(base64.b64decode(picture["bytesBase64Encoded"], validate=True)) > 0
