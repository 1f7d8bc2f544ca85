"""One step: gather its inputs from the store, run its stage in a private folder, keep what it made."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from filmkit.engine.listen import Listener
from filmkit.engine.registry import stage
from filmkit.errors import DiskFull, FilmkitError, StepFailed
from filmkit.media.blame import broken_source
from filmkit.media.children import check_stopped
from filmkit.media.library_ids import drawing_tools, joining_tools, sum_tools
from filmkit.media.sound.speech import speech_tools
from filmkit.media.tools import Ffmpeg
from filmkit.media.workbench import Workbench
from filmkit.model.film import Film
from filmkit.plan.graph import Step
from filmkit.plan.speech import is_spoken
from filmkit.plan.steps import Tools
from filmkit.store.actions import Record
from filmkit.store.blobs import BlobMissing
from filmkit.store.digests import DigestMemo
from filmkit.store.disk import free_bytes, is_broken, is_full, plain_error
from filmkit.store.store import Store


@dataclass(frozen=True)
class Workshop:
    """Where steps are executed: the store, the digests of source files, the tools."""

    store: Store
    memo: DigestMemo
    ffmpeg: Ffmpeg

    @property
    def tools(self) -> Tools:
        """Ids of the tools, as they enter keys."""
        return Tools({"ffmpeg": self.ffmpeg.build_id}, drawing_tools(), sum_tools(), joining_tools())

    def tools_for(self, film: Film) -> Tools:
        """The same, with the scratch voice for a film that asks for it: nobody else waits for that to be found."""
        return replace(self.tools, speech=speech_tools()) if is_spoken(film) else self.tools


class Gone(StepFailed):
    """What a step needs is not in the store any more, or was damaged there and set aside: it has to be made again."""

    def __init__(self, step: str) -> None:
        super().__init__(step, "what it needs is gone from the store", remedy="run the same command again")


def execute_step(step: Step, shop: Workshop, listener: Listener) -> Record:
    """Runs one step and returns its record. Raises FilmkitError, also for a stage's own mistake, so that one step never
    hides another; the listener is told either way.
    """
    listener.started(step)
    began = time.monotonic()

    def on_progress(done: int) -> None:
        check_stopped()
        listener.progress(step, done)

    try:
        record = _execute(step, shop, on_progress, began)
    except FilmkitError as error:
        listener.failed(step, error.message)
        raise
    except Exception as error:  # the edge at which a mistake of ours becomes one step's failure
        failure = _own_mistake(step, error)
        listener.failed(step, failure.message)
        raise failure from error
    listener.finished(step, record.seconds, record.events)
    return record


def _own_mistake(step: Step, error: Exception) -> StepFailed:
    at = traceback.extract_tb(error.__traceback__)[-1]
    return StepFailed(
        step.name,
        f"a mistake of filmkit's own, {type(error).__name__} at {Path(at.filename).name}:{at.lineno}: {error}",
        remedy="please report it; what was finished is kept",
    )


def _execute(step: Step, shop: Workshop, on_progress: Callable[[int], None], began: float) -> Record:
    with shop.store.workspace() as folder, _room(shop.store, folder):
        bench = Workbench(
            folder=folder,
            inputs=_inputs(step, shop.store),
            sources={slot: Path(source.path) for slot, source in step.sources.items()},
            ffmpeg=shop.ffmpeg,
            on_progress=on_progress,
        )
        try:
            made = stage(step.kind)(step, bench)
        except StepFailed as failure:
            raise broken_source(step, bench, failure) from failure
        _check_sources(step, shop.memo)
        seconds = time.monotonic() - began
        return shop.store.commit(step.key, kind=step.kind, made=made, seconds=seconds, tools=dict(step.tools))


@contextmanager
def _room(store: Store, folder: Path) -> Iterator[None]:
    """A full or broken disk is told in one way, whoever met it: the store's name, and what would have been needed."""
    try:
        yield
    except Exception as error:
        if isinstance(error, OSError) and is_broken(error):
            raise plain_error(error, store.folder) from error
        if not isinstance(error, DiskFull) and not is_full(error):
            raise
        written = sum(path.stat().st_size for path in folder.rglob("*"))
        needed = max(getattr(error, "needed", 0), 2 * written, 1 << 20)
        raise DiskFull(str(store.folder), needed, free_bytes(store.folder)) from error


def _inputs(step: Step, store: Store) -> dict[str, Path]:
    """What upstream steps made. Raises Gone, once all of it was looked at."""
    records = store.lookup({given.step for given in step.inputs.values()})
    inputs = {}
    for slot, given in step.inputs.items():
        with suppress(BlobMissing):
            if given.step in records:
                inputs[slot] = store.get(records[given.step].outputs[given.output].sha256)
    if len(inputs) < len(step.inputs):
        raise Gone(step.name)
    return inputs


def _check_sources(step: Step, memo: DigestMemo) -> None:
    """A source that changed while it was read made something the key does not describe."""
    for source in step.sources.values():
        sha256, _ = memo.digest(Path(source.path))
        if sha256 != source.sha256:
            raise StepFailed(step.name, f"{source.name} changed while it was read", remedy="render again")
