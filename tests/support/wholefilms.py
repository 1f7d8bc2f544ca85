"""Whole films rendered in a test, in this process, by the local engine, in a store of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from sounds import Samples, read_f32

from filmkit.engine.attempts import run_missing
from filmkit.engine.job import Job, finish_job, open_job, run_job
from filmkit.engine.listen import Listeners
from filmkit.engine.local import run_local
from filmkit.engine.settings import Engine, Settings
from filmkit.model.run import RunReport
from filmkit.plan.bounces import Bounces
from filmkit.plan.planner import Quality
from filmkit.plan.stale import Todo, todo


@dataclass(frozen=True)
class Rendered:
    """A finished film: the job that made it, its report and its file."""

    job: Job
    report: RunReport

    @property
    def film(self) -> Path:
        return Path(self.report.film)

    def outputs(self, kind: str) -> list[Path]:
        """What the steps of a kind left in the store, in the order of the graph."""
        graph = [step for step in self.job.planned.plan.graph if step.kind == kind]
        records = self.job.shop.store.lookup([step.key for step in graph])
        return [
            self.job.shop.store.get(output.sha256)
            for step in graph
            for output in records[step.key].outputs.values()
        ]  # fmt: skip


def settings_for(store: Path, workers: int = 2, bounces: Bounces = Bounces(), **quality: Any) -> Settings:
    return Settings(engine=Engine.LOCAL, store=str(store), workers=workers, quality=Quality(**quality), bounces=bounces)


def render_film(folder: Path, settings: Settings) -> Rendered:
    """Renders a film as the command does, without its messages."""
    job = open_job(folder, settings)
    run_job(job, run_local, Listeners())
    return Rendered(job, finish_job(job, "local"))


def make_stem(folder: Path, settings: Settings, stem: str) -> tuple[Job, Samples]:
    """A planned film and one of its stems: only what that stem needs is made, which takes a moment."""
    job = open_job(folder, settings)
    graph, store = job.planned.plan.graph, job.shop.store
    [step] = [step for step in graph if step.name == f"stem {stem}"]

    def missing() -> Todo:
        return todo(graph, [step.key], store.lookup([one.key for one in graph]))

    run_missing(missing, run_local, job.shop, Listeners(), settings.worker_count)
    return job, read_f32(store.get(store.lookup([step.key])[step.key].outputs["stem"].sha256))


def write_film(folder: Path, storyboard: str, takes: dict[str, Path]) -> Path:
    """A film folder: its storyboard, and files by their path in the film as links to where they were made."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "storyboard.yaml").write_text(storyboard, encoding="utf-8")
    for name, source in takes.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.hardlink_to(source)
    return folder


@dataclass(frozen=True)
class Packet:
    """When a packet is shown, decoded, and how long it lasts, in seconds as a player counts them."""

    shown_s: Fraction
    decoded_s: Fraction
    lasts_s: Fraction


def packets_of(film: Path) -> list[Packet]:
    """Every packet of the picture, in decoding order."""
    with av.open(str(film)) as container:
        base = container.streams.video[0].time_base or Fraction(0)
        return [
            Packet(packet.pts * base, packet.dts * base, (packet.duration or 0) * base)
            for packet in container.demux(video=0)
            if packet.pts is not None and packet.dts is not None
        ]


def first_difference(found: Sequence[Any], wanted: Sequence[Any]) -> str:
    """Where two lists part, in words; empty where they are equal."""
    for at, (one, other) in enumerate(zip(found, wanted, strict=False)):
        if one != other:
            return f"frame {at}: found {one}, expected {other}"
    return "" if len(found) == len(wanted) else f"{len(found)} frames instead of {len(wanted)}"
