"""Google's Veo on Vertex: models that may be switched off any day, asked as operations that run for minutes.

- A take comes as base64 within the answer about its operation: nothing expires, nothing is fetched elsewhere.
- What Google filters out is no success: ``done`` with ``raiMediaFilteredCount`` and without videos is moderation.
- One is a Google Cloud project (GOOGLE_CLOUD_PROJECT, GOOGLE_CLOUD_LOCATION) and a service account.
- With pictures of the cast a take has 8 s.

Unconfirmed first-hand: whether the models still answer, that the 8 s hold for these pictures only, what a filtered take
costs, and that an operation can be cancelled. There is no list of operations to look a lost one up in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from filmkit.model.generation import Fate, Loss, Mode, Role, ShotRequest
from filmkit.model.run import Json
from filmkit.providers.answers import checked
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
from filmkit.providers.fetching import write_inline
from filmkit.providers.google import google_kind, is_moderation, standing_for, with_files
from filmkit.providers.google_account import FILE, TOKEN, authorization
from filmkit.providers.jobs import before_it_is_paid, begin, hour_of
from filmkit.providers.order import Order, order_for
from filmkit.providers.reading import at, list_at, number_at, text_at
from filmkit.providers.references import put, stand_in

_PLACE, _PROJECT = "GOOGLE_CLOUD_LOCATION", "GOOGLE_CLOUD_PROJECT"
_LOOKS_S: Final = Fraction(8)
_NOT_TOLD = "Veo gives no reason"


class Veo:
    """See the module."""

    id = "veo"
    home = Home(
        f"https://{{{_PLACE}}}-aiplatform.googleapis.com",
        ("FILMKIT_VEO_URL", "GOOGLE_VERTEX_BASE_URL"),
        more_keys=(FILE, TOKEN),
        path=f"/v1/projects/{{{_PROJECT}}}/locations/{{{_PLACE}}}",
        places={_PLACE: "us-central1", _PROJECT: ""},
    )

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """A token that the service account signs for an hour, or the one that was got elsewhere."""
        return authorization(keys)

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """See :class:`~filmkit.providers.base.Provider`; there is no field for a name of ours, ``ref`` is not sent."""
        del ref
        able = {Role.FIRST, Role.LAST} if request.mode is Mode.I2V else {Role.LOOK}
        order, losses = _long_enough(order_for(request, self.id, model, frozenset(able)))
        body, uploads = _body(order)
        for pointer, value in order.settings():
            put(body, pointer, value)
        path = f"publishers/google/models/{order.model.id}:predictLongRunning"
        return order.compiled(body, uploads, path=path, losses=losses)

    def preflight(self, http: Http) -> PreFlight:
        """Nothing can be asked that costs nothing: what the project may do is seen when a take is begun."""
        del http
        return PreFlight(True, "what Veo costs stands at https://console.cloud.google.com/billing")

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """One request, pictures and all."""
        with before_it_is_paid():
            body = with_files(compiled, "bytesBase64Encoded", "mimeType")
        answer = begin(self, Request("POST", compiled.path, body), http, "name")
        return Handle(self.id, {"id": text_at(answer.body, "name"), "model": compiled.model})

    def poll(self, handle: Handle, http: Http) -> Status:
        """How the operation stands; one that Vertex does not know any more is LOST."""
        path = f"publishers/google/models/{handle.value['model']}:fetchPredictOperation"
        request = Request("POST", path, {"operationName": handle.value["id"]}, is_free=True)
        what = "ask how the take stands"
        try:
            answer = checked(http.send(request), self.classify, what, is_free=True)
        except HttpError as error:
            if error.kind in {ErrorKind.NOT_FOUND, ErrorKind.RETIRED}:
                return Status(State.LOST, reason="Vertex does not know this operation any more")
            raise
        if not text_at(answer.body, "name") and at(answer.body, "done") is None:
            raise HttpError(f"could not {what}: Vertex answered with something else", ErrorKind.TRANSIENT)
        return status_of(answer.body)

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes the take that came with the answer."""
        del handle, http
        write_inline(output, out)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """No way to cancel is known."""
        del handle, http
        return Cancelled.UNSUPPORTED

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """Vertex lists no operations: a person has to look."""
        del http
        question = (
            f"Did Vertex begin a take with {intent.compiled.model} at {hour_of(intent)}? See the project's "
            "logs at https://console.cloud.google.com (Vertex AI): if there is one, answer with its operation's name, "
            "projects/…/operations/…"
        )
        return Found(None, is_certain=False, question=question)

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """The handle of an operation that a person names; ``compiled`` is its request in the journal."""
        model = str(compiled["path"]).rpartition("/")[2].partition(":")[0]
        return Handle(self.id, {"id": name, "model": model})

    def classify(self, answer: Answer) -> ErrorKind | None:
        """See :func:`~filmkit.providers.google.google_kind`."""
        return google_kind(answer)


def status_of(operation: Json) -> Status:
    """What an operation says of itself. Only ``done`` is known: whether it waits or runs, it does not tell."""
    if at(operation, "done") is not True:
        return Status(State.RUNNING, number_at(operation, "metadata", "progressPercent"))
    if error := at(operation, "error"):
        state = State.MODERATED if is_moderation(error) else State.FAILED
        return Status(state, reason=text_at(error, "message") or _NOT_TOLD)
    answer = at(operation, "response")
    videos = [text_at(video, "bytesBase64Encoded") for video in list_at(answer, "videos")]
    outputs = tuple(Output(inline=video, media_type="video/mp4") for video in videos if video)
    if outputs:
        return Status(State.SUCCEEDED, 1.0, outputs=outputs)
    reasons = [reason for reason in list_at(answer, "raiMediaFilteredReasons") if isinstance(reason, str)]
    if reasons or number_at(answer, "raiMediaFilteredCount"):
        return Status(State.MODERATED, reason=" · ".join(reasons) or "Google's filters took the take out")
    return Status(State.FAILED, reason="Veo ended without a video, and gives no reason")


def _long_enough(order: Order) -> tuple[Order, tuple[Loss, ...]]:
    """With pictures of the cast, a take of 8 s, which is what these are made in."""
    if not order.of(Role.LOOK) or order.seconds == _LOOKS_S:
        return order, ()
    detail = f"with pictures of the cast {order.model.name} makes {_LOOKS_S} s, and that is paid for"
    return replace(order, seconds=_LOOKS_S), (Loss(Fate.APPROXIMATED, "length", detail),)


def _body(order: Order) -> tuple[dict[str, Json], list[Upload]]:
    parameters: dict[str, Json] = {
        "aspectRatio": order.shape.ratio,
        "durationSeconds": int(order.seconds),
        "resolution": order.shape.tier,
        "sampleCount": 1,
    }
    if order.seed is not None:
        parameters["seed"] = order.seed
    if order.negative:
        parameters["negativePrompt"] = order.negative
    instance: dict[str, Json] = {"prompt": order.prompt}
    uploads = []
    for role, field in ((Role.FIRST, "image"), (Role.LAST, "lastFrame")):
        if reference := order.of(role):
            instance[field] = standing_for(stand_in(reference))
            uploads.append(Upload(reference, f"/instances/0/{field}"))
    looks = order.all_of(Role.LOOK)[: order.model.refs]
    if looks:
        instance["referenceImages"] = [
            {"image": standing_for(stand_in(look)), "referenceType": "asset"} for look in looks
        ]
        uploads += [Upload(look, f"/instances/0/referenceImages/{at_}/image") for at_, look in enumerate(looks)]
    return {"instances": [instance], "parameters": parameters}, uploads


PROVIDER: Final = Veo()
