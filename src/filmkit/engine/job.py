"""A render from end to end, whoever schedules it: open (load, plan, what is missing) → run → finish (files, report)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from filmkit.engine.analyses import analyse
from filmkit.engine.attempts import RunSteps, run_missing
from filmkit.engine.execute import Workshop
from filmkit.engine.listen import Listener
from filmkit.engine.outputs import Outputs
from filmkit.engine.registry import warm
from filmkit.engine.settings import Session, Settings
from filmkit.engine.sound_session import SoundOutputs, bounced, is_delivered
from filmkit.errors import FilmkitError, UsageError
from filmkit.load.film import Loaded, load_film
from filmkit.load.places import with_places
from filmkit.media.sandbox import SandboxLevel, current_level, require
from filmkit.media.tools import find_ffmpeg
from filmkit.model.finding import FilmError, Finding, Severity, as_errors, has_errors
from filmkit.model.run import DuckedCues, Event, RunReport
from filmkit.model.timeline import Timeline
from filmkit.plan.cut import cut
from filmkit.plan.graph import Step, counts
from filmkit.plan.moved import cue_changes
from filmkit.plan.planner import FilmPlan, plan_film
from filmkit.plan.stale import Todo, todo
from filmkit.store.actions import Record
from filmkit.store.blobs import BlobMissing
from filmkit.store.digests import DigestMemo
from filmkit.store.paths import is_inside, store_folder
from filmkit.store.store import Store


@dataclass(frozen=True)
class Planned:
    """A film that loads and plans: what it is, what makes it, what was found."""

    loaded: Loaded
    plan: FilmPlan
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Job:
    """A planned film, what is missing of it, and where it is made."""

    planned: Planned
    todo: Todo
    shop: Workshop
    settings: Settings
    outputs: Outputs
    session: Session
    began: float

    @property
    def makes_film(self) -> bool:
        """Whether a film comes out, and not only parts of it."""
        return self.session in {Session.FINISHING, Session.FILM}

    @property
    def delivers(self) -> bool:
        """Whether anything is put into ``out/``."""
        return self.makes_film or bool(self.planned.plan.deliveries)


def open_shop(settings: Settings, film_folder: Path | None = None) -> Workshop:
    """The store, the memo of digests and the tools. Raises ToolMissing, UsageError."""
    folder = store_folder(settings.store)
    if film_folder is not None and is_inside(folder, film_folder):
        raise UsageError(
            f"the store {folder} lies inside the film", remedy="name another with --store or FILMKIT_STORE"
        )
    return Workshop(Store(folder), DigestMemo(folder), find_ffmpeg(settings.ffmpeg))


def check_film(film: Path, settings: Settings, shop: Workshop) -> tuple[Loaded, tuple[Finding, ...]]:
    """Everything found wrong with a film, load and cut together; raises nothing for a film's mistakes."""
    loaded, findings, _ = _load_and_cut(film, settings, shop)
    return loaded, findings


def _load_and_cut(
    film: Path, settings: Settings, shop: Workshop
) -> tuple[Loaded, tuple[Finding, ...], Timeline | None]:
    """The film with everything its cut depends on, all findings, and the cut, where there is one."""
    loaded = load_film(film, cut=settings.cut, memo=shop.memo)
    if loaded.film is None:
        return loaded, loaded.findings, None
    analysed = analyse(loaded.film, shop, settings.worker_count)
    made = cut(analysed.film)
    found = with_places([*analysed.findings, *made.findings], loaded.tree)
    return replace(loaded, film=analysed.film), (*loaded.findings, *found), made.timeline


def plan(film: Path, settings: Settings, shop: Workshop) -> Planned:
    """Loads, cuts and plans a film. Raises FilmError with all findings where it cannot be rendered."""
    loaded, findings, timeline = _load_and_cut(film, settings, shop)
    if settings.strict:
        findings = as_errors(findings)
    if loaded.film is None or timeline is None or has_errors(findings):
        raise FilmError(findings)
    board = loaded.film.storyboard
    loudness = (board.sound.loudness.target_lufs, board.sound.loudness.ceiling_dbtp)
    planned = plan_film(timeline, board.picture, loudness, shop.tools_for(loaded.film), settings.quality)
    return Planned(loaded, replace(planned, events=(*planned.events, *_content_events(findings))), findings)


