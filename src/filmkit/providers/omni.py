"""Google's Gemini Omni: takes as interactions that run in the background.

- A take lies at Google's own address for files, behind the key; small ones may come within the answer.
- A refusal looks like a success: ``completed`` with words and no video.
- There is no negative prompt, no seed and no list of interactions.
- Pictures go along in the order in which the words speak of them.

Unconfirmed first-hand: that a take ends with a last picture, and how large a request may be. Where a clip that is
handed in may be changed depends on the country (not in the EEA, Switzerland and the United Kingdom), and so do pictures
of minors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from filmkit.model.generation import Fate, Loss, Mode, Reference, Role, ShotRequest
from filmkit.model.run import Json
from filmkit.providers.answers import checked, said_by
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
from filmkit.providers.fetching import fetch_fresh, write_inline
from filmkit.providers.google import google_kind, is_moderation, standing_for, with_files
from filmkit.providers.jobs import ask, before_it_is_paid, begin, hour_of, part
from filmkit.providers.order import Order, order_for
from filmkit.providers.reading import at, list_at, text_at
from filmkit.providers.references import put, stand_in

_KEY, _OTHER_KEY = "GEMINI_API_KEY", "GOOGLE_API_KEY"
_REVISION: Final = "2026-05-20"
_PATH: Final = "/v1beta/interactions"
_STATES = {
    "queued": State.QUEUED,
    "in_progress": State.RUNNING,
    "completed": State.SUCCEEDED,
    "failed": State.FAILED,
    "cancelled": State.CANCELLED,
    "incomplete": State.FAILED,
    "budget_exceeded": State.FAILED,
    "requires_action": State.FAILED,
}
_ABLE = {
    Mode.T2V: frozenset({Role.LOOK}),
    Mode.I2V: frozenset({Role.FIRST, Role.LAST}),
    Mode.V2V: frozenset({Role.CLIP}),
}
_FILE = re.compile(r"/files/([A-Za-z0-9_-]+)")


class Omni:
    """See the module."""

    id = "omni"
    home = Home(
        "https://generativelanguage.googleapis.com",
        ("FILMKIT_OMNI_URL", "GOOGLE_GEMINI_BASE_URL"),
        more_keys=(_KEY, _OTHER_KEY),
    )

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """The key, and the revision of the API that is spoken. Raises HttpError without a key."""
        key = keys.get(_KEY) or keys.get(_OTHER_KEY)
        if not key:
            raise HttpError("there is no key for Gemini", ErrorKind.AUTH,
                            remedy=f"set {_KEY} in the environment; https://aistudio.google.com gives one")  # fmt: skip
        return {"x-goog-api-key": key, "Api-Revision": _REVISION}

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """See :class:`~filmkit.providers.base.Provider`; there is no field for a name of ours, ``ref`` is not sent."""
        del ref
        order = order_for(request, self.id, model, _ABLE.get(request.mode, frozenset()))
        body, uploads = _body(order)
        for pointer, value in order.settings():
            put(body, pointer, value)
        losses: tuple[Loss, ...] = ()
        if order.of(Role.LAST):
            losses = (Loss(Fate.IN_PROMPT, "last", f"{order.model.name} is told in words to end with it"),)
        return order.compiled(body, uploads, path=_PATH, losses=losses)

    def preflight(self, http: Http) -> PreFlight:
        """Whether the key is taken: the list of models costs nothing."""
        ask(self, "/v1beta/models?pageSize=1", http, "ask whether the key is taken")
        return PreFlight(True, "what Gemini costs stands at https://aistudio.google.com/usage")

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """One request, pictures and all."""
        with before_it_is_paid():
            body = with_files(compiled, "data", "mime_type")
        answer = begin(self, Request("POST", compiled.path, body), http, "id")
        return Handle(self.id, {"id": text_at(answer.body, "id")})

    def poll(self, handle: Handle, http: Http) -> Status:
        """How the interaction stands; one that Google does not know any more is LOST."""
        path = f"{_PATH}/{part(handle.value['id'])}"
        try:
            answer = ask(self, path, http, "ask how the take stands")
        except HttpError as error:
            if error.kind is ErrorKind.NOT_FOUND:
                return Status(State.LOST, reason="Google does not know this interaction: it was deleted, or is too old")
            if error.kind is ErrorKind.INVALID:  # seen of interactions that run: no reason to give a paid take up
                raise HttpError(error.message, ErrorKind.TRANSIENT) from None
            raise
        if not text_at(answer.body, "status"):
            raise HttpError("could not ask how the take stands: Google does not say", ErrorKind.TRANSIENT)
        status = status_of(answer.body)
        return status if self._is_ready(status, http) else Status(State.RUNNING, reason="the file is being prepared")

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes the take: from Google's address for it, or as it came with the answer."""
        if output.inline:
            write_inline(output, out)
        else:
            fetch_fresh(self, handle, output, http, out)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """Asks for a live interaction to end. What it costs then, nobody says."""
        state = self.poll(handle, http).state
        if state in {State.CANCELLED, State.LOST}:
            return Cancelled.CANCELLED
        if state.is_final:
            return Cancelled.TOO_LATE
        answer = http.send(Request("POST", f"{_PATH}/{part(handle.value['id'])}/cancel", is_free=True))
        if answer.status in {400, 409}:
            return Cancelled.TOO_LATE
        checked(answer, self.classify, "cancel the take", is_free=True)
        return Cancelled.CANCELLED

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """Google lists no interactions: a person has to look."""
        del http
        question = (
            f"Did Gemini begin an interaction with {intent.compiled.model} at {hour_of(intent)}? See the logs and the "
            "usage at https://aistudio.google.com: if there is one, answer with its id"
        )
        return Found(None, is_certain=False, question=question)

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """The handle of a job that a person names."""
        del compiled
        return Handle(self.id, {"id": name})

    def classify(self, answer: Answer) -> ErrorKind | None:
        """See :func:`~filmkit.providers.google.google_kind`; a name that is unknown is a 400."""
        if answer.status == 400 and "invalid interaction name" in said_by(answer).lower():
            return ErrorKind.NOT_FOUND
        return google_kind(answer)

    def _is_ready(self, status: Status, http: Http) -> bool:
        """Whether the file of a take may be fetched: Google prepares it after the interaction is completed."""
        name = _FILE.search(status.outputs[0].url) if status.outputs else None
        if name is None:
            return True
        answer = http.send(Request("GET", f"/v1beta/files/{name[1]}"))
        return text_at(answer.body, "state") != "PROCESSING"


