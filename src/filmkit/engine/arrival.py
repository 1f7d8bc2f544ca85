"""What arrives from a service becomes a take: proved by the gate and a full decode, kept, placed, and locked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from filmkit.errors import FilmkitError
from filmkit.load.lock_write import read_lines, take_name, write_lines
from filmkit.load.place_take import TakeExists, free_number, numbers_of, place_take
from filmkit.media.gate import decode_alone
from filmkit.media.probe import Refusal, probe
from filmkit.media.sniff import KINDS
from filmkit.media.tools import Ffmpeg
from filmkit.model.run import Json
from filmkit.store.blobs import BlobMissing
from filmkit.store.jobs import Job
from filmkit.store.journal_rows import text_of
from filmkit.store.store import Store

_TRIES = 20


class Unfit(FilmkitError):
    """What came is no take: a page, half a file, a still; or what was kept is damaged."""


class Arrival:
    """Where takes of the film in the folder ``film`` arrive."""

    def __init__(self, film: Path, store: Store, ffmpeg: Ffmpeg) -> None:
        self.film = film
        self._store = store
        self._ffmpeg = ffmpeg

    def folder(self) -> AbstractContextManager[Path]:
        """An empty folder to fetch into, gone at the end, or at a later start if this process dies."""
        return self._store.workspace()

    def accept(self, path: Path, name: str, *, may_be_still: bool = False) -> tuple[str, str]:
        """Proves a file and keeps it in the store, pinned; its sha256 and the ending it should have. Raises Unfit, for
        a still too where a clip was asked for.
        """
        facts = probe([path])[0]
        if isinstance(facts, Refusal):
            raise Unfit(f"what came for {name} is no take: {facts.reason}")
        if facts.video is None or (facts.is_still and not may_be_still):
            raise Unfit(
                f"what came for {name} is {'a still' if facts.is_still else 'a sound'}, and a clip was asked for"
            )
        trouble = decode_alone(self._ffmpeg, path, facts)
        if trouble:
            raise Unfit(f"what came for {name} does not decode: {trouble}")
        return self._store.keep(path, f"paid: {name}"), KINDS[facts.demuxer].pictures[0]

    def place(self, job: Job) -> int:
        """Puts what a job made among the takes, with its line in the lock; the number it got: the wished one, unless
        another file took that meanwhile. Again and again is the same. Raises Unfit where the kept bytes are damaged.
        """
        try:
            blob = self._store.get(job.sha256)
        except BlobMissing as missing:
            raise Unfit(f"what was kept of {job.take_name} is damaged: {missing.message}") from None
        shot, ending = job.wish.shot, str(job.facts.get("ending", "mp4"))
        number = self._placed(job) or self._free(job)
        tries = 0
        while True:
            try:
                place_take(self.film, shot, number, blob, ending)
                break
            except TakeExists:
                number, tries = free_number(self.film, shot), tries + 1
                if tries > _TRIES:
                    raise
        write_lines(self.film, {take_name(shot, number): lock_line(job)})
        return number

    def _placed(self, job: Job) -> int | None:
        """The number under which this job's take stands already, where a run died after placing it: the same bytes,
        and no line of another job's.
        """
        known = read_lines(self.film)
        for number in numbers_of(self.film, job.wish.shot, job.sha256):
            line = known.get(take_name(job.wish.shot, number))
            if line is None or line.get("job") == job.ref:
                return number
        return None

    def _free(self, job: Job) -> int:
        """The wished number, unless the lock knows another take by it (whose file may come back)."""
        line = read_lines(self.film).get(take_name(job.wish.shot, job.wish.take))
        return job.wish.take if line is None else free_number(self.film, job.wish.shot)


def lock_line(job: Job) -> Mapping[str, Json]:
    """What the lock says of a take that was paid for."""
    said: Mapping[str, Any] = job.wish.compiled
    return {
        "sha256": job.sha256,
        "origin": "generated",
        "provider": job.wish.provider,
        "model": job.wish.model,
        "mode": said.get("mode"),
        "prompt": said.get("prompt"),
        "seed": job.facts.get("seed", None if _is_lost("seed", said) else said.get("seed")),
        "price": text_of(job.charge),
        "job": job.ref,
    }


def _is_lost(key: str, said: Mapping[str, Any]) -> bool:
    """Whether a wish was not sent, because the model does not know it."""
    return any(lost[1] == key for lost in said.get("losses", ()))
