"""The one protocol behind which every generator stands, and the values that pass through it.

    request ─▶ compile ─▶ submit ─▶ poll … ─▶ fetch ─▶ a file
                (pure)    (paid,      │
                          once)       └─▶ cancel, reconcile

``compile`` and ``classify`` are pure: tables without I/O. Whatever talks to a service gets an :class:`Http`, so that
one client keeps the journal, the limits and the secrets. Nothing here retries what may have been paid for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from filmkit.errors import FilmkitError
from filmkit.model.generation import Loss, Reference, ShotRequest
from filmkit.model.run import Json
from filmkit.model.scalar import Money


class State(StrEnum):
    """Where a job stands. The last six are final."""

    QUEUED = "queued"
    THROTTLED = "throttled"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    MODERATED = "moderated"
    CANCELLED = "cancelled"
    LOST = "lost"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        """Whether nothing changes any more."""
        return self not in {State.QUEUED, State.THROTTLED, State.RUNNING}


class ErrorKind(StrEnum):
    """What an answer that is no success means for the job.

    ``RATE`` and ``BUSY`` were certainly not accepted and may be sent again; ``UNKNOWN_OUTCOME`` may have been: it is
    looked up, or held for a person.
    """

    AUTH = "auth"
    BALANCE = "balance"
    INVALID = "invalid"
    MODERATED = "moderated"
    RATE = "rate"
    BUSY = "busy"
    TRANSIENT = "transient"
    RETIRED = "retired"
    NOT_FOUND = "not found"
    UNKNOWN_OUTCOME = "unknown outcome"

    @property
    def is_surely_not_accepted(self) -> bool:
        """Whether nothing was begun, so that sending again cannot pay twice."""
        return self in {ErrorKind.RATE, ErrorKind.BUSY}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that must be with the service before the job: where its name or bytes go in the body is ``pointer``, a
    JSON pointer (``/promptImage/0/uri``).
    """

    reference: Reference
    pointer: str


@dataclass(frozen=True)
class Compiled:
    """A request in one service's words. ``body`` is what is sent once uploads are filled in; ``path`` is the address
    below the service's base URL. ``price`` is an estimate from dated data, None where nobody says; ``seconds`` is how
    long the take will be, None where a picture is made and no clip; ``prompt`` the words as they are sent, where they
    are not what the table of models would compose.
    """

    provider: str
    model: str
    path: str
    body: Mapping[str, Json]
    uploads: tuple[Upload, ...] = ()
    losses: tuple[Loss, ...] = ()
    price: Money | None = None
    seconds: Decimal | None = None
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Handle:
    """What the service calls the job, with every address it gave: plain JSON, kept in the journal, no secret in it."""

    provider: str
    value: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Output:
    """One file a job made: its ``url``, or the bytes themselves in base64 (``inline``). ``is_foreign``: the address is
    not the service's own, so no credential may go there.
    """

    url: str = ""
    inline: str = field(default="", repr=False)
    media_type: str = ""
    is_foreign: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """What a service says of a job. ``cost`` is what was charged, None where it does not say; ``reason`` is for
    people; ``wait_s`` is how long it asks to be left alone.
    """

    state: State
    progress: float | None = None
    cost: Money | None = None
    outputs: tuple[Output, ...] = ()
    reason: str = ""
    wait_s: float | None = None
    seed: int | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)


