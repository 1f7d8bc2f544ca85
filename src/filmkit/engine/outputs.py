"""What a run leaves in the film's folder: ``out/<name>.mp4`` and its manifest; plan and reports in ``.filmkit/``."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filmkit import __version__
from filmkit.engine.execute import Workshop
from filmkit.errors import FilmkitError
from filmkit.model.run import Event, Json, RunReport
from filmkit.plan.explain import Remembered, remembered
from filmkit.plan.planner import FilmPlan
from filmkit.store.actions import Record
from filmkit.store.disk import open_regular, plain_errors
from filmkit.store.export import export_text

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
        target = self.film
        if not self.is_published(master.sha256, shop):
            with plain_errors(self.out):
                self.set_aside(target, self._known(), shop)
            shop.store.export(master.sha256, target)
        text = json.dumps(manifest(planned, records, events), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        export_text(text, self.manifest)
        return target

    def is_published(self, sha256: str, shop: Workshop, target: Path | None = None) -> bool:
        """Whether the film's file, or ``target``, has these bytes already."""
        return self._digest(target or self.film, shop) == sha256

    def require_writable(self) -> None:
        """Raises FilmkitError where no film can be put: said before the work, not after it."""
        place = next(folder for folder in (self.out, *self.out.parents) if folder.exists())
        if not os.access(place, os.W_OK | os.X_OK):
            raise FilmkitError(
                f"{place} cannot be written, and the film goes to {self.out}",
                remedy="make the film's folder writable for you, or render a copy of it",
            )

    def _known(self) -> set[Json]:
        """The digest of the film that our manifest knows."""
        known = read_json(self.manifest)
        output = known.get("output") if isinstance(known, dict) else None
        return {output["sha256"]} if isinstance(output, dict) and isinstance(output.get("sha256"), str) else set()

    def set_aside(self, target: Path, ours: Container[Json], shop: Workshop) -> None:
        """Keeps what somebody else put under our name: only a file is replaced whose digest is one of ``ours``, or that
        the store can give again (a run may have been killed between file and manifest).
        """
        if not os.path.lexists(target):
            return
        found = self._digest(target, shop)
        if not found or (found not in ours and not shop.store.has(found)):
            number = 1
            while (aside := target.with_name(f"{target.stem}.kept-{number}{target.suffix}")).exists():
                number += 1
            target.rename(aside)

    def _digest(self, target: Path, shop: Workshop) -> str:
        """Of what stands there, if it is a file and not a link that leads to one."""
        return shop.memo.digest(target)[0] if target.is_file() and not target.is_symlink() else ""

    def remember(self, report: RunReport, plan: FilmPlan | None) -> None:
        """Keeps the report of this run, and the plan of a whole film for ``plan --why``."""
        state = self.folder / ".filmkit"
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        told = json.dumps(asdict(report), indent=2, ensure_ascii=False, default=str)
        with suppress(FilmkitError):  # the film is there: a disk that is full now, or read-only, takes nothing from it
            if plan is not None:
                export_text(json.dumps(remembered(plan.graph), sort_keys=True), self._plan_file(state))
            export_text(told, state / "runs" / f"{stamp}-{os.getpid()}.json")

    def last_plan(self) -> Remembered:
        """The plan of the last render, or nothing."""
        found = read_json(self._plan_file(self.folder / ".filmkit"))
        steps = found.items() if isinstance(found, dict) else ()
        return {name: step for name, step in steps if isinstance(step, dict)}

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
        "finished": plan.timeline.is_finished and not any(event.code == "scratch-missing" for event in events),
        "inputs": {name: sources[name] for name in sorted(sources)},
        "tools": {name: tool for step in plan.graph for name, tool in step.tools.items()},
        "events": [
            {"code": event.code, "about": event.about, "message": event.message}
            for event in events
            if event.touches_content
        ],
    }


_MOST_BYTES = 64 << 20
_DEEPEST = 30


def read_json(path: Path) -> Json:
    """The JSON in a file of our own, or None where there is none, or something that we never wrote.

    The file may be a stranger's: links, pipes and devices are not waited for, nor read without end.
    """
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            found: Json = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    return found if _depth(found) <= _DEEPEST else None


def _depth(value: Json) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [below for item in level for below in _below(item)]
    return depth


def _below(item: Json) -> Iterable[Json]:
    if isinstance(item, dict):
        return item.values()
    return item if isinstance(item, list) else ()
