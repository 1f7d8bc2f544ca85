"""Comfy Cloud by its first API (``/api``), which keeps to the words of a server of one's own: a graph, a key, a plan.

- The plan is paid by the month, a run uses its credits: what one run costs is not told.
- 429 without Retry-After means that the plan has ended; 402 that its credits have.
- A finished file is got in two steps: ``/api/view`` leads to a signed address at the storage, where no key may go.
- There is no name of ours for a job: a lost one is looked for in the list, by the graph that it carries.

Deprecated by its maker in favour of the second API; unconfirmed: how a list entry's graph is wrapped.
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
from filmkit.providers.answers import status_kind
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
from filmkit.providers.comfy_compile import compile_shot
from filmkit.providers.comfy_jobs import (
    Door,
    download_twice,
    failure,
    handle_of,
    no_key,
    outputs_of,
    ref_in,
    refusal,
    require_dialect,
    seed_of,
    send_up,
    with_names,
)
from filmkit.providers.jobs import ask, before_it_is_paid, begun, hour_of, part
from filmkit.providers.reading import at, list_at, number_at, text_at
from filmkit.providers.registry import COMFY_KEYS

_DOOR: Final = Door("/api/upload/image", "image", {"type": "input", "overwrite": "true"})
_SURE_AFTER_S = 30
_MOST_LOOKED_AT = 20
_ENDS: Final = {
    "success": State.SUCCEEDED,
    "error": State.FAILED,
    "non_retryable_error": State.FAILED,
    "lost": State.LOST,
    "cancelled": State.CANCELLED,
}
_WAITING: Final = ("submitted", "queued", "pending")


class ComfyCloud:
    """See the module."""

    id = "comfy"
    home = Home("https://cloud.comfy.org", ("FILMKIT_COMFY_URL",), more_keys=COMFY_KEYS)

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """The key, in a header of its own. Raises HttpError without one."""
        key = next((keys[name] for name in COMFY_KEYS if keys.get(name)), "")
        if not key:
            raise no_key()
        return {"X-API-Key": key}

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """See :class:`~filmkit.providers.base.Provider`; ``ref`` goes along in the name of the job's file."""
        return replace(compile_shot(request, model, ref, self.id, None), path="/api/prompt")

    def preflight(self, http: Http) -> PreFlight:
        """Whether the key is taken; what is left of the plan is not told."""
        ask(self, "/api/user", http, "ask who we are")
        return PreFlight(True, "what is left of the plan stands at https://platform.comfy.org")

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """Files up, then one request."""
        with before_it_is_paid():
            body = with_names(compiled, send_up(self, compiled, http, _DOOR))
        answer = http.send(Request("POST", compiled.path, {key: body[key] for key in ("prompt", "extra_data")}))
        if error := refusal(answer, compiled):
            raise error
        begun(self, answer, "prompt_id")
        return handle_of("cloud", text_at(answer.body, "prompt_id"), body)

    def poll(self, handle: Handle, http: Http) -> Status:
        """How the job stands; a finished one is asked for its files, a failed one for its reason."""
        require_dialect(handle, "cloud")
        name = part(handle.value["id"])
        try:
            answer = ask(self, f"/api/job/{name}/status", http, "ask how the job stands")
        except HttpError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return Status(State.LOST, reason="Comfy Cloud does not know this job any more")
            raise
        said = text_at(answer.body, "status")
        state = _ENDS.get(said)
        if state is None:
            return Status(State.QUEUED if said.startswith(_WAITING) else State.RUNNING)
        if state not in {State.SUCCEEDED, State.FAILED}:
            return Status(state, reason=f"Comfy Cloud says {said}")
        job = ask(self, f"/api/jobs/{name}", http, "ask what the job made").body
        if state is State.FAILED:
            return Status(state, reason=failure(at(job, "execution_error")) if at(job, "execution_error") else
                          text_at(answer.body, "error_message") or f"Comfy Cloud says {said}")  # fmt: skip
        outputs = outputs_of(at(job, "outputs"), str(handle.value.get("ref", "")), "/api")
        if not outputs:
            return Status(State.FAILED, reason="the workflow ended and saved no file")
        return Status(state, 1.0, outputs=outputs, seed=seed_of(handle))

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes the take; the key goes to Comfy Cloud alone, not to the storage that it leads to."""
        download_twice(output, http, out)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """Cancels what waits or runs."""
        if self.poll(handle, http).state.is_final:
            return Cancelled.TOO_LATE
        answer = http.send(Request("POST", "/api/queue", {"delete": [handle.value["id"]]}, is_free=True))
        kind = self.classify(answer)
        if kind is not None:
            raise HttpError(f"could not cancel the job: Comfy Cloud answered {answer.status}", kind)
        return Cancelled.CANCELLED

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """Looks through the jobs since the request, newest first, for one whose graph saves under our name."""
        ref = ref_in(dict(intent.compiled.body)) or intent.ref
        listed = ask(self, "/api/jobs?sort_by=create_time&sort_order=desc&limit=100", http, "look for the job").body
        since = [job for job in list_at(listed, "jobs") if (number_at(job, "create_time") or 1e12) > intent.began - 120]
        for job in since[:_MOST_LOOKED_AT]:
            name = text_at(job, "id")
            detail = ask(self, f"/api/jobs/{part(name)}", http, "look for the job").body
            if ref in json.dumps(at(detail, "workflow")):
                return Found(handle_of("cloud", name, dict(intent.compiled.body)), is_certain=True)
        is_whole = isinstance(at(listed, "jobs"), list) and len(since) <= _MOST_LOOKED_AT
        if is_whole and time.time() - intent.began > _SURE_AFTER_S:
            return Found(None, is_certain=True)
        question = (
            f"Did Comfy Cloud begin a job for {intent.compiled.model} at {hour_of(intent)}? Look at the queue and the "
            "history at https://cloud.comfy.org, or run the command again in a minute"
        )
        return Found(None, is_certain=False, question=question)

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """The handle of a job that a person found."""
        return handle_of("cloud", name, compiled.get("body"))

    def classify(self, answer: Answer) -> ErrorKind | None:
        """429 is a plan that has ended, unless it says how long to wait."""
        if answer.status == 429 and "retry-after" not in answer.headers:
            return ErrorKind.BALANCE
        return status_kind(answer)


PROVIDER: Final = ComfyCloud()