class Cancelled(StrEnum):
    """What came of a wish to cancel."""

    CANCELLED = "cancelled"
    TOO_LATE = "too late"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class PreFlight:
    """What is known before anything is paid: whether there is a key, what it can pay, how many jobs may run."""

    is_ready: bool
    message: str = ""
    balance: Money | None = None
    most_at_once: int | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A request that was written down before it was sent: ``ref`` is unique, and is sent along wherever a service
    takes a name of ours; ``began`` is seconds since 1970.
    """

    ref: str
    compiled: Compiled
    began: float


@dataclass(frozen=True, slots=True)
class Found:
    """What became of an intent whose answer was lost. ``handle`` is None with ``is_certain``: it never arrived."""

    handle: Handle | None
    is_certain: bool
    question: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer as far as its meaning goes; header names in small letters."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""


class HttpError(FilmkitError):
    """A service said no, or nothing; ``kind`` tells what that means for the job."""

    def __init__(self, message: str, kind: ErrorKind, *, remedy: str = "", wait_s: float | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.kind = kind
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Request:
    """One request below a base URL, or to a whole address: ``json``, or a ``form`` with ``file`` in its field
    ``file_field``, called ``file_name`` there (else by its own name); with an empty ``file_field`` the file is the
    whole body. ``is_foreign``: the address is not the service's own (an upload to a storage), nothing is signed.
    ``is_free``: nothing is paid for, whatever becomes of it (a question by POST, an upload), so that a lost answer is
    TRANSIENT and not an unknown outcome; every GET is free.
    """

    method: str
    path: str
    json: Json = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None
    file_field: str = "file"
    file_name: str = ""
    is_foreign: bool = False
    is_free: bool = False


class Http(Protocol):
    """One client for one provider: knows its base URL, signs its requests, keeps limits and secrets.

    No answer is followed elsewhere by itself, and nothing is sent twice.
    """

    def send(self, request: Request) -> Answer:
        """Sends one request, signed, once.

        Raises HttpError for no answer at all; what an answer means is for ``classify``.
        """

    def download(self, url: str, out: Path, *, is_foreign: bool = False) -> None:
        """Writes what lies at ``url``, whole, to ``out``; without credentials where the address is foreign.

        Raises HttpError, also where fewer bytes came than were announced.
        """


@dataclass(frozen=True, slots=True)
class Home:
    """Where a service lives: its base URL, the environment variables that name another (the first that is set wins),
    those that hold its keys (``keys`` needed, ``more_keys`` optional), and further hosts that files may come from.

    ``path`` goes behind a base URL that has none of its own. ``places`` are variables that stand in braces in ``url``
    and ``path``, each with its value where it is not set (empty: it has to be). ``closed`` are hosts that make no takes
    any more: what happened, and what to do.
    """

    url: str
    url_variables: tuple[str, ...]
    keys: tuple[str, ...] = ()
    more_keys: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    path: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    closed: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class Provider(Protocol):
    """One service or program that makes takes. Methods that talk raise :class:`HttpError`."""

    @property
    def id(self) -> str:
        """The storyboard's word for it (``runway``)."""

    @property
    def home(self) -> Home:
        """Where it lives, and what its keys are called."""

    def sign(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        """The headers that authorise one request, made anew for each; ``keys`` by the names in ``home``. Pure but for
        the clock.
        """

    def compile(self, request: ShotRequest, model: str, ref: str) -> Compiled:
        """The request in this service's words, with every loss. Pure. Raises UsageError for what cannot be asked."""

    def preflight(self, http: Http) -> PreFlight:
        """Key, balance, limits. Never generates."""

    def submit(self, compiled: Compiled, intent: Intent, http: Http) -> Handle:
        """Uploads, then one POST, never sent twice. Raises HttpError."""

    def poll(self, handle: Handle, http: Http) -> Status:
        """How the job stands."""

    def fetch(self, handle: Handle, output: Output, http: Http, out: Path) -> None:
        """Writes one output to ``out``; credentials only go to the service itself."""

    def cancel(self, handle: Handle, http: Http) -> Cancelled:
        """Asks for the job to end."""

    def reconcile(self, intent: Intent, http: Http) -> Found:
        """Looks for a job whose answer was lost."""

    def handle_of(self, name: str, compiled: Mapping[str, Json]) -> Handle:
        """What ``submit`` would have given for the job that a person calls ``name``, from the request as JSON. Pure."""

    def classify(self, answer: Answer) -> ErrorKind | None:
        """What an answer means; None for a success. Pure."""