def _content_events(findings: Sequence[Finding]) -> tuple[Event, ...]:
    """Fallbacks the findings already tell of: they touch what is seen, so the manifest names them. Seams of extended
    music were asked for: the report alone names these.
    """
    codes = {"placeholder", "held", "scratch-voice", "scratch-missing"}
    fallbacks = (
        Event(finding.code, finding.message, Severity.WARNING, finding.about, touches_content=True)
        for finding in findings
        if finding.code in codes
    )
    seams = (finding for finding in findings if finding.code == "music-extended")
    return (*fallbacks, *(Event(each.code, each.message, each.severity, each.about) for each in seams))


_KINDS = {
    Session.PLANNING: {"picture", "lut", "title", "card"},
    Session.ASSEMBLY: {"segment"},
    Session.SOUND: {"mix", "bounce", "sheet"},
    Session.FINISHING: {"master"},
    Session.FILM: {"master"},
}
"""The steps whose results a session is after."""


def open_job(film: Path, settings: Settings, session: Session = Session.FILM) -> Job:
    """Loads and plans a film and asks the store in bulk what is missing. Files that are new are probed, and music that
    the cut hangs on is measured; no step of the film is run, and Prefect is not imported.

    Raises UsageError where the sound session is to solo what this film has not.
    Raises ToolMissing where a sandbox is required and not to be had, before any file of the film is looked at.
    """
    began = time.monotonic()
    if settings.require_sandbox:
        require(SandboxLevel.LANDLOCK)
    shop = open_shop(settings, film if film.is_dir() else film.parent)
    planned = plan(film, settings, shop)
    if session is Session.SOUND:
        planned = replace(planned, plan=bounced(planned.plan, settings.bounces, shop.tools))
    outputs = Outputs(planned.loaded.folder, planned.plan.timeline.name, settings.cut, is_draft=settings.quality.draft)
    job = Job(planned, Todo((), {}), shop, settings, outputs, session, began)
    return replace(job, todo=_ask_store(job))


def _ask_store(job: Job) -> Todo:
    """What is missing. What has to be put into ``out/`` is read to its end first: what is damaged is missing."""
    graph, store = job.planned.plan.graph, job.shop.store
    have = store.lookup([step.key for step in graph])
    if job.makes_film and (film := have.get(job.planned.plan.master)) is not None:
        sha256 = film.outputs["master"].sha256
        try:
            if not job.outputs.is_published(sha256, job.shop):
                store.get(sha256)
        except BlobMissing:
            del have[job.planned.plan.master]
    for delivery in job.planned.plan.deliveries:
        record = have.get(delivery.step)
        try:
            if record is not None and not is_delivered(delivery, record, job.outputs, job.shop):
                store.get(record.outputs[delivery.output].sha256)
        except BlobMissing:
            have.pop(delivery.step, None)
    return todo(graph, _goals(job), have)


def _goals(job: Job) -> list[str]:
    """Keys of the steps that the session is after."""
    return [step.key for step in job.planned.plan.graph if step.kind in _KINDS[job.session]]


def run_job(job: Job, run_steps: RunSteps, listener: Listener) -> Job:
    """Runs what is missing, under a lease that keeps the store's sweep away, and makes again what turns out to be
    damaged. Returns the job with all that was made.

    Raises FilmkitError; before anything runs, where the store or the film's folder cannot be written.
    """
    if not job.todo.missing:
        return job
    _require_all(job)
    made = run_missing(lambda: _ask_store(job), run_steps, job.shop, listener, job.settings.worker_count)
    return replace(job, todo=replace(job.todo, missing=tuple(made.values())))


def _require_all(job: Job) -> None:
    """What would fail in the middle or at the end fails at the start. Raises FilmkitError."""
    job.shop.store.require_writable()
    if job.delivers:
        job.outputs.require_writable()
    warm(dict.fromkeys(step.kind for step in job.todo.missing))


