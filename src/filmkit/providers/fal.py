"""fal.ai: many models behind one queue (Pika, Kling, Hailuo, Wan, LTX, Veo).

- The queue gives four addresses for a job: they are stored, never built. It answers 202 until a job is done.
- What is over the limit waits; nothing is refused for being too much at once. Only what still waits is cancelled.
- The platform repeats what its own machines dropped; that is never billed (no 5xx is), a 422 may be.
- Results lie at public addresses that nobody can guess; they are asked to be deleted after a week. Pictures and clips
  go along as data.

Unconfirmed first-hand: the form of a content policy error, what a cancelled job answers afterwards, prices of most
models. The balance is told by another host, to which the key does not go: it is not asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from filmkit.model.generation import Role, ShotRequest
from filmkit.model.run import Json
from filmkit.model.scalar import Money
from filmkit.providers.answers import checked, said_by, status_kind
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
    Upload,
)
from filmkit.providers.fal_body import body_of
from filmkit.providers.fetching import fetch_fresh
from filmkit.providers.jobs import ask, before_it_is_paid, begin, hour_of, part
from filmkit.providers.order import order_for
from filmkit.providers.reading import at, list_at, number_at, text_at
from filmkit.providers.references import CLIPS, PICTURES, data_uri, filled, put, read_reference

_KEY = "FAL_KEY"
_KEPT_S = 7 * 86_400
_HEADERS = {"X-Fal-Object-Lifecycle-Preference": json.dumps({"expiration_duration_seconds": _KEPT_S})}
_MOST_DATA = 20_000_000
_ADDRESSES = ("status_url", "response_url", "cancel_url")
_POLICY = "content_policy_violation"
_STATES = {"IN_QUEUE": State.QUEUED, "IN_PROGRESS": State.RUNNING}


class Fal:
    """See the module."""

    id = "fal"
    home = Home("https://queue.fal.run", ("FILMKIT_FAL_URL",), keys=(_KEY,))

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """The key, in fal's own scheme."""
        return {"Authorization": f"Key {keys[_KEY]}"}

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """See :class:`~filmkit.providers.base.Provider`; there is no field for a name of ours, ``ref`` is not sent."""
        del ref
        order = order_for(request, self.id, model, frozenset({Role.FIRST, Role.LAST, Role.CLIP}))
        path, body, uploads = body_of(order)
        for pointer, value in order.settings():
            put(body, pointer, value)
        return order.compiled(body, uploads, path=path)

    def preflight(self, http: Http) -> PreFlight:
        """Only that there is a key is known: the balance is told by another host."""
        del http
        return PreFlight(True, "the balance stands at https://fal.ai/dashboard/billing")

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """One request, pictures and all; what is kept are the queue's addresses for the job."""
        with before_it_is_paid():
            data = {upload: _data(upload) for upload in compiled.uploads}
        request = Request("POST", compiled.path, filled(compiled.body, data), headers=_HEADERS)
        answer = begin(self, request, http, "status_url")
        value: dict[str, Json] = {name: text_at(answer.body, name) for name in (*_ADDRESSES, "request_id")}
        return Handle(self.id, value)

    def poll(self, handle: Handle, http: Http) -> Status:
        """How the job stands; one that the queue does not know any more is LOST."""
        try:
            answer = ask(self, str(handle.value["status_url"]), http, "ask how the job stands")
        except HttpError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return Status(State.LOST, reason="fal does not know this job: it was cancelled, or is too old")
            raise
        said = text_at(answer.body, "status")
        if said != "COMPLETED":
            place = number_at(answer.body, "queue_position")
            reason = "" if said in _STATES else f"fal says {said or 'nothing'}"
            facts: dict[str, Json] = {} if place is None else {"queue_position": place}
            return Status(_STATES.get(said, State.RUNNING), reason=reason, facts=facts)
        if text_at(answer.body, "error"):
            return failure_of(text_at(answer.body, "error"), text_at(answer.body, "error_type"), 500)
        return self._result(http.send(Request("GET", str(handle.value["response_url"]))))

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes the take."""
        fetch_fresh(self, handle, output, http, out)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """Cancels what has not started."""
        state = self.poll(handle, http).state
        if state in {State.CANCELLED, State.LOST}:
            return Cancelled.CANCELLED
        if state is not State.QUEUED:
            return Cancelled.TOO_LATE
        answer = http.send(Request("PUT", str(handle.value["cancel_url"]), is_free=True))
        if answer.status == 400:
            return Cancelled.TOO_LATE
        checked(answer, self.classify, "cancel the job", is_free=True)
        return Cancelled.CANCELLED

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """It lists no jobs by a name of ours: a person has to look."""
        del http
        question = (
            f"Did fal begin a request for {intent.compiled.path} ({intent.compiled.model}) at {hour_of(intent)}? Look "
            "at the requests at https://fal.ai/dashboard; if so, what is its request id?"
        )
        return Found(None, is_certain=False, question=question)

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """The handle of a request that a person names: only then are its addresses built, from the application's."""
        application = "/".join(str(compiled["path"]).split("/")[:2])
        base = f"/{application}/requests/{part(name)}"
        value: dict[str, Json] = dict(zip(_ADDRESSES, (f"{base}/status", base, f"{base}/cancel"), strict=True))
        return Handle(self.id, {**value, "request_id": name})

    def classify(self, answer: Answer) -> ErrorKind | None:
        """422 is a body that does not fit, unless its details name the content policy."""
        if answer.status == 422 and _POLICY in _error_types(answer.body):
            return ErrorKind.MODERATED
        if answer.status == 403 and "balance" in said_by(answer).lower():
            return ErrorKind.BALANCE
        return status_kind(answer)

    def _result(self, answer: Answer) -> Status:
        """What a finished job left: a file, or an error of the model's own (422; 5xx with fal's name for it)."""
        kind, own = self.classify(answer), answer.headers.get("x-fal-error-type", "")
        if answer.status == 422 or (answer.status >= 500 and own):
            return failure_of(said_by(answer), _POLICY if kind is ErrorKind.MODERATED else own, answer.status)
        checked(answer, self.classify, "get the result", is_free=True)
        url = text_at(answer.body, "video", "url")
        if not url:
            raise HttpError("could not get the result: fal answered without a file", ErrorKind.TRANSIENT)
        media_type = text_at(answer.body, "video", "content_type") or "video/mp4"
        seed = number_at(answer.body, "seed")
        output = Output(url, media_type=media_type, is_foreign=True)
        return Status(State.SUCCEEDED, 1.0, outputs=(output,), seed=None if seed is None else int(seed))


def failure_of(said: str, kind: str, status: int) -> Status:
    """What a failed job is: moderated, cancelled, or failed; nothing is billed for what was fal's own fault (5xx)."""
    is_moderated = _POLICY in kind or _POLICY in said
    state = State.MODERATED if is_moderated else State.CANCELLED if "cancel" in kind.lower() else State.FAILED
    reason = " · ".join(part for part in (said, kind) if part) or "fal gives no reason"
    is_free = status >= 500 and not is_moderated
    return Status(state, cost=Money(Decimal(0), "USD") if is_free else None, reason=reason)


def _error_types(body: Json) -> set[str]:
    return {text_at(detail, "type") for detail in list_at(body, "detail")} | {text_at(at(body, "detail"), "type")}


def _data(upload: Upload) -> str:
    kinds = CLIPS if upload.reference.role is Role.CLIP else PICTURES
    return data_uri(*read_reference(upload.reference, _MOST_DATA, kinds))


PROVIDER: Final = Fal()