def status_of(interaction: Json) -> Status:
    """What an interaction says of itself. A completed one without a video is a refusal, in its own words."""
    said = text_at(interaction, "status")
    state = _STATES.get(said, State.RUNNING)
    contents = [
        content
        for step in list_at(interaction, "steps") if text_at(step, "type") == "model_output"
        for content in list_at(step, "content")
    ]  # fmt: skip
    errors = [at(interaction, "error"), *list_at(interaction, "errors")]
    errors += [at(step, "error") for step in list_at(interaction, "steps")]
    words = [text_at(content, "text") for content in contents] + [text_at(error, "message") for error in errors]
    reason = " · ".join(word for word in words if word)
    if state is State.SUCCEEDED:
        outputs = tuple(_output(content) for content in contents if text_at(content, "type") == "video")
        if outputs:
            return Status(state, 1.0, outputs=outputs[-1:])
        return Status(State.MODERATED, reason=reason or "Gemini made no video, and gives no reason")
    if state is State.FAILED and any(is_moderation(error) for error in errors):
        state = State.MODERATED
    is_plain = said in _STATES and state not in {State.FAILED, State.MODERATED}
    return Status(state, reason=reason or ("" if is_plain else f"Gemini says {said or 'nothing'}"))


def _output(content: Json) -> Output:
    """Google's address is asked with the key wherever it is the service's own; the client sees to it."""
    return Output(text_at(content, "uri"), text_at(content, "data"), text_at(content, "mime_type") or "video/mp4")


def _body(order: Order) -> tuple[dict[str, Json], list[Upload]]:
    files, task, words = _files(order)
    uploads = [Upload(reference, f"/input/{at_}") for at_, reference in enumerate(files)]
    kinds = ["video" if reference.role is Role.CLIP else "image" for reference in files]
    contents: list[Json] = [
        standing_for(stand_in(reference), type=kind) for reference, kind in zip(files, kinds, strict=True)
    ]
    wanted: dict[str, Json] = {"type": "video", "delivery": "uri", "resolution": order.shape.tier}
    if order.request.mode is not Mode.V2V:
        wanted |= {"aspect_ratio": order.shape.ratio, "duration": f"{int(order.seconds)}s"}
    body: dict[str, Json] = {
        "model": order.model.id,
        "input": [*contents, {"type": "text", "text": words}],
        "background": True,
        "store": True,
        "response_format": wanted,
        "generation_config": {"video_config": {"task": task}},
    }
    return body, uploads


def _files(order: Order) -> tuple[list[Reference], str, str]:
    """The files that go along, what is to be done with them, and the words with what has to be said of them."""
    mode = order.request.mode
    if mode is Mode.V2V:
        return [order.needed(Role.CLIP)], "edit", order.prompt
    if mode is Mode.I2V:
        first, last = order.needed(Role.FIRST), order.of(Role.LAST)
        if last is None:
            return [first], "image_to_video", order.prompt
        told = "Begin exactly with the first picture and end exactly with the second one."
        return [first, last], "image_to_video", f"{order.prompt} {told}"
    looks = list(order.all_of(Role.LOOK)[: order.model.refs])
    return looks, "reference_to_video" if looks else "text_to_video", order.prompt


PROVIDER: Final = Omni()
