"""What a run leaves in the film's folder: ``out/<name>.mp4`` and its manifest; plan and reports in ``.filmkit/``."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filmkit import __version__
from filmkit.engine.execute import Workshop
from filmkit.model.run import Event, Json, RunReport
from filmkit.plan.explain import Remembered, remembered
from filmkit.plan.planner import FilmPlan
from filmkit.store.actions import Record

if TYPE_CHECKING:
    from filmkit.engine.job import Planned


@dataclass(frozen=True)
class Outputs:
    """``folder`` is the film's; another ``cut`` goes to ``out/<cut>/``; a draft is called so."""

    folder: Path
    name: str
    cut: str | None = None
    is_draft: bool = False

    @property
    def out(self) -> Path:
        """Where deliverables go."""
        return self.folder / "out" / self.cut if self.cut else self.folder / "out"

    @property
    def film(self) -> Path:
        """The film's file."""
        return self.out / f"{self.name}{'.draft' if self.is_draft else ''}.mp4"

    @property
    def manifest(self) -> Path:
        """Digests of every input and output, the tool build, and events that touch the content."""
        return self.film.with_suffix(".json")

    def publish(self, planned: Planned, records: Mapping[str, Record], events: Sequence[Event], shop: Workshop) -> Path:
        """Puts film and manifest in place unless they stand there already. A file that is not ours is set aside."""
        master = records[planned.plan.master].outputs["master"]
        self.out.mkdir(parents=True, exist_ok=True)
        target = self.film.with_suffix(planned.suffix)
        if not (target.is_file() and shop.memo.digest(target)[0] == master.sha256):
            self._set_aside(target, shop)
            shop.store.export(master.sha256, target)
        text = json.dumps(manifest(planned, records, events), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        write_whole(self.manifest, text)
        return target

    def _set_aside(self, target: Path, shop: Workshop) -> None:
        """Keeps what somebody else put under our name: only a file our manifest knows is replaced."""
        if not target.is_file():
            return
        known = read_json(self.manifest)
        output = known.get("output") if isinstance(known, dict) else None
        ours = output.get("sha256") if isinstance(output, dict) else None
        if shop.memo.digest(target)[0] != ours:
            number = 1
            while (aside := target.with_name(f"{target.stem}.kept-{number}{target.suffix}")).exists():
                number += 1
            target.rename(aside)

    def remember(self, report: RunReport, plan: FilmPlan | None) -> None:
        """Keeps the report of this run, and the plan of a whole film for ``plan --why``."""
        state = self.folder / ".filmkit"
        runs = state / "runs"
        runs.mkdir(parents=True, exist_ok=True)
        if plan is not None:
            write_whole(self._plan_file(state), json.dumps(remembered(plan.graph), sort_keys=True))
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        write_whole(
            runs / f"{stamp}-{os.getpid()}.json", json.dumps(asdict(report), indent=2, ensure_ascii=False, default=str)
        )

    def last_plan(self) -> Remembered:
        """The plan of the last render, or nothing."""
        found = read_json(self._plan_file(self.folder / ".filmkit"))
        return found if isinstance(found, dict) else {}  # type: ignore[return-value]

    def _plan_file(self, state: Path) -> Path:
        return state / f"plan{f'.{self.cut}' if self.cut else ''}{'.draft' if self.is_draft else ''}.json"


def manifest(planned: Planned, records: Mapping[str, Record], events: Sequence[Event]) -> dict[str, Json]:
    """What the film is made of: the same film gives the same manifest, so no time, host or engine stands in it."""
    plan = planned.plan
    master = records[plan.master].outputs["master"]
    sources = {source.name: source.sha256 for step in plan.graph for source in step.sources.values()}
    return {
        "filmkit": __version__,
        "film": plan.timeline.name,
        "title": plan.timeline.title,
        "output": {"sha256": master.sha256, "size": master.size},
        "frames": plan.timeline.frames,
        "fps": plan.canvas.fps,
        "size": f"{plan.canvas.width_px}x{plan.canvas.height_px}",
        "finished": not any(clip.is_placeholder for clip in plan.timeline.clips),
        "inputs": {name: sources[name] for name in sorted(sources)},
        "tools": {name: tool for step in plan.graph for name, tool in step.tools.items()},
        "events": [
            {"code": event.code, "about": event.about, "message": event.message}
            for event in events
            if event.touches_content
        ],
    }


def write_whole(path: Path, text: str) -> None:
    """Writes a small text file so that it is there whole or not at all; leaves an equal one alone."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read_json(path: Path) -> Json:
    """The JSON in a file of our own, or None where there is none or it is damaged."""
    try:
        found: Json = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
