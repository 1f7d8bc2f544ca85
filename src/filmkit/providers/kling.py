"""Kling: its own API, by access key and secret (a token is signed anew for each request) or by one plain key.

- A request carries our own name for it (``external_task_id``), unique in the account: a lost answer is looked up by it.
- Errors have codes of their own, whatever the HTTP status; 1301 is moderation.
- Pictures go along as bare base64, without ``data:``; the length is a text; a picture brings its own ratio.
- What was charged is told in units, which have no fixed price: they stand in the facts, and the cost is known only
  where it is nothing.

Unconfirmed first-hand: that there is no cancelling, the plain key, the names of the list's parameters, how a moderated
job is told from a failed one (by its words), and that media are kept for 30 days.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from filmkit.model.generation import Mode, Role, ShotRequest
from filmkit.model.run import Json
from filmkit.model.scalar import Money
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
    Upload,
)
from filmkit.providers.fetching import fetch_fresh
from filmkit.providers.jobs import ask, before_it_is_paid, begin, hour_of, part
from filmkit.providers.order import Order, order_for
from filmkit.providers.reading import amount_at, at, list_at, number_at, text_at
from filmkit.providers.references import PICTURES, filled, put, read_reference, stand_in

_ACCESS, _SECRET, _PLAIN = "KLINGAI_ACCESS_KEY", "KLINGAI_SECRET_KEY", "KLINGAI_API_KEY"
_MOST_PICTURE = 10_000_000
_TAKEN = {kind: name for kind, name in PICTURES.items() if name != "image/webp"}

_STATES = {
    "submitted": State.QUEUED,
    "processing": State.RUNNING,
    "succeed": State.SUCCEEDED,
    "failed": State.FAILED,
}
_MODERATION = re.compile(r"risk|sensitive|safety|policy|moderat|violat", re.I)
_KINDS = {
    **dict.fromkeys((1000, 1001, 1002, 1003, 1004, 1100, 1103, 1304), ErrorKind.AUTH),
    **dict.fromkeys((1101, 1102), ErrorKind.BALANCE),
    **dict.fromkeys((1200, 1201, 1202), ErrorKind.INVALID),
    1203: ErrorKind.NOT_FOUND,
    **dict.fromkeys((1300, 1301), ErrorKind.MODERATED),
    1302: ErrorKind.RATE,
    1303: ErrorKind.BUSY,
    5000: ErrorKind.UNKNOWN_OUTCOME,
    5001: ErrorKind.BUSY,
    5002: ErrorKind.UNKNOWN_OUTCOME,
}


class Kling:
    """See the module."""

    id = "kling"
    home = Home("https://api-singapore.klingai.com", ("FILMKIT_KLING_URL",), more_keys=(_ACCESS, _SECRET, _PLAIN))

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """A token of half an hour from access key and secret, or the plain key. Raises HttpError without either."""
        if keys.get(_ACCESS) and keys.get(_SECRET):
            return {"Authorization": f"Bearer {token(keys[_ACCESS], keys[_SECRET], int(time.time()))}"}
        if keys.get(_PLAIN):
            return {"Authorization": f"Bearer {keys[_PLAIN]}"}
        remedy = f"set {_ACCESS} and {_SECRET} in the environment, or {_PLAIN} where the account has one plain key"
        raise HttpError("there is no key for Kling", ErrorKind.AUTH, remedy=remedy)

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """See :class:`~filmkit.providers.base.Provider`; ``ref`` goes along as ``external_task_id``."""
        order = order_for(request, self.id, model, frozenset({Role.FIRST, Role.LAST}))
        body, uploads = _body(order, ref)
        for pointer, value in order.settings():
            put(body, pointer, value)
        return order.compiled(body, uploads)

    def preflight(self, http: Http) -> PreFlight:
        """What is left of the packs that were bought within a year, in units. Where that is not told, or not now (it
        may be asked once a second), the account may be good none the less. Raises HttpError for a key that is not.
        """
        now_ms = int(time.time() * 1000)
        since_ms = now_ms - 365 * 86_400_000
        path = f"/account/costs?start_time={since_ms}&end_time={now_ms}"
        try:
            answer = ask(self, path, http, "ask what the account holds")
        except HttpError as error:
            if error.kind in {ErrorKind.AUTH, ErrorKind.BALANCE}:
                raise
            return PreFlight(True, f"what the account holds is not known: {error.message}")
        packs = list_at(answer.body, "data", "resource_pack_subscribe_infos")
        left = sum((amount_at(pack, "remaining_quantity") or Decimal(0) for pack in packs), Decimal(0))
        return PreFlight(True, f"{left:f} units are left", balance=Money(left, "credits"))

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """One request, pictures and all."""
        with before_it_is_paid():
            pictures = {upload: _picture(upload) for upload in compiled.uploads}
        request = Request("POST", compiled.path, filled(compiled.body, pictures))
        answer = begin(self, request, http, "data", "task_id")
        return self._handle(compiled.path, answer.body)

    def poll(self, handle: Handle, http: Http) -> Status:
        """How the task stands; one that Kling does not know any more is LOST."""
        try:
            answer = ask(self, f"{handle.value['path']}/{part(handle.value['id'])}", http, "ask how the job stands")
        except HttpError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return Status(State.LOST, reason="Kling does not know this job any more")
            raise
        return status_of(at(answer.body, "data"))

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes the take; a dead address is asked for again."""
        fetch_fresh(self, handle, output, http, out)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """Kling has no way to cancel."""
        del handle, http
        return Cancelled.UNSUPPORTED

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """Looks the task up by our name for it, then in the list of the newest. A request that was sent a moment ago
        may not be there yet: whoever asks has waited a little.
        """
        path, ref = intent.compiled.path, text_at(dict(intent.compiled.body), "external_task_id") or intent.ref
        answer = http.send(Request("GET", f"{path}/{part(ref)}"))
        if self.classify(answer) is None and text_at(answer.body, "data", "task_id"):
            return Found(self._handle(path, answer.body), is_certain=True)
        if self.classify(answer) not in {ErrorKind.NOT_FOUND, ErrorKind.INVALID}:
            checked(answer, self.classify, "look for the job", is_free=True)
        listed = http.send(Request("GET", f"{path}?pageNum=1&pageSize=100"))
        tasks = list_at(listed.body, "data")
        found = next((task for task in tasks if text_at(task, "task_info", "external_task_id") == ref), None)
        if found is not None:
            return Found(self._handle(path, {"data": found}), is_certain=True)
        has_list = self.classify(listed) is None and isinstance(at(listed.body, "data"), list)
        if has_list:
            return Found(None, is_certain=True)
        question = (
            f"Did Kling begin a task named {ref} ({intent.compiled.model}) at {hour_of(intent)}? It does not answer "
            "that itself. Look at the tasks in its console; if so, what is the task's id?"
        )
        return Found(None, is_certain=False, question=question)

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """The handle of a task that a person names; ``compiled`` is its request in the journal."""
        return Handle(self.id, {"id": name, "path": compiled["path"]})

    def classify(self, answer: Answer) -> ErrorKind | None:
        """Kling's own code wins over the HTTP status."""
        code = number_at(answer.body, "code")
        if code:
            return _KINDS.get(int(code), status_kind(answer) or ErrorKind.UNKNOWN_OUTCOME)
        return status_kind(answer)

    def _handle(self, path: str, body: Json) -> Handle:
        return Handle(self.id, {"id": text_at(body, "data", "task_id"), "path": path})


