"""Runway: gen4.5, gen4_turbo, aleph2 and act_two by the API of 2024-11-06.

- A moderated take costs as much as a good one; a running job that is cancelled is not refunded, and deleting a
  finished one deletes the take. So only what still waits is cancelled.
- More jobs than may run at once are taken, and wait as THROTTLED.
- Addresses of takes live for 24 to 48 hours; asking for the job again gives fresh ones.
- Small files go along as data, larger ones are put on Runway's storage first (24 hours).

Unconfirmed first-hand: that outputs carry C2PA, and the age of 13.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from filmkit.model.generation import Mode, Reference, Role, ShotRequest
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
from filmkit.providers.capabilities import capabilities
from filmkit.providers.fetching import fetch_fresh
from filmkit.providers.jobs import ask, before_it_is_paid, begin, hour_of, part
from filmkit.providers.order import Order, order_for
from filmkit.providers.reading import amount_at, at, list_at, number_at, text_at
from filmkit.providers.references import CLIPS, PICTURES, data_uri, filled, put, read_reference, stand_in

VERSION: Final = "2024-11-06"
_KEY = "RUNWAYML_API_SECRET"
_MOST_DATA = {True: 16_000_000, False: 5_000_000}
"""Bytes of a clip, and of a picture, that may go along as data."""
_MOST_UPLOAD = 200_000_000
_STATES = {
    "PENDING": State.QUEUED,
    "THROTTLED": State.THROTTLED,
    "RUNNING": State.RUNNING,
    "SUCCEEDED": State.SUCCEEDED,
    "FAILED": State.FAILED,
    "CANCELLED": State.CANCELLED,
}


class Runway:
    """See the module."""

    id = "runway"
    home = Home("https://api.dev.runwayml.com", ("FILMKIT_RUNWAY_URL", "RUNWAYML_BASE_URL"), keys=(_KEY,))

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """The key, and the version of the API that is spoken."""
        return {"Authorization": f"Bearer {keys[_KEY]}", "X-Runway-Version": VERSION}

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """See :class:`~filmkit.providers.base.Provider`; Runway takes no name of ours, ``ref`` is not sent."""
        del ref
        order = order_for(request, self.id, model, frozenset(Role))
        body, uploads = _BODIES[request.mode](order)
        for pointer, value in order.settings():
            put(body, pointer, value)
        return order.compiled(body, uploads)

    def preflight(self, http: Http) -> PreFlight:
        """What the account holds, and how many jobs may run at once for the model that may run least."""
        answer = ask(self, "/v1/organization", http, "ask what the account holds")
        models = at(answer.body, "tier", "models")
        limits = [number_at(limit, "maxConcurrentGenerations") for limit in _values(models)]
        known = [int(limit) for limit in limits if limit]
        credits_left = amount_at(answer.body, "creditBalance")
        return PreFlight(True, balance=_money(credits_left), most_at_once=min(known, default=None))

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """Puts large files on Runway's storage, then begins the job."""
        with before_it_is_paid():
            addresses = {upload: self._address(upload, http) for upload in compiled.uploads}
        request = Request("POST", compiled.path, filled(compiled.body, addresses))
        return Handle(self.id, {"id": text_at(begin(self, request, http, "id").body, "id")})

    def poll(self, handle: Handle, http: Http) -> Status:
        """How the task stands; one that Runway does not know any more is LOST."""
        try:
            answer = ask(self, f"/v1/tasks/{part(handle.value['id'])}", http, "ask how the job stands")
        except HttpError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return Status(State.LOST, reason="Runway does not know this job: it was cancelled or deleted")
            raise
        return status_of(answer.body)

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes the take; a dead address is replaced by a fresh one."""
        fetch_fresh(self, handle, output, http, out)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """Cancels what still waits. A running job costs the same whether it ends or not, so it is left to end; a
        finished one would be deleted.
        """
        state = self.poll(handle, http).state
        if state in {State.CANCELLED, State.LOST}:
            return Cancelled.CANCELLED
        if state not in {State.QUEUED, State.THROTTLED}:
            return Cancelled.TOO_LATE
        answer = http.send(Request("DELETE", f"/v1/tasks/{part(handle.value['id'])}"))
        checked(answer, self.classify, "cancel the job", is_free=True)
        return Cancelled.CANCELLED

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """Runway lists no jobs by a name of ours: a person has to look."""
        question = (
            f"Did Runway begin a task with {intent.compiled.model} at {hour_of(intent)}? Look at the usage at "
            "https://dev.runwayml.com; if so, what is the task's id?"
        )
        return Found(None, is_certain=False, question=question)

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """The handle of a task that a person names."""
        del compiled
        return Handle(self.id, {"id": name})

    def classify(self, answer: Answer) -> ErrorKind | None:
        """A full queue is no error here (THROTTLED); 429 is the limit of a day."""
        kind = status_kind(answer)
        if answer.status == 400 and "credits" in text_at(answer.body, "error").lower():
            return ErrorKind.BALANCE
        return kind

    def _address(self, upload: Upload, http: Http) -> str:
        reference = upload.reference
        kinds = CLIPS if reference.role in {Role.CLIP, Role.PERFORMANCE} else {**PICTURES, **CLIPS}
        media_type, data = read_reference(reference, _MOST_UPLOAD, kinds)
        if len(data) * 4 // 3 + 64 < _MOST_DATA[media_type.startswith("video/")]:
            return data_uri(media_type, data)
        return self._stored(reference, f"{reference.role.value}.{media_type.rpartition('/')[2]}", http)

    def _stored(self, reference: Reference, name: str, http: Http) -> str:
        """Puts a file on Runway's storage: its ``runway://`` address holds for a day."""
        wanted: Json = {"filename": name, "type": "ephemeral"}
        answer = http.send(Request("POST", "/v1/uploads", wanted, is_free=True))
        checked(answer, self.classify, f"upload {reference.name}", is_free=True)
        fields = at(answer.body, "fields")
        form = {key: str(value) for key, value in fields.items()} if isinstance(fields, dict) else {}
        sent = http.send(
            Request("POST", text_at(answer.body, "uploadUrl"), form=form, file=Path(reference.path), file_name=name,
                    is_foreign=True)
        )  # fmt: skip
        checked(sent, status_kind, f"upload {reference.name}", is_free=True)
        return text_at(answer.body, "runwayUri")