def finish_job(job: Job, engine: str, extra: Sequence[Event] = ()) -> RunReport:
    """Puts the film, or the session's files, and a manifest into ``out/``, remembers the plan, and says how it went.

    Raises FilmError where the film is asked for ``strict`` and something stands in it that was not asked for.
    """
    graph = job.planned.plan.graph
    records = job.shop.store.lookup([step.key for step in graph])
    events = _all_events(job, records, extra)
    if job.settings.strict:
        _refuse_fallbacks(events)
    if job.delivers and not all(goal in records for goal in _goals(job)):
        raise FilmkitError("the film is gone from the store", remedy="run the same command again")
    film = job.outputs.publish(job.planned, records, events, job.shop) if job.makes_film else ""
    files, said = _publish_sound(job, records, events)
    timeline = job.planned.plan.timeline
    mix = next((records[step.key].facts for step in graph if step.kind == "mix" and step.key in records), {})
    report = RunReport(
        name=timeline.name,
        film=str(film),
        frames=timeline.frames,
        length_s=float(timeline.rate.seconds(timeline.frames)),
        made=counts(job.todo.missing),
        hits=dict(job.todo.hits),
        frames_encoded=job.todo.frames,
        wall_s=time.monotonic() - job.began,
        engine=engine,
        workers=job.settings.worker_count,
        sandbox=str(current_level()) if job.todo.missing else "nothing ran",
        ffmpeg=job.shop.ffmpeg.build_id,
        placeholders=sum(clip.is_placeholder for clip in timeline.clips),
        events=(*events, *said),
        facts=dict(mix),
        files=files,
        cues=cue_changes(timeline, job.outputs.last_plan()),
        ducked=tuple(_ducked(job, records)),
    )
    job.outputs.remember(report, job.planned.plan if job.makes_film else None)
    return report


def _ducked(job: Job, records: Mapping[str, Record]) -> Iterator[DuckedCues]:
    """What the ducking curves of this film do, where something presses on them."""
    for step in job.planned.plan.graph:
        facts = records[step.key].facts if step.kind == "duck" and step.key in records else {}
        if presses := int(str(facts.get("presses", 0))):
            lasts_s, deepest_db = (float(str(facts[name])) for name in ("ducked_s", "deepest_db"))
            yield DuckedCues(step.about, step.name.removeprefix("duck "), presses, lasts_s, deepest_db)


def _publish_sound(
    job: Job, records: dict[str, Record], events: Sequence[Event]
) -> tuple[tuple[str, ...], tuple[Event, ...]]:
    if not job.planned.plan.deliveries:
        return (), ()
    return SoundOutputs(job.outputs, job.planned, records, job.shop).publish(events)


def _all_events(job: Job, records: dict[str, Record], extra: Sequence[Event]) -> tuple[Event, ...]:
    found = list(job.planned.plan.events)
    for step in job.planned.plan.graph:
        if step.key in records:
            found += _named(step, records[step.key].events)
    return tuple(dict.fromkeys([*found, *_machine_events(job), *extra]))


def _named(step: Step, events: Sequence[Event]) -> list[Event]:
    """Events of a record, about what the step reads or draws in this film: it may have been made for another one."""
    about = next(iter([*(source.name for source in step.sources.values()), *step.about]), "")
    return [replace(event, about=about) for event in events]


def _machine_events(job: Job) -> Iterator[Event]:
    """Fallbacks of this machine; they change no content that the keys do not tell of."""
    if damaged := job.shop.store.damaged:
        yield Event("store-damaged", f"{len(damaged)} damaged in the store: set aside, and made again where needed")
    if not job.shop.ffmpeg.is_pinned:
        yield Event("other-ffmpeg", f"not the pinned ffmpeg build but {job.shop.ffmpeg.build_id}", Severity.WARNING)
    if job.todo.missing and current_level() < SandboxLevel.LANDLOCK:
        yield Event(
            "sandbox-lower", f"foreign media was decoded in a sandbox of '{current_level()}' only", Severity.WARNING
        )


def _refuse_fallbacks(events: Sequence[Event]) -> None:
    found = [event for event in events if event.severity is not Severity.NOTE]
    if found:
        raise FilmError([Finding(event.code, event.message, about=event.about) for event in found])