def token(access: str, secret: str, now_s: int) -> str:
    """A JSON Web Token (RFC 7519, HS256) that holds for half an hour; it begins a little early, for clocks differ."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"iss": access, "exp": now_s + 1800, "nbf": now_s - 5})
    head = ".".join(_bare64(json.dumps(each, separators=(",", ":")).encode()) for each in parts)
    return f"{head}.{_bare64(hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest())}"


def status_of(task: Json) -> Status:
    """What a task says of itself."""
    said = text_at(task, "task_status")
    reason = text_at(task, "task_status_msg")
    state = _STATES.get(said, State.RUNNING)
    if state is State.FAILED and _MODERATION.search(reason):
        state = State.MODERATED
    urls = [text_at(video, "url") for video in list_at(task, "task_result", "videos")]
    units = amount_at(task, "final_unit_deduction")
    return Status(
        state,
        cost=Money(Decimal(0), "USD") if units is not None and not units and state.is_final else None,
        outputs=tuple(Output(url, media_type="video/mp4", is_foreign=True) for url in urls if url),
        reason=reason or ("" if said in _STATES and state is not State.FAILED else f"Kling says {said or 'nothing'}"),
        facts={} if units is None else {"units": str(units)},
    )


def _body(order: Order, ref: str) -> tuple[dict[str, Json], list[Upload]]:
    body: dict[str, Json] = {
        "model_name": order.model.id,
        "prompt": order.prompt,
        "mode": order.shape.tier,
        "duration": str(int(order.seconds)),
        "external_task_id": ref,
    }
    if order.negative:
        body["negative_prompt"] = order.negative
    if order.camera:
        body["camera_control"] = dict(order.camera)
    if order.request.mode is Mode.T2V:
        body["aspect_ratio"] = order.shape.ratio
    uploads = []
    for role, field in ((Role.FIRST, "image"), (Role.LAST, "image_tail")):
        if reference := order.of(role):
            body[field] = stand_in(reference)
            uploads.append(Upload(reference, f"/{field}"))
    return body, uploads


def _picture(upload: Upload) -> str:
    _, data = read_reference(upload.reference, _MOST_PICTURE, _TAKEN)
    return base64.b64encode(data).decode()


def _bare64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


PROVIDER: Final = Kling()