def status_of(task: Json) -> Status:
    """What a task says of itself."""
    said = text_at(task, "status")
    failure = text_at(task, "failureCode")
    state = _STATES.get(said, State.RUNNING)
    if state is State.FAILED and failure.startswith("SAFETY"):
        state = State.MODERATED
    urls = [url for url in list_at(task, "output") if isinstance(url, str)] if state is State.SUCCEEDED else []
    reason = " · ".join(part for part in (text_at(task, "failure"), failure) if part)
    return Status(
        state,
        progress=1.0 if state is State.SUCCEEDED else number_at(task, "progress"),
        cost=_money(amount_at(task, "cost", "credits")) if state.is_final else None,
        outputs=tuple(Output(url, media_type="video/mp4", is_foreign=True) for url in urls),
        reason=reason or ("" if said in _STATES else f"Runway says {said or 'nothing'}"),
        facts={"failureCode": failure} if failure else {},
    )


def _money(credits_: Decimal | None) -> Money | None:
    """Credits at their dated price."""
    each = capabilities().providers["runway"].credit
    return None if credits_ is None or each is None else Money(credits_ * each.amount, each.currency)


def _values(models: Json) -> list[Json]:
    return list(models.values()) if isinstance(models, dict) else []


Body = tuple[dict[str, Json], list[Upload]]


def _from_words(order: Order) -> Body:
    return {**_basis(order), "promptText": order.prompt, "ratio": _ratio(order), "duration": int(order.seconds)}, []


def _from_picture(order: Order) -> Body:
    body, _ = _from_words(order)
    first = order.needed(Role.FIRST)
    body["promptImage"] = [{"uri": stand_in(first), "position": "first"}]
    return body, [Upload(first, "/promptImage/0/uri")]


def _from_clip(order: Order) -> Body:
    clip = order.needed(Role.CLIP)
    body: dict[str, Json] = {**_basis(order), "promptText": order.prompt, "videoUri": stand_in(clip)}
    uploads = [Upload(clip, "/videoUri")]
    if look := order.of(Role.LOOK):
        body["keyframes"] = [{"seconds": 0, "uri": stand_in(look)}]
        uploads.append(Upload(look, "/keyframes/0/uri"))
    return body, uploads


def _from_performance(order: Order) -> Body:
    driving, character = order.needed(Role.PERFORMANCE), order.needed(Role.LOOK)
    kind = "video" if character.name.lower().endswith((".mp4", ".mov")) else "image"
    body: dict[str, Json] = {
        **_basis(order),
        "character": {"type": kind, "uri": stand_in(character)},
        "reference": {"type": "video", "uri": stand_in(driving)},
        "ratio": _ratio(order),
    }
    return body, [Upload(character, "/character/uri"), Upload(driving, "/reference/uri")]


def _basis(order: Order) -> dict[str, Json]:
    seed: dict[str, Json] = {} if order.seed is None else {"seed": order.seed}
    return {"model": order.model.id, **seed}


def _ratio(order: Order) -> str:
    return f"{order.shape.size.width_px}:{order.shape.size.height_px}"


_BODIES = {
    Mode.T2V: _from_words,
    Mode.I2V: _from_picture,
    Mode.V2V: _from_clip,
    Mode.PERFORMANCE: _from_performance,
}

PROVIDER: Final = Runway()
