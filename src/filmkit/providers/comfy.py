"""ComfyUI on a machine of one's own: free of charge, one queue, no key.

- A job gets its name from us (``prompt_id``), and so does its file (``filename_prefix``): what became of it is found in
  the queue, in the history, or, after the server was started anew and has forgotten both, by its file.
- ``error`` in the history stands for a failure and for an interruption; which, its messages say.
- An upload is renamed where another file has its name already: the name that is answered counts.
- Before a graph is sent, it is held against the server's own definitions of its nodes.

Observed on ComfyUI 0.3.64 and read from its sources (server.py, execution.py, folder_paths.py). There is no progress
without a websocket.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from filmkit.model.generation import ShotRequest
from filmkit.model.run import Json
from filmkit.model.scalar import Money
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
from filmkit.providers.comfy_compile import FOLDER, compile_shot, job_id
from filmkit.providers.comfy_graph import parse_graph
from filmkit.providers.comfy_jobs import (
    Door,
    download_twice,
    ended,
    handle_of,
    made_name,
    media_type_of,
    ref_in,
    refusal,
    require_dialect,
    seed_of,
    send_up,
    view_path,
    with_names,
)
from filmkit.providers.comfy_nodes import NodeKind, problems, told_node
from filmkit.providers.jobs import ask, before_it_is_paid, begun, part
from filmkit.providers.reading import at, list_at, number_at, text_at

_DOOR: Final = Door("/upload/image", "image", {"type": "input", "subfolder": FOLDER})
_FREE: Final = Money(Decimal(0), "USD")
_ENDINGS: Final = (".mp4", ".webm", ".webp", ".png")


class Comfy:
    """See the module."""

    id = "comfy"
    home = Home("http://127.0.0.1:8188", ("FILMKIT_COMFY_URL",))

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """Nothing: a server of one's own asks for no key."""
        del keys
        return {}

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """See :class:`~filmkit.providers.base.Provider`; ``ref`` goes along in the names of the job and of its file."""
        return compile_shot(request, model, ref, self.id, _FREE)

    def preflight(self, http: Http) -> PreFlight:
        """Whether the server is there, its version and its graphics card."""
        try:
            answer = ask(self, "/system_stats", http, "ask ComfyUI what it runs on")
        except HttpError as error:
            remedy = "start ComfyUI, or say where it runs: FILMKIT_COMFY_URL=http://127.0.0.1:8188"
            raise HttpError(error.message, error.kind, remedy=remedy) from None
        version = text_at(answer.body, "system", "comfyui_version") or "of an unknown version"
        card = next(iter(list_at(answer.body, "devices")), None)
        memory = number_at(card, "vram_total")
        room = f", {text_at(card, 'name')} with {memory / (1 << 30):.0f} GiB" if memory else ""
        return PreFlight(True, f"ComfyUI {version}{room}")

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """Files up, the graph held against the server's nodes, then one request."""
        with before_it_is_paid():
            self._check(compiled, http)
            body = with_names(compiled, send_up(self, compiled, http, _DOOR))
        sent = {key: body[key] for key in ("prompt", "prompt_id", "extra_data")} | {"client_id": "filmkit"}
        answer = http.send(Request("POST", compiled.path, sent))
        if error := refusal(answer, compiled):
            raise error
        begun(self, answer, "prompt_id")
        return handle_of("own", text_at(answer.body, "prompt_id"), body)

    def poll(self, handle: Handle, http: Http) -> Status:
        """Looks in the history, in the queue, in the history again (it may have ended between), then for the file."""
        require_dialect(handle, "own")
        ref, seed = str(handle.value.get("ref", "")), seed_of(handle)
        entry = self._entry(handle, http)
        if entry is None:
            state = self._in_queue(str(handle.value["id"]), ref, http)
            if state is not None:
                return Status(state)
            entry = self._entry(handle, http)
        status = ended(entry, ref, seed) if entry is not None else self._by_file(ref, seed, http)
        return Status(status.state, status.progress, _FREE, status.outputs, status.reason, seed=status.seed)

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes the take."""
        download_twice(output, http, out)

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """Takes it out of the queue, or interrupts it where it runs; another's job is left in peace."""
        require_dialect(handle, "own")
        name = str(handle.value["id"])
        state = self._in_queue(name, str(handle.value.get("ref", "")), http)
        if state is State.QUEUED:
            self._tell(http, "/queue", {"delete": [name]})
        elif state is State.RUNNING:
            self._tell(http, "/interrupt", {"prompt_id": name})
        else:
            return Cancelled.TOO_LATE
        return Cancelled.CANCELLED

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """Looks in the queue and the history, by the job's name and by the file's in its graph, then for the file."""
        ref = ref_in(dict(intent.compiled.body)) or intent.ref
        handle = handle_of("own", job_id(ref), dict(intent.compiled.body))
        if self._entry(handle, http) is not None or self._in_queue(str(handle.value["id"]), "", http) is not None:
            return Found(handle, is_certain=True)
        name = self._by_ref(ref, http)
        if name:
            return Found(handle_of("own", name, dict(intent.compiled.body)), is_certain=True)
        if self._by_file(ref, None, http).state is State.SUCCEEDED:
            return Found(handle, is_certain=True)
        return Found(None, is_certain=True)

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """The handle of a job that a person found."""
        return handle_of("own", name, compiled.get("body"))

    def classify(self, answer: Answer) -> ErrorKind | None:
        """By the status alone."""
        return status_kind(answer)

    def _check(self, compiled: Compiled, http: Http) -> None:
        """Raises HttpError (``INVALID``) where the server's own nodes would refuse the graph."""
        plain = compiled.body["prompt"]
        graph = parse_graph(plain if isinstance(plain, dict) else {}, "the workflow")
        kinds: dict[str, NodeKind] = {}
        for kind in sorted({node.kind for node in graph.nodes.values()}):
            answer = ask(self, f"/object_info/{part(kind)}", http, f"ask ComfyUI about {kind}")
            if (told := told_node(kind, answer.body)) is not None:
                kinds[kind] = told
        for problem in problems(graph, kinds, knows_all=True):
            shown = str(problem)[:400]
            raise HttpError(f"ComfyUI would not take the workflow: {shown}", ErrorKind.INVALID,
                            remedy=problem.remedy or "put the file it names into ComfyUI's models folder, or change "
                                                     "the workflow")  # fmt: skip

    def _entry(self, handle: Handle, http: Http) -> Json:
        name = str(handle.value["id"])
        return at(ask(self, f"/history/{part(name)}", http, "ask how the job stands").body, name)

    def _in_queue(self, name: str, ref: str, http: Http) -> State | None:
        answer = ask(self, "/queue", http, "ask what waits")
        for key, state in (("queue_running", State.RUNNING), ("queue_pending", State.QUEUED)):
            for item in list_at(answer.body, key):
                if text_at(item, 1) == name or (ref and _carries(at(item, 2), ref)):
                    return state
        return None

    def _by_ref(self, ref: str, http: Http) -> str:
        """The name of a job whose graph saves under our name, for servers that give jobs names of their own."""
        queue = ask(self, "/queue", http, "ask what waits").body
        items = [item for key in ("queue_running", "queue_pending") for item in list_at(queue, key)]
        history = ask(self, "/history?max_items=64", http, "ask what was made").body
        items += [at(entry, "prompt") for entry in (history.values() if isinstance(history, dict) else ())]
        return next((text_at(item, 1) for item in items if _carries(at(item, 2), ref)), "")

    def _by_file(self, ref: str, seed: int | None, http: Http) -> Status:
        """Whether the job's file lies there, though nobody knows the job any more."""
        for ending in _ENDINGS if ref else ():
            name = made_name(ref, ending)
            path = view_path(name, FOLDER)
            answer = http.send(Request("GET", path, headers={"Range": "bytes=0-0"}))
            if answer.status in {200, 206}:
                output = Output(path, media_type=media_type_of(name))
                return Status(State.SUCCEEDED, 1.0, outputs=(output,), seed=seed)
            if self.classify(answer) is ErrorKind.UNKNOWN_OUTCOME:
                raise HttpError(f"could not look for {name}: ComfyUI answered {answer.status}", ErrorKind.TRANSIENT)
        return Status(State.LOST, reason="ComfyUI does not know this job, and its file is not there: it was taken out "
                      "of the queue, or ComfyUI was started anew meanwhile")  # fmt: skip

    def _tell(self, http: Http, path: str, body: dict[str, Json]) -> None:
        answer = http.send(Request("POST", path, body, is_free=True))
        if self.classify(answer) is not None:
            raise HttpError(f"could not cancel the job: ComfyUI answered {answer.status}", ErrorKind.TRANSIENT)


def _carries(graph: Json, ref: str) -> bool:
    """Whether a graph saves under our name."""
    nodes = graph.values() if isinstance(graph, dict) else ()
    return any(text_at(node, "inputs", "filename_prefix") == f"{FOLDER}/{ref}" for node in nodes)


PROVIDER: Final = Comfy()
