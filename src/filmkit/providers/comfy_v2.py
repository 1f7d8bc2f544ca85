"""Comfy API v2: Comfy Cloud, a deployment of one's own (``…run.comfy.app``), or comfy-api-proxy before a ComfyUI.

- A request carries a key of its own (Idempotency-Key): it is taken once, whatever happens; a second one is refused with
  422 ``idempotency_key_reuse``, which means that the job may be there.
- Pictures become assets; in the graph an asset stands where a file's name would.
- A finished file lies at an address that lives for minutes; asking for the job gives a fresh one.
- What one run costs is not told; a deployment bills the seconds of a cancelled run too.

From the public contract of 2026-08 (openapi-v2.yaml). Unconfirmed: the list of jobs that it speaks of, by which a lost
job is found; where a server has none, and the key was taken, a person is asked.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from filmkit.model.generation import ShotRequest
from filmkit.model.run import Json
from filmkit.providers.answers import checked, status_kind
from filmkit.providers.base import (
    Answer,
    Cancelled,
    Compiled,
    ErrorKind,
    Found,
    Handle,
    Home,
    Http,
    HttpError,
    Intent,
    Output,
    PreFlight,
    Request,
    State,
    Status,
)
from filmkit.providers.comfy_compile import compile_shot, job_id
from filmkit.providers.comfy_jobs import (
    Door,
    failure,
    handle_of,
    no_key,
    rank_of,
    ref_in,
    refusal,
    require_dialect,
    seed_of,
    send_up,
    with_assets,
)
from filmkit.providers.fetching import fetch_fresh
from filmkit.providers.jobs import ask, before_it_is_paid, begun, hour_of, part
from filmkit.providers.reading import at, list_at, number_at, text_at
from filmkit.providers.registry import COMFY_KEYS

_JOBS: Final = "/api/v2/jobs"
_DOOR: Final = Door("/api/v2/assets", "file", {"content_type": "{type}", "file_path": "{name}"})
_SURE_AFTER_S = 30
_MOST_LOOKED_AT = 20
_KEY_LIVES_S = 23 * 3600
_STATES: Final = {
    "queued": State.QUEUED,
    "running": State.RUNNING,
    "canceling": State.RUNNING,
    "succeeded": State.SUCCEEDED,
    "canceled": State.CANCELLED,
    "failed": State.FAILED,
    "expired": State.EXPIRED,
}
_KINDS: Final = {
    "idempotency_key_reuse": ErrorKind.UNKNOWN_OUTCOME,
    "queue_full": ErrorKind.BUSY,
    "deployment_not_ready": ErrorKind.BUSY,
    "rate_limited": ErrorKind.RATE,
    "insufficient_credits": ErrorKind.BALANCE,
}
_TAKEN: Final = ("video", "image", "file")


class ComfyV2:
    """See the module."""

    id = "comfy"
    home = Home("https://cloud.comfy.org", ("FILMKIT_COMFY_URL", "COMFY_BASE_URL"), more_keys=COMFY_KEYS)

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """The key as a bearer's. Raises HttpError without one."""
        key = next((keys[name] for name in COMFY_KEYS if keys.get(name)), "")
        if not key:
            raise no_key()
        return {"Authorization": f"Bearer {key}"}

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """See :class:`~filmkit.providers.base.Provider`; ``ref`` is in the request's key and in its file's name."""
        return replace(compile_shot(request, model, ref, self.id, None), path=_JOBS)

    def preflight(self, http: Http) -> PreFlight:
        """Whether the key is taken: an unknown job is asked for, which is free. A service that is busy is ready."""
        answer = http.send(Request("GET", f"{_JOBS}/{job_id('preflight')}"))
        if self.classify(answer) in {ErrorKind.AUTH, ErrorKind.BALANCE}:
            checked(answer, self.classify, "ask whether the key is right", is_free=True)
        return PreFlight(True, "what is left of the plan stands at https://platform.comfy.org")

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """Files up as assets, then one request under a key that is taken once."""
        with before_it_is_paid():
            body = with_assets(compiled, send_up(self, compiled, http, _DOOR))
        key = {"Idempotency-Key": job_id(ref_in(body) or intent.ref)}
        answer = http.send(Request("POST", compiled.path, {"workflow": body["prompt"]}, headers=key))
        if text_at(answer.body, "error", "code") != "idempotency_key_reuse" and (error := refusal(answer, compiled)):
            raise error
        begun(self, answer, "id")
        return handle_of("v2", text_at(answer.body, "id"), body, cancel=_link(answer.body, "cancel"))

    def poll(self, handle: Handle, http: Http) -> Status:
        """How the job stands, with fresh addresses for its files."""
        require_dialect(handle, "v2")
        try:
            job = ask(self, f"{_JOBS}/{part(handle.value['id'])}", http, "ask how the job stands").body
        except HttpError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return Status(State.LOST, reason="Comfy does not know this job any more")
            raise
        said = text_at(job, "status")
        state = _STATES.get(said, State.RUNNING)
        if state is State.FAILED:
            return Status(state, reason=failure(at(job, "error")))
        outputs = _outputs(job, str(handle.value.get("ref", ""))) if state is State.SUCCEEDED else ()
        if state is State.SUCCEEDED and not outputs:
            return Status(State.FAILED, reason="the workflow ended and saved no file")
        reason = "" if state in {State.QUEUED, State.RUNNING, State.SUCCEEDED} else f"Comfy says {said}"
        return Status(state, number_at(job, "progress", "value"), outputs=outputs, reason=reason,
                      seed=seed_of(handle) if state is State.SUCCEEDED else None)  # fmt: skip

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes the take; a dead address is asked for again."""
        fetch_fresh(self, handle, output, http, out)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """Asks for the end, which comes at the next step of the sampler."""
        require_dialect(handle, "v2")
        path = str(handle.value.get("cancel") or f"{_JOBS}/{part(handle.value['id'])}/cancel")
        answer = http.send(Request("POST", path, is_free=True))
        checked(answer, self.classify, "cancel the job", is_free=True)
        ends = text_at(answer.body, "status") in {"canceling", "canceled"}
        return Cancelled.CANCELLED if ends else Cancelled.TOO_LATE

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """Looks through the newest jobs for one whose graph saves under our name; else whether our key was taken."""
        ref = ref_in(dict(intent.compiled.body)) or intent.ref
        answer = http.send(Request("GET", f"{_JOBS}?limit=100"))
        jobs = list_at(answer.body, "jobs") or list_at(answer.body, "data")
        for job in jobs[:_MOST_LOOKED_AT]:
            name = text_at(job, "id")
            graph = ask(self, f"{_JOBS}/{part(name)}/workflow", http, "look for the job").body
            if ref in json.dumps(at(graph, "workflow")):
                return Found(handle_of("v2", name, dict(intent.compiled.body)), is_certain=True)
        has_list = isinstance(at(answer.body, "jobs"), list) or isinstance(at(answer.body, "data"), list)
        is_whole = self.classify(answer) is None and has_list and len(jobs) <= _MOST_LOOKED_AT
        age_s = time.time() - intent.began
        is_known = is_whole or age_s < _KEY_LIVES_S
        if age_s > _SURE_AFTER_S and is_known and not self._is_key_taken(ref, http):
            return Found(None, is_certain=True)
        question = (
            f"Did Comfy begin a job for {intent.compiled.model} at {hour_of(intent)}? It does not show it: look at "
            "https://platform.comfy.org, or run the command again in a minute"
        )
        return Found(None, is_certain=False, question=question)

    def _is_key_taken(self, ref: str, http: Http) -> bool:
        """Asks with our key for what cannot be run: a key that was taken is refused as such, before the graph is
        looked at; one that was not stays free. Nothing is begun either way.
        """
        body: dict[str, Json] = {
            "workflow": {"1": {"class_type": "filmkit asks whether its key is free", "inputs": {}}}
        }
        key = {"Idempotency-Key": job_id(ref)}
        answer = http.send(Request("POST", _JOBS, body, headers=key, is_free=True))
        code = text_at(answer.body, "error", "code")
        if code not in {"idempotency_key_reuse", "invalid_workflow"}:
            checked(answer, self.classify, "look for the job", is_free=True)
        return code != "invalid_workflow"

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """The handle of a job that a person found."""
        return handle_of("v2", name, compiled.get("body"))

    def classify(self, answer: Answer) -> ErrorKind | None:
        """Comfy's own code wins over the HTTP status."""
        code = text_at(answer.body, "error", "code")
        return _KINDS.get(code) or status_kind(answer)


def _outputs(job: Json, ref: str) -> tuple[Output, ...]:
    """The files of a job, clips first. An address is signed itself, or the server's own: keys go by its origin."""
    found = [each for each in list_at(job, "outputs") if text_at(each, "type") in _TAKEN and text_at(each, "url")]
    found.sort(key=lambda each: (rank_of(text_at(each, "content_type")), ref not in text_at(each, "name")))
    return tuple(Output(text_at(each, "url"), media_type=text_at(each, "content_type")) for each in found)


def _link(job: Json, name: str) -> str:
    """A link that the answer holds, where it is a whole address; one without a host is built anew from the base."""
    link = text_at(job, "urls", name)
    return link if "://" in link else ""


PROVIDER: Final = ComfyV2()
