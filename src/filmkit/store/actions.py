"""Action records: what a step of this key left behind, as plain JSON at ``actions/<aa>/<key>.json``.

The file is ``{"sha256":"<of the record's text>","record":{…}}``. Records may come from other machines: they are parsed
by hand against a strict schema, name files by digest only, and are never code. (No pydantic: start-up time matters.)
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from filmkit.model.finding import Severity
from filmkit.model.run import Event, Json
from filmkit.plan.graph import canonical
from filmkit.store.blobs import SHA256, Output
from filmkit.store.disk import READ_FLAGS, fsync_folder, make_folder, plain_errors, write_new
from filmkit.store.quarantine import set_aside
from filmkit.store.workspace import Workspaces

FORMAT = 1
MAX_RECORD_BYTES = 16 << 20
_HEAD, _MIDDLE, _TAIL = b'{"sha256":"', b'","record":', b"}\n"
_FIELD_COUNT = 8
_EVENT_FIELD_COUNT = 5
_NUMBERS = (float, int)
_SEVERITIES = {severity.value: severity for severity in Severity}
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Record:
    """What the step ``key`` of ``kind`` made: files by output name, measured facts, events, tool ids by use, and the
    wall ``seconds`` it took when it ran.
    """

    key: str
    kind: str
    outputs: dict[str, Output]
    facts: dict[str, Json]
    events: tuple[Event, ...]
    tools: dict[str, str]
    seconds: float


class BadRecord(ValueError):
    """The bytes are no action record; says what is wrong."""


class Actions:
    """The folder ``actions`` of a store. A record that is not as it must be counts as none, and is set aside."""

    def __init__(self, folder: Path, workspaces: Workspaces, quarantine: Path) -> None:
        self.folder = folder
        self._workspaces = workspaces
        self._quarantine = quarantine

    def path(self, key: str) -> Path:
        """Where the record of ``key`` stands or would stand."""
        return self.folder / key[:2] / f"{key}.json"

    def write(self, record: Record) -> None:
        """Put ``record`` in place, durably; one of the same key is replaced. Raises ValueError for what is no JSON."""
        data = bytes_from_record(record)
        target = self.path(record.key)
        with plain_errors(self.folder, needed_bytes=len(data)), self._workspaces.new_file() as temporary:
            write_new(temporary, data)
            make_folder(target.parent)
            temporary.rename(target)
            fsync_folder(target.parent)

    def read(self, key: str) -> Record | None:
        """The record of ``key``, or None. A use is stamped (its mtime, at most once a day) for the sweep to see."""
        try:
            record, used_s = self.load(key)
        except OSError:
            return None
        except BadRecord as error:
            set_aside(self._quarantine, self.path(key), str(error))
            return None
        if time.time() - used_s > _DAY_S:
            with contextlib.suppress(OSError):  # a store that is read-only, or a record just swept
                os.utime(self.path(key))
        return record

    def load(self, key: str) -> tuple[Record, float]:
        """The record of ``key`` and when it was last used; nothing is stamped or set aside.

        Raises BadRecord, or OSError if there is none or it cannot be read.
        """
        handle = os.open(f"{self.folder}/{key[:2]}/{key}.json", READ_FLAGS)
        try:
            status = os.fstat(handle)
            data = os.read(handle, min(status.st_size, MAX_RECORD_BYTES) + 1)
        finally:
            os.close(handle)
        return record_from_bytes(data, key), status.st_mtime

    def known_keys(self) -> Iterator[str]:
        """The key of every record, in order."""
        for folder in sorted(self.folder.iterdir()):
            yield from sorted(path.stem for path in folder.glob("*.json") if SHA256.fullmatch(path.stem))


def bytes_from_record(record: Record) -> bytes:
    """The file that keeps ``record``."""
    events = [
        {
            "code": event.code,
            "message": event.message,
            "severity": event.severity.value,
            "about": event.about,
            "touches_content": event.touches_content,
        }
        for event in record.events
    ]
    value: dict[str, Any] = {
        "format": FORMAT,
        "key": record.key,
        "kind": record.kind,
        "outputs": {name: {"sha256": output.sha256, "size": output.size} for name, output in record.outputs.items()},
        "facts": record.facts,
        "events": events,
        "tools": record.tools,
        "seconds": record.seconds,
    }
    body = canonical(value).encode("ascii")
    data = b"".join((_HEAD, hashlib.sha256(body).hexdigest().encode("ascii"), _MIDDLE, body, _TAIL))
    record_from_bytes(data, record.key)
    return data


def record_from_bytes(data: bytes, key: str) -> Record:
    """The record in ``data``, which must be that of ``key``. Raises BadRecord with what is wrong."""
    start = len(_HEAD) + 64 + len(_MIDDLE)
    body = data[start : -len(_TAIL)]
    sealed = b"".join((_HEAD, hashlib.sha256(body).hexdigest().encode("ascii"), _MIDDLE))
    if data[:start] != sealed or not data.endswith(_TAIL):
        raise BadRecord("the record's text and its digest do not agree")
    try:
        text = body.decode("ascii")
        fields, end = _decode(text)
        if end != len(text):
            raise BadRecord("something stands behind the record")
        return _record(fields, key)
    except KeyError as error:
        raise BadRecord(f"the field {error} is not there") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BadRecord(f"no JSON: {error}") from error


def _no_number(word: str) -> NoReturn:
    raise BadRecord(f"{word} is no number")


_decode = json.JSONDecoder(parse_constant=_no_number).raw_decode


def _record(fields: Any, key: str) -> Record:  # noqa: ANN401  what JSON holds is only known after these checks
    if type(fields) is not dict or len(fields) != _FIELD_COUNT or fields["format"] != FORMAT:
        raise BadRecord(f"not a record of format {FORMAT}")
    if fields["key"] != key:
        raise BadRecord("the record of another key")
    kind, outputs, facts = fields["kind"], fields["outputs"], fields["facts"]
    events, tools, seconds = fields["events"], fields["tools"], fields["seconds"]
    if not type(outputs) is type(facts) is type(tools) is dict or type(events) is not list or type(kind) is not str:
        raise BadRecord("a field is of another type")
    if type(seconds) not in _NUMBERS or not 0 <= seconds < math.inf:
        raise BadRecord(f"{seconds!r} is no time")
    for name in (*outputs, *tools):
        if not 0 < len(name) <= 200 or not name.isprintable():  # for looking up, never for making paths of
            raise BadRecord(f"{name!r:.40} is no name")
    if not all([type(tool) is str for tool in tools.values()]):
        raise BadRecord("a tool's id is no text")
    whole = {name: _output(output) for name, output in outputs.items()}
    return Record(key, kind, whole, facts, tuple([_event(event) for event in events]), tools, float(seconds))


def _output(fields: Any) -> Output:  # noqa: ANN401
    if type(fields) is not dict or len(fields) != 2:
        raise BadRecord("an output has a digest and a size, nothing else")
    digest, size = fields["sha256"], fields["size"]
    if type(digest) is not str or not SHA256.fullmatch(digest) or type(size) is not int or size < 0:
        raise BadRecord("an output's digest or size is none")
    return Output(digest, size)


def _event(fields: Any) -> Event:  # noqa: ANN401
    if type(fields) is not dict or len(fields) != _EVENT_FIELD_COUNT:
        raise BadRecord("an event lacks a field or has one too many")
    texts = code, message, about, severity = [fields[name] for name in ("code", "message", "about", "severity")]
    if not all([type(text) is str for text in texts]) or type(fields["touches_content"]) is not bool:
        raise BadRecord("a field of an event is of another type")
    if severity not in _SEVERITIES:
        raise BadRecord(f"{severity!r} is no severity")
    return Event(code, message, _SEVERITIES[severity], about, fields["touches_content"])
